//! Services as the API server of their cluster shows them: deployments.

use super::*;
use wharf_world::kubernetes::request::ApiRequest;

const DEPLOYMENTS: &str = "/apis/apps/v1/namespaces/default/deployments";

impl Cloud {
    fn kubernetes(&mut self, cluster: &str, method: &str, path: &str, patch: Value) -> Value {
        let body = if patch.is_null() { String::new() } else { patch.to_string() };
        let request = ApiRequest { method, path_and_query: path, body: body.as_bytes(), ..ApiRequest::default() };
        let mut realm = self.world.ccs("100000000001", "ap-guangzhou");
        let response = realm.control_plane().request(cluster, request).unwrap();
        serde_json::from_slice(&response.body).unwrap()
    }
}

#[test]
fn a_service_is_a_deployment() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.ok("CreateClusterService", service(&id, "web", 3));
    cloud.pass(3);
    let path = format!("{DEPLOYMENTS}/web");
    let deployment = cloud.kubernetes(&id, "GET", &path, Value::Null);
    assert_eq!((&deployment["spec"]["replicas"], &deployment["status"]["availableReplicas"]), (&json!(3), &json!(3)));
    assert_eq!(deployment["spec"]["selector"]["matchLabels"], json!({"qcloud-app": "web"}));
    let sets = cloud.kubernetes(&id, "GET", "/apis/apps/v1/namespaces/default/replicasets", Value::Null);
    assert_eq!(sets["items"][0]["metadata"]["ownerReferences"][0]["uid"], deployment["metadata"]["uid"]);
    let pods = cloud.kubernetes(&id, "GET", "/api/v1/namespaces/default/pods", Value::Null);
    assert_eq!(pods["items"][0]["metadata"]["ownerReferences"][0]["uid"], sets["items"][0]["metadata"]["uid"]);
}

#[test]
fn what_kubernetes_changes_the_service_shows() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.ok("CreateClusterService", service(&id, "web", 1));
    cloud.pass(3);
    let path = format!("{DEPLOYMENTS}/web");
    cloud.kubernetes(&id, "PATCH", &path, json!({"spec": {"replicas": 2}}));
    cloud.pass(3);
    assert_eq!(cloud.service(&id, "web")["desiredReplicas"], 2);
    assert_eq!(cloud.pods(&id, "web").len(), 2);
    let scale = cloud.kubernetes(&id, "PATCH", &format!("{path}/scale"), json!({"spec": {"replicas": 3}}));
    assert_eq!(scale["spec"]["replicas"], 3);
    cloud.pass(3);
    assert_eq!(cloud.service(&id, "web")["currentReplicas"], 3);
    let before = cloud.kubernetes(&id, "GET", &path, Value::Null);
    let name = before["spec"]["template"]["spec"]["containers"][0]["name"].clone();
    let image = json!({"spec": {"template": {"spec": {"containers": [{"name": name, "image": "nginx:other"}]}}}});
    cloud.kubernetes(&id, "PATCH", &path, image);
    assert_eq!(cloud.status(&id, "web"), "Updating");
    cloud.pass(60);
    assert_eq!(cloud.images(&id, "web"), ["nginx:other"; 3]);
    let refused = cloud.kubernetes(&id, "PATCH", &path, json!({"spec": {"minReadySeconds": 99}}));
    assert_eq!((&refused["code"], &refused["reason"]), (&json!(422), &json!("Invalid")));
    cloud.kubernetes(&id, "DELETE", &path, Value::Null);
    assert_eq!(cloud.code("DescribeClusterServiceInfo", named(&id, "web")), "KubeResourceNotFound");
    cloud.pass(10);
    let pods = cloud.kubernetes(&id, "GET", "/api/v1/namespaces/default/pods", Value::Null);
    assert_eq!(pods["items"], json!([]));
}
