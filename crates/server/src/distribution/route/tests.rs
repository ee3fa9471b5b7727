#![allow(clippy::unwrap_used)]

use super::*;

fn target(path: &str) -> (String, Target) {
    let route = route(path).unwrap();
    (route.name, route.target)
}

/// The paths are those of the distribution specification's table of endpoints.
#[test]
fn paths_are_those_of_the_specification() {
    let own = |text: &str| text.to_owned();
    assert_eq!(target("/v2/"), (own(""), Target::Ping));
    assert_eq!(target("/v2/_catalog"), (own(""), Target::Catalog));
    assert_eq!(target("/v2/team/web/tags/list"), (own("team/web"), Target::Tags));
    assert_eq!(target("/v2/team/web/manifests/v1"), (own("team/web"), Target::Manifest(own("v1"))));
    assert_eq!(target("/v2/demo/team/web/blobs/sha256%3Aab"), (own("demo/team/web"), Target::Blob(own("sha256:ab"))));
    assert_eq!(target("/v2/team/web/blobs/uploads/"), (own("team/web"), Target::Uploads));
    assert_eq!(target("/v2/team/web/blobs/uploads/1f"), (own("team/web"), Target::Upload(own("1f"))));
    assert_eq!(target("/v2/team/web/referrers/sha256:ab"), (own("team/web"), Target::Referrers(own("sha256:ab"))));
    // A repository may be named as a part of a path is.
    assert_eq!(target("/v2/team/manifests/manifests/v1"), (own("team/manifests"), Target::Manifest(own("v1"))));
}

/// `/v2/index.php` is the path of API 2.0 (ccs:422), `/v2/charts` is one of CCE.
#[test]
fn paths_of_products_are_not_of_the_protocol() {
    for path in
        ["/v2", "/v2/", "/v2/_catalog", "/v2/team/web/tags/list", "/v2/Team/-/manifests/v1", "/v2/a/b/blobs/uploads/"]
    {
        assert!(is_one(path), "{path}");
    }
    for path in
        ["/v2/index.php", "/v2/charts", "/v2/charts/chart-1/values", "/v20/team/tags/list", "/v3/a/tags/list", "/"]
    {
        assert!(!is_one(path), "{path}");
    }
}

#[test]
fn malformed_names_are_refused() {
    for path in ["/v2/Team/web/tags/list", "/v2/team/../tags/list", "/v2/web/tags/list", "/v2/team/-web/manifests/v1"] {
        assert_eq!(route(path).unwrap_err().code().0, "NAME_INVALID", "{path}");
    }
    for path in ["/v2/x", "/v3/", "/v2/team/web/other/v1", "/v2/%ff/tags/list"] {
        assert_eq!(route(path).unwrap_err().code().1, 404, "{path}");
    }
}
