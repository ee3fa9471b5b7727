use super::*;

fn names(cloud: &mut Cloud, id: &str) -> Vec<(String, String)> {
    let answer = cloud.ok("DescribeClusterNameSpaces", json!({"clusterId": id}));
    assert_eq!(answer["totalCount"], list(&answer["namespaces"]).len());
    list(&answer["namespaces"]).iter().map(|one| (text(&one["name"]), text(&one["status"]))).collect()
}

#[test]
fn namespaces_come_and_go_with_what_is_in_them() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let active = |name: &str| (name.to_owned(), "Active".to_owned());
    assert_eq!(names(&mut cloud, &id), [active("default"), active("kube-public"), active("kube-system")]);
    cloud.ok("CreateClusterNamespace", json!({"clusterId": id, "name": "tst", "description": "a test"}));
    let all = cloud.ok("DescribeClusterNameSpaces", json!({"clusterId": id}));
    assert_eq!(all["namespaces"][3]["description"], "a test");
    let inside = with(service(&id, "web", 2), json!({"namespace": "tst"}));
    cloud.ok("CreateClusterService", inside.clone());
    assert_eq!(cloud.ok("DescribeClusterService", json!({"clusterId": id}))["totalCount"], 0);
    assert_eq!(cloud.ok("DescribeClusterService", json!({"clusterId": id, "namespace": "tst"}))["totalCount"], 1);
    assert_eq!(cloud.ok("DescribeClusterService", json!({"clusterId": id, "allnamespace": 1}))["totalCount"], 1);
    cloud.pass(10);
    cloud.ok("DeleteClusterNamespace", json!({"clusterId": id, "names": ["tst"]}));
    assert_eq!(names(&mut cloud, &id)[3], ("tst".into(), "Terminating".into()));
    assert_eq!(cloud.code("CreateClusterService", with(inside, json!({"serviceName": "late"}))), "5100");
    cloud.pass(10);
    assert_eq!(names(&mut cloud, &id).len(), 3);
    assert_eq!(cloud.ok("DescribeClusterService", json!({"clusterId": id, "allnamespace": 1}))["totalCount"], 0);
    assert_eq!(
        cloud.code("DescribeClusterService", json!({"clusterId": id, "namespace": "tst"})),
        "KubeResourceNotFound"
    );
}

#[test]
fn names_are_right_and_free() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    for (code, name) in [("InvalidParameter", "Tst"), ("InvalidParameter", "-a"), ("5100", "default")] {
        let call = json!({"clusterId": id, "name": name, "description": ""});
        assert_eq!(cloud.code("CreateClusterNamespace", call), code, "{name}");
    }
}

#[test]
fn all_are_deleted_or_none() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.ok("CreateClusterNamespace", json!({"clusterId": id, "name": "tst", "description": ""}));
    let mut delete = |names: Value| cloud.code("DeleteClusterNamespace", json!({"clusterId": id, "names": names}));
    assert_eq!(delete(json!(["tst", "none"])), "KubeResourceNotFound");
    assert_eq!(delete(json!(["tst", "default"])), "5100");
    assert_eq!(delete(json!([])), "InvalidParameter");
    assert_eq!(names(&mut cloud, &id)[3].1, "Active");
}
