//! Pods: eviction, binding, taints, reviews.

use super::{APPS, Cluster, NAMESPACE, deployment, pod};
use serde_json::{Value, json};

fn eviction(name: &str) -> Value {
    json!({"kind": "Eviction", "apiVersion": "policy/v1", "metadata": {"name": name}})
}

#[test]
fn budgets_keep_pods_from_eviction() {
    let mut cluster = Cluster::new(2);
    cluster.post(&format!("{APPS}/deployments"), deployment("web", 3));
    let budgets = "/apis/policy/v1/namespaces/default/poddisruptionbudgets";
    cluster.post(
        budgets,
        json!({"metadata": {"name": "web"}, "spec": {"minAvailable": 2, "selector": {"matchLabels": {"app": "web"}}}}),
    );
    cluster.pass(10);
    let status = cluster.get(&format!("{budgets}/web"))["status"].clone();
    for (field, value) in [("expectedPods", 3), ("currentHealthy", 3), ("desiredHealthy", 2), ("disruptionsAllowed", 1)]
    {
        assert_eq!(status[field], value, "{field}");
    }
    let names = cluster.names(&format!("{NAMESPACE}/pods"));
    let evict = |cluster: &mut Cluster, name: &str| {
        cluster.call("POST", &format!("{NAMESPACE}/pods/{name}/eviction"), eviction(name))
    };
    assert_eq!(evict(&mut cluster, &names[0]).code, 201);
    let answer = evict(&mut cluster, &names[1]);
    assert_eq!(answer.body["details"]["causes"][0]["reason"], "DisruptionBudget");
    let (code, reason, message) = answer.refusal();
    assert_eq!((code, reason.as_str()), (429, "TooManyRequests"));
    assert_eq!(message, "Cannot evict pod as it would violate the pod's disruption budget.");
    cluster.pass(20);
    assert_eq!(evict(&mut cluster, &names[1]).code, 201, "the first one was replaced");
    assert_eq!(evict(&mut cluster, "none").code, 404);
}

#[test]
fn pods_are_bound_by_hand() {
    let mut cluster = Cluster::new(1);
    let mut nowhere = pod("a", "web");
    nowhere["spec"]["nodeSelector"] = json!({"none": "such"});
    cluster.post(&format!("{NAMESPACE}/pods"), nowhere);
    let node = cluster.names("/api/v1/nodes")[0].clone();
    let path = format!("{NAMESPACE}/pods/a/binding");
    let binding = |node: &str| json!({"metadata": {"name": "a"}, "target": {"kind": "Node", "name": node}});
    assert_eq!(cluster.call("POST", &path, binding("none")).code, 422);
    assert_eq!(cluster.call("POST", &path, binding(&node)).code, 201);
    cluster.pass(10);
    assert_eq!(cluster.get(&format!("{NAMESPACE}/pods/a"))["status"]["phase"], "Running");
    assert_eq!(cluster.call("POST", &path, binding(&node)).refusal().0, 409);
}

#[test]
fn taints_of_nodes_count() {
    let mut cluster = Cluster::new(1);
    let node = cluster.names("/api/v1/nodes")[0].clone();
    let path = format!("/api/v1/nodes/{node}");
    cluster.post(&format!("{NAMESPACE}/pods"), pod("early", "web"));
    cluster.pass(10);
    let taint = |effect: &str| json!({"spec": {"taints": [{"key": "k", "value": "v", "effect": effect}]}});
    let after = cluster.merge(&path, taint("NoSchedule"));
    assert_eq!(after["spec"]["taints"], json!([{"key": "k", "value": "v", "effect": "NoSchedule"}]));
    cluster.post(&format!("{NAMESPACE}/pods"), pod("late", "web"));
    let mut tolerant = pod("tolerant", "web");
    tolerant["spec"]["tolerations"] = json!([{"key": "k", "operator": "Exists"}]);
    cluster.post(&format!("{NAMESPACE}/pods"), tolerant);
    cluster.pass(10);
    let phase =
        |cluster: &mut Cluster, name: &str| cluster.get(&format!("{NAMESPACE}/pods/{name}"))["status"]["phase"].clone();
    assert_eq!(phase(&mut cluster, "early"), "Running");
    assert_eq!(phase(&mut cluster, "late"), "Pending");
    assert_eq!(phase(&mut cluster, "tolerant"), "Running");
    cluster.merge(&path, taint("NoExecute"));
    cluster.pass(10);
    assert_eq!(cluster.code(&format!("{NAMESPACE}/pods/early")), 404);
    assert_eq!(phase(&mut cluster, "tolerant"), "Running");
    cluster.merge(&path, json!({"spec": {"taints": null}}));
    cluster.pass(10);
    assert_eq!(phase(&mut cluster, "late"), "Running");
}

#[test]
fn reviews_are_answered_and_not_kept() {
    let mut cluster = Cluster::new(0);
    let reviews = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    let asked = json!({"spec": {"resourceAttributes": {"verb": "get", "resource": "pods"}}});
    assert_eq!(cluster.post(reviews, asked)["status"]["allowed"], true);
    assert_eq!(cluster.call("POST", reviews, json!({"spec": {}})).code, 422);
    let rules = cluster
        .post("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", json!({"spec": {"namespace": "default"}}));
    assert_eq!(rules["status"]["resourceRules"][0]["verbs"], json!(["*"]));
    let who = cluster.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", json!({}));
    assert_eq!(who["status"]["userInfo"]["username"], "admin");
    let given = cluster
        .post(&format!("{NAMESPACE}/serviceaccounts/default/token"), json!({"spec": {"expirationSeconds": 600}}));
    let token = given["status"]["token"].as_str().unwrap().to_owned();
    let tokens = "/apis/authentication.k8s.io/v1/tokenreviews";
    let review = cluster.post(tokens, json!({"spec": {"token": token}}));
    assert_eq!(review["status"]["user"]["username"], "system:serviceaccount:default:default");
    cluster.pass(601);
    assert_eq!(cluster.post(tokens, json!({"spec": {"token": token}}))["status"]["authenticated"], false);
    assert_eq!(cluster.post(tokens, json!({"spec": {"token": "x"}}))["status"]["authenticated"], false);
    assert_eq!(
        cluster
            .call(
                "POST",
                &format!("{NAMESPACE}/serviceaccounts/default/token"),
                json!({"spec": {"expirationSeconds": 5}})
            )
            .code,
        422
    );
}
