//! Nodes: how they join, are drained, and leave.

use super::{Cloud, NETWORK, PODS, RANGE, machine, pod, refused};
use serde_json::{Value, json};
use wharf::tke::cluster::types::ClusterStatus;
use wharf::tke::node::types::{DrainStatus, InstanceAdvancedSettings, InstanceState, Label, SimplePodInfo};

scenarios![
    bought_machines_become_nodes,
    the_older_operation_takes_its_settings_one_by_one,
    a_purchase_with_a_token_is_made_once,
    existing_machines_join_if_they_can,
    nodes_leave_and_their_machines_are_destroyed_or_kept,
    a_node_that_is_initializing_leaves_by_force_only,
    drain_moves_the_pods_that_its_rehearsal_lists,
];

async fn bought_machines_become_nodes(cloud: &Cloud) {
    let id = cloud.running(RANGE).await;
    let labels = [Label::default().name("tier").value("db")];
    let request = cloud
        .nodes
        .create_cluster_instances(&id)
        .run_instance_para(machine("S5.MEDIUM4").instance_count(2).instance_name("store"))
        .instance_advanced_settings(|settings| settings.labels(labels).mount_target("/data").unschedulable(1));
    let ids = request.send().await.unwrap().instance_id_set;
    assert_eq!(ids.len(), 2);
    assert_eq!(cloud.status(&id).await, ClusterStatus::Scaling);
    for node in cloud.nodes_of(&id).await {
        assert_eq!(node.instance_state, InstanceState::Initializing);
        assert_ne!(node.failed_reason, "", "why it is not running");
    }
    assert_eq!(cloud.items(&id, "/api/v1/nodes").await.len(), 0, "Kubernetes does not see them yet");
    cloud.pass(30);
    assert_eq!(cloud.status(&id).await, ClusterStatus::Running);
    assert_eq!(cloud.cluster(&id).await.cluster_node_num, 2);
    let nodes = cloud.nodes_of(&id).await;
    let listed: Vec<&String> = nodes.iter().map(|node| &node.instance_id).collect();
    assert_eq!(listed, ids.iter().collect::<Vec<_>>());
    for node in &nodes {
        assert_eq!((&node.instance_state, node.failed_reason.as_str()), (&InstanceState::Running, ""));
        let settings = node.instance_advanced_settings.clone().unwrap();
        assert_eq!((settings.mount_target.as_deref(), settings.unschedulable), (Some("/data"), Some(1)));
    }
    for node in cloud.items(&id, "/api/v1/nodes?labelSelector=tier%3Ddb").await {
        assert_eq!(node["spec"]["unschedulable"], true);
    }
    assert_eq!(cloud.items(&id, "/api/v1/nodes?labelSelector=tier%3Ddb").await.len(), 2);
    let machines = cloud.nodes.describe_existed_instances().instance_ids(&ids).send().await.unwrap();
    for machine in machines.existed_instance_set {
        assert_eq!(machine.already_in_cluster.as_deref(), Some(id.as_str()));
        assert_eq!((machine.cpu, machine.memory), (Some(2), Some(4)));
        assert!(machine.instance_name.unwrap().starts_with("store"));
    }
}

async fn the_older_operation_takes_its_settings_one_by_one(cloud: &Cloud) {
    let id = cloud.running(RANGE).await;
    let request = cloud.nodes.add_cluster_instances(&id).cvm_run_instances(machine("S5.MEDIUM4"));
    let request = request.mount_target(["/data"]).unschedulable(1).os_name("centos7.2x86_64");
    let ids = request.send().await.unwrap().instance_id_set;
    cloud.pass(30);
    let nodes = cloud.nodes_of(&id).await;
    assert_eq!((nodes.len(), &nodes[0].instance_id), (1, &ids[0]));
    let settings: InstanceAdvancedSettings = nodes[0].instance_advanced_settings.clone().unwrap();
    assert_eq!(settings.mount_target.as_deref(), Some("/data"));
    assert_eq!(cloud.items(&id, "/api/v1/nodes").await[0]["spec"]["unschedulable"], true);
    assert_eq!(cloud.cluster(&id).await.cluster_os.as_str(), "centos7.2x86_64", "the first nodes choose the system");
}

async fn a_purchase_with_a_token_is_made_once(cloud: &Cloud) {
    let id = cloud.running(RANGE).await;
    let buy = || {
        let machines = machine("S5.MEDIUM4").instance_count(2).client_token("once");
        cloud.nodes.create_cluster_instances(&id).run_instance_para(machines).send()
    };
    let first = buy().await.unwrap().instance_id_set;
    assert_eq!(buy().await.unwrap().instance_id_set, first);
    assert_eq!(cloud.nodes_of(&id).await.len(), 2);
}

async fn existing_machines_join_if_they_can(cloud: &Cloud) {
    let id = cloud.running(RANGE).await;
    let usable = async |machine: &str| {
        let answer = cloud.nodes.describe_existed_instances().instance_ids([machine]).send().await.unwrap();
        let machine = answer.existed_instance_set[0].clone();
        (machine.usable.unwrap(), machine.unusable_reason.unwrap())
    };
    assert_eq!(usable("ins-default1").await, (true, String::new()));
    assert!(usable("ins-stopped1").await.1.contains("not running"));
    let candidates = ["ins-default1", "ins-second01", "ins-stopped1", "ins-none"];
    let add = || cloud.nodes.add_existed_instances(&id).instance_ids(candidates).send();
    let answer = add().await.unwrap();
    assert_eq!(answer.succ_instance_ids, ["ins-default1"]);
    assert_eq!(answer.failed_instance_ids, ["ins-second01", "ins-stopped1", "ins-none"]);
    assert_eq!(answer.timeout_instance_ids, Vec::<String>::new());
    let (can, why_not) = usable("ins-default1").await;
    assert!(!can && why_not.contains(&id), "{why_not}");
    cloud.pass(30);
    let nodes = cloud.nodes_of(&id).await;
    assert_eq!((nodes.len(), nodes[0].instance_id.as_str()), (1, "ins-default1"));
    assert_eq!(nodes[0].instance_state, InstanceState::Running);
    let answer = add().await.unwrap();
    assert_eq!((answer.succ_instance_ids.len(), answer.failed_instance_ids.len()), (0, 4), "it is a node already");
    let pool = cloud.nodes.add_existed_instances(&id).instance_ids(["ins-default2"]);
    refused(pool.node_pool(|pool| pool.add_to_node_pool(true)).send().await, "MissingParameter", "NodePoolId");
}

async fn nodes_leave_and_their_machines_are_destroyed_or_kept(cloud: &Cloud) {
    let id = cloud.running(RANGE).await;
    let nodes = cloud.add_nodes(&id, 3).await;
    cloud.nodes.add_existed_instances(&id).instance_ids(["ins-default4"]).send().await.unwrap();
    cloud.pass(30);
    let delete = async |mode: &str, machines: &[&str]| {
        let request = cloud.nodes.delete_cluster_instances(&id).instance_ids(machines.iter().copied());
        request.instance_delete_mode(mode).send().await.unwrap()
    };
    let answer = delete("terminate", &[&nodes[0], "ins-default4", "ins-none"]).await;
    assert_eq!(answer.succ_instance_ids, [nodes[0].as_str()]);
    assert_eq!(answer.failed_instance_ids, ["ins-default4"], "it is paid ahead");
    assert_eq!(answer.not_found_instance_ids, ["ins-none"]);
    assert_eq!(cloud.status(&id).await, ClusterStatus::Scaling);
    delete("retain", &[&nodes[1], "ins-default4"]).await;
    cloud.pass(10);
    assert_eq!(cloud.status(&id).await, ClusterStatus::Running);
    let left: Vec<String> = cloud.nodes_of(&id).await.into_iter().map(|node| node.instance_id).collect();
    assert_eq!(left, [nodes[2].as_str()]);
    assert_eq!(cloud.items(&id, "/api/v1/nodes").await.len(), 1);
    let machines = [&nodes[..], &["ins-default4".to_owned()]].concat();
    let existing = cloud.existing(&machines).await;
    assert!(!existing.contains(&nodes[0]) && existing.len() == 3, "{existing:?}");
    let gone = cloud.nodes.describe_existed_instances().instance_ids([&nodes[0]]).send().await;
    refused(gone, "InternalError.CvmNotFound", &nodes[0]);
    let kept = cloud.nodes.describe_existed_instances().instance_ids([&nodes[1]]).send().await.unwrap();
    assert_eq!(kept.existed_instance_set[0].usable, Some(true));
    let again = cloud.nodes.add_existed_instances(&id).instance_ids([&nodes[1]]).send().await.unwrap();
    assert_eq!(again.succ_instance_ids, [nodes[1].as_str()], "what was kept can come back");
}

async fn a_node_that_is_initializing_leaves_by_force_only(cloud: &Cloud) {
    let id = cloud.running(RANGE).await;
    let request = cloud.nodes.create_cluster_instances(&id).run_instance_para(machine("S5.MEDIUM4"));
    let ids = request.send().await.unwrap().instance_id_set;
    let delete = |force: bool| {
        let request = cloud.nodes.delete_cluster_instances(&id).instance_ids(&ids).force_delete(force);
        request.instance_delete_mode("terminate").send()
    };
    assert_eq!(delete(false).await.unwrap().failed_instance_ids, ids);
    assert_eq!(delete(true).await.unwrap().succ_instance_ids, ids);
    cloud.pass(60);
    assert_eq!(cloud.nodes_of(&id).await.len(), 0);
    assert_eq!(cloud.existing(&ids).await, Vec::<String>::new());
}

async fn drain_moves_the_pods_that_its_rehearsal_lists(cloud: &Cloud) {
    let id = cloud.running(RANGE).await;
    let first = cloud.add_nodes(&id, 1).await.remove(0);
    cloud.kube(&id, "POST", PODS, pod("web-1", "100m")).await;
    let mut alone = pod("alone", "100m");
    alone["metadata"]["ownerReferences"] = Value::Null;
    cloud.kube(&id, "POST", PODS, alone).await;
    cloud.pass(5);
    cloud.add_nodes(&id, 1).await;
    let name = cloud.items(&id, "/api/v1/nodes").await[0]["metadata"]["name"].as_str().unwrap().to_owned();
    let on_node = async || cloud.items(&id, &format!("/api/v1/pods?fieldSelector=spec.nodeName={name}")).await;
    let drain = async |rehearsal: bool| {
        let request = cloud.nodes.drain_cluster_node(&id, &first).dry_run(rehearsal);
        request.send().await.unwrap().pods
    };
    let names = |pods: &[SimplePodInfo]| pods.iter().map(|pod| pod.name.clone()).collect::<Vec<_>>();

    let before = on_node().await;
    let rehearsed = drain(true).await;
    assert!(["web-1", "alone"].iter().all(|name| names(&rehearsed).contains(&(*name).to_owned())), "{rehearsed:?}");
    assert!(rehearsed.iter().all(|pod| pod.node_ip.starts_with("10.200.1.")));
    cloud.pass(30);
    assert_eq!(on_node().await, before, "a rehearsal changes nothing");
    assert_eq!(cloud.nodes_of(&id).await[0].drain_status.clone().unwrap_or_default().as_str(), "");

    assert_eq!(names(&drain(false).await), names(&rehearsed));
    assert_eq!(cloud.nodes_of(&id).await[0].drain_status, Some(DrainStatus::Draining));
    cloud.pass(10);
    assert_eq!(cloud.nodes_of(&id).await[0].drain_status, Some(DrainStatus::Drained));
    assert_eq!(cloud.get(&id, &format!("/api/v1/nodes/{name}")).await["spec"]["unschedulable"], true);
    let left: Vec<Value> = on_node().await.iter().map(|pod| pod["metadata"]["name"].clone()).collect();
    assert!(!left.is_empty() && names(&rehearsed).iter().all(|name| !left.contains(&json!(name))), "{left:?}");
    let pods = cloud.items(&id, PODS).await;
    assert_eq!(pods.len(), 1, "the pod without a controller is gone, the other one was replaced");
    assert_ne!(pods[0]["spec"]["nodeName"], name.as_str());
    assert_eq!(pods[0]["status"]["phase"], "Running");
    assert_eq!(drain(true).await, [], "nothing is left to move");
    let unknown = cloud.nodes.drain_cluster_node(&id, "ins-none").send().await;
    refused(unknown, "ResourceNotFound", "ins-none");
    assert_eq!(cloud.cluster(&id).await.cluster_network_settings.vpc_id.as_deref(), Some(NETWORK));
}
