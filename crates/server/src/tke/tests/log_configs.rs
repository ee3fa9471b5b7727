//! Logs as the public cloud has them: the agent, rules that are objects of Kubernetes, events, components.

use super::Cloud;
use serde_json::{Value, json};

const RULES: &str = "/apis/cls.cloud.tencent.com/v1/logconfigs";

impl Cloud {
    /// The identifier of a running cluster with a node, whose logs are collected.
    fn collecting(&mut self) -> String {
        let id = self.running();
        self.add_nodes(&id, 1);
        self.ok("InstallLogAgent", json!({"ClusterId": id}));
        self.pass(20);
        id
    }

    fn log_switch(&mut self, cluster: &str, name: &str) -> Value {
        self.ok("DescribeLogSwitches", json!({"ClusterIds": [cluster]}))["SwitchSet"][0][name].clone()
    }

    fn rule(&mut self, cluster: &str, name: &str) -> Value {
        self.kube(cluster, "GET", &format!("{RULES}/{name}"), Value::Null)
    }

    fn new_rule(&mut self, cluster: &str, rule: &Value) {
        self.ok("CreateCLSLogConfig", order(cluster, rule));
    }
}

fn order(cluster: &str, rule: &Value) -> Value {
    json!({"ClusterId": cluster, "LogConfig": rule.to_string()})
}

/// A rule for standard output, with that destination.
fn rule(name: &str, cls: Value) -> Value {
    json!({"apiVersion": "cls.cloud.tencent.com/v1", "kind": "LogConfig", "metadata": {"name": name},
        "spec": {"inputDetail": {"type": "container_stdout", "containerStdout": {"namespace": "default"}},
            "clsDetail": cls}})
}

#[test]
fn the_agent_is_installed_and_removed() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.add_nodes(&id, 1);
    assert_eq!(cloud.log_switch(&id, "Log")["Status"], "closed");
    assert_eq!(cloud.code("UninstallLogAgent", json!({"ClusterId": id})), "ResourceNotFound");
    let wrong = json!({"ClusterId": id, "KubeletRootDir": "kubelet"});
    assert_eq!(cloud.code("InstallLogAgent", wrong), "InvalidParameter.Param");
    cloud.ok("InstallLogAgent", json!({"ClusterId": id, "KubeletRootDir": "/data/kubelet"}));
    assert_eq!(cloud.log_switch(&id, "Log")["Status"], "opening");
    cloud.pass(20);
    let log = cloud.log_switch(&id, "Log");
    assert_eq!((&log["Status"], &log["Enable"], &log["UpgradeAble"]), (&json!("opened"), &json!(true), &json!(false)));
    let addon = cloud.ok("DescribeAddon", json!({"ClusterId": id, "AddonName": "tke-log-agent"}))["Addons"][0].clone();
    assert_eq!(addon["AddonVersion"], log["Version"]);
    let values = cloud.ok("DescribeAddonValues", json!({"ClusterId": id, "AddonName": "tke-log-agent"}));
    assert!(values["Values"].as_str().unwrap().contains("/data/kubelet"));
    let agents = "/api/v1/namespaces/kube-system/pods?labelSelector=k8s-app%3Dtke-log-agent";
    assert_eq!(cloud.items(&id, agents).len(), 1);
    assert_eq!(cloud.items(&id, RULES).len(), 0, "the kind of the rules is defined");
    assert_eq!(cloud.code("InstallLogAgent", json!({"ClusterId": id})), "ResourceInUse");
    cloud.ok("UninstallLogAgent", json!({"ClusterId": id}));
    assert_eq!(cloud.log_switch(&id, "Log")["Status"], "closing");
    cloud.pass(60);
    assert_eq!(cloud.log_switch(&id, "Log")["Status"], "closed");
    assert_eq!(cloud.items(&id, agents).len(), 0);
}

#[test]
fn rules_are_objects_of_kubernetes() {
    let mut cloud = Cloud::new();
    let id = cloud.collecting();
    cloud.new_rule(&id, &rule("out", json!({"logsetId": "set-1", "topicId": "topic-1", "logType": "json_log"})));
    let object = cloud.rule(&id, "out");
    assert_eq!((&object["kind"], &object["status"]["status"]), (&json!("LogConfig"), &json!("Synced")));
    // Topics are created if they are not named.
    let by_name = rule("named", json!({"logsetName": "prod", "topicName": "web"}));
    cloud.new_rule(&id, &by_name);
    let detail = cloud.rule(&id, "named")["spec"]["clsDetail"].clone();
    assert!(detail["logsetId"].as_str().unwrap().len() == 32 && detail["topicId"].as_str().unwrap().len() == 32);
    let in_set = json!({"ClusterId": id, "LogsetId": "set-1", "LogConfig": rule("set", json!({})).to_string()});
    cloud.ok("CreateCLSLogConfig", in_set);
    assert_eq!(cloud.rule(&id, "set")["spec"]["clsDetail"]["logsetId"], "set-1");
    let list = |cloud: &mut Cloud, more: Value| {
        let mut request = json!({"ClusterId": id});
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = cloud.ok("DescribeLogConfigs", request);
        let list: Value = serde_json::from_str(answer["LogConfigs"].as_str().unwrap()).unwrap();
        let names = list["items"].as_array().unwrap().iter().map(|item| item["metadata"]["name"].clone());
        (answer["Total"].clone(), names.collect::<Vec<Value>>(), answer["Message"].clone())
    };
    assert_eq!(list(&mut cloud, json!({})).1, ["named", "out", "set"]);
    assert_eq!(list(&mut cloud, json!({"Limit": 1, "Offset": 1})), (json!(3), vec![json!("out")], json!("")));
    let found = list(&mut cloud, json!({"LogConfigNames": "out,gone"}));
    assert_eq!(found, (json!(1), vec![json!("out")], json!("gone: not found")));
    let deleted = cloud.ok("DeleteLogConfigs", json!({"ClusterId": id, "LogConfigNames": "out,gone"}));
    assert_eq!(deleted["Message"], "gone: not found");
    assert_eq!(cloud.rule(&id, "out")["code"], 404);
    let gone = json!({"ClusterId": id, "LogConfigNames": "gone"});
    assert_eq!(cloud.code("DeleteLogConfigs", gone), "FailedOperation.KubernetesResourceNotFound");
}

#[test]
fn a_rule_that_was_made_with_kubectl_is_brought_into_effect() {
    let mut cloud = Cloud::new();
    let id = cloud.collecting();
    cloud.kube(&id, "POST", RULES, rule("good", json!({"logsetId": "set-1"})));
    let good = cloud.rule(&id, "good");
    assert_eq!(good["status"]["status"], "Synced");
    let topic = good["spec"]["clsDetail"]["topicId"].as_str().unwrap().to_owned();
    cloud.kube(&id, "POST", RULES, rule("bad", json!({"logsetId": "set-1", "period": 5_000})));
    let bad = cloud.rule(&id, "bad");
    assert_eq!(bad["status"]["status"], "Stale");
    assert_eq!(bad["status"]["reason"], "clsDetail.period is 1 to 3600, or 3640");
    // Its topic is used.
    cloud.kube(&id, "POST", RULES, rule("twice", json!({"logsetId": "set-1", "topicId": topic})));
    assert_eq!(cloud.rule(&id, "twice")["status"]["status"], "Stale");
    cloud.kube(&id, "PUT", &format!("{RULES}/bad"), rule("bad", json!({"logsetId": "set-1", "period": 3_640})));
    assert_eq!(cloud.rule(&id, "bad")["status"]["status"], "Synced");
}

#[test]
fn the_topic_of_a_rule_stays() {
    let mut cloud = Cloud::new();
    let id = cloud.collecting();
    let first = rule("out", json!({"logsetId": "set-1", "topicId": "topic-1"}));
    cloud.new_rule(&id, &first);
    let other = rule("out", json!({"logsetId": "set-1", "topicId": "topic-2"}));
    assert_eq!(cloud.code("ModifyLogConfig", order(&id, &other)), "InvalidParameter.Param");
    let mut changed = rule("out", json!({"logType": "json_log"}));
    changed["spec"]["inputDetail"]["containerStdout"]["namespace"] = json!("kube-system");
    cloud.ok("ModifyLogConfig", order(&id, &changed));
    let object = cloud.rule(&id, "out");
    assert_eq!(object["spec"]["clsDetail"]["topicId"], "topic-1");
    assert_eq!(object["spec"]["inputDetail"]["containerStdout"]["namespace"], "kube-system");
    assert_eq!(cloud.code("ModifyLogConfig", order(&id, &rule("gone", json!({"logsetId": "a"})))), "ResourceNotFound");
}

#[test]
fn rules_that_cannot_be_are_refused() {
    let mut cloud = Cloud::new();
    let without = cloud.running();
    let good = rule("out", json!({"logsetId": "set-1"}));
    assert_eq!(cloud.code("CreateCLSLogConfig", order(&without, &good)), "FailedOperation.ClusterState");
    let id = cloud.create("172.17.0.0/16");
    cloud.pass(60);
    cloud.ok("InstallLogAgent", json!({"ClusterId": id}));
    cloud.pass(20);
    let with = |path: &str, value: Value| {
        let mut rule = good.clone();
        let (parent, name) = path.rsplit_once('/').unwrap();
        rule.pointer_mut(parent).unwrap()[name] = value;
        rule
    };
    let source = "/spec/inputDetail";
    for wrong in [
        with("/metadata/name", json!("")),
        with("/kind", json!("Pod")),
        with("/spec/clsDetail", json!("set-1")),
        with("/spec/inputDetail", json!(["a"])),
        with("/spec/inputDetail/type", json!("syslog")),
        with("/spec/inputDetail/containerStdout/excludeNamespace", json!("kube-system")),
        with("/spec/inputDetail/containerStdout/includeLabels", json!({"a": "b"})),
        with(source, json!({"type": "container_file", "containerFile": {"namespace": "default"}})),
        with(source, json!({"type": "host_file", "hostFile": {"logPath": "/var/log"}})),
        with("/spec/kafkaDetail", json!({"brokers": "a:9092", "topic": "t"})),
        with("/spec/clsDetail", json!({"topicId": "topic-1"})),
        with("/spec/clsDetail/logType", json!("csv")),
        with("/spec/clsDetail/extractRule", json!({"delimiter": ","})),
        with("/spec/clsDetail/period", json!(0)),
        with("/spec/clsDetail/partitionCount", json!(11)),
    ] {
        assert_eq!(cloud.code("CreateCLSLogConfig", order(&id, &wrong)), "InvalidParameter.Param", "{wrong}");
    }
    let unreadable = json!({"ClusterId": id, "LogConfig": "{"});
    assert_eq!(cloud.code("CreateCLSLogConfig", unreadable), "InvalidParameter.Param");
    cloud.new_rule(&id, &good);
    assert_eq!(cloud.code("CreateCLSLogConfig", order(&id, &good)), "InvalidParameter.Param", "the name is used");
}

#[test]
fn a_topic_has_logs_of_one_kind() {
    let mut cloud = Cloud::new();
    let id = cloud.collecting();
    cloud.new_rule(&id, &rule("out", json!({"logsetId": "set-1", "topicId": "topic-1"})));
    let events = |topic: &str| json!({"ClusterId": id, "LogsetId": "set-1", "TopicId": topic});
    assert_eq!(cloud.code("EnableEventPersistence", events("topic-1")), "InvalidParameter.Param");
    cloud.ok("EnableEventPersistence", events("topic-2"));
    let second = rule("more", json!({"logsetId": "set-1", "topicId": "topic-2"}));
    assert_eq!(cloud.code("CreateCLSLogConfig", order(&id, &second)), "InvalidParameter.Param");
    // A topic is in one log set.
    let elsewhere = json!({"ClusterId": id, "LogsetId": "set-2", "TopicId": "topic-2"});
    assert_eq!(cloud.code("EnableEventPersistence", elsewhere), "InvalidParameter.Param");
}

#[test]
fn a_log_set_has_a_quota_of_topics() {
    let mut cloud = Cloud::new();
    cloud.world.quotas.tke.topics = 2;
    let id = cloud.running();
    let component = |name: &str, topic: &str| {
        json!({"ClusterId": id, "ClusterType": "tke", "Components": [{"Name": name, "LogLevel": 2, "LogSetId": "set-1",
            "TopicId": topic, "TopicRegion": ""}]})
    };
    cloud.ok("EnableControlPlaneLogs", component("karpenter", "topic-1"));
    cloud.ok("EnableControlPlaneLogs", component("cluster-autoscaler", "topic-2"));
    let events = json!({"ClusterId": id, "LogsetId": "set-1", "TopicId": "topic-3"});
    assert_eq!(cloud.code("EnableEventPersistence", events.clone()), "LimitExceeded");
    let disable =
        json!({"ClusterId": id, "ClusterType": "tke", "ComponentNames": ["karpenter"], "DeleteLogSetAndTopic": true});
    cloud.ok("DisableControlPlaneLogs", disable);
    cloud.ok("EnableEventPersistence", events);
}

#[test]
fn events_are_kept_elsewhere_or_no_longer() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let disable = json!({"ClusterId": id, "DeleteLogSetAndTopic": true});
    assert_eq!(cloud.code("DisableEventPersistence", disable.clone()), "FailedOperation");
    cloud.ok("EnableEventPersistence", json!({"ClusterId": id}));
    let first = cloud.log_switch(&id, "Event");
    assert_eq!((&first["Status"], &first["TopicRegion"]), (&json!("opened"), &json!("ap-guangzhou")));
    assert_eq!(first["TopicId"].as_str().unwrap().len(), 32);
    let other = json!({"ClusterId": id, "LogsetId": "set-1", "TopicId": "topic-1", "TopicRegion": "ap-beijing"});
    cloud.ok("EnableEventPersistence", other);
    let second = cloud.log_switch(&id, "Event");
    assert_eq!((&second["TopicId"], &second["TopicRegion"]), (&json!("topic-1"), &json!("ap-beijing")));
    let wrong = json!({"ClusterId": id, "TopicRegion": "moon"});
    assert_eq!(cloud.code("EnableEventPersistence", wrong), "InvalidParameter.Param");
    let wrong = json!({"ClusterId": id, "TopicId": "topic-1"});
    assert_eq!(cloud.code("EnableEventPersistence", wrong), "InvalidParameter.Param");
    cloud.ok("DisableEventPersistence", disable);
    assert_eq!(cloud.log_switch(&id, "Event")["Status"], "closed");
    cloud.ok("EnableClusterAudit", json!({"ClusterId": id}));
    assert_eq!(cloud.log_switch(&id, "Audit")["Enable"], true);
    assert_eq!(
        cloud.code("EnableEventPersistence", json!({"ClusterId": "cls-nothing0"})),
        "ResourceNotFound.ClusterNotFound"
    );
}

#[test]
fn components_have_logs() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let enable = |components: Value| json!({"ClusterId": id, "ClusterType": "tke", "Components": components});
    let one = |name: &str| json!({"Name": name, "LogLevel": 4, "LogSetId": "", "TopicId": "", "TopicRegion": ""});
    cloud.ok("EnableControlPlaneLogs", enable(json!([one("cluster-autoscaler")])));
    let describe = json!({"ClusterId": id, "ClusterType": "tke"});
    let details = cloud.ok("DescribeControlPlaneLogs", describe.clone())["Details"].clone();
    assert_eq!((&details[0]["Name"], &details[0]["LogLevel"]), (&json!("cluster-autoscaler"), &json!(4)));
    assert_eq!(details[0]["TopicRegion"], "ap-guangzhou");
    for wrong in [json!([]), json!([one("kubelet")])] {
        assert_eq!(cloud.code("EnableControlPlaneLogs", enable(wrong)), "InvalidParameter.Param");
    }
    let disable = |name: &str| json!({"ClusterId": id, "ClusterType": "tke", "ComponentNames": [name]});
    assert_eq!(cloud.code("DisableControlPlaneLogs", disable("karpenter")), "InvalidParameter.Param");
    cloud.ok("DisableControlPlaneLogs", disable("cluster-autoscaler"));
    assert_eq!(cloud.ok("DescribeControlPlaneLogs", describe)["Details"], json!([]));
}
