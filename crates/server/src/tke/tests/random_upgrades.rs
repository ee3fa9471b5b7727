//! Random sequences of operations with upgrades among them: whatever is called, every upgrade ends.

use super::sequences::{Dice, check, draw};
use super::{Cloud, empty_cluster};
use serde_json::{Value, json};
use wharf_world::tke::tasks::Life;

/// A random upgrade, setting or window; what it names exists as a rule.
fn draw_upgrade(cloud: &mut Cloud, dice: &mut Dice) -> (&'static str, Value) {
    let realm = cloud.world.tke(cloud.account, cloud.region);
    let clusters: Vec<String> = realm.clusters().map(|cluster| cluster.id.clone()).collect();
    let id = dice.one(&clusters);
    let cluster = realm.realm.clusters.get(&id);
    let nodes: Vec<String> = cluster.iter().flat_map(|c| c.nodes.iter()).map(|node| node.machine.clone()).collect();
    let yes = dice.below(2) == 0;
    let chosen = if yes { nodes.clone() } else { vec![dice.one(&nodes)] };
    match dice.below(14) {
        0 | 1 => {
            let version = ["1.12.4", "1.14.3", "1.16.3", "v1.10.5-tke.2", "v1.12.4-tke.2"][dice.below(5)];
            ("UpdateClusterVersion", json!({"ClusterId": id, "DstVersion": version}))
        }
        2..=4 => {
            let kind = ["reset", "hot", "major"][dice.below(3)];
            let unready = [0, 20, 50][dice.below(3)];
            let order = json!({"ClusterId": id, "Operation": "create", "UpgradeType": kind, "InstanceIds": chosen,
                "SkipPreCheck": yes, "Concurrent": 1 + dice.below(3), "MaxNotReadyPercent": unready});
            ("UpgradeClusterInstances", order)
        }
        5 | 6 => {
            let operation = ["pause", "resume", "abort"][dice.below(3)];
            ("UpgradeClusterInstances", json!({"ClusterId": id, "Operation": operation}))
        }
        7 => {
            let window =
                json!({"ClusterID": id, "MaintenanceTime": "00:00:00", "Duration": 12, "DayOfWeek": ["SA", "MO"]});
            ("CreateClusterMaintenanceWindowAndExclusions", window)
        }
        8 => ("DeleteClusterMaintenanceWindowAndExclusion", json!({"ClusterID": id})),
        9 => {
            let change =
                json!({"ClusterId": id, "AutoUpgradeClusterLevel": {"IsAutoUpgrade": yes}, "ClusterLevel": "L20"});
            ("ModifyClusterAttribute", change)
        }
        10 => ("ModifyClusterImage", json!({"ClusterId": id, "ImageId": "img-centos76"})),
        11 => {
            let config = json!({"RuntimeType": if yes { "docker" } else { "containerd" }});
            ("ModifyClusterRuntimeConfig", json!({"ClusterId": id, "ClusterRuntimeConfig": config}))
        }
        12 => {
            let enable = json!({"ClusterId": id, "VpcCniType": "tke-route-eni", "EnableStaticIp": false, "Subnets": ["subnet-default2"]});
            if yes {
                ("EnableVpcCniNetworkType", enable)
            } else {
                ("DisableVpcCniNetworkType", json!({"ClusterId": id}))
            }
        }
        _ => ("ModifyClusterExtraArgs", json!({"ClusterId": id, "ClusterExtraArgs": {"KubeAPIServer": ["x=1"]}})),
    }
}

#[test]
fn whatever_is_called_every_upgrade_ends() {
    let mut upgraded = 0;
    for seed in 100..108 {
        let mut cloud = Cloud::new();
        let mut dice = Dice { seed, step: 0 };
        cloud.ok("CreateCluster", empty_cluster("172.30.0.0/16"));
        cloud.pass(60);
        for _ in 0..120 {
            let ours = dice.below(3) > 0;
            let drawn = if ours { draw_upgrade(&mut cloud, &mut dice) } else { draw(&mut cloud, &mut dice) };
            let (operation, parameters) = drawn;
            if let Err(refusal) = cloud.call(operation, parameters.clone()) {
                assert!(!refusal.message.is_empty(), "{operation} {parameters}");
                assert_ne!(refusal.code, "InternalError", "{operation} {parameters}: {}", refusal.message);
            }
            check(&mut cloud);
            cloud.pass([1, 9, 31, 130, 700][dice.below(5)]);
            check(&mut cloud);
        }
        let paused: Vec<String> = {
            let realm = cloud.world.tke(cloud.account, cloud.region);
            realm.clusters().map(|cluster| cluster.id.clone()).collect()
        };
        for id in paused {
            let _ = cloud.call("UpgradeClusterInstances", json!({"ClusterId": id, "Operation": "abort"}));
        }
        cloud.pass(20 * 24 * 3600);
        check(&mut cloud);
        let states = cloud.ok("DescribeClusterStatus", json!({}))["ClusterStatusSet"].clone();
        assert!(states.as_array().unwrap().iter().all(|state| state["ClusterState"] == "Running"), "{states}");
        let realm = cloud.world.tke(cloud.account, cloud.region);
        for cluster in realm.clusters() {
            upgraded += cluster.tasks().filter(|task| task.life == Life::Done).count();
            assert!(cluster.tasks().all(|task| task.life.is_over()));
            assert!(cluster.nodes.iter().all(|node| node.outage.is_none() && !node.is_moving()));
            assert!(cluster.kubernetes.pods.iter().all(|pod| !pod.stopping && (pod.running || pod.node.is_none())));
        }
    }
    assert!(upgraded > 20, "{upgraded} tasks were done");
}
