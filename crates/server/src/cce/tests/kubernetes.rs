//! The groups of Kubernetes that clusters of a release have.

use super::Cloud;
use serde_json::{Value, json};
use wharf_world::kubernetes::request::ApiRequest;

impl Cloud {
    fn kubernetes(
        &mut self,
        cluster: &str,
        method: &str,
        path: &str,
        content_type: &str,
        body: &Value,
    ) -> (u16, Value) {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request =
            ApiRequest { method, path_and_query: path, content_type, body: body.as_bytes(), ..ApiRequest::default() };
        let mut realm = self.world.cce(self.account, self.region);
        let response = realm.control_plane().request(cluster, request).unwrap();
        (response.status, serde_json::from_slice(&response.body).unwrap())
    }

    /// The status with which the API server of a cluster returns a list.
    fn list(&mut self, cluster: &str, path: &str) -> u16 {
        let request = ApiRequest { method: "GET", path_and_query: path, ..ApiRequest::default() };
        let mut realm = self.world.cce(self.account, self.region);
        realm.control_plane().request(cluster, request).unwrap().status
    }
}

#[test]
fn later_releases_have_fewer_groups() {
    let mut cloud = Cloud::new();
    for (release, path, status) in [
        ("v1.15", "/apis/extensions/v1beta1/deployments", 200),
        ("v1.17", "/apis/extensions/v1beta1/deployments", 404),
        ("v1.17", "/apis/batch/v2alpha1/cronjobs", 200),
        ("v1.21", "/apis/batch/v2alpha1/cronjobs", 404),
        ("v1.21", "/apis/networking.k8s.io/v1beta1/ingresses", 200),
        ("v1.23", "/apis/networking.k8s.io/v1beta1/ingresses", 404),
        ("v1.23", "/apis/batch/v1beta1/cronjobs", 200),
    ] {
        let id = cloud.create(|order| {
            order["spec"]["version"] = json!(release);
            order["metadata"]["name"] = json!(format!("c-{}", path.len()));
        });
        cloud.pass(120);
        assert_eq!(cloud.list(&id, path), status, "{release} {path}");
        cloud.ok("DeleteCluster", json!({"cluster_id": id}));
        cloud.pass(120);
    }
}
