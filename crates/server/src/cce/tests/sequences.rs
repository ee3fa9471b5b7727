//! Long random sequences of calls: whatever happens, what the world says of itself stays true.

use super::{Cloud, cluster, node, none, pool, text};
use serde_json::{Value, json};

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

fn ids(list: &Value) -> Vec<String> {
    list["items"].as_array().unwrap().iter().map(|item| text(&item["metadata"]["uid"])).collect()
}

#[test]
fn the_world_stays_consistent() {
    for seed in 0..8 {
        let mut cloud = Cloud::new();
        let mut dice = Dice(seed);
        let mut jobs: Vec<Value> = Vec::new();
        for _ in 0..150 {
            step(&mut cloud, &mut dice, &mut jobs);
            check(&mut cloud);
        }
        cloud.pass(1_000);
        for job in jobs {
            assert!(["Success", "Failed"].contains(&cloud.job_phase(&job).as_str()), "every job ends");
        }
        settled(&mut cloud);
    }
}

fn step(cloud: &mut Cloud, dice: &mut Dice, jobs: &mut Vec<Value>) {
    let clusters = ids(&cloud.ok("ListClusters", none()));
    let id = dice.pick(&clusters).to_owned();
    let list = |cloud: &mut Cloud, operation: &str| {
        cloud.call(operation, json!({"cluster_id": id})).ok().map_or_else(Vec::new, |answer| ids(&answer))
    };
    let (nodes, pools) = (list(cloud, "ListNodes"), list(cloud, "ListNodePools"));
    let (node_id, pool_id) = (dice.pick(&nodes).to_owned(), dice.pick(&pools).to_owned());
    let size = dice.roll(6) as u64;
    let spec = json!({"login": {"sshKey": "k"}, "nodes": [{"uid": node_id}]});
    let moved = super::with(spec.clone(), |spec| spec["os"] = json!("EulerOS 2.5"));
    let of_pool = json!({"cluster_id": id, "nodepool_id": pool_id, "apiVersion": "v3", "kind": "NodePool"});
    let listed = json!({"cluster_id": id, "nodepool_id": pool_id, "apiVersion": "v3", "kind": "List"});
    let action = json!({"targetVersion": (["v1.21", "v1.23"][dice.roll(2)]), "isOnlyUpgrade": size > 2,
        "strategy": {"type": "inPlaceRollingUpdate"}});
    let (operation, input) = match dice.roll(22) {
        0 if clusters.len() < 3 => ("CreateCluster", cluster(|_| ())),
        1 => ("DeleteCluster", json!({"cluster_id": id})),
        2 => ("HibernateCluster", json!({"cluster_id": id})),
        3 => ("AwakeCluster", json!({"cluster_id": id})),
        4 | 5 => ("CreateNode", node(&id, |node| node["spec"]["count"] = json!(size.max(1)))),
        6 => ("DeleteNode", json!({"cluster_id": id, "node_id": node_id})),
        7 => ("CreateNodePool", pool(&id, "workers", size)),
        8 => ("UpdateNodePool", json!({"cluster_id": id, "nodepool_id": pool_id, "spec": {"initialNodeCount": size}})),
        9 => ("DeleteNodePool", json!({"cluster_id": id, "nodepool_id": pool_id})),
        10 => ("MigrateNodes", json!({"cluster_id": id, "target_cluster_id": dice.pick(&clusters), "spec": moved})),
        11 => ("RemoveNodes", json!({"cluster_id": id, "spec": spec})),
        12 => {
            let metadata = json!({"apiVersion": "v3", "kind": "UpgradeTask"});
            let spec = json!({"clusterUpgradeAction": action});
            ("UpgradeCluster", json!({"cluster_id": id, "metadata": metadata, "spec": spec}))
        }
        13 => {
            let change = ["PauseUpgradeClusterTask", "ContinueUpgradeClusterTask", "RetryUpgradeClusterTask"];
            (change[dice.roll(3)], json!({"cluster_id": id}))
        }
        14 => {
            let spec = json!({"desiredNodeCount": size, "scaleGroups": ["default"]});
            ("ScaleNodePool", super::with(of_pool, |order| order["spec"] = spec))
        }
        15 => {
            let change = ["LockNodepoolNodeScaleDown", "UnlockNodepoolNodeScaleDown"];
            (change[dice.roll(2)], super::with(listed, |order| order["nodeList"] = json!([node_id])))
        }
        16 => ("MigrateToNodePool", super::with(listed, |order| order["nodeList"] = json!([{"nodeID": node_id}]))),
        17 => {
            let spec = json!({"nodePoolID": pool_id, "maxUnavailable": 1});
            ("UpgradeNodePool", super::with(of_pool, |order| order["spec"] = spec))
        }
        18 => ("ResizeCluster", json!({"cluster_id": id, "flavorResize": "cce.s1.medium"})),
        19 => (
            "AddNodesToNodePool",
            super::with(listed, |order| {
                order["nodeList"] = json!([{"serverID": format!("ins-default{}", 1 + dice.roll(3))}]);
            }),
        ),
        _ => {
            cloud.pass(dice.roll(100) as u64);
            return;
        }
    };
    if let Ok(answer) = cloud.call(operation, input) {
        super::conform::check(operation, &answer);
        let status = answer["status"].clone();
        jobs.extend(["jobID", "jobId"].iter().filter_map(|name| status.get(name).cloned()));
        jobs.extend(["jobid", "jobID"].iter().filter_map(|name| answer.get(name).cloned()));
    }
}

/// What holds at every moment.
fn check(cloud: &mut Cloud) {
    let realm = cloud.world.cce(cloud.account, cloud.region);
    let world = &realm.realm;
    for member in world.cce.nodes.iter() {
        let cluster = world.clusters.get(&member.cluster).expect("its cluster is there");
        assert!(cluster.nodes.contains(&member.machine) && world.machines.contains(&member.machine));
        let pool = member.pool.as_ref().map(|pool| world.cce.pools.get(pool));
        assert!(pool.is_none_or(|pool| pool.is_some_and(|pool| pool.cluster == member.cluster)));
    }
    for hosted in world.cce.clusters.iter() {
        let cluster = world.clusters.get(&hosted.cluster).expect("it is there");
        assert_eq!(cluster.nodes.len(), world.members_of(&hosted.cluster).count());
        assert!(cluster.nodes.len() <= hosted.plane.nodes);
    }
    let mut addresses: Vec<&String> = world.machines.iter().map(|machine| &machine.private_ip).collect();
    addresses.extend(world.cce.clusters.iter().map(|hosted| &hosted.address));
    let count = addresses.len();
    addresses.sort();
    addresses.dedup();
    assert_eq!(addresses.len(), count, "no address is given twice");
}

/// What holds when nothing has happened for long.
fn settled(cloud: &mut Cloud) {
    let clusters = ids(&cloud.ok("ListClusters", none()));
    for id in clusters {
        let phase = cloud.phase(&id);
        let info = cloud.ok("ShowClusterUpgradeInfo", json!({"cluster_id": id}));
        let paused = info["status"]["phase"] == "Pause";
        assert!(["Available", "Hibernation"].contains(&phase.as_str()) || phase == "Upgrading" && paused, "{phase}");
        assert!(cloud.nodes(&id).iter().all(|node| node["status"]["phase"] == "Active"));
        let pools = cloud.ok("ListNodePools", json!({"cluster_id": id}))["items"].as_array().unwrap().clone();
        for pool in pools {
            if pool["status"]["phase"] == "" {
                assert_eq!(pool["status"]["currentNode"], pool["spec"]["initialNodeCount"]);
            }
        }
    }
}
