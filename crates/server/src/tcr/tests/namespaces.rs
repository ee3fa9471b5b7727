//! Namespaces.

use super::*;
use wharf_world::registry::Quota;

#[test]
fn a_namespace_is_unique_over_all_accounts() {
    let mut cloud = Cloud::furnished();
    let again = json!({"Namespace": "team"});
    assert_eq!(cloud.code("CreateNamespacePersonal", again.clone()), "InvalidParameter.ErrNamespaceExist");
    assert_eq!(cloud.foreign_code("CreateNamespacePersonal", again), "InvalidParameter.ErrNamespaceExist");
}

#[test]
fn reserved_namespaces_are_refused_and_told() {
    let mut cloud = Cloud::furnished();
    let library = json!({"Namespace": "library"});
    assert_eq!(cloud.code("CreateNamespacePersonal", library.clone()), "InvalidParameter.ErrNamespaceReserved");
    let answer = cloud.ok("ValidateNamespaceExistPersonal", library);
    assert_eq!(answer["Data"], json!({"IsExist": false, "IsPreserved": true}));
}

#[test]
fn a_namespace_that_anyone_has_exists() {
    let mut cloud = Cloud::furnished();
    cloud.account = "100002";
    let answer = cloud.ok("ValidateNamespaceExistPersonal", json!({"Namespace": "team"}));
    assert_eq!(answer["Data"], json!({"IsExist": true, "IsPreserved": false}));
    let answer = cloud.ok("ValidateNamespaceExistPersonal", json!({"Namespace": "nobody"}));
    assert_eq!(answer["Data"], json!({"IsExist": false, "IsPreserved": false}));
}

#[test]
fn a_namespace_name_is_part_of_an_address() {
    let mut cloud = Cloud::furnished();
    for name in ["a/b", "Team", "-a", "a..b", &"a".repeat(255)] {
        let code = cloud.code("CreateNamespacePersonal", json!({"Namespace": name}));
        assert_eq!(code, "InvalidParameterValue", "{name}");
    }
}

#[test]
fn the_number_of_namespaces_is_limited_for_each_account() {
    let mut cloud = Cloud::furnished();
    for number in 1..10 {
        cloud.ok("CreateNamespacePersonal", json!({"Namespace": format!("n{number}")}));
    }
    let refusal = cloud.refused("CreateNamespacePersonal", json!({"Namespace": "n10"}));
    assert_eq!(refusal.code, "LimitExceeded.ErrNamespaceMaxLimit");
    assert!(refusal.message.contains("10 namespaces"), "{}", refusal.message);
    cloud.account = "100002";
    cloud.ok("CreateNamespacePersonal", json!({"Namespace": "n10"}));
    cloud.account = "100001";
    cloud.world.registry.set_quota("100001", Quota::Namespaces, 11);
    cloud.ok("CreateNamespacePersonal", json!({"Namespace": "n11"}));
}

#[test]
fn namespaces_are_found_by_a_part_of_their_name() {
    let mut cloud = Cloud::furnished();
    cloud.ok("CreateNamespacePersonal", json!({"Namespace": "tea-room"}));
    cloud.ok("CreateNamespacePersonal", json!({"Namespace": "other"}));
    let ask = |text: &str| json!({"Namespace": text, "Limit": 10, "Offset": 0});
    let answer = cloud.ok("DescribeNamespacePersonal", ask("tea"));
    assert_eq!(names(&answer["Data"]["NamespaceInfo"], "Namespace"), ["team", "tea-room"]);
    assert_eq!(answer["Data"]["NamespaceInfo"][0]["RepoCount"], 1);
    assert_eq!(answer["Data"]["NamespaceInfo"][0]["CreationTime"], "2024-06-01 08:00:00");
    assert_eq!(cloud.ok("DescribeNamespacePersonal", ask(""))["Data"]["NamespaceCount"], 3);
    cloud.account = "100002";
    assert_eq!(cloud.ok("DescribeNamespacePersonal", ask(""))["Data"]["NamespaceCount"], 0);
}

#[test]
fn a_deleted_namespace_takes_its_repositories_along() {
    let mut cloud = Cloud::furnished();
    cloud.ok("CreateApplicationTriggerPersonal", super::triggers::trigger("t", "all", ""));
    cloud.push("v1", "one");
    cloud.ok("DeleteNamespacePersonal", json!({"Namespace": "team"}));
    assert_eq!(cloud.ok("DescribeRepositoryOwnerPersonal", json!({}))["Data"]["TotalCount"], 0);
    assert_eq!(cloud.ok("DescribeApplicationTriggerPersonal", json!({}))["Data"]["TotalCount"], 0);
    assert_eq!(cloud.ok("DescribeApplicationTriggerLogPersonal", json!({}))["Data"]["TotalCount"], 0);
    let gone = cloud.code("DescribeImagePersonal", json!({"RepoName": "team/app"}));
    assert_eq!(gone, "ResourceNotFound.ErrNoRepo");
    cloud.account = "100002";
    cloud.ok("CreateNamespacePersonal", json!({"Namespace": "team"}));
}

#[test]
fn only_the_owner_deletes_a_namespace() {
    let mut cloud = Cloud::furnished();
    let code = cloud.code("DeleteNamespacePersonal", json!({"Namespace": "nobody"}));
    assert_eq!(code, "ResourceNotFound.ErrNoNamespace");
    let code = cloud.foreign_code("DeleteNamespacePersonal", json!({"Namespace": "team"}));
    assert_eq!(code, "InternalError.ErrUnauthorized");
}
