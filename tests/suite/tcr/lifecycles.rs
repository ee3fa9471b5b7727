//! Clean-up rules, and what is left when time has passed.

use super::{Cloud, DAY, HOUR, refused};
use wharf::tcr::types::{AutoDelStrategyInfo, CleanupPolicyType, GlobalLifecycleType, LifecycleType};

/// The rule of the repository.
async fn rule(cloud: &Cloud, repository: &str) -> Option<AutoDelStrategyInfo> {
    let data = cloud.one.describe_image_lifecycle_personal().repo_name(repository).send().await.unwrap().data;
    assert_eq!(data.total_count, i64::try_from(data.strategy_info.len()).unwrap(), "total and list");
    data.strategy_info.into_iter().next()
}

/// The rule of the account.
async fn global_rule(cloud: &Cloud) -> Option<AutoDelStrategyInfo> {
    let data = cloud.one.describe_image_lifecycle_global_personal().send().await.unwrap().data;
    assert_eq!(data.total_count, i64::try_from(data.strategy_info.len()).unwrap(), "total and list");
    data.strategy_info.into_iter().next()
}

async fn set(cloud: &Cloud, repository: &str, kind: LifecycleType, keep: i64) {
    let request = cloud.one.create_image_lifecycle_personal().repo_name(repository).r#type(kind).val(keep);
    request.send().await.unwrap();
}

pub(super) async fn a_repository_keeps_its_last_tags(cloud: &Cloud) {
    assert_eq!(rule(cloud, "team/app").await, None);
    cloud.server.advance(HOUR / 2);
    for number in 1..=5 {
        cloud.push("team/app", &format!("v{number}"), "same");
    }
    set(cloud, "team/app", LifecycleType::KeepLastNums, 2).await;
    let shown = rule(cloud, "team/app").await.unwrap();
    assert_eq!((shown.r#type, shown.value, shown.valid), (CleanupPolicyType::KeepLastNums, 2, 1));
    assert_eq!((shown.repo_name.as_str(), shown.creation_time.as_str()), ("team/app", "2024-06-01 08:30:00 +0800 CST"));
    assert_eq!(cloud.tags("team/app").await.len(), 5, "not before the hour is full");
    cloud.server.advance(HOUR / 2);
    assert_eq!(cloud.tags("team/app").await, ["v5", "v4"]);
    cloud.push("team/app", "v4", "again");
    cloud.push("team/app", "v6", "same");
    cloud.server.advance(HOUR);
    assert_eq!(cloud.tags("team/app").await, ["v6", "v4"], "those pushed last");

    set(cloud, "team/app", LifecycleType::KeepLastNums, 1).await;
    assert_eq!(rule(cloud, "team/app").await.unwrap().value, 1, "a new rule takes the place of the old");
    cloud.one.delete_image_lifecycle_personal().repo_name("team/app").send().await.unwrap();
    assert_eq!(rule(cloud, "team/app").await, None);
    cloud.server.advance(30 * DAY);
    assert_eq!(cloud.tags("team/app").await.len(), 2, "a rule that is gone cleans nothing");
}

pub(super) async fn a_repository_keeps_its_last_days(cloud: &Cloud) {
    cloud.repository("team/other").await;
    for day in 0..4 {
        cloud.push("team/app", &format!("day{day}"), "same");
        cloud.push("team/other", &format!("day{day}"), "same");
        cloud.server.advance(DAY);
    }
    set(cloud, "team/app", LifecycleType::KeepLastDays, 3).await;
    cloud.server.advance(HOUR);
    assert_eq!(cloud.tags("team/app").await, ["day3", "day2"]);
    assert_eq!(cloud.tags("team/other").await.len(), 4, "another repository has no rule");
    cloud.server.advance(DAY);
    assert_eq!(cloud.tags("team/app").await, ["day3"]);
    cloud.server.advance(DAY);
    assert_eq!(cloud.tags("team/app").await, [""; 0]);
    let listed = cloud.one.describe_repository_owner_personal().repo_name("team/app").send().await.unwrap().data;
    assert_eq!(listed.repo_info[0].tag_count, 0);
    assert_eq!(listed.repo_info[0].update_time, "2024-06-07 08:00:00", "when the last tag went");
}

pub(super) async fn the_rule_of_the_account_cleans_where_there_is_no_other(cloud: &Cloud) {
    cloud.repository("team/own").await;
    cloud.two.create_namespace_personal().namespace("theirs").send().await.unwrap();
    for tag in ["v1", "v2", "v3"] {
        cloud.push("team/app", tag, "same");
        cloud.push("team/own", tag, "same");
    }
    let manage = |kind: GlobalLifecycleType, keep: i64| {
        cloud.one.manage_image_lifecycle_global_personal().r#type(kind).val(keep)
    };
    assert_eq!(global_rule(cloud).await, None);
    set(cloud, "team/own", LifecycleType::KeepLastNums, 2).await;
    manage(GlobalLifecycleType::GlobalKeepLastNums, 1).send().await.unwrap();
    let shown = global_rule(cloud).await.unwrap();
    assert_eq!((shown.r#type, shown.value), (CleanupPolicyType::GlobalKeepLastNums, 1));
    assert_eq!(rule(cloud, "team/app").await, None, "it is no rule of the repository");
    let theirs = cloud.two.describe_image_lifecycle_global_personal().send().await.unwrap().data;
    assert_eq!((theirs.total_count, theirs.strategy_info.len()), (0, 0));
    cloud.server.advance(HOUR);
    assert_eq!(cloud.tags("team/app").await, ["v3"]);
    assert_eq!(cloud.tags("team/own").await, ["v3", "v2"], "its own rule goes before");

    manage(GlobalLifecycleType::GlobalKeepLastDays, 2).send().await.unwrap();
    assert_eq!(global_rule(cloud).await.unwrap().r#type, CleanupPolicyType::GlobalKeepLastDays);
    cloud.one.delete_image_lifecycle_personal().repo_name("team/own").send().await.unwrap();
    cloud.server.advance(DAY);
    assert_eq!(cloud.tags("team/own").await.len(), 2);
    cloud.server.advance(DAY);
    assert_eq!((cloud.tags("team/own").await.len(), cloud.tags("team/app").await.len()), (0, 0));
    cloud.push("team/app", "v4", "same");
    cloud.one.delete_image_lifecycle_global_personal().send().await.unwrap();
    assert_eq!(global_rule(cloud).await, None);
    cloud.server.advance(30 * DAY);
    assert_eq!(cloud.tags("team/app").await, ["v4"]);
    let theirs = cloud.two.create_image_lifecycle_personal().repo_name("team/app").r#type("keep_last_nums").val(1);
    assert_eq!(refused(theirs, "another account").await, "InternalError.ErrUnauthorized");
}
