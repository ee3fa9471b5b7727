//! Time series of metrics.

use super::{Action, Helper, Plan, ccs, needed, optional};
use crate::Error;
use crate::ccs::types::Metric;
use crate::ccs::{Period, Series};
use serde_json::{Value, json};
use wharf_core::model::Timestamp;
use wharf_core::model::json::{Mode, read_value};

const PERIODS: [Period; 4] = [Period::Minute, Period::FiveMinutes, Period::Hour, Period::Day];

pub(super) const SEND: Helper = Helper {
    name: "series_request.send",
    doc: "Returns the values of a metric over time, oldest first: metric, unit, period in seconds, and points with time \
          (RFC 3339) and value, which is null if nothing was measured. Which dimensions are required depends on the metric.",
    arguments: &[
        needed("metric", "string", "The metric (service_cpu_used)."),
        optional("cluster", "string", "The cluster, by its identifier. Every metric requires it."),
        optional("service", "string", "The service, by its name."),
        optional("namespace", "string", "The namespace of the service."),
        optional("pod", "string", "The pod, by its name."),
        optional("container", "string", "The container, by its listed identifier or the first 12 characters of it."),
        optional("start", "time", "The start of the time range. Default: the beginning of the service's day."),
        optional("end", "time", "The end of the time range. Required with a start."),
        optional("period", "uint", "Seconds between two values: 60, 300, 3600 or 86400. Default: 300."),
        optional("zone_offset", "int", "Seconds between the service's clock and UTC. Default: 28800."),
    ],
    action: Action::Call(|connection, given| {
        let monitoring = ccs::monitoring::Client::new(connection.clone());
        let mut request = monitoring.series(Metric::from(given.text("metric")?));
        if let Some(cluster) = given.optional_text("cluster")? {
            request = request.cluster(cluster);
        }
        if let Some(service) = given.optional_text("service")? {
            request = request.service(service);
        }
        if let Some(namespace) = given.optional_text("namespace")? {
            request = request.namespace(namespace);
        }
        if let Some(pod) = given.optional_text("pod")? {
            request = request.pod(pod);
        }
        if let Some(container) = given.optional_text("container")? {
            request = request.container(container);
        }
        match (given.optional_time("start")?, given.optional_time("end")?) {
            (Some(start), Some(end)) => request = request.between(start, end),
            (None, None) => {}
            (Some(_), None) => return Err(Error::invalid_input("end", "is required with a start")),
            (None, Some(_)) => return Err(Error::invalid_input("start", "is required with an end")),
        }
        if let Some(seconds) = given.optional_int("period")? {
            let known = PERIODS.into_iter().find(|period| i64::try_from(period.duration().as_secs()) == Ok(seconds));
            let wrong = || Error::invalid_input("period", "must be 60, 300, 3600 or 86400 seconds");
            request = request.period(known.ok_or_else(wrong)?);
        }
        if let Some(seconds) = given.optional_int("zone_offset")? {
            let seconds = i32::try_from(seconds).map_err(|_| Error::invalid_input("zone_offset", "is too large"))?;
            request = request.zone_offset(seconds);
        }
        let mut plan = Plan::of(request.request()?.input());
        plan.finish = Some(Box::new(move |output| {
            let mut answer = ccs::monitoring::operations::GetMonitorDataOutput::default();
            read_value(&output, &mut answer, Mode::Lenient)?;
            Ok(of(&request.read(&answer)?))
        }));
        Ok(plan)
    }),
};

fn of(series: &Series) -> Value {
    let points = series.points.iter().map(|point| {
        let time = Timestamp::from(point.time);
        json!({"time": time.as_str(), "value": point.value})
    });
    json!({
        "metric": series.metric.as_str(),
        "unit": series.unit.to_string(),
        "period": series.period.as_secs(),
        "points": points.collect::<Vec<_>>(),
    })
}
