//! Constraints of claims to cloud storage (cce:4954 to 5213).

use super::constraint_table::{Row, Wire, row};
use serde_json::{Value, json};

/// A cluster with a claim, and an older one.
pub(super) struct Places {
    cluster: Value,
    old: Value,
}

impl Places {
    pub(super) async fn new(wire: &Wire) -> Self {
        let old = wire.cluster(|cluster| cluster["spec"]["version"] = json!("v1.11.7")).await;
        let places = Self { cluster: wire.cluster(|_| ()).await, old };
        let mut claim = places.right("CreateCloudPVC");
        claim["metadata"]["name"] = json!("volume-49f1");
        wire.ok("CreateCloudPVC", &claim).await;
        places
    }

    /// A right request of that operation.
    pub(super) fn right(&self, operation: &str) -> Value {
        match operation {
            "CreateCloudPVC" => json!({
                "cluster_id": self.cluster, "namespace": "default", "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "metadata": {"name": "my-pvc", "labels": {"example.com/my-key": "bar"}},
                "spec": {
                    "volumeID": "86b29e16-23db-11e7-9c83-fa163ec08232", "storageType": "bs",
                    "accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "10Gi"}},
                },
            }),
            _ => json!({
                "cluster_id": self.cluster, "namespace": "default", "name": "volume-49f1", "deleteVolume": true,
                "storageType": "bs",
            }),
        }
    }
}

pub(super) fn rows() -> Vec<Row> {
    let create = |line, name, changes, says| row(line, name, "CreateCloudPVC", changes, says).code("Invalid");
    let delete = |line, name, changes, says| row(line, name, "DeleteCloudPVC", changes, says).code("BadRequest");
    let name = |line, name, wrong: &str| create(line, name, json!({"/metadata/name": wrong}), "metadata.name");
    let form = "the form that Kubernetes asks for";
    vec![
        create(4975, "a namespace in capitals", json!({"/namespace": "Default"}), "namespace"),
        create(4975, "a namespace that ends with a hyphen", json!({"/namespace": "default-"}), "namespace"),
        create(4976, "a namespace that was not made", json!({"/namespace": "nowhere"}), "nowhere").code("NotFound"),
        name(5007, "a name in capitals", "My-pvc"),
        name(5007, "a name that begins with a hyphen", "-pvc"),
        name(5007, "a name that ends with a dot", "pvc."),
        create(5007, "a name of 254 characters", json!({"/metadata/name": "p".repeat(254)}), "longer than 253")
            .code("BadRequest"),
        create(5007, "a name that is there already", json!({"/metadata/name": "volume-49f1"}), "already exists")
            .code("AlreadyExists"),
        create(5008, "a key that begins with a hyphen", json!({"/metadata/labels": {"-a": "b"}}), form),
        create(5008, "a domain in capitals", json!({"/metadata/labels": {"Example.com/a": "b"}}), form),
        create(5008, "a value of 64 characters", json!({"/metadata/labels": {"a": "v".repeat(64)}}), form),
        create(5014, "a storage without its type", json!({"/spec/storageType": null}), "storageType"),
        create(5015, "a type without its storage", json!({"/spec/volumeID": null}), "volumeID"),
        create(5015, "another type of storage", json!({"/spec/storageType": "tape"}), "storageType"),
        create(5018, "no access modes", json!({"/spec/accessModes": []}), "accessModes").code("BadRequest"),
        create(5019, "another access mode", json!({"/spec/accessModes": ["WriteOnly"]}), "accessModes"),
        delete(5121, "a deletion without the type", json!({"/storageType": null}), "deleteVolume needs storageType"),
        delete(5121, "a type without deletion", json!({"/deleteVolume": null}), "storageType needs deleteVolume"),
        delete(5121, "another type of storage", json!({"/storageType": "tape"}), "storageType").code("Invalid"),
        delete(5121, "a deletion that is neither true nor false", json!({"/deleteVolume": "ture"}), "deleteVolume"),
    ]
}

#[tokio::test]
async fn each_constraint_of_claims_is_held() {
    let wire = Wire::new().await;
    let places = Places::new(&wire).await;
    wire.refuses_each(&rows(), |operation| places.right(operation)).await;
}

/// cce:5020: ReadWriteOnce is there from v1.13.10 on, with storage-driver from 1.0.19 on.
#[tokio::test]
async fn a_single_node_writes_in_newer_clusters_with_a_newer_driver() {
    let wire = Wire::new().await;
    let places = Places::new(&wire).await;
    let claim = |cluster: &Value, name: &str| {
        let mut claim = places.right("CreateCloudPVC");
        (claim["cluster_id"], claim["metadata"]["name"]) = (cluster.clone(), json!(name));
        claim["spec"]["accessModes"] = json!(["ReadWriteOnce"]);
        claim
    };
    let named = |addons: Value| {
        move |cluster: &mut Value| {
            cluster["metadata"]["annotations"] = json!({"cluster.install.addons/install": addons.to_string()});
        }
    };
    let older = wire.cluster(named(json!([{"addonTemplateName": "storage-driver", "version": "1.0.18"}]))).await;
    let without = wire.cluster(named(json!([{"addonTemplateName": "coredns"}]))).await;
    for cluster in [&places.old, &older, &without] {
        wire.refused("one node", "CreateCloudPVC", &claim(cluster, "one"), "Invalid", "ReadWriteOnce").await;
    }
    wire.ok("CreateCloudPVC", &claim(&places.cluster, "one")).await;
}

/// The vendor's clients read the size as a text, where cce:5173 has an object.
#[tokio::test]
async fn the_size_of_a_bound_claim_is_a_text() {
    let wire = Wire::new().await;
    let places = Places::new(&wire).await;
    let made = wire.ok("CreateCloudPVC", &places.right("CreateCloudPVC")).await;
    assert_eq!((&made["status"]["phase"], made["status"].get("capacity")), (&json!("Pending"), None));
    wire.pass(10);
    let deleted = wire.ok("DeleteCloudPVC", &places.right("DeleteCloudPVC")).await;
    assert_eq!(deleted["status"]["capacity"], "10Gi");
}
