use super::*;
use wharf_world::registry::{Image, Quota};

const ACCOUNT: &str = "100000000001";

fn trigger(cluster: &str) -> Value {
    json!({
        "triggerName": "t", "reponame": "test/app", "invokeMethod": "taglist", "invokeExpr": "v1;v2",
        "serviceName": "web", "clusterId": cluster, "namespace": "default", "containerName": "main",
        "clusterRegion": 1,
    })
}

fn ready() -> (Cloud, String) {
    let mut cloud = Cloud::new();
    let id = cloud.serving(2);
    cloud.ok("CreateRepository", json!({"reponame": "test/app", "public": 0}));
    (cloud, id)
}

fn push(cloud: &mut Cloud, tag: &str, content: &str) {
    cloud.world.push_image(ACCOUNT, "test/app", tag, Image::new(content, 1)).unwrap();
}

#[test]
fn a_push_updates_the_service() {
    let (mut cloud, id) = ready();
    cloud.ok("AddUpdateServiceTrigger", trigger(&id));
    push(&mut cloud, "v3", "a");
    cloud.pass(60);
    assert_eq!(cloud.images(&id, "web"), vec!["nginx:1.0".to_owned(); 2], "not a tag of the list");
    push(&mut cloud, "v2", "b");
    assert_eq!(cloud.status(&id, "web"), "Updating");
    cloud.pass(60);
    assert_eq!(cloud.images(&id, "web"), vec!["ccr.ccs.tencentyun.com/test/app:v2".to_owned(); 2]);
    let names: Vec<Value> = cloud.pods(&id, "web").iter().map(|pod| pod["name"].clone()).collect();
    push(&mut cloud, "v2", "c");
    cloud.pass(60);
    assert!(cloud.pods(&id, "web").iter().all(|pod| !names.contains(&pod["name"])), "the same tag is an update, too");
    cloud.ok("RollBackClusterService", named(&id, "web"));
    cloud.pass(60);
    assert_eq!(cloud.images(&id, "web"), vec!["nginx:1.0".to_owned(); 2]);
}

#[test]
fn a_trigger_that_cannot_work_fails_and_changes_nothing() {
    let (mut cloud, id) = ready();
    for (name, wrong) in [("a", json!({"clusterId": "cls-none"})), ("b", json!({"containerName": "none"}))] {
        cloud.ok("AddUpdateServiceTrigger", with(with(trigger(&id), wrong), json!({"triggerName": name})));
    }
    push(&mut cloud, "v1", "a");
    let runs = cloud.world.registry.trigger_runs(ACCOUNT);
    assert_eq!(runs.len(), 2);
    assert!(runs.iter().all(|run| run.result.code != 0), "{runs:?}");
    assert_eq!(cloud.status(&id, "web"), "Normal");
}

#[test]
fn triggers_are_listed_changed_and_deleted() {
    let (mut cloud, id) = ready();
    cloud.ok("AddUpdateServiceTrigger", trigger(&id));
    cloud.ok(
        "AddUpdateServiceTrigger",
        with(trigger(&id), json!({"triggerName": "other", "invokeMethod": "all", "invokeExpr": null})),
    );
    cloud.pass(60);
    let change = json!({"triggerName": "t", "newTriggerName": "new", "invokeMethod": "regex", "invokeExpr": "^v", "clusterRegion": 8});
    cloud.ok("ModifyUpdateServiceTrigger", change);
    let all = cloud.ok("ListTrigger", json!({}));
    assert_eq!(all["totalCount"], 2);
    let expected = json!({
        "triggerName": "new", "repoName": "test/app", "invokeSource": "IMAGE_PUSH", "invokeAction": "SERVICE_UPDATE",
        "createTime": "2024-06-01 08:01:10", "updateTime": "2024-06-01 08:02:10",
        "invokeCondition": {"invokeMethod": "regex", "invokeExpr": "^v"},
        "invokePara": {
            "appId": ACCOUNT, "clusterId": id, "namespace": "default", "serviceName": "web", "containerName": "main",
            "clusterRegion": 8,
        },
    });
    assert_eq!(all["triggerInfo"][0], expected);
    assert_eq!(cloud.ok("ListTrigger", json!({"triggerName": "other"}))["totalCount"], 1);
    assert_eq!(cloud.ok("ListTrigger", json!({"reponame": "test/none"}))["totalCount"], 0);
    assert_eq!(
        list(&cloud.ok("ListTrigger", json!({"offset": 1, "limit": 1}))["triggerInfo"])[0]["triggerName"],
        "other"
    );
    cloud.ok("DeleteUpdateServiceTrigger", json!({"triggerName": "new"}));
    assert_eq!(cloud.code("DeleteUpdateServiceTrigger", json!({"triggerName": "new"})), "5000");
    assert_eq!(cloud.code("ModifyUpdateServiceTrigger", json!({"triggerName": "new"})), "5000");
}

#[test]
fn triggers_keep_the_rules() {
    let (mut cloud, id) = ready();
    cloud.ok("AddUpdateServiceTrigger", trigger(&id));
    assert_eq!(cloud.code("AddUpdateServiceTrigger", trigger(&id)), "5100");
    for (code, wrong) in [
        ("InvalidParameter", json!({"invokeMethod": "some"})),
        ("InvalidParameter", json!({"invokeExpr": null})),
        ("InvalidParameter", json!({"invokeMethod": "regex", "invokeExpr": "("})),
        ("InvalidParameter", json!({"clusterRegion": 2})),
        ("5000", json!({"reponame": "test/none"})),
    ] {
        let call = with(with(trigger(&id), json!({"triggerName": "x"})), wrong);
        assert_eq!(cloud.code("AddUpdateServiceTrigger", call.clone()), code, "{call}");
    }
    assert_eq!(
        cloud.code("ModifyUpdateServiceTrigger", json!({"triggerName": "t", "clusterRegion": 2})),
        "InvalidParameter"
    );
    cloud.world.registry.set_quota(ACCOUNT, Quota::Triggers, 1);
    assert_eq!(cloud.code("AddUpdateServiceTrigger", with(trigger(&id), json!({"triggerName": "x"}))), "5100");
}
