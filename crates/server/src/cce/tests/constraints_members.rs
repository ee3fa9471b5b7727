//! Constraints of the tasks on several nodes: AddNodes, ResetNodes, RemoveNodes, MigrateNodes (cce:3014 to 3802).

use super::constraint_table::{Row, Wire, row};
use super::constraints_reinstall::{LVM, SCRIPT, fresh, password};
use super::{constraints_reinstall, node, text};
use serde_json::{Value, json};

/// Clusters and nodes that requests are about.
pub(super) struct Places {
    cluster: Value,
    other: Value,
    old: Value,
    nodes: [Value; 3],
}

impl Places {
    pub(super) async fn new(wire: &Wire) -> Self {
        let (cluster, other) = (wire.cluster(|_| ()).await, wire.cluster(|_| ()).await);
        let old = wire.cluster(|cluster| cluster["spec"]["version"] = json!("v1.15.6")).await;
        let order = node(&text(&cluster), |node| node["spec"]["count"] = json!(3));
        wire.ok("CreateNode", &order).await;
        wire.pass(60);
        let nodes = wire.ok("ListNodes", &json!({"cluster_id": cluster})).await;
        let nodes = [0, 1, 2].map(|at| nodes["items"][at]["metadata"]["uid"].clone());
        Self { cluster, other, old, nodes }
    }

    /// A right request of that operation.
    pub(super) fn right(&self, operation: &str) -> Value {
        let [reset, removed, moved] = &self.nodes;
        match operation {
            "AddNodes" => json!({
                "cluster_id": self.cluster, "apiVersion": "v3", "kind": "List",
                "nodeList": [{"serverID": "ins-default1", "spec": fresh()}],
            }),
            "ResetNodes" => json!({
                "cluster_id": self.cluster, "apiVersion": "v3", "kind": "List",
                "nodeList": [{"nodeID": reset, "spec": fresh()}],
            }),
            "RemoveNodes" => json!({
                "cluster_id": self.cluster, "apiVersion": "v3", "kind": "RemoveNodesTask", "status": {"jobID": ""},
                "spec": {"login": {"sshKey": "myKeypair"}, "nodes": [{"uid": removed}]},
            }),
            _ => json!({
                "cluster_id": self.cluster, "target_cluster_id": self.other, "apiVersion": "v3",
                "kind": "MigrateNodesTask", "status": {"jobID": ""},
                "spec": {
                    "os": "EulerOS 2.5", "login": {"sshKey": "myKeypair"}, "nodes": [{"uid": moved}],
                    "extendParam": {
                        "maxPods": 110, "DockerLVMConfigOverride": LVM, "alpha.cce/preInstall": SCRIPT,
                        "alpha.cce/postInstall": SCRIPT, "alpha.cce/NodeImageID": "1a2b",
                    },
                },
            }),
        }
    }
}

pub(super) fn rows() -> Vec<Row> {
    vec![
        row(3531, "no login to remove", "RemoveNodes", json!({"/spec/login": {}}), "login needs"),
        row(
            3531,
            "two logins to remove",
            "RemoveNodes",
            json!({"/spec/login/userPassword": {"password": "JDYk"}}),
            "not both",
        ),
        row(3532, "no nodes to remove", "RemoveNodes", json!({"/spec/nodes": []}), "nodes"),
        row(
            3547,
            "a plain password to remove",
            "RemoveNodes",
            json!({"/spec/login": password("Correct-Horse-7")}),
            "salted",
        ),
        row(
            3552,
            "a node to remove that is not there",
            "RemoveNodes",
            json!({"/spec/nodes/0/uid": "nothing"}),
            "nothing",
        )
        .code("CCE.01404001"),
        row(3654, "a target that is not there", "MigrateNodes", json!({"/target_cluster_id": "nothing"}), "nothing")
            .code("CCE.01404001"),
        row(3675, "a system to move to without its version", "MigrateNodes", json!({"/spec/os": "EulerOS"}), "version"),
        row(3675, "a system of other processors to move to", "MigrateNodes", json!({"/spec/os": "EulerOS 2.8"}), "x86"),
        row(3677, "no login to move", "MigrateNodes", json!({"/spec/login": {}}), "login needs"),
        row(
            3677,
            "two logins to move",
            "MigrateNodes",
            json!({"/spec/login/userPassword": {"password": "JDYk"}}),
            "not both",
        ),
        row(3678, "no nodes to move", "MigrateNodes", json!({"/spec/nodes": []}), "nodes"),
        row(
            3683,
            "15 pods on a node that moves",
            "MigrateNodes",
            json!({"/spec/extendParam/maxPods": 15}),
            "smaller than 16",
        ),
        row(
            3683,
            "257 pods on a node that moves",
            "MigrateNodes",
            json!({"/spec/extendParam/maxPods": 257}),
            "larger than 256",
        ),
        row(
            3686,
            "a text of another form to move",
            "MigrateNodes",
            json!({"/spec/extendParam/DockerLVMConfigOverride": "garbage"}),
            "DockerLVMConfigOverride",
        ),
        row(
            3686,
            "a text to move without its kind of disk",
            "MigrateNodes",
            json!({"/spec/extendParam/DockerLVMConfigOverride": LVM.replace("diskType=evs;", "")}),
            "diskType",
        ),
        row(
            3686,
            "another kind of disk than before",
            "MigrateNodes",
            json!({"/spec/extendParam/DockerLVMConfigOverride": LVM.replace("evs", "ssd")}),
            "diskType",
        ),
        row(
            3687,
            "a script to move that is not in base64",
            "MigrateNodes",
            json!({"/spec/extendParam/alpha.cce~1preInstall": "!!"}),
            "alpha.cce/preInstall",
        ),
        row(
            3688,
            "a script after moving that is not in base64",
            "MigrateNodes",
            json!({"/spec/extendParam/alpha.cce~1postInstall": "!!"}),
            "alpha.cce/postInstall",
        ),
        row(
            3703,
            "a plain password to move",
            "MigrateNodes",
            json!({"/spec/login": password("Correct-Horse-7")}),
            "salted",
        ),
        row(
            3708,
            "a node to move that is not there",
            "MigrateNodes",
            json!({"/spec/nodes/0/uid": "nothing"}),
            "nothing",
        )
        .code("CCE.01404001"),
    ]
}

#[tokio::test]
async fn each_constraint_of_tasks_on_nodes_is_held() {
    let wire = Wire::new().await;
    let places = Places::new(&wire).await;
    let rows: Vec<Row> = rows().into_iter().chain(constraints_reinstall::rows()).collect();
    wire.refuses_each(&rows, |operation| places.right(operation)).await;
}

/// cce:3120: groups of disks are there from 1.15.11 on.
#[tokio::test]
async fn disks_are_grouped_in_clusters_from_1_15_11_on() {
    let wire = Wire::new().await;
    let places = Places::new(&wire).await;
    let mut add = places.right("AddNodes");
    add["cluster_id"] = places.old.clone();
    wire.refused("grouped disks", "AddNodes", &add, "CCE.01400001", "1.15.11").await;
    add["nodeList"][0]["spec"]["volumeConfig"].as_object_mut().unwrap().remove("storage");
    wire.ok("AddNodes", &add).await;
}

/// cce:3686: nodes that move in one call have disks of one kind.
#[tokio::test]
async fn nodes_that_move_together_have_disks_of_one_kind() {
    let wire = Wire::new().await;
    let places = Places::new(&wire).await;
    let mut reset = places.right("ResetNodes");
    reset["nodeList"][0]["spec"]["volumeConfig"] = json!({"lvmConfig": LVM.replace("evs", "hdd")});
    wire.ok("ResetNodes", &reset).await;
    wire.pass(60);
    let mut both = places.right("MigrateNodes");
    both["spec"].as_object_mut().unwrap().remove("extendParam");
    let uids = |uids: &[usize]| -> Value { uids.iter().map(|at| json!({"uid": places.nodes[*at]})).collect() };
    both["spec"]["nodes"] = uids(&[0, 2]);
    wire.refused("two kinds", "MigrateNodes", &both, "CCE.01400001", "diskType").await;
    both["spec"]["nodes"] = uids(&[1, 2]);
    wire.ok("MigrateNodes", &both).await;
}
