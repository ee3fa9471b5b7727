//! Node pools: sizes that follow.

use super::{Cloud, machine, not_found, refusal, uid};
use wharf::cce::types::NodePoolPhase;

scenarios! { a_pool_grows_and_shrinks, nodes_outside_of_pools_are_a_pool_too }

async fn a_pool_grows_and_shrinks(cloud: &Cloud) {
    let (pools, cluster) = (&cloud.pools, cloud.available("pools").await);
    let created = pools
        .create_node_pool(&cluster)
        .metadata(|pool| pool.name("pool-1"))
        .spec(|spec| spec.set_node_template(machine().k8s_tags([("tier", "web")])).initial_node_count(2))
        .send()
        .await
        .unwrap();
    let id = created.metadata.uid.unwrap();
    assert_eq!(created.status.phase, Some(NodePoolPhase::Synchronizing));
    let settled = pools.wait_until_node_pool_settled(&cluster, &id).await.unwrap();
    assert_eq!(settled.status.current_node, Some(2));
    let nodes = cloud.list_nodes(&cluster).await;
    assert_eq!(nodes.len(), 2);
    assert!(nodes.iter().all(|node| node.spec.k8s_tags.as_ref().unwrap()["tier"] == "web"));

    for size in [3, 1] {
        let update = pools.update_node_pool(&cluster, &id).spec(|spec| {
            spec.initial_node_count(size).node_template(|template| template).autoscaling(|auto| auto.enable(false))
        });
        update.send().await.unwrap();
        pools.wait_until_node_pool_settled(&cluster, &id).await.unwrap();
        let there = pools.get_node_pool(&cluster, &id).send().await.unwrap();
        assert_eq!((there.status.current_node, there.spec.initial_node_count), (Some(size), Some(size)));
        cloud.pass(60);
        assert_eq!(cloud.list_nodes(&cluster).await.len(), usize::try_from(size).unwrap());
    }

    let deleted = pools.delete_node_pool(&cluster, &id).send().await.unwrap();
    assert_eq!(deleted.status.phase, Some(NodePoolPhase::Deleting));
    cloud.done(deleted.job_id()).await;
    pools.wait_until_node_pool_deleted(&cluster, &id).await.unwrap();
    assert_eq!(refusal(pools.get_node_pool(&cluster, &id).send().await), not_found());
    assert_eq!(cloud.list_nodes(&cluster).await.len(), 0);
}

async fn nodes_outside_of_pools_are_a_pool_too(cloud: &Cloud) {
    let (pools, cluster) = (&cloud.pools, cloud.available("pools").await);
    let node = cloud.add_nodes(&cluster, 1).await;
    assert_eq!(pools.list_node_pools(&cluster).send().await.unwrap().items.len(), 0);
    let shown = pools.list_node_pools(&cluster).show_default_node_pool("true").send().await.unwrap().items;
    assert_eq!((shown.len(), shown[0].status.current_node), (1, Some(1)));
    assert_eq!(shown[0].metadata.name, shown[0].metadata.uid);
    assert_eq!(cloud.list_nodes(&cluster).await.iter().map(uid).collect::<Vec<_>>(), node);
}
