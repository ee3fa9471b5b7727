//! Random sequences of operations: whatever is called, the world stays whole.

use super::{Cloud, PODS, empty_cluster, owned_pod, place};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use wharf_world::cluster::{Cluster, Stage};
use wharf_world::kernel::ids::hash;
use wharf_world::kubernetes::virtual_nodes::PoolState;
use wharf_world::tke::groups::GroupStatus;

/// A draw that depends on seed and step.
pub(super) struct Dice {
    pub(super) seed: u64,
    pub(super) step: u64,
}

impl Dice {
    pub(super) fn below(&mut self, count: usize) -> usize {
        self.step += 1;
        (hash(&format!("{}/{}", self.seed, self.step)) % count.max(1) as u64) as usize
    }

    pub(super) fn one(&mut self, list: &[String]) -> String {
        list.get(self.below(list.len())).cloned().unwrap_or_else(|| "none".to_owned())
    }
}

/// A random call; what it names exists as a rule.
pub(super) fn draw(cloud: &mut Cloud, dice: &mut Dice) -> (&'static str, Value) {
    let realm = cloud.world.tke(cloud.account, cloud.region);
    let clusters: Vec<String> = realm.clusters().map(|cluster| cluster.id.clone()).collect();
    let id = dice.one(&clusters);
    let cluster = realm.realm.clusters.get(&id);
    let list = |read: fn(&Cluster) -> Vec<String>| cluster.map(read).unwrap_or_default();
    let nodes = list(|cluster| cluster.nodes.iter().map(|node| node.machine.clone()).collect());
    let groups = list(|cluster| cluster.tke().groups.iter().map(|group| group.id.clone()).collect());
    let pools = list(|cluster| cluster.pools.iter().map(|pool| pool.id.clone()).collect());
    let virtual_nodes = list(|cluster| cluster.virtual_nodes.iter().map(|node| node.name.clone()).collect());
    let machines: Vec<String> = realm.realm.machines.iter().map(|machine| machine.id.clone()).collect();
    let yes = dice.below(2) == 0;
    let (group, pool, node) = (dice.one(&groups), dice.one(&pools), dice.one(&nodes));
    let size = dice.below(4);
    let mode = if yes { "terminate" } else { "retain" };
    let body = owned_pod(&format!("web-{}", dice.below(40)), ["100m", "900m", "1500m"][dice.below(3)]);
    match dice.below(22) {
        0 | 1 => ("CreateCluster", empty_cluster(&format!("172.{}.0.0/16", 16 + dice.below(8)))),
        2 => ("DeleteCluster", json!({"ClusterId": id, "InstanceDeleteMode": mode})),
        3 | 4 => {
            let para = json!({"InstanceType": "S5.MEDIUM4", "InstanceCount": 1 + size, "VirtualPrivateCloud": place()});
            ("CreateClusterInstances", json!({"ClusterId": id, "RunInstancePara": para.to_string()}))
        }
        5 => {
            ("AddExistedInstances", json!({"ClusterId": id, "InstanceIds": [dice.one(&machines), dice.one(&machines)]}))
        }
        6 | 7 => {
            let delete =
                json!({"ClusterId": id, "InstanceIds": [node], "InstanceDeleteMode": mode, "ForceDelete": yes});
            ("DeleteClusterInstances", delete)
        }
        8 => ("DrainClusterNode", json!({"ClusterId": id, "InstanceId": node})),
        9 | 10 => {
            let para = json!({"MinSize": size / 2, "MaxSize": 4, "SubnetIds": ["subnet-default2"]}).to_string();
            let launch = json!({"InstanceType": "S5.MEDIUM4"}).to_string();
            (
                "CreateClusterAsGroup",
                json!({"ClusterId": id, "AutoScalingGroupPara": para, "LaunchConfigurePara": launch}),
            )
        }
        11 => ("DeleteClusterAsGroups", json!({"ClusterId": id, "AutoScalingGroupIds": [group], "KeepInstance": yes})),
        12 => {
            let change = json!({"AutoScalingGroupId": group, "AutoScalingGroupEnabled": yes,
                "AutoScalingGroupRange": {"MinSize": 0, "MaxSize": size + 1}});
            ("ModifyClusterAsGroupAttribute", json!({"ClusterId": id, "ClusterAsGroupAttribute": change}))
        }
        13 => {
            let option = json!({"IsScaleDownEnabled": yes, "Expander": "random"});
            ("ModifyClusterAsGroupOptionAttribute", json!({"ClusterId": id, "ClusterAsGroupOption": option}))
        }
        14 => {
            let pool = json!({"ClusterId": id, "Name": "p", "SubnetIds": ["subnet-default3"],
                "SecurityGroupIds": ["sg-default0"], "Labels": [], "Taints": []});
            ("CreateClusterVirtualNodePool", pool)
        }
        15 => ("CreateClusterVirtualNode", json!({"ClusterId": id, "NodePoolId": pool, "SubnetId": "subnet-default3"})),
        16 => {
            let names = [dice.one(&virtual_nodes)];
            ("DeleteClusterVirtualNode", json!({"ClusterId": id, "NodePoolId": pool, "NodeNames": names, "Force": yes}))
        }
        17 => ("DeleteClusterVirtualNodePool", json!({"ClusterId": id, "NodePoolIds": [pool], "Force": yes})),
        18 => ("EnableLogCollector", json!({"ClusterId": id})),
        19 => {
            let (name, path) = (body["metadata"]["name"].as_str().unwrap_or(""), PODS);
            ("ForwardRequest", json!({"ClusterName": id, "Method": "DELETE", "Path": format!("{path}/{name}")}))
        }
        20 => ("CreateClusterEndpoint", json!({"ClusterId": id, "SubnetId": "subnet-default3"})),
        _ => (
            "ForwardRequest",
            json!({"ClusterName": id, "Method": "POST", "Path": PODS, "RequestBody": body.to_string()}),
        ),
    }
}

/// What must hold at every moment.
pub(super) fn check(cloud: &mut Cloud) {
    let realm = cloud.world.tke(cloud.account, cloud.region);
    let realm = &*realm.realm;
    let mut addresses = BTreeSet::new();
    for machine in realm.machines.iter() {
        assert!(addresses.insert(machine.private_ip.clone()), "{} is given twice", machine.private_ip);
        if let Some(cluster) = &machine.cluster {
            assert!(realm.clusters.get(cluster).is_some_and(|cluster| cluster.nodes.contains(&machine.id)));
        }
    }
    for cluster in realm.clusters.iter() {
        let mut names = BTreeSet::new();
        for node in cluster.nodes.iter() {
            assert!(names.insert(node.name.clone()), "{} is there twice", node.name);
            let machine = realm.machines.get(&node.machine).unwrap();
            assert_eq!(machine.cluster.as_ref(), Some(&cluster.id));
            assert!(node.group.as_ref().is_none_or(|group| cluster.tke().groups.contains(group)));
        }
        for node in cluster.virtual_nodes.iter() {
            assert!(names.insert(node.name.clone()));
            assert!(cluster.pools.contains(&node.pool));
        }
        for pod in cluster.kubernetes.pods.iter() {
            assert!(pod.node.as_ref().is_none_or(|node| names.contains(node)), "{} is on {:?}", pod.name, pod.node);
            assert!(cluster.kubernetes.namespaces.contains(&pod.namespace));
        }
        for group in cluster.tke().groups.iter() {
            assert!(group.min <= group.desired && group.desired <= group.max, "{group:?}");
            assert!(
                group.status == GroupStatus::Updating || cluster.group_nodes(&group.id).count() as i64 <= group.max + 4
            );
        }
        for host in cluster.hosts() {
            let used: u64 = cluster
                .kubernetes
                .pods
                .iter()
                .filter(|pod| pod.node.as_ref() == Some(&host.name))
                .map(|pod| pod.request.cpu)
                .sum();
            let capacity = host.capacity.cpu;
            assert!(used <= capacity + 110, "{} has {used} of {capacity}", host.name);
        }
    }
}

/// States only move along these edges.
fn check_edges(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) {
    for (id, now) in after {
        let Some(then) = before.get(id).filter(|then| *then != now) else { continue };
        let legal: &[&str] = match then.as_str() {
            "Creating" => &["Running", "Scaling", "Deleting"],
            "Running" => &["Scaling", "Deleting"],
            "Scaling" => &["Running", "Deleting"],
            "Deleting" => &[],
            "initializing" => &["running"],
            "running" => &[],
            "deleting" => &[],
            _ => continue,
        };
        assert!(legal.contains(&now.as_str()), "{id} went from {then} to {now}");
    }
}

/// The states that the lists show, and that totals equal lists.
fn states(cloud: &mut Cloud) -> BTreeMap<String, String> {
    let mut states = BTreeMap::new();
    let mut note = |id: &Value, state: &Value| {
        let fresh = states.insert(id.as_str().unwrap().to_owned(), state.as_str().unwrap().to_owned());
        assert!(fresh.is_none(), "{id} is there twice");
    };
    let clusters = cloud.ok("DescribeClusters", json!({"Limit": 100}));
    assert_eq!(clusters["TotalCount"], clusters["Clusters"].as_array().unwrap().len());
    for cluster in clusters["Clusters"].as_array().unwrap() {
        note(&cluster["ClusterId"], &cluster["ClusterStatus"]);
        let of = json!({"ClusterId": cluster["ClusterId"], "Limit": 100});
        let nodes = cloud.ok("DescribeClusterInstances", of.clone());
        assert_eq!(nodes["TotalCount"], nodes["InstanceSet"].as_array().unwrap().len());
        assert_eq!(cluster["ClusterNodeNum"], nodes["TotalCount"]);
        for node in nodes["InstanceSet"].as_array().unwrap() {
            let id = json!(format!("{}/{}", cluster["ClusterId"], node["InstanceId"]));
            note(&id, &node["InstanceState"]);
        }
        let groups = cloud.ok("DescribeClusterAsGroups", of);
        assert_eq!(groups["TotalCount"], groups["ClusterAsGroupSet"].as_array().unwrap().len());
        for group in groups["ClusterAsGroupSet"].as_array().unwrap() {
            note(&group["AutoScalingGroupId"], &group["Status"]);
        }
    }
    states
}

#[test]
fn whatever_is_called_the_world_stays_whole() {
    for seed in 0..12 {
        let mut cloud = Cloud::new();
        let mut dice = Dice { seed, step: 0 };
        let mut before = states(&mut cloud);
        for _ in 0..150 {
            let (operation, parameters) = draw(&mut cloud, &mut dice);
            if let Err(refusal) = cloud.call(operation, parameters.clone()) {
                assert!(!refusal.message.is_empty(), "{operation} {parameters}");
                assert_ne!(refusal.code, "InternalError", "{operation} {parameters}: {}", refusal.message);
            }
            check(&mut cloud);
            cloud.pass([1, 7, 20, 61, 700][dice.below(5)]);
            check(&mut cloud);
            let after = states(&mut cloud);
            check_edges(&before, &after);
            before = after;
        }
        // Every change ends.
        cloud.pass(4 * 3600);
        check(&mut cloud);
        let realm = cloud.world.tke(cloud.account, cloud.region);
        for cluster in realm.clusters() {
            assert_eq!(cluster.stage, Stage::Up);
            assert!(cluster.nodes.iter().all(|node| !node.is_moving()));
            assert!(cluster.kubernetes.pods.iter().all(|pod| !pod.stopping && (pod.running || pod.node.is_none())));
            let at_rest = |status| matches!(status, GroupStatus::Enabled | GroupStatus::Disabled);
            assert!(cluster.tke().groups.iter().all(|group| at_rest(group.status)));
            assert!(cluster.pools.iter().all(|pool| pool.state == PoolState::Normal));
            assert!(cluster.virtual_nodes.iter().all(|node| node.ready && !node.leaving));
        }
    }
}
