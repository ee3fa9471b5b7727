//! Quotas (kubernetes.io/docs/concepts/policy/resource-quotas).

use super::{APPS, Cluster, NAMESPACE, deployment, pod};
use serde_json::{Value, json};

fn quota(hard: Value) -> Value {
    json!({"metadata": {"name": "limits"}, "spec": {"hard": hard}})
}

fn asking(name: &str, cpu: &str) -> Value {
    let mut pod = pod(name, "x");
    pod["spec"]["containers"][0]["resources"] = json!({"requests": {"cpu": cpu, "memory": "64Mi"}});
    pod
}

#[test]
fn counts_and_requests_are_limited() {
    let mut cluster = Cluster::new(1);
    let quotas = format!("{NAMESPACE}/resourcequotas");
    let pods = format!("{NAMESPACE}/pods");
    let hard = json!({"pods": "2", "requests.cpu": "500m", "requests.memory": "1Gi", "count/configmaps": "1"});
    cluster.post(&quotas, quota(hard));
    cluster.post(&pods, asking("a", "300m"));
    let (code, reason, message) = cluster.call("POST", &pods, asking("b", "300m")).refusal();
    assert_eq!((code, reason.as_str()), (403, "Forbidden"));
    assert_eq!(
        message,
        "pods \"b\" is forbidden: exceeded quota: limits, requested: requests.cpu=300m, used: requests.cpu=300m, \
         limited: requests.cpu=500m"
    );
    let (code, _, message) = cluster.call("POST", &pods, pod("c", "x")).refusal();
    assert_eq!(code, 403);
    assert!(message.ends_with("failed quota: limits: must specify requests.cpu,requests.memory"), "{message}");
    cluster.config_map("one", json!({}));
    let second = json!({"metadata": {"name": "two"}});
    assert_eq!(cluster.call("POST", &format!("{NAMESPACE}/configmaps"), second).refusal().0, 403);
    let used = cluster.get(&format!("{quotas}/limits"))["status"]["used"].clone();
    assert_eq!(used["pods"], "1");
    assert_eq!((&used["requests.cpu"], &used["requests.memory"]), (&json!("300m"), &json!("64Mi")));
    cluster.call("DELETE", &format!("{pods}/a"), Value::Null).ok();
    cluster.pass(30);
    assert_eq!(cluster.get(&format!("{quotas}/limits"))["status"]["used"]["pods"], "0");
    cluster.post(&pods, asking("b", "500m"));
}

#[test]
fn controllers_make_as_many_pods_as_fit() {
    let mut cluster = Cluster::new(1);
    let quotas = format!("{NAMESPACE}/resourcequotas");
    cluster.post(&quotas, quota(json!({"pods": "2"})));
    cluster.post(&format!("{APPS}/deployments"), deployment("web", 3));
    cluster.pass(30);
    assert_eq!(cluster.names(&format!("{NAMESPACE}/pods")).len(), 2);
    let events = cluster.get(&format!("{NAMESPACE}/events?fieldSelector=reason=FailedCreate"));
    let message = events["items"][0]["message"].as_str().unwrap();
    assert!(message.ends_with("exceeded quota: limits, requested: pods=1, used: pods=2, limited: pods=2"), "{message}");
    cluster.merge(&format!("{quotas}/limits"), json!({"spec": {"hard": {"pods": "5"}}}));
    cluster.pass(30);
    assert_eq!(cluster.names(&format!("{NAMESPACE}/pods")).len(), 3);
}
