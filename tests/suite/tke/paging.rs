//! Pages and items of what the world really has, at the sizes where paging goes wrong.

use super::{Cloud, NETWORK, RANGE, SUBNET, machine};
use wharf::tke::scaling::types::{AutoScalingGroupPara, LaunchConfigurePara};
use wharf_core::Paginated;
use wharf_core::paginate::{Items, Pages};

/// Items in a page, and how many items there are: none, one, exactly one page, one more, many.
const PAGE: usize = 4;
const COUNTS: [usize; 5] = [0, 1, PAGE, PAGE + 1, 3 * PAGE - 1];

/// A request for a list, of whichever client.
trait Listing {
    type Op: Paginated;
    fn pages(self) -> Pages<Self::Op>;
    fn items(self) -> Items<Self::Op>;
}

macro_rules! listing {
    ($($client:ident)*) => {$(
        impl<Op: Paginated> Listing for wharf::tke::$client::Request<Op> {
            type Op = Op;
            fn pages(self) -> Pages<Op> {
                self.pages()
            }
            fn items(self) -> Items<Op> {
                self.items()
            }
        }
    )*};
}
listing! { cluster node scaling monitoring }

/// Pages and items are the expected ones, the total is told on every page, and no call is made in vain.
async fn check<L: Listing>(
    cloud: &Cloud,
    expected: &[String],
    request: impl Fn(usize, usize) -> L,
    name: impl Fn(<L::Op as Paginated>::Item) -> String,
) {
    let total = expected.len();
    cloud.server.journal().clear();
    let items = request(0, PAGE).items().collect_all().await.unwrap();
    assert_eq!(items.into_iter().map(&name).collect::<Vec<_>>(), expected, "{total} items");
    assert_eq!(cloud.server.journal().len(), total.div_ceil(PAGE).max(1), "calls for {total} items");

    for offset in [0, 1, PAGE - 1, PAGE] {
        let mut pages = request(offset, PAGE).pages();
        let mut seen = Vec::new();
        while let Some(page) = pages.try_next().await.unwrap() {
            assert_eq!(L::Op::total(&page), Some(total as u64), "the total is of all pages");
            let rest = total.saturating_sub(offset + seen.len());
            assert_eq!(L::Op::count(&page), rest.min(PAGE), "every page but the last is full");
            seen.extend(L::Op::items(page).unwrap().into_iter().map(&name));
        }
        assert_eq!(seen, expected.get(offset..).unwrap_or_default(), "{total} items from {offset}");
    }
    let beyond = request(total + 7, PAGE).pages().try_next().await.unwrap().unwrap();
    assert_eq!((L::Op::total(&beyond), L::Op::count(&beyond)), (Some(total as u64), 0), "after the end");
    let all = request(0, 100).pages().try_next().await.unwrap().unwrap();
    let all: Vec<String> = L::Op::items(all).unwrap().into_iter().map(&name).collect();
    assert_eq!(all, expected, "one page for all");
}

fn int(number: usize) -> i64 {
    i64::try_from(number).unwrap()
}

#[tokio::test]
async fn clusters() {
    let cloud = Cloud::new().await;
    let mut ids = Vec::new();
    for count in COUNTS {
        while ids.len() < count {
            let created = cloud.new_cluster(&format!("172.{}.0.0/16", 16 + ids.len())).send().await.unwrap();
            ids.push(created.cluster_id);
        }
        let list = |offset, limit| cloud.clusters.describe_clusters().offset(int(offset)).limit(int(limit));
        check(&cloud, &ids, list, |cluster| cluster.cluster_id).await;
    }
    // What is deleted is gone from the pages, too.
    let request = cloud.clusters.delete_cluster(&ids[0]).instance_delete_mode("terminate");
    cloud.pass(60);
    request.send().await.unwrap();
    cloud.pass(30);
    let list = |offset, limit| cloud.clusters.describe_clusters().offset(int(offset)).limit(int(limit));
    check(&cloud, &ids[1..], list, |cluster| cluster.cluster_id).await;
}

#[tokio::test]
async fn twenty_without_a_limit() {
    let cloud = Cloud::new().await;
    cloud.server.with_world(|world| world.quotas.machines.per_zone = 100);
    let id = cloud.running(RANGE).await;
    let ids = cloud.add_nodes(&id, 25).await;
    let page = cloud.nodes.describe_cluster_instances(&id).send().await.unwrap();
    assert_eq!((page.total_count, page.instance_set.len()), (25, 20));
    let page = cloud.nodes.describe_cluster_instance_ids(&id).send().await.unwrap();
    assert_eq!((page.total_count, page.instance_id_set.as_slice()), (25, &ids[..20]));
    let page = cloud.nodes.describe_existed_instances().send().await.unwrap();
    assert_eq!((page.total_count, page.existed_instance_set.len()), (33, 20));
    let items = cloud.nodes.describe_cluster_instance_ids(&id).items().collect_all().await.unwrap();
    assert_eq!(items, ids);
    let error = cloud.nodes.describe_cluster_instances(&id).limit(101).send().await.unwrap_err();
    assert_eq!(error.kind(), wharf::ErrorKind::InvalidInput, "{error}");
}

#[tokio::test]
async fn nodes_and_machines() {
    let cloud = Cloud::new().await;
    let id = cloud.running(RANGE).await;
    let mut ids: Vec<String> = Vec::new();
    for count in COUNTS {
        if count > ids.len() {
            let machines = machine("S5.MEDIUM4").instance_count(int(count - ids.len())).instance_name("paged");
            let request = cloud.nodes.create_cluster_instances(&id).run_instance_para(machines);
            ids.extend(request.send().await.unwrap().instance_id_set);
        }
        let list = |offset, limit| cloud.nodes.describe_cluster_instances(&id).offset(int(offset)).limit(int(limit));
        check(&cloud, &ids, list, |node| node.instance_id).await;
        let list = |offset, limit| cloud.nodes.describe_cluster_instance_ids(&id).offset(int(offset)).limit(int(limit));
        check(&cloud, &ids, list, |node| node).await;
        let list = |offset, limit| {
            let request = cloud.nodes.describe_existed_instances().vague_instance_name("paged");
            request.offset(offset as u64).limit(limit as u64)
        };
        check(&cloud, &ids, list, |machine| machine.instance_id).await;
    }
}

#[tokio::test]
async fn scaling_groups() {
    let cloud = Cloud::new().await;
    let id = cloud.running(RANGE).await;
    let mut ids = Vec::new();
    for count in COUNTS {
        while ids.len() < count {
            let group = AutoScalingGroupPara::default().min_size(0).max_size(1).vpc_id(NETWORK).subnet_ids([SUBNET]);
            let request = cloud.scaling.create_cluster_as_group(&id).auto_scaling_group_para(group);
            let request = request.launch_configure_para(LaunchConfigurePara::default().instance_type("S5.MEDIUM4"));
            ids.push(request.send().await.unwrap().auto_scaling_group_id);
        }
        let list = |offset, limit| cloud.scaling.describe_cluster_as_groups(&id).offset(int(offset)).limit(int(limit));
        check(&cloud, &ids, list, |group| group.auto_scaling_group_id).await;
    }
}

#[tokio::test]
async fn log_collectors() {
    let cloud = Cloud::new().await;
    let id = cloud.running(RANGE).await;
    let mut names = Vec::new();
    for count in COUNTS {
        while names.len() < count {
            // Names that do not sort as they were created.
            let name = format!("rule-{}", (names.len() * 7) % 11);
            let request = cloud.monitoring.create_log_collector(&id).name(&name).input_type("host-log");
            let request = request.input_option(|source| source.path("/log")).output_type("cls");
            // A log set has ten topics at most.
            let set = format!("set-{}", names.len() / 10);
            request.output_option(|sink| sink.logset_id(&set).topic_id(&name)).send().await.unwrap();
            names.push(name);
        }
        let list = |offset, limit| cloud.monitoring.list_log_collector(&id).offset(int(offset)).limit(int(limit));
        check(&cloud, &names, list, |rule| rule.name.unwrap()).await;
        let list = |offset, limit| list(offset, limit).search("rule");
        check(&cloud, &names, list, |rule| rule.name.unwrap()).await;
    }
}

/// Every operation that answers in pages is checked above.
#[test]
fn nothing_else_is_paged() {
    let paged = crate::support::documented().filter(|entry| entry.meta.product == "tke" && entry.meta.paging.is_some());
    let mut names: Vec<&str> = paged.map(|entry| entry.meta.name).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "DescribeClusterAsGroups",
            "DescribeClusterInstanceIds",
            "DescribeClusterInstances",
            "DescribeClusters",
            "DescribeExistedInstances",
            "ListLogCollector",
        ]
    );
}
