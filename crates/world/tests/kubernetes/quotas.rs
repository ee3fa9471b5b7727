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

/// kubernetes.io/docs/concepts/policy/limit-range and its tasks "Configure default memory requests and limits".
#[test]
fn limit_ranges_fill_and_bound_containers() {
    let mut cluster = Cluster::new(1);
    let pods = format!("{NAMESPACE}/pods");
    let range = json!({"metadata": {"name": "range"}, "spec": {"limits": [{"type": "Container",
        "default": {"memory": "512Mi"}, "defaultRequest": {"memory": "256Mi"}, "max": {"memory": "1Gi"}}]}});
    cluster.post(&format!("{NAMESPACE}/limitranges"), range);
    let resources = |made: &Value| made["spec"]["containers"][0]["resources"].clone();
    let made = cluster.post(&pods, pod("a", "x"));
    assert_eq!(resources(&made), json!({"limits": {"memory": "512Mi"}, "requests": {"memory": "256Mi"}}));
    let limited = |name: &str, limit: &str| {
        let mut pod = pod(name, "x");
        pod["spec"]["containers"][0]["resources"] = json!({"limits": {"memory": limit}});
        pod
    };
    let made = cluster.post(&pods, limited("b", "1Gi"));
    assert_eq!(resources(&made), json!({"limits": {"memory": "1Gi"}, "requests": {"memory": "1Gi"}}));
    let (code, _, message) = cluster.call("POST", &pods, limited("c", "2Gi")).refusal();
    assert_eq!(code, 403);
    let wanted = "pods \"c\" is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi";
    assert_eq!(message, wanted);
    cluster.post(&format!("{APPS}/deployments"), deployment("web", 1));
    cluster.pass(10);
    let web = cluster.get(&format!("{pods}?labelSelector=app=web"));
    assert_eq!(resources(&web["items"][0])["limits"]["memory"], "512Mi");
}
