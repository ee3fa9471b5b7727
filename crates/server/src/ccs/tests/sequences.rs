//! Random sequences of operations: whatever is called, the world stays whole.

use super::*;
use std::collections::{BTreeMap, BTreeSet};
use wharf_world::kernel::ids::hash;
use wharf_world::kubernetes::workloads::Strategy;

/// A draw that depends on seed and step.
struct Dice {
    seed: u64,
    step: u64,
}

impl Dice {
    fn below(&mut self, count: usize) -> usize {
        self.step += 1;
        (hash(&format!("{}/{}", self.seed, self.step)) % count.max(1) as u64) as usize
    }

    fn one(&mut self, list: &[String]) -> String {
        list.get(self.below(list.len())).cloned().unwrap_or_else(|| "none".to_owned())
    }
}

/// A random call; what it names exists as a rule.
fn draw(cloud: &mut Cloud, dice: &mut Dice) -> (&'static str, Value) {
    let realm = cloud.world.ccs(cloud.account, cloud.region);
    let clusters: Vec<String> = realm.clusters().map(|cluster| cluster.id.clone()).collect();
    let id = dice.one(&clusters);
    let found = realm.realm.clusters.get(&id);
    let nodes: Vec<String> = found.iter().flat_map(|c| c.nodes.iter().map(|node| node.machine.clone())).collect();
    let names = |namespace: &str| -> Vec<String> {
        let there = found.iter().flat_map(|c| c.kubernetes.workloads.iter());
        there.filter(|one| one.namespace == namespace).map(|one| one.name.clone()).collect()
    };
    let namespace = if dice.below(4) == 0 { "other" } else { "default" };
    let (node, name) = (dice.one(&nodes), dice.one(&names(namespace)));
    let pods: Vec<String> = found.iter().flat_map(|c| c.kubernetes.pods.iter().map(|pod| pod.name.clone())).collect();
    let pod = dice.one(&pods);
    let yes = dice.below(2) == 0;
    let size = dice.below(5) as u64;
    let place = json!({"clusterId": id, "serviceName": name, "namespace": namespace});
    let image = ["nginx:1.0", "nginx:2.0", "ccr.ccs.tencentyun.com/none/none:v1"][dice.below(3)];
    let order = |name: &str| {
        let containers =
            json!([with(container("main"), json!({"image": image, "cpu": 200 + 300 * size, "cpuLimits": 0}))]);
        let access = if yes { "LoadBalancer" } else { "ClusterIP" };
        let over = json!({"namespace": namespace, "containers": containers, "accessType": access});
        with(service(&id, name, size), over)
    };
    match dice.below(20) {
        0 => ("CreateCluster", cluster(&format!("172.{}.0.0/16", 16 + dice.below(8)))),
        1 if dice.below(3) == 0 => ("DeleteCluster", json!({"clusterId": id})),
        2 => ("AddClusterInstances", with(machines(), json!({"clusterId": id, "goodsNum": 1}))),
        3 => ("DeleteClusterInstances", json!({"clusterId": id, "instanceIds": [node]})),
        4 => (
            "AddClusterInstancesFromExistedCvm",
            json!({"clusterId": id, "instanceIds": ["ins-default1", "ins-stopped1"]}),
        ),
        5 => (
            "ModifyClusterNodeLabel",
            json!({"clusterId": id, "instanceId": node, "labels": [{"key": "a", "value": "b"}]}),
        ),
        6..=8 => ("CreateClusterService", order(["web", "db", "cache"][dice.below(3)])),
        9 => {
            let strategy = json!({"strategy": if yes { "Recreate" } else { "RollingUpdate" }, "minReadySeconds": size});
            ("ModifyClusterService", with(order(&name), strategy))
        }
        10 => ("ModifyClusterServiceImage", with(place, json!({"image": image}))),
        11 | 12 => ("ModifyServiceReplicas", with(place, json!({"scaleTo": size}))),
        13 => ("PauseClusterService", place),
        14 | 15 => ("ResumeClusterService", place),
        16 => ("RollBackClusterService", place),
        17 => ("RedeployClusterService", place),
        18 if yes => ("CreateClusterNamespace", json!({"clusterId": id, "name": "other", "description": ""})),
        18 => ("DeleteClusterNamespace", json!({"clusterId": id, "names": ["other"]})),
        19 if yes => ("DeleteClusterService", place),
        _ => ("DeleteInstances", json!({"clusterId": id, "instances": [pod], "namespace": namespace})),
    }
}

/// What must hold at every moment.
fn check(cloud: &mut Cloud) {
    let now = cloud.world.now();
    let realm = cloud.world.ccs(cloud.account, cloud.region);
    let realm = &*realm.realm;
    for cluster in realm.clusters.iter() {
        let kubernetes = &cluster.kubernetes;
        for workload in kubernetes.workloads.iter() {
            let (mut live, mut old, mut going) = (0, 0, 0);
            for pod in kubernetes.pods_of(workload) {
                match (pod.stopping, workload.is_present(pod)) {
                    (true, _) => going += 1,
                    (false, true) => live += 1,
                    (false, false) => old += 1,
                }
            }
            // More than one too many there are only while a smaller number is not reached, or nothing may change.
            let most = workload.replicas.max(old) + 1;
            assert!(workload.paused || live <= most, "{}: {live} of {}", workload.name, workload.replicas);
            if workload.strategy == Strategy::Recreate && !workload.paused && going == 0 {
                assert!(live == 0 || old == 0, "{}: {live} {old}", workload.name);
            }
            assert!(kubernetes.namespaces.contains(&workload.namespace));
        }
        for pod in kubernetes.pods.iter().filter(|pod| pod.workload().is_some() && !pod.stopping) {
            let key = format!("{}/{}", pod.namespace, pod.workload().unwrap());
            let orphan = !kubernetes.workloads.contains(&key);
            assert!(!orphan, "{} has no service", pod.name);
        }
        for service in kubernetes.services.iter().filter(|service| service.labels.contains_key("qcloud-app")) {
            assert!(kubernetes.workloads.contains(&service.key()), "{}", service.name);
        }
    }
    let mut running = BTreeSet::new();
    for run in realm.ccs.history.pods.iter().filter(|run| run.to.is_none()) {
        assert!(run.from <= now && running.insert((&run.cluster, &run.pod)), "{} runs twice", run.pod);
        let cluster = realm.clusters.get(&run.cluster).unwrap();
        assert!(cluster.kubernetes.pods.iter().any(|pod| pod.name == run.pod && pod.running), "{}", run.pod);
    }
    for run in realm.ccs.history.nodes.iter().filter(|run| run.to.is_none()) {
        assert!(realm.clusters.get(&run.cluster).is_some_and(|cluster| cluster.nodes.contains(&run.machine)));
    }
}

/// The states that the lists show, and that totals equal lists.
fn states(cloud: &mut Cloud) -> BTreeMap<String, String> {
    let mut states = BTreeMap::new();
    let clusters = cloud.ok("DescribeCluster", json!({"limit": 100}));
    assert_eq!(clusters["totalCount"], list(&clusters["clusters"]).len());
    for cluster in list(&clusters["clusters"]) {
        states.insert(text(&cluster["clusterId"]), text(&cluster["status"]));
        let nodes = cloud.ok("DescribeClusterInstances", json!({"clusterId": cluster["clusterId"], "limit": 100}));
        assert_eq!(
            (&nodes["totalCount"], list(&nodes["nodes"]).len()),
            (&cluster["nodeNum"], list(&nodes["nodes"]).len())
        );
        let all = json!({"clusterId": cluster["clusterId"], "allnamespace": 1});
        let Ok(services) = cloud.call("DescribeClusterService", all) else { continue };
        for service in list(&services["services"]) {
            let of = json!({"clusterId": cluster["clusterId"], "serviceName": service["serviceName"], "namespace": service["namespace"], "limit": 100});
            let pods = cloud.ok("DescribeServiceInstance", of);
            let running = list(&pods["instances"]).iter().filter(|pod| pod["status"] == "Running").count();
            assert_eq!(service["currentReplicas"], running);
        }
    }
    states
}

/// States only move along these edges.
fn check_edges(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) {
    for (id, now) in after {
        let Some(then) = before.get(id).filter(|then| *then != now) else { continue };
        let legal: &[&str] = match then.as_str() {
            "Creating" => &["Running", "Scaling"],
            "Running" => &["Scaling", "Deleting"],
            "Scaling" => &["Running"],
            _ => &[],
        };
        assert!(legal.contains(&now.as_str()), "{id} went from {then} to {now}");
    }
}

#[test]
fn whatever_is_called_the_world_stays_whole() {
    for seed in 0..12 {
        let mut cloud = Cloud::new();
        let mut dice = Dice { seed, step: 0 };
        let mut tasks = Vec::new();
        let mut done = BTreeSet::new();
        cloud.create("172.31.0.0/16");
        cloud.pass(60);
        let mut before = states(&mut cloud);
        for _ in 0..150 {
            let (operation, parameters) = draw(&mut cloud, &mut dice);
            match cloud.call(operation, parameters.clone()) {
                Ok(answer) => {
                    done.insert(operation);
                    tasks.extend(answer.get("requestId").cloned());
                }
                Err(refusal) => assert!(!refusal.message.is_empty(), "{operation} {parameters}"),
            }
            check(&mut cloud);
            cloud.pass([1, 2, 7, 20, 61][dice.below(5)]);
            check(&mut cloud);
            let after = states(&mut cloud);
            check_edges(&before, &after);
            before = after;
        }
        assert!(done.len() > 8, "{seed}: {done:?}");
        // Every change ends.
        cloud.pass(3_600);
        check(&mut cloud);
        for task in tasks {
            assert_ne!(cloud.task(&task), "running");
        }
        let now = cloud.world.now();
        let realm = cloud.world.ccs(cloud.account, cloud.region);
        for cluster in realm.clusters() {
            for workload in cluster.kubernetes.workloads.iter() {
                use wharf_world::kubernetes::workloads::Health as H;
                let (health, hindered) = workload.health(&cluster.kubernetes, now);
                let right = match health {
                    H::Normal => hindered.is_empty() && workload.change.is_none(),
                    H::Abnormal => !hindered.is_empty(),
                    H::Paused => workload.paused,
                    _ => false,
                };
                assert!(right, "{seed}: {} is {health:?} {hindered:?}", workload.name);
            }
        }
    }
}
