//! What pods on super nodes are charged for.

use super::{Cloud, PODS, pod};
use serde_json::{Value, json};

/// A running cluster with a super node in the first zone, and the node's name.
fn cluster(cloud: &mut Cloud) -> (String, String) {
    let id = cloud.running();
    let new = json!({
        "ClusterId": id, "Name": "super", "SubnetIds": ["subnet-default1"], "SecurityGroupIds": ["sg-default0"],
    });
    let pool = cloud.ok("CreateClusterVirtualNodePool", new)["NodePoolId"].clone();
    cloud.pass(10);
    let node = json!({"ClusterId": id, "NodePoolId": pool, "SubnetIds": ["subnet-default1"]});
    let node = cloud.ok("CreateClusterVirtualNode", node)["InstanceIds"][0].as_str().unwrap().to_owned();
    cloud.pass(20);
    (id, node)
}

/// A pod of containers with these requests and limits, on any node.
fn sized(name: &str, containers: Value, annotations: Value) -> Value {
    let containers = containers
        .as_array()
        .unwrap()
        .iter()
        .enumerate()
        .map(|(place, resources)| json!({"name": format!("c{place}"), "image": "nginx", "resources": resources}));
    json!({
        "kind": "Pod", "apiVersion": "v1", "metadata": {"name": name, "annotations": annotations},
        "spec": {"containers": containers.collect::<Vec<_>>()},
    })
}

fn needs(cpu: &str, memory: &str) -> Value {
    json!({"cpu": cpu, "memory": memory})
}

fn charge(cloud: &mut Cloud, cluster: &str, name: &str) -> Value {
    let request = json!({"ClusterId": cluster, "Namespace": "default", "Name": name});
    cloud.ok("DescribePodChargeInfo", request)["ChargeInfoSet"][0].clone()
}

#[test]
fn the_size_of_a_pod_follows_from_its_requests_and_limits() {
    let mut cloud = Cloud::new();
    let (id, _) = cluster(&mut cloud);
    let both = |cpu: &str, memory: &str| json!({"requests": needs(cpu, memory), "limits": needs(cpu, memory)});
    let cases = [
        // 002:14601, 002:14551.
        ("one", json!([both("1", "2Gi")]), (1.0, 2.0)),
        ("none", json!([{}]), (1.0, 2.0)),
        // 002:14605-14616.
        ("two", json!([{"requests": needs("2", "4Gi"), "limits": needs("4", "4Gi")}, both("1", "2Gi")]), (4.0, 8.0)),
        // 002:14572-14574.
        ("memory", json!([{"requests": {"memory": "8Gi"}}]), (1.0, 8.0)),
        ("cpu", json!([{"requests": {"cpu": "3"}}]), (4.0, 8.0)),
        // 002:14584-14586: more memory than the cores can have.
        ("much", json!([both("1", "20Gi")]), (4.0, 20.0)),
        ("small", json!([both("100m", "100Mi")]), (0.25, 0.5)),
        // 002:14588: the next even value.
        ("odd", json!([both("2", "4500Mi")]), (2.0, 6.0)),
    ];
    for (name, containers, _) in &cases {
        cloud.kube(&id, "POST", PODS, sized(name, containers.clone(), json!({})));
    }
    cloud.pass(10);
    for (name, _, (cpu, memory)) in cases {
        let there = charge(&mut cloud, &id, name);
        assert_eq!((there["Cpu"].as_f64(), there["Memory"].as_f64()), (Some(cpu), Some(memory)), "{name}");
    }
    let stated = json!({"eks.tke.cloud.tencent.com/cpu": "8", "eks.tke.cloud.tencent.com/mem": "16Gi"});
    cloud.kube(&id, "POST", PODS, sized("stated", json!([both("1", "2Gi")]), stated));
    cloud.pass(10);
    let there = charge(&mut cloud, &id, "stated");
    assert_eq!((there["Cpu"].as_f64(), there["Memory"].as_f64()), (Some(8.0), Some(16.0)));
}

#[test]
fn the_size_of_a_pod_with_gpus_is_one_of_its_type() {
    let mut cloud = Cloud::new();
    let (id, _) = cluster(&mut cloud);
    let part = |cpu: &str, memory: &str| json!({"cpu": cpu, "memory": memory, "nvidia.com/gpu": "1"});
    let both = |request: Value, limit: Value| json!({"requests": request, "limits": limit});
    let kind = |name: &str| json!({"eks.tke.cloud.tencent.com/gpu-type": name});
    let cases = [
        // 002:14736-14748 and 002:14750-14887.
        ("one", "V100", json!([both(part("4", "16Gi"), part("8", "32Gi"))]), (8.0, 40.0, "1", "v100")),
        (
            "two",
            "V100",
            json!([both(part("4", "16Gi"), part("8", "32Gi")), both(part("16", "64Gi"), part("32", "128Gi"))]),
            (36.0, 160.0, "4", "v100"),
        ),
        // 002:12087-12095.
        ("quarter", "1/4*T4", json!([both(part("1", "2Gi"), part("1", "2Gi"))]), (4.0, 16.0, "0.25", "t4")),
    ];
    for (name, gpu, containers, _) in &cases {
        cloud.kube(&id, "POST", PODS, sized(name, containers.clone(), kind(gpu)));
    }
    cloud.pass(10);
    for (name, _, _, (cpu, memory, gpus, kind)) in cases {
        let there = charge(&mut cloud, &id, name);
        assert_eq!((there["Cpu"].as_f64(), there["Memory"].as_f64()), (Some(cpu), Some(memory)), "{name}");
        assert_eq!((&there["Gpu"], &there["Type"]), (&json!(gpus), &json!(kind)), "{name}");
    }
}

#[test]
fn pods_are_charged_from_their_start_by_kind() {
    let mut cloud = Cloud::new();
    let (id, _) = cluster(&mut cloud);
    let amd = json!({"eks.tke.cloud.tencent.com/cpu-type": "amd", "eks.tke.cloud.tencent.com/spot-pod": "true"});
    cloud.kube(&id, "POST", PODS, sized("amd", json!([{}]), amd));
    let started = cloud.kube(&id, "POST", PODS, pod("plain", "1"))["metadata"]["uid"].clone();
    assert!(charge(&mut cloud, &id, "plain").is_null(), "it has not started");
    cloud.pass(10);
    let (amd, plain) = (charge(&mut cloud, &id, "amd"), charge(&mut cloud, &id, "plain"));
    assert_eq!((&amd["Type"], &amd["ChargeType"]), (&json!("amd"), &json!("SPOT")));
    assert_eq!((&plain["Type"], &plain["ChargeType"]), (&json!("intel"), &json!("POSTPAID_BY_HOUR")));
    let start = cloud.kube(&id, "GET", &format!("{PODS}/plain"), Value::Null)["status"]["startTime"].clone();
    assert!(plain["StartTime"].as_str() >= start.as_str());
    let by_uid = cloud.ok("DescribePodChargeInfo", json!({"ClusterId": id, "Uids": [started]}));
    assert_eq!(by_uid["ChargeInfoSet"][0]["Name"], "plain");
    for part in [json!({"ClusterId": id}), json!({"ClusterId": id, "Namespace": "default"})] {
        assert_eq!(cloud.code("DescribePodChargeInfo", part), "MissingParameter");
    }
    cloud.kube(&id, "DELETE", &format!("{PODS}/plain"), Value::Null);
    cloud.pass(10);
    assert!(charge(&mut cloud, &id, "plain").is_null(), "it is gone");
}

#[test]
fn pods_on_machines_are_not_charged_for() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.add_nodes(&id, 1);
    cloud.kube(&id, "POST", PODS, pod("web", "1"));
    cloud.pass(10);
    assert!(charge(&mut cloud, &id, "web").is_null());
    let resources = cloud.ok("DescribePostNodeResources", json!({"ClusterId": id}));
    assert_eq!(resources["PodSet"], json!([]));
}

#[test]
fn pods_are_counted_and_found_by_size() {
    let mut cloud = Cloud::new();
    let (id, node) = cluster(&mut cloud);
    let system = cloud.ok("DescribePostNodeResources", json!({"ClusterId": id}))["PodSet"][0]["Num"].as_u64().unwrap();
    for number in 0..3 {
        let two = json!([{"requests": needs("2", "4Gi")}]);
        cloud.kube(&id, "POST", PODS, sized(&format!("web-{number}"), two, json!({})));
    }
    cloud.pass(10);
    let rates = cloud.ok("DescribePodDeductionRate", json!({"ClusterId": id}))["PodDeductionRateSet"].clone();
    let two = rates.as_array().unwrap().iter().find(|rate| rate["Cpu"].as_f64() == Some(2.0)).unwrap();
    assert_eq!((&two["TotalNum"], &two["DeductionNum"], &two["Type"]), (&json!(3), &json!(0), &json!("intel")));
    let by_spec = |extra: Value| {
        let mut request = json!({"Cpu": 2.0, "Memory": 4.0, "Limit": 2});
        for (name, value) in extra.as_object().unwrap() {
            request[name] = value.clone();
        }
        request
    };
    let found = cloud.ok("DescribePodsBySpec", by_spec(json!({"NodeName": node})));
    assert_eq!((&found["TotalCount"], found["PodSet"].as_array().unwrap().len()), (&json!(3), 2));
    let first = json!({
        "ClusterId": id, "NodeName": node, "Zone": "ap-guangzhou-1", "Namespace": "default", "Name": "web-0",
    });
    assert_eq!(found["PodSet"][0], first);
    let count = |cloud: &mut Cloud, extra: Value| cloud.ok("DescribePodsBySpec", by_spec(extra))["TotalCount"].clone();
    let filter = |name: &str, values: Value| json!({"Filters": [{"Name": name, "Values": values}]});
    assert_eq!(count(&mut cloud, json!({"Zone": "ap-guangzhou-2"})), 0);
    assert_eq!(count(&mut cloud, filter("pod-type", json!(["intel"]))), 3);
    assert_eq!(count(&mut cloud, filter("pod-type", json!(["amd"]))), 0);
    assert_eq!(count(&mut cloud, filter("pod-deduct", json!([]))), 0);
    assert_eq!(count(&mut cloud, filter("pod-not-deduct", json!([]))), 3);
    assert_eq!(cloud.code("DescribePodsBySpec", by_spec(filter("zone", json!(["1"])))), "InvalidParameter");
    assert_eq!(cloud.code("DescribePodsBySpec", by_spec(json!({"GpuNum": "3"}))), "InvalidParameter");
    assert_eq!(cloud.code("DescribePodsBySpec", json!({"Memory": 4.0})), "MissingParameter");
    let resources = cloud.ok("DescribePostNodeResources", json!({"ClusterId": id, "NodeName": node}));
    assert_eq!(resources["PodSet"][0]["Num"], system + 3);
    assert_eq!(resources["ReservedInstanceSet"], json!([]));
}
