use super::*;

#[test]
fn paths_name_objects() {
    let pods = |namespace: Option<&str>, name: Option<&str>| Target::Objects {
        resource: Resource::Pods,
        namespace: namespace.map(str::to_owned),
        name: name.map(str::to_owned),
    };
    assert_eq!(read("/api/v1/pods").0, pods(None, None));
    assert_eq!(read("/api/v1/namespaces/a/pods/b").0, pods(Some("a"), Some("b")));
    assert_eq!(read("/version").0, Target::Version);
    for unknown in ["/", "/api/v2/pods", "/api/v1/secrets", "/apis/apps/v1/deployments", "/api/v1/namespaces/a/nodes"] {
        assert_eq!(read(unknown).0, Target::Unknown, "{unknown}");
    }
}

#[test]
fn selectors_are_read() {
    let (_, query) = read("/api/v1/pods?labelSelector=app%3Dweb,tier!=db&fieldSelector=spec.nodeName=a&limit=5");
    assert_eq!(query.labels, [("app".into(), "web".into(), true), ("tier".into(), "db".into(), false)]);
    assert_eq!(query.fields, [("spec.nodeName".into(), "a".into(), true)]);
    assert_eq!(query.limit, 5);
}
