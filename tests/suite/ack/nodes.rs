//! Nodes: listed, attached, removed.

use super::{Cloud, ELSEWHERE, SERVERS, STOPPED, invalid, name, no_pool, not_found, not_now, refusal};
use wharf::ack::types::{AttachOptions, InstanceRole, NodeSource, NodeState, NodeStateFilter, NodeStatus};

scenarios! { nodes_are_listed, servers_become_nodes, nodes_leave, servers_attach_themselves }

async fn nodes_are_listed(cloud: &Cloud) {
    let id = cloud.order("listed").send().await.unwrap().cluster_id;
    let young = cloud.list_nodes(&id).await;
    assert_eq!(young.len(), 5);
    assert!(young.iter().all(|node| node.state == NodeState::Initial));
    cloud.clusters.wait_until_running(&id).await.unwrap();
    let nodes = cloud.list_nodes(&id).await;
    for node in &nodes {
        assert_eq!((&node.state, &node.node_status), (&NodeState::Running, &Some(NodeStatus::Ready)), "{node:?}");
        assert!(node.ip_address[0].starts_with("192.168."), "{node:?}");
        let master = node.instance_role == Some(InstanceRole::Master);
        let kind = if master { "ecs.c5.xlarge" } else { "ecs.n4.large" };
        assert_eq!(node.instance_type.as_deref(), Some(kind));
        assert!(node.creation_time.is_some() && node.is_aliyun_node == Some(true));
    }
    let pool = nodes.iter().find_map(|node| node.nodepool_id.clone().filter(|id| !id.is_empty())).unwrap();
    let list = || cloud.nodes.describe_cluster_nodes(&id);
    let two = format!("{},{}", nodes[0].instance_id, nodes[4].instance_id);
    for (request, count) in [
        (list().instance_ids(&two), 2),
        (list().instance_ids("i-none"), 0),
        (list().nodepool_id(&pool), 2),
        (list().nodepool_id("np-none"), 0),
        (list().state(NodeStateFilter::Running), 5),
        (list().state("all"), 5),
        (list().state("removing"), 0),
    ] {
        let shown = format!("{request:?}");
        let answer = request.send().await.unwrap();
        assert_eq!((answer.nodes.len(), answer.page.total_count), (count, count as i64), "{shown}");
    }
    assert_eq!(refusal(cloud.nodes.describe_cluster_nodes("c-none").send().await), not_found());
    assert_eq!(refusal(list().state("asleep").send().await), invalid());
}

async fn servers_become_nodes(cloud: &Cloud) {
    let id = cloud.order("attach").send().await.unwrap().cluster_id;
    let attach = || cloud.nodes.attach_instances(&id).password("Hello1234");
    assert_eq!(refusal(attach().instances([SERVERS[0]]).send().await), not_now());
    cloud.clusters.wait_until_running(&id).await.unwrap();
    let tried = [SERVERS[0], SERVERS[2], STOPPED, ELSEWHERE, "i-none"];
    let request = attach().instances(tried).keep_instance_name(false).tags([("tier", "web")]).platform("AliyunLinux");
    let answer = request.runtime(|runtime| runtime.name("docker")).send().await.unwrap();
    assert!(answer.task_id.is_some());
    let results: Vec<_> = answer
        .list
        .iter()
        .map(|one| (one.instance_id.as_deref().unwrap(), one.code.as_deref() == Some("200")))
        .collect();
    assert_eq!(
        results,
        [(SERVERS[0], true), (SERVERS[2], true), (STOPPED, false), (ELSEWHERE, false), ("i-none", false)]
    );
    let states = cloud.workers(&id).await;
    assert_eq!(states.iter().filter(|node| node.state == NodeState::Initial).count(), 2);
    let nodes = cloud.nodes.wait_until_nodes_running(&id, [SERVERS[0], SERVERS[2]]).await.unwrap();
    for (node, server) in nodes.iter().zip([SERVERS[0], SERVERS[2]]) {
        assert_eq!((node.instance_id.as_str(), &node.source), (server, &Some(NodeSource::EssAttach)));
        assert!(node.instance_name.as_deref().unwrap().contains(&id), "it was renamed: {node:?}");
    }
    assert_eq!(cloud.workers(&id).await.len(), 4);
    let again = attach().instances([SERVERS[0]]).send().await.unwrap();
    assert_ne!(again.list[0].code.as_deref(), Some("200"), "it is a node already");
    assert_eq!(refusal(cloud.nodes.attach_instances("c-none").instances([SERVERS[1]]).send().await), not_found());
    assert_eq!(
        refusal(cloud.nodes.attach_instances(&id).password("weak").instances([SERVERS[1]]).send().await),
        invalid()
    );
}

async fn nodes_leave(cloud: &Cloud) {
    let id = cloud.order("leave").instances([SERVERS[0]]).num_of_nodes(3).send().await.unwrap().cluster_id;
    cloud.clusters.wait_until_running(&id).await.unwrap();
    let workers = cloud.workers(&id).await;
    let (bought, made): (Vec<_>, Vec<_>) = workers.iter().partition(|node| node.instance_id == SERVERS[0]);
    let remove = |names: Vec<String>| cloud.nodes.remove_cluster_nodes(&id).nodes(names);
    let leaving = vec![name(bought[0]), name(made[0])];
    remove(leaving).drain_node(true).send().await.unwrap();
    let removing = cloud.workers(&id).await;
    assert_eq!(removing.iter().filter(|node| node.state == NodeState::Removing).count(), 2);
    let gone = [SERVERS[0].to_owned(), made[0].instance_id.clone()];
    cloud.nodes.wait_until_nodes_removed(&id, gone).await.unwrap();
    assert_eq!(cloud.workers(&id).await.len(), 2);
    // The servers are there still, one of them for another time.
    let attach = cloud.nodes.attach_instances(&id).instances([SERVERS[0], made[0].instance_id.as_str()]);
    assert!(attach.send().await.unwrap().list.iter().all(|one| one.code.as_deref() == Some("200")));
    cloud.nodes.wait_until_nodes_running(&id, [SERVERS[0]]).await.unwrap();

    // With its server.
    remove(vec![name(made[1])]).release_node(true).send().await.unwrap();
    cloud.nodes.wait_until_nodes_removed(&id, [made[1].instance_id.clone()]).await.unwrap();
    let attach = cloud.nodes.attach_instances(&id).instances([made[1].instance_id.as_str()]);
    assert_ne!(attach.send().await.unwrap().list[0].code.as_deref(), Some("200"), "the server is gone");

    let master = cloud.list_nodes(&id).await.into_iter().find(|node| node.instance_role == Some(InstanceRole::Master));
    for wrong in [vec![name(&master.unwrap())], vec!["none".to_owned()]] {
        let (kind, status, _) = refusal(remove(wrong).send().await);
        assert_eq!((kind, status), (wharf::ErrorKind::InvalidInput, Some(400)));
    }
    assert_eq!(refusal(cloud.nodes.remove_cluster_nodes("c-none").nodes(["n"]).send().await), not_found());
}

async fn servers_attach_themselves(cloud: &Cloud) {
    let id = cloud.running("script").await;
    let script = || cloud.nodes.describe_cluster_attach_scripts(&id);
    let options = AttachOptions::default().quiet(true).manage_runtime(true).allowed_cluster_addons(["flannel"]);
    let answer = script().arch("amd64").format_disk(false).options(options).send().await.unwrap();
    let text = answer.script.unwrap();
    assert!(text.expose().contains("attach_node.sh") && text.expose().contains(&id), "it is a script of the cluster");
    let pool = cloud.pools.describe_cluster_node_pools(&id).send().await.unwrap().nodepools.remove(0);
    let answer = script().nodepool_id(&pool.nodepool_info.nodepool_id).send().await.unwrap();
    assert!(answer.script.unwrap().expose().contains(&pool.nodepool_info.nodepool_id));
    assert_eq!(refusal(script().nodepool_id("np-none").send().await), no_pool());
    assert_eq!(refusal(cloud.nodes.describe_cluster_attach_scripts("c-none").send().await), not_found());
}
