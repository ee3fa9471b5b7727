//! The requests that the document prints as examples (cce:2817 to 6516), with identifiers of this world.

use super::constraint_table::Wire;
use super::{node, text};
use serde_json::{Value, json};

#[tokio::test]
async fn the_documents_examples_of_pools_are_accepted() {
    let wire = Wire::new().await;
    let cluster = wire.cluster(|_| ()).await;
    // cce:3947
    let create = json!({
        "cluster_id": cluster, "kind": "NodePool", "apiVersion": "v3", "metadata": {"name": "my-node-pool"},
        "spec": {
            "initialNodeCount": 0, "type": "vm",
            "autoscaling": {
                "enable": false, "minNodeCount": 0, "maxNodeCount": 1, "scaleDownCooldownTime": 0, "priority": 0,
            },
            "nodeTemplate": {
                "flavor": "s6.large.2", "az": "az1.dc1", "os": "EulerOS 2.5", "login": {"sshKey": "myKeypair"},
                "rootVolume": {"volumetype": "SATA", "size": 40},
                "dataVolumes": [{"volumetype": "SATA", "size": 100, "extendParam": {"useType": "docker"}}],
                "billingMode": 0,
            },
        },
    });
    let pool = wire.ok("CreateNodePool", &create).await["metadata"]["uid"].clone();
    // cce:4582
    let update = json!({
        "cluster_id": cluster, "nodepool_id": pool,
        "spec": {
            "initialNodeCount": 1, "nodeTemplate": {"k8sTags": {"cce.io/node-label": "test-label"}},
            "autoscaling": {"enable": true, "maxNodeCount": 10},
        },
    });
    let answer = wire.ok("UpdateNodePool", &update).await;
    assert_eq!(answer["spec"]["nodeTemplate"]["k8sTags"]["cce.io/node-label"], "test-label");
    // A pool is also changed by what a caller has read of it, which has the label of the pool and 20 others.
    let labels: Value = (0..20).map(|at| (format!("key-{at}"), json!("v"))).collect::<serde_json::Map<_, _>>().into();
    let mut many = update.clone();
    many["spec"]["nodeTemplate"]["k8sTags"] = labels;
    wire.ok("UpdateNodePool", &many).await;
    let mut read = wire.ok("GetNodePool", &json!({"cluster_id": cluster, "nodepool_id": pool})).await;
    (read["cluster_id"], read["nodepool_id"]) = (cluster.clone(), pool.clone());
    read["spec"]["initialNodeCount"] = json!(2);
    assert_eq!(wire.ok("UpdateNodePool", &read).await["spec"]["initialNodeCount"], 2);
    wire.ok("DeleteNodePool", &json!({"cluster_id": cluster, "nodepool_id": pool})).await;
}

#[tokio::test]
async fn the_documents_example_of_moving_nodes_is_accepted() {
    let wire = Wire::new().await;
    let (cluster, target) = (wire.cluster(|_| ()).await, wire.cluster(|_| ()).await);
    wire.ok("CreateNode", &node(&text(&cluster), |_| ())).await;
    wire.pass(60);
    let node = wire.ok("ListNodes", &json!({"cluster_id": cluster})).await["items"][0]["metadata"]["uid"].clone();
    // cce:3784; what follows the first lines is lost.
    let moved = json!({
        "cluster_id": cluster, "target_cluster_id": target,
        "spec": {
            "os": "EulerOS 2.5", "extendParam": {"alpha.cce/NodeImageID": "cc56b36d-af9b-45fc-9fd7-b3bdbf9b9a6e"},
            "login": {"sshKey": "myKeypair"}, "nodes": [{"uid": node}],
        },
    });
    wire.ok("MigrateNodes", &moved).await;
}

#[tokio::test]
async fn the_documents_examples_of_claims_are_accepted() {
    let wire = Wire::new().await;
    let cluster = wire.cluster(|_| ()).await;
    for kind in ["bs", "nfs", "obs"] {
        // cce:5038
        let claim = json!({
            "cluster_id": cluster, "namespace": "default", "apiVersion": "v1", "kind": "PersistentVolumeClaim",
            "metadata": {"name": "csms-dev-create", "namespace": "default"},
            "spec": {
                "volumeID": "86b29e16-23db-11e7-9c83-fa163ec08232", "storageType": kind,
                "accessModes": ["ReadWriteMany"],
            },
        });
        assert_eq!(wire.ok("CreateCloudPVC", &claim).await["status"]["phase"], "Pending");
        let mut delete = json!({"cluster_id": cluster, "namespace": "default", "name": "csms-dev-create"});
        if kind == "bs" {
            // cce:5121
            (delete["deleteVolume"], delete["storageType"]) = (json!(true), json!("bs"));
        }
        wire.ok("DeleteCloudPVC", &delete).await;
    }
}

#[tokio::test]
async fn the_documents_examples_of_add_ons_are_accepted() {
    let wire = Wire::new().await;
    let cluster = wire.cluster(|_| ()).await;
    let order = |metadata: Value, version: &str| {
        json!({
            "cluster_id": cluster, "kind": "Addon", "apiVersion": "v3", "metadata": metadata,
            "spec": {
                "clusterID": cluster, "version": version, "addonTemplateName": "metrics-server",
                "values": {"basic": {}},
            },
        })
    };
    // cce:5263
    let create = order(json!({"annotations": {"addon.install/type": "install"}}), "1.0.0");
    let addon = wire.ok("CreateAddonInstance", &create).await["metadata"]["uid"].clone();
    wire.pass(30);
    // cce:5807
    let mut update = order(json!({}), "1.1.2");
    update["id"] = addon.clone();
    wire.ok("UpdateAddonInstance", &update).await;
    wire.ok("DeleteAddonInstance", &json!({"cluster_id": cluster, "id": addon})).await;
}
