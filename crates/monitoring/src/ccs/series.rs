//! Time series of metrics.

use super::metrics::Unit;
use super::operations::{GetMonitorData, GetMonitorDataOutput};
use super::types::{Dimension, DimensionName, Metric};
use super::{Client, Request};
use serde_json::Value;
use std::time::{Duration, SystemTime};
use wharf_core::model::Timestamp;
use wharf_core::{Error, Operation};

/// Offset of China's time zone in seconds. Times on the wire have no zone; the service writes other times of the same
/// clock with `+0800`.
const CHINA: i32 = 8 * 60 * 60;
/// Number of characters of a container's id in requests; a longer id finds no container.
const CONTAINER_ID: usize = 12;

/// The time between two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Period {
    /// 60 seconds.
    Minute,
    /// 300 seconds, the default of the service.
    FiveMinutes,
    /// 3600 seconds.
    Hour,
    /// 86400 seconds.
    Day,
}

impl Period {
    /// Returns the time between two values.
    pub fn duration(self) -> Duration {
        Duration::from_secs(self.seconds().unsigned_abs())
    }

    fn seconds(self) -> i64 {
        match self {
            Self::Minute => 60,
            Self::FiveMinutes => 300,
            Self::Hour => 3_600,
            Self::Day => 86_400,
        }
    }
}

/// The values of a metric over a time range.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Series {
    /// Metric of the values.
    pub metric: Metric,
    /// Unit of the values.
    pub unit: Unit,
    /// Time between two points.
    pub period: Duration,
    /// Points, oldest first, including those without a value.
    pub points: Vec<Point>,
}

/// One point of a [`Series`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Start of the period of the value.
    pub time: SystemTime,
    /// Value of the period, or `None` if nothing was measured.
    pub value: Option<f64>,
}

impl Series {
    /// Returns the points that have a value.
    pub fn measured(&self) -> impl DoubleEndedIterator<Item = (SystemTime, f64)> {
        self.points.iter().filter_map(|point| point.value.map(|value| (point.time, value)))
    }

    /// Returns the newest value and its time.
    pub fn latest(&self) -> Option<(SystemTime, f64)> {
        self.measured().next_back()
    }

    /// Returns the number of points without a value.
    pub fn gaps(&self) -> usize {
        self.points.iter().filter(|point| point.value.is_none()).count()
    }
}

impl Client {
    /// Returns a request for the values of a metric over time. Set the dimensions: always
    /// [`cluster`](SeriesRequest::cluster), and down to the metric's level [`service`](SeriesRequest::service) and
    /// [`namespace`](SeriesRequest::namespace), [`pod`](SeriesRequest::pod), [`container`](SeriesRequest::container).
    ///
    /// The operation is `GetMonitorData`.
    pub fn series(&self, metric: Metric) -> SeriesRequest {
        SeriesRequest {
            client: self.clone(),
            metric,
            cluster: None,
            service: None,
            namespace: None,
            pod: None,
            container: None,
            time: None,
            period: None,
            ahead: CHINA,
        }
    }
}

/// A request for the values of a metric over time. Set dimensions and time, then [`send`](Self::send) it.
#[derive(Debug, Clone)]
#[must_use = "a request does nothing until it is sent"]
pub struct SeriesRequest {
    client: Client,
    metric: Metric,
    cluster: Option<String>,
    service: Option<String>,
    namespace: Option<String>,
    pod: Option<String>,
    container: Option<String>,
    time: Option<(SystemTime, SystemTime)>,
    period: Option<Period>,
    ahead: i32,
}

impl SeriesRequest {
    /// Sets the cluster, by its id.
    pub fn cluster(mut self, cluster_id: impl Into<String>) -> Self {
        self.cluster = Some(cluster_id.into());
        self
    }

    /// Sets the service, by its name.
    pub fn service(mut self, service_name: impl Into<String>) -> Self {
        self.service = Some(service_name.into());
        self
    }

    /// Sets the namespace of the service. Not set by default, not even to `default`.
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = Some(namespace.into());
        self
    }

    /// Sets the pod, by its name.
    pub fn pod(mut self, pod_name: impl Into<String>) -> Self {
        self.pod = Some(pod_name.into());
        self
    }

    /// Sets the container, by its listed id or by the first 12 characters of it. Those 12 characters are sent.
    pub fn container(mut self, container_id: impl Into<String>) -> Self {
        self.container = Some(container_id.into());
        self
    }

    /// Sets the time range, to the second, both ends included. Default: from the beginning of the service's day until
    /// now.
    pub fn between(mut self, start: SystemTime, end: SystemTime) -> Self {
        self.time = Some((start, end));
        self
    }

    /// Sets the time between the values. Default: five minutes.
    pub fn period(mut self, period: Period) -> Self {
        self.period = Some(period);
        self
    }

    /// Sets the offset of the service's clock from UTC in seconds, for a private cloud in another time zone: requests
    /// and responses have times without a zone. Default: 28800, China's time zone.
    pub fn zone_offset(mut self, seconds: i32) -> Self {
        self.ahead = seconds;
        self
    }

    /// Returns the request of `GetMonitorData`, to inspect it or to set more fields.
    ///
    /// # Errors
    /// The errors of [`send`](Self::send) that are found before anything is sent.
    pub fn request(&self) -> Result<Request<GetMonitorData>, Error> {
        let level = self.metric.level().ok_or_else(|| {
            let reason = format!("{} is no metric whose dimensions are known: use get_monitor_data", self.metric);
            refused("metricName", &reason)
        })?;
        let dimensions = level.dimensions().iter().map(|name| {
            let value = self.dimension(name)?;
            Ok(Dimension::default().name(name.clone()).value(value))
        });
        let dimensions = dimensions.collect::<Result<Vec<_>, Error>>()?;
        let mut request = self
            .client
            .get_monitor_data()
            .namespace(level.namespace())
            .metric_name(self.metric.clone())
            .dimensions(dimensions);
        if let Some(period) = self.period {
            request = request.period(period.seconds());
        }
        if let Some((start, end)) = self.time {
            if end < start {
                return Err(refused("endTime", "is before startTime"));
            }
            let local = |field, time| {
                Timestamp::local(time, self.ahead).ok_or_else(|| refused(field, "is no time that can be written"))
            };
            request = request.start_time(local("startTime", start)?).end_time(local("endTime", end)?);
        }
        Ok(request)
    }

    /// Requests the values.
    ///
    /// # Errors
    /// [`InvalidInput`](wharf_core::ErrorKind::InvalidInput) before anything is sent, when a dimension that the metric
    /// requires is not set (the error names it), when a container's id has fewer than 12 characters, or when the time
    /// range ends before it begins; [`Decode`](wharf_core::ErrorKind::Decode) when a value is not a number; otherwise
    /// the error that the service reports or the reason why it could not be reached.
    pub async fn send(self) -> Result<Series, Error> {
        let answer = self.request()?.send().await?;
        self.read(&answer)
    }

    /// Reads the values from the response to this request.
    ///
    /// # Errors
    /// [`Decode`](wharf_core::ErrorKind::Decode) when a value is not a number, or when its time cannot be determined.
    pub fn read(&self, answer: &GetMonitorDataOutput) -> Result<Series, Error> {
        self.series(answer).map_err(|error| error.with_operation(GetMonitorData::META))
    }

    fn dimension(&self, name: &DimensionName) -> Result<String, Error> {
        let (given, setter) = match name {
            DimensionName::ServiceName => (&self.service, "service"),
            DimensionName::Namespace => (&self.namespace, "namespace"),
            DimensionName::PodName => (&self.pod, "pod"),
            DimensionName::ContainerId => (&self.container, "container"),
            _ => (&self.cluster, "cluster"),
        };
        let value = given.as_deref().map(str::trim).filter(|value| !value.is_empty()).ok_or_else(|| {
            refused(name.as_str(), &format!("is required, a dimension of {}: set the {setter}", self.metric))
        })?;
        if *name != DimensionName::ContainerId {
            return Ok(value.to_owned());
        }
        // Kubernetes writes the runtime before the id.
        let id = value.rsplit("://").next().unwrap_or(value);
        let short: String = id.chars().take(CONTAINER_ID).collect();
        if short.chars().count() < CONTAINER_ID {
            return Err(refused(name.as_str(), "has less than the 12 characters that tell containers apart"));
        }
        Ok(short)
    }

    fn series(&self, answer: &GetMonitorDataOutput) -> Result<Series, Error> {
        let period = match u64::try_from(answer.period) {
            Ok(seconds) if seconds > 0 => Duration::from_secs(seconds),
            _ => self.period.unwrap_or(Period::FiveMinutes).duration(),
        };
        let told = answer.start_time.parse_local(self.ahead).or_else(|| answer.start_time.parse());
        let start = told.or(self.time.map(|(start, _)| start));
        let points = answer.data_points.iter().enumerate().map(|(at, value)| {
            let since = u32::try_from(at).ok().and_then(|at| period.checked_mul(at));
            let time = start.zip(since).and_then(|(start, since)| start.checked_add(since));
            let time = time.ok_or_else(|| Error::decode("startTime", "is no time that values can be counted from"))?;
            Ok(Point { time, value: number(value, at)? })
        });
        let points = points.collect::<Result<_, Error>>()?;
        let unit = self.metric.unit().unwrap_or(Unit::Count);
        Ok(Series { metric: self.metric.clone(), unit, period, points })
    }
}

/// Reads a value; returns `None` if nothing was measured.
fn number(value: &Value, at: usize) -> Result<Option<f64>, Error> {
    let wrong = || Error::decode(format!("dataPoints.{at}"), "is no number");
    match value {
        Value::Null => Ok(None),
        Value::Number(number) => Ok(number.as_f64()),
        Value::String(text) if text.trim().is_empty() => Ok(None),
        Value::String(text) => {
            text.trim().parse().ok().filter(|number: &f64| number.is_finite()).map(Some).ok_or_else(wrong)
        }
        _ => Err(wrong()),
    }
}

fn refused(field: &str, reason: &str) -> Error {
    Error::invalid_input(field, reason).with_operation(GetMonitorData::META)
}
