//! Every list, page by page, at the sizes where paging goes wrong.

use super::triggers::trigger;
use super::{Cloud, ONE};
use futures_util::TryStreamExt;
use std::fmt::Debug;
use wharf::ErrorKind;
use wharf::tcr::registry::operations::*;
use wharf::tcr::registry::{Client, Request};
use wharf_core::operation::Paginated;
use wharf_server::world::registry::{Image, Quota};

const PAGE: usize = 5;

/// A cloud in which each list has that many items: what it is filled with does not count otherwise.
async fn filled(count: usize) -> Cloud {
    let cloud = Cloud::new().await;
    cloud.world(|world| {
        for quota in [Quota::Namespaces, Quota::Repositories, Quota::Tags, Quota::Triggers, Quota::Instances] {
            world.registry.set_quota(ONE, quota, 1_000);
        }
    });
    cloud.one.create_user_personal().password("hunter2hunter2").send().await.unwrap();
    for number in 0..count {
        cloud.one.create_namespace_personal().namespace(format!("n{number}")).send().await.unwrap();
        cloud.one.create_instance().registry_name(format!("i{number}")).registry_type("basic").send().await.unwrap();
    }
    cloud.one.create_namespace_personal().namespace("team").send().await.unwrap();
    for number in 0..count {
        cloud.repository(&format!("team/r{number}")).await;
        cloud.world(|world| world.registry.add_favorite(ONE, &format!("team/r{number}"))).unwrap();
        let tag = format!("v{number}");
        trigger(&cloud, &format!("t{number}"), "taglist", &tag).repo_name("team/r0").send().await.unwrap();
    }
    for number in 0..count {
        let push = |world: &mut wharf_server::world::World| {
            world.push_image(ONE, "team/r0", &format!("v{number}"), Image::new("same", 1))
        };
        cloud.world(push).unwrap();
    }
    if count == 0 {
        // A repository whose tags, none, can be listed; it is outside of what is listed otherwise.
        cloud.one.create_namespace_personal().namespace("hidden").send().await.unwrap();
    }
    cloud
}

/// A page: the total it tells and its items.
async fn page<Op: Paginated>(client: &Client, list: &Op, offset: usize, limit: usize) -> (u64, Vec<Op::Item>) {
    let mut input = list.clone();
    input.set_window(offset as u64, limit as u64);
    let output = Request::new(client.connection(), input).send().await.unwrap();
    (Op::total(&output).unwrap(), Op::items(output).unwrap())
}

/// What holds of a list of that many items.
async fn check<Op: Paginated>(cloud: &Cloud, list: Op, count: usize)
where
    Op::Item: PartialEq + Debug,
{
    let name = Op::META.name;
    let (total, all) = page(&cloud.one, &list, 0, 100).await;
    assert_eq!((total as usize, all.len()), (count, count), "{name}: all at once");

    let mut together = Vec::new();
    for offset in (0..count + 2 * PAGE).step_by(PAGE) {
        let (total, items) = page(&cloud.one, &list, offset, PAGE).await;
        assert_eq!(total as usize, count, "{name}: the total of the page at {offset}");
        assert_eq!(items.len(), count.saturating_sub(offset).min(PAGE), "{name}: the page at {offset}");
        together.extend(items);
    }
    assert_eq!(together, all, "{name}: the pages one after the other are the list");
    assert_eq!(page(&cloud.one, &list, 0, 0).await, (count as u64, Vec::new()), "{name}: an empty page");

    let mut input = list.clone();
    input.set_window(0, PAGE as u64);
    let before = cloud.server.journal().len();
    let streamed: Vec<Op::Item> = Request::new(cloud.one.connection(), input).items().try_collect().await.unwrap();
    assert_eq!(streamed, all, "{name}: the items as a stream");
    assert_eq!(cloud.server.journal().len() - before, count.div_ceil(PAGE).max(1), "{name}: calls of the stream");
}

fn filled_in<Op: Default>(fill: impl FnOnce(&mut Op)) -> Op {
    let mut list = Op::default();
    fill(&mut list);
    list
}

fn namespaces() -> DescribeNamespacePersonal {
    filled_in(|list: &mut DescribeNamespacePersonal| list.namespace = Some("n".to_owned()))
}

fn favorites() -> DescribeFavorRepositoryPersonal {
    filled_in(|list: &mut DescribeFavorRepositoryPersonal| list.repo_name = Some(String::new()))
}

fn tags(repository: &str) -> DescribeImagePersonal {
    filled_in(|list: &mut DescribeImagePersonal| list.repo_name = Some(repository.to_owned()))
}

#[tokio::test]
async fn pages_of_every_list_are_the_list() {
    for count in [0, 1, PAGE, PAGE + 1, 4 * PAGE + 3] {
        let cloud = filled(count).await;
        check(&cloud, DescribeRepositoryOwnerPersonal::default(), count).await;
        check(&cloud, DescribeRepositoryFilterPersonal::default(), count).await;
        check(&cloud, DescribeApplicationTriggerPersonal::default(), count).await;
        check(&cloud, DescribeApplicationTriggerLogPersonal::default(), count).await;
        check(&cloud, DescribeInstances::default(), count).await;
        check(&cloud, favorites(), count).await;
        if count == 0 {
            let empty = filled_in(|list: &mut DescribeNamespacePersonal| list.namespace = Some("nothing".to_owned()));
            check(&cloud, empty, 0).await;
            cloud.repository("hidden/empty").await;
            check(&cloud, tags("hidden/empty"), 0).await;
        } else {
            check(&cloud, namespaces(), count).await;
            check(&cloud, tags("team/r0"), count).await;
        }
    }
}

/// Filters come before pages: the total is of what was found.
#[tokio::test]
async fn pages_are_of_what_was_found() {
    let cloud = filled(14).await;
    // 1, 10, 11, 12, 13.
    let list = filled_in(|list: &mut DescribeRepositoryFilterPersonal| list.repo_name = Some("team/r1".to_owned()));
    check(&cloud, list, 5).await;
    let list = filled_in(|list: &mut DescribeImagePersonal| {
        *list = tags("team/r0");
        list.tag = Some("v1".to_owned());
    });
    check(&cloud, list, 5).await;
    let list = filled_in(|list: &mut DescribeNamespacePersonal| list.namespace = Some("n1".to_owned()));
    check(&cloud, list, 5).await;
    let list = filled_in(|list: &mut DescribeFavorRepositoryPersonal| list.repo_name = Some("r1".to_owned()));
    check(&cloud, list, 5).await;
    let list = filled_in(|list: &mut DescribeRepositoryOwnerPersonal| list.repo_name = Some("r1".to_owned()));
    check(&cloud, list, 1).await;
    let list = filled_in(|list: &mut DescribeApplicationTriggerPersonal| list.trigger_name = Some("t3".to_owned()));
    check(&cloud, list, 1).await;
    let list = filled_in(|list: &mut DescribeApplicationTriggerPersonal| list.repo_name = Some("team/r0".to_owned()));
    check(&cloud, list, 14).await;
    let list =
        filled_in(|list: &mut DescribeApplicationTriggerLogPersonal| list.repo_name = Some("team/r1".to_owned()));
    check(&cloud, list, 0).await;
}

#[tokio::test]
async fn a_page_has_twenty_items_unless_said_otherwise() {
    let cloud = filled(21).await;
    let one = &cloud.one;
    let sizes = [
        one.describe_repository_owner_personal().send().await.unwrap().data.repo_info.len(),
        one.describe_repository_filter_personal().send().await.unwrap().data.repo_info.len(),
        one.describe_application_trigger_personal().send().await.unwrap().data.trigger_info.len(),
        one.describe_application_trigger_log_personal().send().await.unwrap().data.log_info.len(),
        one.describe_image_personal().repo_name("team/r0").send().await.unwrap().data.tag_info.len(),
        one.describe_instances().send().await.unwrap().registries.len(),
    ];
    assert_eq!(sizes, [20; 6]);
}

/// The client knows the documented bounds and what must be given, and the server is not asked.
#[tokio::test]
async fn pages_that_cannot_be_are_refused_before_anything_is_sent() {
    async fn error<Op: Paginated>(client: &Client, list: Op, limit: u64) -> (ErrorKind, String) {
        let mut input = list;
        input.set_window(0, limit);
        let error = Request::new(client.connection(), input).send().await.map(|_| ()).unwrap_err();
        (error.kind(), error.message().to_owned())
    }
    let cloud = Cloud::new().await;
    let one = &cloud.one;
    for (kind, message) in [
        error(one, DescribeRepositoryOwnerPersonal::default(), 101).await,
        error(one, DescribeRepositoryFilterPersonal::default(), 101).await,
        error(one, DescribeApplicationTriggerPersonal::default(), 101).await,
        error(one, DescribeApplicationTriggerLogPersonal::default(), 101).await,
        error(one, tags("team/app"), 101).await,
        error(one, DescribeInstances::default(), 101).await,
    ] {
        assert_eq!(kind, ErrorKind::InvalidInput, "{message}");
        assert!(message.contains("Limit") && message.contains("100"), "{message}");
    }
    for error in [
        one.describe_namespace_personal().namespace("").offset(0).send().await.map(|_| ()).unwrap_err(),
        one.describe_favor_repository_personal().repo_name("").offset(0).send().await.map(|_| ()).unwrap_err(),
    ] {
        assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some("Limit")), "{error}");
    }
    assert!(cloud.server.journal().is_empty());
}
