//! Long random sequences of calls: whatever happens, what the world says of itself stays true.

use super::{Cloud, cluster, none, of, pool, text};
use serde_json::{Value, json};
use wharf_world::kernel::failures::FailurePoint;

/// The same numbers in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn pick<'a>(&mut self, from: &'a [String]) -> &'a str {
        if from.is_empty() { "nothing" } else { &from[self.roll(from.len())] }
    }
}

fn clusters(cloud: &mut Cloud) -> Vec<String> {
    let list = cloud.ok("DescribeClustersV1", json!({"page_size": 50}));
    list["clusters"].as_array().unwrap().iter().map(|one| text(&one["cluster_id"])).collect()
}

#[test]
fn the_world_stays_consistent() {
    for seed in 0..8 {
        let mut cloud = Cloud::new();
        let mut dice = Dice(seed);
        for _ in 0..200 {
            step(&mut cloud, &mut dice);
            check(&mut cloud);
        }
        cloud.pass(2_000);
        check(&mut cloud);
        settled(&mut cloud);
    }
}

fn step(cloud: &mut Cloud, dice: &mut Dice) {
    let ids = clusters(cloud);
    let id = dice.pick(&ids).to_owned();
    let pools: Vec<String> = match cloud.call("DescribeClusterNodePools", of(&id)) {
        Ok(list) => {
            list["nodepools"].as_array().unwrap().iter().map(|one| text(&one["nodepool_info"]["nodepool_id"])).collect()
        }
        Err(_) => Vec::new(),
    };
    let nodes: Vec<String> = match cloud.call("DescribeClusterNodes", json!({"ClusterId": id, "pageSize": 100})) {
        Ok(list) => list["nodes"].as_array().unwrap().iter().map(|one| text(&one["node_name"])).collect(),
        Err(_) => Vec::new(),
    };
    let (pool_id, node) = (dice.pick(&pools).to_owned(), dice.pick(&nodes).to_owned());
    let (size, name) = (dice.roll(4) as u64, format!("n{}", dice.roll(30)));
    let of_pool = json!({"ClusterId": id, "NodepoolId": pool_id});
    let with = |mut order: Value, name: &str, value: Value| {
        order[name] = value;
        order
    };
    let tasks: Vec<String> = match cloud.call("DescribeClusterTasks", json!({"ClusterId": id, "page_size": 5})) {
        Ok(list) => list["tasks"].as_array().unwrap().iter().map(|one| text(&one["task_id"])).collect(),
        Err(_) => Vec::new(),
    };
    let policy = json!({"max_parallelism": 1, "pause_policy": (["NotPause", "FirstBatch"][dice.roll(2)])});
    let (operation, input) = match dice.roll(23) {
        0 if ids.len() < 3 => ("CreateCluster", cluster(|order| order["name"] = json!(name))),
        1 => ("DeleteCluster", with(of(&id), "retain_all_resources", json!(size == 0))),
        2 | 3 => ("CreateClusterNodePool", pool(&id, &name, size, |_| ())),
        4 | 5 => ("ScaleClusterNodePool", with(of_pool, "count", json!(size.max(1)))),
        6 => ("DeleteClusterNodepool", with(of_pool, "force", json!(size > 1))),
        7 => ("ModifyClusterNodePool", with(of_pool, "update_nodes", json!(true))),
        8 => (
            "RemoveClusterNodes",
            json!({"ClusterId": id, "nodes": [node], "release_node": size > 1, "drain_node": size > 2}),
        ),
        9 => (
            "AttachInstances",
            json!({"ClusterId": id, "instances": [format!("i-2zewharf00000000000{}", 1 + dice.roll(6))]}),
        ),
        10 => ("UpgradeCluster", of(&id)),
        11 => (["PauseClusterUpgrade", "ResumeUpgradeCluster", "CancelClusterUpgrade"][dice.roll(3)], of(&id)),
        12 => ("InstallClusterAddons", json!({"ClusterId": id, "body": [{"name": "ack-arena", "version": "0.5.0"}]})),
        13 => ("UnInstallClusterAddons", json!({"ClusterId": id, "addons": [{"name": "ack-arena"}]})),
        14 => {
            let change = ["PauseTask", "ResumeTask", "CancelTask"];
            (change[dice.roll(3)], json!({"TaskId": dice.pick(&tasks)}))
        }
        15 => {
            let order = with(of_pool, "rolling_policy", policy);
            let order = with(order, "image_id", json!("centos_7_7_x64_20G_alibase_20200426.vhd"));
            ("UpgradeClusterNodepool", with(order, "use_replace", json!(size > 1)))
        }
        16 => {
            let order = with(of_pool, "instance_ids", json!([node]));
            ("RemoveNodePoolNodes", with(order, "release_node", json!(size > 1)))
        }
        17 => {
            let server = format!("i-2zewharf00000000000{}", 1 + dice.roll(6));
            ("AttachInstancesToNodePool", with(of_pool, "instances", json!([server])))
        }
        18 => (["ScanClusterVuls", "SyncClusterNodePool"][dice.roll(2)], of(&id)),
        19 if size == 0 => {
            let undertakings = [
                FailurePoint::NodeCreation,
                FailurePoint::ClusterDeletion,
                FailurePoint::ClusterUpgrade,
                FailurePoint::NodeWork,
            ];
            cloud.world.fail_next(undertakings[dice.roll(4)], "bad luck");
            return;
        }
        _ => {
            cloud.pass(dice.roll(120) as u64);
            return;
        }
    };
    match cloud.call(operation, input) {
        Ok(answer) => super::conform::check(operation, &answer),
        Err(refusal) => super::conform::check_refusal(&refusal),
    }
}

/// What holds at every moment.
fn check(cloud: &mut Cloud) {
    let realm = cloud.world.ack(cloud.account, cloud.region);
    let world = &realm.realm;
    for worker in world.ack.nodes.iter() {
        let cluster = world.clusters.get(&worker.cluster).expect("its cluster is there");
        assert!(cluster.nodes.contains(&worker.machine) && world.machines.contains(&worker.machine));
        let pool = worker.pool.as_ref().map(|pool| world.ack.pools.get(pool).expect("its pool is there"));
        assert!(pool.is_none_or(|pool| pool.cluster == worker.cluster));
    }
    for dedicated in world.ack.clusters.iter() {
        let cluster = world.clusters.get(&dedicated.cluster).expect("it is there");
        assert_eq!(cluster.nodes.len(), world.seats(cluster).count(), "each node has a seat");
        assert!(cluster.nodes.len() <= 100);
    }
    for component in world.ack.addons.iter() {
        assert!(world.ack.clusters.contains(&component.cluster));
    }
    let mut addresses: Vec<&String> = world.machines.iter().map(|machine| &machine.private_ip).collect();
    addresses.extend(world.ack.clusters.iter().map(|dedicated| &dedicated.address));
    let count = addresses.len();
    addresses.sort();
    addresses.dedup();
    assert_eq!(addresses.len(), count, "no address is given twice");
}

/// What holds when nothing has happened for long.
fn settled(cloud: &mut Cloud) {
    for id in clusters(cloud) {
        let state = cloud.state(&id);
        assert!(["running", "updating", "updating_failed", "delete_failed"].contains(&state.as_str()), "{state}");
        if state == "updating" {
            assert_eq!(cloud.ok("GetUpgradeStatus", of(&id))["status"], "pause");
        }
        assert!(cloud.nodes(&id).iter().all(|node| node["state"] == "running"));
        let pools = cloud.ok("DescribeClusterNodePools", of(&id))["nodepools"].as_array().unwrap().clone();
        for pool in pools {
            let status = &pool["status"];
            let realm = cloud.world.ack(cloud.account, cloud.region);
            // A task that pauses by itself waits for its resumption.
            let paused = realm.realm.works_on_pool(&text(&pool["nodepool_info"]["nodepool_id"]));
            let state = if paused { "updating" } else { "active" };
            assert_eq!((&status["state"], &status["total_nodes"]), (&json!(state), &status["healthy_nodes"]));
            let wanted = realm.realm.ack.pools.get(&text(&pool["nodepool_info"]["nodepool_id"])).unwrap().wanted;
            assert_eq!(status["total_nodes"], wanted);
        }
    }
    assert_eq!(cloud.ok("DescribeUserQuota", none())["node_quota"], 100);
}
