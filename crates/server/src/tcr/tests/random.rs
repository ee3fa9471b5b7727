//! What holds whatever is called in whatever order.

use super::*;
use std::collections::BTreeSet;

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn pick(&mut self, of: &[&'static str]) -> &'static str {
        of[self.roll(of.len())]
    }
}

const REPOSITORIES: [&str; 4] = ["red/app", "red/db", "blue/app", "blue/db"];
const TAGS: [&str; 4] = ["v1", "v2", "v3", "latest"];

/// Calls something; the operation, if it was done.
fn step(cloud: &mut Cloud, dice: &mut Dice) -> Option<&'static str> {
    cloud.account = dice.pick(&["100001", "100002"]);
    let repository = dice.pick(&REPOSITORIES);
    let namespace = dice.pick(&["red", "blue"]);
    let tag = dice.pick(&TAGS);
    let name = dice.pick(&["t1", "t2"]);
    let (operation, input) = match dice.roll(24) {
        0 => ("CreateUserPersonal", json!({"Password": "p"})),
        1 | 2 => ("CreateNamespacePersonal", json!({"Namespace": namespace})),
        3 => ("DeleteNamespacePersonal", json!({"Namespace": namespace})),
        4..=6 => ("CreateRepositoryPersonal", json!({"RepoName": repository, "Public": dice.roll(2)})),
        7 => ("DeleteRepositoryPersonal", json!({"RepoName": repository})),
        8 => ("BatchDeleteImagePersonal", json!({"RepoName": repository, "Tags": [tag]})),
        9 | 10 => {
            let (from, to) =
                (format!("{repository}:{tag}"), format!("{}:{}", dice.pick(&REPOSITORIES), dice.pick(&TAGS)));
            ("DuplicateImagePersonal", json!({"SrcImage": from, "DestImage": to}))
        }
        11 => ("CreateImageLifecyclePersonal", json!({"RepoName": repository, "Type": "keep_last_nums", "Val": 2})),
        12 => ("ManageImageLifecycleGlobalPersonal", json!({"Type": "global_keep_last_days", "Val": 1})),
        13 | 14 => {
            let mut input = super::triggers::trigger(name, "regex", "^v");
            input["RepoName"] = json!(repository);
            ("CreateApplicationTriggerPersonal", input)
        }
        15..=17 => ("ModifyApplicationTriggerPersonal", json!({"TriggerName": name, "RepoName": repository})),
        18 => {
            cloud.wait(dice.roll(24) as u64 * HOUR);
            return None;
        }
        _ => {
            let content = dice.pick(&["one", "two"]);
            cloud.world.registry.add_favorite(cloud.account, repository).ok();
            let pushed = cloud.world.push_image(cloud.account, repository, tag, Image::new(content, 1));
            return pushed.is_ok().then_some("push");
        }
    };
    match cloud.call(operation, input) {
        Ok(answer) => {
            spec::check_output(operation, &answer);
            Some(operation)
        }
        Err(refusal) => {
            spec::check_code(operation, &refusal.code);
            None
        }
    }
}

fn check(cloud: &mut Cloud) {
    let mut seen = BTreeSet::new();
    for account in ["100001", "100002"] {
        cloud.account = account;
        let owned = cloud.ok("DescribeRepositoryOwnerPersonal", json!({}));
        let owned = names(&owned["Data"]["RepoInfo"], "RepoName");
        for repository in &owned {
            assert!(seen.insert(repository.clone()), "{repository} has two owners");
            let tags = cloud.ok("DescribeImagePersonal", json!({"RepoName": repository}));
            let listed = cloud.ok("DescribeRepositoryOwnerPersonal", json!({"RepoName": repository}));
            assert_eq!(listed["Data"]["RepoInfo"][0]["TagCount"], tags["Data"]["TagCount"]);
            assert_eq!(tags["Data"]["TagCount"], tags["Data"]["TagInfo"].as_array().unwrap().len());
        }
        let namespaces = cloud.call("DescribeNamespacePersonal", json!({"Namespace": "", "Limit": 100, "Offset": 0}));
        let counted: u64 = namespaces.map_or(0, |answer| {
            let listed = answer["Data"]["NamespaceInfo"].as_array().unwrap().clone();
            listed.iter().map(|namespace| namespace["RepoCount"].as_u64().unwrap()).sum()
        });
        assert_eq!(counted, owned.len() as u64);
        let runs = cloud.ok("DescribeApplicationTriggerLogPersonal", json!({"Limit": 100}));
        assert!(names(&runs["Data"]["LogInfo"], "RepoName").iter().all(|repository| owned.contains(repository)));
        let watched = cloud.world.registry.triggers(account);
        assert!(watched.iter().all(|trigger| owned.contains(&trigger.repository.to_string())));
        for favorite in cloud.world.registry.favorites(account, "") {
            assert!(favorite.is_public() || owned.contains(&favorite.name().to_string()));
        }
    }
}

#[test]
fn nothing_points_at_what_is_gone_and_totals_equal_lists() {
    let mut done = BTreeSet::new();
    for seed in 0..8 {
        let (mut cloud, mut dice) = (Cloud::new(), Dice(seed));
        for _ in 0..300 {
            done.extend(step(&mut cloud, &mut dice));
            check(&mut cloud);
        }
    }
    // All 12 kinds of change came about, so the checks above saw what they are for.
    assert_eq!(done.len(), 12, "{done:?}");
}
