//! Where the document contradicts itself: each of its variants is read, and one form is written, the one of
//! the vendor's own client. The spellings of a job's id are in `jobs`.

use super::{By, Cloud, machine, plane};
use crate::support::{cce_builder, server};
use crate::witness_tencent_bytes::Capture;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use wharf::Timestamp;
use wharf::cce::cluster::operations::{
    CreateCloudPvcOutput, DeleteCloudPvcOutput, GetAddonInstanceOutput, GetClusterOutput, GetJobOutput,
    ListAddonInstancesOutput,
};
use wharf::cce::node::operations::{GetNodeOutput, ListNodesOutput, UpdateNodeOutput};
use wharf::cce::scaling::operations::ListNodePoolsOutput;
use wharf::cce::types::{AddonFlavor, ClusterAddonInstall, CoreDnsValues, InstallAddonName, JobPhase, VolumeType};
use wharf::cce::{Connection, types};
use wharf_core::connection::CallOptions;
use wharf_core::operation::Operation;
use wharf_server::Fault;

/// What the typed answer of an operation makes of a body.
async fn read<Op: Operation>(body: Value) -> Op::Output {
    let cloud = Cloud::new(By::Signature).await;
    cloud.server.faults().add(Fault::answer_with(move |_| Ok(body.clone())).operation(Op::META.name));
    let entry = wharf::operations().find(|entry| entry.meta == Op::META).unwrap();
    let input = crate::support::input_for(&cloud.server, entry, None);
    let mut output = Op::Output::default();
    let connection: wharf_core::Connection = cloud.cce.clone().into();
    connection.execute(Op::META, &*input, &CallOptions::default(), &mut output).await.unwrap();
    output
}

macro_rules! read {
    ($client:ident::$operation:ident, $($body:tt)+) => {
        read::<wharf::cce::$client::operations::$operation>(json!($($body)+)).await
    };
}

/// A connection whose requests go nowhere.
async fn nowhere() -> (Connection, Arc<Capture>) {
    let (capture, server) = (Arc::new(Capture::default()), server().await);
    (cce_builder(&server).transport(capture.clone()).build().unwrap(), capture)
}

fn sent(capture: &Capture) -> (http::Uri, Value) {
    let request = capture.0.lock().unwrap().take().expect("nothing was sent");
    (request.uri().clone(), serde_json::from_slice(request.body()).unwrap_or_default())
}

#[tokio::test]
async fn the_network_of_hosts_loses_a_letter() {
    let network = json!({"vpc": "v", "subnet": "s"});
    for spelling in ["hostNetwork", "hostNetwok"] {
        let there: GetClusterOutput = read!(cluster::GetCluster, {"spec": {spelling: network}});
        assert_eq!(there.spec.host_network.unwrap().subnet.as_deref(), Some("s"), "{spelling}");
        let (cce, capture) = nowhere().await;
        let spec = json!({
            "type": "VirtualMachine", "flavor": "cce.s1.small", spelling: network, "containerNetwork": {"mode": "eni"},
        });
        cce.call("cce", "CreateCluster", json!({"metadata": {"name": "name"}, "spec": spec})).await.unwrap();
        let spec = sent(&capture).1["spec"].take();
        assert_eq!((&spec["hostNetwork"], spec.get("hostNetwok")), (&network, None), "one form is written");
    }
}

#[tokio::test]
async fn the_reason_of_an_add_on_has_two_spellings() {
    for spelling in ["Reason", "reason"] {
        // The members that are marked as required and missing in the examples are missing here too.
        let addon =
            json!({"metadata": {"uid": "a"}, "status": {"status": "abnormal", spelling: "no nodes", "message": ""}});
        let there: GetAddonInstanceOutput = read!(cluster::GetAddonInstance, addon);
        assert_eq!(there.status.reason.as_deref(), Some("no nodes"), "{spelling}");
        let list = json!({"kind": "Addon", "metadata": "", "items": [addon]});
        let listed: ListAddonInstancesOutput = read!(cluster::ListAddonInstances, list);
        assert_eq!(listed.items[0].status, there.status);
        assert!(there.status.target_versions.is_empty());
    }
}

#[tokio::test]
async fn disks_of_the_example_of_update_node() {
    for (kind, size) in [("volumetype", "size"), ("volumeType", "diskSize")] {
        let disk = json!({kind: "SAS", size: 40, "metadata": {"systemencrypted": 1, "systemcmkid": "k"}});
        let body = json!({"spec": {"rootVolume": disk, "dataVolumes": [disk], "publicIP": {"ids": ["i"]}},
            "status": {"publicIP": "198.51.100.7", "privateIP": "10.0.0.1"}});
        let node: UpdateNodeOutput = read!(node::UpdateNode, body);
        let root = node.spec.root_volume.unwrap();
        assert_eq!((root.volume_type.clone(), root.size), (Some(VolumeType::Sas), Some(40)), "{kind}");
        assert_eq!(root.metadata.clone().unwrap().system_encrypted.as_deref(), Some("1"));
        assert_eq!(node.spec.data_volumes.unwrap(), [root]);
        // An object in the specification, a text in the status.
        assert_eq!(node.spec.public_ip.unwrap().ids.unwrap(), ["i"]);
        assert_eq!(node.status.public_ip.as_deref(), Some("198.51.100.7"));
    }
    let (cce, capture) = nowhere().await;
    cce.nodes().create_node("c").metadata(|node| node.name("n")).set_spec(machine()).send().await.unwrap();
    assert_eq!(sent(&capture).1["spec"]["rootVolume"], json!({"size": 40, "volumetype": "SATA"}));
}

/// "Json Array" in the table, a text that holds one in the example, with a number as the flavor's name.
#[tokio::test]
async fn add_ons_of_a_new_cluster_are_json_in_a_text() {
    let (cce, capture) = nowhere().await;
    let flavor = AddonFlavor::default().name("2500").replicas(2);
    let mut addon = ClusterAddonInstall::default().addon_template_name(InstallAddonName::Coredns).version("1.17.9");
    addon.values = Some(wharf_core::model::entries(&CoreDnsValues::default().set_flavor(flavor)).into_iter().collect());
    let create = cce.clusters().create_cluster().set_spec(plane());
    create.metadata(|cluster| cluster.name("name").install_addons([addon])).send().await.unwrap();
    let body = sent(&capture).1;
    let text = body["metadata"]["annotations"]["cluster.install.addons/install"].as_str().unwrap();
    let due = json!([{"addonTemplateName": "coredns", "version": "1.17.9",
        "values": {"flavor": {"name": "2500", "replicas": 2}}}]);
    assert_eq!(serde_json::from_str::<Value>(text).unwrap(), due);

    // The document's own example goes through, and its number reaches the add-on.
    let cloud = Cloud::new(By::Signature).await;
    let size = r#"{"limitsCpu": "500m", "limitsMem": "512Mi", "name": "coredns", "requestsCpu": "500m", "requestsMem": "512Mi"}"#;
    let flavor =
        format!(r#"{{"description": "Has two instances", "name": 2500, "replicas": 2, "resources": [{size}]}}"#);
    let custom = r#"{"stub_domains": {}, "upstream_nameservers": [], "tenant_id": "22a8a02394794b908d256103a5b63c65"}"#;
    let example = format!(
        r#"[{{"addonTemplateName": "coredns", "version": "1.13.3", "values": {{"flavor": {flavor}, "custom": {custom}}}}}]"#
    );
    let order =
        cloud.order("example").metadata(|it| it.annotations([("cluster.install.addons/install", example.as_str())]));
    let created = order.send().await.unwrap();
    assert_eq!(created.metadata.annotations.unwrap()["cluster.install.addons/install"], example);
    let addons = cloud.clusters.list_addon_instances(created.metadata.uid.unwrap()).send().await.unwrap().items;
    assert_eq!((addons.len(), &addons[0].spec.values["flavor"]["name"]), (1, &json!(2500)));
}

/// An object in the document, a text for every client of the vendor.
#[tokio::test]
async fn the_size_of_a_claim_is_a_text_or_an_object() {
    for size in [json!("10Gi"), json!({"storage": "10Gi"})] {
        let claim = json!({"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteMany"]},
            "status": {"phase": "Bound", "capacity": size}});
        let made: CreateCloudPvcOutput = read!(cluster::CreateCloudPvc, claim);
        let deleted: DeleteCloudPvcOutput = read!(cluster::DeleteCloudPvc, claim);
        for status in [made.status, deleted.status] {
            let capacity = status.unwrap().capacity.unwrap();
            assert_eq!(capacity.into_iter().collect::<Vec<_>>(), [("storage".to_owned(), "10Gi".to_owned())]);
        }
    }
}

fn at(seconds: u64, nanoseconds: u32) -> Option<SystemTime> {
    Some(UNIX_EPOCH + Duration::new(seconds, nanoseconds))
}

#[tokio::test]
async fn times_are_written_in_two_ways() {
    let go = json!({"creationTimestamp": "2018-08-02 03:48:58.968214406 +0000 UTC",
        "updateTimestamp": "2018-08-02 11:48:58 +0800 CST"});
    let standard = json!({"creationTimestamp": "2018-08-02T03:48:58.968214406Z",
        "updateTimestamp": "2018-08-02T03:48:58Z"});
    let check = |what: &str, created: Option<Timestamp>, updated: Option<Timestamp>| {
        assert_eq!(created.unwrap().parse(), at(1_533_181_738, 968_214_406), "{what}");
        assert_eq!(updated.unwrap().parse(), at(1_533_181_738, 0), "{what}");
    };
    for times in [go, standard] {
        let it: GetClusterOutput = read!(cluster::GetCluster, {"metadata": times});
        check("cluster", it.metadata.creation_timestamp, it.metadata.update_timestamp);
        let it: GetNodeOutput = read!(node::GetNode, {"metadata": times});
        check("node", it.metadata.creation_timestamp, it.metadata.update_timestamp);
        let it: GetJobOutput = read!(cluster::GetJob, {"metadata": times});
        check("job", it.metadata.creation_timestamp, it.metadata.update_timestamp);
        let it: GetAddonInstanceOutput = read!(cluster::GetAddonInstance, {"metadata": times});
        check("add-on", Some(it.metadata.creation_timestamp), Some(it.metadata.update_timestamp));
    }
    // And the server's own, in both forms.
    let cloud = Cloud::new(By::Signature).await;
    let id = cloud.available("timed").await;
    let created = cloud.cluster(&id).await.metadata.creation_timestamp.unwrap();
    assert!(created.as_str().ends_with(" +0000 UTC") && created.parse().is_some(), "{created}");
    let node = cloud.add_nodes(&id, 1).await.remove(0);
    let renamed = cloud.nodes.update_node(&id, node).metadata(|node| node.name("new")).send().await.unwrap();
    let updated = renamed.metadata.update_timestamp.unwrap();
    assert!(updated.as_str().ends_with('Z') && updated.parse().is_some(), "{updated}");
}

/// Lists that the tables call objects, texts that are objects, numbers that are texts, and back.
#[tokio::test]
async fn types_of_tables_and_of_examples() {
    let cluster: GetClusterOutput =
        read!(cluster::GetCluster, {"status": {"phase": "Available", "endpoints": {"url": "u", "type": "Internal"}}});
    assert_eq!(cluster.status.endpoints[0].url, "u");
    let nodes: ListNodesOutput = read!(node::ListNodes,
        {"kind": "Node", "items": {"spec": {"dataVolumes": {"size": "100", "volumetype": "SSD"}, "taints": {"key": "k"}}}});
    let spec = &nodes.items[0].spec;
    assert_eq!(spec.data_volumes.as_ref().unwrap()[0].size, Some(100));
    assert_eq!(spec.taints.as_ref().unwrap()[0].key.as_deref(), Some("k"));
    let pools: ListNodePoolsOutput = read!(scaling::ListNodePools,
        {"items": [{"status": {"phase": "", "currentNode": "2"}, "spec": {"initialNodeCount": 2.0}}]});
    assert_eq!((pools.items[0].status.current_node, pools.items[0].spec.initial_node_count), (Some(2), Some(2)));
    let part =
        json!({"kind": "Job", "spec": {"type": "InstallMaster"}, "status": {"phase": "Success", "reason": null}});
    for extra in [json!({"serverID": 7}), json!(""), Value::Null] {
        let job: GetJobOutput = read!(cluster::GetJob,
            {"spec": {"type": "CreateCluster", "extendParam": extra, "subJobs": part}, "status": {"phase": "Running"}});
        assert_eq!(job.spec.sub_jobs[0].status.phase, JobPhase::Success);
        assert_eq!(job.spec.extend_param.get("serverID").map(String::as_str), extra["serverID"].as_i64().map(|_| "7"));
    }
    let unknown: GetClusterOutput = read!(cluster::GetCluster, {"status": {"phase": "Dreaming"}});
    assert_eq!(unknown.status.phase.as_str(), "Dreaming");
    let script: UpdateNodeOutput =
        read!(node::UpdateNode, {"spec": {"extendParam": {"alpha.cce/preinstall": "ZWNobwo="}}});
    assert_eq!(script.spec.extend_param.unwrap().alpha_cce_pre_install.unwrap().expose(), "ZWNobwo=");
}

/// The table has them inside of the name of the claim.
#[tokio::test]
async fn the_storage_of_a_claim_is_deleted_by_the_query() {
    let (cce, capture) = nowhere().await;
    let (clusters, cluster) = (cce.clusters(), "7d9e2b3c-0000-11ed-8000-0255ac100b01");
    clusters.delete_cloud_pvc(cluster, "default", "disk").send().await.unwrap();
    assert_eq!(sent(&capture).0.query(), None);
    let delete = clusters.delete_cloud_pvc(cluster, "default", "disk").delete_volume(true).storage_type("bs");
    delete.send().await.unwrap();
    let uri = sent(&capture).0;
    assert_eq!(uri.path(), "/api/v1/namespaces/default/cloudpersistentvolumeclaims/disk");
    assert_eq!(uri.query(), Some("deleteVolume=true&storageType=bs"));
    assert!(uri.host().unwrap().starts_with(&format!("{cluster}.cce.")), "{uri}");
}

/// The text allows two members, the table asks for a template besides; the example sends a specification alone.
#[tokio::test]
async fn a_pool_is_updated_with_what_the_table_asks_for() {
    let (cce, capture) = nowhere().await;
    let template = types::NodeTemplateUpdate::default();
    let update = cce.scaling().update_node_pool("c", "p");
    update.spec(|spec| spec.initial_node_count(3).set_node_template(template)).send().await.unwrap();
    let body = sent(&capture).1;
    assert_eq!(body["spec"]["initialNodeCount"], 3);
    assert!(body.get("kind").is_none() && body.get("metadata").is_none(), "{body}");
}
