//! Every list, page by page.

use super::*;
use wharf_world::registry::Quota;

/// The operation, what it must be given, where its count and its items are.
type List = (&'static str, &'static str, &'static str, &'static str);

/// Those whose page may be left out come first.
const LISTS: [List; 8] = [
    ("DescribeRepositoryOwnerPersonal", "{}", "/Data/TotalCount", "/Data/RepoInfo"),
    ("DescribeRepositoryFilterPersonal", "{}", "/Data/TotalCount", "/Data/RepoInfo"),
    ("DescribeImagePersonal", r#"{"RepoName": "team/r0"}"#, "/Data/TagCount", "/Data/TagInfo"),
    ("DescribeApplicationTriggerPersonal", "{}", "/Data/TotalCount", "/Data/TriggerInfo"),
    ("DescribeApplicationTriggerLogPersonal", "{}", "/Data/TotalCount", "/Data/LogInfo"),
    ("DescribeInstances", "{}", "/TotalCount", "/Registries"),
    ("DescribeNamespacePersonal", r#"{"Namespace": "n"}"#, "/Data/NamespaceCount", "/Data/NamespaceInfo"),
    ("DescribeFavorRepositoryPersonal", r#"{"RepoName": ""}"#, "/Data/TotalCount", "/Data/RepoInfo"),
];

/// A cloud in which each list has that many items.
fn filled(count: usize) -> Cloud {
    let mut cloud = Cloud::new();
    let quotas = [Quota::Namespaces, Quota::Repositories, Quota::Tags, Quota::Triggers, Quota::Instances];
    for quota in quotas {
        cloud.world.registry.set_quota("100001", quota, 10_000);
    }
    cloud.ok("CreateUserPersonal", json!({"Password": "p"}));
    cloud.ok("CreateNamespacePersonal", json!({"Namespace": "team"}));
    for number in 0..count {
        cloud.ok("CreateNamespacePersonal", json!({"Namespace": format!("n{number}")}));
        cloud.ok("CreateRepositoryPersonal", json!({"RepoName": format!("team/r{number}")}));
        cloud.world.registry.add_favorite("100001", &format!("team/r{number}")).unwrap();
        let mut trigger = super::triggers::trigger(&format!("t{number}"), "taglist", &format!("v{number}"));
        trigger["RepoName"] = json!("team/r0");
        cloud.ok("CreateApplicationTriggerPersonal", trigger);
        cloud.ok("CreateInstance", json!({"RegistryName": format!("i{number}"), "RegistryType": "premium"}));
    }
    for number in 0..count {
        cloud.world.push_image("100001", "team/r0", &format!("v{number}"), Image::new("same", 1)).unwrap();
    }
    cloud
}

fn page(cloud: &mut Cloud, list: List, offset: Option<usize>, limit: Option<usize>) -> (usize, Vec<Value>) {
    let (operation, input, total, items) = list;
    let mut input: Value = serde_json::from_str(input).unwrap();
    for (field, number) in [("Offset", offset), ("Limit", limit)] {
        if let Some(number) = number {
            input[field] = json!(number);
        }
    }
    let answer = cloud.ok(operation, input);
    let total = answer.pointer(total).unwrap().as_u64().unwrap();
    (total as usize, answer.pointer(items).unwrap().as_array().unwrap().clone())
}

#[test]
fn pages_follow_each_other_without_gap_or_repetition() {
    for count in [1, 3, 4] {
        let mut cloud = filled(count);
        for list in LISTS {
            let mut items = vec![];
            for offset in (0..count + 6).step_by(3) {
                let (total, some) = page(&mut cloud, list, Some(offset), Some(3));
                assert_eq!(total, count, "{}", list.0);
                assert_eq!(some.len(), count.saturating_sub(offset).min(3), "{}", list.0);
                items.extend(some);
            }
            let (_, all) = page(&mut cloud, list, Some(0), Some(100));
            assert_eq!(items, all, "{}", list.0);
            assert_eq!(page(&mut cloud, list, Some(0), Some(0)), (count, vec![]), "{}", list.0);
        }
    }
}

#[test]
fn a_page_has_twenty_items_unless_said_otherwise() {
    let mut cloud = filled(21);
    for list in &LISTS[..6] {
        let (total, items) = page(&mut cloud, *list, None, None);
        assert_eq!((total, items.len()), (21, 20), "{}", list.0);
    }
}

#[test]
fn a_page_has_at_most_a_hundred_items_where_documented() {
    let mut cloud = filled(1);
    for (place, (operation, input, ..)) in LISTS.into_iter().enumerate() {
        let mut input: Value = serde_json::from_str(input).unwrap();
        input["Offset"] = json!(0);
        input["Limit"] = json!(101);
        if place < 6 {
            let refusal = cloud.refused(operation, input);
            assert!(refusal.code.starts_with("InvalidParameter"), "{operation}");
            assert!(refusal.message.contains("100"), "{operation}: {}", refusal.message);
        } else {
            cloud.ok(operation, input);
        }
    }
}

#[test]
fn offset_and_limit_are_not_negative() {
    let mut cloud = filled(1);
    for (operation, input, ..) in LISTS {
        for (offset, limit) in [(-1, 1), (0, -1)] {
            let mut input: Value = serde_json::from_str(input).unwrap();
            input["Offset"] = json!(offset);
            input["Limit"] = json!(limit);
            assert!(cloud.code(operation, input).starts_with("InvalidParameter"), "{operation}");
        }
    }
}

#[test]
fn lists_are_empty_before_anything_is_made() {
    let mut cloud = Cloud::new();
    for operation in
        ["DescribeRepositoryOwnerPersonal", "DescribeRepositoryFilterPersonal", "DescribeApplicationTriggerLogPersonal"]
    {
        assert_eq!(cloud.ok(operation, json!({}))["Data"]["TotalCount"], 0, "{operation}");
    }
    assert_eq!(cloud.ok("DescribeInstances", json!({})), json!({"TotalCount": 0, "Registries": []}));
}

#[test]
fn ten_thousand_tags_are_listed_in_a_hundred_pages() {
    let mut cloud = Cloud::furnished();
    cloud.world.registry.set_quota("100001", Quota::Tags, 10_000);
    for number in 0..10_000 {
        cloud.push(&format!("v{number}"), "same");
    }
    let last = json!({"RepoName": "team/app", "Offset": 9_900, "Limit": 100});
    let answer = cloud.ok("DescribeImagePersonal", last);
    assert_eq!(answer["Data"]["TagCount"], 10_000);
    assert_eq!(answer["Data"]["TagInfo"].as_array().unwrap().len(), 100);
    assert_eq!(answer["Data"]["TagInfo"][99]["TagName"], "v0");
}
