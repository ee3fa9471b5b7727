use super::*;

#[test]
fn what_is_ordered_flat_is_read_back_nested() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let order = json!({
        "containerName": "main", "image": "nginx", "cpu": 200, "cpuLimits": 300, "memory": 128,
        "envs": [{"name": "KEY_1", "value": "a b"}, {"name": "_empty"}],
        "volumeMounts": [{"volumeName": "vol", "mountPath": "/data", "mode": "ro"}],
        "healthCheck": [
            {"type": "liveCheck", "checkMethod": "methodHttp", "port": 80, "protocol": "HTTP", "path": "/up", "cmd": "",
             "delayTime": 5, "timeOut": 2, "intervalTime": 3, "healthNum": 1, "unhealthNum": 4},
            {"type": "readyCheck", "checkMethod": "methodCmd", "cmd": "true"},
        ],
        "command": "sh", "arguments": ["-c", "sleep 1"], "privileged": true, "workingDir": "/srv",
    });
    let volumes = json!([{"name": "vol", "volumeType": "hostPath", "hostPath": ""}, {"name": "disk", "volumeType": "nfsDisk", "nfsPath": "1.2.3.4:/x"}]);
    let call = with(service(&id, "web", 1), json!({"containers": [order], "volumes": volumes}));
    cloud.ok("CreateClusterService", call);
    cloud.pass(10);
    let service = cloud.service(&id, "web");
    assert_eq!(service["volumes"], json!([{"name": "vol", "hostPath": ""}, {"name": "disk", "hostPath": ""}]));
    let nothing = Value::Null;
    assert_eq!(
        service["containers"][0],
        json!({
            "containerName": "main", "image": "nginx", "cpu": 200, "cpuLimits": 300, "memory": 128, "memoryLimits": 0,
            "envs": [{"name": "KEY_1", "value": "a b"}, {"name": "_empty", "value": ""}],
            "volumeMounts": [{"volumeName": "vol", "mountPath": "/data", "mode": "ro"}],
            "command": "sh", "arguments": ["-c", "sleep 1"],
            "liveProbe": {
                "checkMethod": "methodHttp", "healthNum": 1, "unhealthNum": 4, "intervalTime": 3, "timeOut": 2,
                "delayTime": 5, "methodHttp": {"port": 80, "protocol": "HTTP", "path": "/up"}, "methodTcp": nothing,
                "methodCmd": nothing,
            },
            "readyProbe": {
                "checkMethod": "methodCmd", "healthNum": 3, "unhealthNum": 3, "intervalTime": 3, "timeOut": 2,
                "delayTime": 0, "methodHttp": nothing, "methodTcp": nothing, "methodCmd": {"cmd": "true"},
            },
        })
    );
    let realm = cloud.world.ccs("100000000001", "ap-guangzhou");
    let cluster = realm.realm.clusters.get(&id).unwrap();
    let pod = cluster.kubernetes.pods.iter().find(|pod| pod.namespace == "default").unwrap();
    let spec = &pod.spec["containers"][0];
    assert_eq!(spec["securityContext"], json!({"privileged": true}));
    assert_eq!((&spec["workingDir"], &spec["readinessProbe"]["exec"]["command"][2]), (&json!("/srv"), &json!("true")));
    assert_eq!(pod.spec["volumes"][0], json!({"name": "vol", "emptyDir": {}}));
}

#[test]
fn empty_lists_are_read_back_as_null() {
    let mut cloud = Cloud::new();
    let id = cloud.serving(1);
    let container = cloud.service(&id, "web")["containers"][0].clone();
    for name in ["envs", "volumeMounts", "arguments", "liveProbe", "readyProbe"] {
        assert_eq!(container[name], Value::Null, "{name}");
    }
}

#[test]
fn containers_keep_the_rules() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let check = |over: Value| {
        let check = json!({"type": "liveCheck", "checkMethod": "methodTcp", "port": 80});
        json!({"healthCheck": [with(check, over)]})
    };
    for wrong in [
        json!({"containerName": ""}),
        json!({"containerName": "x".repeat(64)}),
        json!({"image": ""}),
        json!({"envs": [{"name": "1st", "value": ""}]}),
        json!({"envs": [{"name": "a-b", "value": ""}]}),
        json!({"cpu": 99}),
        json!({"cpuLimits": 50}),
        json!({"cpu": 500, "cpuLimits": 400}),
        json!({"memory": 300, "memoryLimits": 256}),
        json!({"memory": 0, "memoryLimits": 3}),
        json!({"volumeMounts": [{"volumeName": "none", "mountPath": "/x"}]}),
        check(json!({"type": "check"})),
        check(json!({"checkMethod": "methodPing"})),
        check(json!({"port": null})),
        check(json!({"port": 70_000})),
        check(json!({"checkMethod": "methodCmd"})),
        check(json!({"checkMethod": "methodHttp", "protocol": "FTP"})),
        check(json!({"healthNum": 2})),
        check(json!({"type": "readyCheck", "healthNum": 11})),
        check(json!({"unhealthNum": 0})),
        check(json!({"intervalTime": 1})),
        check(json!({"timeOut": 61})),
        check(json!({"delayTime": 61})),
        json!({"healthCheck": [check(json!({}))["healthCheck"][0], check(json!({}))["healthCheck"][0]]}),
    ] {
        let containers = json!({"containers": [with(container("main"), wrong.clone())]});
        let call = with(service(&id, "web", 1), containers);
        assert_eq!(cloud.code("CreateClusterService", call), "InvalidParameter", "{wrong}");
    }
    for containers in [json!([]), json!([container("main"), container("main")])] {
        let call = with(service(&id, "web", 1), json!({"containers": containers}));
        assert_eq!(cloud.code("CreateClusterService", call), "InvalidParameter");
    }
    let free = json!({"cpu": 0, "cpuLimits": 0, "memory": 2, "memoryLimits": 0});
    let call = with(service(&id, "web", 1), json!({"containers": [with(container("main"), free)]}));
    cloud.ok("CreateClusterService", call);
}
