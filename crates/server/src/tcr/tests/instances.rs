//! Enterprise instances.

use super::*;
use wharf_world::registry::Quota;

fn create(cloud: &mut Cloud, name: &str) -> String {
    let answer = cloud.ok("CreateInstance", json!({"RegistryName": name, "RegistryType": "basic"}));
    answer["RegistryId"].as_str().unwrap().to_owned()
}

fn status(cloud: &mut Cloud, id: &str) -> Value {
    cloud.ok("DescribeInstanceStatus", json!({"RegistryIds": [id]}))["RegistryStatusSet"][0].clone()
}

fn ids(cloud: &mut Cloud, input: Value) -> Vec<String> {
    names(&cloud.ok("DescribeInstances", input)["Registries"], "RegistryId")
}

#[test]
fn an_instance_is_pending_then_deploying_then_running() {
    let mut cloud = Cloud::new();
    let id = create(&mut cloud, "acme");
    let mut seen = vec![];
    for _ in 0..70 {
        seen.push(status(&mut cloud, &id)["Status"].as_str().unwrap().to_owned());
        cloud.wait(1_000);
    }
    seen.dedup();
    assert_eq!(seen, ["Pending", "Deploying", "Running"]);
}

#[test]
fn conditions_tell_the_step_that_is_under_way() {
    let mut cloud = Cloud::new();
    let id = create(&mut cloud, "acme");
    let mut steps = || {
        cloud.wait(20_000);
        names(&status(&mut cloud, &id)["Conditions"], "Status")
    };
    assert_eq!(steps(), ["Deploying", "Deploying", "Pending"]);
    assert_eq!(steps(), ["Running", "Running", "Deploying"]);
    assert_eq!(steps(), ["Running", "Running", "Running"]);
}

#[test]
fn a_creation_can_fail() {
    let mut cloud = Cloud::new();
    let id = create(&mut cloud, "acme");
    cloud.wait(30_000);
    cloud.world.registry.fail_instance(&id, "NoBucket").unwrap();
    cloud.wait(HOUR);
    let status = status(&mut cloud, &id);
    assert_eq!(status["Status"], "FailedCreated");
    let listed = cloud.ok("DescribeInstances", json!({}));
    assert_eq!(listed["Registries"][0]["Status"], "FailedCreated");
    let running = create(&mut cloud, "fine");
    cloud.wait(HOUR);
    assert!(cloud.world.registry.fail_instance(&running, "NoBucket").is_err());
}

#[test]
fn an_instance_is_listed_with_its_address() {
    let mut cloud = Cloud::new();
    let id = create(&mut cloud, "Acme");
    cloud.wait(60_000);
    let listed = cloud.ok("DescribeInstances", json!({"Registryids": [id]}));
    let expected = json!({
        "RegistryId": id, "RegistryName": "Acme", "RegistryType": "basic", "Status": "Running",
        "PublicDomain": "acme.tencentcloudcr.com", "CreatedAt": "2024-06-01T00:00:00Z",
        "RegionName": "ap-guangzhou", "RegionId": 1, "EnableAnonymous": false, "TokenValidTime": 1,
    });
    assert_eq!(listed, json!({"TotalCount": 1, "Registries": [expected]}));
}

#[test]
fn an_instance_name_is_taken_once_and_fits_a_domain() {
    let mut cloud = Cloud::new();
    create(&mut cloud, "acme");
    let mut code = |name: &str, edition: &str| {
        cloud.code("CreateInstance", json!({"RegistryName": name, "RegistryType": edition}))
    };
    assert_eq!(code("ACME", "basic"), "InternalError.ErrorConflict");
    assert_eq!(code("", "basic"), "MissingParameter");
    for name in ["a.b", "-a", "a-", "a b", &"a".repeat(64)] {
        assert_eq!(code(name, "basic"), "InvalidParameter", "{name}");
    }
    assert_eq!(code("other", "huge"), "InvalidParameter");
}

#[test]
fn the_number_of_instances_is_limited() {
    let mut cloud = Cloud::new();
    cloud.world.registry.set_quota("100001", Quota::Instances, 1);
    create(&mut cloud, "acme");
    let refusal = cloud.refused("CreateInstance", json!({"RegistryName": "more", "RegistryType": "basic"}));
    assert_eq!(refusal.code, "InternalError.ErrorOverLimit");
    assert!(refusal.message.contains("1 instances"), "{}", refusal.message);
}

#[test]
fn instances_are_filtered_by_every_filter_and_any_value() {
    let mut cloud = Cloud::new();
    create(&mut cloud, "one");
    cloud.wait(60_000);
    let second = create(&mut cloud, "two");
    let filter = |name: &str, values: &[&str]| json!({"Name": name, "Values": values});
    let mut found = |filters: Vec<Value>| {
        let answer = cloud.ok("DescribeInstances", json!({"Filters": filters}));
        names(&answer["Registries"], "RegistryName")
    };
    assert_eq!(found(vec![filter("RegistryName", &["one", "two"])]), ["one", "two"]);
    assert_eq!(found(vec![filter("Status", &["Running"])]), ["one"]);
    assert_eq!(found(vec![filter("RegistryId", &[&second])]), ["two"]);
    assert_eq!(found(vec![filter("RegistryName", &["two"]), filter("Status", &["Running"])]), [""; 0]);
    assert_eq!(found(vec![filter("RegistryType", &["basic"]), filter("RegionName", &["ap-guangzhou"])]).len(), 2);
    let unknown = json!({"Filters": [filter("Colour", &["red"])]});
    assert_eq!(cloud.code("DescribeInstances", unknown), "InvalidParameter");
    assert_eq!(ids(&mut cloud, json!({"Registryids": [second, "tcr-unknown"]})).len(), 1);
}

#[test]
fn instances_of_other_regions_are_listed_when_asked_for() {
    let mut cloud = Cloud::new();
    create(&mut cloud, "one");
    cloud.region = "ap-shanghai";
    let second = create(&mut cloud, "two");
    assert_eq!(ids(&mut cloud, json!({})), [second]);
    assert_eq!(ids(&mut cloud, json!({"AllRegion": true})).len(), 2);
    cloud.region = "";
    let answer = cloud.ok("DescribeInstances", json!({}));
    assert_eq!(names(&answer["Registries"], "RegionName"), ["ap-guangzhou"]);
}

#[test]
fn instances_belong_to_their_account() {
    let mut cloud = Cloud::new();
    let id = create(&mut cloud, "acme");
    cloud.wait(60_000);
    cloud.account = "100002";
    assert_eq!(ids(&mut cloud, json!({"AllRegion": true})), [""; 0]);
    assert_eq!(cloud.code("DescribeInstanceStatus", json!({"RegistryIds": [id]})), "ResourceNotFound");
    assert_eq!(cloud.code("CreateInstanceToken", json!({"RegistryId": id})), "ResourceNotFound");
    assert_eq!(cloud.code("DescribeInstanceStatus", json!({"RegistryIds": []})), "MissingParameter");
}

#[test]
fn a_token_works_for_an_hour() {
    let mut cloud = Cloud::new();
    let id = create(&mut cloud, "acme");
    assert_eq!(cloud.code("CreateInstanceToken", json!({"RegistryId": id})), "UnsupportedOperation");
    cloud.wait(60_000);
    let answer = cloud.ok("CreateInstanceToken", json!({"RegistryId": id}));
    let token = answer["Token"].as_str().unwrap();
    assert_eq!(answer["ExpTime"], START + 60_000 + HOUR);
    assert!(cloud.world.registry.instance_login(&id, token));
    assert!(!cloud.world.registry.instance_login(&id, "guess"));
    assert!(!cloud.world.registry.instance_login("tcr-unknown", token));
    cloud.wait(HOUR - 1);
    assert!(cloud.world.registry.instance_login(&id, token));
    cloud.wait(1);
    assert!(!cloud.world.registry.instance_login(&id, token));
    let next = cloud.ok("CreateInstanceToken", json!({"RegistryId": id}));
    assert_ne!(next["Token"], token);
}

#[test]
fn ids_are_the_same_in_every_run_and_differ_from_each_other() {
    let run = || {
        let mut cloud = Cloud::new();
        [create(&mut cloud, "one"), create(&mut cloud, "two")]
    };
    let [one, two] = run();
    assert_eq!(run(), [one.clone(), two.clone()]);
    assert_ne!(one, two);
    assert!(one.starts_with("tcr-") && one.len() == 12);
}
