//! Application triggers and their log.

use super::*;
use wharf_world::cluster::NewCluster;
use wharf_world::registry::Quota;

pub(super) fn trigger(name: &str, method: &str, expression: &str) -> Value {
    json!({
        "RepoName": "team/app", "TriggerName": name, "InvokeMethod": method, "InvokeExpr": expression,
        "ClusterId": "cls-12345678", "Namespace": "default", "WorkloadType": "Deployment", "WorkloadName": "web",
        "ContainerName": "main", "ClusterRegion": 1,
    })
}

fn with(mut input: Value, field: &str, value: Value) -> Value {
    input[field] = value;
    input
}

fn log(cloud: &mut Cloud, input: Value) -> Vec<String> {
    let answer = cloud.ok("DescribeApplicationTriggerLogPersonal", input);
    let runs = answer["Data"]["LogInfo"].as_array().unwrap();
    let text = |run: &Value, field: &str| run[field].as_str().unwrap().to_owned();
    runs.iter().map(|run| format!("{} {}", text(run, "TriggerName"), text(run, "TagName"))).collect()
}

#[test]
fn a_trigger_is_listed_as_it_was_made() {
    let mut cloud = Cloud::furnished();
    cloud.ok("CreateApplicationTriggerPersonal", trigger("t", "regex", "^v"));
    let answer = cloud.ok("DescribeApplicationTriggerPersonal", json!({}));
    let listed = &answer["Data"]["TriggerInfo"][0];
    assert_eq!(listed["InvokeCondition"], json!({"InvokeMethod": "regex", "InvokeExpr": "^v"}));
    // As in the example of DescribeApplicationTriggerPersonal in tccli 3.1.189.
    assert_eq!(listed["InvokePara"]["ServiceName"], "Deployment:web");
    let app = listed["InvokePara"]["AppId"].as_str().unwrap();
    assert!(app.starts_with("125") && app.len() == 10 && app != cloud.account, "{app}");
    assert_eq!(listed["CreateTime"], "2024-06-01 08:00:00");
}

#[test]
fn triggers_are_found_by_repository_and_name() {
    let mut cloud = Cloud::furnished();
    cloud.ok("CreateRepositoryPersonal", json!({"RepoName": "team/b"}));
    cloud.ok("CreateApplicationTriggerPersonal", trigger("t1", "all", ""));
    cloud.ok("CreateApplicationTriggerPersonal", with(trigger("t2", "all", ""), "RepoName", json!("team/b")));
    let mut found = |input: Value| {
        names(&cloud.ok("DescribeApplicationTriggerPersonal", input)["Data"]["TriggerInfo"], "TriggerName")
    };
    assert_eq!(found(json!({})), ["t1", "t2"]);
    assert_eq!(found(json!({"RepoName": "team/b"})), ["t2"]);
    assert_eq!(found(json!({"TriggerName": "t1"})), ["t1"]);
    assert_eq!(found(json!({"TriggerName": "t1", "RepoName": "team/b"})), [""; 0]);
}

#[test]
fn a_trigger_name_is_taken_once_in_an_account() {
    let mut cloud = Cloud::furnished();
    cloud.ok("CreateApplicationTriggerPersonal", trigger("t", "all", ""));
    let code = cloud.code("CreateApplicationTriggerPersonal", trigger("t", "all", ""));
    assert_eq!(code, "InvalidParameter.ErrTriggerExist");
    cloud.ok("CreateApplicationTriggerPersonal", trigger("u", "all", ""));
    let rename = json!({"TriggerName": "u", "NewTriggerName": "t"});
    assert_eq!(cloud.code("ModifyApplicationTriggerPersonal", rename), "ResourceInUse");
    cloud.ok("ModifyApplicationTriggerPersonal", json!({"TriggerName": "t", "NewTriggerName": "t"}));
}

#[test]
fn triggers_belong_to_their_account() {
    let mut cloud = Cloud::furnished();
    cloud.ok("CreateApplicationTriggerPersonal", trigger("t", "all", ""));
    let before = cloud.ok("DescribeApplicationTriggerPersonal", json!({}));
    let delete = json!({"TriggerName": "t"});
    let code = cloud.foreign_code("DeleteApplicationTriggerPersonal", delete.clone());
    assert_eq!(code, "ResourceNotFound.ErrNoTrigger");
    assert_eq!(cloud.foreign_code("ModifyApplicationTriggerPersonal", delete.clone()), "ResourceNotFound");
    cloud.account = "100002";
    cloud.ok("CreateNamespacePersonal", json!({"Namespace": "others"}));
    cloud.ok("CreateRepositoryPersonal", json!({"RepoName": "others/app"}));
    cloud.ok("CreateApplicationTriggerPersonal", with(trigger("t", "all", ""), "RepoName", json!("others/app")));
    cloud.ok("ModifyApplicationTriggerPersonal", json!({"TriggerName": "t", "ClusterId": "cls-87654321"}));
    cloud.ok("DeleteApplicationTriggerPersonal", delete);
    cloud.account = "100001";
    assert_eq!(cloud.ok("DescribeApplicationTriggerPersonal", json!({})), before);
}

#[test]
fn the_number_of_triggers_is_limited() {
    let mut cloud = Cloud::furnished();
    cloud.world.registry.set_quota("100001", Quota::Triggers, 1);
    cloud.ok("CreateApplicationTriggerPersonal", trigger("t", "all", ""));
    let refusal = cloud.refused("CreateApplicationTriggerPersonal", trigger("u", "all", ""));
    assert_eq!(refusal.code, "LimitExceeded.ErrTriggerMaxLimit");
    assert!(refusal.message.contains("1 triggers"), "{}", refusal.message);
}

#[test]
fn a_trigger_watches_an_own_repository() {
    let mut cloud = Cloud::furnished();
    let missing = with(trigger("t", "all", ""), "RepoName", json!("team/missing"));
    assert_eq!(cloud.code("CreateApplicationTriggerPersonal", missing), "ResourceNotFound.ErrNoRepo");
    let foreign = cloud.foreign_code("CreateApplicationTriggerPersonal", trigger("t", "all", ""));
    assert_eq!(foreign, "ResourceNotFound.ErrNoRepo");
    cloud.ok("CreateApplicationTriggerPersonal", trigger("t", "all", ""));
    let moved = json!({"TriggerName": "t", "RepoName": "team/missing"});
    assert_eq!(cloud.code("ModifyApplicationTriggerPersonal", moved), "ResourceNotFound.ErrNoRepo");
}

#[test]
fn a_condition_is_one_of_three_with_its_expression() {
    let mut cloud = Cloud::furnished();
    let mut code =
        |method, expression| cloud.code("CreateApplicationTriggerPersonal", trigger("t", method, expression));
    assert_eq!(code("sometimes", ""), "InvalidParameterValue");
    assert_eq!(code("regex", "("), "InvalidParameterValue");
    assert_eq!(code("regex", ""), "MissingParameter");
    assert_eq!(code("taglist", " "), "MissingParameter");
    let pod = with(trigger("t", "all", ""), "WorkloadType", json!("Pod"));
    assert_eq!(cloud.code("CreateApplicationTriggerPersonal", pod), "InvalidParameterValue");
    let nameless = with(trigger("t", "all", ""), "WorkloadName", json!(""));
    assert_eq!(cloud.code("CreateApplicationTriggerPersonal", nameless), "MissingParameter");
}

#[test]
fn a_push_fires_the_triggers_that_match_its_tag() {
    let mut cloud = Cloud::furnished();
    cloud.ok("CreateApplicationTriggerPersonal", trigger("every", "all", ""));
    cloud.ok("CreateApplicationTriggerPersonal", trigger("listed", "taglist", "v1,v3"));
    cloud.ok("CreateApplicationTriggerPersonal", trigger("shaped", "regex", r"^v[12]$"));
    for tag in ["v1", "v2", "v3"] {
        cloud.push(tag, tag);
    }
    let runs = log(&mut cloud, json!({"Order": "asc"}));
    assert_eq!(runs, ["every v1", "listed v1", "shaped v1", "every v2", "shaped v2", "every v3", "listed v3"]);
    cloud.ok("DuplicateImagePersonal", json!({"SrcImage": "team/app:v1", "DestImage": "team/app:v4"}));
    assert_eq!(log(&mut cloud, json!({})).len(), 7);
}

#[test]
fn a_run_tells_what_the_cluster_answered() {
    let mut cloud = Cloud::furnished();
    cloud.ok("CreateApplicationTriggerPersonal", trigger("t", "all", ""));
    cloud.push("v1", "one");
    let answer = cloud.ok("DescribeApplicationTriggerLogPersonal", json!({}));
    let run = &answer["Data"]["LogInfo"][0];
    assert_eq!(run["InvokeResult"]["ReturnCode"], 1);
    assert!(run["InvokeResult"]["ReturnMsg"].as_str().unwrap().contains("cls-12345678 does not exist"));
    assert_eq!(run["InvokeTime"], "2024-06-01 08:00:00");
}

#[test]
fn the_log_is_sorted_as_asked_and_newest_first_otherwise() {
    let mut cloud = Cloud::furnished();
    cloud.ok("CreateRepositoryPersonal", json!({"RepoName": "team/b"}));
    cloud.ok("CreateApplicationTriggerPersonal", trigger("z", "all", ""));
    cloud.ok("CreateApplicationTriggerPersonal", with(trigger("a", "all", ""), "RepoName", json!("team/b")));
    cloud.push("v2", "one");
    cloud.world.push_image("100001", "team/b", "v1", Image::new("two", 1)).unwrap();
    assert_eq!(log(&mut cloud, json!({})), ["a v1", "z v2"]);
    assert_eq!(log(&mut cloud, json!({"Order": "ASC", "OrderBy": "invoke_time"})), ["z v2", "a v1"]);
    assert_eq!(log(&mut cloud, json!({"Order": "asc", "OrderBy": "trigger_name"})), ["a v1", "z v2"]);
    assert_eq!(log(&mut cloud, json!({"Order": "desc", "OrderBy": "tag_name"})), ["z v2", "a v1"]);
    assert_eq!(log(&mut cloud, json!({"RepoName": "team/b"})), ["a v1"]);
    let mut code = |input| cloud.code("DescribeApplicationTriggerLogPersonal", input);
    assert_eq!(code(json!({"Order": "up"})), "InvalidParameterValue");
    assert_eq!(code(json!({"OrderBy": "colour"})), "InvalidParameterValue");
    assert_eq!(code(json!({"RepoName": "team/missing"})), "ResourceNotFound.ErrNoRepo");
    let foreign = cloud.foreign_code("DescribeApplicationTriggerLogPersonal", json!({"RepoName": "team/app"}));
    assert_eq!(foreign, "ResourceNotFound.ErrNoRepo");
}

#[test]
fn a_trigger_changes_in_what_is_given() {
    let mut cloud = Cloud::furnished();
    cloud.ok("CreateApplicationTriggerPersonal", trigger("t", "taglist", "v1"));
    cloud.wait(HOUR);
    let change = json!({"TriggerName": "t", "NewTriggerName": "u", "InvokeExpr": "v2", "WorkloadType": "DaemonSet"});
    cloud.ok("ModifyApplicationTriggerPersonal", change);
    let answer = cloud.ok("DescribeApplicationTriggerPersonal", json!({}));
    let listed = &answer["Data"]["TriggerInfo"][0];
    assert_eq!(listed["TriggerName"], "u");
    assert_eq!(listed["InvokeCondition"], json!({"InvokeMethod": "taglist", "InvokeExpr": "v2"}));
    assert_eq!(listed["InvokePara"]["ServiceName"], "DaemonSet:web");
    assert_eq!(listed["CreateTime"], "2024-06-01 08:00:00");
    assert_eq!(listed["UpdateTime"], "2024-06-01 09:00:00");
    let mut code = |input| cloud.code("ModifyApplicationTriggerPersonal", input);
    assert_eq!(code(json!({"TriggerName": "u", "InvokeMethod": "regex"})), "MissingParameter");
    assert_eq!(code(json!({"TriggerName": "u", "WorkloadType": "Pod"})), "InvalidParameterValue");
    cloud.ok("ModifyApplicationTriggerPersonal", json!({"TriggerName": "u", "InvokeMethod": "all"}));
    let answer = cloud.ok("DescribeApplicationTriggerPersonal", json!({}));
    let condition = &answer["Data"]["TriggerInfo"][0]["InvokeCondition"];
    assert_eq!(*condition, json!({"InvokeMethod": "all", "InvokeExpr": ""}));
}

#[test]
fn a_refused_change_changes_nothing() {
    let mut cloud = Cloud::furnished();
    cloud.ok("CreateApplicationTriggerPersonal", trigger("t", "all", ""));
    let before = cloud.ok("DescribeApplicationTriggerPersonal", json!({}));
    let change = json!({"TriggerName": "t", "NewTriggerName": "u", "ClusterId": "cls-2", "WorkloadType": "Pod"});
    cloud.code("ModifyApplicationTriggerPersonal", change);
    assert_eq!(cloud.ok("DescribeApplicationTriggerPersonal", json!({})), before);
}

#[test]
fn a_trigger_is_named_and_known() {
    let mut cloud = Cloud::furnished();
    assert_eq!(cloud.code("ModifyApplicationTriggerPersonal", json!({})), "MissingParameter");
    assert_eq!(cloud.code("ModifyApplicationTriggerPersonal", json!({"TriggerName": "t"})), "ResourceNotFound");
    let code = cloud.code("DeleteApplicationTriggerPersonal", json!({"TriggerName": "t"}));
    assert_eq!(code, "ResourceNotFound.ErrNoTrigger");
}

#[test]
fn a_deleted_trigger_fires_no_more_but_stays_in_the_log() {
    let mut cloud = Cloud::furnished();
    cloud.ok("CreateApplicationTriggerPersonal", trigger("t", "all", ""));
    cloud.push("v1", "one");
    cloud.ok("DeleteApplicationTriggerPersonal", json!({"TriggerName": "t"}));
    cloud.push("v2", "two");
    assert_eq!(log(&mut cloud, json!({})), ["t v1"]);
}

#[test]
fn a_run_on_a_running_cluster_succeeds() {
    let mut cloud = Cloud::furnished();
    let mut realm = cloud.world.tke("100001", "ap-guangzhou");
    let network = realm.realm.networks.iter().next().unwrap().id.clone();
    let range = Some("172.16.0.0/16".to_owned());
    let cluster = realm.create_cluster(NewCluster { network: Some(network), range, ..Default::default() }).unwrap();
    let input = with(trigger("t", "all", ""), "ClusterId", json!(cluster));
    cloud.ok("CreateApplicationTriggerPersonal", input);
    cloud.push("v1", "one");
    cloud.wait(HOUR);
    cloud.push("v2", "two");
    let answer = cloud.ok("DescribeApplicationTriggerLogPersonal", json!({"Order": "asc"}));
    let result = |run: usize| answer["Data"]["LogInfo"][run]["InvokeResult"].clone();
    assert_eq!(result(0), json!({"ReturnCode": 1, "ReturnMsg": format!("cluster {cluster} is not running")}));
    assert_eq!(result(1), json!({"ReturnCode": 0, "ReturnMsg": "success"}));
}
