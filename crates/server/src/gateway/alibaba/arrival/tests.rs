#![allow(clippy::unwrap_used)]
use super::*;
use std::sync::OnceLock;

fn parts(target: &str, headers: &[(&str, &str)]) -> Parts {
    let request = http::Request::builder().uri(target);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    request.body(()).unwrap().into_parts().0
}

fn speaks(parts: &Parts) -> bool {
    let (query, form) = (OnceLock::new(), OnceLock::new());
    super::speaks(Request { parts, body: &[], query: &query, form: &form })
}

#[test]
fn the_dialect_is_told_by_host_path_headers_and_query() {
    for (target, header) in [
        ("/", ("host", "cs.cn-beijing.example.com")),
        ("/", ("host", "sts-vpc.cn-beijing.example.com")),
        ("/asapi/v3/roa/clusters", ("host", "127.0.0.1")),
        ("/roa/clusters", ("host", "127.0.0.1")),
        ("/quota", ("authorization", "acs a:b")),
        ("/quota", ("authorization", "ACS3-HMAC-SHA256 Credential=a")),
        ("/quota", ("x-acs-version", "2015-12-15")),
        ("/?Action=AssumeRole&AccessKeyId=a", ("host", "127.0.0.1")),
    ] {
        assert!(speaks(&parts(target, &[header])), "{target} {header:?}");
    }
    for (target, header) in
        [("/", ("host", "tke.example.com")), ("/api/v3/x", ("host", "cce.example.com")), ("/?SecretId=a", ("a", "b"))]
    {
        assert!(!speaks(&parts(target, &[header])), "{target}");
    }
}

#[test]
fn gateways_put_something_before_paths() {
    for (target, path, signable) in [
        ("/clusters", "/clusters", 1),
        ("/roa/clusters", "/clusters", 2),
        ("/asapi/v3/roa/clusters", "/clusters", 3),
        ("/asapi/v3/clusters", "/clusters", 2),
        ("/roaming", "/roaming", 1),
    ] {
        let parts = parts(target, &[]);
        let (query, form) = (OnceLock::new(), OnceLock::new());
        let arrival = Arrival::of(Request { parts: &parts, body: &[], query: &query, form: &form });
        assert_eq!((arrival.path(), arrival.signable_paths().len()), (path, signable), "{target}");
    }
}

#[test]
fn codes_name_what_is_missing() {
    assert_eq!(camel("x-ascm-product-name"), "ProductName");
    assert_eq!(camel("x-acs-regionid"), "Regionid");
}
