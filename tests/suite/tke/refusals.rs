//! What the documents forbid, each with its code and a message that names the limit.

use super::{Cloud, NETWORK, RANGE, SUBNET, machine, refused};
use wharf::tke::cluster::types::{ExistedInstancesForNode, RunInstancesForNode};
use wharf::tke::node::types::Label;
use wharf::tke::types::{AutoScalingGroupPara, LaunchConfigurePara, RunInstancesPara, Taint};

#[tokio::test]
async fn ranges() {
    let cloud = Cloud::new().await;
    let id = cloud.running(RANGE).await;
    for (range, code, says) in [
        ("nonsense", "InternalError.CidrInvali", "such as 172.16.0.0/16"),
        ("11.0.0.0/16", "InternalError.InvalidPrivateNetworkCidr", "10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16"),
        ("10.0.0.0/9", "InternalError.CidrMaskSizeOutOfRange", "10 to 24 bits"),
        ("10.1.0.0/25", "InternalError.CidrMaskSizeOutOfRange", "10 to 24 bits"),
        ("10.1.0.0/24", "InternalError.CidrMaskSizeOutOfRange", "256 services and one node with 256 pods"),
        ("10.200.128.0/17", "InternalError.CidrConflictWithVpcCidr", "10.200.0.0/16"),
        ("172.16.64.0/20", "InternalError.CidrConflictWithOtherCluster", &id),
        ("10.240.0.0/14", "InternalError.CidrConflictWithVpcGlobalRoute", "10.240.0.0/16"),
    ] {
        refused(cloud.new_cluster(range).send().await, code, says);
    }
    let check = |range: &str| cloud.clusters.check_cluster_cidr(NETWORK).cluster_cidr(range).network_type("GR").send();
    refused(check("x").await, "InvalidParameter.CIDRInvalid", "such as 172.16.0.0/16");
    refused(check("8.8.0.0/16").await, "InvalidParameter.InvalidPrivateNetworkCIDR", "172.16.0.0/12");
    refused(check("10.0.0.0/8").await, "InvalidParameter.CIDRMaskSizeOutOfRange", "10 to 24 bits");
    let request = cloud.clusters.check_cluster_cidr("vpc-none").cluster_cidr("172.17.0.0/16").network_type("GR");
    refused(request.send().await, "InternalError.VpcRecodrNotFound", "vpc-none");
    assert_eq!(cloud.clusters.describe_clusters().send().await.unwrap().total_count, 1, "nothing was made");
}

#[tokio::test]
async fn clusters() {
    let cloud = Cloud::new().await;
    let settings = |kind: &str| {
        let request = cloud.clusters.create_cluster().cluster_type(kind);
        request.cluster_cidr_settings(|ranges| ranges.cluster_cidr(RANGE))
    };
    let masters = |count: i64, kind: &str| {
        let machines = machine(kind).instance_count(count);
        RunInstancesForNode::default().node_role("MASTER_ETCD").run_instances_para([machines])
    };
    for count in [2, 8] {
        let request = settings("INDEPENDENT_CLUSTER").run_instances_for_node([masters(count, "S5.LARGE8")]);
        refused(request.send().await, "InvalidParameter", "3 to 7 masters");
    }
    let request = settings("INDEPENDENT_CLUSTER").run_instances_for_node([masters(3, "S5.MEDIUM4")]);
    refused(request.send().await, "InvalidParameter", "at least 4 cores and 8 GB");
    let request = settings("MANAGED_CLUSTER").run_instances_for_node([masters(3, "S5.LARGE8")]);
    refused(request.send().await, "InvalidParameter", "no masters of its own");
    refused(settings("MANAGED_CLUSTER").send().await, "MissingParameter", "VpcId");
    refused(settings("EDGE_CLUSTER").send().await, "InvalidParameter", "MANAGED_CLUSTER or INDEPENDENT_CLUSTER");
    let workers = RunInstancesForNode::default().node_role("WORKER");
    let request =
        settings("MANAGED_CLUSTER")
            .run_instances_for_node([workers.run_instances_para(vec![machine("S5.SMALL1"); 11])]);
    refused(request.send().await, "InvalidParameter", "at most 10 RunInstancesPara");
    let workers = ExistedInstancesForNode::default().node_role("WORKER");
    let request = settings("MANAGED_CLUSTER").existed_instances_for_node([
        workers.existed_instances_para(|para| para.instance_ids(vec!["ins-default1"; 101]))
    ]);
    refused(request.send().await, "InvalidParameter", "at most 100 existing machines");
    let request = cloud.new_cluster(RANGE).cluster_advanced_settings(|advanced| advanced.as_enabled(true));
    refused(request.send().await, "InvalidParameter", "AsEnabled");
    let request = cloud.new_cluster(RANGE).cluster_advanced_settings(|advanced| advanced.network_type("VPC-CNI"));
    refused(request.send().await, "MissingParameter", "ServiceCIDR and EniSubnetIds");
    assert_eq!(cloud.clusters.describe_clusters().send().await.unwrap().total_count, 0);
    assert_eq!(cloud.nodes.describe_existed_instances().send().await.unwrap().total_count, 8, "nothing was bought");

    let id = cloud.new_cluster(RANGE).send().await.unwrap().cluster_id;
    let early = cloud.clusters.describe_cluster_kubeconfig(&id).send().await;
    refused(early, "ResourceUnavailable", "still being created");
    let early = cloud.nodes.create_cluster_instances(&id).run_instance_para(machine("S5.MEDIUM4")).send().await;
    refused(early, "ResourceUnavailable", "still being created");
    cloud.pass(60);
    let rename = |name: String| cloud.clusters.modify_cluster_attribute(&id).cluster_name(name).send();
    refused(rename("名".repeat(61)).await, "InvalidParameter.Param", "at most 60 characters, not 61");
    rename("名".repeat(60)).await.unwrap();
    assert_eq!(cloud.cluster(&id).await.cluster_name.chars().count(), 60);
    let burn = cloud.clusters.delete_cluster(&id).instance_delete_mode("burn").send().await;
    refused(burn, "InvalidParameter", "terminate or retain");
}

#[tokio::test]
async fn machines() {
    let cloud = Cloud::new().await;
    let id = cloud.running(RANGE).await;
    let one = || machine("S5.MEDIUM4");
    let buy = |machines: RunInstancesPara| cloud.nodes.create_cluster_instances(&id).run_instance_para(machines).send();
    let with_password = |password: &str| one().login_settings(|login| login.password(password));
    for (machines, code, says) in [
        (machine("X1.HUGE"), "InternalError.CvmCommon", "X1.HUGE is not offered"),
        (one().instance_count(0), "InvalidParameter", "1 to 500, not 0"),
        (one().instance_count(501), "InvalidParameter", "1 to 500, not 501"),
        (one().instance_count(31), "InternalError.CvmCommon", "allows 30 machines"),
        (one().placement(|place| place.zone("ap-guangzhou-2")), "InternalError.CvmCommon", "ap-guangzhou-1"),
        (one().instance_charge_type("PREPAID"), "InternalError.CvmCommon", "1 to 12, 24, 36, 48 or 60"),
        (with_password("short1"), "InvalidParameter", "8 to 16 characters"),
        (with_password("lettersonly"), "InvalidParameter", "at least two kinds"),
        (with_password("longer-than-16-chars"), "InvalidParameter", "8 to 16 characters"),
        (one().login_settings(|login| login.key_ids(["skey-1", "skey-2"])), "InvalidParameter", "a single key"),
        (one().dry_run(true), "DryRunOperation", "would succeed"),
        (
            one().virtual_private_cloud(|place| place.vpc_id("vpc-second00").subnet_id("subnet-second01")),
            "InternalError.VpcRecodrNotFound",
            NETWORK,
        ),
        (
            one().virtual_private_cloud(|place| place.vpc_id(NETWORK).subnet_id("subnet-none")),
            "InternalError.VpcCommon",
            "subnet-none",
        ),
    ] {
        refused(buy(machines).await, code, says);
    }
    for key in ["node.kubernetes.io/x", "qcloud-zone"] {
        let request = cloud.nodes.create_cluster_instances(&id).run_instance_para(one());
        let labels = [Label::default().name(key).value("1")];
        let request = request.instance_advanced_settings(|settings| settings.labels(labels));
        refused(request.send().await, "InvalidParameter", key);
    }
    cloud.server.with_world(|world| world.quotas.machines.per_zone = 1_000);
    refused(buy(one().instance_count(255)).await, "InternalError.CvmCommon", "free addresses");
    assert_eq!(cloud.nodes_of(&id).await.len(), 0, "nothing was bought");
    let coming = buy(one()).await.unwrap().instance_id_set.remove(0);
    let drained = cloud.nodes.drain_cluster_node(&id, &coming).send().await;
    refused(drained, "ResourceUnavailable", "not running");
}

#[tokio::test]
async fn nodes_that_the_range_has_no_room_for() {
    let cloud = Cloud::new().await;
    let request = cloud
        .new_cluster("172.16.0.0/23")
        .cluster_cidr_settings(|ranges| ranges.max_node_pod_num(128_u64).max_cluster_service_num(128_u64));
    let id = request.send().await.unwrap().cluster_id;
    cloud.pass(60);
    cloud.add_nodes(&id, 3).await;
    let more = cloud.nodes.create_cluster_instances(&id).run_instance_para(machine("S5.MEDIUM4")).send().await;
    refused(more, "InternalError.QuotaMaxNodLimit", "at most 3 nodes");
    let more = cloud.nodes.add_existed_instances(&id).instance_ids(["ins-default1"]).send().await;
    refused(more, "LimitExceeded", "at most 3 nodes");
    assert_eq!(cloud.cluster(&id).await.cluster_node_num, 3);
    let machine = cloud.nodes.describe_existed_instances().instance_ids(["ins-default1"]).send().await.unwrap();
    assert_eq!(machine.existed_instance_set[0].usable, Some(true), "it did not join");
}

#[tokio::test]
async fn scaling_groups() {
    let cloud = Cloud::new().await;
    let id = cloud.running(RANGE).await;
    let group = || AutoScalingGroupPara::default().min_size(0).max_size(3).vpc_id(NETWORK).subnet_ids([SUBNET]);
    let launch = || LaunchConfigurePara::default().instance_type("S5.MEDIUM4");
    let make = |group: AutoScalingGroupPara, launch: LaunchConfigurePara| {
        let request = cloud.scaling.create_cluster_as_group(&id).auto_scaling_group_para(group);
        request.launch_configure_para(launch).send()
    };
    for (group, says) in [
        (group().min_size(4), "0 <= MinSize <= MaxSize <= 200"),
        (group().min_size(-1), "0 <= MinSize"),
        (group().max_size(201), "<= 200"),
        (group().desired_capacity(4), "not between MinSize 0 and MaxSize 3"),
        (group().vpc_id("vpc-second00"), NETWORK),
        (group().subnet_ids(Vec::<String>::new()), "at least one subnet"),
        (group().subnet_ids(["subnet-second01"]), "subnet-second01"),
        (group().auto_scaling_group_name("x".repeat(56)), "1 to 55 bytes"),
        (group().retry_policy("PANIC"), "PANIC"),
    ] {
        refused(make(group, launch()).await, "InvalidParameter.AsCommonError", says);
    }
    let both = launch().instance_types(["S5.LARGE8"]);
    refused(make(group(), both).await, "InvalidParameter.AsCommonError", "exclude each other");
    refused(make(group(), launch().instance_type("X.Y")).await, "InternalError.CvmCommon", "X.Y is not offered");
    let listed = cloud.scaling.describe_cluster_as_groups(&id).send().await.unwrap();
    assert_eq!(listed.total_count, 0, "nothing was made");
    make(group().auto_scaling_group_name("one"), launch()).await.unwrap();
    let twice = make(group().auto_scaling_group_name("one"), launch()).await;
    refused(twice, "InvalidParameter.AsCommonError", "one already");

    let set = |fill: fn(wharf::tke::types::ClusterAsGroupOption) -> _| {
        let request = cloud.scaling.modify_cluster_as_group_option_attribute(&id);
        request.cluster_as_group_option(|option| fill(option.is_scale_down_enabled(true).expander("random"))).send()
    };
    refused(set(|option| option.max_empty_bulk_delete(0)).await, "InternalError.AsCommon", "MaxEmptyBulkDelete");
    refused(set(|option| option.scale_down_delay(-1)).await, "InternalError.AsCommon", "ScaleDownDelay");
    refused(set(|option| option.max_total_unready_percentage(101)).await, "InternalError.AsCommon", "0 to 100");
    let unknown = cloud.scaling.modify_cluster_as_group_option_attribute("cls-none");
    let unknown = unknown.cluster_as_group_option(|option| option.is_scale_down_enabled(true).expander("random"));
    refused(unknown.send().await, "InternalError.ClusterNotFound", "cls-none");
}

#[tokio::test]
async fn pools_charts_and_access_points() {
    let cloud = Cloud::new().await;
    let id = cloud.running(RANGE).await;
    let pool = |name: &str, subnet: &str| {
        let request = cloud.scaling.create_cluster_virtual_node_pool(&id).name(name).subnet_ids([subnet]);
        request.security_group_ids(["sg-default0"]).labels(Vec::<Label>::new()).taints(Vec::<Taint>::new())
    };
    refused(pool(&"x".repeat(61), SUBNET).send().await, "InvalidParameter", "1 to 60 characters");
    refused(pool("burst", "subnet-second01").send().await, "ResourceNotFound", "subnet-second01");
    let frown = pool("burst", SUBNET).taints([Taint::default().key("a").value("b").effect("Frown")]);
    refused(frown.send().await, "InvalidParameter", "NoSchedule, PreferNoSchedule or NoExecute");
    let pools = cloud.scaling.describe_cluster_virtual_node_pools(&id).send().await.unwrap();
    assert_eq!(pools.total_count, 0);

    for path in ["web.tgz", "web-1.0.0.zip", "web-1.0.tgz"] {
        let request = cloud.clusters.upload_helm_chart("registry").cos_path(path).namespace_name("team");
        refused(request.send().await, "InvalidParameter", "nginx-1.2.3.tgz");
    }
    let open = || cloud.clusters.create_cluster_endpoint(&id).is_extranet(false);
    refused(open().send().await, "MissingParameter", "SubnetId");
    refused(open().subnet_id("subnet-second01").send().await, "ResourceNotFound", "subnet-second01");
    let public_only = open().subnet_id(SUBNET).extensive_parameters(serde_json::json!({"InternetAccessible": {}}));
    refused(public_only.send().await, "InvalidParameter.Param", "public access only");
}
