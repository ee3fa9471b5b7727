#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

fn objects(path: &str) -> ObjectPath {
    match target(path) {
        Target::Object(path) => path,
        other => panic!("{path}: {other:?}"),
    }
}

#[test]
fn paths_name_objects() {
    for (path, wanted) in [
        ("/api/v1/pods", ["", "v1", "pods", "-", "-", "-"]),
        ("/api/v1/namespaces/a/pods/b", ["", "v1", "pods", "a", "b", "-"]),
        ("/api/v1/namespaces/a/pods/b/log", ["", "v1", "pods", "a", "b", "log"]),
        ("/api/v1/namespaces", ["", "v1", "namespaces", "-", "-", "-"]),
        ("/api/v1/namespaces/a", ["", "v1", "namespaces", "-", "a", "-"]),
        ("/api/v1/namespaces/a/finalize", ["", "v1", "namespaces", "-", "a", "finalize"]),
        ("/apis/apps/v1/namespaces/a/deployments/b/scale", ["apps", "v1", "deployments", "a", "b", "scale"]),
        ("/apis/x.example.com/v1/things", ["x.example.com", "v1", "things", "-", "-", "-"]),
        ("/api/v1/namespaces/a/services/b/proxy/c/d", ["", "v1", "services", "a", "b", "proxy/c/d"]),
    ] {
        let found = objects(path);
        let shown = [
            found.group.as_str(),
            &found.version,
            &found.plural,
            found.namespace.as_deref().unwrap_or("-"),
            found.name.as_deref().unwrap_or("-"),
            found.subresource.as_deref().unwrap_or("-"),
        ];
        assert_eq!(shown, wanted, "{path}");
    }
    assert!(objects("/api/v1/watch/namespaces/a/pods").watch);
    assert_eq!(target("/version"), Target::Version);
    assert_eq!(target("/openapi/v3/apis/apps/v1"), Target::OpenApiV3Of("apis/apps/v1".to_owned()));
    assert_eq!(target("/nothing"), Target::Unknown);
}

#[test]
fn queries_are_decoded() {
    let query = Query::read("labelSelector=a%3Db&limit=5&watch=true&empty=&dryRun=All");
    assert_eq!((query.get("labelSelector"), query.get("empty")), (Some("a=b"), None));
    assert_eq!((query.number("limit").unwrap(), query.flag("watch").unwrap()), (Some(5), true));
    assert!(query.dry_run().unwrap());
    assert_eq!(Query::read("limit=x").number("limit").unwrap_err().code(), 400);
    assert_eq!(Query::read("dryRun=Some").dry_run().unwrap_err().code(), 400);
}

#[test]
fn forms_are_chosen_in_order() {
    for (accept, wanted) in [
        ("", Form::Whole),
        ("*/*", Form::Whole),
        ("application/json;as=Table;v=v1;g=meta.k8s.io,application/json", Form::Table),
        ("application/vnd.kubernetes.protobuf,application/json", Form::Whole),
        ("application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io", Form::Partial),
        (
            "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json",
            Form::Aggregated("v2"),
        ),
        ("application/json;as=Unknown,application/json", Form::Whole),
    ] {
        assert_eq!(form(accept).unwrap(), wanted, "{accept}");
    }
    for accept in ["text/html", "application/vnd.kubernetes.protobuf", "application/json;as=Unknown"] {
        assert_eq!(form(accept).unwrap_err().code(), 406, "{accept}");
    }
}
