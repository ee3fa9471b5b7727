//! Log collection, audit logs, dashboards.

use super::{Cloud, RANGE, refused};
use std::collections::BTreeSet;
use wharf::tke::monitoring::Request;
use wharf::tke::monitoring::operations::CreateLogCollector;
use wharf::tke::monitoring::types::{
    LogCollector, LogInputOptNamespace, LogInputOption, LogInputType, LogOutputOption, LogOutputType,
};

scenarios![
    rules_are_created_read_changed_and_deleted,
    rules_are_searched,
    logs_come_from_three_sources,
    logs_go_to_four_destinations,
    a_topic_has_one_rule,
    agents_come_up_on_every_node,
    the_audit_log_brings_its_dashboards,
];

/// A rule for the logs of all containers.
fn rule(cloud: &Cloud, cluster: &str, name: &str, topic: &str) -> Request<CreateLogCollector> {
    let request = cloud.monitoring.create_log_collector(cluster).name(name).description("first");
    let request = request.input_type("container-log").input_option(|source| source.all_namespaces(true));
    request.output_type("cls").output_option(|sink| sink.logset_id("set-1").topic_id(topic))
}

async fn read(cloud: &Cloud, cluster: &str, name: &str) -> LogCollector {
    cloud.monitoring.get_log_collector(cluster).name(name).send().await.unwrap().log_collector
}

async fn names(cloud: &Cloud, cluster: &str, search: &str) -> Vec<String> {
    let answer = cloud.monitoring.list_log_collector(cluster).search(search).send().await.unwrap();
    assert_eq!(usize::try_from(answer.total_count), Ok(answer.log_collector_list.len()));
    answer.log_collector_list.into_iter().map(|rule| rule.name.unwrap()).collect()
}

async fn exists(cloud: &Cloud, cluster: &str, name: &str) -> bool {
    cloud.monitoring.check_if_log_collector_exists(cluster).name(name).send().await.unwrap().check_result
}

async fn rules_are_created_read_changed_and_deleted(cloud: &Cloud) {
    let id = cloud.running(RANGE).await;
    assert!(!exists(cloud, &id, "web").await);
    rule(cloud, &id, "web", "topic-1").send().await.unwrap();
    refused(rule(cloud, &id, "web", "topic-2").send().await, "InvalidParameter", "web already");
    assert!(exists(cloud, &id, "web").await);
    let made = read(cloud, &id, "web").await;
    assert_eq!((made.cluster_id.as_deref(), made.description.as_deref()), (Some(&*id), Some("first")));
    assert_eq!(made.input_option, Some(LogInputOption::default().all_namespaces(true)));
    assert_eq!(made.output_option, Some(LogOutputOption::default().logset_id("set-1").topic_id("topic-1")));
    assert_eq!(names(cloud, &id, "").await, ["web"]);

    let update = || cloud.monitoring.update_log_collector(&id).name("web");
    let request = update().description("second").input_type("host-log");
    let request =
        request.input_option(|source| source.path("/var/log/*.log").labels(|label| label.name("a").value("b")));
    request.send().await.unwrap();
    let changed = read(cloud, &id, "web").await;
    assert_eq!((changed.description.as_deref(), changed.input_type), (Some("second"), Some(LogInputType::HostLog)));
    assert_eq!(changed.input_option.unwrap().path.as_deref(), Some("/var/log/*.log"));
    assert_eq!(changed.output_option, made.output_option, "what is not given stays");
    let other = update().output_option(|sink| sink.logset_id("set-1").topic_id("topic-2")).send().await;
    refused(other, "InvalidParameter", "cannot be changed");
    assert_eq!(read(cloud, &id, "web").await.output_option, made.output_option);

    let delete = || cloud.monitoring.delete_log_collector(&id).name("web").send();
    delete().await.unwrap();
    assert!(!exists(cloud, &id, "web").await);
    assert_eq!(names(cloud, &id, "").await, Vec::<String>::new());
    refused(delete().await, "ResourceNotFound", "web");
    refused(update().send().await, "ResourceNotFound", "web");
    refused(cloud.monitoring.get_log_collector(&id).name("web").send().await, "ResourceNotFound", "web");
}

async fn rules_are_searched(cloud: &Cloud) {
    let id = cloud.running(RANGE).await;
    for (number, name) in ["web-1", "web-2", "db-1"].into_iter().enumerate() {
        rule(cloud, &id, name, &format!("topic-{number}")).send().await.unwrap();
    }
    for (search, expected) in
        [("", &["web-1", "web-2", "db-1"][..]), ("web", &["web-1", "web-2"]), ("-1", &["web-1", "db-1"]), ("x", &[])]
    {
        assert_eq!(names(cloud, &id, search).await, expected, "{search}");
    }
    let nowhere = cloud.monitoring.list_log_collector("cls-none").send().await;
    refused(nowhere, "ResourceNotFound", "cls-none");
}

async fn logs_come_from_three_sources(cloud: &Cloud) {
    let id = cloud.running(RANGE).await;
    let namespaced = || {
        let namespace = LogInputOptNamespace::default().namespace("default").all_containers(false).services(["web"]);
        LogInputOption::default().set_namespaces(namespace)
    };
    for (number, (kind, source)) in [
        ("container-log", namespaced()),
        ("pod-log", namespaced().path("/log/*.log")),
        ("host-log", LogInputOption::default().path("/var/log/messages")),
    ]
    .into_iter()
    .enumerate()
    {
        let request = rule(cloud, &id, kind, &format!("topic-{number}")).input_type(kind);
        request.set_input_option(source.clone()).send().await.unwrap();
        let made = read(cloud, &id, kind).await;
        assert_eq!((made.input_type.unwrap().as_str(), made.input_option), (kind, Some(source)));
    }
    let bad = |kind: &str, source: LogInputOption| {
        rule(cloud, &id, "bad", "topic-9").input_type(kind).set_input_option(source).send()
    };
    for (kind, source, says) in [
        ("container-log", LogInputOption::default(), "AllNamespaces or Namespaces"),
        ("container-log", namespaced().all_namespaces(true), "exclude each other"),
        ("pod-log", namespaced(), "pod-log needs Path"),
        ("host-log", LogInputOption::default(), "host-log needs Path"),
        ("smoke-signals", LogInputOption::default().path("/log"), "container-log, pod-log or host-log"),
    ] {
        refused(bad(kind, source).await, "InvalidParameter", says);
    }
    assert_eq!(names(cloud, &id, "").await.len(), 3);
}

async fn logs_go_to_four_destinations(cloud: &Cloud) {
    let id = cloud.running(RANGE).await;
    let sink = LogOutputOption::default;
    for (kind, option) in [
        ("cls", sink().logset_id("set-1").topic_id("topic-1")),
        ("ckafka", sink().instance_id("ckafka-1").topic_id("topic-1")),
        ("kafka", sink().host("10.0.0.1").port("9092").topic("logs")),
        ("elasticsearch", sink().host("10.0.0.1").port("9200")),
    ] {
        let request = rule(cloud, &id, kind, "-").output_type(kind).set_output_option(option.clone());
        request.send().await.unwrap();
        let made = read(cloud, &id, kind).await;
        assert_eq!((made.output_type, made.output_option), (Some(LogOutputType::from(kind)), Some(option)));
    }
    for (kind, option, needs) in [
        ("cls", sink().logset_id("set-1"), "LogsetId and TopicId"),
        ("ckafka", sink().topic_id("topic-1"), "InstanceId and TopicId"),
        ("kafka", sink().host("10.0.0.1").port("9092"), "Host, Port and Topic"),
        ("elasticsearch", sink().host("10.0.0.1"), "Host and Port"),
    ] {
        let request = rule(cloud, &id, "bad", "-").output_type(kind).set_output_option(option);
        refused(request.send().await, "InvalidParameter", needs);
    }
}

async fn a_topic_has_one_rule(cloud: &Cloud) {
    let id = cloud.running(RANGE).await;
    rule(cloud, &id, "old", "topic").send().await.unwrap();
    rule(cloud, &id, "bystander", "other").send().await.unwrap();
    rule(cloud, &id, "new", "topic").send().await.unwrap();
    assert!(!exists(cloud, &id, "old").await && exists(cloud, &id, "new").await);
    assert_eq!(names(cloud, &id, "").await, ["bystander", "new"]);
    let moved = rule(cloud, &id, "moved", "-").output_type("kafka");
    moved.output_option(|sink| sink.host("10.0.0.1").port("9092").topic("topic")).send().await.unwrap();
    assert_eq!(names(cloud, &id, "").await, ["bystander", "new", "moved"], "another service, another topic");
    let update = cloud.monitoring.update_log_collector(&id).name("moved").output_type("cls");
    update.output_option(|sink| sink.logset_id("set-1").topic_id("topic")).send().await.unwrap();
    assert_eq!(names(cloud, &id, "").await, ["bystander", "moved"], "whoever moves to a topic takes it over");
}

async fn agents_come_up_on_every_node(cloud: &Cloud) {
    let id = cloud.running(RANGE).await;
    let nodes = cloud.add_nodes(&id, 3).await;
    let status = async || {
        let status = cloud.monitoring.get_log_collector_status(&id).send().await.unwrap();
        (status.enabled, status.current_number_scheduled.unwrap(), status.desired_number_scheduled.unwrap())
    };
    assert_eq!(status().await, (false, 0, 0));
    cloud.monitoring.enable_log_collector().cluster_id(&id).send().await.unwrap();
    assert_eq!(status().await, (true, 0, 3));
    cloud.pass(5);
    assert_eq!(status().await, (true, 3, 3));
    let agents = "/api/v1/namespaces/kube-system/pods?labelSelector=k8s-app%3Dtke-log-agent";
    assert_eq!(cloud.items(&id, agents).await.len(), 3);
    let request = cloud.nodes.delete_cluster_instances(&id).instance_ids([&nodes[0]]);
    request.instance_delete_mode("terminate").send().await.unwrap();
    cloud.pass(10);
    assert_eq!(status().await, (true, 2, 2));
    cloud.add_nodes(&id, 2).await;
    assert_eq!(status().await, (true, 4, 4), "new nodes get one, too");
    refused(cloud.monitoring.enable_log_collector().send().await, "MissingParameter", "ClusterId");
}

async fn the_audit_log_brings_its_dashboards(cloud: &Cloud) {
    let id = cloud.running(RANGE).await;
    let dashboard = |kind: &'static str| cloud.monitoring.get_dashboard_id(&id).dashboard_type(kind).send();
    let enable = |region: &'static str| cloud.monitoring.enable_cluster_audit(&id).region_id(region);
    let disable = || cloud.monitoring.disable_cluster_audit(&id).send();
    refused(dashboard("audit-overview").await, "InvalidParameter", "no audit log");
    refused(disable().await, "InvalidParameter", "no audit log");
    refused(enable("the-moon").send().await, "InvalidParameter", "the-moon");
    refused(enable("1").topic_id("t").send().await, "InvalidParameter", "given together or not at all");
    enable("1").send().await.unwrap();
    let mut dashboards = BTreeSet::new();
    for kind in ["audit-overview", "audit-search", "audit-node-overview", "audit-k8s-resource-overview"] {
        dashboards.insert(dashboard(kind).await.unwrap().dashboard_id);
    }
    assert_eq!(dashboards.len(), 4);
    refused(dashboard("weather").await, "InvalidParameter", "audit-overview");
    enable("ap-guangzhou").logset_id("s").topic_id("t").send().await.unwrap();
    let moved = dashboard("audit-overview").await.unwrap().dashboard_id;
    assert!(!dashboards.contains(&moved), "another topic, other dashboards");
    disable().await.unwrap();
    refused(dashboard("audit-overview").await, "InvalidParameter", "no audit log");
    refused(disable().await, "InvalidParameter", "no audit log");
}
