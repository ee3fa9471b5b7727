//! Node pools: sizes and settings that follow.

use super::{Cloud, SWITCHES, invalid, name, no_pool, not_found, not_now, refusal};
use wharf::ErrorKind;
use wharf::ack::types::{AutoScaling, Label, NodePoolState, NodeState, Taint};

scenarios! { a_pool_grows_shrinks_and_goes, a_pool_is_what_was_asked_for, a_pool_changes }

async fn a_pool_grows_shrinks_and_goes(cloud: &Cloud) {
    let (pools, cluster) = (&cloud.pools, cloud.order("pools").send().await.unwrap().cluster_id);
    assert_eq!(refusal(cloud.order_pool(&cluster, "early").send().await), not_now());
    cloud.clusters.wait_until_running(&cluster).await.unwrap();
    let created = cloud.order_pool(&cluster, "pool-1").send().await.unwrap();
    assert!(created.task_id.is_some());
    let id = created.nodepool_id;
    let detail = async || pools.describe_cluster_node_pool_detail(&cluster, &id).send().await.unwrap();
    let status = detail().await.status;
    assert_eq!((status.state, status.initial_nodes, status.total_nodes), (NodePoolState::Scaling, Some(2), Some(2)));
    let settled = pools.wait_until_node_pool_settled(&cluster, &id).await.unwrap().status;
    assert_eq!((settled.serving_nodes, settled.healthy_nodes, settled.failed_nodes), (Some(2), Some(2), Some(0)));
    let all = pools.describe_cluster_node_pools(&cluster).send().await.unwrap().nodepools;
    assert_eq!(all.iter().filter(|pool| pool.nodepool_info.nodepool_id == id).count(), 1);

    // The number is of nodes to add.
    assert!(!pools.scale_cluster_node_pool(&cluster, &id).count(3).send().await.unwrap().task_id.is_empty());
    let settled = pools.wait_until_node_pool_settled(&cluster, &id).await.unwrap().status;
    assert_eq!(settled.total_nodes, Some(5));
    let mine = async || {
        let nodes = cloud.nodes.describe_cluster_nodes(&cluster).nodepool_id(&id).page_size(50).items();
        nodes.collect_all().await.unwrap()
    };
    let nodes = mine().await;
    assert_eq!(nodes.len(), 5);
    assert!(nodes.iter().all(|node| node.state == NodeState::Running));

    let leaving: Vec<String> = nodes.iter().take(4).map(name).collect();
    cloud.nodes.remove_cluster_nodes(&cluster).nodes(leaving).release_node(true).send().await.unwrap();
    assert_eq!(detail().await.status.state, NodePoolState::Removing);
    let settled = pools.wait_until_node_pool_settled(&cluster, &id).await.unwrap().status;
    assert_eq!(settled.total_nodes, Some(1));
    let (kind, status, _) = refusal(pools.delete_cluster_node_pool(&cluster, &id).send().await);
    assert_eq!((kind, status), (ErrorKind::Conflict, Some(400)), "it has a node");

    let last = mine().await;
    cloud.nodes.remove_cluster_nodes(&cluster).nodes(last.iter().map(name)).release_node(true).send().await.unwrap();
    pools.wait_until_node_pool_settled(&cluster, &id).await.unwrap();
    let deleted = pools.delete_cluster_node_pool(&cluster, &id).send().await.unwrap();
    assert!(deleted.task_id.is_some());
    pools.wait_until_node_pool_deleted(&cluster, &id).await.unwrap();
    for answer in [
        refusal(pools.describe_cluster_node_pool_detail(&cluster, &id).send().await),
        refusal(pools.scale_cluster_node_pool(&cluster, &id).count(1).send().await),
        refusal(pools.delete_cluster_node_pool(&cluster, &id).send().await),
        refusal(pools.modify_cluster_node_pool(&cluster, &id).send().await),
    ] {
        assert_eq!(answer, no_pool());
    }
    assert_eq!(refusal(pools.describe_cluster_node_pools("c-none").send().await), not_found());
}

async fn a_pool_is_what_was_asked_for(cloud: &Cloud) {
    let cluster = cloud.running("pools").await;
    let request = cloud
        .order_pool(&cluster, "池-1")
        .count(0)
        .scaling_group(|group| {
            group.login_password("Hello1234").internet_max_bandwidth_out(5).scaling_policy("recycle").tags([("t", "v")])
        })
        .kubernetes_config(|config| {
            let config = config.labels([("tier", "前端")]).taints([Taint::prefer_no_schedule("a", "b")]);
            config.node_names("web.", 5, ".example.com").cpu_policy("static").unschedulable(true).user_data("IyE=")
        })
        .set_auto_scaling(AutoScaling::between(1, 4).eip_bandwidth(7))
        .tee_config(|tee| tee.tee_enable(true));
    let id = request.send().await.unwrap().nodepool_id;
    let pool = cloud.pools.wait_until_node_pool_settled(&cluster, &id).await.unwrap();
    assert_eq!((pool.nodepool_info.name.as_str(), pool.status.total_nodes), ("池-1", Some(1)), "the least of the two");
    let group = pool.scaling_group.unwrap();
    assert_eq!((group.system_disk_size, group.internet_max_bandwidth_out), (Some(120), Some(5)));
    assert_eq!((group.vswitch_ids, group.tags.len()), (vec![SWITCHES[0].to_owned()], 1));
    assert_ne!(group.login_password.unwrap().expose(), "Hello1234", "the password does not come back");
    let config = pool.kubernetes_config.unwrap();
    assert_eq!(config.labels, Some(vec![Label::from(("tier", "前端"))]));
    assert_eq!(config.taints, Some(vec![Taint::prefer_no_schedule("a", "b")]));
    assert_eq!(config.node_name_mode.as_deref(), Some("customized,web.,5,.example.com"));
    assert_eq!((config.unschedulable, config.user_data.unwrap().expose()), (Some(true), "IyE="));
    let scaling = pool.auto_scaling.unwrap();
    assert_eq!((scaling.enable, scaling.min_instances, scaling.max_instances), (Some(true), Some(1), Some(4)));
    assert_eq!((scaling.eip_bandwidth, pool.tee_config.unwrap().tee_enable), (Some(7), Some(true)));

    let order = || cloud.order_pool(&cluster, "wrong");
    for (wrong, what) in [
        (order().nodepool_info(|pool| pool.name("-")), "a name that cannot be"),
        (order().scaling_group(|group| group.instance_types(["none"])), "a server type that is not offered"),
        (order().scaling_group(|group| group.vswitch_ids(["vsw-none"])), "a switch that is not there"),
        (order().scaling_group(|group| group.vpc_id("vpc-none")), "a network that is not there"),
        (order().scaling_group(|group| group.login_password("weak")), "a password that cannot be"),
        (order().set_auto_scaling(AutoScaling::between(4, 1)), "bounds in the wrong order"),
    ] {
        assert_eq!(refusal(wrong.send().await), invalid(), "{what}");
    }
    let many = refusal(order().count(500).send().await);
    assert_eq!(many, (ErrorKind::Quota, Some(400), "QuotaExceeded.Node".to_owned()));
}

async fn a_pool_changes(cloud: &Cloud) {
    let cluster = cloud.running("pools").await;
    let id = cloud.order_pool(&cluster, "pool").send().await.unwrap().nodepool_id;
    cloud.pools.wait_until_node_pool_settled(&cluster, &id).await.unwrap();
    let change = cloud
        .pools
        .modify_cluster_node_pool(&cluster, &id)
        .update_nodes(true)
        .set_auto_scaling(AutoScaling::between(0, 9))
        .kubernetes_config(|config| config.labels([("tier", "back")]).taints([Taint::no_execute("x", "y")]))
        .scaling_group(|group| {
            group.instance_types(["ecs.c5.xlarge"]).system_disk_size(200).multi_az_policy("BALANCE")
        });
    let changed = change.send().await.unwrap();
    assert_eq!(changed.nodepool_id.as_deref(), Some(id.as_str()));
    let pool = cloud.pools.describe_cluster_node_pool_detail(&cluster, &id).send().await.unwrap();
    assert_eq!(pool.status.state, NodePoolState::Updating);
    let pool = cloud.pools.wait_until_node_pool_settled(&cluster, &id).await.unwrap();
    let group = pool.scaling_group.unwrap();
    assert_eq!((group.instance_types, group.system_disk_size), (vec!["ecs.c5.xlarge".to_owned()], Some(200)));
    assert_eq!(group.vswitch_ids, [SWITCHES[0]], "what is not said stays");
    assert_eq!(pool.kubernetes_config.unwrap().labels, Some(vec![Label::from(("tier", "back"))]));
    assert_eq!(pool.auto_scaling.unwrap().max_instances, Some(9));

    // Nodes to come are of the new type.
    cloud.pools.scale_cluster_node_pool(&cluster, &id).count(1).send().await.unwrap();
    cloud.pools.wait_until_node_pool_settled(&cluster, &id).await.unwrap();
    let nodes = cloud.nodes.describe_cluster_nodes(&cluster).nodepool_id(&id).items().collect_all().await.unwrap();
    let types: Vec<_> = nodes.iter().map(|node| node.instance_type.as_deref().unwrap()).collect();
    assert_eq!(types.iter().filter(|kind| **kind == "ecs.c5.xlarge").count(), 1, "{types:?}");
    let change = cloud.pools.modify_cluster_node_pool(&cluster, &id);
    assert_eq!(refusal(change.scaling_group(|group| group.instance_types(["none"])).send().await), invalid());
}
