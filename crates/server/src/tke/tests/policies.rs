//! Policies of clusters.

use super::{Cloud, PODS, pod};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

const NAMESPACES: &str = "/api/v1/namespaces";

impl Cloud {
    fn policy(&mut self, cluster: &str, kind: &str) -> Value {
        let answer = self.ok("DescribeOpenPolicyList", json!({"ClusterId": cluster}));
        let policies = answer["OpenPolicyInfoList"].as_array().unwrap().clone();
        policies.into_iter().find(|policy| policy["Kind"] == kind).unwrap()
    }

    fn set_policy(&mut self, cluster: &str, kind: &str, action: &str, status: &str) {
        self.ok("ModifyOpenPolicyList", change(cluster, kind, action, status));
    }
}

fn change(cluster: &str, kind: &str, action: &str, status: &str) -> Value {
    json!({"ClusterId": cluster, "OpenPolicyInfoList":
        [{"Kind": kind, "Name": kind, "EnforcementAction": action, "EnabledStatus": status}]})
}

#[test]
fn a_cluster_with_nodes_is_not_deleted() {
    let mut cloud = Cloud::new();
    let id = cloud.of_version("1.18.4");
    let delete = json!({"ClusterId": id, "InstanceDeleteMode": "terminate"});
    let node = cloud.nodes(&id)[0]["InstanceId"].as_str().unwrap().to_owned();
    let refusal = cloud.refusal("DeleteCluster", delete.clone());
    assert_eq!(refusal.code, "FailedOperation");
    assert!(refusal.message.contains(&node), "{}", refusal.message);
    assert_eq!(cloud.policy(&id, "blockclusterdeletion")["EventNums"], 1);
    cloud.set_policy(&id, "blockclusterdeletion", "deny", "close");
    cloud.ok("DeleteCluster", delete);
}

#[test]
fn policies_are_listed_by_category() {
    let mut cloud = Cloud::new();
    let id = cloud.of_version("1.18.4");
    let kinds = |cloud: &mut Cloud, category: &str| -> Vec<String> {
        let answer = cloud.ok("DescribeOpenPolicyList", json!({"ClusterId": id, "Category": category}));
        let policies = answer["OpenPolicyInfoList"].as_array().unwrap().clone();
        policies.iter().map(|policy| policy["Kind"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(kinds(&mut cloud, "baseline"), ["blockclusterdeletion"]);
    assert!(kinds(&mut cloud, "priority").contains(&"corednsprotect".to_owned()));
    assert!(kinds(&mut cloud, "optional").contains(&"k8spspprivilegedcontainer".to_owned()));
    assert_eq!(cloud.code("DescribeOpenPolicyList", json!({"ClusterId": id, "Category": "x"})), "InvalidParameter");
    let namespaces = cloud.policy(&id, "blocknamespacedeletion");
    assert_eq!((&namespaces["EnforcementAction"], &namespaces["EnabledStatus"]), (&json!("dryrun"), &json!("open")));
    let detail = namespaces["OpenConstraintInfoList"][0]["YamlDetail"].as_str().unwrap();
    let constraint: Value = serde_json::from_slice(&STANDARD.decode(detail).unwrap()).unwrap();
    assert_eq!(constraint["spec"]["enforcementAction"], "dryrun");
    assert_eq!(cloud.policy(&id, "corednsprotect")["EnabledStatus"], "close");
    let old = cloud.create("172.18.0.0/16");
    cloud.pass(60);
    assert_eq!(cloud.code("DescribeOpenPolicyList", json!({"ClusterId": old})), "UnsupportedOperation");
}

#[test]
fn a_namespace_with_pods_is_counted_or_not_deleted() {
    let mut cloud = Cloud::new();
    let id = cloud.of_version("1.18.4");
    let namespace = |name: &str| json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
    for name in ["a", "b", "c"] {
        cloud.kube(&id, "POST", NAMESPACES, namespace(name));
    }
    for name in ["a", "b"] {
        cloud.kube(&id, "POST", &format!("{NAMESPACES}/{name}/pods"), pod("web", "100m"));
    }
    // Without effect at first.
    assert_ne!(cloud.kube(&id, "DELETE", &format!("{NAMESPACES}/a"), Value::Null)["code"], 403);
    assert_eq!(cloud.policy(&id, "blocknamespacedeletion")["EventNums"], 1);
    cloud.set_policy(&id, "blocknamespacedeletion", "deny", "open");
    let refused = cloud.kube(&id, "DELETE", &format!("{NAMESPACES}/b"), Value::Null);
    assert_eq!(refused["code"], 403);
    let why = "admission webhook \"validation.gatekeeper.sh\" denied the request: [blocknamespacedeletion] the namespace b \
               has 1 pods";
    assert_eq!(refused["message"], why);
    assert_ne!(cloud.kube(&id, "DELETE", &format!("{NAMESPACES}/c"), Value::Null)["code"], 403);
    assert_eq!(cloud.policy(&id, "blocknamespacedeletion")["EventNums"], 2);
    cloud.pass(8 * 24 * 3_600);
    assert_eq!(cloud.policy(&id, "blocknamespacedeletion")["EventNums"], 0, "events of a week");
}

#[test]
fn definitions_and_dns_are_protected() {
    let mut cloud = Cloud::new();
    let id = cloud.of_version("1.18.4");
    cloud.ok("InstallLogAgent", json!({"ClusterId": id}));
    cloud.pass(20);
    let rule = json!({"metadata": {"name": "out"}, "spec": {"inputDetail": {"type": "container_stdout",
        "containerStdout": {"namespace": "default"}}, "clsDetail": {"logsetId": "set-1"}}});
    cloud.ok("CreateCLSLogConfig", json!({"ClusterId": id, "LogConfig": rule.to_string()}));
    for kind in ["blockcrddeletion", "corednsprotect"] {
        cloud.set_policy(&id, kind, "deny", "open");
    }
    let definition = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/logconfigs.cls.cloud.tencent.com";
    assert_eq!(cloud.kube(&id, "DELETE", definition, Value::Null)["code"], 403);
    cloud.ok("DeleteLogConfigs", json!({"ClusterId": id, "LogConfigNames": "out"}));
    assert_ne!(cloud.kube(&id, "DELETE", definition, Value::Null)["code"], 403);
    let dns = "/api/v1/namespaces/kube-system/services/kube-dns";
    assert_eq!(cloud.kube(&id, "DELETE", dns, Value::Null)["code"], 403);
}

#[test]
fn newer_clusters_deny_more() {
    let mut cloud = Cloud::new();
    cloud.pass(400 * 24 * 3_600);
    let id = cloud.of_version("1.18.4");
    for kind in ["blocknamespacedeletion", "blockcrddeletion", "blockpvdeletion", "corednsprotect"] {
        let policy = cloud.policy(&id, kind);
        assert_eq!(
            (&policy["EnforcementAction"], &policy["EnabledStatus"]),
            (&json!("deny"), &json!("open")),
            "{kind}"
        );
    }
}

#[test]
fn pods_and_services_keep_the_policies() {
    let mut cloud = Cloud::new();
    let id = cloud.of_version("1.18.4");
    let with = |path: &str, value: Value| {
        let mut pod = pod("wrong", "100m");
        let (parent, name) = path.rsplit_once('/').unwrap();
        pod.pointer_mut(parent).unwrap()[name] = value;
        pod
    };
    for (kind, wrong) in [
        ("k8spspprivilegedcontainer", with("/spec/containers/0/securityContext", json!({"privileged": true}))),
        ("blockhostnetworkpod", with("/spec/hostNetwork", json!(true))),
        ("disallowalwayspullimage", with("/spec/containers/0/imagePullPolicy", json!("Always"))),
        ("k8spsphostnamespace", with("/spec/hostPID", json!(true))),
        ("k8srequiredprobes", pod("wrong", "100m")),
    ] {
        cloud.set_policy(&id, kind, "deny", "open");
        let refused = cloud.kube(&id, "POST", PODS, wrong.clone());
        assert_eq!(refused["code"], 403, "{kind}: {refused}");
        assert!(refused["message"].as_str().unwrap().contains(&format!("[{kind}]")), "{refused}");
        cloud.set_policy(&id, kind, "deny", "close");
        assert_eq!(cloud.kube(&id, "POST", PODS, wrong)["kind"], "Pod", "{kind}");
        cloud.kube(&id, "DELETE", &format!("{PODS}/wrong?gracePeriodSeconds=0"), Value::Null);
    }
    // Controllers keep them, too.
    cloud.set_policy(&id, "k8srequiredprobes", "deny", "open");
    let template = json!({"metadata": {"labels": {"app": "x"}}, "spec": pod("x", "100m")["spec"]});
    let set = json!({"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": "x"},
        "spec": {"replicas": 1, "selector": {"matchLabels": {"app": "x"}}, "template": template}});
    cloud.kube(&id, "POST", "/apis/apps/v1/namespaces/default/replicasets", set);
    assert_eq!(cloud.items(&id, &format!("{PODS}?labelSelector=app%3Dx")).len(), 0);
    cloud.set_policy(&id, "k8sblocknodeport", "deny", "open");
    let service = json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x"},
        "spec": {"type": "NodePort", "ports": [{"port": 80}]}});
    assert_eq!(cloud.kube(&id, "POST", "/api/v1/namespaces/default/services", service)["code"], 403);
}

#[test]
fn changes_that_cannot_be_are_refused() {
    let mut cloud = Cloud::new();
    let id = cloud.of_version("1.18.4");
    for wrong in [
        json!({"ClusterId": id}),
        change(&id, "nothing", "deny", "open"),
        change(&id, "corednsprotect", "warn", "open"),
        change(&id, "corednsprotect", "deny", "ajar"),
    ] {
        assert_eq!(cloud.code("ModifyOpenPolicyList", wrong.clone()), "InvalidParameter.Param", "{wrong}");
    }
    let mut elsewhere = change(&id, "corednsprotect", "deny", "open");
    elsewhere["Category"] = json!("optional");
    assert_eq!(cloud.code("ModifyOpenPolicyList", elsewhere), "InvalidParameter.Param");
    let parameters = change(&id, "tkeallowedrepos", "deny", "open");
    assert_eq!(cloud.code("ModifyOpenPolicyList", parameters), "UnsupportedOperation");
    assert_eq!(cloud.policy(&id, "corednsprotect")["EnabledStatus"], "close");
}
