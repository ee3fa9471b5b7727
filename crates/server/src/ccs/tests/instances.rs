use super::*;

#[test]
fn pods_have_names_places_and_containers() {
    let mut cloud = Cloud::new();
    let id = cloud.serving(3);
    let pods = cloud.pods(&id, "web");
    let hosts: Vec<Value> = cloud.nodes(&id).iter().map(|node| node["lanIp"].clone()).collect();
    for pod in &pods {
        let parts: Vec<usize> = text(&pod["name"]).split('-').map(str::len).collect();
        assert_eq!(parts, [3, 10, 5], "{pod}");
        assert_eq!((&pod["status"], &pod["reason"], &pod["readyCount"]), (&json!("Running"), &json!(""), &json!(1)));
        assert!(hosts.contains(&pod["nodeIp"]) && text(&pod["ip"]).starts_with("172.16."), "{pod}");
        let container = &pod["containers"][0];
        assert_eq!((&container["name"], &container["image"]), (&json!("main"), &json!("nginx:1.0")));
        let digits = text(&container["containerId"]);
        assert!(digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()), "{digits}");
    }
    let page = cloud.ok("DescribeServiceInstance", with(named(&id, "web"), json!({"offset": 1, "limit": 1})));
    assert_eq!((&page["instances"][0], &page["totalCount"]), (&pods[1], &json!(3)));
}

#[test]
fn deleted_pods_are_replaced() {
    let mut cloud = Cloud::new();
    let id = cloud.serving(2);
    let before = cloud.pods(&id, "web");
    let names = json!([before[0]["name"], "web-none", before[0]["name"]]);
    let answer = cloud.ok("DeleteInstances", json!({"clusterId": id, "instances": names}));
    assert_eq!(answer["successList"], json!([before[0]["name"]]));
    assert!(object(&answer["failedMap"]).contains_key("web-none"), "{answer}");
    assert_eq!(cloud.pods(&id, "web")[0]["status"], "Terminating");
    cloud.pass(10);
    let after = cloud.pods(&id, "web");
    assert_eq!((after.len(), after.iter().any(|pod| pod["name"] == before[0]["name"])), (2, false));
    assert_eq!(cloud.status(&id, "web"), "Normal");
    let none = json!({"clusterId": id, "instances": []});
    assert_eq!(cloud.code("DeleteInstances", none), "InvalidParameter");
}

#[test]
fn events_tell_what_happened_in_the_last_hour() {
    let mut cloud = Cloud::new();
    let id = cloud.serving(2);
    cloud.ok("CreateClusterService", service(&id, "web-x", 1));
    let events = list(&cloud.ok("DescribeServiceEvent", named(&id, "web"))["eventList"]);
    let pods: Vec<Value> = cloud.pods(&id, "web").iter().map(|pod| pod["name"].clone()).collect();
    assert!(events.iter().any(|event| event["objType"] == "Deployment" && event["objName"] == "web"));
    for pod in pods {
        let reasons: Vec<&Value> =
            events.iter().filter(|event| event["objName"] == pod).map(|event| &event["reason"]).collect();
        assert_eq!(reasons, ["Scheduled", "Started"]);
    }
    assert!(events.iter().all(|event| !text(&event["objName"]).starts_with("web-x")), "{events:?}");
    assert!(events.iter().all(|event| event["level"] == "Normal" && event["count"] == 1));
    cloud.pass(3_601);
    assert_eq!(cloud.ok("DescribeServiceEvent", named(&id, "web"))["eventList"], json!([]));
    let image = json!({"image": "ccr.ccs.tencentyun.com/none/none:v1"});
    cloud.ok("ModifyClusterServiceImage", with(named(&id, "web"), image));
    cloud.pass(10);
    let events = list(&cloud.ok("DescribeServiceEvent", named(&id, "web"))["eventList"]);
    let warning = events.iter().find(|event| event["level"] == "Warning").unwrap();
    assert_eq!((&warning["reason"], &warning["objType"]), (&json!("Failed"), &json!("Pod")));
}

#[test]
fn equal_events_are_counted() {
    let mut cloud = Cloud::new();
    let id = cloud.serving(1);
    for count in [2, 1, 2, 1] {
        cloud.ok("ModifyServiceReplicas", with(named(&id, "web"), json!({"scaleTo": count})));
        cloud.pass(10);
    }
    let events = list(&cloud.ok("DescribeServiceEvent", named(&id, "web"))["eventList"]);
    let fewer = events
        .iter()
        .find(|event| text(&event["message"]).contains("told to stop") && event["objType"] == "Deployment");
    let fewer = fewer.unwrap();
    assert_eq!(fewer["count"], 2);
    assert!(text(&fewer["firstSeen"]) < text(&fewer["lastSeen"]), "{fewer}");
}
