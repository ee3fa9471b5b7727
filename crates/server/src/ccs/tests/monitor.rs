use super::*;

/// The dimensions of a service, or more.
fn of(id: &str, more: &[(&str, &str)]) -> Value {
    let pairs = [("clusterId", id), ("serviceName", "web"), ("namespace", "default")];
    pairs.iter().chain(more).map(|(name, value)| json!({"name": name, "value": value})).collect()
}

fn get(cloud: &mut Cloud, metric: &str, dimensions: Value, more: Value) -> Value {
    let namespace = if metric.starts_with("dc_") { "qce/cvm" } else { "qce/docker" };
    let call = json!({"namespace": namespace, "metricName": metric, "dimensions": dimensions});
    cloud.ok("GetMonitorData", with(call, more))
}

/// The values by the minute.
fn minutes(cloud: &mut Cloud, metric: &str, dimensions: Value) -> Vec<Value> {
    list(&get(cloud, metric, dimensions, json!({"period": 60}))["dataPoints"])
}

/// What a service uses of its processors, minute by minute.
pub(super) fn cpu(cloud: &mut Cloud, id: &str, name: &str) -> Vec<Value> {
    let mut dimensions = of(id, &[]);
    dimensions[1]["value"] = json!(name);
    minutes(cloud, "service_cpu_used", dimensions)
}

fn sum(values: &[Value]) -> f64 {
    values.iter().filter_map(Value::as_f64).sum()
}

fn last(values: Vec<Value>) -> f64 {
    values.last().unwrap().as_f64().unwrap()
}

/// A service that has been running for an hour, ten minutes past the hour.
fn an_hour(replicas: u64) -> (Cloud, String) {
    let mut cloud = Cloud::new();
    let id = cloud.serving(replicas);
    cloud.pass(3_600);
    (cloud, id)
}

#[test]
fn every_metric_has_values() {
    let (mut cloud, id) = an_hour(2);
    let pod = cloud.pods(&id, "web")[0].clone();
    let (name, container) = (text(&pod["name"]), text(&pod["containers"][0]["containerId"]));
    let short = &container[..12];
    let metrics = crate::catalog::catalog().product("ccs").unwrap().spec().enums.iter();
    let metrics = metrics.into_iter().find(|one| one.name == "Metric").unwrap();
    assert_eq!(metrics.spec.values.len(), 30);
    for metric in metrics.spec.values.iter().map(|value| value.value.as_str()) {
        let dimensions = match metric.split('_').next().unwrap() {
            "dc" => json!([{"name": "docker_clusterid", "value": id}]),
            "service" => of(&id, &[]),
            "pod" => of(&id, &[("podName", &name)]),
            _ => of(&id, &[("podName", &name), ("containerId", short)]),
        };
        let values = minutes(&mut cloud, metric, dimensions);
        assert!(values.last().unwrap().as_f64().unwrap() > 0.0, "{metric}: {values:?}");
        assert!(values.iter().filter_map(Value::as_f64).all(f64::is_finite));
    }
}

#[test]
fn shares_fit_what_is_used() {
    let (mut cloud, id) = an_hour(1);
    let pod = cloud.pods(&id, "web")[0].clone();
    let (name, container) = (text(&pod["name"]), text(&pod["containers"][0]["containerId"]));
    let mut value = |metric: &str| {
        let dimensions = match metric.split('_').next().unwrap() {
            "service" => of(&id, &[]),
            "pod" => of(&id, &[("podName", &name)]),
            _ => of(&id, &[("podName", &name), ("containerId", &container[..12])]),
        };
        last(minutes(&mut cloud, metric, dimensions))
    };
    let near = |a: f64, b: f64| assert!((a - b).abs() <= 0.01 * b.abs().max(0.01), "{a} {b}");
    let (cpu, memory) = (value("container_cpu_used"), value("container_mem_used"));
    assert!(cpu > 0.0 && cpu <= 0.4 && memory > 0.0 && memory <= 256.0, "{cpu} {memory}");
    near(value("service_cpu_used"), cpu);
    near(value("service_mem_used"), memory);
    near(value("container_cpu_usage_for_request"), cpu / 0.2 * 100.0);
    near(value("container_cpu_usage_for_limit"), cpu / 0.4 * 100.0);
    near(value("container_cpu_usage_for_node"), cpu / 4.0 * 100.0);
    near(value("service_cpu_usage_for_cluster"), cpu / 8.0 * 100.0);
    near(value("container_mem_usage_for_request"), memory / 128.0 * 100.0);
    near(value("container_mem_usage_for_limit"), memory / 256.0 * 100.0);
    near(value("container_mem_usage_for_node"), memory / 8_192.0 * 100.0);
    near(value("service_mem_usage_for_cluster"), memory / 16_384.0 * 100.0);
    near(value("pod_in_bandwidth"), value("service_in_bandwidth"));
    near(value("pod_in_flux"), value("pod_in_bandwidth") / 8.0 * 60.0);
    near(value("pod_out_packets"), value("pod_out_bandwidth") * 1e6 / 5_600.0);
}

#[test]
fn more_replicas_and_more_load_use_more() {
    let (mut cloud, id) = an_hour(2);
    let before = last(cpu(&mut cloud, &id, "web"));
    cloud.ok("ModifyServiceReplicas", with(named(&id, "web"), json!({"scaleTo": 6})));
    cloud.pass(300);
    let wide = last(cpu(&mut cloud, &id, "web"));
    assert!(wide > 2.5 * before && wide < 3.5 * before, "{before} {wide}");
    let traffic = |cloud: &mut Cloud| last(minutes(cloud, "service_in_flux", of(&id, &[])));
    let (quiet, used) = (traffic(&mut cloud), wide);
    cloud.world.load_service("100000000001", "ap-guangzhou", &id, "default", "web", 1.5);
    cloud.pass(60);
    assert!(last(cpu(&mut cloud, &id, "web")) > 1.3 * used);
    assert!(traffic(&mut cloud) > 1.3 * quiet);
    cloud.world.load_service("100000000001", "ap-guangzhou", &id, "default", "web", 100.0);
    cloud.pass(60);
    let most = last(cpu(&mut cloud, &id, "web"));
    assert!((most - 6.0 * 0.4).abs() < 0.001, "a limit holds: {most}");
}

#[test]
fn a_service_is_the_sum_of_its_pods_and_a_cluster_holds_all() {
    let (mut cloud, id) = an_hour(3);
    let names: Vec<String> = cloud.pods(&id, "web").iter().map(|pod| text(&pod["name"])).collect();
    let parts: f64 =
        names.iter().map(|name| last(minutes(&mut cloud, "pod_out_flux", of(&id, &[("podName", name)])))).sum();
    let whole = last(minutes(&mut cloud, "service_out_flux", of(&id, &[])));
    assert!((parts - whole).abs() < 0.01, "{parts} {whole}");
    let cluster = last(minutes(&mut cloud, "dc_cpu_usage", json!([{"name": "docker_clusterid", "value": id}])));
    let share = last(minutes(&mut cloud, "service_cpu_usage_for_cluster", of(&id, &[])));
    assert!(cluster > share && cluster < share + 5.0, "{cluster} {share}");
}

#[test]
fn the_course_is_smooth_and_the_same_whenever_asked() {
    let (mut cloud, id) = an_hour(3);
    let values = cpu(&mut cloud, &id, "web");
    cloud.pass(7_200);
    let later = cpu(&mut cloud, &id, "web");
    assert_eq!(values[..], later[..values.len()]);
    let numbers: Vec<f64> = later.iter().filter_map(Value::as_f64).collect();
    for pair in numbers.windows(2).skip(5) {
        assert!((pair[0] - pair[1]).abs() < 0.1 * pair[0], "{pair:?}");
    }
}

#[test]
fn there_are_gaps_before_the_start_and_after_the_end() {
    let mut cloud = Cloud::new();
    let id = cloud.serving(1);
    cloud.pass(1_130);
    cloud.ok("DeleteClusterService", named(&id, "web"));
    cloud.pass(1_200);
    // From midnight on; the service runs from 8:01:03 until 8:20:05.
    let answer =
        get(&mut cloud, "service_mem_used", of(&id, &[]), json!({"period": 60, "startTime": "2024-06-01 08:00:00"}));
    let values = list(&answer["dataPoints"]);
    assert_eq!((&answer["startTime"], &answer["period"]), (&json!("2024-06-01 08:00:00"), &json!(60)));
    assert_eq!(values.len(), 41, "{answer}");
    let there: Vec<bool> = values.iter().map(|value| !value.is_null()).collect();
    let expected: Vec<bool> = (0..41).map(|minute| (2..=20).contains(&minute)).collect();
    assert_eq!(there, expected);
    let ahead = json!({"period": 60, "startTime": "2024-06-02 08:00:00", "endTime": "2024-06-02 08:10:00"});
    let future = list(&get(&mut cloud, "service_mem_used", of(&id, &[]), ahead)["dataPoints"]);
    assert_eq!(future, vec![Value::Null; 11]);
    cloud.ok("CreateClusterService", service(&id, "web", 0));
    assert!(cpu(&mut cloud, &id, "web").last().unwrap().is_null(), "nothing runs, nothing is used");
}

#[test]
fn what_is_asked_of_nothing_is_a_gap() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let free = json!({"containers": [{"containerName": "main", "image": "nginx"}]});
    cloud.ok("CreateClusterService", with(service(&id, "web", 1), free));
    cloud.pass(600);
    let pod = cloud.pods(&id, "web")[0].clone();
    let (name, container) = (text(&pod["name"]), text(&pod["containers"][0]["containerId"]));
    let dimensions = of(&id, &[("podName", &name), ("containerId", &container[..12])]);
    for metric in ["container_cpu_usage_for_request", "container_mem_usage_for_limit"] {
        assert!(minutes(&mut cloud, metric, dimensions.clone()).iter().all(Value::is_null), "{metric}");
    }
    assert!(sum(&minutes(&mut cloud, "container_cpu_usage_for_node", dimensions)) > 0.0);
}

#[test]
fn times_are_a_closed_range_with_defaults() {
    let (mut cloud, id) = an_hour(1);
    let times = json!({"period": 300, "startTime": "2024-06-01 08:30:00", "endTime": "2024-06-01 08:40:00"});
    let answer = get(&mut cloud, "service_cpu_used", of(&id, &[]), times);
    assert_eq!((list(&answer["dataPoints"]).len(), &answer["metricName"]), (3, &json!("service_cpu_used")));
    let answer = get(&mut cloud, "service_cpu_used", of(&id, &[]), json!({}));
    assert_eq!(
        (&answer["startTime"], &answer["endTime"]),
        (&json!("2024-06-01 00:00:00"), &json!("2024-06-01 09:01:10"))
    );
    assert_eq!((&answer["period"], list(&answer["dataPoints"]).len()), (&json!(300), 109));
    let mut refused = |more: Value| {
        let call = json!({"namespace": "qce/docker", "metricName": "service_cpu_used", "dimensions": of(&id, &[])});
        cloud.code("GetMonitorData", with(call, more))
    };
    let year = json!({"startTime": "2017-03-28 14:10:00", "endTime": "2016-03-28 15:10:00"});
    assert_eq!(refused(year), "InvalidParameter");
    assert_eq!(refused(json!({"startTime": "yesterday"})), "InvalidParameter");
    assert_eq!(refused(json!({"period": 120})), "InvalidParameter");
    assert_eq!(refused(json!({"period": 60, "startTime": "2024-05-01 00:00:00"})), "OperationDenied.ExceedLimit");
}

#[test]
fn a_metric_needs_all_its_dimensions_and_no_others() {
    let (mut cloud, id) = an_hour(1);
    let mut refused = |metric: &str, dimensions: Value| {
        let namespace = if metric.starts_with("dc_") { "qce/cvm" } else { "qce/docker" };
        let call = json!({"namespace": namespace, "metricName": metric, "dimensions": dimensions});
        cloud.code("GetMonitorData", call)
    };
    let wrong = "InvalidParameter.DimensionGroupError";
    assert_eq!(refused("service_cpu_used", of(&id, &[("podName", "x")])), wrong);
    assert_eq!(refused("pod_in_flux", of(&id, &[])), wrong);
    assert_eq!(refused("container_cpu_used", of(&id, &[("podName", "x")])), wrong);
    assert_eq!(refused("dc_cpu_usage", json!([{"name": "clusterId", "value": id}])), wrong);
    assert_eq!(
        refused("service_cpu_used", json!([{"name": "clusterId", "value": id}, {"name": "clusterId", "value": id}])),
        wrong
    );
    let missing = "InvalidParameter.MissingParameter";
    assert_eq!(refused("service_cpu_used", json!([])), missing);
    assert_eq!(refused("service_cpu_used", json!([{"name": "clusterId", "value": ""}])), missing);
    assert_eq!(refused("", of(&id, &[])), missing);
    assert_eq!(refused("service_gpu_used", of(&id, &[])), "InvalidParameter");
    let elsewhere = json!({"namespace": "qce/cvm", "metricName": "service_cpu_used", "dimensions": of(&id, &[])});
    assert_eq!(cloud.code("GetMonitorData", elsewhere), "InvalidParameter");
}

#[test]
fn what_never_was_cannot_be_measured() {
    let (mut cloud, id) = an_hour(1);
    let pod = cloud.pods(&id, "web")[0].clone();
    let (name, container) = (text(&pod["name"]), text(&pod["containers"][0]["containerId"]));
    let mut refused = |metric: &str, dimensions: Value| {
        let namespace = if metric.starts_with("dc_") { "qce/cvm" } else { "qce/docker" };
        let call = json!({"namespace": namespace, "metricName": metric, "dimensions": dimensions});
        cloud.code("GetMonitorData", call)
    };
    let nothing = "OperationDenied.SourceNotExists";
    assert_eq!(refused("dc_cpu_usage", json!([{"name": "docker_clusterid", "value": "cls-none"}])), nothing);
    assert_eq!(refused("service_cpu_used", of("cls-none", &[])), nothing);
    assert_eq!(refused("pod_in_flux", of(&id, &[("podName", "web-none")])), nothing);
    let whole = of(&id, &[("podName", &name), ("containerId", &container)]);
    assert_eq!(refused("container_cpu_used", whole), nothing, "twelve digits, not all of them");
    cloud.ok("DeleteCluster", json!({"clusterId": id}));
    cloud.pass(60);
    assert!(sum(&cpu(&mut cloud, &id, "web")) > 0.0, "what was can be");
    let ended = minutes(&mut cloud, "dc_mem_usage", json!([{"name": "docker_clusterid", "value": id}]));
    assert!(ended.last().unwrap().is_null() && sum(&ended) > 0.0);
}
