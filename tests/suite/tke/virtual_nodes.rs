//! Virtual nodes and their pools.

use super::{Cloud, PODS, RANGE, SUBNET, pod, refused};
use serde_json::{Value, json};
use wharf::tke::node::types::Node;
use wharf::tke::scaling::operations::CreateClusterVirtualNodePool;
use wharf::tke::scaling::types::{Label, NodePoolSet, Taint, VirtualNodePoolState};

scenarios![
    a_pool_is_created_changed_and_deleted,
    virtual_nodes_come_up_and_are_kubernetes_nodes,
    pods_are_in_the_way_of_deletion_unless_it_is_forced,
    a_pool_takes_its_nodes_along,
    drain_moves_the_pods_off_a_virtual_node,
];

fn new_pool(cloud: &Cloud, cluster: &str) -> wharf::tke::scaling::Request<CreateClusterVirtualNodePool> {
    let request = cloud.scaling.create_cluster_virtual_node_pool(cluster).name("burst");
    let request = request.subnet_ids([SUBNET, "subnet-default2"]).security_group_ids(["sg-default0"]);
    let taint = Taint::default().key("virtual").value("yes").effect("NoSchedule");
    request.labels([Label::default().name("kind").value("virtual")]).taints([taint])
}

async fn pools(cloud: &Cloud, cluster: &str) -> Vec<NodePoolSet> {
    let answer = cloud.scaling.describe_cluster_virtual_node_pools(cluster).send().await.unwrap();
    assert_eq!(usize::try_from(answer.total_count), Ok(answer.node_pool_set.len()));
    answer.node_pool_set
}

async fn nodes(cloud: &Cloud, cluster: &str, pool: &str) -> Vec<Node> {
    let answer = cloud.nodes.describe_cluster_virtual_node(cluster, pool).send().await.unwrap();
    assert_eq!(usize::try_from(answer.total_count), Ok(answer.nodes.len()));
    answer.nodes
}

/// A running cluster with a pool at rest and one virtual node in it.
async fn with_node(cloud: &Cloud) -> (String, String, String) {
    let id = cloud.running(RANGE).await;
    let pool = new_pool(cloud, &id).send().await.unwrap().node_pool_id;
    cloud.pass(10);
    let request = cloud.nodes.create_cluster_virtual_node(&id, &pool).subnet_id(SUBNET);
    let node = request.send().await.unwrap().instance_ids.remove(0);
    cloud.pass(10);
    (id, pool, node)
}

/// Starts a pod that only a virtual node takes.
async fn start_pod(cloud: &Cloud, cluster: &str) {
    let mut pod = pod("web-1", "16");
    pod["spec"]["tolerations"] = json!([{"key": "virtual", "operator": "Exists"}]);
    cloud.kube(cluster, "POST", PODS, pod).await;
    cloud.pass(3);
}

async fn a_pool_is_created_changed_and_deleted(cloud: &Cloud) {
    let id = cloud.running(RANGE).await;
    assert_eq!(pools(cloud, &id).await.len(), 0);
    let pool = new_pool(cloud, &id).send().await.unwrap().node_pool_id;
    let made = pools(cloud, &id).await.remove(0);
    assert_eq!((made.life_state, made.node_pool_id.as_deref()), (Some(VirtualNodePoolState::Creating), Some(&*pool)));
    assert_eq!((made.name.as_deref(), made.unschedulable), (Some("burst"), Some(false)));
    assert_eq!(made.subnet_ids, [SUBNET, "subnet-default2"]);
    assert_eq!((made.labels.len(), made.taints[0].key.as_deref()), (1, Some("virtual")));
    let early = cloud.nodes.create_cluster_virtual_node(&id, &pool).subnet_id(SUBNET).send().await;
    refused(early, "ResourceUnavailable", &pool);
    cloud.pass(10);
    assert_eq!(pools(cloud, &id).await[0].life_state, Some(VirtualNodePoolState::Normal));

    let change = || {
        let request = cloud.scaling.modify_cluster_virtual_node_pool(&id, &pool).name("other");
        request.taints(Vec::<Taint>::new()).unschedulable(true).send()
    };
    change().await.unwrap();
    refused(change().await, "ResourceUnavailable", &pool);
    let changed = pools(cloud, &id).await.remove(0);
    assert_eq!((changed.name.as_deref(), changed.unschedulable), (Some("other"), Some(true)));
    assert_eq!((changed.taints.len(), changed.labels.len()), (0, 1), "what is not given stays");
    assert_eq!(changed.life_state, Some(VirtualNodePoolState::Updating));
    cloud.pass(5);
    assert_eq!(pools(cloud, &id).await[0].life_state, Some(VirtualNodePoolState::Normal));

    let delete = || cloud.scaling.delete_cluster_virtual_node_pool(&id).node_pool_ids([&pool]).send();
    delete().await.unwrap();
    assert_eq!(pools(cloud, &id).await[0].life_state, Some(VirtualNodePoolState::Deleting));
    cloud.pass(10);
    assert_eq!(pools(cloud, &id).await.len(), 0);
    refused(delete().await, "ResourceNotFound", &pool);
}

async fn virtual_nodes_come_up_and_are_kubernetes_nodes(cloud: &Cloud) {
    let (id, pool, first) = with_node(cloud).await;
    let create = || cloud.nodes.create_cluster_virtual_node(&id, &pool);
    let more = create().subnet_ids([SUBNET, "subnet-default2"]).send().await.unwrap().instance_ids;
    assert_eq!(more.len(), 2);
    let phases = async || {
        let listed = nodes(cloud, &id, &pool).await;
        listed.into_iter().map(|node| node.phase.unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(phases().await, ["Running", "Pending", "Pending"]);
    assert_eq!(cloud.items(&id, "/api/v1/nodes").await.len(), 1);
    cloud.pass(10);
    assert_eq!(phases().await, ["Running"; 3]);
    assert_eq!(cloud.items(&id, "/api/v1/nodes?labelSelector=kind%3Dvirtual").await.len(), 3);
    let subnets: Vec<_> = nodes(cloud, &id, &pool).await.into_iter().map(|node| node.subnet_id.unwrap()).collect();
    assert_eq!(subnets, [SUBNET, SUBNET, "subnet-default2"]);
    let some = cloud.nodes.describe_cluster_virtual_node(&id, &pool).node_names([&first, &more[1], "eklet-none"]);
    let some = some.send().await.unwrap();
    let names: Vec<_> = some.nodes.iter().map(|node| node.name.as_deref().unwrap()).collect();
    assert_eq!((some.total_count, names), (2, vec![first.as_str(), more[1].as_str()]));
    refused(create().send().await, "MissingParameter", "SubnetId or SubnetIds");
    refused(create().subnet_id("subnet-default3").send().await, "InvalidParameter", "subnet-default3");
    let both = create().subnet_id(SUBNET).subnet_ids([SUBNET]).send().await;
    refused(both, "InvalidParameter", "SubnetIds and SubnetId exclude each other");
}

async fn pods_are_in_the_way_of_deletion_unless_it_is_forced(cloud: &Cloud) {
    let (id, pool, node) = with_node(cloud).await;
    start_pod(cloud, &id).await;
    assert_eq!(cloud.get(&id, &format!("{PODS}/web-1")).await["spec"]["nodeName"], node.as_str());
    let delete = |force: bool| {
        cloud.nodes.delete_cluster_virtual_node(&id).node_pool_id(&pool).node_names([&node]).force(force).send()
    };
    refused(delete(false).await, "ResourceInUse", "set Force");
    let delete_pool = cloud.scaling.delete_cluster_virtual_node_pool(&id).node_pool_ids([&pool]).force(false);
    refused(delete_pool.send().await, "ResourceInUse", "set Force");
    assert_eq!(nodes(cloud, &id, &pool).await[0].phase.as_deref(), Some("Running"));
    delete(true).await.unwrap();
    assert_eq!(nodes(cloud, &id, &pool).await[0].phase.as_deref(), Some("Deleting"));
    cloud.pass(10);
    assert_eq!(nodes(cloud, &id, &pool).await.len(), 0);
    assert_eq!(cloud.items(&id, "/api/v1/nodes").await.len(), 0);
    let left = cloud.items(&id, PODS).await;
    assert_eq!((left.len(), &left[0]["status"]["phase"]), (1, &json!("Pending")), "its controller made another one");
    refused(delete(true).await, "ResourceNotFound", &node);
}

async fn a_pool_takes_its_nodes_along(cloud: &Cloud) {
    let (id, pool, _) = with_node(cloud).await;
    start_pod(cloud, &id).await;
    let request = cloud.scaling.delete_cluster_virtual_node_pool(&id).node_pool_ids([&pool]).force(true);
    request.send().await.unwrap();
    cloud.pass(10);
    assert_eq!(cloud.items(&id, "/api/v1/nodes").await.len(), 0);
    assert_eq!(pools(cloud, &id).await.len(), 0);
    let gone = cloud.nodes.describe_cluster_virtual_node(&id, &pool).send().await;
    refused(gone, "ResourceNotFound", &pool);
}

async fn drain_moves_the_pods_off_a_virtual_node(cloud: &Cloud) {
    let (id, _, node) = with_node(cloud).await;
    start_pod(cloud, &id).await;
    let drain = async |rehearsal: bool| {
        let request = cloud.nodes.drain_cluster_virtual_node(&id).node_name(&node).dry_run(rehearsal);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.total_count, Some(answer.pods.len() as u64));
        answer.pods
    };
    let rehearsed = drain(true).await;
    assert_eq!((rehearsed.len(), rehearsed[0].name.as_str()), (1, "web-1"));
    cloud.pass(10);
    let phase = async || cloud.items(&id, PODS).await.into_iter().map(|pod| pod["status"]["phase"].clone());
    assert_eq!(phase().await.collect::<Vec<Value>>(), ["Running"], "a rehearsal changes nothing");
    assert_eq!(drain(false).await, rehearsed);
    cloud.pass(10);
    assert_eq!(phase().await.collect::<Vec<Value>>(), ["Pending"], "no other node takes it");
    assert_eq!(drain(true).await, []);
    let unknown = cloud.nodes.drain_cluster_virtual_node(&id).node_name("eklet-none").send().await;
    refused(unknown, "ResourceNotFound", "eklet-none");
}
