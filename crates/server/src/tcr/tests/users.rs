//! Users, passwords and quotas.

use super::*;
use wharf_world::registry::Quota;

#[test]
fn a_user_is_created_once() {
    let mut cloud = Cloud::new();
    cloud.ok("CreateUserPersonal", json!({"Password": "first"}));
    assert_eq!(cloud.code("CreateUserPersonal", json!({"Password": "second"})), "InvalidParameter.ErrUserExist");
    assert!(cloud.world.registry.login("100001", "first"));
}

#[test]
fn a_password_is_needed() {
    let mut cloud = Cloud::new();
    assert_eq!(cloud.code("CreateUserPersonal", json!({"Password": ""})), "MissingParameter.MissingParameter");
    assert_eq!(cloud.code("ModifyUserPasswordPersonal", json!({"Password": ""})), "MissingParameter");
}

#[test]
fn a_changed_password_is_the_one_that_works() {
    let mut cloud = Cloud::furnished();
    cloud.ok("ModifyUserPasswordPersonal", json!({"Password": "another"}));
    assert!(cloud.world.registry.login("100001", "another"));
    assert!(!cloud.world.registry.login("100001", "hunter2hunter2"));
    assert!(cloud.world.registry.login("100002", "hunter2hunter2"));
}

#[test]
fn the_user_comes_first() {
    let mut cloud = Cloud::new();
    for (operation, input) in [
        ("ModifyUserPasswordPersonal", json!({"Password": "p"})),
        ("CreateNamespacePersonal", json!({"Namespace": "team"})),
        ("DeleteNamespacePersonal", json!({"Namespace": "team"})),
        ("DescribeNamespacePersonal", json!({"Namespace": "", "Limit": 10, "Offset": 0})),
        ("DescribeApplicationTriggerPersonal", json!({})),
        ("DeleteApplicationTriggerPersonal", json!({"TriggerName": "t"})),
        ("ModifyApplicationTriggerPersonal", json!({"TriggerName": "t"})),
        ("CreateApplicationTriggerPersonal", super::triggers::trigger("t", "all", "")),
    ] {
        assert_eq!(cloud.code(operation, input), "ResourceNotFound.ErrNoUser", "{operation}");
    }
    let rule = json!({"Type": "global_keep_last_days", "Val": 1});
    assert_eq!(cloud.code("ManageImageLifecycleGlobalPersonal", rule), "ResourceNotFound");
}

#[test]
fn quotas_are_shown_with_their_documented_default() {
    let mut cloud = Cloud::new();
    let answer = cloud.ok("DescribeUserQuotaPersonal", json!({}));
    let limits = answer["Data"]["LimitInfo"].as_array().unwrap();
    let of = |kind: &str| limits.iter().find(|limit| limit["Type"] == kind).unwrap()["Value"].clone();
    assert_eq!(of("repo"), 100);
    assert_eq!(of("namespace"), 10);
    assert_eq!(of("tag"), 100);
    let kinds: Vec<&str> = limits.iter().map(|limit| limit["Type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["namespace", "repo", "tag"], "those of the example in tccli 3.1.189");
    assert!(limits.iter().all(|limit| limit["Username"] == "100001"));
    cloud.world.registry.set_quota("100001", Quota::Repositories, 7);
    let answer = cloud.ok("DescribeUserQuotaPersonal", json!({}));
    assert_eq!(answer["Data"]["LimitInfo"][1], json!({"Username": "100001", "Type": "repo", "Value": 7}));
}

#[test]
fn no_debug_output_holds_a_password_or_a_token() {
    let mut cloud = Cloud::furnished();
    let created = cloud.ok("CreateInstance", json!({"RegistryName": "acme", "RegistryType": "basic"}));
    cloud.wait(HOUR);
    let token = cloud.ok("CreateInstanceToken", json!({"RegistryId": created["RegistryId"]}));
    let shown = format!("{:?}", cloud.world);
    assert!(!shown.contains("hunter2hunter2"));
    assert!(!shown.contains(token["Token"].as_str().unwrap()));
}
