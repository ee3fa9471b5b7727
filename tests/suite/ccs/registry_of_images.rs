//! Repositories, tags, how old ones are cleaned, limits and the password.

use super::{ACCOUNT, Cloud, REGISTRY, refused, set};
use futures_util::TryStreamExt;
use std::collections::BTreeSet;
use wharf::ErrorKind;
use wharf::ccs::types::{LimitType, RetentionType};
use wharf_server::world::registry::Image;

scenarios! {
    repositories_from_first_to_last,
    repositories_are_searched,
    tags_are_listed_copied_and_deleted,
    old_tags_go_by_rule,
    limits_are_told,
    the_password_opens_the_registry,
}

impl Cloud {
    async fn repository(&self, name: &str, public: u64) {
        self.registry.create_repository().repo_name(name).public(public).send().await.unwrap();
    }

    /// What `docker push` does; gives the digest.
    pub(super) fn push(&self, repository: &str, tag: &str) -> String {
        let image = Image::new(tag, 59 << 20);
        self.server.with_world(|world| world.push_image(ACCOUNT, repository, tag, image)).unwrap()
    }

    async fn tags(&self, repository: &str) -> BTreeSet<String> {
        let answer = self.registry.get_tag_list().repo_name(repository).limit(100).send().await.unwrap();
        assert_eq!(usize::try_from(answer.tag_count), Ok(answer.tag_info.len()));
        answer.tag_info.into_iter().map(|tag| tag.tag_name).collect()
    }

    async fn exists(&self, repository: &str) -> bool {
        self.registry.repository_exists().repo_name(repository).send().await.unwrap().exists
    }
}

async fn repositories_from_first_to_last(cloud: &Cloud) {
    assert!(!cloud.exists("shop/web_1").await);
    let create = || cloud.registry.create_repository().repo_name("shop/web_1").public(0_u64);
    create().description("first").send().await.unwrap();
    refused(create().send().await, ErrorKind::Service, "5100", "shop/web_1");
    assert!(cloud.exists("shop/web_1").await && cloud.exists("web_1").await && !cloud.exists("shop/other").await);
    let info = async || cloud.registry.get_repository_info().repo_name("shop/web_1").send().await.unwrap();
    let first = info().await;
    assert_eq!((first.repo_name.as_str(), first.description.as_str(), first.public), ("shop/web_1", "first", 0));
    assert_eq!((first.repo_type.as_str(), first.favor_count, first.pull_count), ("QCLOUD HUB", 0, 0));
    assert!(!first.is_user_favor && !first.is_qcloud_official && !first.creation_time.is_empty());
    cloud.registry.update_repository_desc().repo_name("shop/web_1").description("第二 & more").send().await.unwrap();
    cloud.registry.update_repository_public().repo_name("shop/web_1").public(1).send().await.unwrap();
    cloud.server.with_world(|world| {
        world.registry.add_favorite(ACCOUNT, "shop/web_1").unwrap();
    });
    let second = info().await;
    assert_eq!((second.description.as_str(), second.public), ("第二 & more", 1));
    assert_eq!((second.is_user_favor, second.favor_count), (true, 1));
    cloud.registry.update_repository_desc().repo_name("shop/web_1").description("").send().await.unwrap();
    assert_eq!(info().await.description, "");

    cloud.repository("shop/web_2", 0).await;
    let delete = |names: &[&str]| cloud.registry.batch_delete_repository().repo_names(names.to_vec()).send();
    refused(delete(&["shop/web_2", "shop/none"]).await, ErrorKind::NotFound, "5000", "shop/none");
    assert!(cloud.exists("shop/web_2").await, "all or none");
    delete(&["shop/web_1", "shop/web_2"]).await.unwrap();
    assert!(!cloud.exists("shop/web_1").await && !cloud.exists("shop/web_2").await);
    let gone = cloud.registry.get_repository_info().repo_name("shop/web_1").send().await;
    refused(gone, ErrorKind::NotFound, "5000", "shop/web_1");
}

async fn repositories_are_searched(cloud: &Cloud) {
    for (name, public) in [("one/a", 0), ("one/b", 1), ("two/a", 1), ("two/c", 0)] {
        cloud.repository(name, public).await;
    }
    cloud.push("one/b", "v1");
    let search = || cloud.registry.search_user_repository();
    let found = async |request: wharf::ccs::registry::Request<_>| {
        let answer: wharf::ccs::registry::operations::SearchUserRepositoryOutput = request.send().await.unwrap();
        assert_eq!(usize::try_from(answer.total_count), Ok(answer.repo_info.len()));
        set(answer.repo_info.into_iter().map(|repository| repository.repo_name))
    };
    assert_eq!(found(search()).await, set(["one/a", "one/b", "two/a", "two/c"]));
    assert_eq!(found(search().namespace("one")).await, set(["one/a", "one/b"]));
    assert_eq!(found(search().public(1)).await, set(["one/b", "two/a"]));
    assert_eq!(found(search().public(0).namespace("two")).await, set(["two/c"]));
    assert_eq!(found(search().repo_name("one/b")).await, set(["one/b"]));
    assert_eq!(found(search().repo_name("one/none")).await, set::<&str>([]));
    let one = search().repo_name("one/b").send().await.unwrap().repo_info.remove(0);
    assert_eq!((one.tag_count, one.public), (1, 1));
    assert!(one.update_time >= one.creation_time);
    let items = search().limit(3).items();
    let all: Vec<String> = items.map_ok(|repository| repository.repo_name).try_collect().await.unwrap();
    assert_eq!((all.len(), set(all.clone()).len()), (4, 4));
}

async fn tags_are_listed_copied_and_deleted(cloud: &Cloud) {
    cloud.repository("shop/web", 0).await;
    let digest = cloud.push("shop/web", "v1.0");
    cloud.pass(1);
    cloud.push("shop/web", "v2_beta");
    let answer = cloud.registry.get_tag_list().repo_name("shop/web").send().await.unwrap();
    assert_eq!((answer.repo_name.as_str(), answer.server.as_str(), answer.tag_count), ("shop/web", REGISTRY, 2));
    let [newest, oldest] = answer.tag_info.as_slice() else { panic!("{:?}", answer.tag_info) };
    assert_eq!((newest.tag_name.as_str(), oldest.tag_name.as_str()), ("v2_beta", "v1.0"));
    assert_eq!((oldest.repo_name.as_str(), &oldest.tag_id, oldest.size_byte), ("web", &digest, 59 << 20));
    assert!(oldest.size.contains("59") && oldest.push_time.ends_with(" +0800 CST"), "{oldest:?}");
    let with = async |part: &str| {
        let request = cloud.registry.get_tag_list().repo_name("shop/web").tag(part);
        request.send().await.unwrap().tag_info.into_iter().map(|tag| tag.tag_name).collect::<Vec<_>>()
    };
    assert_eq!(with("1.").await, ["v1.0"]);
    assert_eq!(with("none").await, Vec::<String>::new());

    // The two names with an underscore travel as they are and are signed with a dot.
    let copy = |from: &str, to: &str| cloud.registry.duplicate_image().src_image(from).dest_image(to).send();
    copy("shop/web:v1.0", "shop/web:latest").await.unwrap();
    cloud.repository("shop/copy", 0).await;
    copy("shop/web:v2_beta", "shop/copy:v2").await.unwrap();
    assert_eq!(cloud.tags("shop/web").await, set(["v1.0", "v2_beta", "latest"]));
    assert_eq!(cloud.tags("shop/copy").await, set(["v2"]));
    let latest = cloud.registry.get_tag_list().repo_name("shop/web").tag("latest").send().await.unwrap();
    assert_eq!(latest.tag_info[0].tag_id, digest);
    refused(copy("shop/web:none", "shop/web:x").await, ErrorKind::NotFound, "5000", "none");

    let delete = |tags: &[&str]| cloud.registry.batch_delete_tag().repo_name("shop/web").tags(tags.to_vec()).send();
    refused(delete(&["v1.0", "none"]).await, ErrorKind::NotFound, "5000", "none");
    delete(&["v1.0", "latest"]).await.unwrap();
    assert_eq!(cloud.tags("shop/web").await, set(["v2_beta"]));
    for number in 0..45 {
        cloud.push("shop/web", &format!("n{number}"));
    }
    let items = cloud.registry.get_tag_list().repo_name("shop/web").items();
    let all: Vec<String> = items.map_ok(|tag| tag.tag_name).try_collect().await.unwrap();
    assert_eq!((all.len(), set(all.clone()).len()), (46, 46));
}

async fn old_tags_go_by_rule(cloud: &Cloud) {
    cloud.repository("shop/web", 0).await;
    for tag in ["v1", "v2", "v3", "v4"] {
        cloud.push("shop/web", tag);
        cloud.pass(60);
    }
    let rules = async || {
        let answer = cloud.registry.get_auto_del_strategy().repo_name("shop/web").send().await.unwrap();
        assert_eq!(usize::try_from(answer.total_count), Ok(answer.strategy_info.len()));
        answer.strategy_info
    };
    let rule = |kind: RetentionType, val: i64| {
        cloud.registry.set_auto_del_strategy().repo_name("shop/web").r#type(kind).val(val).send()
    };
    assert!(rules().await.is_empty());
    rule(RetentionType::KeepLastNums, 2).await.unwrap();
    let set_up = rules().await.remove(0);
    assert_eq!((set_up.r#type, set_up.value, set_up.valid), (RetentionType::KeepLastNums, 2, 1));
    assert_eq!((set_up.repo_name.as_str(), set_up.username.as_str()), ("shop/web", ACCOUNT));
    assert!(set_up.creation_time.ends_with("+08:00"), "{}", set_up.creation_time);
    cloud.pass(25 * 3_600);
    assert_eq!(cloud.tags("shop/web").await, set(["v3", "v4"]));
    rule(RetentionType::KeepLastDays, 30).await.unwrap();
    assert_eq!(rules().await.len(), 1, "the later rule takes the place of the earlier");
    assert_eq!(rules().await[0].r#type, RetentionType::KeepLastDays);
    cloud.registry.close_auto_del_strategy().repo_name("shop/web").send().await.unwrap();
    assert!(rules().await.is_empty());
    cloud.pass(60 * 24 * 3_600);
    assert_eq!(cloud.tags("shop/web").await, set(["v3", "v4"]));
}

async fn limits_are_told(cloud: &Cloud) {
    let limits = cloud.registry.get_limit().send().await.unwrap().limit_info;
    let kinds: Vec<_> = limits.iter().map(|limit| limit.r#type.clone()).collect();
    assert_eq!(kinds.len(), 4);
    for kind in [LimitType::Namespace, LimitType::Repo, LimitType::Tag, LimitType::Triggers] {
        assert!(kinds.contains(&kind), "{kind:?}");
    }
    assert!(limits.iter().all(|limit| limit.username == ACCOUNT && limit.value > 0));
    let most = limits.iter().find(|limit| limit.r#type == LimitType::Namespace).unwrap().value;
    for number in 0..most {
        cloud.repository(&format!("space{number}/a"), 0).await;
    }
    let one_more = cloud.registry.create_repository().repo_name("more/a").public(0_u64).send().await;
    refused(one_more, ErrorKind::Service, "5100", "namespaces");
}

async fn the_password_opens_the_registry(cloud: &Cloud) {
    let change = |password: &str| cloud.registry.change_password().password(password).send();
    change("pl4nted-@+ /~").await.unwrap();
    // In a POST the vendor's clients do not sign a value that begins with @, and send it all the same.
    change("@pl4nted_x").await.unwrap();
    let opens = |password: &str| cloud.server.with_world(|world| world.registry.login(ACCOUNT, password));
    assert!(opens("@pl4nted_x") && !opens("pl4nted-@+ /~"));
    assert!(!format!("{:?}", cloud.server.journal().calls()).contains("pl4nted"));
    refused(change("short").await, ErrorKind::InvalidInput, "InvalidParameter", "8 to 16");
}
