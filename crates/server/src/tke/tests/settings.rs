//! Components, systems, runtimes, masters, tags, protection, encryption.

use super::{Cloud, PODS, empty_cluster, owned_pod, place, pod, texts};
use serde_json::{Value, json};

/// A cluster without nodes, with a change at that place.
pub(super) fn with(pointer: &str, value: Value) -> Value {
    let mut request = empty_cluster("172.16.0.0/16");
    let mut target = &mut request;
    for part in pointer.split('/') {
        target = &mut target[part];
    }
    *target = value;
    request
}

impl Cloud {
    /// A running cluster made by that request.
    pub(super) fn made(&mut self, request: Value) -> String {
        let id = self.ok("CreateCluster", request)["ClusterId"].as_str().unwrap().to_owned();
        self.pass(60);
        id
    }

    /// A running cluster of that version.
    pub(super) fn versioned(&mut self, version: &str) -> String {
        self.made(with("ClusterBasicSettings/ClusterVersion", json!(version)))
    }

    /// A running cluster with that many masters of its own.
    fn independent(&mut self, masters: u64) -> String {
        let request = json!({
            "ClusterType": "INDEPENDENT_CLUSTER", "ClusterCIDRSettings": {"ClusterCIDR": "172.16.0.0/16"},
            "RunInstancesForNode": masters_para(masters),
        });
        self.made(request)
    }

    pub(super) fn component(&mut self, cluster: &str, component: &str) -> Value {
        let request = json!({"ClusterId": cluster, "Component": component});
        self.ok("DescribeMasterComponent", request)["Status"].clone()
    }

    fn switch(&mut self, cluster: &str, component: &str, operation: &str) {
        let request = json!({"ClusterId": cluster, "Component": component, "Operation": operation});
        self.ok("ModifyMasterComponent", request);
        assert_eq!(self.component(cluster, component), "updating");
        self.pass(10);
    }

    fn runtimes(&mut self, cluster: &str) -> Vec<Value> {
        let nodes = self.items(cluster, "/api/v1/nodes");
        nodes.iter().map(|node| node["status"]["nodeInfo"]["containerRuntimeVersion"].clone()).collect()
    }
}

pub(super) fn masters_para(count: u64) -> Value {
    let para = json!({"InstanceType": "S5.LARGE8", "InstanceCount": count, "VirtualPrivateCloud": place()}).to_string();
    json!([{"NodeRole": "MASTER_ETCD", "RunInstancesPara": [para]}])
}

#[test]
fn components_are_shut_down_and_restored() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.add_nodes(&id, 1);
    assert_eq!(cloud.component(&id, "kube-scheduler"), "running");
    let rehearsal = json!({"ClusterId": id, "Component": "kube-scheduler", "Operation": "shutdown", "DryRun": true});
    cloud.ok("ModifyMasterComponent", rehearsal);
    assert_eq!(cloud.component(&id, "kube-scheduler"), "running");
    cloud.switch(&id, "kube-scheduler", "shutdown");
    assert_eq!(cloud.component(&id, "kube-scheduler"), "shutdown");
    cloud.kube(&id, "POST", PODS, pod("waits", "100m"));
    cloud.pass(60);
    let phase =
        |cloud: &mut Cloud| cloud.kube(&id, "GET", &format!("{PODS}/waits"), Value::Null)["status"]["phase"].clone();
    assert_eq!(phase(&mut cloud), "Pending", "nothing is scheduled");
    let again = json!({"ClusterId": id, "Component": "kube-scheduler", "Operation": "shutdown"});
    assert_eq!(cloud.code("ModifyMasterComponent", again), "FailedOperation.OperationForbidden");
    cloud.switch(&id, "kube-scheduler", "restore");
    cloud.pass(10);
    assert_eq!(phase(&mut cloud), "Running");
    cloud.switch(&id, "kube-controller-manager", "shutdown");
    let template = json!({"metadata": {"labels": {"app": "web"}}, "spec": owned_pod("web", "100m")["spec"]});
    let deployment = json!({
        "kind": "Deployment", "apiVersion": "apps/v1", "metadata": {"name": "web"},
        "spec": {"replicas": 1, "selector": {"matchLabels": {"app": "web"}}, "template": template},
    });
    cloud.kube(&id, "POST", "/apis/apps/v1/namespaces/default/deployments", deployment);
    cloud.pass(60);
    assert_eq!(cloud.items(&id, PODS).len(), 1, "no controller acts");
    cloud.switch(&id, "kube-controller-manager", "restore");
    cloud.pass(10);
    assert_eq!(cloud.items(&id, PODS).len(), 2);
    cloud.switch(&id, "kube-apiserver", "shutdown");
    let request = json!({"ClusterName": id, "Method": "GET", "Path": "/version"});
    assert_eq!(cloud.code("ForwardRequest", request.clone()), "ResourceUnavailable");
    cloud.switch(&id, "kube-apiserver", "restore");
    cloud.ok("ForwardRequest", request);
}

#[test]
fn components_to_switch_are_known() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let request =
        |component: &str, operation: &str| json!({"ClusterId": id, "Component": component, "Operation": operation});
    for wrong in [request("etcd", "shutdown"), request("kube-scheduler", "explode")] {
        assert_eq!(cloud.code("ModifyMasterComponent", wrong), "InvalidParameter.Param");
    }
    let code = cloud.code("DescribeMasterComponent", json!({"ClusterId": "cls-none", "Component": "kube-scheduler"}));
    assert_eq!(code, "ResourceNotFound");
    assert_eq!(
        cloud.code("ModifyMasterComponent", request("kube-scheduler", "restore")),
        "FailedOperation.OperationForbidden"
    );
}

#[test]
fn another_image_is_for_nodes_to_come() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.add_nodes(&id, 1);
    let images = cloud.ok("DescribeOSImages", json!({"Filters": [{"Name": "OsName", "Values": ["centos7.6.0_x64"]}]}));
    assert_eq!((&images["TotalCount"], &images["OSImageSeriesSet"][0]["SeriesName"]), (&json!(1), &json!("CentOS")));
    let image = images["OSImageSeriesSet"][0]["ImageId"].clone();
    cloud.ok("ModifyClusterImage", json!({"ClusterId": id, "ImageId": image}));
    assert_eq!(
        (cloud.cluster(&id)["ImageId"].clone(), cloud.cluster(&id)["ClusterOs"].clone()),
        (image, json!("centos7.6.0_x64"))
    );
    let other = cloud.add_nodes(&id, 1);
    let systems = |cloud: &mut Cloud| -> Vec<Value> {
        cloud.items(&id, "/api/v1/nodes").iter().map(|node| node["status"]["nodeInfo"]["osImage"].clone()).collect()
    };
    assert_eq!(systems(&mut cloud), ["ubuntu16.04.1 LTSx86_64", "centos7.6.0_x64"]);
    let machine = cloud.ok("DescribeExistedInstances", json!({"InstanceIds": other}))["ExistedInstanceSet"][0].clone();
    assert_eq!(machine["OsName"], "centos7.6.0_x64");
    assert_eq!(
        cloud.code("ModifyClusterImage", json!({"ClusterId": id, "ImageId": "img-none"})),
        "InternalError.OsNotSupport"
    );
    assert_eq!(
        cloud.code("ModifyClusterImage", json!({"ClusterId": id, "ImageId": "img-centosar"})),
        "InternalError.OsNotSupport"
    );
    let wrong = json!({"Filters": [{"Name": "Colour", "Values": ["red"]}]});
    assert_eq!(cloud.code("DescribeOSImages", wrong), "InvalidParameter");
    assert_eq!(
        cloud.ok("DescribeOSImages", json!({}))["TotalCount"],
        cloud.ok("DescribeImages", json!({}))["TotalCount"]
    );
}

#[test]
fn another_runtime_is_for_nodes_to_come_and_for_upgrades() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let nodes = cloud.add_nodes(&id, 1);
    let runtimes = cloud.ok("DescribeSupportedRuntime", json!({"K8sVersion": "1.10.5"}))["OptionalRuntimes"].clone();
    assert_eq!((&runtimes[0]["RuntimeType"], &runtimes[0]["DefaultVersion"]), (&json!("docker"), &json!("19.3")));
    assert_eq!(cloud.code("DescribeSupportedRuntime", json!({"K8sVersion": "9.9"})), "InvalidParameter.Param");
    assert_eq!(cloud.runtimes(&id), ["docker://19.3"]);
    let config = |kind: &str, version: &str| json!({"ClusterId": id, "DstK8SVersion": "1.10.5", "ClusterRuntimeConfig": {"RuntimeType": kind, "RuntimeVersion": version}});
    cloud.ok("ModifyClusterRuntimeConfig", config("containerd", "1.6.9"));
    let cluster = cloud.cluster(&id);
    assert_eq!((&cluster["ContainerRuntime"], &cluster["RuntimeVersion"]), (&json!("containerd"), &json!("1.6.9")));
    cloud.add_nodes(&id, 1);
    assert_eq!(cloud.runtimes(&id), ["docker://19.3", "containerd://1.6.9"]);
    for (wrong, code) in [
        (config("rkt", "1"), "InvalidParameter.Param"),
        (config("docker", "1.6.9"), "InvalidParameter.Param"),
        (json!({"ClusterId": id}), "MissingParameter"),
        (json!({"ClusterId": id, "NodePoolRuntimeConfig": [{"NodePoolId": "np-1"}]}), "UnsupportedOperation"),
        (
            json!({"ClusterId": id, "DstK8SVersion": "9.9", "ClusterRuntimeConfig": {"RuntimeType": "docker"}}),
            "InvalidParameter.Param",
        ),
    ] {
        assert_eq!(cloud.code("ModifyClusterRuntimeConfig", wrong), code);
    }
    cloud.ok("UpdateClusterVersion", json!({"ClusterId": id, "DstVersion": "v1.10.5-tke.2"}));
    cloud.pass(420);
    let check = cloud.ok("CheckInstancesUpgradeAble", json!({"ClusterId": id}))["UpgradeAbleInstances"][0].clone();
    assert_eq!(
        (&check["RuntimeVersion"], &check["RuntimeLatestVersion"]),
        (&json!("docker://19.3"), &json!("containerd://1.6.9"))
    );
    let order = |runtime: bool| json!({"ClusterId": id, "Operation": "create", "UpgradeType": "hot", "InstanceIds": nodes, "UpgradeRunTime": runtime});
    cloud.ok("UpgradeClusterInstances", order(true));
    cloud.pass(60);
    assert_eq!(cloud.runtimes(&id), ["containerd://1.6.9", "containerd://1.6.9"]);
    cloud.ok("ModifyClusterRuntimeConfig", config("docker", "18.6"));
    assert_eq!(cloud.runtimes(&id), ["containerd://1.6.9", "containerd://1.6.9"]);
    assert_eq!(cloud.ok("CheckInstancesUpgradeAble", json!({"ClusterId": id, "InstanceIds": nodes}))["Total"], 1);
    assert_eq!(cloud.code("UpgradeClusterInstances", order(false)), "InvalidParameter.Param");
    cloud.ok("UpgradeClusterInstances", order(true));
    cloud.pass(60);
    assert_eq!(cloud.runtimes(&id), ["docker://18.6", "containerd://1.6.9"]);
    let given = with("ClusterAdvancedSettings", json!({"ContainerRuntime": "docker", "RuntimeVersion": "18.6"}));
    let mut given = given;
    given["ClusterCIDRSettings"]["ClusterCIDR"] = json!("172.17.0.0/16");
    let other = cloud.made(given.clone());
    assert_eq!(cloud.cluster(&other)["RuntimeVersion"], "18.6");
    given["ClusterAdvancedSettings"]["RuntimeVersion"] = json!("1.6.9");
    assert_eq!(cloud.code("CreateCluster", given), "InvalidParameter");
}

#[test]
fn masters_are_added_and_removed() {
    let mut cloud = Cloud::new();
    let id = cloud.independent(3);
    let out = |count: u64| json!({"ClusterId": id, "RunInstancesForNode": masters_para(count)});
    assert_eq!(cloud.code("ScaleOutClusterMaster", out(5)), "InvalidParameter");
    let workers =
        json!([{"NodeRole": "WORKER", "RunInstancesPara": [json!({"VirtualPrivateCloud": place()}).to_string()]}]);
    let wrong = json!({"ClusterId": id, "RunInstancesForNode": workers});
    assert_eq!(cloud.code("ScaleOutClusterMaster", wrong), "InvalidParameter.Param");
    let existing = json!([{"NodeRole": "MASTER_ETCD", "ExistedInstancesPara": {"InstanceIds": ["ins-default1"]}}]);
    cloud.ok(
        "ScaleOutClusterMaster",
        json!({"ClusterId": id, "RunInstancesForNode": masters_para(1), "ExistedInstancesForNode": existing}),
    );
    assert_eq!(cloud.cluster(&id)["ClusterStatus"], "MasterScaling");
    assert_eq!(cloud.code("ScaleOutClusterMaster", out(1)), "ResourceUnavailable.ClusterState");
    cloud.pass(60);
    assert_eq!(cloud.cluster(&id)["ClusterMaterNodeNum"], 5);
    let ready = |node: &&Value| node["metadata"]["labels"]["node-role.kubernetes.io/master"] == "true";
    assert_eq!(cloud.items(&id, "/api/v1/nodes").iter().filter(ready).count(), 5);
    let masters = cloud.ok("DescribeClusterInstanceIds", json!({"ClusterId": id, "InstanceRole": "MASTER_ETCD"}));
    let masters = texts(&masters["InstanceIdSet"]);
    let remove = |machines: &[String], mode: &str| {
        let list: Vec<Value> = machines
            .iter()
            .map(|machine| json!({"InstanceId": machine, "NodeRole": "MASTER_ETCD", "InstanceDeleteMode": mode}))
            .collect();
        json!({"ClusterId": id, "ScaleInMasters": list})
    };
    assert_eq!(cloud.code("ScaleInClusterMaster", remove(&masters[..3], "terminate")), "InvalidParameter");
    assert_eq!(cloud.code("ScaleInClusterMaster", remove(&["ins-none".to_owned()], "retain")), "ResourceNotFound");
    assert_eq!(cloud.code("ScaleInClusterMaster", remove(&[], "retain")), "InvalidParameter");
    cloud.ok("ScaleInClusterMaster", remove(&masters[..2], "terminate"));
    cloud.pass(60);
    assert_eq!(
        (cloud.cluster(&id)["ClusterMaterNodeNum"].clone(), cloud.cluster(&id)["ClusterStatus"].clone()),
        (json!(3), json!("Running"))
    );
    let managed = cloud.create("172.17.0.0/16");
    cloud.pass(60);
    let code =
        cloud.code("ScaleOutClusterMaster", json!({"ClusterId": managed, "RunInstancesForNode": masters_para(1)}));
    assert_eq!(code, "OperationDenied");
    let filter = json!([{"Name": "TaskType", "Values": ["scale_master"]}]);
    let tasks = cloud.ok("DescribeTasks", json!({"Filter": filter}))["Tasks"].clone();
    assert!(tasks.as_array().unwrap().iter().all(|task| task["LifeState"] == "done"));
}

#[test]
fn a_scheduler_has_a_policy() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let args = "eyJraW5kIjoiTm9kZVJlc291cmNlc0ZpdEFyZ3MifQ==";
    let profile = json!({"SchedulerName": "default-scheduler", "PluginConfigs": [{"Name": "NodeResourcesFit", "Args": args}],
        "PluginSet": {"Enabled": [{"Name": "NodeResourcesFit", "Weight": 2}], "Disabled": []}});
    let change = json!({"ClusterId": id, "SchedulerPolicyConfig": [profile], "ClientConnection": {"QPS": 50.0, "Burst": 100}, "HighPerformance": true});
    cloud.ok("ModifyClusterSchedulerPolicy", change);
    cloud.ok(
        "ModifyClusterSchedulerPolicy",
        json!({"ClusterId": id, "Extenders": [{"FilterVerb": "filter", "Weight": 1}]}),
    );
    let shown = cloud.ok("DescribeClusterSchedulerPolicy", json!({"ClusterId": id}));
    assert_eq!((&shown["SchedulerPolicyConfig"], &shown["HighPerformance"]), (&json!([profile]), &json!(true)));
    assert_eq!((&shown["ClientConnection"]["Burst"], &shown["Extenders"][0]["Weight"]), (&json!(100), &json!(1)));
    let policy: Value = serde_json::from_str(shown["Policy"].as_str().unwrap()).unwrap();
    assert_eq!(policy["Extenders"], shown["Extenders"]);
    for wrong in [
        json!({"SchedulerPolicyConfig": [{"PluginConfigs": [{"Name": "x", "Args": "no base64!"}]}]}),
        json!({"SchedulerPolicyConfig": [profile, profile]}),
        json!({"ClientConnection": {"QPS": 0.0}}),
        json!({"Extenders": [{"Weight": 3}]}),
    ] {
        let mut request = wrong.clone();
        request["ClusterId"] = json!(id);
        assert_eq!(cloud.code("ModifyClusterSchedulerPolicy", request), "InvalidParameter.Param", "{wrong}");
    }
    assert_eq!(
        cloud.code("DescribeClusterSchedulerPolicy", json!({"ClusterId": "cls-none"})),
        "ResourceNotFound.ClusterNotFound"
    );
}

#[test]
fn tags_are_set_as_a_whole() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let status = json!({"ClusterId": id});
    assert_eq!(cloud.code("DescribeBatchModifyTagsStatus", status.clone()), "FailedOperation.TaskNotFound");
    let tags = json!([{"Key": "env", "Value": "dev"}]);
    let answer = cloud.ok("ModifyClusterTags", json!({"ClusterId": id, "Tags": tags, "SyncSubresource": true}));
    assert_eq!(answer["Tags"], tags);
    let running = cloud.ok("DescribeBatchModifyTagsStatus", status.clone());
    assert_eq!(
        (&running["Status"], &running["SyncSubresource"], &running["Tags"]),
        (&json!("running"), &json!(true), &tags)
    );
    cloud.pass(5);
    assert_eq!(cloud.ok("DescribeBatchModifyTagsStatus", status)["Status"], "done");
    assert_eq!(cloud.cluster(&id)["TagSpecification"][0]["Tags"], tags);
    let twice = json!([{"Key": "env", "Value": "a"}, {"Key": "env", "Value": "b"}]);
    for wrong in [twice, json!([{"Key": "", "Value": "x"}]), json!(vec![json!({"Key": "k", "Value": "v"}); 51])] {
        assert_eq!(cloud.code("ModifyClusterTags", json!({"ClusterId": id, "Tags": wrong})), "InvalidParameter.Param");
    }
    cloud.ok("ModifyClusterTags", json!({"ClusterId": id, "Tags": []}));
    assert_eq!(cloud.cluster(&id)["TagSpecification"], json!([]));
}

#[test]
fn a_protected_cluster_is_not_deleted() {
    let mut cloud = Cloud::new();
    let id = cloud.made(with("ClusterAdvancedSettings/DeletionProtection", json!(true)));
    assert_eq!(cloud.cluster(&id)["DeletionProtection"], true);
    let delete = json!({"ClusterId": id, "InstanceDeleteMode": "terminate"});
    assert_eq!(cloud.code("DeleteCluster", delete.clone()), "FailedOperation");
    cloud.ok("DisableClusterDeletionProtection", json!({"ClusterId": id}));
    let status = |cloud: &mut Cloud| {
        let answer = cloud.ok("DescribeClusterStatus", json!({"ClusterIds": [id]}));
        answer["ClusterStatusSet"][0]["ClusterDeletionProtection"].clone()
    };
    assert_eq!(status(&mut cloud), false);
    cloud.ok("EnableClusterDeletionProtection", json!({"ClusterId": id}));
    assert_eq!(
        (status(&mut cloud), cloud.code("DeleteCluster", delete.clone())),
        (json!(true), "FailedOperation".to_owned())
    );
    cloud.ok("DisableClusterDeletionProtection", json!({"ClusterId": id}));
    cloud.ok("DeleteCluster", delete);
    cloud.pass(30);
    assert_eq!(cloud.code("EnableClusterDeletionProtection", json!({"ClusterId": id})), "ResourceNotFound");
}

#[test]
fn nodes_keep_a_cluster_from_1_16_on() {
    let mut cloud = Cloud::new();
    let id = cloud.versioned("1.16.3");
    let nodes = cloud.add_nodes(&id, 2);
    let delete = json!({"ClusterId": id, "InstanceDeleteMode": "terminate"});
    let refusal = cloud.refusal("DeleteCluster", delete.clone());
    assert_eq!(
        (refusal.code.as_ref(), nodes.iter().all(|node| refusal.message.contains(node))),
        ("FailedOperation", true)
    );
    let remove = json!({"ClusterId": id, "InstanceIds": nodes, "InstanceDeleteMode": "terminate"});
    cloud.ok("DeleteClusterInstances", remove);
    cloud.pass(10);
    cloud.ok("DeleteCluster", delete);
}

#[test]
fn attributes_are_changed_and_shown() {
    let mut cloud = Cloud::new();
    let id = cloud.made(with("ClusterAdvancedSettings/IsHighAvailability", json!(true)));
    assert_eq!(cloud.cluster(&id)["IsHighAvailability"], true);
    let mode = json!({"Enabled": true, "Namespaces": ["default"], "Labels": []});
    let change = json!({"ClusterId": id, "ProjectId": 7, "QGPUShareEnable": true, "IsHighAvailability": false,
        "SecurityModeConfig": mode, "ClusterProperty": {"NodeNameType": "hostname"}});
    let answer = cloud.ok("ModifyClusterAttribute", change);
    let cluster = cloud.cluster(&id);
    for name in ["ProjectId", "QGPUShareEnable", "IsHighAvailability", "SecurityModeConfig"] {
        assert_eq!(answer[name], cluster[name], "{name}");
    }
    assert_eq!((&cluster["ProjectId"], &cluster["SecurityModeConfig"]), (&json!(7), &mode));
    assert_eq!(answer["ClusterProperty"], json!({"NodeNameType": "hostname"}));
    assert_eq!(
        cloud.code("AddExistedInstances", json!({"ClusterId": id, "InstanceIds": ["ins-default1"]})),
        "MissingParameter"
    );
    let wrong = json!({"ClusterId": id, "ClusterProperty": {"NodeNameType": "pet"}});
    assert_eq!(cloud.code("ModifyClusterAttribute", wrong), "InvalidParameter.Param");
}

#[test]
fn secrets_are_encrypted_from_1_18_on() {
    let mut cloud = Cloud::new();
    let old = cloud.running();
    let enable =
        |id: &str, region: &str| json!({"ClusterId": id, "KMSConfiguration": {"KeyId": "key-1", "KmsRegion": region}});
    assert_eq!(cloud.code("EnableEncryptionProtection", enable(&old, "ap-guangzhou")), "InvalidParameter.Param");
    let mut request = with("ClusterBasicSettings/ClusterVersion", json!("1.18.4"));
    request["ClusterCIDRSettings"]["ClusterCIDR"] = json!("172.17.0.0/16");
    let id = cloud.made(request);
    assert_eq!(cloud.code("EnableEncryptionProtection", enable(&id, "mars")), "InvalidParameter.Param");
    let status = |cloud: &mut Cloud| cloud.ok("DescribeEncryptionStatus", json!({"ClusterId": id}))["Status"].clone();
    assert_eq!(status(&mut cloud), "Closed");
    cloud.ok("EnableEncryptionProtection", enable(&id, "ap-guangzhou"));
    assert_eq!(status(&mut cloud), "Opening");
    assert_eq!(
        cloud.code("EnableEncryptionProtection", enable(&id, "ap-guangzhou")),
        "ResourceUnavailable.ClusterState"
    );
    cloud.pass(60);
    assert_eq!(status(&mut cloud), "Opened");
    cloud.ok("DisableEncryptionProtection", json!({"ClusterId": id}));
    assert_eq!(status(&mut cloud), "Closing");
    cloud.pass(60);
    assert_eq!(status(&mut cloud), "Closed");
    assert_eq!(
        cloud.code("DescribeEncryptionStatus", json!({"ClusterId": "cls-none"})),
        "FailedOperation.GetClusterFailed"
    );
}

#[test]
fn the_states_of_all_clusters_are_shown() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.add_nodes(&id, 2);
    let other = cloud.create("172.17.0.0/16");
    cloud.ok("EnableClusterAudit", json!({"ClusterId": id, "TopicRegion": "ap-guangzhou"}));
    let all = cloud.ok("DescribeClusterStatus", json!({}));
    assert_eq!(all["TotalCount"], 2);
    let first = &all["ClusterStatusSet"][0];
    assert_eq!((&first["ClusterState"], &first["ClusterInstanceState"]), (&json!("Running"), &json!("AllNormal")));
    assert_eq!((&first["ClusterRunningNodeNum"], &first["ClusterAuditEnabled"]), (&json!(2), &json!(true)));
    let one = cloud.ok("DescribeClusterStatus", json!({"ClusterIds": [other]}));
    assert_eq!((&one["TotalCount"], &one["ClusterStatusSet"][0]["ClusterState"]), (&json!(1), &json!("Creating")));
    assert_eq!(cloud.ok("DescribeClusterStatus", json!({"ClusterIds": ["cls-none"]}))["TotalCount"], 0);
}
