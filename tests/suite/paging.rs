//! Pages and items, at the sizes where paging goes wrong, and with a server that lies.

use crate::support::{server, tke};
use futures_util::TryStreamExt;
use serde_json::{Map, Value, json};
use wharf_server::{Fault, Server};

/// Answers DescribeClusters with `count` clusters in pages, whatever the world has.
fn answer(count: u64) -> Fault {
    Fault::answer_with(move |parameters: &Map<String, Value>| {
        let at = |name: &str, default: u64| parameters.get(name).and_then(Value::as_u64).unwrap_or(default);
        let (offset, limit) = (at("Offset", 0), at("Limit", 20));
        let page: Vec<Value> =
            (offset..count.min(offset + limit)).map(|n| json!({"ClusterId": format!("cls-{n}")})).collect();
        Ok(json!({"TotalCount": count, "Clusters": page}))
    })
    .operation("DescribeClusters")
}

async fn ids(server: &Server, limit: i64) -> Vec<String> {
    let items = tke(server).clusters().describe_clusters().limit(limit).items();
    items.map_ok(|cluster| cluster.cluster_id).try_collect().await.unwrap()
}

fn expected(count: u64) -> Vec<String> {
    (0..count).map(|n| format!("cls-{n}")).collect()
}

#[tokio::test]
async fn every_size_of_the_last_page() {
    for (count, limit, calls) in
        [(0, 10, 1), (1, 10, 1), (10, 10, 1), (11, 10, 2), (20, 10, 2), (25, 10, 3), (10_000, 100, 100)]
    {
        let server = server().await;
        server.faults().add(answer(count));
        assert_eq!(ids(&server, limit).await, expected(count), "{count} items");
        assert_eq!(server.journal().len(), calls, "{count} items in pages of {limit}");
    }
}

#[tokio::test]
async fn pages_hold_what_the_answers_hold() {
    let server = server().await;
    server.faults().add(answer(25));
    let mut pages = tke(&server).clusters().describe_clusters().limit(10).offset(3).pages();
    let mut sizes = Vec::new();
    while let Some(page) = pages.try_next().await.unwrap() {
        assert_eq!(page.total_count, 25);
        sizes.push(page.clusters.len());
    }
    assert_eq!(sizes, [10, 10, 2]);
    assert_eq!(pages.offset(), 25, "where to go on");
}

#[tokio::test]
async fn a_page_is_fetched_only_when_it_is_asked_for() {
    let server = server().await;
    server.faults().add(answer(100));
    let mut items = tke(&server).clusters().describe_clusters().limit(10).items();
    assert!(server.journal().is_empty());
    for _ in 0..10 {
        items.try_next().await.unwrap().unwrap();
    }
    assert_eq!(server.journal().len(), 1);
}

#[tokio::test]
async fn a_server_that_lies_about_the_total_ends_all_the_same() {
    for total in [0, 1, 7, 24, 26, 1_000_000, u64::from(u32::MAX)] {
        let server = server().await;
        server.faults().add(answer(25));
        server.faults().add(Fault::total(total));
        let found = ids(&server, 10).await;
        assert!(expected(25).starts_with(&found), "nothing twice, nothing out of order");
        if total == 0 || total >= 25 {
            assert_eq!(found.len(), 25, "total {total}");
        }
        assert!(server.journal().len() <= 4, "total {total}: {} calls", server.journal().len());
    }
}

#[tokio::test]
async fn a_server_that_ignores_the_offset_is_found_out() {
    let server = server().await;
    server.faults().add(Fault::answer_with(|_| {
        let page: Vec<Value> = (0..10).map(|n| json!({"ClusterId": format!("cls-{n}")})).collect();
        Ok(json!({"TotalCount": 1_000, "Clusters": page}))
    }));
    let items = tke(&server).clusters().describe_clusters().limit(10).items();
    let error = items.try_collect::<Vec<_>>().await.unwrap_err();
    assert_eq!(error.kind(), wharf::ErrorKind::Decode);
    assert_eq!(server.journal().len(), 2);
}

#[tokio::test]
async fn an_error_in_the_middle_ends_the_stream() {
    let server = server().await;
    server.faults().add(answer(100));
    server.faults().add(Fault::refuse("UnauthorizedOperation", "Not any more.").after(2));
    let mut items = tke(&server).clusters().describe_clusters().limit(10).items();
    let mut seen = 0;
    let error = loop {
        match items.try_next().await {
            Ok(Some(_)) => seen += 1,
            Ok(None) => panic!("ended without the error"),
            Err(error) => break error,
        }
    };
    assert_eq!((seen, error.kind()), (20, wharf::ErrorKind::PermissionDenied));
    assert!(items.try_next().await.unwrap().is_none(), "after an error there is nothing");
}

#[tokio::test]
async fn totals_below_data_are_followed() {
    let server = server().await;
    server.faults().add(
        Fault::answer_with(|parameters| {
            let offset = parameters.get("Offset").and_then(Value::as_u64).unwrap_or(0);
            let page: Vec<Value> =
                (offset..45.min(offset + 20)).map(|n| json!({"RepoName": format!("ns/{n}")})).collect();
            Ok(json!({"Data": {"TotalCount": 45, "RepoInfo": page}}))
        })
        .operation("DescribeRepositoryOwnerPersonal"),
    );
    let items = crate::support::tcr(&server).registries().describe_repository_owner_personal().limit(20).items();
    let names: Vec<String> = items.map_ok(|repository| repository.repo_name).try_collect().await.unwrap();
    assert_eq!(names.len(), 45);
    assert_eq!(server.journal().len(), 3);
}

/// Answers an operation of the older API with `count` items in pages, under whatever names.
fn older(operation: &str, count: u64, total: &'static str, items: &'static str, name: &'static str) -> Fault {
    let answer = move |parameters: &Map<String, Value>| {
        let at = |name: &str, default: u64| parameters.get(name).and_then(Value::as_u64).unwrap_or(default);
        let (offset, limit) = (at("offset", 0), at("limit", 20));
        let page: Vec<Value> = (offset..count.min(offset + limit)).map(|n| json!({name: format!("{n}")})).collect();
        Ok(json!({total: count, items: page}))
    };
    Fault::answer_with(answer).operation(operation)
}

#[tokio::test]
async fn lists_of_the_older_api_are_followed_under_all_their_names() {
    let server = server().await;
    let ccs = crate::support::ccs_builder(&server).build().unwrap();
    for (operation, total, items, name) in [
        ("DescribeCluster", "totalCount", "clusters", "clusterId"),
        ("DescribeClusterInstances", "totalCount", "nodes", "instanceId"),
        ("DescribeServiceInstance", "totalCount", "instances", "name"),
        ("SearchUserRepository", "totalCount", "repoInfo", "reponame"),
        ("GetTagList", "tagCount", "tagInfo", "tagName"),
        ("ListTrigger", "totalCount", "triggerInfo", "triggerName"),
    ] {
        for count in [0, 1, 10, 11, 45] {
            server.faults().clear();
            server.journal().clear();
            server.faults().add(older(operation, count, total, items, name));
            let found: Result<Vec<String>, _> = match operation {
                "DescribeCluster" => {
                    ccs.clusters().describe_cluster().limit(10).items().map_ok(|one| one.cluster_id).try_collect().await
                }
                "DescribeClusterInstances" => {
                    let request = ccs.nodes().describe_cluster_instances("c").limit(10);
                    request.items().map_ok(|one| one.instance_id).try_collect().await
                }
                "DescribeServiceInstance" => {
                    let request = ccs.nodes().describe_service_instance("c").service_name("s").limit(10);
                    request.items().map_ok(|one| one.name).try_collect().await
                }
                "SearchUserRepository" => {
                    let request = ccs.registries().search_user_repository().limit(10_u64);
                    request.items().map_ok(|one| one.repo_name).try_collect().await
                }
                "GetTagList" => {
                    let request = ccs.registries().get_tag_list().repo_name("a/b").limit(10_u64);
                    request.items().map_ok(|one| one.tag_name).try_collect().await
                }
                _ => {
                    ccs.registries().list_trigger().limit(10).items().map_ok(|one| one.trigger_name).try_collect().await
                }
            };
            assert_eq!(found.unwrap(), (0..count).map(|n| n.to_string()).collect::<Vec<_>>(), "{operation} {count}");
            let calls = usize::try_from(count.div_ceil(10).max(1)).unwrap();
            assert_eq!(server.journal().len(), calls, "{operation} {count}");
        }
    }
    // A total that lies ends all the same.
    server.faults().clear();
    server.journal().clear();
    server.faults().add(older("ListTrigger", 25, "totalCount", "triggerInfo", "triggerName"));
    server.faults().add(Fault::total(1_000_000));
    let items = ccs.registries().list_trigger().limit(10).items();
    assert_eq!(items.try_collect::<Vec<_>>().await.unwrap().len(), 25);
    assert!(server.journal().len() <= 4);
}
