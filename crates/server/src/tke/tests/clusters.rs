//! Clusters, their ranges and quotas, and what is offered.

use super::{Cloud, empty_cluster, place, texts};
use serde_json::{Value, json};

/// A cluster without nodes, with a change at that place.
fn with(pointer: &str, value: Value) -> Value {
    let mut request = empty_cluster("172.16.0.0/16");
    let mut target = &mut request;
    for part in pointer.split('/') {
        target = &mut target[part];
    }
    *target = value;
    request
}

fn masters(count: u64, kind: &str) -> Value {
    let para = json!({"InstanceType": kind, "InstanceCount": count, "VirtualPrivateCloud": place()}).to_string();
    let workers = json!({"InstanceType": "S5.MEDIUM4", "InstanceCount": 2, "VirtualPrivateCloud": place()}).to_string();
    json!({
        "ClusterType": "INDEPENDENT_CLUSTER", "ClusterCIDRSettings": {"ClusterCIDR": "172.16.0.0/16"},
        "RunInstancesForNode": [
            {"NodeRole": "MASTER_ETCD", "RunInstancesPara": [para]}, {"NodeRole": "WORKER", "RunInstancesPara": [workers]},
        ],
    })
}

#[test]
fn a_cluster_is_creating_then_running_then_deleting_then_gone() {
    let mut cloud = Cloud::new();
    let id = cloud.create("172.16.0.0/16");
    assert_eq!(cloud.cluster(&id)["ClusterStatus"], "Creating");
    cloud.pass(59);
    assert_eq!(cloud.cluster(&id)["ClusterStatus"], "Creating");
    cloud.pass(1);
    let cluster = cloud.cluster(&id);
    assert_eq!(cluster["ClusterStatus"], "Running");
    assert_eq!(cluster["ClusterNetworkSettings"]["MaxNodePodNum"], 256);
    assert_eq!(cluster["ClusterVersion"], "1.10.5");
    let delete = json!({"ClusterId": id, "InstanceDeleteMode": "terminate"});
    cloud.ok("DeleteCluster", delete.clone());
    assert_eq!(cloud.cluster(&id)["ClusterStatus"], "Deleting");
    assert_eq!(cloud.code("DeleteCluster", delete.clone()), "ResourceUnavailable");
    cloud.pass(30);
    assert_eq!(cloud.ok("DescribeClusters", json!({"ClusterIds": [id]}))["TotalCount"], 0);
    assert_eq!(cloud.code("DeleteCluster", delete), "ResourceNotFound");
}

#[test]
fn a_cluster_that_is_not_running_serves_nothing() {
    let mut cloud = Cloud::new();
    let id = cloud.create("172.16.0.0/16");
    let request = json!({"ClusterName": id, "Method": "GET", "Path": "/version"});
    assert_eq!(cloud.code("ForwardRequest", request.clone()), "ResourceUnavailable");
    assert_eq!(cloud.code("DescribeClusterKubeconfig", json!({"ClusterId": id})), "ResourceUnavailable");
    assert_eq!(
        cloud.code("ModifyClusterAttribute", json!({"ClusterId": id, "ClusterName": "x"})),
        "ResourceUnavailable"
    );
    cloud.pass(60);
    cloud.ok("DeleteCluster", json!({"ClusterId": id, "InstanceDeleteMode": "retain"}));
    assert_eq!(cloud.code("ForwardRequest", request), "ResourceUnavailable");
}

#[test]
fn deletion_destroys_or_keeps_the_machines() {
    for (mode, left) in [("terminate", 0), ("retain", 2)] {
        let mut cloud = Cloud::new();
        let id = cloud.running();
        let machines = cloud.add_nodes(&id, 2);
        cloud.ok("DeleteCluster", json!({"ClusterId": id, "InstanceDeleteMode": mode}));
        cloud.pass(30);
        let filter = json!({"Filters": [{"Name": "instance-id", "Values": machines}]});
        let there = cloud.ok("DescribeExistedInstances", filter);
        assert_eq!(there["TotalCount"], left, "{mode}");
        assert!(there["ExistedInstanceSet"].as_array().unwrap().iter().all(|machine| machine["Usable"] == true));
    }
}

#[test]
fn an_unknown_delete_mode_is_refused() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    assert_eq!(cloud.code("DeleteCluster", json!({"ClusterId": id, "InstanceDeleteMode": "burn"})), "InvalidParameter");
}

#[test]
fn names_have_sixty_characters() {
    let mut cloud = Cloud::new();
    let refusal = cloud.refusal("CreateCluster", with("ClusterBasicSettings/ClusterName", json!("名".repeat(61))));
    assert_eq!((refusal.code.as_ref(), refusal.message.contains("60")), ("InvalidParameter", true));
    let id = cloud.ok("CreateCluster", with("ClusterBasicSettings/ClusterName", json!("名".repeat(60))));
    cloud.pass(60);
    let id = id["ClusterId"].as_str().unwrap();
    let change = json!({"ClusterId": id, "ClusterName": "x".repeat(61)});
    assert_eq!(cloud.code("ModifyClusterAttribute", change), "InvalidParameter.Param");
    let answer = cloud.ok("ModifyClusterAttribute", json!({"ClusterId": id, "ClusterName": "b", "ClusterDesc": "c"}));
    assert_eq!((&answer["ClusterName"], &answer["ClusterDesc"]), (&json!("b"), &json!("c")));
    let found = cloud.ok("DescribeClusters", json!({"Filters": [{"Name": "ClusterName", "Values": ["a", "b"]}]}));
    assert_eq!(found["TotalCount"], 1);
    assert_eq!(found["Clusters"][0]["ClusterDescription"], "c");
}

#[test]
fn ranges_are_checked() {
    let mut cloud = Cloud::new();
    cloud.create("172.16.0.0/16");
    for (range, code) in [
        ("172.16.0.0", "InternalError.CidrInvali"),
        ("nonsense", "InternalError.CidrInvali"),
        ("11.0.0.0/16", "InternalError.InvalidPrivateNetworkCidr"),
        ("172.0.0.0/10", "InternalError.InvalidPrivateNetworkCidr"),
        ("10.0.0.0/9", "InternalError.CidrMaskSizeOutOfRange"),
        ("10.1.0.0/25", "InternalError.CidrMaskSizeOutOfRange"),
        ("10.1.0.0/24", "InternalError.CidrMaskSizeOutOfRange"),
        ("10.200.128.0/17", "InternalError.CidrConflictWithVpcCidr"),
        ("172.16.64.0/20", "InternalError.CidrConflictWithOtherCluster"),
        ("10.240.0.0/14", "InternalError.CidrConflictWithVpcGlobalRoute"),
    ] {
        assert_eq!(cloud.code("CreateCluster", empty_cluster(range)), code, "{range}");
    }
    let mut ignored = empty_cluster("172.16.64.0/20");
    ignored["ClusterCIDRSettings"]["IgnoreClusterCIDRConflict"] = json!(true);
    cloud.ok("CreateCluster", ignored);
    // Ranges of clusters in another network do not matter.
    let mut elsewhere = empty_cluster("172.16.0.0/16");
    elsewhere["ClusterBasicSettings"]["VpcId"] = json!("vpc-second00");
    cloud.ok("CreateCluster", elsewhere);
}

#[test]
fn a_range_is_free_again_when_its_cluster_is_gone() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.ok("DeleteCluster", json!({"ClusterId": id, "InstanceDeleteMode": "terminate"}));
    assert_eq!(
        cloud.code("CreateCluster", empty_cluster("172.16.0.0/16")),
        "InternalError.CidrConflictWithOtherCluster"
    );
    cloud.pass(30);
    cloud.create("172.16.0.0/16");
}

#[test]
fn check_cluster_cidr_tells_what_collides() {
    let mut cloud = Cloud::new();
    cloud.create("172.16.0.0/16");
    let mut check = |range: &str| {
        cloud.call("CheckClusterCIDR", json!({"VpcId": "vpc-default0", "ClusterCIDR": range, "NetworkType": "GR"}))
    };
    for (range, kind) in [
        ("172.17.0.0/16", ""),
        ("172.16.0.0/20", "CIDR_CONFLICT_WITH_OTHER_CLUSTER"),
        ("10.200.0.0/20", "CIDR_CONFLICT_WITH_VPC_CIDR"),
        ("10.240.1.0/24", "CIDR_CONFLICT_WITH_VPC_GLOBAL_ROUTE"),
    ] {
        let answer = check(range).unwrap();
        assert_eq!(
            (&answer["ConflictType"], &answer["IsConflict"]),
            (&json!(kind), &json!(!kind.is_empty())),
            "{range}"
        );
        assert_eq!(answer["ConflictMsg"].as_str().unwrap().is_empty(), kind.is_empty());
    }
    assert_eq!(check("8.8.0.0/16").unwrap_err().code, "InvalidParameter.InvalidPrivateNetworkCIDR");
    assert_eq!(check("x").unwrap_err().code, "InvalidParameter.CIDRInvalid");
    assert_eq!(check("10.0.0.0/8").unwrap_err().code, "InvalidParameter.CIDRMaskSizeOutOfRange");
    let unknown = json!({"VpcId": "vpc-none", "ClusterCIDR": "172.17.0.0/16", "NetworkType": "GR"});
    assert_eq!(cloud.code("CheckClusterCIDR", unknown), "InternalError.VpcRecodrNotFound");
}

#[test]
fn pods_and_services_are_rounded_up_to_powers_of_two() {
    let mut cloud = Cloud::new();
    let settings = json!({"ClusterCIDR": "172.16.0.0/16", "MaxNodePodNum": 33, "MaxClusterServiceNum": 1000});
    let id = cloud.ok("CreateCluster", with("ClusterCIDRSettings", settings))["ClusterId"].clone();
    let network = cloud.cluster(id.as_str().unwrap())["ClusterNetworkSettings"].clone();
    assert_eq!((&network["MaxNodePodNum"], &network["MaxClusterServiceNum"]), (&json!(64), &json!(1024)));
}

#[test]
fn the_range_limits_the_nodes() {
    let mut cloud = Cloud::new();
    let settings = json!({"ClusterCIDR": "172.16.0.0/23", "MaxNodePodNum": 128, "MaxClusterServiceNum": 128});
    let id = cloud.ok("CreateCluster", with("ClusterCIDRSettings", settings))["ClusterId"].clone();
    cloud.pass(60);
    cloud.add_nodes(id.as_str().unwrap(), 3);
    let para = json!({"InstanceCount": 1, "VirtualPrivateCloud": place()}).to_string();
    let more = json!({"ClusterId": id, "RunInstancePara": para});
    let refusal = cloud.refusal("CreateClusterInstances", more);
    assert_eq!((refusal.code.as_ref(), refusal.message.contains('3')), ("InternalError.QuotaMaxNodLimit", true));
    assert_eq!(
        cloud.code("AddExistedInstances", json!({"ClusterId": id, "InstanceIds": ["ins-default1"]})),
        "LimitExceeded"
    );
}

#[test]
fn clusters_have_a_quota() {
    let mut cloud = Cloud::new();
    cloud.world.quotas.tke.clusters = 2;
    cloud.create("172.16.0.0/16");
    cloud.create("172.17.0.0/16");
    let refusal = cloud.refusal("CreateCluster", empty_cluster("172.18.0.0/16"));
    assert_eq!((refusal.code.as_ref(), refusal.message.contains('2')), ("InternalError.QuotaMaxClsLimit", true));
    assert_eq!(cloud.ok("DescribeQuota", json!({})), json!({"MaxClustersNum": 2, "MaxNodesNum": 5000}));
}

#[test]
fn settings_that_are_not_offered_are_refused() {
    let mut cloud = Cloud::new();
    for (pointer, value, code) in [
        ("ClusterBasicSettings/VpcId", json!("vpc-none"), "InternalError.VpcRecodrNotFound"),
        ("ClusterBasicSettings/VpcId", json!(null), "MissingParameter"),
        ("ClusterBasicSettings/ClusterVersion", json!("1.99.0"), "InvalidParameter"),
        ("ClusterBasicSettings/ClusterOs", json!("beos"), "InvalidParameter"),
        ("ClusterArch", json!("arm"), ""),
        ("ClusterType", json!("EDGE"), "InvalidParameter"),
        ("ClusterAdvancedSettings/AsEnabled", json!(true), "InvalidParameter"),
        ("ClusterAdvancedSettings/ContainerRuntime", json!("rkt"), "InvalidParameter"),
        ("ClusterAdvancedSettings/NetworkType", json!("Flannel"), "InvalidParameter"),
        ("ClusterAdvancedSettings/NetworkType", json!("VPC-CNI"), "MissingParameter"),
        ("ClusterAdvancedSettings/NodeNameType", json!("pet"), "InvalidParameter"),
        ("ClusterCIDRSettings/ClusterCIDR", json!(null), "InternalError.CidrInvali"),
        ("ClusterCIDRSettings/ServiceCIDR", json!("172.16.0.0/24"), "InternalError.CidrConflictWithOtherCluster"),
    ] {
        match cloud.call("CreateCluster", with(pointer, value)) {
            Ok(_) => assert_eq!(code, "", "{pointer}"),
            Err(refusal) => assert_eq!(refusal.code, code, "{pointer}"),
        }
    }
    let arm_on_x86 = json!("centos7.6-arm64");
    assert_eq!(cloud.code("CreateCluster", with("ClusterBasicSettings/ClusterOs", arm_on_x86)), "InvalidParameter");
}

#[test]
fn an_independent_cluster_has_three_to_seven_large_masters() {
    let mut cloud = Cloud::new();
    for (count, kind) in [(2, "S5.LARGE8"), (8, "S5.LARGE8"), (3, "S5.MEDIUM8"), (3, "S5.LARGE4")] {
        assert_eq!(cloud.code("CreateCluster", masters(count, kind)), "InvalidParameter", "{count} {kind}");
    }
    let mut managed = masters(3, "S5.LARGE8");
    managed["ClusterType"] = json!("MANAGED_CLUSTER");
    assert_eq!(cloud.code("CreateCluster", managed), "InvalidParameter");
    assert_eq!(cloud.ok("DescribeExistedInstances", json!({}))["TotalCount"], 8, "nothing was bought");
    let id = cloud.ok("CreateCluster", masters(3, "S5.LARGE8"))["ClusterId"].clone();
    let id = id.as_str().unwrap();
    assert_eq!(cloud.nodes(id).len(), 5);
    cloud.pass(60);
    let cluster = cloud.cluster(id);
    assert_eq!((&cluster["ClusterMaterNodeNum"], &cluster["ClusterNodeNum"]), (&json!(3), &json!(2)));
    assert_eq!(cluster["ClusterStatus"], "Running");
    assert!(cloud.nodes(id).iter().all(|node| node["InstanceState"] == "running"));
    let role = |cloud: &mut Cloud, role: &str| {
        let answer = cloud.ok("DescribeClusterInstances", json!({"ClusterId": id, "InstanceRole": role}));
        answer["TotalCount"].as_u64().unwrap()
    };
    assert_eq!((role(&mut cloud, "MASTER_ETCD"), role(&mut cloud, "WORKER"), role(&mut cloud, "ALL")), (3, 2, 5));
}

#[test]
fn masters_never_become_fewer_than_three() {
    let mut cloud = Cloud::new();
    let id = cloud.ok("CreateCluster", masters(4, "S5.LARGE8"))["ClusterId"].clone();
    cloud.pass(60);
    let listed = cloud.ok("DescribeClusterInstanceIds", json!({"ClusterId": id, "InstanceRole": "MASTER_ETCD"}));
    let ids = texts(&listed["InstanceIdSet"]);
    let delete = json!({"ClusterId": id, "InstanceIds": ids, "InstanceDeleteMode": "terminate"});
    let answer = cloud.ok("DeleteClusterInstances", delete);
    assert_eq!(answer["SuccInstanceIds"].as_array().unwrap().len(), 1);
    assert_eq!(answer["FailedInstanceIds"].as_array().unwrap().len(), 3);
}

#[test]
fn existing_machines_can_make_a_cluster() {
    let mut cloud = Cloud::new();
    let create = |machines: Value| {
        json!({
            "ClusterType": "INDEPENDENT_CLUSTER", "ClusterCIDRSettings": {"ClusterCIDR": "172.16.0.0/16"},
            "ExistedInstancesForNode": [
                {"NodeRole": "MASTER_ETCD", "ExistedInstancesPara": {"InstanceIds": machines}}],
        })
    };
    let good = json!(["ins-default1", "ins-default2", "ins-default3"]);
    let foreign = json!(["ins-default1", "ins-default2", "ins-second01"]);
    assert_eq!(cloud.code("CreateCluster", create(foreign)), "InternalError.CvmCommon");
    let twice = json!(["ins-default1", "ins-default2", "ins-default2"]);
    assert_eq!(cloud.code("CreateCluster", create(twice)), "InvalidParameter");
    let id = cloud.ok("CreateCluster", create(good.clone()))["ClusterId"].clone();
    assert_eq!(cloud.cluster(id.as_str().unwrap())["ClusterNetworkSettings"]["VpcId"], "vpc-default0");
    let mut again = create(good);
    again["ClusterCIDRSettings"]["ClusterCIDR"] = json!("172.17.0.0/16");
    assert_eq!(cloud.code("CreateCluster", again), "InternalError.CvmCommon");
}

#[test]
fn a_cluster_is_created_with_at_most_ten_purchases_and_a_hundred_existing_machines() {
    let mut cloud = Cloud::new();
    let para = json!({"InstanceType": "S5.SMALL1", "VirtualPrivateCloud": place()}).to_string();
    let mut request = empty_cluster("172.16.0.0/16");
    request["RunInstancesForNode"] = json!([{"NodeRole": "WORKER", "RunInstancesPara": vec![para; 11]}]);
    let refusal = cloud.refusal("CreateCluster", request);
    assert_eq!((refusal.code.as_ref(), refusal.message.contains("10")), ("InvalidParameter", true));
    let mut request = empty_cluster("172.16.0.0/16");
    let existing = json!({"InstanceIds": vec!["ins-default1"; 101]});
    request["ExistedInstancesForNode"] = json!([{"NodeRole": "WORKER", "ExistedInstancesPara": existing}]);
    let refusal = cloud.refusal("CreateCluster", request);
    assert_eq!((refusal.code.as_ref(), refusal.message.contains("100")), ("InvalidParameter", true));
}

#[test]
fn clusters_are_paged_in_the_order_of_their_creation() {
    let mut cloud = Cloud::new();
    let ids: Vec<String> = (0..5).map(|number| cloud.create(&format!("172.{}.0.0/16", 16 + number))).collect();
    let mut seen = Vec::new();
    for offset in [0, 2, 4, 6] {
        let page = cloud.ok("DescribeClusters", json!({"Offset": offset, "Limit": 2}));
        assert_eq!(page["TotalCount"], 5);
        seen.extend(page["Clusters"].as_array().unwrap().iter().map(|c| c["ClusterId"].as_str().unwrap().to_owned()));
    }
    assert_eq!(seen, ids);
    assert_eq!(cloud.code("DescribeClusters", json!({"Limit": 101})), "InvalidParameter.Param");
    assert_eq!(cloud.code("DescribeClusters", json!({"Offset": -1})), "InvalidParameter.Param");
    let two = json!([{"Name": "ClusterName", "Values": []}, {"Name": "ClusterName", "Values": []}]);
    for filters in [json!([{"Name": "Status", "Values": ["Running"]}]), two] {
        assert_eq!(cloud.code("DescribeClusters", json!({"Filters": filters})), "InvalidParameter.Param");
    }
}

#[test]
fn what_is_offered_can_be_created() {
    let mut cloud = Cloud::new();
    let versions = cloud.ok("DescribeVersions", json!({}));
    assert_eq!(versions["TotalCount"], versions["VersionInstanceSet"].as_array().unwrap().len());
    let last = versions["VersionInstanceSet"].as_array().unwrap().last().unwrap()["Version"].clone();
    cloud.ok("CreateCluster", with("ClusterBasicSettings/ClusterVersion", last));
    for (number, image) in
        cloud.ok("DescribeImages", json!({}))["ImageInstanceSet"].as_array().unwrap().iter().enumerate()
    {
        let mut request = empty_cluster(&format!("172.{}.0.0/16", 17 + number));
        request["ClusterArch"] = image["Arch"].clone();
        request["ClusterBasicSettings"]["ClusterOs"] = image["OsName"].clone();
        let id = cloud.ok("CreateCluster", request)["ClusterId"].clone();
        assert_eq!(cloud.cluster(id.as_str().unwrap())["ImageId"], image["ImageId"]);
    }
    let regions = cloud.ok("DescribeRegions", json!({}));
    assert!(
        regions["RegionInstanceSet"].as_array().unwrap().iter().any(|region| region["RegionName"] == "ap-guangzhou")
    );
    cloud.region = "my-cloud";
    let regions = cloud.ok("DescribeRegions", json!({}))["RegionInstanceSet"].clone();
    assert_eq!(regions.as_array().unwrap().last().unwrap()["RegionName"], "my-cloud");
}

#[test]
fn licences_count_the_cores_of_nodes() {
    let mut cloud = Cloud::new();
    assert_eq!(cloud.ok("CollectAllCore", json!({}))["Data"][0]["UsageValue"], "0");
    let id = cloud.running();
    cloud.add_nodes(&id, 3);
    let usage = cloud.ok("CollectAllCore", json!({}));
    assert_eq!((&usage["ProductName"], &usage["Data"][0]["UsageValue"]), (&json!("TKE"), &json!("6")));
    assert_eq!(cloud.ok("QueryOverage", json!({}))["Pass"], "true");
    cloud.world.quotas.tke.licensed_cores = 5;
    assert_eq!(cloud.ok("QueryOverage", json!({}))["Pass"], "false");
}

#[test]
fn vpc_cni_clusters_take_addresses_of_subnets() {
    let mut cloud = Cloud::new();
    let mut request = with("ClusterAdvancedSettings/NetworkType", json!("VPC-CNI"));
    request["ClusterCIDRSettings"] = json!({"ServiceCIDR": "172.30.0.0/20", "EniSubnetIds": ["subnet-default1"]});
    let mut wrong = request.clone();
    wrong["ClusterCIDRSettings"]["EniSubnetIds"] = json!(["subnet-second01"]);
    assert_eq!(cloud.code("CreateCluster", wrong), "InternalError.VpcCommon");
    let id = cloud.ok("CreateCluster", request)["ClusterId"].clone();
    cloud.pass(60);
    let add = |network: &str, subnets: Value| json!({"ClusterId": id, "VpcId": network, "SubnetIds": subnets});
    cloud.ok("AddVpcCniSubnets", add("vpc-default0", json!(["subnet-default1", "subnet-default2"])));
    let subnets = cloud.cluster(id.as_str().unwrap())["ClusterNetworkSettings"]["SubnetIds"].clone();
    assert_eq!(subnets, json!(["subnet-default1", "subnet-default2"]));
    for (network, subnet, code) in [
        ("vpc-second00", "subnet-second01", "InvalidParameter"),
        ("vpc-default0", "subnet-second01", "ResourceNotFound"),
    ] {
        assert_eq!(cloud.code("AddVpcCniSubnets", add(network, json!([subnet]))), code);
    }
    cloud.add_nodes(id.as_str().unwrap(), 1);
    let pods = cloud.items(id.as_str().unwrap(), "/api/v1/pods");
    assert!(pods.iter().all(|pod| pod["status"]["podIP"].as_str().unwrap().starts_with("10.200.")));
    let other = cloud.running();
    let add = json!({"ClusterId": other, "VpcId": "vpc-default0", "SubnetIds": ["subnet-default1"]});
    assert_eq!(cloud.code("AddVpcCniSubnets", add), "InvalidParameter");
}
