//! Nodes: new servers and existing ones, installed anew, taken out, moved.

use super::{Cloud, OS, conflict, key, machine, not_found, refusal, uid};
use wharf::ErrorKind;
use wharf::cce::NodePassword;
use wharf::cce::types::{
    AddNode, JobPhase, Login, MigrateNodesSpec, NodeItem, NodePhase, ReinstallNodeSpec, RemoveNodesSpec, ResetNode,
    Taint, TaintEffect,
};

scenarios! {
    from_order_to_end,
    a_password_is_taken_and_never_shown,
    existing_servers_come_and_go,
    a_node_is_installed_anew,
    a_node_moves_to_another_cluster,
    all_nodes_at_once_are_no_longer_deleted,
}

async fn from_order_to_end(cloud: &Cloud) {
    let (nodes, cluster) = (&cloud.nodes, cloud.available("nodes").await);
    let created = cloud.order_nodes(&cluster, "node", 2).send().await.unwrap();
    assert_eq!(created.status.phase, Some(NodePhase::Build));
    let first = created.metadata.uid.clone().unwrap();
    let job = cloud.cce.job(created.job_id().unwrap());
    assert_eq!(job.get().send().await.unwrap().status.phase, JobPhase::Initializing);
    let active = nodes.wait_until_active(&cluster, &first).await.unwrap();
    assert_eq!(active.metadata.name.as_deref(), Some("node-1"));
    assert_eq!(active.spec.os.as_deref(), Some(OS));
    job.wait().await.unwrap();
    let listed = cloud.list_nodes(&cluster).await;
    assert_eq!(listed.len(), 2);
    assert!(listed.iter().all(|node| node.status.phase == Some(NodePhase::Active) && node.status.private_ip.is_some()));

    nodes.update_node(&cluster, &first).metadata(|node| node.name("renamed")).send().await.unwrap();
    let renamed = nodes.get_node(&cluster, &first).send().await.unwrap();
    assert_eq!(renamed.metadata.name.as_deref(), Some("renamed"));

    let deleted = nodes.delete_node(&cluster, &first).send().await.unwrap();
    assert_eq!(deleted.status.phase, Some(NodePhase::Deleting));
    assert_eq!(refusal(nodes.delete_node(&cluster, &first).send().await), conflict());
    nodes.wait_until_deleted(&cluster, &first).await.unwrap();
    assert_eq!(cloud.done(deleted.job_id()).await.status.phase, JobPhase::Success);
    assert_eq!(refusal(nodes.get_node(&cluster, &first).send().await), not_found());
    assert_eq!(cloud.list_nodes(&cluster).await.len(), 1);
}

async fn a_password_is_taken_and_never_shown(cloud: &Cloud) {
    let cluster = cloud.available("secret").await;
    let password = NodePassword::from_plain("Correct-Horse-7").unwrap();
    let spec = machine().set_login(Login::password(password.clone()));
    let created = cloud.order_nodes(&cluster, "node", 1).set_spec(spec).send().await.unwrap();
    let node = cloud.nodes.wait_until_active(&cluster, created.metadata.uid.unwrap()).await.unwrap();
    let shown = node.spec.login.unwrap().user_password.unwrap().password.unwrap();
    assert_ne!(shown.expose(), password.expose());
}

async fn existing_servers_come_and_go(cloud: &Cloud) {
    let (nodes, cluster) = (&cloud.nodes, cloud.available("existing").await);
    let add = |server: &str| {
        let fresh = ReinstallNodeSpec::default().os(OS).set_login(key());
        nodes.add_nodes(&cluster).node_list([AddNode::default().server_id(server).set_spec(fresh)])
    };
    let added = add("ins-default1").send().await.unwrap();
    cloud.done(added.job_id()).await;
    let there = cloud.list_nodes(&cluster).await;
    let server = there[0].status.server_id.clone().unwrap();
    assert_eq!((there.len(), there[0].status.phase.clone()), (1, Some(NodePhase::Active)));

    let leaving = RemoveNodesSpec::default().set_login(key()).nodes([NodeItem::default().uid(uid(&there[0]))]);
    let removed = nodes.remove_nodes(&cluster).set_spec(leaving).send().await.unwrap();
    cloud.done(removed.job_id()).await;
    assert_eq!(cloud.list_nodes(&cluster).await.len(), 0);
    let again = add(&server).send().await.unwrap();
    cloud.done(again.job_id()).await;
    assert_eq!(cloud.list_nodes(&cluster).await[0].status.server_id, Some(server), "the server has stayed");
}

async fn a_node_is_installed_anew(cloud: &Cloud) {
    let (nodes, cluster) = (&cloud.nodes, cloud.available("fresh").await);
    let ids = cloud.add_nodes(&cluster, 2).await;
    let taint = Taint::default().key("only").value("db").effect(TaintEffect::NoSchedule);
    let fresh = ReinstallNodeSpec::default()
        .os("CentOS 7.6")
        .set_login(key())
        .name("fresh")
        .k8s_options(|options| options.labels([("tier", "db")]).taints([taint]));
    let reset = nodes.reset_nodes(&cluster).node_list([ResetNode::default().node_id(&ids[0]).set_spec(fresh)]);
    let reset = reset.send().await.unwrap();
    let phase = async |id: &str| nodes.get_node(&cluster, id).send().await.unwrap().status.phase;
    assert_eq!(phase(&ids[0]).await, Some(NodePhase::Installing));
    assert_eq!(phase(&ids[1]).await, Some(NodePhase::Active));
    cloud.done(reset.job_id()).await;
    let there = nodes.wait_until_active(&cluster, &ids[0]).await.unwrap();
    assert_eq!((there.metadata.name.as_deref(), there.spec.os.as_deref()), (Some("fresh"), Some("CentOS 7.6")));
    assert_eq!(there.spec.k8s_tags.unwrap()["tier"], "db");
}

async fn a_node_moves_to_another_cluster(cloud: &Cloud) {
    let (nodes, from, to) = (&cloud.nodes, cloud.available("from").await, cloud.available("into").await);
    let ids = cloud.add_nodes(&from, 2).await;
    let spec = MigrateNodesSpec::default().os(OS).set_login(key()).nodes([NodeItem::default().uid(&ids[0])]);
    let moved = nodes.migrate_nodes(&from, &to).set_spec(spec).send().await.unwrap();
    cloud.done(moved.job_id()).await;
    let of = async |cluster: &str| cloud.list_nodes(cluster).await.iter().map(uid).collect::<Vec<_>>();
    assert_eq!((of(&from).await, of(&to).await), (vec![ids[1].clone()], vec![ids[0].clone()]));
    nodes.wait_until_active(&to, &ids[0]).await.unwrap();
}

async fn all_nodes_at_once_are_no_longer_deleted(cloud: &Cloud) {
    let cluster = cloud.available("kept").await;
    cloud.add_nodes(&cluster, 1).await;
    let (kind, status, _) = refusal(cloud.nodes.delete_all_nodes(&cluster).send().await);
    assert_eq!((kind, status), (ErrorKind::Unsupported, Some(405)));
    assert_eq!(cloud.list_nodes(&cluster).await.len(), 1);
}
