//! Repositories, who sees them, and favorites.

use super::{Cloud, HOUR, ONE, TWO, refused};
use wharf::tcr::types::RepoInfo;

fn names(repositories: &[RepoInfo]) -> Vec<&str> {
    repositories.iter().map(|repository| repository.repo_name.as_str()).collect()
}

async fn exists(cloud: &Cloud, name: &str) -> bool {
    cloud.one.validate_repository_exist_personal().repo_name(name).send().await.unwrap().data.exists
}

pub(super) async fn a_repository_is_made_changed_and_deleted(cloud: &Cloud) {
    assert!(!exists(cloud, "team/web").await);
    let create = || cloud.one.create_repository_personal().repo_name("team/web").public(1).description("网站 & co");
    create().send().await.unwrap();
    assert_eq!(refused(create(), "team/web").await, "InvalidParameter.ErrRepoExist");
    assert!(exists(cloud, "team/web").await);
    let read = async || cloud.one.describe_repository_personal().repo_name("team/web").send().await.unwrap().data;
    let made = read().await;
    assert_eq!((made.public, made.description.as_deref()), (1, Some("网站 & co")));
    assert_eq!(made.creation_time, "2024-06-01 08:00:00");
    assert_eq!((made.pull_count, made.favor_count, made.is_user_favor), (0, 0, false));

    cloud.server.advance(HOUR);
    cloud.one.modify_repository_access_personal().repo_name("team/web").public(0).send().await.unwrap();
    cloud.one.modify_repository_info_personal().repo_name("team/web").description("new").send().await.unwrap();
    let changed = read().await;
    assert_eq!((changed.public, changed.description.as_deref()), (0, Some("new")));
    let owned = cloud.one.describe_repository_owner_personal().repo_name("web").send().await.unwrap().data;
    assert_eq!((owned.total_count, owned.repo_info.len()), (1, 1));
    assert_eq!((owned.repo_info[0].public, owned.repo_info[0].description.as_str()), (0, "new"));
    assert_eq!(owned.repo_info[0].creation_time, made.creation_time);
    assert_eq!(owned.repo_info[0].update_time, "2024-06-01 09:00:00");
    cloud.one.modify_repository_info_personal().repo_name("team/web").description("").send().await.unwrap();
    assert_eq!(read().await.description.as_deref(), Some(""));

    cloud.push("team/web", "v1", "one");
    cloud.one.delete_repository_personal().repo_name("team/web").send().await.unwrap();
    assert!(!exists(cloud, "team/web").await);
    let rest = cloud.one.describe_repository_owner_personal().send().await.unwrap().data;
    assert_eq!((names(&rest.repo_info), rest.total_count), (vec!["team/app"], 1));
    let images = cloud.one.describe_image_personal().repo_name("team/web");
    assert_eq!(refused(images, "team/web").await, "ResourceNotFound.ErrNoRepo");
    let again = cloud.one.delete_repository_personal().repo_name("team/web");
    assert_eq!(refused(again, "team/web").await, "ResourceNotFound.ErrNoRepo");
}

pub(super) async fn repositories_are_filtered(cloud: &Cloud) {
    cloud.one.create_namespace_personal().namespace("apps").send().await.unwrap();
    for (name, public) in [("apps/web", 1), ("apps/api", 0), ("team/web-admin", 1)] {
        cloud.one.create_repository_personal().repo_name(name).public(public).send().await.unwrap();
    }
    cloud.push("apps/web", "v1", "one");
    let found = async |name: Option<&str>, namespace: Option<&str>, public: Option<i64>| {
        let mut request = cloud.one.describe_repository_filter_personal();
        if let Some(name) = name {
            request = request.repo_name(name);
        }
        if let Some(namespace) = namespace {
            request = request.namespace(namespace);
        }
        if let Some(public) = public {
            request = request.public(public);
        }
        let data = request.send().await.unwrap().data;
        assert_eq!(data.total_count, i64::try_from(data.repo_info.len()).unwrap(), "total and list");
        names(&data.repo_info).join(" ")
    };
    assert_eq!(found(None, None, None).await, "team/app apps/web apps/api team/web-admin");
    assert_eq!(found(Some("web"), None, None).await, "apps/web team/web-admin");
    assert_eq!(
        found(Some("app"), None, None).await,
        "team/app apps/web apps/api",
        "the namespace is a part of the name"
    );
    assert_eq!(found(None, Some("apps"), None).await, "apps/web apps/api");
    assert_eq!(found(None, Some("app"), None).await, "", "a namespace is named whole");
    assert_eq!(found(None, None, Some(1)).await, "apps/web team/web-admin");
    assert_eq!(found(None, None, Some(0)).await, "team/app apps/api");
    assert_eq!(found(Some("web"), Some("team"), Some(1)).await, "team/web-admin");
    assert_eq!(found(Some("web"), Some("team"), Some(0)).await, "");
    let theirs = cloud.two.describe_repository_filter_personal().send().await.unwrap().data;
    assert_eq!((theirs.total_count, theirs.repo_info.len()), (0, 0), "public ones of others are not among one's own");

    let owned = async |name: &str| {
        let data = cloud.one.describe_repository_owner_personal().repo_name(name).send().await.unwrap().data;
        names(&data.repo_info).join(" ")
    };
    assert_eq!(owned("web").await, "apps/web");
    assert_eq!(owned("team/web-admin").await, "team/web-admin");
    assert_eq!(owned("nothing").await, "");
    let web = cloud.one.describe_repository_owner_personal().repo_name("apps/web").send().await.unwrap().data;
    assert_eq!(web.repo_info[0].tag_count, 1);
}

pub(super) async fn access_lets_others_in_and_keeps_them_out(cloud: &Cloud) {
    cloud.push("team/app", "v1", "one");
    let read = || cloud.two.describe_repository_personal().repo_name("team/app");
    let tags = || cloud.two.describe_image_personal().repo_name("team/app");
    assert_eq!(refused(read(), "team/app").await, "ResourceNotFound.ErrNoRepo");
    assert_eq!(refused(tags(), "another account").await, "InternalError.ErrUnauthorized");
    cloud.one.modify_repository_access_personal().repo_name("team/app").public(1).send().await.unwrap();
    assert_eq!(read().send().await.unwrap().data.public, 1);
    assert_eq!(tags().send().await.unwrap().data.tag_count, 1);
    // To see is not to change.
    let close = cloud.two.modify_repository_access_personal().repo_name("team/app").public(0);
    assert_eq!(refused(close, "another account").await, "InvalidParameter.ErrNSMisMatch");
    let describe = cloud.two.modify_repository_info_personal().repo_name("team/app").description("theirs");
    assert_eq!(refused(describe, "another account").await, "InvalidParameter.ErrNSMisMatch");
    let delete = cloud.two.delete_repository_personal().repo_name("team/app");
    assert_eq!(refused(delete, "another account").await, "InternalError.ErrUnauthorized");
    let delete = cloud.two.delete_image_personal().repo_name("team/app").tag("v1");
    assert_eq!(refused(delete, "another account").await, "InternalError.ErrUnauthorized");
    assert_eq!(cloud.tags("team/app").await, ["v1"]);
    cloud.one.modify_repository_access_personal().repo_name("team/app").public(0).send().await.unwrap();
    assert_eq!(refused(read(), "team/app").await, "ResourceNotFound.ErrNoRepo");
}

pub(super) async fn favorites_are_listed_while_they_can_be_seen(cloud: &Cloud) {
    cloud.one.create_repository_personal().repo_name("team/open").public(1).send().await.unwrap();
    cloud.push("team/open", "v1", "one");
    // Consoles mark favorites and docker clients pull; no operation does.
    cloud.world(|world| {
        world.registry.add_favorite(ONE, "team/app").unwrap();
        world.registry.add_favorite(ONE, "team/open").unwrap();
        world.registry.add_favorite(TWO, "team/open").unwrap();
        world.registry.pull_image(TWO, "team/open", "v1").unwrap();
        assert!(world.registry.add_favorite(TWO, "team/app").is_err(), "it is private");
    });
    let favorites = async |client: &wharf::tcr::registry::Client, text: &str| {
        let request = client.describe_favor_repository_personal().repo_name(text).limit(100).offset(0);
        let data = request.send().await.unwrap().data;
        assert_eq!(data.total_count, i64::try_from(data.repo_info.len()).unwrap(), "total and list");
        data.repo_info
    };
    let mine = favorites(&cloud.one, "").await;
    assert_eq!(mine.iter().map(|favorite| favorite.repo_name.as_str()).collect::<Vec<_>>(), ["team/app", "team/open"]);
    assert_eq!((mine[0].favor_count, mine[0].public, mine[0].tag_count), (Some(1), Some(0), Some(0)));
    assert_eq!((mine[1].favor_count, mine[1].public, mine[1].pull_count), (Some(2), Some(1), Some(1)));
    assert_eq!(favorites(&cloud.one, "open").await, mine[1..]);
    assert_eq!(favorites(&cloud.two, "").await, mine[1..]);
    let read = cloud.one.describe_repository_personal().repo_name("team/open").send().await.unwrap().data;
    assert_eq!((read.favor_count, read.is_user_favor, read.pull_count), (2, true, 1));
    cloud.one.modify_repository_access_personal().repo_name("team/open").public(0).send().await.unwrap();
    assert!(favorites(&cloud.two, "").await.is_empty());
    assert_eq!(favorites(&cloud.one, "").await.len(), 2);
    cloud.one.delete_repository_personal().repo_name("team/open").send().await.unwrap();
    assert_eq!(favorites(&cloud.one, "").await.len(), 1);
    cloud.world(|world| world.registry.remove_favorite(ONE, "team/app")).unwrap();
    assert!(favorites(&cloud.one, "").await.is_empty());
}

pub(super) async fn several_repositories_go_together_or_not_at_all(cloud: &Cloud) {
    for name in ["team/a", "team/b", "team/c"] {
        cloud.repository(name).await;
        cloud.push(name, "v1", "one");
    }
    let listed = async || {
        let data = cloud.one.describe_repository_owner_personal().send().await.unwrap().data;
        assert_eq!(data.total_count, i64::try_from(data.repo_info.len()).unwrap(), "total and list");
        names(&data.repo_info).join(" ")
    };
    let delete = |names: &[&str]| cloud.one.batch_delete_repository_personal().repo_names(names.to_vec());
    assert_eq!(refused(delete(&["team/a", "team/missing"]), "team/missing").await, "ResourceNotFound");
    assert_eq!(listed().await, "team/app team/a team/b team/c");
    let theirs = cloud.two.batch_delete_repository_personal().repo_names(["team/a"]);
    assert_eq!(refused(theirs, "another account").await, "InternalError.ErrUnauthorized");
    delete(&["team/a", "team/c", "team/a"]).send().await.unwrap();
    assert_eq!(listed().await, "team/app team/b");
    assert!(!exists(cloud, "team/a").await && exists(cloud, "team/b").await);
    let images = cloud.one.describe_image_personal().repo_name("team/c");
    assert_eq!(refused(images, "team/c").await, "ResourceNotFound.ErrNoRepo");
}
