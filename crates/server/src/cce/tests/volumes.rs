//! Cloud storage.

use super::{Cloud, with};
use serde_json::{Value, json};

fn claim(cluster: &str, name: &str, storage: Option<(&str, &str)>) -> Value {
    let mut claim = json!({
        "cluster_id": cluster, "namespace": "default", "kind": "PersistentVolumeClaim", "apiVersion": "v1",
        "metadata": {"name": name}, "spec": {"accessModes": ["ReadWriteMany"]},
    });
    if let Some((id, kind)) = storage {
        claim["spec"]["volumeID"] = json!(id);
        claim["spec"]["storageType"] = json!(kind);
    }
    claim
}

fn volume(cluster: &str, name: &str) -> Value {
    let options = json!({"fsType": "nfs", "region": "r", "volumeID": "share-1", "storageType": "nfs"});
    json!({
        "cluster_id": cluster, "kind": "PersistentVolume", "apiVersion": "v1", "metadata": {"name": name},
        "spec": {
            "accessModes": ["ReadWriteMany"],
            "flexVolume": {"driver": "huawei.com/fuxinfs", "fsType": "nfs", "options": options},
        },
    })
}

fn drop_claim(cluster: &str, name: &str) -> Value {
    json!({"cluster_id": cluster, "namespace": "default", "name": name})
}

fn drop_volume(cluster: &str, name: &str) -> Value {
    json!({"cluster_id": cluster, "name": name})
}

#[test]
fn a_claim_to_a_storage_brings_its_volume() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let answer = cloud.ok("CreateCloudPVC", claim(&cluster, "data", Some(("disk-1", "bs"))));
    assert_eq!((&answer["status"]["phase"], &answer["metadata"]["namespace"]), (&json!("Pending"), &json!("default")));
    let name = answer["spec"]["volumeName"].as_str().unwrap().to_owned();
    let bound = cloud.refused("DeleteCloudPV", drop_volume(&cluster, &name));
    assert_eq!(bound, (409, "Conflict".into()), "a claim holds it");
    cloud.pass(5);
    let gone = cloud.ok("DeleteCloudPVC", drop_claim(&cluster, "data"));
    assert_eq!(gone["status"]["phase"], "Bound");
    let kept = cloud.ok("DeleteCloudPV", drop_volume(&cluster, &name));
    assert_eq!(
        (&kept["status"]["phase"], &kept["spec"]["flexVolume"]["driver"]),
        (&json!("Released"), &json!("huawei.com/fuxivol"))
    );
}

#[test]
fn a_claim_says_completely_what_it_wants() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let half = with(claim(&cluster, "data", None), |claim| claim["spec"]["volumeID"] = json!("disk-1"));
    assert_eq!(cloud.refused("CreateCloudPVC", half), (422, "Invalid".into()));
    let modes = |modes: Value| with(claim(&cluster, "data", None), |claim| claim["spec"]["accessModes"] = modes);
    assert_eq!(cloud.refused("CreateCloudPVC", modes(json!([]))), (400, "BadRequest".into()));
    assert_eq!(cloud.code("CreateCloudPVC", modes(json!(["WriteOnly"]))), "Invalid");
    for name in ["", "Data", "-data", "data."] {
        let code = cloud.code("CreateCloudPVC", claim(&cluster, name, None));
        assert!(["Invalid", "BadRequest"].contains(&code.as_str()), "{name}");
    }
    assert_eq!(cloud.code("CreateCloudPVC", claim(&cluster, "data", Some(("disk-1", "tape")))), "Invalid");
}

#[test]
fn namespaces_and_names_are_checked() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let elsewhere = with(claim(&cluster, "data", None), |claim| claim["namespace"] = json!("nowhere"));
    assert_eq!(cloud.refused("CreateCloudPVC", elsewhere), (404, "NotFound".into()));
    cloud.ok("CreateCloudPVC", claim(&cluster, "data", None));
    assert_eq!(cloud.refused("CreateCloudPVC", claim(&cluster, "data", None)), (409, "AlreadyExists".into()));
    let system = with(claim(&cluster, "data", None), |claim| claim["namespace"] = json!("kube-system"));
    cloud.ok("CreateCloudPVC", system);
    assert_eq!(cloud.refused("DeleteCloudPVC", drop_claim(&cluster, "nothing")), (404, "NotFound".into()));
    assert_eq!(cloud.refused("CreateCloudPVC", claim("nothing", "data", None)), (404, "NotFound".into()));
}

#[test]
fn the_storage_goes_only_when_its_kind_is_named() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let answer = cloud.ok("CreateCloudPVC", claim(&cluster, "data", Some(("share-1", "nfs"))));
    let name = answer["spec"]["volumeName"].as_str().unwrap().to_owned();
    let with_storage = |kind: Value| {
        with(drop_claim(&cluster, "data"), |call| {
            call["deleteVolume"] = json!(true);
            call["storageType"] = kind;
        })
    };
    assert_eq!(cloud.refused("DeleteCloudPVC", with_storage(Value::Null)), (400, "BadRequest".into()));
    assert_eq!(cloud.code("DeleteCloudPVC", with_storage(json!("bs"))), "Invalid", "another kind");
    cloud.ok("DeleteCloudPVC", with_storage(json!("nfs")));
    assert_eq!(cloud.refused("DeleteCloudPV", drop_volume(&cluster, &name)), (404, "NotFound".into()));
}

#[test]
fn a_claim_waits_for_the_volume_that_it_names() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let made = cloud.ok("CreateCloudPV", volume(&cluster, "share"));
    assert_eq!(made["status"]["phase"], "Available");
    assert_eq!(cloud.refused("CreateCloudPV", volume(&cluster, "share")), (409, "AlreadyExists".into()));
    for (name, wanted, phase) in [("one", "share", "Bound"), ("two", "share", "Pending"), ("three", "none", "Pending")]
    {
        let order = with(claim(&cluster, name, None), |claim| claim["spec"]["volumeName"] = json!(wanted));
        cloud.ok("CreateCloudPVC", order);
        cloud.pass(5);
        if name != "one" {
            let gone = cloud.ok("DeleteCloudPVC", drop_claim(&cluster, name));
            assert_eq!(gone["status"]["phase"], phase, "{name}");
        }
    }
    assert_eq!(cloud.ok("DeleteCloudPVC", drop_claim(&cluster, "one"))["status"]["phase"], "Bound");
    cloud.ok("DeleteCloudPV", drop_volume(&cluster, "share"));
}
