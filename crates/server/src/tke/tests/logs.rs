//! Log collection, audit logs, dashboards.

use super::Cloud;
use serde_json::{Value, json};

fn rule(cluster: &str, name: &str, topic: &str) -> Value {
    json!({
        "ClusterId": cluster, "Name": name, "Description": "d", "InputType": "container-log", "OutputType": "cls",
        "InputOption": {"AllNamespaces": true}, "OutputOption": {"LogsetId": "set-1", "TopicId": topic},
    })
}

fn total(cloud: &mut Cloud, cluster: &str) -> Value {
    cloud.ok("ListLogCollector", json!({"ClusterId": cluster}))["TotalCount"].clone()
}

#[test]
fn rules_are_created_read_listed_changed_and_deleted() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    for number in 0..3 {
        cloud.ok("CreateLogCollector", rule(&id, &format!("rule-{number}"), &format!("topic-{number}")));
    }
    assert_eq!(cloud.code("CreateLogCollector", rule(&id, "rule-1", "topic-9")), "InvalidParameter");
    let named = |name: &str| json!({"ClusterId": id, "Name": name});
    let read = cloud.ok("GetLogCollector", named("rule-1"))["LogCollector"].clone();
    assert_eq!(read["InputOption"], json!({"AllNamespaces": true}));
    assert_eq!(read["OutputOption"], json!({"LogsetId": "set-1", "TopicId": "topic-1"}));
    assert_eq!(read["CreatedAt"], "2024-06-01T00:01:00Z");
    let page = cloud.ok("ListLogCollector", json!({"ClusterId": id, "Offset": 1, "Limit": 1}));
    assert_eq!((&page["TotalCount"], &page["LogCollectorList"][0]["Name"]), (&json!(3), &json!("rule-1")));
    let found = cloud.ok("ListLogCollector", json!({"ClusterId": id, "Search": "-2"}));
    assert_eq!(found["TotalCount"], 1);
    let change = json!({"ClusterId": id, "Name": "rule-1", "Description": "new", "InputType": "host-log",
        "InputOption": {"Path": "/var/log/*.log", "Labels": {"Name": "a", "Value": "b"}}});
    cloud.ok("UpdateLogCollector", change);
    let read = cloud.ok("GetLogCollector", named("rule-1"))["LogCollector"].clone();
    assert_eq!((&read["Description"], &read["InputOption"]["Labels"]["Name"]), (&json!("new"), &json!("a")));
    assert_eq!(cloud.ok("CheckIfLogCollectorExists", named("rule-1"))["CheckResult"], true);
    cloud.ok("DeleteLogCollector", named("rule-1"));
    assert_eq!(cloud.ok("CheckIfLogCollectorExists", named("rule-1"))["CheckResult"], false);
    for operation in ["GetLogCollector", "DeleteLogCollector", "UpdateLogCollector"] {
        assert_eq!(cloud.code(operation, named("rule-1")), "ResourceNotFound", "{operation}");
    }
    assert_eq!(total(&mut cloud, &id), 2);
}

#[test]
fn a_topic_has_one_rule() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.ok("CreateLogCollector", rule(&id, "old", "topic"));
    cloud.ok("CreateLogCollector", rule(&id, "new", "topic"));
    assert_eq!(total(&mut cloud, &id), 1);
    assert_eq!(cloud.ok("CheckIfLogCollectorExists", json!({"ClusterId": id, "Name": "old"}))["CheckResult"], false);
    // A rule that moves to a topic takes it over, too; one that stays keeps it.
    let mut elsewhere = rule(&id, "moved", "-");
    elsewhere["OutputType"] = json!("ckafka");
    elsewhere["OutputOption"] = json!({"InstanceId": "c", "TopicId": "topic"});
    cloud.ok("CreateLogCollector", elsewhere);
    assert_eq!(total(&mut cloud, &id), 2, "a topic of another service is another topic");
    let sink = json!({"LogsetId": "set-1", "TopicId": "topic"});
    let update = json!({"ClusterId": id, "Name": "moved", "OutputType": "cls", "OutputOption": sink});
    for _ in 0..2 {
        cloud.ok("UpdateLogCollector", update.clone());
        let listed = cloud.ok("ListLogCollector", json!({"ClusterId": id}));
        assert_eq!((&listed["TotalCount"], &listed["LogCollectorList"][0]["Name"]), (&json!(1), &json!("moved")));
    }
}

#[test]
fn log_set_and_topic_cannot_be_changed() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.ok("CreateLogCollector", rule(&id, "one", "topic"));
    let change = |option: Value| json!({"ClusterId": id, "Name": "one", "OutputOption": option});
    let other = json!({"LogsetId": "set-1", "TopicId": "other"});
    assert_eq!(cloud.code("UpdateLogCollector", change(other)), "InvalidParameter");
    cloud.ok("UpdateLogCollector", change(json!({"LogsetId": "set-1", "TopicId": "topic"})));
}

#[test]
fn sources_and_sinks_must_be_complete() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let namespace = json!({"Namespace": "default", "AllContainers": true});
    let good = [
        ("container-log", json!({"Namespaces": namespace})),
        ("pod-log", json!({"Path": "/log/*.log", "Namespaces": namespace})),
        ("host-log", json!({"Path": "/var/log/messages"})),
    ];
    for (number, (kind, option)) in good.into_iter().enumerate() {
        let mut request = rule(&id, kind, &format!("topic-{number}"));
        (request["InputType"], request["InputOption"]) = (json!(kind), option);
        cloud.ok("CreateLogCollector", request);
    }
    for (kind, option) in [
        ("container-log", json!({})),
        ("container-log", json!({"AllNamespaces": true, "Namespaces": namespace})),
        ("pod-log", json!({"Namespaces": namespace})),
        ("pod-log", json!({"Path": "/log"})),
        ("host-log", json!({})),
        ("smoke-signals", json!({"Path": "/log"})),
    ] {
        let mut request = rule(&id, "bad", "topic-9");
        (request["InputType"], request["InputOption"]) = (json!(kind), option.clone());
        assert_eq!(cloud.code("CreateLogCollector", request), "InvalidParameter", "{kind} {option}");
    }
    for (kind, option, right) in [
        ("cls", json!({"LogsetId": "s"}), false),
        ("ckafka", json!({"InstanceId": "c", "TopicId": "t"}), true),
        ("ckafka", json!({"TopicId": "t"}), false),
        ("kafka", json!({"Host": "h", "Port": "9092", "Topic": "t"}), true),
        ("kafka", json!({"Host": "h", "Port": "9092"}), false),
        ("elasticsearch", json!({"Host": "h", "Port": "9200"}), true),
        ("elasticsearch", json!({"Host": "h"}), false),
        ("paper", json!({}), false),
    ] {
        let mut request = rule(&id, &format!("to-{kind}"), "-");
        (request["OutputType"], request["OutputOption"]) = (json!(kind), option.clone());
        assert_eq!(cloud.call("CreateLogCollector", request).is_ok(), right, "{kind} {option}");
    }
}

#[test]
fn the_agents_come_up_on_every_node() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.add_nodes(&id, 3);
    let status = |cloud: &mut Cloud| {
        let status = cloud.ok("GetLogCollectorStatus", json!({"ClusterId": id}));
        (
            status["Enabled"].as_bool().unwrap(),
            status["CurrentNumberScheduled"].clone(),
            status["DesiredNumberScheduled"].clone(),
        )
    };
    assert_eq!(status(&mut cloud), (false, json!(0), json!(0)));
    cloud.ok("EnableLogCollector", json!({"ClusterId": id}));
    assert_eq!(status(&mut cloud), (true, json!(0), json!(3)));
    cloud.pass(5);
    assert_eq!(status(&mut cloud), (true, json!(3), json!(3)));
    let first = cloud.nodes(&id)[0]["InstanceId"].clone();
    cloud.ok(
        "DeleteClusterInstances",
        json!({"ClusterId": id, "InstanceIds": [first], "InstanceDeleteMode": "terminate"}),
    );
    cloud.pass(10);
    assert_eq!(status(&mut cloud), (true, json!(2), json!(2)));
    let agents = cloud.items(&id, "/api/v1/namespaces/kube-system/pods?labelSelector=k8s-app%3Dtke-log-agent");
    assert_eq!(agents.len(), 2);
    assert_eq!(cloud.code("EnableLogCollector", json!({})), "MissingParameter");
}

#[test]
fn the_audit_log_brings_its_dashboards() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let dashboard = |kind: &str| json!({"ClusterId": id, "DashboardType": kind});
    assert_eq!(cloud.code("GetDashboardID", dashboard("audit-overview")), "InvalidParameter");
    assert_eq!(cloud.code("DisableClusterAudit", json!({"ClusterId": id})), "InvalidParameter");
    let enable = |more: Value| {
        let mut request = json!({"ClusterId": id, "RegionId": "1"});
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        request
    };
    assert_eq!(cloud.code("EnableClusterAudit", enable(json!({"RegionId": "moon"}))), "InvalidParameter");
    assert_eq!(cloud.code("EnableClusterAudit", enable(json!({"TopicId": "t"}))), "InvalidParameter");
    cloud.ok("EnableClusterAudit", enable(json!({"RegionId": "ap-guangzhou"})));
    let ids: std::collections::BTreeSet<String> =
        ["audit-overview", "audit-search", "audit-node-overview", "audit-k8s-resource-overview"]
            .into_iter()
            .map(|kind| cloud.ok("GetDashboardID", dashboard(kind))["DashboardID"].as_str().unwrap().to_owned())
            .collect();
    assert_eq!(ids.len(), 4);
    assert_eq!(cloud.code("GetDashboardID", dashboard("weather")), "InvalidParameter");
    cloud.ok("EnableClusterAudit", enable(json!({"LogsetId": "s", "TopicId": "t"})));
    cloud.ok("DisableClusterAudit", json!({"ClusterId": id}));
    assert_eq!(cloud.code("GetDashboardID", dashboard("audit-overview")), "InvalidParameter");
}

#[test]
fn a_log_set_has_ten_topics() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let rule = |topic: usize| {
        json!({"ClusterId": id, "Name": format!("rule-{topic}"), "InputType": "container-log",
            "InputOption": {"AllNamespaces": true}, "OutputType": "cls",
            "OutputOption": {"LogsetId": "set-1", "TopicId": format!("topic-{topic}")}})
    };
    for topic in 0..10 {
        cloud.ok("CreateLogCollector", rule(topic));
    }
    assert_eq!(cloud.code("CreateLogCollector", rule(10)), "LimitExceeded");
    assert_eq!(cloud.ok("ListLogCollector", json!({"ClusterId": id}))["TotalCount"], 10);
}
