//! Monitor data: values of one metric over time.

use super::Answer;
use super::codes::{INVALID, Refused};
use crate::handler::Context;
use crate::input::Input;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use wharf_world::ccs::ENGINE;
use wharf_world::ccs::metrics::{Quantity as Q, Subject, Whole};
use wharf_world::kernel::SECOND;
use wharf_world::kernel::time::{local, midnight, read_local};
use wharf_world::{Millis, Realm, World};

const MISSING: &str = "InvalidParameter.MissingParameter";
const DIMENSIONS: &str = "InvalidParameter.DimensionGroupError";
const TOO_MUCH: &str = "OperationDenied.ExceedLimit";
const NOTHING: &str = "OperationDenied.SourceNotExists";

/// Seconds from one value to the next.
const PERIODS: [u64; 4] = [60, 300, 3_600, 86_400];
const USUAL_PERIOD: u64 = 300;
/// Most values of one answer.
const MOST_POINTS: u64 = 1_440;

/// What a metric is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Cluster,
    Service,
    Pod,
    Container,
}

impl Level {
    fn namespace(self) -> &'static str {
        if self == Self::Cluster { "qce/cvm" } else { "qce/docker" }
    }

    /// The dimensions that are needed, all of them.
    fn dimensions(self) -> &'static [&'static str] {
        const ALL: [&str; 5] = ["clusterId", "serviceName", "namespace", "podName", "containerId"];
        match self {
            Self::Cluster => &["docker_clusterid"],
            Self::Service => ALL.get(..3).unwrap_or(&ALL),
            Self::Pod => ALL.get(..4).unwrap_or(&ALL),
            Self::Container => &ALL,
        }
    }
}

/// The metrics of the document.
const METRICS: [(&str, Level, Q); 30] = [
    ("dc_cpu_usage", Level::Cluster, Q::CpuOf(Whole::Cluster)),
    ("dc_mem_usage", Level::Cluster, Q::MemoryOf(Whole::Cluster)),
    ("service_cpu_used", Level::Service, Q::Cpu),
    ("service_cpu_usage_for_cluster", Level::Service, Q::CpuOf(Whole::Cluster)),
    ("service_mem_used", Level::Service, Q::Memory),
    ("service_mem_usage_for_cluster", Level::Service, Q::MemoryOf(Whole::Cluster)),
    ("service_in_flux", Level::Service, Q::ReceivedInAll),
    ("service_out_flux", Level::Service, Q::SentInAll),
    ("service_in_bandwidth", Level::Service, Q::Received),
    ("service_out_bandwidth", Level::Service, Q::Sent),
    ("service_in_packets", Level::Service, Q::PacketsReceived),
    ("service_out_packets", Level::Service, Q::PacketsSent),
    ("pod_in_bandwidth", Level::Pod, Q::Received),
    ("pod_out_bandwidth", Level::Pod, Q::Sent),
    ("pod_in_flux", Level::Pod, Q::ReceivedInAll),
    ("pod_out_flux", Level::Pod, Q::SentInAll),
    ("pod_in_packets", Level::Pod, Q::PacketsReceived),
    ("pod_out_packets", Level::Pod, Q::PacketsSent),
    ("container_cpu_used", Level::Container, Q::Cpu),
    ("container_cpu_usage_for_node", Level::Container, Q::CpuOf(Whole::Node)),
    ("container_cpu_usage_for_request", Level::Container, Q::CpuOf(Whole::Request)),
    ("container_cpu_usage_for_limit", Level::Container, Q::CpuOf(Whole::Limit)),
    ("container_mem_used", Level::Container, Q::Memory),
    ("container_mem_usage_for_node", Level::Container, Q::MemoryOf(Whole::Node)),
    ("container_mem_usage_for_request", Level::Container, Q::MemoryOf(Whole::Request)),
    ("container_mem_usage_for_limit", Level::Container, Q::MemoryOf(Whole::Limit)),
    ("container_disk_read_traffic", Level::Container, Q::Read),
    ("container_disk_write_traffic", Level::Container, Q::Written),
    ("container_disk_read", Level::Container, Q::Reads),
    ("container_disk_write", Level::Container, Q::Writes),
];

pub(super) fn get(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let metric = due(input, "metricName")?;
    let (_, level, quantity) = METRICS
        .iter()
        .find(|(name, ..)| *name == metric)
        .ok_or_else(|| Refused::new(INVALID, format!("there is no metric {metric}")))?;
    let namespace = due(input, "namespace")?;
    if namespace != level.namespace() {
        let message = format!("the metric {metric} is in the namespace {}, not in {namespace}", level.namespace());
        return Err(Refused::new(INVALID, message));
    }
    let subject = subject(*level, dimensions(input)?)?;
    let period = input.count("period")?.unwrap_or(USUAL_PERIOD);
    if !PERIODS.contains(&period) {
        return Err(Refused::new(INVALID, format!("period is 60, 300, 3600 or 86400, not {period}")));
    }
    let start = moment(input, "startTime")?.unwrap_or_else(|| midnight(context.now));
    let end = moment(input, "endTime")?.unwrap_or(context.now / SECOND * SECOND);
    if end < start {
        return Err(Refused::new(INVALID, "endTime is before startTime"));
    }
    let step = period * SECOND;
    // Both ends count.
    let points = (end - start) / step + 1;
    if points > MOST_POINTS {
        let message = format!("{points} values were asked for, and {MOST_POINTS} can be had at a time");
        return Err(Refused::new(TOO_MUCH, message));
    }
    let realm = world.ccs(&context.account, &context.region);
    if !is_known(realm.realm, &subject) {
        return Err(Refused::new(NOTHING, "there is nothing that the dimensions name"));
    }
    let history = &realm.realm.ccs.history;
    let value = |at: Millis| {
        let past = at <= context.now;
        past.then(|| history.measure(&subject, *quantity, at, step)).flatten().map_or(Value::Null, Value::from)
    };
    let values: Vec<Value> = (0..points).map(|point| value(start + point * step)).collect();
    Ok(json!({
        "startTime": local(start), "endTime": local(end), "metricName": metric, "period": period,
        "dataPoints": values,
    }))
}

fn due<'a>(input: Input<'a>, name: &str) -> Result<&'a str, Refused> {
    input.filled(name)?.ok_or_else(|| Refused::new(MISSING, format!("{name} must be given")))
}

fn moment(input: Input<'_>, name: &str) -> Result<Option<Millis>, Refused> {
    let Some(text) = input.filled(name)? else { return Ok(None) };
    let read = read_local(text);
    let wrong = || Refused::new(INVALID, format!("{name} is a time such as 2016-01-01 10:25:00, not {text}"));
    read.ok_or_else(wrong).map(Some)
}

fn dimensions(input: Input<'_>) -> Result<BTreeMap<String, String>, Refused> {
    let mut dimensions = BTreeMap::new();
    for given in input.structures("dimensions")? {
        let (name, value) = (due(given, "name")?, due(given, "value")?);
        if dimensions.insert(name.to_owned(), value.to_owned()).is_some() {
            return Err(Refused::new(DIMENSIONS, format!("the dimension {name} is given twice")));
        }
    }
    if dimensions.is_empty() {
        return Err(Refused::new(MISSING, "dimensions must be given"));
    }
    Ok(dimensions)
}

/// What the dimensions name, which have to be those of the level and no others.
fn subject(level: Level, mut given: BTreeMap<String, String>) -> Result<Subject, Refused> {
    let needed = level.dimensions();
    if given.len() != needed.len() || !needed.iter().all(|name| given.contains_key(*name)) {
        let names: Vec<&str> = given.keys().map(String::as_str).collect();
        let message =
            format!("the metric has the dimensions {}, and {} were given", needed.join(", "), names.join(", "));
        return Err(Refused::new(DIMENSIONS, message));
    }
    let mut take = |name: &str| given.remove(name).unwrap_or_default();
    if level == Level::Cluster {
        return Ok(Subject::Cluster(take("docker_clusterid")));
    }
    let (cluster, service, namespace) = (take("clusterId"), take("serviceName"), take("namespace"));
    let (pod, container) = (take("podName"), take("containerId"));
    Ok(match level {
        Level::Pod => Subject::Pod { cluster, namespace, service, pod },
        Level::Container => Subject::Container { cluster, namespace, service, pod, container },
        Level::Cluster | Level::Service => Subject::Service { cluster, namespace, service },
    })
}

/// Whether there is or ever was such a thing.
fn is_known(realm: &Realm, subject: &Subject) -> bool {
    let there = match subject {
        Subject::Cluster(cluster) => realm.cluster(&ENGINE, cluster).is_ok(),
        Subject::Service { cluster, namespace, service } => {
            realm.cluster(&ENGINE, cluster).is_ok_and(|cluster| cluster.workload(namespace, service).is_ok())
        }
        _ => false,
    };
    there || realm.ccs.history.knows(subject)
}
