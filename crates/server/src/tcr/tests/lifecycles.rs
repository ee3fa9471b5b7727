//! Clean-up rules.

use super::*;

fn rule(kind: &str, keep: i64) -> Value {
    json!({"RepoName": "team/app", "Type": kind, "Val": keep})
}

fn global(kind: &str, keep: i64) -> Value {
    json!({"Type": kind, "Val": keep})
}

/// A tag each day, the last just now.
fn daily_tags(cloud: &mut Cloud, days: u64) {
    for day in 1..=days {
        if day > 1 {
            cloud.wait(DAY);
        }
        cloud.push(&format!("d{day}"), &format!("{day}"));
    }
}

#[test]
fn the_last_tags_are_kept() {
    let mut cloud = Cloud::furnished();
    for tag in ["a", "b", "c"] {
        cloud.push(tag, tag);
    }
    cloud.push("a", "newer");
    cloud.ok("CreateImageLifecyclePersonal", rule("keep_last_nums", 2));
    assert_eq!(cloud.tags(), ["a", "c", "b"]);
    cloud.wait(HOUR);
    assert_eq!(cloud.tags(), ["a", "c"]);
}

#[test]
fn the_last_days_are_kept() {
    let mut cloud = Cloud::furnished();
    daily_tags(&mut cloud, 4);
    cloud.ok("CreateImageLifecyclePersonal", rule("keep_last_days", 2));
    cloud.wait(HOUR);
    assert_eq!(cloud.tags(), ["d4", "d3"]);
    cloud.wait(DAY);
    assert_eq!(cloud.tags(), ["d4"]);
    cloud.wait(DAY);
    assert_eq!(cloud.tags(), [""; 0]);
}

#[test]
fn the_clean_up_runs_at_whole_hours() {
    let mut cloud = Cloud::furnished();
    cloud.wait(HOUR / 2);
    cloud.push("a", "a");
    cloud.push("b", "b");
    cloud.ok("CreateImageLifecyclePersonal", rule("keep_last_nums", 1));
    cloud.wait(HOUR / 2 - 1);
    assert_eq!(cloud.tags(), ["b", "a"]);
    cloud.wait(1);
    assert_eq!(cloud.tags(), ["b"]);
}

#[test]
fn a_tag_goes_when_it_is_as_old_as_the_days_that_are_kept() {
    let mut cloud = Cloud::furnished();
    cloud.push("a", "a");
    cloud.ok("CreateImageLifecyclePersonal", rule("keep_last_days", 1));
    cloud.wait(DAY - 1);
    assert_eq!(cloud.tags(), ["a"]);
    cloud.wait(1);
    assert_eq!(cloud.tags(), [""; 0]);
}

#[test]
fn one_long_wait_cleans_as_many_short_ones() {
    let tags_after = |steps: u64| {
        let mut cloud = Cloud::furnished();
        daily_tags(&mut cloud, 5);
        cloud.ok("CreateImageLifecyclePersonal", rule("keep_last_days", 3));
        for _ in 0..steps {
            cloud.wait(30 * HOUR / steps);
        }
        cloud.tags()
    };
    assert_eq!(tags_after(1), tags_after(60));
    assert_eq!(tags_after(1), ["d5", "d4"]);
}

#[test]
fn the_rule_of_the_account_cleans_every_repository_without_its_own() {
    let mut cloud = Cloud::furnished();
    cloud.ok("CreateRepositoryPersonal", json!({"RepoName": "team/other"}));
    for tag in ["a", "b", "c"] {
        cloud.push(tag, tag);
        cloud.world.push_image("100001", "team/other", tag, Image::new(tag, 1)).unwrap();
    }
    cloud.ok("CreateImageLifecyclePersonal", rule("keep_last_nums", 3));
    cloud.ok("ManageImageLifecycleGlobalPersonal", global("global_keep_last_nums", 1));
    cloud.wait(HOUR);
    assert_eq!(cloud.tags(), ["c", "b", "a"]);
    let other = cloud.ok("DescribeImagePersonal", json!({"RepoName": "team/other"}));
    assert_eq!(names(&other["Data"]["TagInfo"], "TagName"), ["c"]);
    cloud.ok("DeleteImageLifecyclePersonal", json!({"RepoName": "team/app"}));
    cloud.wait(HOUR);
    assert_eq!(cloud.tags(), ["c"]);
}

#[test]
fn a_rule_that_is_gone_cleans_nothing() {
    let mut cloud = Cloud::furnished();
    cloud.push("a", "a");
    cloud.push("b", "b");
    cloud.ok("CreateImageLifecyclePersonal", rule("keep_last_nums", 1));
    cloud.ok("ManageImageLifecycleGlobalPersonal", global("global_keep_last_nums", 1));
    cloud.ok("DeleteImageLifecyclePersonal", json!({"RepoName": "team/app"}));
    cloud.ok("DeleteImageLifecycleGlobalPersonal", json!({}));
    cloud.wait(DAY);
    assert_eq!(cloud.tags(), ["b", "a"]);
    cloud.ok("DeleteImageLifecyclePersonal", json!({"RepoName": "team/app"}));
    cloud.ok("DeleteImageLifecycleGlobalPersonal", json!({}));
}

#[test]
fn a_rule_is_shown_and_replaced() {
    let mut cloud = Cloud::furnished();
    let app = json!({"RepoName": "team/app"});
    let none = json!({"TotalCount": 0, "StrategyInfo": []});
    assert_eq!(cloud.ok("DescribeImageLifecyclePersonal", app.clone())["Data"], none);
    assert_eq!(cloud.ok("DescribeImageLifecycleGlobalPersonal", json!({}))["Data"], none);
    cloud.ok("CreateImageLifecyclePersonal", rule("keep_last_days", 9));
    cloud.ok("CreateImageLifecyclePersonal", rule("keep_last_nums", 5));
    let shown = json!({
        "Username": "100001", "RepoName": "team/app", "Type": "keep_last_nums", "Value": 5, "Valid": 1,
        "CreationTime": "2024-06-01 08:00:00 +0800 CST",
    });
    let answer = cloud.ok("DescribeImageLifecyclePersonal", app);
    assert_eq!(answer["Data"], json!({"TotalCount": 1, "StrategyInfo": [shown]}));
    cloud.ok("ManageImageLifecycleGlobalPersonal", global("global_keep_last_days", 3));
    let answer = cloud.ok("DescribeImageLifecycleGlobalPersonal", json!({}));
    assert_eq!(answer["Data"]["StrategyInfo"][0]["Type"], "global_keep_last_days");
    assert_eq!(answer["Data"]["StrategyInfo"][0]["Value"], 3);
    cloud.account = "100002";
    assert_eq!(cloud.ok("DescribeImageLifecycleGlobalPersonal", json!({}))["Data"], none);
}

#[test]
fn a_rule_has_a_known_kind_and_keeps_something() {
    let mut cloud = Cloud::furnished();
    for (kind, keep) in [("keep_all", 1), ("global_keep_last_days", 1), ("keep_last_days", 0), ("keep_last_nums", -1)] {
        let code = cloud.code("CreateImageLifecyclePersonal", rule(kind, keep));
        assert_eq!(code, "InvalidParameterValue", "{kind} {keep}");
    }
    for (kind, keep) in [("keep_last_days", 1), ("global_", 1), ("global_keep_last_nums", 0)] {
        let code = cloud.code("ManageImageLifecycleGlobalPersonal", global(kind, keep));
        assert_eq!(code, "InvalidParameterValue", "{kind} {keep}");
    }
}

#[test]
fn only_the_owner_has_rules_for_a_repository() {
    let mut cloud = Cloud::furnished();
    let app = json!({"RepoName": "team/app"});
    let set = cloud.foreign_code("CreateImageLifecyclePersonal", rule("keep_last_days", 1));
    assert_eq!(set, "InternalError.ErrUnauthorized");
    assert_eq!(cloud.foreign_code("DeleteImageLifecyclePersonal", app.clone()), "ResourceNotFound.ErrNoRepo");
    assert_eq!(cloud.foreign_code("DescribeImageLifecyclePersonal", app), "UnauthorizedOperation");
    let missing = json!({"RepoName": "team/missing", "Type": "keep_last_days", "Val": 1});
    assert_eq!(cloud.code("CreateImageLifecyclePersonal", missing), "ResourceNotFound.ErrNoRepo");
    let missing = json!({"RepoName": "team/missing"});
    assert_eq!(cloud.code("DeleteImageLifecyclePersonal", missing.clone()), "ResourceNotFound.ErrNoRepo");
    assert_eq!(cloud.code("DescribeImageLifecyclePersonal", missing), "ResourceNotFound");
}
