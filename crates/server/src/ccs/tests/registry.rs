use super::*;
use wharf_world::registry::{Image, Quota};

const ACCOUNT: &str = "100000000001";

fn create(cloud: &mut Cloud, name: &str) {
    cloud.ok("CreateRepository", json!({"reponame": name, "public": 0, "description": "d"}));
}

fn push(cloud: &mut Cloud, name: &str, tag: &str) {
    cloud.world.push_image(ACCOUNT, name, tag, Image::new(format!("{name}:{tag}"), 59_229_024)).unwrap();
}

fn tags(cloud: &mut Cloud, name: &str) -> Vec<String> {
    let answer = cloud.ok("GetTagList", json!({"reponame": name}));
    assert_eq!(answer["tagCount"], list(&answer["tagInfo"]).len());
    list(&answer["tagInfo"]).iter().map(|tag| text(&tag["tagName"])).collect()
}

#[test]
fn repositories_are_made_changed_and_deleted() {
    let mut cloud = Cloud::new();
    create(&mut cloud, "test/kube_test");
    let info = cloud.ok("GetRepositoryInfo", json!({"reponame": "test/kube_test"}));
    let expected = json!({
        "reponame": "test/kube_test", "repotype": "QCLOUD HUB", "public": 0, "description": "d", "favorCount": 0,
        "isUserFavor": false, "isQcloudOfficial": false, "pullCount": 0, "creationTime": "2024-06-01 08:00:00",
    });
    assert_eq!(info, expected);
    cloud.ok("UpdateRepositoryDesc", json!({"reponame": "test/kube_test", "description": "new"}));
    cloud.ok("UpdateRepositoryPublic", json!({"reponame": "test/kube_test", "public": 1}));
    cloud.world.registry.add_favorite(ACCOUNT, "test/kube_test").unwrap();
    push(&mut cloud, "test/kube_test", "v1");
    cloud.world.registry.pull_image(ACCOUNT, "test/kube_test", "v1").unwrap();
    let info = cloud.ok("GetRepositoryInfo", json!({"reponame": "test/kube_test"}));
    assert_eq!((&info["description"], &info["public"], &info["pullCount"]), (&json!("new"), &json!(1), &json!(1)));
    assert_eq!((&info["favorCount"], &info["isUserFavor"]), (&json!(1), &json!(true)));
    cloud.ok("BatchDeleteRepository", json!({"reponames": ["test/kube_test"]}));
    assert_eq!(cloud.code("GetRepositoryInfo", json!({"reponame": "test/kube_test"})), "5000");
}

#[test]
fn a_namespace_is_made_with_its_first_repository() {
    let mut cloud = Cloud::new();
    create(&mut cloud, "one/a");
    create(&mut cloud, "one/b");
    assert!(cloud.world.registry.namespace_exists("one"));
    let mut refused = |name: &str| cloud.code("CreateRepository", json!({"reponame": name, "public": 0}));
    assert_eq!(refused("one/a"), "5100");
    for wrong in ["a", "one/A", "two/B", "one/a/b"] {
        assert_eq!(refused(wrong), "InvalidParameter", "{wrong}");
    }
    assert_eq!(refused("library/a"), "5100", "reserved");
    assert!(!cloud.world.registry.namespace_exists("two"), "nothing is left behind");
    cloud.account = "100000000002";
    assert_eq!(cloud.code("CreateRepository", json!({"reponame": "one/c", "public": 0})), "5000");
}

#[test]
fn what_others_have_is_not_there() {
    let mut cloud = Cloud::new();
    create(&mut cloud, "mine/a");
    push(&mut cloud, "mine/a", "v1");
    cloud.account = "100000000002";
    let of = json!({"reponame": "mine/a"});
    for operation in ["GetRepositoryInfo", "GetTagList", "GetAutoDelStrategy", "CloseAutoDelStrategy"] {
        assert_eq!(cloud.code(operation, of.clone()), "5000", "{operation}");
    }
    assert_eq!(cloud.code("UpdateRepositoryPublic", with(of.clone(), json!({"public": 1}))), "5000");
    assert_eq!(cloud.code("UpdateRepositoryDesc", with(of.clone(), json!({"description": ""}))), "5000");
    assert_eq!(cloud.code("BatchDeleteRepository", json!({"reponames": ["mine/a"]})), "5000");
    assert_eq!(cloud.code("BatchDeleteTag", with(of.clone(), json!({"tags": ["v1"]}))), "5000");
    assert_eq!(cloud.ok("RepositoryisExists", of)["isExist"], false);
}

#[test]
fn repositories_are_searched() {
    let mut cloud = Cloud::new();
    for name in ["one/a", "one/b", "two/a"] {
        create(&mut cloud, name);
    }
    cloud.ok("UpdateRepositoryPublic", json!({"reponame": "two/a", "public": 1}));
    push(&mut cloud, "one/a", "v1");
    let mut names = |parameters: Value| {
        let answer = cloud.ok("SearchUserRepository", parameters);
        assert_eq!(answer["privilegeFiltered"], false);
        let names: Vec<String> = list(&answer["repoInfo"]).iter().map(|one| text(&one["reponame"])).collect();
        (names.join(" "), answer["totalCount"].as_u64().unwrap())
    };
    assert_eq!(names(json!({})), ("one/a one/b two/a".into(), 3));
    assert_eq!(names(json!({"offset": 1, "limit": 1})), ("one/b".into(), 3));
    assert_eq!(names(json!({"reponame": "one/a"})), ("one/a".into(), 1));
    assert_eq!(names(json!({"reponame": "a"})), (String::new(), 0), "the whole name");
    assert_eq!(names(json!({"namespace": "one"})).1, 2);
    assert_eq!(names(json!({"public": 1})), ("two/a".into(), 1));
    let first = cloud.ok("SearchUserRepository", json!({"limit": 1}))["repoInfo"][0].clone();
    assert_eq!((&first["tagCount"], &first["updateTime"]), (&json!(1), &json!("2024-06-01 08:00:00")));
    for (name, there) in [("one/a", true), ("a", true), ("b", true), ("c", false), ("two/b", false)] {
        assert_eq!(cloud.ok("RepositoryisExists", json!({"reponame": name}))["isExist"], there, "{name}");
    }
}

#[test]
fn tags_are_listed_by_their_push_copied_and_deleted() {
    let mut cloud = Cloud::new();
    create(&mut cloud, "test/app");
    for tag in ["v1", "v2", "x1"] {
        push(&mut cloud, "test/app", tag);
        cloud.pass(60);
    }
    assert_eq!(tags(&mut cloud, "test/app"), ["x1", "v2", "v1"]);
    let found = cloud.ok("GetTagList", json!({"reponame": "test/app", "tag": "v", "offset": 1}));
    assert_eq!((&found["tagCount"], &found["server"]), (&json!(2), &json!("ccr.ccs.tencentyun.com")));
    let tag = &found["tagInfo"][0];
    let expected = json!({
        "repo_name": "app", "tagName": "v1", "size": "56.48 MB", "sizeByte": 59_229_024, "architecture": "amd64",
        "os": "linux", "pushTime": "2024-06-01 08:00:00 +0800 CST",
    });
    for (name, value) in object(&expected) {
        assert_eq!(tag[name], *value, "{name}");
    }
    assert!(text(&tag["tagId"]).starts_with("sha256:") && tag["tagId"] != tag["imageId"]);
    let copy = |from: &str, to: &str| json!({"src_image": from, "dest_image": to});
    cloud.ok("DuplicateImage", copy("test/app:v1", "test/app:latest"));
    assert_eq!(tags(&mut cloud, "test/app")[0], "latest");
    for (code, from, to) in [
        ("5000", "test/app:none", "test/app:y"),
        ("5000", "test/none:v1", "test/app:y"),
        ("5000", "test/app:v1", "other/app:y"),
        ("InvalidParameter", "test/app", "test/app:y"),
        ("InvalidParameter", "test/app:v1", "test/app:-y"),
    ] {
        assert_eq!(cloud.code("DuplicateImage", copy(from, to)), code, "{from} {to}");
    }
    let delete = |tags: Value| json!({"reponame": "test/app", "tags": tags});
    assert_eq!(cloud.code("BatchDeleteTag", delete(json!(["v1", "none"]))), "5000");
    assert_eq!(cloud.code("BatchDeleteTag", delete(json!([]))), "InvalidParameter");
    cloud.ok("BatchDeleteTag", delete(json!(["v1", "v2"])));
    assert_eq!(tags(&mut cloud, "test/app"), ["latest", "x1"]);
    assert_eq!(cloud.code("BatchDeleteRepository", json!({"reponames": ["test/app", "test/none"]})), "5000");
    assert_eq!(tags(&mut cloud, "test/app").len(), 2);
}

#[test]
fn a_strategy_cleans_up_when_the_quota_is_reached() {
    let mut cloud = Cloud::new();
    create(&mut cloud, "test/app");
    cloud.world.registry.set_quota(ACCOUNT, Quota::Tags, 4);
    for tag in ["v1", "v2", "v3", "v4"] {
        push(&mut cloud, "test/app", tag);
    }
    let full =
        |cloud: &mut Cloud, tag: &str| cloud.world.push_image(ACCOUNT, "test/app", tag, Image::new("x", 1)).is_err();
    assert!(full(&mut cloud, "v5"));
    assert_eq!(cloud.code("DuplicateImage", json!({"src_image": "test/app:v1", "dest_image": "test/app:v5"})), "5100");
    let none = cloud.ok("GetAutoDelStrategy", json!({"reponame": "test/app"}));
    assert_eq!((&none["totalCount"], &none["strategyInfo"]), (&json!(0), &json!([])));
    cloud.ok("SetAutoDelStrategy", json!({"reponame": "test/app", "type": "keep_last_nums", "val": 2}));
    let info = cloud.ok("GetAutoDelStrategy", json!({"reponame": "test/app"}));
    let expected = json!({
        "username": ACCOUNT, "reponame": "test/app", "type": "keep_last_nums", "value": 2, "valid": 1,
        "creation_time": "2024-06-01T08:00:00+08:00",
    });
    assert_eq!((&info["strategyInfo"][0], &info["totalCount"]), (&expected, &json!(1)));
    assert_eq!(tags(&mut cloud, "test/app").len(), 4, "not before there is need");
    push(&mut cloud, "test/app", "v5");
    assert_eq!(tags(&mut cloud, "test/app"), ["v5", "v4", "v3"]);
    cloud.ok("SetAutoDelStrategy", json!({"reponame": "test/app", "type": "keep_last_days", "val": 3}));
    assert_eq!(
        cloud.ok("GetAutoDelStrategy", json!({"reponame": "test/app"}))["strategyInfo"][0]["type"],
        "keep_last_days"
    );
    cloud.pass(3 * 24 * 3_600 + 3_600);
    assert!(tags(&mut cloud, "test/app").is_empty());
    cloud.ok("CloseAutoDelStrategy", json!({"reponame": "test/app"}));
    assert_eq!(cloud.ok("GetAutoDelStrategy", json!({"reponame": "test/app"}))["totalCount"], 0);
    for wrong in [json!({"type": "keep_all", "val": 1}), json!({"type": "keep_last_nums", "val": 0})] {
        let call = with(json!({"reponame": "test/app"}), wrong);
        assert_eq!(cloud.code("SetAutoDelStrategy", call), "InvalidParameter");
    }
}

#[test]
fn limits_are_told_and_hold() {
    let mut cloud = Cloud::new();
    let limits = |cloud: &mut Cloud| {
        let info = list(&cloud.ok("GetLimit", json!({}))["limitInfo"]);
        assert!(info.iter().all(|one| one["username"] == ACCOUNT));
        info.iter().map(|one| (text(&one["type"]), one["value"].as_u64().unwrap())).collect::<Vec<_>>()
    };
    let named: Vec<String> = limits(&mut cloud).into_iter().map(|(name, _)| name).collect();
    assert_eq!(named, ["namespace", "repo", "tag", "triggers"]);
    cloud.world.registry.set_quota(ACCOUNT, Quota::Namespaces, 1);
    cloud.world.registry.set_quota(ACCOUNT, Quota::Repositories, 2);
    assert_eq!(limits(&mut cloud)[..2], [("namespace".into(), 1), ("repo".into(), 2)]);
    create(&mut cloud, "one/a");
    assert_eq!(cloud.code("CreateRepository", json!({"reponame": "two/a", "public": 0})), "5100");
    create(&mut cloud, "one/b");
    assert_eq!(cloud.code("CreateRepository", json!({"reponame": "one/c", "public": 0})), "5100");
}

#[test]
fn a_password_has_eight_to_sixteen_characters() {
    let mut cloud = Cloud::new();
    for wrong in ["", "short", "longer-than-16-chars"] {
        let refusal = cloud.refusal("ChangePassword", json!({"password": wrong}));
        assert_eq!(refusal.code, "InvalidParameter");
        assert!(wrong.is_empty() || !refusal.message.contains(wrong));
    }
    cloud.ok("ChangePassword", json!({"password": "xxxyyyzzz"}));
    assert!(cloud.world.registry.login(ACCOUNT, "xxxyyyzzz"));
}
