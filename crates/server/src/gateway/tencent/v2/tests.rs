use super::*;

fn said(code: &str, monitor: bool) -> (i64, Option<String>, Option<i64>) {
    let Said { number, word, module } = Said::of(code, monitor);
    (number, word, module)
}

#[test]
fn codes_have_numbers_and_names() {
    let name = |name: &str| Some(name.to_owned());
    assert_eq!(said("MissingParameter", false), (4_000, name("InvalidParameter"), None));
    assert_eq!(said("MissingParameter", true), (-505, name("InvalidParameter.MissingParameter"), None));
    assert_eq!(said("InvalidParameter", true), (-503, name("InvalidParameter"), None));
    assert_eq!(said("AuthFailure.SignatureFailure", true), (4_100, name("AuthFailure"), None));
    assert_eq!(said("5100", false), (5_100, None, None));
    assert_eq!(said("-507", true), (-507, None, None));
    assert_eq!(said("100004", false), (5_100, None, Some(100_004)));
    assert_eq!(said("KubeResourceNotFound", false), (4_000, name("KubeResourceNotFound"), Some(-160_004)));
    assert_eq!(said("Unheard", false), (5_100, name("Unheard"), None));
}

#[test]
fn hosts_name_services() {
    assert_eq!(service("ccs.api.qcloud.com:443"), Some("ccs"));
    for other in ["ccs.tencentcloudapi.com", "127.0.0.1:80", "localhost", ""] {
        assert_eq!(service(other), None, "{other}");
    }
}

#[test]
fn the_services_are_those_of_the_specs() {
    let operations = product(crate::catalog::catalog()).into_iter().flat_map(Product::operations);
    let hosts: std::collections::BTreeSet<&str> =
        operations.map(|operation| operation.spec.host.as_deref().unwrap_or("ccs")).collect();
    assert_eq!(hosts.into_iter().collect::<Vec<_>>(), SERVICES);
}
