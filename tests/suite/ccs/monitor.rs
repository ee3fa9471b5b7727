//! Measurements: series of numbers with their times, and gaps where nothing was measured.

use super::{Cloud, RANGE, WAYS, refused};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use wharf::ErrorKind;
use wharf::ccs::types::{Container, Dimension, Metric};
use wharf::ccs::{Level, Period, Series, SeriesRequest, Unit};

scenarios! {
    all_thirty_metrics_are_measured,
    what_did_not_run_was_not_measured,
    more_load_is_more_work,
    steps_and_ends_are_those_that_were_asked_for,
}

const MINUTE: Duration = Duration::from_secs(60);

impl Cloud {
    /// The world's time, to the second.
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.server.now() / 1_000)
    }

    /// Asks for a metric of whatever it is about: of the first container of the first pod at most.
    async fn ask(&self, metric: Metric, cluster: &str, service: &str) -> SeriesRequest {
        let pod = self.pods(cluster, service).await.remove(0);
        let request = self.monitoring.series(metric).cluster(cluster).service(service).namespace("default");
        request.pod(pod.name).container(pod.containers[0].container_id.clone().unwrap())
    }

    async fn cpu(&self, cluster: &str, service: &str, from: SystemTime, to: SystemTime) -> Series {
        let request = self.ask(Metric::ServiceCpuUsed, cluster, service).await;
        request.between(from, to).period(Period::Minute).send().await.unwrap()
    }
}

fn mean(series: &Series) -> f64 {
    let values: Vec<f64> = series.measured().map(|(_, value)| value).collect();
    assert!(!values.is_empty(), "{series:?}");
    values.iter().sum::<f64>() / values.len() as f64
}

async fn all_thirty_metrics_are_measured(cloud: &Cloud) {
    let cluster = cloud.running().await;
    let web = cloud.ccs.service(&cluster, "web");
    let container = Container::new("web", "nginx").cpu(200).cpu_limits(1_000).memory(128).memory_limits(512);
    web.create(2).containers([container]).send().await.unwrap();
    web.wait_until_normal().await.unwrap();
    cloud.pass(3_600);
    let (from, to) = (cloud.now() - 30 * MINUTE, cloud.now());
    let mut levels = std::collections::BTreeMap::new();
    for name in Metric::VALUES {
        let metric = Metric::from(*name);
        let request = cloud.ask(metric.clone(), &cluster, "web").await.between(from, to);
        let series = request.period(Period::FiveMinutes).send().await.unwrap();
        assert_eq!((series.points.len(), series.gaps(), series.metric.as_str()), (7, 0, *name), "{series:?}");
        assert_eq!((series.points[0].time, series.points[6].time), (from, to), "{name}");
        let range = match series.unit {
            Unit::Percent => 0.0..=100.0,
            Unit::Cores => 0.01..=4.0,
            Unit::Mebibytes => 16.0..=1_024.0,
            _ => 0.0..=1e9,
        };
        for (time, value) in series.measured() {
            assert!(range.contains(&value) && value > 0.0, "{name}: {value} {}", series.unit);
            assert!(from <= time && time <= to);
        }
        *levels.entry(metric.level().unwrap()).or_insert(0) += 1;
    }
    let counted: Vec<_> = levels.into_iter().collect();
    assert_eq!(counted, [(Level::Cluster, 2), (Level::Service, 10), (Level::Pod, 6), (Level::Container, 12)]);
    // Whole container ids are at hand, of which 12 characters are sent.
    let asked = cloud.server.journal().of("GetMonitorData");
    let dimensions = |call: &wharf_server::Entry| call.parameters["dimensions"].as_array().unwrap().clone();
    let sent: Vec<_> = asked.iter().flat_map(dimensions).filter(|one| one["name"] == "containerId").collect();
    assert_eq!(sent.len(), 12);
    assert!(sent.iter().all(|one| one["value"].as_str().unwrap().len() == 12), "{sent:?}");
}

async fn what_did_not_run_was_not_measured(cloud: &Cloud) {
    let cluster = cloud.running().await;
    cloud.pass(600);
    let before = cloud.now();
    let web = cloud.deployed(&cluster, "web", 2).await;
    let begun = cloud.now();
    cloud.pass(600);
    cloud.nodes.modify_service_replicas(&cluster).service_name("web").scale_to(0).send().await.unwrap();
    web.wait_until_normal().await.unwrap();
    let ended = cloud.now();
    cloud.pass(600);
    cloud.nodes.modify_service_replicas(&cluster).service_name("web").scale_to(1).send().await.unwrap();
    web.wait_until_normal().await.unwrap();
    cloud.pass(300);
    let series = cloud.cpu(&cluster, "web", before - 5 * MINUTE, cloud.now()).await;
    for point in &series.points {
        let ran = point.time >= begun && (point.time + 10 * MINUTE < ended || point.time > ended + 11 * MINUTE);
        let rested = point.time <= before || (point.time > ended + MINUTE && point.time < ended + 9 * MINUTE);
        assert!(!ran || point.value.is_some(), "{:?} after {begun:?}", point.time);
        assert!(!rested || point.value.is_none(), "{:?} {:?}", point.time, point.value);
    }
    assert!(series.gaps() >= 5 + 8, "{series:?}");
    assert_eq!(series.measured().count() + series.gaps(), series.points.len());
    assert!(series.latest().is_some_and(|(time, value)| time <= cloud.now() && value > 0.0));
    // Of what is to come nothing is known.
    let ahead = cloud.cpu(&cluster, "web", cloud.now(), cloud.now() + 3 * MINUTE).await;
    assert_eq!((ahead.points.len(), ahead.gaps()), (4, 3), "{ahead:?}");
}

async fn more_load_is_more_work(cloud: &Cloud) {
    let cluster = cloud.running().await;
    cloud.deployed(&cluster, "busy", 2).await;
    cloud.deployed(&cluster, "idle", 2).await;
    cloud.pass(1_800);
    let middle = cloud.now();
    let region = cloud.server.region().to_owned();
    let load = |service: &str, load: f64| {
        cloud
            .server
            .with_world(|world| world.load_service(super::ACCOUNT, &region, &cluster, "default", service, load));
    };
    load("busy", 4.0);
    load("idle", 0.25);
    cloud.pass(1_800);
    let later = (middle + MINUTE, cloud.now());
    let earlier = (middle - 20 * MINUTE, middle - MINUTE);
    let mut means = Vec::new();
    for service in ["busy", "idle"] {
        for (from, to) in [earlier, later] {
            means.push(mean(&cloud.cpu(&cluster, service, from, to).await));
        }
    }
    assert!(
        means[1] > 2.0 * means[0] && means[3] < 0.5 * means[2],
        "busy before and after, idle before and after: {means:?}"
    );
    // It is a course and no noise: from minute to minute it changes little.
    let series = cloud.cpu(&cluster, "busy", later.0 + 5 * MINUTE, later.1).await;
    let values: Vec<f64> = series.measured().map(|(_, value)| value).collect();
    let jump = values.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f64::max);
    assert!(jump < 0.1 * mean(&series), "{values:?}");
    // The whole cluster feels it, and more pods do more.
    let whole = cloud.ask(Metric::DcCpuUsage, &cluster, "busy").await;
    let at = |(from, to): (SystemTime, SystemTime)| whole.clone().between(from, to).period(Period::Minute);
    let (before, after) = (at(earlier).send().await.unwrap(), at(later).send().await.unwrap());
    assert!(mean(&after) > mean(&before), "{before:?} {after:?}");
}

async fn steps_and_ends_are_those_that_were_asked_for(cloud: &Cloud) {
    let cluster = cloud.running().await;
    cloud.deployed(&cluster, "web", 1).await;
    let now = cloud.now();
    cloud.pass(2 * 24 * 3_600);
    for (period, seconds, span, points) in [
        (Period::Minute, 60, 10 * MINUTE, 11),
        (Period::FiveMinutes, 300, 10 * MINUTE, 3),
        (Period::Hour, 3_600, 600 * MINUTE, 11),
        (Period::Day, 86_400, 1_440 * MINUTE, 2),
    ] {
        let request = cloud.ask(Metric::ServiceMemUsed, &cluster, "web").await;
        let series = request.between(now, now + span).period(period).send().await.unwrap();
        assert_eq!((series.points.len(), series.period), (points, Duration::from_secs(seconds)), "{period:?}");
        let apart = series.points.windows(2).map(|pair| pair[1].time.duration_since(pair[0].time).unwrap());
        assert!(apart.into_iter().all(|apart| apart == series.period));
    }
    // Without a time it is the day until now, in steps of five minutes.
    let series = cloud.ask(Metric::ServiceMemUsed, &cluster, "web").await.send().await.unwrap();
    assert_eq!(series.period, 5 * MINUTE);
    let begin = series.points[0].time.duration_since(UNIX_EPOCH).unwrap().as_secs();
    assert_eq!((begin + 8 * 3_600) % 86_400, 0, "midnight in China");
    assert!(series.points.last().unwrap().time + 5 * MINUTE > cloud.now());
}

#[tokio::test]
async fn what_is_missing_is_refused_before_anything_is_sent() {
    let cloud = Cloud::new(WAYS[0]).await;
    let of = |metric| cloud.monitoring.series(metric);
    for (request, field) in [
        (of(Metric::DcCpuUsage), "docker_clusterid"),
        (of(Metric::ServiceCpuUsed).cluster("cls-1").service("web"), "namespace"),
        (of(Metric::ServiceCpuUsed).cluster("cls-1").namespace("default"), "serviceName"),
        (of(Metric::ServiceCpuUsed).service("web").namespace("default"), "clusterId"),
        (of(Metric::PodInFlux).cluster("cls-1").service("web").namespace("default"), "podName"),
        (of(Metric::ContainerMemUsed).cluster("cls-1").service("web").namespace("default").pod("p"), "containerId"),
        (
            of(Metric::ContainerMemUsed).cluster("c").service("web").namespace("n").pod("p").container("0123456789a"),
            "containerId",
        ),
    ] {
        let error = request.send().await.unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some(field)), "{error}");
        assert_eq!(error.operation().map(|meta| meta.name), Some("GetMonitorData"));
    }
    assert!(cloud.server.journal().is_empty());
}

/// The monitor has codes of its own, which are negative numbers with names.
#[tokio::test]
async fn the_monitor_refuses_with_its_own_codes() {
    let cloud = Cloud::new(WAYS[3]).await;
    let cluster = cloud.running_in(RANGE).await;
    cloud.deployed(&cluster, "web", 1).await;
    let dimension = |name: &str, value: &str| Dimension::default().name(name).value(value);
    let whole = [dimension("clusterId", &cluster), dimension("serviceName", "web"), dimension("namespace", "default")];
    let ask = |dimensions: &[Dimension]| {
        let request = cloud.monitoring.get_monitor_data().namespace("qce/docker").metric_name(Metric::ServiceCpuUsed);
        request.dimensions(dimensions.to_vec())
    };
    ask(&whole).send().await.unwrap();
    let invalid = ErrorKind::InvalidInput;
    refused(ask(&whole[..2]).send().await, invalid, "InvalidParameter.DimensionGroupError", "namespace");
    refused(ask(&whole).metric_name("gpu_used").send().await, invalid, "InvalidParameter", "gpu_used");
    refused(ask(&whole).namespace("qce/cvm").send().await, invalid, "InvalidParameter", "qce/docker");
    refused(ask(&whole).period(120).send().await, invalid, "InvalidParameter", "period");
    let mut other = whole.clone();
    other[1] = dimension("serviceName", "none");
    refused(ask(&other).send().await, ErrorKind::NotFound, "OperationDenied.SourceNotExists", "");
    let long = ask(&whole).period(60).start_time("2017-01-01 00:00:00").end_time("2017-01-03 00:00:00");
    refused(long.send().await, ErrorKind::Quota, "OperationDenied.ExceedLimit", "1440");
    let empty = ask(&[]).send().await.unwrap_err();
    assert_eq!((empty.kind(), empty.field()), (ErrorKind::InvalidInput, Some("dimensions")), "{empty}");
    assert!(
        cloud
            .server
            .journal()
            .calls()
            .iter()
            .filter_map(|call| call.code.as_deref())
            .all(|code| code.parse::<i64>().is_err())
    );
}
