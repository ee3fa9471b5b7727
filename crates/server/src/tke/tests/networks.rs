//! Ranges, route tables, VPC-CNI.

use super::{Cloud, PODS, empty_cluster, place, pod};
use serde_json::{Value, json};

impl Cloud {
    fn conflicts(&mut self, range: &str) -> Vec<Value> {
        let request = json!({"RouteTableCidrBlock": range, "VpcId": "vpc-default0"});
        let answer = self.ok("DescribeRouteTableConflicts", request);
        let set = answer["RouteTableConflictSet"].as_array().unwrap().clone();
        assert_eq!(answer["HasConflict"], !set.is_empty());
        set.iter().map(|conflict| conflict["RouteTableType"].clone()).collect()
    }
}

fn table(name: &str, range: &str) -> Value {
    json!({"RouteTableName": name, "RouteTableCidrBlock": range, "VpcId": "vpc-default0"})
}

#[test]
fn a_cluster_gets_more_ranges_for_its_pods() {
    let mut cloud = Cloud::new();
    let mut small = empty_cluster("172.16.0.0/23");
    small["ClusterCIDRSettings"] =
        json!({"ClusterCIDR": "172.16.0.0/23", "MaxNodePodNum": 256, "MaxClusterServiceNum": 256});
    let id = cloud.ok("CreateCluster", small)["ClusterId"].as_str().unwrap().to_owned();
    cloud.pass(60);
    cloud.add_nodes(&id, 1);
    let para = json!({"InstanceCount": 1, "VirtualPrivateCloud": place()}).to_string();
    let more = json!({"ClusterId": id, "RunInstancePara": para});
    assert_eq!(cloud.code("CreateClusterInstances", more.clone()), "InternalError.QuotaMaxNodLimit");
    let add = |ranges: Value| json!({"ClusterId": id, "ClusterCIDRs": ranges});
    for (ranges, code) in [
        (json!([]), "InvalidParameter.Param"),
        (json!(["nonsense"]), "InvalidParameter"),
        (json!(["10.0.0.0/8"]), "InvalidParameter.CIDRMaskSizeOutOfRange"),
        (json!(["10.200.0.0/20"]), "InvalidParameter.CidrConflictWithVpcCidr"),
        (json!(["172.16.0.0/24"]), "InvalidParameter.CidrConflictWithOtherCluster"),
        (json!(["10.240.0.0/20"]), "InvalidParameter.CidrConflictWithVpcGlobalRoute"),
        (json!(["172.20.0.0/20", "172.20.0.0/24"]), "InvalidParameter.CidrConflictWithOtherCluster"),
    ] {
        assert_eq!(cloud.code("AddClusterCIDR", add(ranges.clone())), code, "{ranges}");
    }
    cloud.ok("AddClusterCIDR", add(json!(["172.20.0.0/24"])));
    let filter = json!([{"Name": "TaskType", "Values": ["add_cluster_cidr"]}, {"Name": "ClusterId", "Values": [id]}]);
    let task =
        |cloud: &mut Cloud| cloud.ok("DescribeTasks", json!({"Filter": filter}))["Tasks"][0]["LifeState"].clone();
    assert_eq!(task(&mut cloud), "process");
    cloud.pass(30);
    assert_eq!(task(&mut cloud), "done");
    cloud.ok("CreateClusterInstances", more);
    let check = json!({"VpcId": "vpc-default0", "ClusterCIDR": "172.20.0.0/20", "NetworkType": "GR"});
    assert_eq!(cloud.ok("CheckClusterCIDR", check)["ConflictType"], "CIDR_CONFLICT_WITH_OTHER_CLUSTER");
    let mut ignoring = add(json!(["10.240.0.0/20"]));
    ignoring["IgnoreClusterCIDRConflict"] = json!(true);
    cloud.pass(60);
    cloud.ok("AddClusterCIDR", ignoring);
}

#[test]
fn only_clusters_with_routes_get_ranges() {
    let mut cloud = Cloud::new();
    let mut request = empty_cluster("172.16.0.0/16");
    request["ClusterAdvancedSettings"] = json!({"NetworkType": "VPC-CNI"});
    request["ClusterCIDRSettings"] = json!({"ServiceCIDR": "172.30.0.0/20", "EniSubnetIds": ["subnet-default1"]});
    let id = cloud.ok("CreateCluster", request)["ClusterId"].as_str().unwrap().to_owned();
    cloud.pass(60);
    let add = json!({"ClusterId": id, "ClusterCIDRs": ["172.20.0.0/24"]});
    assert_eq!(cloud.code("AddClusterCIDR", add), "UnsupportedOperation.ClusterNotSuitAddClusterCIDR");
    let enable = json!({"ClusterId": id, "VpcCniType": "tke-route-eni", "EnableStaticIp": false, "Subnets": ["subnet-default1"]});
    assert_eq!(cloud.code("EnableVpcCniNetworkType", enable), "UnsupportedOperation.ClusterNotSuitEnableVPCCNI");
    assert_eq!(cloud.code("DisableVpcCniNetworkType", json!({"ClusterId": id})), "FailedOperation.DisableVPCCNIFailed");
    let ipamd = cloud.ok("DescribeIPAMD", json!({"ClusterId": id}));
    assert_eq!(
        (&ipamd["EnableIPAMD"], &ipamd["Phase"], &ipamd["SubnetIds"]),
        (&json!(true), &json!("running"), &json!(["subnet-default1"]))
    );
}

#[test]
fn route_tables_have_routes() {
    let mut cloud = Cloud::new();
    cloud.ok("CreateClusterRouteTable", table("own", "172.18.0.0/16"));
    assert_eq!(
        cloud.code("CreateClusterRouteTable", table("own", "172.19.0.0/16")),
        "ResourceInUse.ResourceExistAlready"
    );
    let tables = cloud.ok("DescribeClusterRouteTables", json!({}));
    assert_eq!((&tables["TotalCount"], &tables["RouteTableSet"][0]), (&json!(1), &table("own", "172.18.0.0/16")));
    let machine = cloud.ok("DescribeExistedInstances", json!({"InstanceIds": ["ins-default1"]}));
    let address = machine["ExistedInstanceSet"][0]["PrivateIpAddresses"][0].as_str().unwrap().to_owned();
    let route = |name: &str, range: &str, gateway: &str| json!({"RouteTableName": name, "DestinationCidrBlock": range, "GatewayIp": gateway});
    for (request, code) in [
        (route("none", "172.18.0.0/24", &address), "ResourceNotFound.RouteTableNotFound"),
        (route("own", "172.17.0.0/24", &address), "InvalidParameter.CidrOutOfRouteTable"),
        (route("own", "172.18.0.0/24", "1.2.3.4"), "InternalError.CvmNotFound"),
        (route("own", "nonsense", &address), "InvalidParameter"),
    ] {
        assert_eq!(cloud.code("CreateClusterRoute", request), code);
    }
    cloud.ok("CreateClusterRoute", route("own", "172.18.0.0/24", &address));
    assert_eq!(
        cloud.code("CreateClusterRoute", route("own", "172.18.0.128/25", "10.200.1.3")),
        "InvalidParameter.CidrConflictWithOtherRoute"
    );
    assert_eq!(
        cloud.code("CreateClusterRoute", route("own", "172.18.1.0/24", &address)),
        "InvalidParameter.GatewayAlreadyAssociatedCidr"
    );
    let routes = cloud.ok("DescribeClusterRoutes", json!({"RouteTableName": "own"}));
    assert_eq!((&routes["TotalCount"], &routes["RouteSet"][0]), (&json!(1), &route("own", "172.18.0.0/24", &address)));
    let by = |value: &str| json!({"RouteTableName": "own", "Filters": [{"Name": "GatewayIP", "Values": [value]}]});
    assert_eq!(cloud.ok("DescribeClusterRoutes", by("9.9.9.9"))["TotalCount"], 0);
    assert_eq!(cloud.ok("DescribeClusterRoutes", by(&address))["TotalCount"], 1);
    assert_eq!(cloud.code("DescribeClusterRoutes", json!({"RouteTableName": "none"})), "ResourceNotFound");
    assert_eq!(
        cloud.code("DeleteClusterRouteTable", json!({"RouteTableName": "own"})),
        "InvalidParameter.RouteTableNotEmpty"
    );
    assert_eq!(cloud.code("DeleteClusterRoute", route("own", "172.18.9.0/24", &address)), "InvalidParameter");
    assert_eq!(
        cloud.code("DeleteClusterRoute", route("none", "172.18.0.0/24", &address)),
        "InternalError.RouteTableNotFound"
    );
    cloud.ok("DeleteClusterRoute", route("own", "172.18.0.0/24", &address));
    cloud.ok("DeleteClusterRouteTable", json!({"RouteTableName": "own"}));
    assert_eq!(cloud.ok("DescribeClusterRouteTables", json!({}))["TotalCount"], 0);
    cloud.create("172.18.0.0/16");
}

#[test]
fn a_cluster_with_routes_has_a_table_with_a_route_for_each_node() {
    let mut cloud = Cloud::new();
    let mut request = empty_cluster("172.16.0.0/16");
    request["ClusterCIDRSettings"] = json!({"ClusterCIDR": "172.16.0.0/16", "MaxNodePodNum": 64});
    let id = cloud.ok("CreateCluster", request)["ClusterId"].as_str().unwrap().to_owned();
    cloud.pass(60);
    let machines = cloud.add_nodes(&id, 3);
    let tables = cloud.ok("DescribeClusterRouteTables", json!({}))["RouteTableSet"].clone();
    assert_eq!(tables, json!([table(&id, "172.16.0.0/16")]));
    let remove = json!({"ClusterId": id, "InstanceIds": [machines[1]], "InstanceDeleteMode": "terminate"});
    cloud.ok("DeleteClusterInstances", remove);
    cloud.pass(10);
    cloud.add_nodes(&id, 1);
    let routes = cloud.ok("DescribeClusterRoutes", json!({"RouteTableName": id}))["RouteSet"].clone();
    let mut blocks: Vec<&str> =
        routes.as_array().unwrap().iter().map(|route| route["DestinationCidrBlock"].as_str().unwrap()).collect();
    blocks.sort_unstable();
    assert_eq!(blocks, ["172.16.0.0/26", "172.16.0.128/26", "172.16.0.64/26"], "a free block is used again");
    for node in cloud.items(&id, "/api/v1/nodes") {
        let own = routes.as_array().unwrap().iter().find(|r| r["DestinationCidrBlock"] == node["spec"]["podCIDR"]);
        assert_eq!(own.unwrap()["GatewayIp"], node["status"]["addresses"][0]["address"]);
        let name = node["metadata"]["name"].as_str().unwrap();
        let pods = cloud.items(&id, &format!("/api/v1/pods?fieldSelector=spec.nodeName={name}"));
        let block: Vec<&str> = node["spec"]["podCIDR"].as_str().unwrap().split(['.', '/']).collect();
        let first: u32 = block[3].parse().unwrap();
        for pod in pods {
            let address = pod["status"]["podIP"].as_str().unwrap();
            let last: u32 = address.rsplit('.').next().unwrap().parse().unwrap();
            assert!(address.starts_with("172.16.0.") && (first..first + 64).contains(&last), "{address} on {first}");
        }
    }
}

#[test]
fn route_tables_collide_with_networks_clusters_and_routes() {
    let mut cloud = Cloud::new();
    cloud.create("172.16.0.0/16");
    cloud.ok("CreateClusterRouteTable", table("own", "172.18.0.0/16"));
    assert_eq!(cloud.conflicts("172.19.0.0/16"), Vec::<Value>::new());
    for (range, kind, code) in [
        ("172.16.64.0/20", "CcsCluster", "InternalError.CidrConflictWithOtherCluster"),
        ("10.200.0.0/20", "Vpc", "InvalidParameter.CidrConflictWithVpcCidr"),
        ("10.240.0.0/20", "VpcRouteTable", "InternalError.CidrConflictWithVpcGlobalRoute"),
        ("172.18.0.0/20", "CcsClusterRouteTable", "InvalidParameter.CidrConflictWithOtherRoute"),
    ] {
        assert_eq!(cloud.conflicts(range)[0], kind);
        assert_eq!(cloud.code("CreateClusterRouteTable", table("other", range)), code, "{range}");
    }
    assert_eq!(
        cloud.code("CreateCluster", empty_cluster("172.18.0.0/16")),
        "InternalError.CidrConflictWithVpcGlobalRoute"
    );
    let mut ignoring = table("other", "10.240.0.0/20");
    ignoring["IgnoreClusterCidrConflict"] = json!(1);
    cloud.ok("CreateClusterRouteTable", ignoring.clone());
    ignoring["IgnoreClusterCidrConflict"] = json!(2);
    assert_eq!(cloud.code("CreateClusterRouteTable", ignoring), "InvalidParameter.Param");
    let unknown = json!({"RouteTableCidrBlock": "172.19.0.0/16", "VpcId": "vpc-none"});
    assert_eq!(cloud.code("DescribeRouteTableConflicts", unknown), "InternalError.VpcRecodrNotFound");
}

#[test]
fn an_account_has_twenty_route_tables() {
    let mut cloud = Cloud::new();
    for number in 0..20 {
        cloud.ok("CreateClusterRouteTable", table(&format!("t{number}"), &format!("172.18.{number}.0/24")));
    }
    assert_eq!(cloud.code("CreateClusterRouteTable", table("more", "172.19.0.0/24")), "InternalError.QuotaMaxRtLimit");
}

#[test]
fn vpc_cni_is_added_to_a_cluster_with_routes() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.add_nodes(&id, 1);
    let of = json!({"ClusterId": id});
    assert_eq!(cloud.ok("DescribeIPAMD", of.clone())["EnableIPAMD"], false);
    assert_eq!(cloud.code("DescribeEnableVpcCniProgress", of.clone()), "InvalidParameter");
    let enable = |changes: Value| {
        let mut request = json!({"ClusterId": id, "VpcCniType": "tke-route-eni", "EnableStaticIp": true,
            "Subnets": ["subnet-default1"], "ExpiredSeconds": 301});
        request.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        request
    };
    for wrong in [
        json!({"VpcCniType": "flannel"}),
        json!({"Subnets": []}),
        json!({"Subnets": ["subnet-second01"]}),
        json!({"ExpiredSeconds": 300}),
        json!({"EnableStaticIp": false}),
    ] {
        assert_eq!(cloud.code("EnableVpcCniNetworkType", enable(wrong.clone())), "InvalidParameter.Param", "{wrong}");
    }
    cloud.ok("EnableVpcCniNetworkType", enable(json!({})));
    assert_eq!(cloud.ok("DescribeEnableVpcCniProgress", of.clone())["Status"], "Running");
    assert_eq!(cloud.ok("DescribeIPAMD", of.clone())["Phase"], "initializing");
    assert_eq!(cloud.code("DisableVpcCniNetworkType", of.clone()), "FailedOperation.DisableVPCCNIFailed");
    cloud.pass(70);
    assert_eq!(cloud.ok("DescribeEnableVpcCniProgress", of.clone())["Status"], "Succeed");
    let ipamd = cloud.ok("DescribeIPAMD", of.clone());
    assert_eq!((&ipamd["Phase"], &ipamd["ClaimExpiredDuration"]), (&json!("running"), &json!("301s")));
    let agent = "/api/v1/namespaces/kube-system/configmaps/ip-masq-agent-config";
    let config = cloud.kube(&id, "GET", agent, Value::Null)["data"]["config"].as_str().unwrap().to_owned();
    assert!(config.contains("10.200.0.0/16"), "addresses of the network see those of pods: {config}");
    let agents = |cloud: &mut Cloud| {
        let pods = cloud.items(&id, "/api/v1/namespaces/kube-system/pods");
        pods.iter().filter(|pod| pod["metadata"]["labels"]["k8s-app"] == "tke-eni-agent").count()
    };
    assert_eq!(agents(&mut cloud), 1, "the agent runs on the node");
    let mut chosen = pod("chosen", "100m");
    chosen["metadata"]["annotations"] = json!({"tke.cloud.tencent.com/networks": "tke-route-eni"});
    cloud.kube(&id, "POST", PODS, chosen);
    cloud.kube(&id, "POST", PODS, pod("other", "100m"));
    cloud.pass(5);
    let address = |cloud: &mut Cloud, name: &str| {
        let pod = cloud.kube(&id, "GET", &format!("{PODS}/{name}"), Value::Null);
        pod["status"]["podIP"].as_str().unwrap().to_owned()
    };
    assert!(address(&mut cloud, "chosen").starts_with("10.200.1."));
    assert!(address(&mut cloud, "other").starts_with("172.16."));
    cloud.ok("AddVpcCniSubnets", json!({"ClusterId": id, "VpcId": "vpc-default0", "SubnetIds": ["subnet-default2"]}));
    assert_eq!(cloud.ok("DescribeIPAMD", of.clone())["SubnetIds"], json!(["subnet-default1", "subnet-default2"]));
    cloud.ok("DisableVpcCniNetworkType", of.clone());
    cloud.pass(10);
    assert_eq!((agents(&mut cloud), cloud.ok("DescribeIPAMD", of)["EnableIPAMD"].clone()), (0, json!(false)));
    cloud.ok("EnableVpcCniNetworkType", enable(json!({"SkipAddingNonMasqueradeCIDRs": true})));
    cloud.pass(60);
    let config = cloud.kube(&id, "GET", agent, Value::Null)["data"]["config"].as_str().unwrap().to_owned();
    assert!(!config.contains("10.200.0.0/16"), "{config}");
}

#[test]
fn pods_with_addresses_of_subnets_have_limits_by_cores() {
    let mut cloud = Cloud::new();
    let limits = |cloud: &mut Cloud, kind: &str| {
        let request = json!({"InstanceType": kind, "Zone": "ap-guangzhou-1"});
        let answer = cloud.ok("DescribeVpcCniPodLimits", request);
        assert_eq!(answer["TotalCount"], 1);
        let limits = &answer["PodLimitsInstanceSet"][0]["PodLimits"];
        (limits["TKERouteENINonStaticIP"].as_u64().unwrap(), limits["TKEDirectENI"].as_u64().unwrap())
    };
    assert_eq!(limits(&mut cloud, "S5.SMALL1"), (5, 4));
    assert_eq!(limits(&mut cloud, "S5.LARGE8"), (27, 19));
    assert_eq!(limits(&mut cloud, "S5.2XLARGE16"), (95, 39));
    assert_eq!(limits(&mut cloud, "S5.4XLARGE32"), (203, 39));
    assert_eq!(limits(&mut cloud, "SA3.2XLARGE16"), (95, 15));
    let family = cloud.ok("DescribeVpcCniPodLimits", json!({"InstanceFamily": "SA3", "Zone": "ap-guangzhou-2"}));
    assert_eq!(family["TotalCount"], 2);
    for wrong in [json!({"InstanceType": "X"}), json!({"Zone": "mars-1"})] {
        assert_eq!(cloud.code("DescribeVpcCniPodLimits", wrong), "InvalidParameter.Param");
    }
}
