//! Repositories, who may see and change them, and favorites.

use super::*;
use wharf_world::registry::Quota;

#[test]
fn a_repository_needs_a_namespace_of_its_owner() {
    let mut cloud = Cloud::furnished();
    let nowhere = cloud.code("CreateRepositoryPersonal", json!({"RepoName": "nowhere/app"}));
    assert_eq!(nowhere, "InvalidParameter.ErrNSMisMatch");
    let foreign = cloud.foreign_code("CreateRepositoryPersonal", json!({"RepoName": "team/other"}));
    assert_eq!(foreign, "InvalidParameter.ErrNSMisMatch");
}

#[test]
fn a_repository_is_created_once() {
    let mut cloud = Cloud::furnished();
    let code = cloud.code("CreateRepositoryPersonal", json!({"RepoName": "team/app"}));
    assert_eq!(code, "InvalidParameter.ErrRepoExist");
}

#[test]
fn a_repository_name_is_a_namespace_and_a_name() {
    let mut cloud = Cloud::furnished();
    for name in ["app", "team/a/b", "team/", "team/App", "team/a..b", &format!("team/{}", "a".repeat(251))] {
        let code = cloud.code("CreateRepositoryPersonal", json!({"RepoName": name}));
        assert_eq!(code, "InvalidParameterValue", "{name}");
    }
    assert_eq!(cloud.code("CreateRepositoryPersonal", json!({"RepoName": ""})), "MissingParameter");
    cloud.ok("CreateRepositoryPersonal", json!({"RepoName": format!("team/{}", "a".repeat(250))}));
}

#[test]
fn the_number_of_repositories_is_limited() {
    let mut cloud = Cloud::furnished();
    for number in 1..100 {
        cloud.ok("CreateRepositoryPersonal", json!({"RepoName": format!("team/r{number}")}));
    }
    let refusal = cloud.refused("CreateRepositoryPersonal", json!({"RepoName": "team/r100"}));
    assert_eq!(refusal.code, "LimitExceeded");
    assert!(refusal.message.contains("100 repositories"), "{}", refusal.message);
    cloud.world.registry.set_quota("100001", Quota::Repositories, 101);
    cloud.ok("CreateRepositoryPersonal", json!({"RepoName": "team/r100"}));
}

#[test]
fn access_is_private_unless_asked_for_and_can_change() {
    let mut cloud = Cloud::furnished();
    let app = json!({"RepoName": "team/app"});
    assert_eq!(cloud.ok("DescribeRepositoryPersonal", app.clone())["Data"]["Public"], 0);
    assert_eq!(cloud.foreign_code("DescribeRepositoryPersonal", app.clone()), "ResourceNotFound.ErrNoRepo");
    assert_eq!(cloud.foreign_code("DescribeImagePersonal", app.clone()), "InternalError.ErrUnauthorized");
    cloud.ok("ModifyRepositoryAccessPersonal", json!({"RepoName": "team/app", "Public": 1}));
    assert_eq!(cloud.ok("DescribeRepositoryPersonal", app.clone())["Data"]["Public"], 1);
    cloud.account = "100002";
    cloud.ok("DescribeRepositoryPersonal", app.clone());
    cloud.ok("DescribeImagePersonal", app);
    cloud.account = "100001";
    cloud.ok("CreateRepositoryPersonal", json!({"RepoName": "team/open", "Public": 1}));
    assert_eq!(cloud.ok("DescribeRepositoryPersonal", json!({"RepoName": "team/open"}))["Data"]["Public"], 1);
}

#[test]
fn access_takes_one_or_zero() {
    let mut cloud = Cloud::furnished();
    let created = cloud.code("CreateRepositoryPersonal", json!({"RepoName": "team/x", "Public": 2}));
    assert_eq!(created, "InvalidParameterValue");
    let changed = cloud.code("ModifyRepositoryAccessPersonal", json!({"RepoName": "team/app", "Public": 2}));
    assert_eq!(changed, "InvalidParameterValue");
    assert_eq!(cloud.code("DescribeRepositoryFilterPersonal", json!({"Public": -1})), "InvalidParameterValue");
}

#[test]
fn a_description_is_replaced() {
    let mut cloud = Cloud::furnished();
    cloud.wait(HOUR);
    cloud.ok("ModifyRepositoryInfoPersonal", json!({"RepoName": "team/app", "Description": "Our app."}));
    let answer = cloud.ok("DescribeRepositoryOwnerPersonal", json!({}));
    assert_eq!(answer["Data"]["RepoInfo"][0]["Description"], "Our app.");
    assert_eq!(answer["Data"]["RepoInfo"][0]["CreationTime"], "2024-06-01 08:00:00");
    assert_eq!(answer["Data"]["RepoInfo"][0]["UpdateTime"], "2024-06-01 09:00:00");
}

#[test]
fn only_the_owner_changes_a_repository() {
    let mut cloud = Cloud::furnished();
    let inputs = |name: &str| {
        [
            ("ModifyRepositoryAccessPersonal", json!({"RepoName": name, "Public": 1})),
            ("ModifyRepositoryInfoPersonal", json!({"RepoName": name, "Description": "x"})),
        ]
    };
    for (operation, input) in inputs("team/app") {
        assert_eq!(cloud.foreign_code(operation, input), "InvalidParameter.ErrNSMisMatch", "{operation}");
    }
    for (operation, input) in inputs("team/missing") {
        assert_eq!(cloud.code(operation, input), "ResourceNotFound.ErrNoRepo", "{operation}");
    }
}

#[test]
fn a_repository_exists_for_its_owner() {
    let mut cloud = Cloud::furnished();
    let mut exists =
        |name: &str| cloud.ok("ValidateRepositoryExistPersonal", json!({"RepoName": name}))["Data"].clone();
    assert_eq!(exists("team/app"), json!({"IsExist": true}));
    assert_eq!(exists("team/other"), json!({"IsExist": false}));
    assert_eq!(exists("nowhere/app"), json!({"IsExist": false}));
    let code = cloud.foreign_code("ValidateRepositoryExistPersonal", json!({"RepoName": "team/app"}));
    assert_eq!(code, "InvalidParameter.ErrNSMisMatch");
}

#[test]
fn repositories_are_searched_by_name_access_and_namespace() {
    let mut cloud = Cloud::furnished();
    cloud.ok("CreateNamespacePersonal", json!({"Namespace": "lab"}));
    cloud.ok("CreateRepositoryPersonal", json!({"RepoName": "lab/app", "Public": 1}));
    cloud.ok("CreateRepositoryPersonal", json!({"RepoName": "lab/application"}));
    let mut search = |input: Value| {
        let answer = cloud.ok("DescribeRepositoryFilterPersonal", input);
        assert_eq!(answer["Data"]["TotalCount"], answer["Data"]["RepoInfo"].as_array().unwrap().len());
        names(&answer["Data"]["RepoInfo"], "RepoName")
    };
    assert_eq!(search(json!({})), ["team/app", "lab/app", "lab/application"]);
    assert_eq!(search(json!({"RepoName": "appl"})), ["lab/application"]);
    assert_eq!(search(json!({"Public": 1})), ["lab/app"]);
    assert_eq!(search(json!({"Public": 0, "Namespace": "lab"})), ["lab/application"]);
    assert_eq!(search(json!({"Namespace": "la"})), [""; 0]);
    let answer = cloud.ok("DescribeRepositoryOwnerPersonal", json!({"RepoName": "app"}));
    assert_eq!(names(&answer["Data"]["RepoInfo"], "RepoName"), ["team/app", "lab/app"]);
    let answer = cloud.ok("DescribeRepositoryOwnerPersonal", json!({"RepoName": "lab/app"}));
    assert_eq!(names(&answer["Data"]["RepoInfo"], "RepoName"), ["lab/app"]);
}

#[test]
fn a_deleted_repository_takes_its_tags_and_triggers_along() {
    let mut cloud = Cloud::furnished();
    cloud.ok("CreateApplicationTriggerPersonal", super::triggers::trigger("t", "all", ""));
    cloud.push("v1", "one");
    let app = json!({"RepoName": "team/app"});
    cloud.ok("DeleteRepositoryPersonal", app.clone());
    assert_eq!(cloud.code("DeleteRepositoryPersonal", app.clone()), "ResourceNotFound.ErrNoRepo");
    assert_eq!(cloud.ok("DescribeApplicationTriggerPersonal", json!({}))["Data"]["TotalCount"], 0);
    cloud.ok("CreateRepositoryPersonal", app);
    assert_eq!(cloud.tags(), [""; 0]);
}

#[test]
fn only_the_owner_deletes_a_repository() {
    let mut cloud = Cloud::furnished();
    cloud.ok("ModifyRepositoryAccessPersonal", json!({"RepoName": "team/app", "Public": 1}));
    let code = cloud.foreign_code("DeleteRepositoryPersonal", json!({"RepoName": "team/app"}));
    assert_eq!(code, "InternalError.ErrUnauthorized");
    let code = cloud.foreign_code("BatchDeleteRepositoryPersonal", json!({"RepoNames": ["team/app"]}));
    assert_eq!(code, "InternalError.ErrUnauthorized");
}

#[test]
fn several_repositories_are_deleted_together_or_not_at_all() {
    let mut cloud = Cloud::furnished();
    cloud.ok("CreateRepositoryPersonal", json!({"RepoName": "team/b"}));
    let code = cloud.code("BatchDeleteRepositoryPersonal", json!({"RepoNames": ["team/app", "team/c"]}));
    assert_eq!(code, "ResourceNotFound");
    assert_eq!(cloud.ok("DescribeRepositoryOwnerPersonal", json!({}))["Data"]["TotalCount"], 2);
    cloud.ok("BatchDeleteRepositoryPersonal", json!({"RepoNames": ["team/app", "team/b", "team/app"]}));
    assert_eq!(cloud.ok("DescribeRepositoryOwnerPersonal", json!({}))["Data"]["TotalCount"], 0);
    assert_eq!(cloud.code("BatchDeleteRepositoryPersonal", json!({"RepoNames": []})), "MissingParameter");
}

#[test]
fn favorites_are_those_the_account_marked_and_can_see() {
    let mut cloud = Cloud::furnished();
    cloud.ok("ModifyRepositoryAccessPersonal", json!({"RepoName": "team/app", "Public": 1}));
    cloud.world.registry.add_favorite("100001", "team/app").unwrap();
    cloud.world.registry.add_favorite("100002", "team/app").unwrap();
    let ask = |text: &str| json!({"RepoName": text, "Limit": 10, "Offset": 0});
    let answer = cloud.ok("DescribeFavorRepositoryPersonal", ask("ap"));
    assert_eq!(names(&answer["Data"]["RepoInfo"], "RepoName"), ["team/app"]);
    assert_eq!(answer["Data"]["RepoInfo"][0]["FavorCount"], 2);
    assert_eq!(cloud.ok("DescribeFavorRepositoryPersonal", ask("zzz"))["Data"]["TotalCount"], 0);
    let repository = cloud.ok("DescribeRepositoryPersonal", json!({"RepoName": "team/app"}));
    assert_eq!(repository["Data"]["IsUserFavor"], true);
    cloud.ok("ModifyRepositoryAccessPersonal", json!({"RepoName": "team/app", "Public": 0}));
    cloud.account = "100002";
    assert_eq!(cloud.ok("DescribeFavorRepositoryPersonal", ask(""))["Data"]["TotalCount"], 0);
    cloud.world.registry.remove_favorite("100001", "team/app").unwrap();
    cloud.account = "100001";
    assert_eq!(cloud.ok("DescribeFavorRepositoryPersonal", ask(""))["Data"]["TotalCount"], 0);
}
