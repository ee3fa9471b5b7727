//! Users, quotas and namespaces.

use super::{Cloud, NEWCOMER, ONE, TWO, refused};
use wharf::tcr::types::QuotaType;
use wharf_server::world::registry::Quota;

/// The namespaces of the first account whose name contains the text, with their numbers of repositories.
async fn namespaces(cloud: &Cloud, text: &str) -> Vec<(String, i64)> {
    let found = cloud.one.describe_namespace_personal().namespace(text).limit(100).offset(0).send().await.unwrap().data;
    assert_eq!(found.namespace_count, i64::try_from(found.namespace_info.len()).unwrap(), "total and list");
    found.namespace_info.into_iter().map(|namespace| (namespace.namespace, namespace.repo_count)).collect()
}

/// Whether the namespace exists and whether its name is reserved, as the second account is told.
async fn validated(cloud: &Cloud, name: &str) -> (bool, bool) {
    let told = cloud.two.validate_namespace_exist_personal().namespace(name).send().await.unwrap().data;
    (told.exists, told.is_preserved)
}

pub(super) async fn a_user_opens_the_personal_edition_and_changes_the_password(cloud: &Cloud) {
    let list = || cloud.newcomer.describe_namespace_personal().namespace("").limit(10).offset(0);
    let create = || cloud.newcomer.create_namespace_personal().namespace("mine");
    assert_eq!(refused(list(), "no user").await, "ResourceNotFound.ErrNoUser");
    assert_eq!(refused(create(), "no user").await, "ResourceNotFound.ErrNoUser");

    let change = |password: &str| cloud.newcomer.modify_user_password_personal().password(password);
    assert_eq!(refused(change("early"), NEWCOMER).await, "ResourceNotFound.ErrNoUser");

    let user = |password: &str| cloud.newcomer.create_user_personal().password(password);
    user("first-password").send().await.unwrap();
    create().send().await.unwrap();
    assert_eq!(list().send().await.unwrap().data.namespace_count, 1);
    assert_eq!(refused(user("another"), NEWCOMER).await, "InvalidParameter.ErrUserExist");

    // A docker client logs in; no operation does.
    let lets_in = |account: &str, password: &str| cloud.world(|world| world.registry.login(account, password));
    assert!(lets_in(NEWCOMER, "first-password"));
    change("second-password").send().await.unwrap();
    assert!(lets_in(NEWCOMER, "second-password") && !lets_in(NEWCOMER, "first-password"));
    assert_eq!(refused(change(""), "Password").await, "MissingParameter");
    assert!(lets_in(NEWCOMER, "second-password") && !lets_in(ONE, "second-password"));
}

pub(super) async fn quotas_are_what_limits(cloud: &Cloud) {
    let quota = async |kind: QuotaType| {
        let told = cloud.one.describe_user_quota_personal().send().await.unwrap().data.limit_info;
        let limit = told.into_iter().find(|limit| limit.r#type == kind).unwrap();
        assert_eq!(limit.username, ONE);
        limit.value
    };
    assert_eq!((quota(QuotaType::Namespace).await, quota(QuotaType::Repo).await), (10, 100));
    cloud.world(|world| world.registry.set_quota(ONE, Quota::Repositories, 2));
    assert_eq!(quota(QuotaType::Repo).await, 2);
    cloud.repository("team/second").await;
    let third = cloud.one.create_repository_personal().repo_name("team/third");
    assert_eq!(refused(third, "2 repositories").await, "LimitExceeded");
    let other = cloud.two.describe_user_quota_personal().send().await.unwrap().data.limit_info;
    assert!(other.iter().all(|limit| limit.username == TWO && limit.value >= 10), "{other:?}");
}

pub(super) async fn namespaces_come_are_searched_and_go(cloud: &Cloud) {
    for name in ["web-team", "web", "data"] {
        assert_eq!(validated(cloud, name).await, (false, false));
        cloud.one.create_namespace_personal().namespace(name).send().await.unwrap();
        assert_eq!(validated(cloud, name).await, (true, false));
    }
    cloud.repository("web/app").await;
    let all = [("team", 1), ("web-team", 0), ("web", 1), ("data", 0)].map(|(name, count)| (name.to_owned(), count));
    assert_eq!(namespaces(cloud, "").await, all);
    assert_eq!(namespaces(cloud, "web").await, all[1..3]);
    assert_eq!(namespaces(cloud, "nothing-like-it").await, []);
    cloud.one.delete_namespace_personal().namespace("web-team").send().await.unwrap();
    assert_eq!(namespaces(cloud, "web").await, all[2..3]);
    assert_eq!(validated(cloud, "web-team").await, (false, false));
    assert_eq!(validated(cloud, "tencentyun").await, (false, true));
    let gone = cloud.one.delete_namespace_personal().namespace("web-team");
    assert_eq!(refused(gone, "web-team").await, "ResourceNotFound.ErrNoNamespace");
}

pub(super) async fn a_namespace_belongs_to_one_account(cloud: &Cloud) {
    let theirs = |name: &str| cloud.two.create_namespace_personal().namespace(name);
    assert_eq!(refused(theirs("team"), "unique over all accounts").await, "InvalidParameter.ErrNamespaceExist");
    let delete = cloud.two.delete_namespace_personal().namespace("team");
    assert_eq!(refused(delete, "another account").await, "InternalError.ErrUnauthorized");
    let inside = cloud.two.create_repository_personal().repo_name("team/mine");
    assert_eq!(refused(inside, "not in a namespace of this account").await, "InvalidParameter.ErrNSMisMatch");
    let asks = cloud.two.validate_repository_exist_personal().repo_name("team/app");
    assert_eq!(refused(asks, "another account").await, "InvalidParameter.ErrNSMisMatch");
    // What the first account gives up is free for the second.
    cloud.one.delete_namespace_personal().namespace("team").send().await.unwrap();
    theirs("team").send().await.unwrap();
    assert_eq!(namespaces(cloud, "").await, []);
    let again = cloud.one.create_namespace_personal().namespace("team");
    assert_eq!(refused(again, "team").await, "InvalidParameter.ErrNamespaceExist");
}

pub(super) async fn a_namespace_takes_its_repositories_along(cloud: &Cloud) {
    cloud.one.create_namespace_personal().namespace("team2").send().await.unwrap();
    cloud.repository("team2/app").await;
    cloud.push("team/app", "v1", "one");
    cloud.one.delete_namespace_personal().namespace("team").send().await.unwrap();
    let owned = cloud.one.describe_repository_owner_personal().send().await.unwrap().data;
    assert_eq!(owned.total_count, 1);
    assert_eq!(owned.repo_info[0].repo_name, "team2/app", "a namespace whose name begins alike stays whole");
    let images = cloud.one.describe_image_personal().repo_name("team/app");
    assert_eq!(refused(images, "team/app").await, "ResourceNotFound.ErrNoRepo");
    // The same names made again are empty.
    cloud.one.create_namespace_personal().namespace("team").send().await.unwrap();
    assert_eq!(namespaces(cloud, "team").await, [("team2".to_owned(), 1), ("team".to_owned(), 0)]);
    cloud.repository("team/app").await;
    assert_eq!(cloud.tags("team/app").await, [""; 0]);
}
