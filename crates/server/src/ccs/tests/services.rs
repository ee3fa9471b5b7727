use super::*;

#[test]
fn a_service_is_waiting_then_normal_and_gone_when_deleted() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.ok("CreateClusterService", with(service(&id, "web", 3), json!({"serviceDesc": "what it is"})));
    let before = cloud.service(&id, "web");
    assert_eq!((&before["status"], &before["currentReplicas"]), (&json!("Waiting"), &json!(0)));
    assert_eq!(before["reasonMap"], json!({"容器创建中": 3}));
    cloud.pass(3);
    let after = cloud.service(&id, "web");
    let expected = json!({
        "status": "Normal", "serviceDesc": "what it is", "desiredReplicas": 3, "currentReplicas": 3, "reasonMap": {},
        "accessType": "", "lbId": "", "lbStatus": "None", "externalIp": "", "namespace": "default", "regionId": 1,
        "labels": {"qcloud-app": "web"}, "selector": {"qcloud-app": "web"}, "volumes": [], "subnetId": "", "reason": "",
        "portMappings": [{"lbPort": 80, "containerPort": 8080, "protocol": "TCP", "nodePort": 0}],
    });
    for (name, value) in object(&expected) {
        assert_eq!(after[name], *value, "{name}");
    }
    assert!(text(&after["serviceIp"]).starts_with("172.16."), "{after}");
    assert_eq!(cloud.code("CreateClusterService", service(&id, "web", 1)), "5100");
    cloud.ok("DeleteClusterService", named(&id, "web"));
    assert_eq!(cloud.code("DescribeClusterServiceInfo", named(&id, "web")), "KubeResourceNotFound");
    assert_eq!(cloud.ok("DescribeClusterService", json!({"clusterId": id}))["totalCount"], 0);
    cloud.pass(10);
    let realm = cloud.world.ccs("100000000001", "ap-guangzhou");
    let pods = &realm.realm.clusters.get(&id).unwrap().kubernetes.pods;
    assert!(pods.iter().all(|pod| pod.namespace == "kube-system"));
    cloud.ok("CreateClusterService", service(&id, "web", 1));
}

#[test]
fn services_belong_to_clusters_that_serve() {
    let mut cloud = Cloud::new();
    let (id, _) = cloud.create("172.16.0.0/16");
    assert_eq!(cloud.code("CreateClusterService", service(&id, "web", 1)), "5100");
    assert_eq!(cloud.code("CreateClusterService", service("cls-none", "web", 1)), "5000");
    cloud.pass(60);
    for operation in [
        "DescribeClusterServiceInfo",
        "DeleteClusterService",
        "ModifyServiceDescription",
        "PauseClusterService",
        "ResumeClusterService",
        "RollBackClusterService",
        "RedeployClusterService",
        "DescribeServiceEvent",
        "DescribeServiceInstance",
    ] {
        assert_eq!(cloud.code(operation, named(&id, "none")), "KubeResourceNotFound", "{operation}");
    }
    let modify = with(service(&id, "none", 1), json!({"strategy": "Recreate"}));
    assert_eq!(cloud.code("ModifyClusterService", modify), "KubeResourceNotFound");
    let replicas = with(named(&id, "none"), json!({"scaleTo": 2}));
    assert_eq!(cloud.code("ModifyServiceReplicas", replicas), "KubeResourceNotFound");
    let nowhere = with(service(&id, "web", 1), json!({"namespace": "none"}));
    assert_eq!(cloud.code("CreateClusterService", nowhere), "KubeResourceNotFound");
}

#[test]
fn orders_keep_the_rules() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let port = |over: Value| json!([with(json!({"lbPort": 80, "containerPort": 80, "protocol": "TCP"}), over)]);
    let volume = |over: Value| json!({"volumes": [with(json!({"name": "v"}), over)]});
    for wrong in [
        json!({"serviceName": "Web"}),
        json!({"serviceName": "1web"}),
        json!({"serviceName": "web-"}),
        json!({"serviceName": "a".repeat(64)}),
        json!({"accessType": "NodePort"}),
        json!({"accessType": "None"}),
        json!({"accessType": "SvcLBTypeInner"}),
        json!({"accessType": "LoadBalancer", "portMappings": []}),
        json!({"portMappings": port(json!({"lbPort": 0}))}),
        json!({"portMappings": port(json!({"containerPort": 65_536}))}),
        json!({"portMappings": port(json!({"protocol": "SCTP"}))}),
        json!({"accessType": "LoadBalancer", "portMappings": port(json!({"nodePort": 80}))}),
        json!({"portMappings": [port(json!({}))[0], port(json!({}))[0]]}),
        json!({"replicas": -1}),
        volume(json!({"volumeType": "hostDisk"})),
        volume(json!({"volumeType": "cbsDisk"})),
        volume(json!({"volumeType": "nfsDisk"})),
        volume(json!({"volumeType": "configMap", "configId": "c", "configVersion": "1"})),
        json!({"volumes": [{"name": "v", "volumeType": "hostPath"}, {"name": "v", "volumeType": "hostPath"}]}),
        with(json!({"replicas": 2}), volume(json!({"volumeType": "cbsDisk", "cbsDiskId": "disk-1"}))),
        json!({"nodeAffinity": [{"key": "a", "operator": "Like", "values": ["b"]}]}),
        json!({"nodeAffinity": [{"key": "a", "operator": "In", "values": []}]}),
        json!({"nodeAffinity": [{"key": "a", "operator": "Gt", "values": ["x"]}]}),
        json!({"podAffinity": [{"key": "a", "operator": "Gt", "values": ["1"]}]}),
        json!({"podAffinity": [{"key": "a", "operator": "Exists", "values": ["1"]}]}),
    ] {
        let call = with(service(&id, "web", 1), wrong.clone());
        assert_eq!(cloud.code("CreateClusterService", call), "InvalidParameter", "{wrong}");
    }
    let subnet = json!({"accessType": "SvcLBTypeInner", "subnetId": "subnet-second01"});
    assert_eq!(cloud.code("CreateClusterService", with(service(&id, "web", 1), subnet)), "5000");
    assert_eq!(cloud.ok("DescribeClusterService", json!({"clusterId": id}))["totalCount"], 0);
}

#[test]
fn a_node_port_belongs_to_one_service() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let port = json!([{"lbPort": 80, "containerPort": 80, "protocol": "TCP", "nodePort": 30_123}]);
    let balanced = json!({"accessType": "LoadBalancer", "portMappings": port});
    cloud.ok("CreateClusterService", with(service(&id, "one", 1), balanced.clone()));
    assert_eq!(cloud.service(&id, "one")["portMappings"][0]["nodePort"], 30_123);
    assert_eq!(cloud.code("CreateClusterService", with(service(&id, "two", 1), balanced.clone())), "5100");
    let free = json!([{"lbPort": 80, "containerPort": 80, "protocol": "TCP", "nodePort": 0}]);
    cloud.ok("CreateClusterService", with(with(service(&id, "two", 1), balanced), json!({"portMappings": free})));
    let given = cloud.service(&id, "two")["portMappings"][0]["nodePort"].as_u64().unwrap();
    assert!((30_000..=32_767).contains(&given) && given != 30_123, "{given}");
}

#[test]
fn load_balancers_take_a_while_and_stay_when_the_access_does() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    for (name, access) in [
        ("public", json!({"accessType": "LoadBalancer"})),
        ("inner", json!({"accessType": "SvcLBTypeInner", "subnetId": "subnet-default2"})),
    ] {
        cloud.ok("CreateClusterService", with(service(&id, name, 1), access.clone()));
        let new = cloud.service(&id, name);
        assert_eq!((&new["lbStatus"], &new["externalIp"]), (&json!("Creating"), &json!("")));
        assert_eq!(new["accessType"], access["accessType"]);
        cloud.pass(10);
        let up = cloud.service(&id, name);
        assert_eq!((&up["lbStatus"], &up["lbId"]), (&json!("Running"), &new["lbId"]));
        assert_ne!(up["externalIp"], "");
        let change = json!({"strategy": "RollingUpdate", "portMappings": [{"lbPort": 81, "containerPort": 81, "protocol": "UDP"}]});
        let change = with(with(service(&id, name, 1), access), change);
        cloud.ok("ModifyClusterService", change.clone());
        let same = cloud.service(&id, name);
        assert_eq!(
            (&same["lbId"], &same["serviceIp"], &same["lbStatus"]),
            (&up["lbId"], &up["serviceIp"], &json!("Running"))
        );
        assert_eq!(same["externalIp"], up["externalIp"]);
        assert_eq!(same["portMappings"][0]["lbPort"], 81);
        cloud.ok(
            "ModifyClusterService",
            with(change, json!({"accessType": "None", "portMappings": [], "subnetId": null})),
        );
        let none = cloud.service(&id, name);
        assert_eq!((&none["lbId"], &none["lbStatus"], &none["serviceIp"]), (&json!(""), &json!("None"), &json!("")));
    }
}

#[test]
fn a_private_balancer_has_an_address_of_its_subnet() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let inner = |subnet: &str| json!({"accessType": "SvcLBTypeInner", "subnetId": subnet});
    let make = |cloud: &mut Cloud, name: &str, subnet: &str| {
        cloud.ok("CreateClusterService", with(service(&id, name, 1), inner(subnet)));
        cloud.pass(10);
        cloud.service(&id, name)["externalIp"].as_str().unwrap().to_owned()
    };
    let [first, second] = ["a", "b"].map(|name| make(&mut cloud, name, "subnet-default2"));
    assert!(first.starts_with("10.200.2.") && second.starts_with("10.200.2.") && first != second, "{first} {second}");
    // It goes back when the service goes, its access changes, or its subnet does.
    cloud.ok("DeleteClusterService", named(&id, "a"));
    assert_eq!(make(&mut cloud, "c", "subnet-default2"), first);
    let change = with(service(&id, "c", 1), json!({"strategy": "RollingUpdate"}));
    cloud.ok("ModifyClusterService", with(change.clone(), json!({"accessType": "LoadBalancer"})));
    cloud.pass(10);
    assert!(!cloud.service(&id, "c")["externalIp"].as_str().unwrap().starts_with("10."));
    assert_eq!(make(&mut cloud, "d", "subnet-default2"), first);
    let change = with(service(&id, "d", 1), json!({"strategy": "RollingUpdate"}));
    cloud.ok("ModifyClusterService", with(change, inner("subnet-default3")));
    cloud.pass(10);
    assert!(cloud.service(&id, "d")["externalIp"].as_str().unwrap().starts_with("10.200.3."));
    assert_eq!(make(&mut cloud, "e", "subnet-default2"), first);
}

#[test]
fn a_description_is_changed_and_erased() {
    let mut cloud = Cloud::new();
    let id = cloud.serving(1);
    cloud.ok("ModifyServiceDescription", with(named(&id, "web"), json!({"description": "new"})));
    assert_eq!(cloud.service(&id, "web")["serviceDesc"], "new");
    cloud.ok("ModifyServiceDescription", named(&id, "web"));
    assert_eq!(cloud.service(&id, "web")["serviceDesc"], "");
}

#[test]
fn replicas_follow() {
    let mut cloud = Cloud::new();
    let id = cloud.serving(1);
    for count in [4, 2, 0, 3] {
        cloud.ok("ModifyServiceReplicas", with(named(&id, "web"), json!({"scaleTo": count})));
        cloud.pass(10);
        let service = cloud.service(&id, "web");
        assert_eq!((&service["currentReplicas"], &service["status"]), (&json!(count), &json!("Normal")));
        assert_eq!(cloud.pods(&id, "web").len(), count);
    }
    let disk = json!({"volumes": [{"name": "v", "volumeType": "cbsDisk", "cbsDiskId": "disk-1"}]});
    cloud.ok("CreateClusterService", with(service(&id, "db", 1), disk));
    assert_eq!(cloud.code("ModifyServiceReplicas", with(named(&id, "db"), json!({"scaleTo": 2}))), "InvalidParameter");
}

#[test]
fn pods_that_fit_nowhere_are_told() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let large = json!({"containers": [with(container("main"), json!({"cpu": 3000, "cpuLimits": 0}))]});
    cloud.ok("CreateClusterService", with(service(&id, "big", 3), large));
    cloud.pass(10);
    let service = cloud.service(&id, "big");
    assert_eq!((&service["status"], &service["currentReplicas"]), (&json!("Abnormal"), &json!(2)));
    assert_eq!((&service["reasonMap"], &service["reason"]), (&json!({"没有可用的节点": 1}), &json!("Unschedulable")));
    cloud.ok("AddClusterInstances", with(machines(), json!({"clusterId": id, "goodsNum": 1})));
    cloud.pass(40);
    assert_eq!(cloud.status(&id, "big"), "Normal");
}

#[test]
fn pods_stay_beside_their_neighbours() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let together = json!({"podAffinity": [{"key": "qcloud-app", "operator": "In", "values": ["web"]}]});
    cloud.ok("CreateClusterService", with(service(&id, "side", 1), together.clone()));
    cloud.pass(10);
    assert_eq!(cloud.status(&id, "side"), "Abnormal", "nobody to be beside of");
    cloud.ok("CreateClusterService", with(service(&id, "web", 3), together));
    cloud.pass(10);
    let nodes: std::collections::BTreeSet<String> =
        ["web", "side"].iter().flat_map(|name| cloud.pods(&id, name)).map(|pod| text(&pod["nodeIp"])).collect();
    assert_eq!(nodes.len(), 1, "{nodes:?}");
}

#[test]
fn an_image_that_is_not_in_the_registry_cannot_be_pulled() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let image = "ccr.ccs.tencentyun.com/test/app:v1";
    let order = json!({"containers": [with(container("main"), json!({"image": image}))]});
    cloud.ok("CreateClusterService", with(service(&id, "web", 2), order));
    cloud.pass(10);
    let service = cloud.service(&id, "web");
    assert_eq!((&service["status"], &service["reason"]), (&json!("Waiting"), &json!("ImagePullBackOff")));
    assert_eq!(service["reasonMap"], json!({"下载镜像失败": 2}));
    let pod = cloud.pods(&id, "web")[0].clone();
    assert_eq!(
        (&pod["status"], &pod["reason"], &pod["readyCount"]),
        (&json!("Waiting"), &json!("下载镜像失败"), &json!(0))
    );
    cloud.pass(600);
    assert_eq!(cloud.status(&id, "web"), "Abnormal", "after ten minutes it is no delay");
    cloud.ok("CreateRepository", json!({"reponame": "test/app", "public": 0}));
    let pushed = wharf_world::registry::Image::new("content", 1_000);
    cloud.world.push_image("100000000001", "test/app", "v1", pushed).unwrap();
    cloud.ok("RedeployClusterService", named(&id, "web"));
    cloud.pass(20);
    assert_eq!(cloud.status(&id, "web"), "Normal");
}
