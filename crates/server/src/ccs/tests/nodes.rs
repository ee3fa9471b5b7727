use super::*;

fn add(cloud: &mut Cloud, id: &str, over: Value) -> Value {
    cloud.ok("AddClusterInstances", with(with(machines(), json!({"clusterId": id})), over))
}

#[test]
fn bought_machines_become_nodes() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let answer = add(&mut cloud, &id, json!({"goodsNum": 1, "cpu": 1, "mem": 2, "instanceType": "CVM.S2"}));
    let added = text(&answer["instanceIds"][0]);
    assert_eq!(cloud.task(&answer["requestId"]), "running");
    let cluster = cloud.cluster(&id);
    assert_eq!((&cluster["status"], &cluster["nodeStatus"]), (&json!("Scaling"), &json!("PartialAbnormal")));
    let of = |nodes: Vec<Value>| nodes.into_iter().find(|node| node["instanceId"] == *added).unwrap();
    let node = of(cloud.nodes(&id));
    assert_eq!((&node["isNormal"], &node["abnormalReason"]), (&json!(0), &json!("Unknown")));
    cloud.pass(30);
    assert_eq!(cloud.task(&answer["requestId"]), "succ");
    let node = of(cloud.nodes(&id));
    let expected = json!({
        "instanceType": "CVM.S2", "cpu": 1, "mem": 2, "isNormal": 1, "abnormalReason": "", "cvmPayMode": 2,
        "networkPayMode": 2, "instanceDeadlineTime": "0000-00-00 00:00:00", "zoneId": 100_001,
        "zone": "ap-guangzhou-1", "cvmState": 2, "osImage": "Ubuntu 16.04.1 LTS",
    });
    for (name, value) in object(&expected) {
        assert_eq!(node[name], *value, "{name}");
    }
    assert_eq!(cloud.cluster(&id)["status"], "Running");
}

#[test]
fn nodes_are_added_to_running_clusters() {
    let mut cloud = Cloud::new();
    let (id, _) = cloud.create("172.16.0.0/16");
    let call = with(machines(), json!({"clusterId": id}));
    assert_eq!(cloud.code("AddClusterInstances", call.clone()), "5100");
    let existing = json!({"clusterId": id, "instanceIds": ["ins-default1"]});
    assert_eq!(cloud.code("AddClusterInstancesFromExistedCvm", existing.clone()), "5100");
    cloud.pass(60);
    cloud.ok("AddClusterInstances", call.clone());
    assert_eq!(cloud.code("AddClusterInstances", call), "5100", "it is scaling");
    assert_eq!(cloud.code("AddClusterInstancesFromExistedCvm", existing), "5100");
}

#[test]
fn a_cluster_has_twenty_nodes() {
    let mut cloud = Cloud::new();
    let many = with(cluster("172.16.0.0/16"), json!({"goodsNum": 21}));
    assert_eq!(cloud.code("CreateCluster", many), "5200");
    let id = cloud.running();
    let call = |count: u64| with(machines(), json!({"clusterId": id, "goodsNum": count}));
    assert_eq!(cloud.code("AddClusterInstances", call(19)), "5200");
    cloud.ok("AddClusterInstances", call(18));
    cloud.pass(30);
    let existing = json!({"clusterId": id, "instanceIds": ["ins-default1"]});
    assert_eq!(cloud.code("AddClusterInstancesFromExistedCvm", existing), "5200");
}

#[test]
fn machines_are_ordered_by_the_rules() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    for (code, wrong) in [
        ("InvalidParameter", json!({"instanceType": "CVM.C1"})),
        ("InvalidParameter", json!({"instanceType": "S1"})),
        ("5200", json!({"cpu": 3})),
        ("5200", json!({"cpu": 4, "mem": 100})),
        ("InvalidParameter", json!({"cvmType": "PayByYear"})),
        ("InvalidParameter", json!({"cvmType": "PayByMonth"})),
        ("InvalidParameter", json!({"bandwidthType": "PayByMonth"})),
        ("InvalidParameter", json!({"cvmType": "PayByMonth", "period": 1, "bandwidthType": "PayByHour"})),
        ("InvalidParameter", json!({"storageSize": 15})),
        ("InvalidParameter", json!({"wanIp": 2})),
        ("InvalidParameter", json!({"isVpcGateway": 2})),
        ("InvalidParameter", json!({"zoneId": "2"})),
        ("InvalidParameter", json!({"zoneId": "100002"})),
        ("5000", json!({"subnetId": "subnet-second01"})),
        ("5200", json!({"goodsNum": 0, "cpu": 5})),
    ] {
        let call = with(with(machines(), json!({"clusterId": id})), wrong);
        assert_eq!(cloud.code("AddClusterInstances", call.clone()), code, "{call}");
    }
    for zone in ["100001", "ap-guangzhou-1"] {
        add(
            &mut cloud,
            &id,
            json!({"goodsNum": 1, "zoneId": zone, "cvmType": "PayByMonth", "period": 2, "bandwidthType": "PayByMonth"}),
        );
        cloud.pass(30);
    }
    let node = cloud.nodes(&id).pop().unwrap();
    assert_eq!((&node["cvmPayMode"], &node["networkPayMode"]), (&json!(1), &json!(1)));
    assert!(text(&node["instanceDeadlineTime"]).starts_with("2024-07-31"), "{node}");
}

#[test]
fn passwords_have_eight_to_sixteen_characters_of_two_kinds() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    for wrong in [
        json!({"password": "short1!"}),
        json!({"password": "lettersonly"}),
        json!({"password": "longer-than-16-chars"}),
        json!({"password": "letters+1", "keyId": "skey-1"}),
    ] {
        let call = with(with(machines(), json!({"clusterId": id})), wrong.clone());
        let refusal = cloud.refusal("AddClusterInstances", call);
        assert_eq!(refusal.code, "InvalidParameter");
        assert!(!refusal.message.contains(wrong["password"].as_str().unwrap()), "{refusal}");
        let call = with(json!({"clusterId": id, "instanceIds": ["ins-default1"]}), wrong);
        assert_eq!(cloud.code("AddClusterInstancesFromExistedCvm", call), "InvalidParameter");
    }
    add(&mut cloud, &id, json!({"password": "letters+1"}));
}

#[test]
fn a_public_address_needs_bandwidth() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    for (bandwidth, wanted, given) in [(0, Some(1), false), (1, None, true), (1, Some(0), false), (1, Some(1), true)] {
        let mut over = json!({"goodsNum": 1, "bandwidth": bandwidth});
        if let Some(wanted) = wanted {
            over["wanIp"] = json!(wanted);
        }
        add(&mut cloud, &id, over);
        cloud.pass(30);
        let node = cloud.nodes(&id).pop().unwrap();
        assert_eq!(node["wanIp"] != "", given, "{bandwidth} {wanted:?}");
    }
}

#[test]
fn machines_that_are_there_join_running_or_not() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let machines = ["ins-default1", "ins-stopped1", "ins-second01", "ins-none0000", "ins-default1"];
    let answer = cloud.ok("AddClusterInstancesFromExistedCvm", json!({"clusterId": id, "instanceIds": machines}));
    assert_eq!(answer["succInstanceIds"], json!(["ins-default1", "ins-stopped1"]));
    let failed = list(&answer["faliInstanceIds"]);
    assert_eq!(failed.len(), 2);
    assert_eq!(failed[0]["instanceId"], "ins-second01");
    assert!(text(&failed[0]["message"]).contains("network"), "{failed:?}");
    cloud.pass(30);
    assert_eq!(cloud.cluster(&id)["nodeNum"], 4);
    let again =
        cloud.ok("AddClusterInstancesFromExistedCvm", json!({"clusterId": id, "instanceIds": ["ins-default2"]}));
    assert_eq!(again["faliInstanceIds"], Value::Null, "null for none");
    cloud.pass(30);
    let mine = cloud.ok("AddClusterInstancesFromExistedCvm", json!({"clusterId": id, "instanceIds": ["ins-default1"]}));
    assert_eq!(mine["succInstanceIds"], json!([]));
    let none = json!({"clusterId": id, "instanceIds": []});
    assert_eq!(cloud.code("AddClusterInstancesFromExistedCvm", none), "InvalidParameter");
}

#[test]
fn nodes_leave_and_their_pods_move() {
    let mut cloud = Cloud::new();
    let id = cloud.serving(4);
    let machine = text(&cloud.nodes(&id)[0]["instanceId"]);
    let answer = cloud.ok("DeleteClusterInstances", json!({"clusterId": id, "instanceIds": [machine]}));
    assert_eq!(cloud.task(&answer["requestId"]), "running");
    cloud.pass(10);
    assert_eq!((cloud.task(&answer["requestId"]), cloud.nodes(&id).len()), ("succ".into(), 1));
    cloud.pass(10);
    let left = cloud.nodes(&id)[0]["lanIp"].clone();
    let pods = cloud.pods(&id, "web");
    assert_eq!(pods.len(), 4);
    assert!(pods.iter().all(|pod| pod["nodeIp"] == left && pod["status"] == "Running"), "{pods:?}");
    assert_eq!(cloud.status(&id, "web"), "Normal");
    let gone = json!({"clusterId": id, "instanceIds": [machine]});
    assert_eq!(cloud.code("DeleteClusterInstances", gone), "KubeResourceNotFound");
    let none = json!({"clusterId": id, "instanceIds": []});
    assert_eq!(cloud.code("DeleteClusterInstances", none), "InvalidParameter");
}

#[test]
fn nodes_leave_running_clusters() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let machine = text(&cloud.nodes(&id)[0]["instanceId"]);
    add(&mut cloud, &id, json!({}));
    assert_eq!(cloud.code("DeleteClusterInstances", json!({"clusterId": id, "instanceIds": [machine]})), "5100");
}

#[test]
fn labels_draw_pods_to_nodes() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let affinity = json!({"nodeAffinity": [{"key": "disk", "operator": "In", "values": ["ssd"]}]});
    cloud.ok("CreateClusterService", with(service(&id, "web", 2), affinity));
    cloud.pass(10);
    assert_eq!(cloud.status(&id, "web"), "Abnormal", "no node has the label");
    assert_eq!(cloud.service(&id, "web")["reasonMap"], json!({"没有可用的节点": 2}));
    let node = cloud.nodes(&id)[1].clone();
    let labels = json!([{"key": "disk", "value": "ssd"}, {"key": "empty"}]);
    let call = json!({"clusterId": id, "instanceId": node["instanceId"], "labels": labels});
    cloud.ok("ModifyClusterNodeLabel", call.clone());
    cloud.pass(10);
    assert!(cloud.pods(&id, "web").iter().all(|pod| pod["nodeIp"] == node["lanIp"]));
    assert_eq!(cloud.status(&id, "web"), "Normal");
    for (code, wrong) in [
        ("KubeResourceNotFound", json!({"instanceId": "ins-none0000"})),
        ("InvalidParameter", json!({"labels": []})),
        ("InvalidParameter", json!({"labels": [{"key": "kubernetes.io/x", "value": "y"}]})),
    ] {
        assert_eq!(cloud.code("ModifyClusterNodeLabel", with(call.clone(), wrong)), code);
    }
}

#[test]
fn nodes_come_in_pages() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let page =
        cloud.ok("DescribeClusterInstances", json!({"clusterId": id, "offset": 1, "limit": 5, "namespace": "default"}));
    assert_eq!((list(&page["nodes"]).len(), &page["totalCount"]), (1, &json!(2)));
    assert_eq!(cloud.code("DescribeClusterInstances", json!({"clusterId": "cls-none"})), "5000");
}
