//! Measurements as series over time.

use super::bench;
use serde_json::{Value, json};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use wharf::ErrorKind;
use wharf::ccs::{Level, Metric, Period, Unit};

const CONTAINER: &str = "e341e732e18d0c0ffee0c0ffee0c0ffee0c0ffee0c0ffee0c0ffee0c0ffee0c0";

/// 2017-03-28 14:10:00 in China.
fn begin() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_490_681_400)
}

fn answer(points: Value) -> Value {
    json!({
        "code": 0, "message": "", "metricName": "service_cpu_used", "startTime": "2017-03-28 14:10:00",
        "endTime": "2017-03-28 14:20:00", "period": 300, "dataPoints": points
    })
}

#[tokio::test]
async fn gaps_are_kept_and_every_point_has_its_time() {
    let (script, ccs) = bench([answer(json!([5.6, null, "7.5", ""]))]);
    let request = ccs.monitoring().series(Metric::ServiceCpuUsed).cluster("cls-1").namespace("default").service("web");
    let request = request.between(begin(), begin() + Duration::from_secs(600)).period(Period::FiveMinutes);
    let series = request.send().await.unwrap();
    assert_eq!((series.unit, series.unit.to_string(), series.gaps()), (Unit::Cores, "cores".to_owned(), 2));
    assert_eq!(series.period, Period::FiveMinutes.duration());
    let points: Vec<_> = series.points.iter().map(|point| (point.time, point.value)).collect();
    let at = |minutes: u64| begin() + Duration::from_secs(minutes * 60);
    assert_eq!(points, [(at(0), Some(5.6)), (at(5), None), (at(10), Some(7.5)), (at(15), None)]);
    assert_eq!(series.latest(), Some((at(10), 7.5)));

    let asked = script.asked(0);
    assert_eq!(script.host(0), "monitor.api.qcloud.com");
    let expected = [
        ("namespace", "qce/docker"),
        ("metricName", "service_cpu_used"),
        ("dimensions.0.name", "clusterId"),
        ("dimensions.0.value", "cls-1"),
        ("dimensions.1.name", "serviceName"),
        ("dimensions.1.value", "web"),
        ("dimensions.2.name", "namespace"),
        ("dimensions.2.value", "default"),
        ("startTime", "2017-03-28 14:10:00"),
        ("endTime", "2017-03-28 14:20:00"),
        ("period", "300"),
    ];
    for (name, value) in expected {
        assert_eq!(asked.get(name).map(String::as_str), Some(value), "{name}");
    }
    assert!(!asked.contains_key("dimensions.3.name"));
}

#[tokio::test]
async fn the_dimensions_are_those_of_the_level() {
    let (script, ccs) = bench(std::iter::repeat_with(|| answer(json!([1]))).take(3));
    let whole = |metric| {
        let request = ccs.monitoring().series(metric).cluster("cls-1").namespace("shop").service("web").pod("web-1");
        request.container(format!("docker://{CONTAINER}"))
    };
    let latest = whole(Metric::ContainerMemUsed).send().await.unwrap().latest().unwrap();
    assert_eq!(latest, (begin(), 1.0));
    assert_eq!(script.asked(0)["dimensions.4.value"], CONTAINER[..12]);
    assert!(!script.asked(0).contains_key("startTime") && !script.asked(0).contains_key("period"));
    whole(Metric::PodInFlux).send().await.unwrap();
    assert_eq!(script.asked(1)["dimensions.3.name"], "podName");
    assert!(!script.asked(1).contains_key("dimensions.4.name"));
    whole(Metric::DcCpuUsage).send().await.unwrap();
    let asked = script.asked(2);
    assert_eq!((&*asked["namespace"], &*asked["dimensions.0.name"]), ("qce/cvm", "docker_clusterid"));
    assert!(!asked.contains_key("dimensions.1.name"));
}

#[tokio::test]
async fn what_is_missing_is_named_before_anything_is_sent() {
    let (script, ccs) = bench([]);
    let monitoring = ccs.monitoring();
    for name in Metric::VALUES {
        let metric = Metric::from(*name);
        let needed = metric.level().unwrap().dimensions();
        for left_out in needed {
            let mut request = monitoring.series(metric.clone());
            for given in needed.iter().filter(|given| *given != left_out) {
                request = match given.as_str() {
                    "serviceName" => request.service("web"),
                    "namespace" => request.namespace("default"),
                    "podName" => request.pod("web-1"),
                    "containerId" => request.container(CONTAINER),
                    _ => request.cluster("cls-1"),
                };
            }
            let error = request.send().await.unwrap_err();
            assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some(left_out.as_str())), "{name}");
            assert!(error.to_string().contains(name), "{error}");
        }
    }
    let refused = |request: wharf::ccs::SeriesRequest| async move {
        let error = request.send().await.unwrap_err();
        (error.kind(), error.field().unwrap().to_owned())
    };
    let pod = || monitoring.series(Metric::ContainerCpuUsed).cluster("c").namespace("n").service("s").pod("p");
    assert_eq!(refused(pod().container("e341e732e18")).await, (ErrorKind::InvalidInput, "containerId".into()));
    assert_eq!(refused(pod().container(" ")).await, (ErrorKind::InvalidInput, "containerId".into()));
    let cluster = || monitoring.series(Metric::DcMemUsage).cluster("c");
    let early = begin() - Duration::from_secs(1);
    assert_eq!(refused(cluster().between(begin(), early)).await, (ErrorKind::InvalidInput, "endTime".into()));
    let ancient = UNIX_EPOCH - Duration::from_secs(1);
    assert_eq!(refused(cluster().between(ancient, begin())).await, (ErrorKind::InvalidInput, "startTime".into()));
    let unknown = monitoring.series("gpu_used".into()).cluster("c");
    assert_eq!(refused(unknown).await, (ErrorKind::InvalidInput, "metricName".into()));
    assert_eq!(script.count(), 0);
    assert_eq!(Level::Container.dimensions().len(), 5);
}

#[tokio::test]
async fn answers_that_are_no_series_are_told() {
    let (_, ccs) = bench([answer(json!([1, "much"])), answer(json!([[1]])), answer(json!(null))]);
    let cluster = || ccs.monitoring().series(Metric::DcCpuUsage).cluster("cls-1");
    for field in ["dataPoints.1", "dataPoints.0"] {
        let error = cluster().send().await.unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Decode, Some(field)));
    }
    assert_eq!(cluster().send().await.unwrap().points, []);
    // Without a time in the answer the one that was asked for counts.
    let mut untold = answer(json!([1]));
    untold["startTime"] = json!("");
    untold["period"] = json!(0);
    let (script, ccs) = bench([untold.clone(), untold]);
    let cluster = || ccs.monitoring().series(Metric::DcCpuUsage).cluster("cls-1");
    let request = cluster().between(begin(), begin()).period(Period::Hour).zone_offset(0);
    let series = request.send().await.unwrap();
    assert_eq!((series.points[0].time, series.period), (begin(), Duration::from_secs(3_600)));
    assert_eq!(script.asked(0)["startTime"], "2017-03-28 06:10:00");
    assert_eq!(cluster().send().await.unwrap_err().field(), Some("startTime"));
}
