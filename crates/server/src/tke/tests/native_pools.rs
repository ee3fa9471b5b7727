//! Native node pools: created, changed, listed, deleted.

use super::{Calls, Cloud, empty_cluster, texts};
use serde_json::{Value, json};

/// The operations of version 2022-05-01.
pub(super) fn native(cloud: &mut Cloud) -> Calls<'_> {
    cloud.at("2022-05-01")
}

/// The machines of a pool that has no more than it must.
pub(super) fn spec() -> Value {
    json!({
        "Scaling": {"MinReplicas": 0, "MaxReplicas": 5, "CreatePolicy": "ZonePriority"},
        "SubnetIds": ["subnet-default1"], "InstanceChargeType": "POSTPAID_BY_HOUR", "InstanceTypes": ["S5.MEDIUM4"],
        "SystemDisk": {"DiskType": "CLOUD_PREMIUM", "DiskSize": 50, "AutoFormatAndMount": false, "FileSystem": "",
            "MountTarget": ""},
    })
}

/// A value with some members set.
pub(super) fn with(mut value: Value, changes: Value) -> Value {
    for (name, change) in changes.as_object().unwrap() {
        value[name] = change.clone();
    }
    value
}

pub(super) fn request(cluster: &str, changes: Value) -> Value {
    json!({"ClusterId": cluster, "Name": "pool", "Type": "Native", "Native": with(spec(), changes)})
}

/// The identifier of a running pool.
pub(super) fn make(cloud: &mut Cloud, cluster: &str, changes: Value) -> String {
    let answer = native(cloud).ok("CreateNodePool", request(cluster, changes));
    cloud.pass(10);
    answer["NodePoolId"].as_str().unwrap().to_owned()
}

pub(super) fn pool(cloud: &mut Cloud, cluster: &str, id: &str) -> Value {
    let filter = json!([{"Name": "NodePoolsId", "Values": [id]}]);
    native(cloud).ok("DescribeNodePools", json!({"ClusterId": cluster, "Filters": filter}))["NodePools"][0].clone()
}

/// All nodes of a cluster.
pub(super) fn instances(cloud: &mut Cloud, cluster: &str) -> Vec<Value> {
    let answer = native(cloud).ok("DescribeClusterInstances", json!({"ClusterId": cluster, "Limit": 100}));
    answer["InstanceSet"].as_array().unwrap().clone()
}

pub(super) fn names(cloud: &mut Cloud, cluster: &str) -> Vec<String> {
    instances(cloud, cluster).iter().map(|node| node["InstanceId"].as_str().unwrap().to_owned()).collect()
}

pub(super) fn modify(cloud: &mut Cloud, cluster: &str, pool: &str, changes: Value) {
    native(cloud).ok("ModifyNodePool", with(json!({"ClusterId": cluster, "NodePoolId": pool}), changes));
}

fn modify_code(cloud: &mut Cloud, cluster: &str, pool: &str, changes: Value) -> String {
    native(cloud).code("ModifyNodePool", with(json!({"ClusterId": cluster, "NodePoolId": pool}), changes))
}

/// The node of Kubernetes that a machine is.
pub(super) fn kube_node(cloud: &mut Cloud, cluster: &str, machine: &str) -> Value {
    let nodes = cloud.items(cluster, "/api/v1/nodes");
    let of_machine = |node: &&Value| node["spec"]["providerID"].as_str().unwrap().ends_with(&format!("/{machine}"));
    nodes.iter().find(of_machine).unwrap().clone()
}

#[test]
fn a_pool_gets_its_machines_and_they_become_nodes() {
    let mut cloud = Cloud::new();
    let id = cloud.recent();
    let answer = native(&mut cloud).ok("CreateNodePool", request(&id, json!({"Replicas": 2})));
    let np = answer["NodePoolId"].as_str().unwrap().to_owned();
    assert!(np.starts_with("np-"));
    assert_eq!(pool(&mut cloud, &id, &np)["LifeState"], "Creating");
    assert!(instances(&mut cloud, &id).is_empty());
    cloud.pass(10);
    assert_eq!(pool(&mut cloud, &id, &np)["LifeState"], "Running");
    let nodes = instances(&mut cloud, &id);
    assert!(nodes.iter().all(|node| node["InstanceState"] == "initializing" && node["NodePoolId"] == np));
    assert_eq!((nodes.len(), &pool(&mut cloud, &id, &np)["Native"]["ReadyReplicas"]), (2, &json!(0)));
    assert_eq!(nodes[0]["Native"]["MachineState"], "Creating");
    cloud.pass(60);
    let shown = pool(&mut cloud, &id, &np);
    assert_eq!((&shown["Native"]["Replicas"], &shown["Native"]["ReadyReplicas"]), (&json!(2), &json!(2)));
    assert_eq!(cloud.items(&id, "/api/v1/nodes").len(), 2);
    assert_eq!(cloud.cluster(&id)["ClusterNodeNum"], 2);
}

/// The fields and forms of the official example of DescribeClusterInstances.
#[test]
fn a_native_node_is_listed_as_in_the_official_example() {
    let mut cloud = Cloud::new();
    let id = cloud.recent();
    let disk = json!([{"DiskType": "CloudSSD", "FileSystem": "ext4", "DiskSize": 50, "AutoFormatAndMount": true,
        "DiskPartition": "", "MountTarget": "/data"}]);
    let internet = json!({"MaxBandwidthOut": 5, "ChargeType": "TrafficPostpaidByHour", "BandwidthPackageId": ""});
    let changes = json!({"Replicas": 1, "DataDisks": disk, "InternetAccessible": internet, "KeyIds": ["skey-1"],
        "SecurityGroupIds": ["sg-1"]});
    let np = make(&mut cloud, &id, changes);
    cloud.pass(60);
    let node = instances(&mut cloud, &id)[0].clone();
    let name = node["InstanceId"].as_str().unwrap().to_owned();
    assert!(name.starts_with(&format!("{np}-")) && name.len() == np.len() + 6, "{name}");
    for (field, value) in [
        ("InstanceRole", json!("WORKER")),
        ("FailedReason", json!("=")),
        ("InstanceState", json!("running")),
        ("NodeType", json!("Native")),
        ("Unschedulable", json!(false)),
        ("Regular", Value::Null),
    ] {
        assert_eq!(node[field], value, "{field}");
    }
    assert!(node["CreatedTime"].as_str().unwrap().ends_with(" +0000 UTC"));
    let native_part = &node["Native"];
    for (field, value) in [
        ("MachineName", json!(name)),
        ("MachineState", json!("Running")),
        ("CPU", json!(2)),
        ("Memory", json!(4)),
        ("GPU", json!(0)),
        ("InstanceFamily", json!("S5")),
        ("InstanceType", json!("S5.MEDIUM4")),
        ("PayMode", json!("POSTPAID_BY_HOUR")),
        ("RenewFlag", json!("")),
        ("ExpiredTime", json!("")),
        ("LoginStatus", json!("Opened")),
        ("DisplayName", json!(format!("tke-{np}-worker"))),
        ("OsImage", json!("TencentOS Server 3.1 (Final)")),
        ("ResourceId", json!(format!("{id}_{name}"))),
        ("SubnetId", json!("subnet-default1")),
        ("VpcId", json!("vpc-default0")),
        ("KeyIds", json!(["skey-1"])),
        ("SecurityGroupIDs", json!(["sg-1"])),
        ("LanIp", node["LanIP"].clone()),
    ] {
        assert_eq!(native_part[field], value, "{field}");
    }
    assert_eq!(native_part["DataDisks"][0]["DiskType"], "CLOUD_SSD");
    assert!(native_part["InstanceId"].as_str().unwrap().starts_with("eks-"));
    assert_ne!(native_part["WanIp"], "");
    let info = &kube_node(&mut cloud, &id, &name)["status"]["nodeInfo"];
    assert_eq!(info["osImage"], "TencentOS Server 3.1 (Final)");
    assert_eq!(info["containerRuntimeVersion"], "containerd://1.6.9");
    let machines = native(&mut cloud).ok("DescribeClusterMachines", json!({"ClusterId": id}));
    assert_eq!(machines["Machines"][0]["LanIP"], node["LanIP"]);
    assert_eq!(machines["Machines"][0]["MachineState"], "Running");
}

#[test]
fn settings_of_a_pool_are_stored_and_shown() {
    let mut cloud = Cloud::new();
    let id = cloud.recent();
    let changes = json!({
        "SecurityGroupIds": ["sg-1"], "AutoRepair": true, "RuntimeRootDir": "/var/lib/test", "KeyIds": ["skey-1"],
        "KubeletArgs": ["registry-qps=1000"], "Lifecycle": {"PreInit": "aGVsbG8=", "PostInit": "d29ybGQ="},
        "Management": {"Nameservers": ["nameserver 183.87.111.111"], "Hosts": ["127.0.0.1 iam.example.com"],
            "KernelArgs": ["kernel.pid_max=65535", "net.ipv4.tcp_rmem=\"4096 12582912 16777216\""]},
        "UpgradeSettings": {"AutoUpgrade": true, "Components": ["kubelet"],
            "UpgradeOptions": {"AutoUpgradeStartTime": "24:00", "Duration": "3h", "WeeklyPeriod": ["Monday"]},
            "MaxUnavailable": {"Type": 1, "IntVal": 0, "StrVal": "20%"}},
        "MachineType": "NativeCVM", "CustomImage": "img-j9tbqlc2", "RuntimeVersion": "1.7.28-tke.3", "Replicas": 1,
    });
    let mut new = request(&id, changes.clone());
    new["DeletionProtection"] = json!(true);
    new["Annotations"] = json!([{"Name": "a", "Value": "b"}]);
    new["SkipValidateOptions"] = json!(["VpcDnsCheck"]);
    let np = native(&mut cloud).ok("CreateNodePool", new)["NodePoolId"].as_str().unwrap().to_owned();
    let shown = pool(&mut cloud, &id, &np);
    assert_eq!((&shown["Type"], &shown["DeletionProtection"]), (&json!("Native"), &json!(true)));
    assert_eq!(shown["Annotations"], json!([{"Name": "a", "Value": "b"}]));
    for (name, value) in changes.as_object().unwrap() {
        match name.as_str() {
            "Management" => {
                let servers = texts(&shown["Native"]["Management"]["Nameservers"]);
                assert_eq!(servers, ["nameserver 183.87.111.111", "183.60.83.19", "183.60.82.98"]);
                assert_eq!(shown["Native"]["Management"]["Hosts"], value["Hosts"]);
                assert_eq!(shown["Native"]["Management"]["KernelArgs"], value["KernelArgs"]);
            }
            "RuntimeVersion" => {}
            _ => assert_eq!(shown["Native"][name], *value, "{name}"),
        }
    }
    cloud.pass(70);
    let machine = names(&mut cloud, &id)[0].clone();
    let node = kube_node(&mut cloud, &id, &machine);
    assert_eq!(node["status"]["nodeInfo"]["containerRuntimeVersion"], "containerd://1.7.28-tke.3");
    assert_eq!(node["metadata"]["annotations"]["a"], "b");
    assert!(instances(&mut cloud, &id)[0]["Native"]["InstanceId"].as_str().unwrap().starts_with("ins-"));
}

#[test]
fn pools_that_break_a_rule_are_refused() {
    let mut cloud = Cloud::new();
    let id = cloud.recent();
    let disk = |size: i64| json!({"DiskType": "CLOUD_SSD", "DiskSize": size});
    let scaling = |min: i64, max: i64| json!({"MinReplicas": min, "MaxReplicas": max, "CreatePolicy": "ZonePriority"});
    let data = |changes: Value| json!({"DataDisks": [with(disk(50), changes)]});
    let kernel = |argument: &str| json!({"Management": {"Nameservers": [], "Hosts": [], "KernelArgs": [argument]}});
    let types: Vec<String> = (1..=11).map(|number| format!("S5.{}XLARGE{}", 2 * number, 16 * number)).collect();
    for changes in [
        json!({"InstanceTypes": []}),
        json!({"InstanceTypes": types}),
        json!({"InstanceTypes": ["X9.MEDIUM4"]}),
        json!({"InstanceTypes": ["S5.SMALL1"]}),
        json!({"InstanceTypes": ["S5.MEDIUM4", "S5.MEDIUM4"]}),
        json!({"InstanceTypes": ["S5.MEDIUM4", "S5.LARGE8"]}),
        json!({"InstanceTypes": ["GN7.2XLARGE32", "S5.2XLARGE32"]}),
        json!({"SystemDisk": disk(40)}),
        json!({"SystemDisk": disk(55)}),
        json!({"SystemDisk": disk(1030)}),
        json!({"SystemDisk": {"DiskType": "TAPE", "DiskSize": 50}}),
        data(json!({"FileSystem": "ntfs"})),
        data(json!({"DiskSize": 45})),
        data(json!({"KmsKeyId": "key-1"})),
        data(json!({"Encrypt": "yes"})),
        json!({"Scaling": scaling(3, 2)}),
        json!({"Scaling": scaling(0, 501)}),
        json!({"Scaling": with(scaling(0, 5), json!({"CreatePolicy": "Anywhere"}))}),
        json!({"Scaling": with(scaling(0, 5), json!({"ScaleDownMode": "Sleep"}))}),
        json!({"Replicas": 501}),
        json!({"Replicas": -1}),
        json!({"EnableAutoscaling": true, "Replicas": 6}),
        json!({"SubnetIds": []}),
        json!({"HostNamePattern": "work"}),
        json!({"HealthCheckPolicyName": "none"}),
        json!({"InstanceChargeType": "FREE"}),
        json!({"InstanceChargePrepaid": {"Period": 1, "RenewFlag": "NOTIFY_AND_AUTO_RENEW"}}),
        json!({"InstanceChargeType": "PREPAID", "InstanceChargePrepaid": {"Period": 13, "RenewFlag": ""}}),
        json!({"InstanceChargeType": "PREPAID", "InstanceChargePrepaid": {"Period": 1, "RenewFlag": "NEVER"}}),
        json!({"KubeletArgs": ["verbose"]}),
        json!({"Management": {"Nameservers": ["dns"], "Hosts": [], "KernelArgs": []}}),
        json!({"Management": {"Nameservers": [], "Hosts": ["example.com"], "KernelArgs": []}}),
        kernel("kernel.pid_max=4095"),
        kernel("kernel.panic=1"),
        kernel("net.ipv4.tcp_rmem=4096 1024"),
        json!({"InternetAccessible": {"MaxBandwidthOut": 5, "ChargeType": "BANDWIDTH_PACKAGE"}}),
        json!({"InternetAccessible": {"MaxBandwidthOut": 5, "ChargeType": "BARTER"}}),
        json!({"QGPUEnable": true}),
        json!({"GPUConfigs": [{"InstanceType": "S5.MEDIUM4", "GPUParams": {}}]}),
        json!({"Password": "short"}),
        json!({"CustomImage": "windows"}),
        json!({"RuntimeVersion": "latest"}),
        json!({"MachineType": "Edge"}),
    ] {
        let refusal = native(&mut cloud).refusal("CreateNodePool", request(&id, changes.clone()));
        assert_eq!(refusal.code, "InvalidParameter", "{changes}: {}", refusal.message);
    }
    let refused = |cloud: &mut Cloud, changes: Value| {
        native(cloud).code("CreateNodePool", with(request(&id, json!({})), changes))
    };
    assert_eq!(refused(&mut cloud, json!({"Type": "Virtual"})), "InvalidParameter");
    for kind in ["Regular", "Super", "External"] {
        assert_eq!(refused(&mut cloud, json!({"Type": kind})), "UnsupportedOperation");
    }
    assert_eq!(refused(&mut cloud, json!({"Native": null})), "MissingParameter");
    assert_eq!(refused(&mut cloud, json!({"Name": ""})), "MissingParameter");
    assert_eq!(refused(&mut cloud, json!({"Name": "n".repeat(61)})), "InvalidParameter");
    assert_eq!(refused(&mut cloud, json!({"SkipValidateOptions": ["All"]})), "InvalidParameter");
    assert_eq!(
        refused(&mut cloud, json!({"Taints": [{"Key": "a", "Value": "", "Effect": "Never"}]})),
        "InvalidParameter"
    );
    assert_eq!(refused(&mut cloud, json!({"Tags": [{"ResourceType": "cluster", "Tags": []}]})), "InvalidParameter");
    assert_eq!(
        native(&mut cloud).code("CreateNodePool", request(&id, json!({"SubnetIds": ["subnet-none"]}))),
        "ResourceNotFound"
    );
    assert_eq!(native(&mut cloud).code("CreateNodePool", request("cls-none", json!({}))), "ResourceNotFound");
    let code = native(&mut cloud).code("CreateNodePool", request(&id, json!({"AutomationService": true})));
    assert_eq!(code, "UnsupportedOperation");
    assert_eq!(native(&mut cloud).ok("DescribeNodePools", json!({"ClusterId": id}))["TotalCount"], 0);
}

#[test]
fn native_nodes_need_kubernetes_1_16() {
    for (version, code) in [("1.14.3", Some("UnsupportedOperation")), ("1.16.3", None)] {
        let mut cloud = Cloud::new();
        let mut new = empty_cluster("172.16.0.0/16");
        new["ClusterBasicSettings"]["ClusterVersion"] = json!(version);
        let id = cloud.ok("CreateCluster", new)["ClusterId"].as_str().unwrap().to_owned();
        cloud.pass(60);
        let answer = native(&mut cloud).call("CreateNodePool", request(&id, json!({})));
        assert_eq!(answer.err().map(|refusal| refusal.code.into_owned()).as_deref(), code, "{version}");
    }
}

#[test]
fn labels_and_taints_are_on_new_nodes_and_on_others_if_they_are_updated() {
    let mut cloud = Cloud::new();
    let id = cloud.recent();
    let mut new = request(&id, json!({"Replicas": 1}));
    new["Labels"] = json!([{"Name": "tier", "Value": "web"}]);
    new["Taints"] = json!([{"Key": "only", "Value": "web", "Effect": "NoSchedule"}]);
    new["Unschedulable"] = json!(true);
    let np = native(&mut cloud).ok("CreateNodePool", new)["NodePoolId"].as_str().unwrap().to_owned();
    cloud.pass(70);
    let first = names(&mut cloud, &id)[0].clone();
    let node = kube_node(&mut cloud, &id, &first);
    assert_eq!(node["metadata"]["labels"]["tier"], "web");
    assert_eq!(node["spec"]["taints"][0]["key"], "only");
    assert_eq!(node["spec"]["unschedulable"], true);
    let labels = json!([{"Name": "tier", "Value": "db"}]);
    modify(&mut cloud, &id, &np, json!({"Labels": labels, "Taints": [], "Unschedulable": false}));
    assert_eq!(kube_node(&mut cloud, &id, &first)["metadata"]["labels"]["tier"], "web", "what is there stays");
    native(&mut cloud).ok("ScaleNodePool", json!({"ClusterId": id, "NodePoolId": np, "Replicas": 2}));
    cloud.pass(60);
    let second = names(&mut cloud, &id)[1].clone();
    let node = kube_node(&mut cloud, &id, &second);
    assert_eq!((&node["metadata"]["labels"]["tier"], &node["spec"]["unschedulable"]), (&json!("db"), &json!(false)));
    let labels = json!([{"Name": "tier", "Value": "cache"}]);
    let taints = json!([{"Key": "hot", "Value": "", "Effect": "NoExecute"}]);
    let changes = json!({"Labels": labels, "Taints": taints, "Native": {"UpdateExistedNode": true}});
    modify(&mut cloud, &id, &np, changes);
    for machine in [first, second] {
        let node = kube_node(&mut cloud, &id, &machine);
        assert_eq!(node["metadata"]["labels"]["tier"], "cache");
        assert!(node["spec"]["taints"].as_array().unwrap().iter().any(|taint| taint["key"] == "hot"));
    }
}

#[test]
fn settings_of_the_system_change_on_nodes_if_they_are_updated() {
    let mut cloud = Cloud::new();
    let id = cloud.recent();
    let np = make(&mut cloud, &id, json!({"Replicas": 1, "SecurityGroupIds": ["sg-1"]}));
    cloud.pass(60);
    let groups = |cloud: &mut Cloud| instances(cloud, &id)[0]["Native"]["SecurityGroupIDs"].clone();
    modify(&mut cloud, &id, &np, json!({"Native": {"SecurityGroupIds": ["sg-2"]}}));
    assert_eq!(groups(&mut cloud), json!(["sg-1"]), "what is there stays");
    modify(&mut cloud, &id, &np, json!({"Native": {"SecurityGroupIds": ["sg-3"], "UpdateExistedNode": true}}));
    assert_eq!(groups(&mut cloud), json!(["sg-3"]));
    let name = names(&mut cloud, &id)[0].clone();
    let setup = |cloud: &mut Cloud| {
        let realm = cloud.world.tke(cloud.account, cloud.region);
        realm.cluster(&id).unwrap().native_machine(&name).unwrap().setup.kubelet_args.clone()
    };
    modify(&mut cloud, &id, &np, json!({"Native": {"KubeletArgs": ["v=2"]}}));
    assert!(setup(&mut cloud).is_empty());
    modify(&mut cloud, &id, &np, json!({"Native": {"UpdateMachineManagement": "enable"}}));
    assert_eq!(setup(&mut cloud), ["v=2"]);
    let wrong = json!({"Native": {"UpdateMachineManagement": "maybe"}});
    assert_eq!(modify_code(&mut cloud, &id, &np, wrong), "InvalidParameter");
}

#[test]
fn the_main_type_of_a_pool_stays() {
    let mut cloud = Cloud::new();
    let id = cloud.recent();
    let np = make(&mut cloud, &id, json!({}));
    modify(&mut cloud, &id, &np, json!({"Native": {"InstanceTypes": ["S5.MEDIUM4", "SA2.MEDIUM4"]}}));
    assert_eq!(pool(&mut cloud, &id, &np)["Native"]["InstanceTypes"], json!(["S5.MEDIUM4", "SA2.MEDIUM4"]));
    let code = modify_code(&mut cloud, &id, &np, json!({"Native": {"InstanceTypes": ["SA2.MEDIUM4"]}}));
    assert_eq!(code, "InvalidParameter");
}

#[test]
fn labels_of_placement_groups_stay() {
    let mut cloud = Cloud::new();
    let id = cloud.recent();
    let (kind, group) = (
        "node.tke.cloud.tencent.com/spread-placement-group-type",
        "node.tke.cloud.tencent.com/spread-placement-group-id",
    );
    let labelled = |labels: Value| with(request(&id, json!({})), json!({"Labels": labels}));
    let code = native(&mut cloud).code("CreateNodePool", labelled(json!([{"Name": kind, "Value": "PLANET"}])));
    assert_eq!(code, "InvalidParameter");
    let both = json!([{"Name": kind, "Value": "SW"}, {"Name": group, "Value": "ps-1"}]);
    assert_eq!(native(&mut cloud).code("CreateNodePool", labelled(both)), "InvalidParameter");
    let new = labelled(json!([{"Name": kind, "Value": "SW"}]));
    let np = native(&mut cloud).ok("CreateNodePool", new)["NodePoolId"].as_str().unwrap().to_owned();
    cloud.pass(10);
    for labels in [json!([]), json!([{"Name": kind, "Value": "HOST"}])] {
        assert_eq!(modify_code(&mut cloud, &id, &np, json!({"Labels": labels})), "InvalidParameter");
    }
}

#[test]
fn host_names_have_the_pool_and_a_number() {
    let mut cloud = Cloud::new();
    let mut new = empty_cluster("172.16.0.0/16");
    new["ClusterBasicSettings"]["ClusterVersion"] = json!("1.20.6");
    new["ClusterAdvancedSettings"] = json!({"NodeNameType": "hostname"});
    let id = cloud.ok("CreateCluster", new)["ClusterId"].as_str().unwrap().to_owned();
    cloud.pass(60);
    let np = make(&mut cloud, &id, json!({"Replicas": 2, "HostNamePattern": "work{R:2}"}));
    cloud.pass(60);
    let nodes = cloud.items(&id, "/api/v1/nodes");
    let mut names: Vec<&str> = nodes.iter().map(|node| node["metadata"]["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, [format!("work.{np}.0"), format!("work.{np}.1")]);
    for pattern in ["w", "Work", "-work", "work.", "a..b", "work{R:x}", "work{R:2}x"] {
        let code = native(&mut cloud).code("CreateNodePool", request(&id, json!({"HostNamePattern": pattern})));
        assert_eq!(code, "InvalidParameter", "{pattern}");
    }
}

#[test]
fn pools_have_the_tags_of_their_cluster() {
    let mut cloud = Cloud::new();
    let mut new = empty_cluster("172.16.0.0/16");
    new["ClusterBasicSettings"]["ClusterVersion"] = json!("1.20.6");
    let tag = |key: &str, value: &str| json!({"Key": key, "Value": value});
    new["ClusterBasicSettings"]["TagSpecification"] = json!([{"ResourceType": "cluster", "Tags": [tag("team", "a")]}]);
    let id = cloud.ok("CreateCluster", new)["ClusterId"].as_str().unwrap().to_owned();
    cloud.pass(60);
    let tagged = |tags: Value| {
        with(request(&id, json!({"Replicas": 1})), json!({"Tags": [{"ResourceType": "machine", "Tags": tags}]}))
    };
    let code = native(&mut cloud).code("CreateNodePool", tagged(json!([tag("team", "b")])));
    assert_eq!(code, "InvalidParameter");
    let new = native(&mut cloud).ok("CreateNodePool", tagged(json!([tag("use", "web")])));
    cloud.pass(10);
    let np = new["NodePoolId"].as_str().unwrap().to_owned();
    let all = json!([tag("use", "web"), tag("team", "a")]);
    assert_eq!(pool(&mut cloud, &id, &np)["Tags"], json!([{"ResourceType": "machine", "Tags": all}]));
    let list = |cloud: &mut Cloud, operation: &str, name: &str, value: &str| {
        let filters = json!([{"Name": name, "Values": [value]}]);
        native(cloud).ok(operation, json!({"ClusterId": id, "Filters": filters}))["TotalCount"].clone()
    };
    for operation in ["DescribeNodePools", "DescribeClusterMachines"] {
        assert_eq!(list(&mut cloud, operation, "tag:use", "web"), 1);
        assert_eq!(list(&mut cloud, operation, "tags", "team:a"), 1);
        assert_eq!(list(&mut cloud, operation, "tag:use", "db"), 0);
    }
    let answer = native(&mut cloud).ok("DescribeClusterInstances", json!({"ClusterId": id, "NeedTags": true}));
    assert_eq!(answer["InstanceSet"][0]["Native"]["Tags"], all);
}

#[test]
fn a_pool_is_deleted_with_its_nodes_unless_it_is_protected() {
    let mut cloud = Cloud::new();
    let id = cloud.recent();
    let mut new = request(&id, json!({"Replicas": 2}));
    new["DeletionProtection"] = json!(true);
    let np = native(&mut cloud).ok("CreateNodePool", new)["NodePoolId"].as_str().unwrap().to_owned();
    cloud.pass(70);
    let delete = json!({"ClusterId": id, "NodePoolId": np});
    assert_eq!(native(&mut cloud).code("DeleteNodePool", delete.clone()), "OperationDenied");
    modify(&mut cloud, &id, &np, json!({"DeletionProtection": false}));
    native(&mut cloud).ok("DeleteNodePool", delete.clone());
    assert_eq!(pool(&mut cloud, &id, &np)["LifeState"], "Deleting");
    assert!(instances(&mut cloud, &id).iter().all(|node| node["InstanceState"] == "deleting"));
    assert_eq!(native(&mut cloud).code("DeleteNodePool", delete.clone()), "ResourceInUse");
    assert_eq!(modify_code(&mut cloud, &id, &np, json!({"Name": "other"})), "OperationDenied");
    cloud.pass(15);
    assert!(instances(&mut cloud, &id).is_empty());
    assert!(cloud.items(&id, "/api/v1/nodes").is_empty());
    assert_eq!(native(&mut cloud).code("DeleteNodePool", delete), "ResourceNotFound");
}

#[test]
fn a_pool_with_nodes_that_are_paid_ahead_is_not_deleted() {
    let mut cloud = Cloud::new();
    let id = cloud.recent();
    let paid = json!({"InstanceChargeType": "PREPAID", "Replicas": 1,
        "InstanceChargePrepaid": {"Period": 1, "RenewFlag": "NOTIFY_AND_MANUAL_RENEW"}});
    let np = make(&mut cloud, &id, paid);
    cloud.pass(60);
    let delete = json!({"ClusterId": id, "NodePoolId": np});
    assert_eq!(native(&mut cloud).code("DeleteNodePool", delete.clone()), "ResourceInUse");
    let machines = names(&mut cloud, &id);
    let gone = json!({"ClusterId": id, "MachineNames": machines, "EnableScaleDown": true});
    native(&mut cloud).ok("DeleteClusterMachines", gone);
    cloud.pass(10);
    native(&mut cloud).ok("DeleteNodePool", delete);
}

#[test]
fn the_billing_of_a_pool_changes_when_its_nodes_are_healthy() {
    let mut cloud = Cloud::new();
    let id = cloud.recent();
    let np = make(&mut cloud, &id, json!({"Replicas": 2, "EnableAutoscaling": true}));
    let paid = json!({"Native": {"InstanceChargeType": "PREPAID",
        "InstanceChargePrepaid": {"Period": 2, "RenewFlag": "NOTIFY_AND_AUTO_RENEW"}}});
    cloud.pass(60);
    assert_eq!(modify_code(&mut cloud, &id, &np, paid.clone()), "OperationDenied", "it scales by itself");
    modify(&mut cloud, &id, &np, json!({"Native": {"EnableAutoscaling": false}}));
    let machines = names(&mut cloud, &id);
    let one = json!({"ClusterId": id, "MachineNames": [machines[0]]});
    native(&mut cloud).ok("StopMachines", one.clone());
    cloud.pass(30);
    assert_eq!(modify_code(&mut cloud, &id, &np, paid.clone()), "OperationDenied", "a node is stopped");
    native(&mut cloud).ok("StartMachines", one);
    cloud.pass(60);
    modify(&mut cloud, &id, &np, paid);
    let nodes = instances(&mut cloud, &id);
    assert!(nodes.iter().all(|node| node["Native"]["InstanceChargeType"] == "PREPAID"));
    assert!(nodes.iter().all(|node| node["Native"]["RenewFlag"] == "NOTIFY_AND_AUTO_RENEW"));
    let shown = pool(&mut cloud, &id, &np);
    assert_eq!(shown["Native"]["InstanceChargePrepaid"]["Period"], 2);
    let contract = json!({"Native": {"InstanceChargeType": "UNDERWRITE"}});
    assert_eq!(modify_code(&mut cloud, &id, &np, contract), "UnsupportedOperation");
}
