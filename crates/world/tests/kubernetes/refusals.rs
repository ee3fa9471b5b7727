//! Refusals in Kubernetes' own words.

use super::{APPS, Cluster, NAMESPACE, deployment, pod};
use serde_json::{Value, json};

#[test]
fn paths_and_methods() {
    let mut cluster = Cluster::new(0);
    for (method, path, code, reason) in [
        ("GET", "/nothing", 404, "NotFound"),
        ("GET", "/apis/none/v1", 404, "NotFound"),
        ("GET", "/apis/apps/v9/deployments", 404, "NotFound"),
        ("GET", "/apis/apps/v1/things", 404, "NotFound"),
        ("GET", "/api/v1/namespaces/default/nodes", 404, "NotFound"),
        ("GET", "/api/v1/pods/a", 404, "NotFound"),
        ("GET", "/api/v1/namespaces/default/pods/a/nothing", 404, "NotFound"),
        ("GET", "/api/v1/namespaces/default/pods/none", 404, "NotFound"),
        ("PUT", "/api/v1/namespaces/default/pods", 405, "MethodNotAllowed"),
        ("POST", "/api/v1/pods", 405, "MethodNotAllowed"),
        ("POST", "/api/v1/namespaces/default/pods/a", 405, "MethodNotAllowed"),
        ("GET", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", 405, "MethodNotAllowed"),
        ("GET", "/api/v1/namespaces/default/pods?watch=true", 405, "MethodNotAllowed"),
        ("POST", "/api/v1/namespaces/default/pods/a/exec", 405, "MethodNotAllowed"),
        ("DELETE", "/api/v1/namespaces/kube-system", 403, "Forbidden"),
    ] {
        let (there, why, _) = cluster.call(method, path, Value::Null).refusal();
        assert_eq!((there, why.as_str()), (code, reason), "{method} {path}");
    }
    let (_, _, message) = cluster.call("GET", &format!("{APPS}/deployments/none"), Value::Null).refusal();
    assert_eq!(message, "deployments.apps \"none\" not found");
    let (_, _, message) = cluster.call("GET", &format!("{NAMESPACE}/pods?watch=1"), Value::Null).refusal();
    assert!(message.contains("needs a connection that streams"), "{message}");
}

#[test]
fn bodies_that_are_no_objects_of_the_kind() {
    let mut cluster = Cluster::new(0);
    let path = format!("{NAMESPACE}/configmaps");
    for body in
        ["", "[]", "{", "1", r#"{"kind":"Pod"}"#, r#"{"apiVersion":"v2"}"#, r#"{"metadata":1}"#, r#"{"data":{"a":1}}"#]
    {
        assert_eq!(cluster.call_as("POST", &path, "application/json", body).refusal().0, 400, "{body}");
    }
    let elsewhere = json!({"metadata": {"name": "a", "namespace": "kube-system"}});
    assert_eq!(cluster.call("POST", &path, elsewhere).refusal().0, 400);
    let mut wrong = deployment("web", 1);
    wrong["spec"]["replicas"] = json!("one");
    let (code, _, message) = cluster.call("POST", &format!("{APPS}/deployments"), wrong).refusal();
    assert_eq!(code, 400);
    assert!(
        message.starts_with("Deployment in version \"v1\" cannot be handled as a Deployment: spec.replicas"),
        "{message}"
    );
}

#[test]
fn fields_that_are_not_right() {
    let mut cluster = Cluster::new(0);
    let deployments = format!("{APPS}/deployments");
    let jobs = "/apis/batch/v1/namespaces/default/jobs".to_owned();
    let crons = "/apis/batch/v1/namespaces/default/cronjobs".to_owned();
    type Change = fn(&mut Value);
    let job = json!({"metadata": {"name": "j"}, "spec": {"template": {"spec": {"containers": [{"name": "a", "image": "b"}]}}}});
    let cron = json!({"metadata": {"name": "c"}, "spec": {"schedule": "often", "jobTemplate": {"spec": {"template": {"spec": {
        "restartPolicy": "Never", "containers": [{"name": "a", "image": "b"}]}}}}}});
    let none: Change = |_| {};
    let rows: Vec<(String, Value, Change, &str, &str)> = vec![
        (deployments.clone(), deployment("Web", 1), none, "metadata.name", "FieldValueInvalid"),
        (
            deployments.clone(),
            deployment("web", 1),
            |o| drop(o["spec"].as_object_mut().unwrap().remove("selector")),
            "spec.selector",
            "FieldValueRequired",
        ),
        (
            deployments.clone(),
            deployment("web", 1),
            |o| o["spec"]["selector"] = json!({"matchLabels": {"app": "x"}}),
            "spec.template.metadata.labels",
            "FieldValueInvalid",
        ),
        (
            deployments.clone(),
            deployment("web", 1),
            |o| o["spec"]["replicas"] = json!(-1),
            "spec.replicas",
            "FieldValueInvalid",
        ),
        (
            deployments.clone(),
            deployment("web", 1),
            |o| o["spec"]["template"]["spec"]["restartPolicy"] = json!("Never"),
            "spec.template.spec.restartPolicy",
            "FieldValueNotSupported",
        ),
        (
            deployments.clone(),
            deployment("web", 1),
            |o| o["metadata"]["labels"] = json!({"-a": "b"}),
            "metadata.labels",
            "FieldValueInvalid",
        ),
        (
            deployments,
            deployment("web", 1),
            |o| o["metadata"]["labels"] = json!({"a": "b c"}),
            "metadata.labels",
            "FieldValueInvalid",
        ),
        (
            format!("{NAMESPACE}/pods"),
            pod("a", "b"),
            |o| o["spec"]["containers"] = json!([]),
            "spec.containers",
            "FieldValueRequired",
        ),
        (
            format!("{NAMESPACE}/pods"),
            pod("a", "b"),
            |o| o["spec"]["containers"][0]["name"] = json!("A"),
            "spec.containers[0].name",
            "FieldValueInvalid",
        ),
        (
            format!("{NAMESPACE}/pods"),
            pod("a", "b"),
            |o| o["spec"]["containers"].as_array_mut().unwrap().push(json!({"name": "main", "image": "x"})),
            "spec.containers[1].name",
            "FieldValueDuplicate",
        ),
        (
            format!("{NAMESPACE}/pods"),
            pod("a", "b"),
            |o| o["spec"]["containers"][0]["volumeMounts"] = json!([{"name": "v", "mountPath": "/v"}]),
            "spec.containers[0].volumeMounts[0].name",
            "FieldValueInvalid",
        ),
        (
            format!("{NAMESPACE}/configmaps"),
            json!({"metadata": {"name": "a"}, "data": {"a/b": ""}}),
            none,
            "data[a/b]",
            "FieldValueInvalid",
        ),
        (
            format!("{NAMESPACE}/secrets"),
            json!({"metadata": {"name": "a"}, "data": {"a": "*"}}),
            none,
            "data[a]",
            "FieldValueInvalid",
        ),
        (jobs, job, none, "spec.template.spec.restartPolicy", "FieldValueNotSupported"),
        (crons, cron, none, "spec.schedule", "FieldValueInvalid"),
    ];
    for (path, mut object, change, field, reason) in rows {
        change(&mut object);
        let answer = cluster.call("POST", &path, object);
        let cause = answer.body["details"]["causes"][0].clone();
        assert_eq!(answer.code, 422, "{field}: {}", answer.body);
        assert_eq!((&cause["field"], &cause["reason"]), (&json!(field), &json!(reason)));
    }
}

#[test]
fn fields_that_cannot_change() {
    let mut cluster = Cluster::new(0);
    cluster.post(&format!("{APPS}/deployments"), deployment("web", 0));
    cluster.post(&format!("{NAMESPACE}/pods"), pod("a", "b"));
    cluster.post(
        &format!("{NAMESPACE}/secrets"),
        json!({"metadata": {"name": "s"}, "stringData": {"a": "b"}, "immutable": true}),
    );
    assert_eq!(cluster.get(&format!("{NAMESPACE}/secrets/s"))["data"], json!({"a": "Yg=="}));
    for (path, patch, code) in [
        (format!("{APPS}/deployments/web"), json!({"spec": {"selector": {"matchLabels": {"x": "y"}}}}), 422),
        (format!("{NAMESPACE}/pods/a"), json!({"spec": {"hostNetwork": true}}), 422),
        (format!("{NAMESPACE}/pods/a"), json!({"spec": {"activeDeadlineSeconds": 5}}), 200),
        (format!("{NAMESPACE}/secrets/s"), json!({"data": {"a": "Yw=="}}), 422),
        (format!("{NAMESPACE}/secrets/s"), json!({"metadata": {"labels": {"x": "y"}}}), 200),
    ] {
        let answer = cluster.call_as("PATCH", &path, "application/merge-patch+json", &patch.to_string());
        assert_eq!(answer.code, code, "{path} {patch} {}", answer.body);
    }
}
