//! What machines are bought with.

use super::{Cloud, empty_cluster, place, texts};
use serde_json::{Value, json};
use wharf_world::infra::equipment::{DiskKind, Renewal};
use wharf_world::infra::machines::Machine;

/// A purchase with some parameters changed.
fn para(changes: Value) -> String {
    let mut para = json!({"InstanceType": "S5.MEDIUM4", "VirtualPrivateCloud": place()});
    for (name, value) in changes.as_object().unwrap() {
        para[name] = value.clone();
    }
    para.to_string()
}

fn add(cluster: &str, changes: Value) -> Value {
    json!({"ClusterId": cluster, "RunInstancePara": para(changes)})
}

/// Buys a machine for the cluster and gives it as the world has it.
fn buy(cloud: &mut Cloud, cluster: &str, changes: Value) -> Machine {
    let answer = cloud.ok("CreateClusterInstances", add(cluster, changes));
    machine(cloud, &texts(&answer["InstanceIdSet"])[0])
}

fn machine(cloud: &mut Cloud, id: &str) -> Machine {
    let realm = cloud.world.tke(cloud.account, cloud.region);
    realm.realm.machines.get(id).unwrap().clone()
}

/// A request for a scaling group.
fn group(cluster: &str, group: Value, launch: Value) -> Value {
    let mut own = json!({"MinSize": 0, "MaxSize": 9, "VpcId": "vpc-default0", "SubnetIds": ["subnet-default1"]});
    for (name, value) in group.as_object().unwrap() {
        own[name] = value.clone();
    }
    let mut machines = json!({"InstanceType": "S5.MEDIUM4"});
    for (name, value) in launch.as_object().unwrap() {
        machines[name] = value.clone();
    }
    json!({
        "ClusterId": cluster, "AutoScalingGroupPara": own.to_string(), "LaunchConfigurePara": machines.to_string(),
    })
}

#[test]
fn disks_have_kinds_and_sizes() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let data = |disks: Value| json!({"DataDisks": disks});
    for wrong in [
        json!({"SystemDisk": {"DiskType": "CLOUD_FOO"}}),
        json!({"SystemDisk": {"DiskType": "LOCAL_NVME"}}),
        json!({"SystemDisk": {"DiskType": "CLOUD_SSD", "DiskSize": 5}}),
        json!({"SystemDisk": {"DiskSize": 4_096}}),
        data(json!([{"DiskType": "CLOUD_PREMIUM", "DiskSize": 99_999_999}])),
        data(json!([{"DiskType": "CLOUD_PREMIUM", "DiskSize": 15}])),
        // 002:35426
        data(json!([{"DiskType": "CLOUD_SSD", "DiskSize": 10}])),
        data(json!([{"DiskType": "LOCAL_BASIC", "DiskSize": 50}, {"DiskType": "LOCAL_SSD", "DiskSize": 50}])),
        data(json!([{"DiskType": "CLOUD_PREMIUM", "DiskSize": 50, "ThroughputPerformance": 100}])),
        data(json!([{"DiskType": "CLOUD_PREMIUM", "DiskSize": 50, "KmsKeyId": "kms-1"}])),
        data(json!(vec![json!({"DiskType": "CLOUD_PREMIUM", "DiskSize": 10}); 21])),
    ] {
        assert_eq!(cloud.code("CreateClusterInstances", add(&id, wrong.clone())), "InternalError.CvmCommon", "{wrong}");
    }
    let bought = buy(
        &mut cloud,
        &id,
        json!({
            "SystemDisk": {"DiskType": "CLOUD_BSSD", "DiskSize": 80},
            "DataDisks": [
                {"DiskType": "CLOUD_TSSD", "DiskSize": 500, "DeleteWithInstance": false, "Encrypt": true,
                 "ThroughputPerformance": 100},
                {"DiskType": "CLOUD_PREMIUM", "DiskSize": 10},
                {"DiskType": "CLOUD_PREMIUM", "DiskSize": 0},
            ],
        }),
    );
    let system = bought.equipment.system_disk.unwrap();
    assert_eq!((system.kind, system.size), (DiskKind::BalancedSsd, 80));
    let disks = bought.equipment.data_disks;
    assert_eq!(disks.len(), 2, "a disk of 0 GB is not bought");
    assert_eq!((disks[0].kept, disks[0].encrypted, disks[0].throughput), (true, true, 100));
    assert_eq!((disks[1].kind, disks[1].size), (DiskKind::Premium, 10));
}

#[test]
fn machines_have_names_of_sixty_characters() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.ok("CreateClusterInstances", add(&id, json!({"InstanceName": "n".repeat(60), "HostName": "web-1.shop"})));
    for wrong in [
        json!({"InstanceName": "n".repeat(61)}),
        json!({"HostName": "w"}),
        json!({"HostName": "w".repeat(61)}),
        json!({"HostName": "-web"}),
        json!({"HostName": "web..shop"}),
        json!({"HostName": "web_1"}),
    ] {
        assert_eq!(cloud.code("CreateClusterInstances", add(&id, wrong.clone())), "InvalidParameter", "{wrong}");
    }
}

#[test]
fn terms_suit_how_a_machine_is_paid() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let spot = |options: Value| json!({"InstanceChargeType": "SPOTPAID", "InstanceMarketOptions": options});
    for wrong in [
        json!({"InstanceChargePrepaid": {"Period": 1, "RenewFlag": "NOTIFY_AND_AUTO_RENEW"}}),
        json!({"InstanceChargeType": "PREPAID", "InstanceChargePrepaid": {"Period": 1, "RenewFlag": "ALWAYS"}}),
        json!({"Placement": {"HostIds": ["host-1"]}}),
        json!({"InternetAccessible": {"InternetChargeType": "BANDWIDTH_PREPAID"}}),
        json!({"InternetAccessible": {"InternetChargeType": "FREE"}}),
        json!({"InstanceMarketOptions": {"MarketType": "spot"}}),
        spot(json!({"MarketType": "auction"})),
        spot(json!({"SpotOptions": {"MaxPrice": "cheap"}})),
        spot(json!({"SpotOptions": {"SpotInstanceType": "persistent"}})),
        json!({"DisasterRecoverGroupIds": ["ps-1", "ps-2"]}),
        json!({"ActionTimer": {"TimerAction": "StopInstances", "ActionTime": "2030-01-01T00:00:00Z"}}),
        json!({"ActionTimer": {"ActionTime": "tomorrow"}}),
        json!({"ActionTimer": {"ActionTime": "2024-06-01T00:05:00Z"}}),
    ] {
        assert_eq!(cloud.code("CreateClusterInstances", add(&id, wrong.clone())), "InternalError.CvmCommon", "{wrong}");
    }
    let bought = buy(
        &mut cloud,
        &id,
        json!({
            "InstanceChargeType": "PREPAID",
            "InstanceChargePrepaid": {"Period": 1, "RenewFlag": "NOTIFY_AND_AUTO_RENEW"},
            "InternetAccessible": {"InternetChargeType": "BANDWIDTH_PREPAID", "InternetMaxBandwidthOut": 5},
            "EnhancedService": {"SecurityService": {"Enabled": false}, "AutomationService": {"Enabled": true}},
            "CamRoleName": "reader", "DisasterRecoverGroupIds": ["ps-1"], "Placement": {"Zone": "ap-guangzhou-1", "ProjectId": 7},
            "TagSpecification": [{"ResourceType": "instance", "Tags": [{"Key": "team", "Value": "web"}]}],
        }),
    );
    let has = &bought.equipment;
    assert_eq!(
        (has.renewal, has.bandwidth, has.agents.security, has.agents.monitoring),
        (Renewal::Automatic, 5, false, true)
    );
    assert_eq!((has.access_role.as_deref(), has.placement_group.as_deref()), (Some("reader"), Some("ps-1")));
    for (name, value) in [("project-id", "7"), ("tag-key", "team")] {
        let filters = json!([{"Name": name, "Values": [value]}]);
        let found = cloud.ok("DescribeExistedInstances", json!({"Filters": filters}));
        assert_eq!(found["ExistedInstanceSet"][0]["InstanceId"], bought.id, "{name}");
    }
}

#[test]
fn what_the_cloud_does_not_have_is_refused() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let place = |name: &str, value: Value| {
        let mut network = place();
        network[name] = value;
        json!({"VirtualPrivateCloud": network})
    };
    for wrong in [
        json!({"InternetAccessible": {"BandwidthPackageId": "bwp-1"}}),
        json!({"InternetAccessible": {"InternetChargeType": "BANDWIDTH_PACKAGE"}}),
        json!({"HpcClusterId": "hpc-1"}),
        place("AsVpcGateway", json!(true)),
        place("Ipv6AddressCount", json!(1)),
    ] {
        assert_eq!(cloud.code("CreateClusterInstances", add(&id, wrong.clone())), "UnsupportedOperation", "{wrong}");
    }
    for wrong in [
        json!({"LoginSettings": {"KeepImageLogin": "TRUE"}}),
        json!({"LoginSettings": {"KeepImageLogin": "perhaps"}}),
        json!({"UserData": "not base64 !!"}),
        json!({"UserData": "AAAA".repeat(5_500)}),
    ] {
        assert_eq!(cloud.code("CreateClusterInstances", add(&id, wrong.clone())), "InvalidParameter", "{wrong}");
    }
}

#[test]
fn private_addresses_can_be_chosen() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let addresses = |addresses: Value, count: u64| {
        let mut network = place();
        network["PrivateIpAddresses"] = addresses;
        json!({"VirtualPrivateCloud": network, "InstanceCount": count})
    };
    cloud.ok("CreateClusterInstances", add(&id, addresses(json!(["10.200.1.77", "10.200.1.99"]), 2)));
    cloud.pass(30);
    let nodes = cloud.nodes(&id);
    let mut ips: Vec<&str> = nodes.iter().map(|node| node["LanIP"].as_str().unwrap()).collect();
    ips.sort_unstable();
    assert_eq!(ips, ["10.200.1.77", "10.200.1.99"]);
    for (wrong, count) in [
        (json!(["10.200.1.77"]), 1),
        (json!(["10.200.2.50"]), 1),
        (json!(["10.200.1.50"]), 2),
        (json!(["10.200.1.50", "10.200.1.50"]), 2),
    ] {
        let request = add(&id, addresses(wrong.clone(), count));
        assert_eq!(cloud.code("CreateClusterInstances", request), "InternalError.CvmCommon", "{wrong}");
    }
}

#[test]
fn a_machine_is_destroyed_at_the_time_that_was_set() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    // The world begins at 2024-06-01T00:00:00Z, and the cluster took a minute.
    let timer = json!({"TimerAction": "TerminateInstances", "ActionTime": "2024-06-01T01:00:00Z"});
    let bought = buy(&mut cloud, &id, json!({"ActionTimer": timer}));
    cloud.pass(3_500);
    assert_eq!(cloud.nodes(&id).len(), 1);
    cloud.pass(60);
    assert_eq!(cloud.nodes(&id).len(), 0);
    let gone = json!({"InstanceIds": [bought.id]});
    assert_eq!(cloud.code("DescribeExistedInstances", gone), "InternalError.CvmNotFound");
}

#[test]
fn masters_have_ssds() {
    let mut cloud = Cloud::new();
    let new = |disks: Value| {
        let mut changes = json!({"InstanceType": "S5.LARGE8", "InstanceCount": 3});
        for (name, value) in disks.as_object().unwrap() {
            changes[name] = value.clone();
        }
        let mut request = empty_cluster("172.16.0.0/16");
        request["ClusterType"] = json!("INDEPENDENT_CLUSTER");
        request["RunInstancesForNode"] = json!([{"NodeRole": "MASTER_ETCD", "RunInstancesPara": [para(changes)]}]);
        request
    };
    for wrong in [
        json!({"SystemDisk": {"DiskType": "CLOUD_BASIC"}}),
        json!({"DataDisks": [{"DiskType": "CLOUD_PREMIUM", "DiskSize": 50}]}),
    ] {
        assert_eq!(cloud.code("CreateCluster", new(wrong.clone())), "InvalidParameter", "{wrong}");
    }
    let id = cloud.ok("CreateCluster", new(json!({})))["ClusterId"].as_str().unwrap().to_owned();
    cloud.pass(60);
    let master = cloud.nodes(&id)[0]["InstanceId"].as_str().unwrap().to_owned();
    let disk = machine(&mut cloud, &master).equipment.system_disk.unwrap();
    assert_eq!((disk.kind, disk.size), (DiskKind::Ssd, 50), "tce:732");
    cloud.ok("DeleteCluster", json!({"ClusterId": id, "InstanceDeleteMode": "terminate"}));
    cloud.pass(30);
    cloud.ok("CreateCluster", new(json!({"SystemDisk": {"DiskType": "CLOUD_SSD", "DiskSize": 50}})));
}

#[test]
fn a_cluster_is_of_x86_or_arm() {
    let mut cloud = Cloud::new();
    for (arch, range, shown) in [("x86", "172.16.0.0/16", "X86"), ("arm", "172.17.0.0/16", "ARM")] {
        let mut request = empty_cluster(range);
        request["ClusterArch"] = json!(arch);
        let id = cloud.ok("CreateCluster", request)["ClusterId"].as_str().unwrap().to_owned();
        assert_eq!(cloud.cluster(&id)["ClusterArch"], shown);
    }
    let mut wrong = empty_cluster("172.18.0.0/16");
    wrong["ClusterArch"] = json!("ppc");
    assert_eq!(cloud.code("CreateCluster", wrong), "InvalidParameter");
}

#[test]
fn settings_of_nodes_are_checked_and_reach_them() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let taints = json!([{"Key": "only", "Value": "web", "Effect": "NoSchedule"}]);
    let disks = json!([{
        "DiskType": "CLOUD_SSD", "FileSystem": "xfs", "DiskSize": 50, "AutoFormatAndMount": true, "MountTarget": "/data",
    }]);
    let mut request = add(&id, json!({"DataDisks": [{"DiskType": "CLOUD_SSD", "DiskSize": 50}]}));
    request["InstanceAdvancedSettings"] = json!({"Taints": taints, "DataDisks": disks});
    cloud.ok("CreateClusterInstances", request);
    cloud.pass(30);
    let node = &cloud.items(&id, "/api/v1/nodes")[0];
    assert_eq!(node["spec"]["taints"], json!([{"key": "only", "value": "web", "effect": "NoSchedule"}]));
    let shown = cloud.nodes(&id)[0]["InstanceAdvancedSettings"].clone();
    assert_eq!((&shown["Taints"], &shown["DataDisks"]), (&taints, &disks));
    let disk = |name: &str, value: Value| {
        let mut disk = disks[0].clone();
        disk[name] = value;
        json!({"DataDisks": [disk]})
    };
    for (wrong, code) in [
        (disk("DiskType", json!("CLOUD_FOO")), "InternalError.CvmCommon"),
        (disk("FileSystem", json!("ntfs")), "InvalidParameter"),
        (disk("MountTarget", json!("data")), "InvalidParameter"),
        (json!({"UserScript": "not base64 !!"}), "InvalidParameter"),
        (json!({"MountTarget": "data"}), "InvalidParameter"),
        (json!({"ExtraArgs": {"Kubelet": ["verbose"]}}), "InvalidParameter"),
        (json!({"DesiredPodNumber": 64}), "UnsupportedOperation"),
        (json!({"Taints": [{"Key": "", "Value": "", "Effect": "NoSchedule"}]}), "InvalidParameter"),
    ] {
        let mut request = add(&id, json!({}));
        request["InstanceAdvancedSettings"] = wrong.clone();
        assert_eq!(cloud.code("CreateClusterInstances", request), code, "{wrong}");
    }
    for (option, code) in [("GlobalRouteCIDRCheck", "UnsupportedOperation"), ("All", "InvalidParameter")] {
        let mut request = add(&id, json!({}));
        request["SkipValidateOptions"] = json!([option]);
        assert_eq!(cloud.code("CreateClusterInstances", request), code, "{option}");
    }
}

#[test]
fn purchases_of_a_new_cluster_have_parameters_of_their_own() {
    let mut cloud = Cloud::new();
    let mut request = empty_cluster("172.16.0.0/16");
    request["InstanceAdvancedSettings"] = json!({"DockerGraphPath": "/data"});
    request["RunInstancesForNode"] = json!([{
        "NodeRole": "WORKER", "RunInstancesPara": [para(json!({})), para(json!({}))],
        "InstanceAdvancedSettingsOverrides": [{"ExtraArgs": {"Kubelet": ["root-dir=/one"]}, "DockerGraphPath": "/other"}],
    }]);
    let mounted = json!([{"DiskType": "CLOUD_SSD", "FileSystem": "ext4", "DiskSize": 20, "AutoFormatAndMount": true}]);
    request["InstanceDataDiskMountSettings"] =
        json!([{"InstanceType": "S5.MEDIUM4", "DataDisks": mounted, "Zone": "ap-guangzhou-1"}]);
    let own = json!({"Labels": [{"Name": "kind", "Value": "existing"}]});
    request["ExistedInstancesForNode"] = json!([{
        "NodeRole": "WORKER", "InstanceAdvancedSettingsOverride": own,
        "ExistedInstancesPara": {
            "InstanceIds": ["ins-default1"], "SecurityGroupIds": ["sg-own"],
            "EnhancedService": json!({"MonitorService": {"Enabled": false}}).to_string(),
        },
    }]);
    let id = cloud.ok("CreateCluster", request)["ClusterId"].as_str().unwrap().to_owned();
    cloud.pass(60);
    let nodes = cloud.nodes(&id);
    let settings = |place: usize, name: &str| nodes[place]["InstanceAdvancedSettings"][name].clone();
    assert_eq!(settings(0, "ExtraArgs"), json!({"Kubelet": ["root-dir=/one"]}));
    assert_eq!(settings(1, "ExtraArgs"), json!({"Kubelet": []}));
    assert_eq!((settings(0, "DockerGraphPath"), settings(1, "DockerGraphPath")), (json!("/data"), json!("/data")));
    assert_eq!((settings(1, "DataDisks"), settings(2, "DataDisks")), (mounted, json!([])));
    assert_eq!(settings(2, "Labels"), json!([{"Name": "kind", "Value": "existing"}]));
    let existing = machine(&mut cloud, "ins-default1");
    assert_eq!((existing.security_groups, existing.equipment.agents.monitoring), (vec!["sg-own".to_owned()], false));
}

#[test]
fn existing_machines_are_fitted_as_they_join() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let label = |value: &str| json!({"Labels": [{"Name": "kind", "Value": value}]});
    let request = json!({
        "ClusterId": id, "InstanceIds": ["ins-default1", "ins-default2"], "InstanceAdvancedSettings": label("usual"),
        "InstanceAdvancedSettingsOverrides": [label("own")], "ImageId": "img-centos72", "SecurityGroupIds": ["sg-own"],
        "Tags": [{"Key": "team", "Value": "web"}], "RenewFlag": "NOTIFY_AND_MANUAL_RENEW",
        "EnhancedService": {"SecurityService": {"Enabled": false}},
    });
    let answer = cloud.ok("AddExistedInstances", request.clone());
    assert_eq!(texts(&answer["SuccInstanceIds"]), ["ins-default1", "ins-default2"]);
    cloud.pass(40);
    for kind in ["own", "usual"] {
        assert_eq!(cloud.items(&id, &format!("/api/v1/nodes?labelSelector=kind%3D{kind}")).len(), 1, "{kind}");
    }
    assert_eq!(cloud.items(&id, "/api/v1/nodes")[0]["status"]["nodeInfo"]["osImage"], "centos7.2x86_64");
    let filters = json!([{"Name": "security-group-id", "Values": ["sg-own"]}, {"Name": "tag-key", "Values": ["team"]}]);
    assert_eq!(cloud.ok("DescribeExistedInstances", json!({"Filters": filters}))["TotalCount"], 2);
    for (changes, code) in [
        (json!({"NodeType": "Native"}), "UnsupportedOperation"),
        (json!({"SecurityGroupIds": ["sg-1", "sg-2"]}), "InvalidParameter"),
        (json!({"InstanceAdvancedSettingsOverrides": [{}, {}, {}]}), "InvalidParameter"),
    ] {
        let mut wrong = request.clone();
        for (name, value) in changes.as_object().unwrap() {
            wrong[name] = value.clone();
        }
        assert_eq!(cloud.code("AddExistedInstances", wrong), code, "{changes}");
    }
}

#[test]
fn launch_configurations_and_groups_are_checked() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let named = |settings: Value| json!({"InstanceNameSettings": settings});
    let host = |settings: Value| json!({"HostNameSettings": settings});
    for (wrong, launch, code) in [
        (json!({"DefaultCooldown": 3_601}), json!({}), "InvalidParameter.AsCommonError"),
        (json!({"LoadBalancerHealthCheckGracePeriod": 7_201}), json!({}), "InvalidParameter.AsCommonError"),
        (
            json!({"TerminationPolicies": ["OLDEST_INSTANCE", "NEWEST_INSTANCE"]}),
            json!({}),
            "InvalidParameter.AsCommonError",
        ),
        (json!({"TerminationPolicies": ["ANY"]}), json!({}), "InvalidParameter.AsCommonError"),
        (json!({"ZonesCheckPolicy": "SOME"}), json!({}), "InvalidParameter.AsCommonError"),
        (json!({"MultiZoneSubnetPolicy": "RANDOM"}), json!({}), "InvalidParameter.AsCommonError"),
        (json!({"HealthCheckType": "PING"}), json!({}), "InvalidParameter.AsCommonError"),
        (
            json!({"LoadBalancerIds": ["lb-1"], "ForwardLoadBalancers": [{"LoadBalancerId": "lb-2"}]}),
            json!({}),
            "InvalidParameter.AsCommonError",
        ),
        (json!({"SpotMixedAllocationPolicy": {"BaseCapacity": 1}}), json!({}), "InvalidParameter.AsCommonError"),
        (
            json!({"InstanceAllocationPolicy": "SPOT_MIXED"}),
            json!({"InstanceChargeType": "SPOTPAID", "InstanceMarketOptions": {}}),
            "InvalidParameter.AsCommonError",
        ),
        (json!({"LoadBalancerIds": ["lb-1"]}), json!({}), "UnsupportedOperation"),
        (json!({"ForwardLoadBalancers": [{"LoadBalancerId": "lb-2"}]}), json!({}), "UnsupportedOperation"),
        (json!({"Zones": ["ap-guangzhou-1"]}), json!({}), "UnsupportedOperation"),
        (json!({"Ipv6AddressCount": 1}), json!({}), "UnsupportedOperation"),
        (json!({"CapacityRebalance": true}), json!({}), "UnsupportedOperation"),
        (json!({"ServiceSettings": {"ScalingMode": "SLEEP"}}), json!({}), "InvalidParameter.AsCommonError"),
        (json!({"ServiceSettings": {"ReplaceMode": "RESET"}}), json!({}), "UnsupportedOperation"),
        (json!({}), json!({"InstanceChargeType": "SPOTPAID"}), "MissingParameter"),
        (json!({}), json!({"LaunchConfigurationName": "n".repeat(61)}), "InvalidParameter.AsCommonError"),
        (
            json!({}),
            json!({"InstanceType": null, "InstanceTypes": vec!["S5.MEDIUM4"; 11]}),
            "InvalidParameter.AsCommonError",
        ),
        (json!({}), json!({"InstanceTypesCheckPolicy": "SOME"}), "InvalidParameter.AsCommonError"),
        (json!({}), json!({"SystemDisk": {"DiskType": "CLOUD_FOO"}}), "InternalError.CvmCommon"),
        (json!({}), json!({"DataDisks": [{"DiskSize": 99_999_999}]}), "InternalError.CvmCommon"),
        (json!({}), json!({"InstanceTags": vec![json!({"Key": "a", "Value": "b"}); 11]}), "InternalError.CvmCommon"),
        (json!({}), json!({"HpcClusterId": "hpc-1"}), "UnsupportedOperation"),
        (json!({}), json!({"DiskTypePolicy": "CHEAPEST"}), "InvalidParameter"),
        (json!({}), named(json!({"InstanceName": "n"})), "InvalidParameter"),
        (
            json!({}),
            named(json!({"InstanceName": "n".repeat(60), "InstanceNameSuffix": "s".repeat(48)})),
            "InvalidParameter",
        ),
        (
            json!({}),
            named(json!({"InstanceName": "web", "InstanceNameStyle": "FANCY"})),
            "InvalidParameter.AsCommonError",
        ),
        (json!({}), host(json!({"HostName": "h".repeat(43)})), "InvalidParameter"),
        (json!({}), host(json!({"HostName": "1234"})), "InvalidParameter"),
        (json!({}), host(json!({"HostName": "web", "HostNameSuffix": "s".repeat(40)})), "InvalidParameter"),
    ] {
        assert_eq!(
            cloud.code("CreateClusterAsGroup", group(&id, wrong.clone(), launch.clone())),
            code,
            "{wrong} {launch}"
        );
    }
    cloud.world.tke(cloud.account, cloud.region).sell_out("S5.MEDIUM4", "ap-guangzhou-2");
    for (policy, code) in [("ALL", Some("InvalidParameter.AsCommonError")), ("ANY", None)] {
        let both = json!({"SubnetIds": ["subnet-default1", "subnet-default2"], "ZonesCheckPolicy": policy});
        let request = group(&id, both, json!({}));
        match code {
            Some(code) => assert_eq!(cloud.code("CreateClusterAsGroup", request), code, "{policy}"),
            None => drop(cloud.ok("CreateClusterAsGroup", request)),
        }
    }
}

#[test]
fn a_group_mixes_machines_of_two_kinds_of_billing() {
    for (sold_out, hourly) in [(false, 3), (true, 5)] {
        let mut cloud = Cloud::new();
        let id = cloud.running();
        // One at first, and half of the other four, by the hour.
        let mix = json!({"BaseCapacity": 1, "OnDemandPercentageAboveBaseCapacity": 50});
        let shares = json!({"MinSize": 5, "InstanceAllocationPolicy": "SPOT_MIXED", "SpotMixedAllocationPolicy": mix});
        let shares = if sold_out { json!({"MinSize": 5}) } else { shares };
        cloud.ok("CreateClusterAsGroup", group(&id, shares, json!({})));
        cloud.pass(80);
        let machines = cloud.ok("DescribeExistedInstances", json!({"VagueInstanceName": "_node", "Limit": 100}));
        let charges = machines["ExistedInstanceSet"].as_array().unwrap();
        let count = charges.iter().filter(|machine| machine["InstanceChargeType"] == "POSTPAID_BY_HOUR").count();
        assert_eq!((charges.len(), count), (5, hourly));
    }
}

#[test]
fn machines_of_a_group_get_its_names_and_tags() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let names = json!({"InstanceName": "web", "InstanceNameStyle": "UNIQUE"});
    let launch = json!({"InstanceNameSettings": names, "InstanceTags": [{"Key": "team", "Value": "web"}]});
    cloud
        .ok("CreateClusterAsGroup", group(&id, json!({"MinSize": 2, "Tags": [{"Key": "cost", "Value": "1"}]}), launch));
    cloud.pass(80);
    let found = cloud.ok("DescribeExistedInstances", json!({"Filters": [{"Name": "tag-key", "Values": ["cost"]}]}));
    let names: Vec<&Value> =
        found["ExistedInstanceSet"].as_array().unwrap().iter().map(|m| &m["InstanceName"]).collect();
    assert_eq!(names.len(), 2);
    assert!(names[0] != names[1] && names.iter().all(|name| name.as_str().unwrap().starts_with("web-")), "{names:?}");
}
