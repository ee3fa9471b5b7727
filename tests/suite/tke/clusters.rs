//! Clusters: how they come, change and go.

use super::{Cloud, NETWORK, RANGE, SUBNET, machine, refused};
use wharf::tke::cluster::types::{
    CidrConflictType, ClusterArch, ClusterStatus, ClusterType, ContainerRuntime, ExistedInstancesForNode,
    RunInstancesForNode, TagSpecification,
};
use wharf::tke::node::types::InstanceRole;
use wharf::tke::scaling::types::{AutoScalingGroupPara, Label, LaunchConfigurePara, Taint};

scenarios![
    a_cluster_is_made_as_asked_and_changed,
    a_cluster_comes_and_goes_and_so_does_its_range,
    deletion_destroys_the_machines_or_keeps_them,
    a_cluster_takes_all_that_is_in_it_along,
    masters_and_workers_are_bought_with_the_cluster,
    machines_that_exist_make_a_cluster,
    pods_take_addresses_of_subnets,
    regions_are_separate,
];

async fn a_cluster_is_made_as_asked_and_changed(cloud: &Cloud) {
    let tags = TagSpecification::default()
        .resource_type("cluster")
        .tags([wharf::tke::cluster::types::Tag::default().key("team").value("blue")]);
    let request = cloud
        .clusters
        .create_cluster()
        .cluster_type("MANAGED_CLUSTER")
        .cluster_cidr_settings(|ranges| {
            ranges.cluster_cidr(RANGE).max_node_pod_num(33_u64).max_cluster_service_num(1000_u64)
        })
        .cluster_basic_settings(|basic| {
            let basic = basic.cluster_name("first").cluster_description("what it is for").vpc_id(NETWORK);
            basic.cluster_version("1.18.4").cluster_os("centos7.2x86_64").project_id(7).tag_specification([tags])
        })
        .cluster_advanced_settings(|advanced| advanced.container_runtime("containerd").ipvs(true));
    let id = request.send().await.unwrap().cluster_id;
    cloud.pass(60);
    let made = cloud.cluster(&id).await;
    assert_eq!((made.cluster_name.as_str(), made.cluster_description.as_str()), ("first", "what it is for"));
    assert_eq!((made.cluster_version.as_str(), made.cluster_os.as_str()), ("1.18.4", "centos7.2x86_64"));
    assert_eq!((made.cluster_type, made.cluster_arch), (ClusterType::ManagedCluster, Some(ClusterArch::X86)));
    assert_eq!((made.container_runtime, made.project_id), (Some(ContainerRuntime::Containerd), 7));
    let tags = made.tag_specification[0].tags.clone().unwrap();
    assert_eq!((tags[0].key.as_deref(), tags[0].value.as_deref()), (Some("team"), Some("blue")));
    let network = made.cluster_network_settings;
    assert_eq!((network.cluster_cidr.as_str(), network.vpc_id.as_deref()), (RANGE, Some(NETWORK)));
    assert_eq!((network.max_node_pod_num, network.max_cluster_service_num), (Some(64), Some(1024)), "powers of two");
    assert_eq!(network.ipvs, Some(true));

    let request = cloud.clusters.modify_cluster_attribute(&id).cluster_name("second").cluster_desc("changed");
    let answer = request.send().await.unwrap();
    assert_eq!((answer.cluster_name.as_deref(), answer.cluster_desc.as_deref()), (Some("second"), Some("changed")));
    let changed = cloud.cluster(&id).await;
    assert_eq!((changed.cluster_name.as_str(), changed.cluster_description.as_str()), ("second", "changed"));
    assert_eq!(changed.cluster_version, "1.18.4", "what is not given stays");
    cloud.clusters.modify_cluster_attribute(&id).cluster_runtime("docker").send().await.unwrap();
    let changed = cloud.cluster(&id).await;
    assert_eq!((changed.container_runtime, changed.cluster_name.as_str()), (Some(ContainerRuntime::Docker), "second"));
}

/// What collides with a range for a cluster, as the check tells.
async fn collision(cloud: &Cloud, range: &str) -> Option<CidrConflictType> {
    let request = cloud.clusters.check_cluster_cidr(NETWORK).cluster_cidr(range).network_type("GR");
    let answer = request.send().await.unwrap();
    assert_eq!(answer.is_conflict, answer.conflict_msg.is_some_and(|message| !message.is_empty()));
    answer.conflict_type.filter(|kind| answer.is_conflict || !kind.as_str().is_empty())
}

async fn a_cluster_comes_and_goes_and_so_does_its_range(cloud: &Cloud) {
    assert_eq!(collision(cloud, "10.200.0.0/20").await, Some(CidrConflictType::CidrConflictWithVpcCidr));
    assert_eq!(collision(cloud, "10.240.1.0/24").await, Some(CidrConflictType::CidrConflictWithVpcGlobalRoute));
    assert_eq!(collision(cloud, RANGE).await, None);
    let id = cloud.new_cluster(RANGE).send().await.unwrap().cluster_id;
    assert_eq!(cloud.status(&id).await, ClusterStatus::Creating);
    assert_eq!(collision(cloud, RANGE).await, Some(CidrConflictType::CidrConflictWithOtherCluster));
    assert_eq!(collision(cloud, "172.17.0.0/16").await, None);
    cloud.pass(59);
    assert_eq!(cloud.status(&id).await, ClusterStatus::Creating);
    cloud.pass(1);
    assert_eq!(cloud.status(&id).await, ClusterStatus::Running);

    let delete = || cloud.clusters.delete_cluster(&id).instance_delete_mode("terminate").send();
    delete().await.unwrap();
    assert_eq!(cloud.status(&id).await, ClusterStatus::Deleting);
    refused(delete().await, "ResourceUnavailable", "being deleted");
    let error = cloud.new_cluster(RANGE).send().await;
    refused(error, "InternalError.CidrConflictWithOtherCluster", &id);
    cloud.pass(30);
    assert!(cloud.find(&id).await.is_none());
    refused(delete().await, "ResourceNotFound", &id);
    assert_eq!(collision(cloud, RANGE).await, None);
    cloud.running(RANGE).await;
}

async fn deletion_destroys_the_machines_or_keeps_them(cloud: &Cloud) {
    for (mode, range) in [("terminate", "172.16.0.0/16"), ("retain", "172.17.0.0/16")] {
        let id = cloud.running(range).await;
        let machines = cloud.add_nodes(&id, 2).await;
        cloud.clusters.delete_cluster(&id).instance_delete_mode(mode).send().await.unwrap();
        cloud.pass(30);
        assert!(cloud.find(&id).await.is_none());
        let left = cloud.existing(&machines).await;
        assert_eq!(left, if mode == "retain" { machines } else { Vec::new() }, "{mode}");
    }
}

async fn a_cluster_takes_all_that_is_in_it_along(cloud: &Cloud) {
    let id = cloud.running(RANGE).await;
    let group = AutoScalingGroupPara::default().min_size(2).max_size(3).vpc_id(NETWORK).subnet_ids([SUBNET]);
    let request = cloud.scaling.create_cluster_as_group(&id).auto_scaling_group_para(group);
    let request = request.launch_configure_para(LaunchConfigurePara::default().instance_type("S5.MEDIUM4"));
    request.send().await.unwrap();
    let request = cloud.scaling.create_cluster_virtual_node_pool(&id).name("burst").subnet_ids([SUBNET]);
    let request = request.security_group_ids(["sg-default0"]).labels(Vec::<Label>::new());
    let pool = request.taints(Vec::<Taint>::new()).send().await.unwrap().node_pool_id;
    cloud.pass(10);
    cloud.nodes.create_cluster_virtual_node(&id, &pool).subnet_id(SUBNET).send().await.unwrap();
    cloud.monitoring.enable_cluster_audit(&id).region_id("1").send().await.unwrap();
    // Some of it is still on its way when the cluster is deleted.
    let machines: Vec<String> = cloud.nodes_of(&id).await.into_iter().map(|node| node.instance_id).collect();
    assert_eq!(machines.len(), 2);
    cloud.clusters.delete_cluster(&id).instance_delete_mode("terminate").send().await.unwrap();
    cloud.pass(3600);
    assert!(cloud.find(&id).await.is_none());
    assert_eq!(cloud.existing(&machines).await, Vec::<String>::new());
    refused(cloud.scaling.describe_cluster_as_groups(&id).send().await, "ResourceNotFound", &id);
    refused(cloud.scaling.describe_cluster_virtual_node_pools(&id).send().await, "ResourceNotFound", &id);
    refused(cloud.nodes.describe_cluster_virtual_node(&id, &pool).send().await, "ResourceNotFound", &id);
    let dashboard = cloud.monitoring.get_dashboard_id(&id).dashboard_type("audit-search").send().await;
    refused(dashboard, "ResourceNotFound", &id);
    refused(cloud.nodes.describe_cluster_instance_ids(&id).send().await, "ResourceNotFound", &id);
    let left = cloud.nodes.describe_existed_instances().send().await.unwrap();
    assert_eq!(left.total_count, 8, "what was there at the start");
}

async fn masters_and_workers_are_bought_with_the_cluster(cloud: &Cloud) {
    let nodes = |role: &str, kind: &str, count: i64| {
        let machines = machine(kind).instance_count(count);
        RunInstancesForNode::default().node_role(role).run_instances_para([machines])
    };
    let request = cloud.clusters.create_cluster().cluster_type("INDEPENDENT_CLUSTER");
    let request = request.cluster_cidr_settings(|ranges| ranges.cluster_cidr(RANGE));
    let request =
        request.run_instances_for_node([nodes("MASTER_ETCD", "S5.LARGE8", 4), nodes("WORKER", "S5.MEDIUM4", 2)]);
    let id = request.send().await.unwrap().cluster_id;
    cloud.pass(60);
    let cluster = cloud.cluster(&id).await;
    assert_eq!(cluster.cluster_type, ClusterType::IndependentCluster);
    assert_eq!((cluster.cluster_master_node_num, cluster.cluster_node_num), (4, 2));
    let request = cloud.nodes.describe_cluster_instance_ids(&id).instance_role("MASTER_ETCD");
    let masters = request.send().await.unwrap().instance_id_set;
    let request = cloud.nodes.delete_cluster_instances(&id).instance_ids(masters);
    let answer = request.instance_delete_mode("terminate").send().await.unwrap();
    assert_eq!((answer.succ_instance_ids.len(), answer.failed_instance_ids.len()), (1, 3), "three masters stay");
    cloud.pass(10);
    let roles: Vec<_> = cloud.nodes_of(&id).await.into_iter().map(|node| node.instance_role).collect();
    assert_eq!(roles.iter().filter(|role| **role == InstanceRole::MasterEtcd).count(), 3);
    assert_eq!(cloud.cluster(&id).await.cluster_master_node_num, 3);
}

async fn machines_that_exist_make_a_cluster(cloud: &Cloud) {
    let machines = ["ins-default1", "ins-default2", "ins-default3"];
    let masters = ExistedInstancesForNode::default()
        .node_role("MASTER_ETCD")
        .existed_instances_para(|para| para.instance_ids(machines));
    let create = |range: &str| {
        let request = cloud.clusters.create_cluster().cluster_type("INDEPENDENT_CLUSTER");
        let request = request.cluster_cidr_settings(|ranges| ranges.cluster_cidr(range));
        request.existed_instances_for_node([masters.clone()]).send()
    };
    let id = create(RANGE).await.unwrap().cluster_id;
    cloud.pass(60);
    let nodes: Vec<String> = cloud.nodes_of(&id).await.into_iter().map(|node| node.instance_id).collect();
    assert_eq!(nodes, machines);
    let network = cloud.cluster(&id).await.cluster_network_settings.vpc_id;
    assert_eq!(network.as_deref(), Some(NETWORK), "the machines tell the network");
    let listed = cloud.nodes.describe_existed_instances().instance_ids(machines).send().await.unwrap();
    for machine in listed.existed_instance_set {
        assert_eq!((machine.usable, machine.already_in_cluster.as_deref()), (Some(false), Some(id.as_str())));
    }
    refused(create("172.17.0.0/16").await, "InternalError.CvmCommon", "machine ins-default1 cannot join");
}

async fn pods_take_addresses_of_subnets(cloud: &Cloud) {
    let request = cloud.clusters.create_cluster().cluster_type("MANAGED_CLUSTER");
    let request = request
        .cluster_cidr_settings(|ranges| ranges.service_cidr("172.30.0.0/20").eni_subnet_ids([SUBNET]))
        .cluster_basic_settings(|basic| basic.vpc_id(NETWORK))
        .cluster_advanced_settings(|advanced| advanced.network_type("VPC-CNI"));
    let id = request.send().await.unwrap().cluster_id;
    cloud.pass(60);
    let cluster = cloud.cluster(&id).await;
    assert_eq!(cluster.cluster_network_settings.subnet_ids, [SUBNET]);
    assert_eq!(cluster.property.unwrap().parse().unwrap()["NetworkType"], "VPC-CNI");
    let add = |cluster: &str, subnets: [&'static str; 2]| {
        cloud.clusters.add_vpc_cni_subnets(cluster, NETWORK).subnet_ids(subnets).send()
    };
    add(&id, [SUBNET, "subnet-default2"]).await.unwrap();
    let subnets = cloud.cluster(&id).await.cluster_network_settings.subnet_ids;
    assert_eq!(subnets, [SUBNET, "subnet-default2"], "none twice");
    refused(add(&id, [SUBNET, "subnet-second01"]).await, "ResourceNotFound", "subnet-second01");
    cloud.add_nodes(&id, 1).await;
    let pods = cloud.items(&id, "/api/v1/pods").await;
    assert!(!pods.is_empty());
    for pod in &pods {
        assert!(pod["status"]["podIP"].as_str().unwrap().starts_with("10.200."), "{pod}");
    }
    let other = cloud.running(RANGE).await;
    refused(add(&other, [SUBNET, "subnet-default2"]).await, "InvalidParameter", "VPC-CNI");
    assert_eq!(cloud.cluster(&other).await.cluster_network_settings.subnet_ids, Vec::<String>::new());
    assert_eq!(
        cloud.cluster(&id).await.cluster_network_settings.subnet_ids.len(),
        2,
        "what is refused changes nothing"
    );
}

async fn regions_are_separate(cloud: &Cloud) {
    let id = cloud.running(RANGE).await;
    let there = cloud.clusters.describe_clusters().with_region("ap-beijing").send().await.unwrap();
    assert_eq!((there.total_count, there.clusters.len()), (0, 0));
    let request = cloud.clusters.delete_cluster(&id).instance_delete_mode("terminate");
    refused(request.with_region("ap-beijing").send().await, "ResourceNotFound", &id);
    assert_eq!(cloud.status(&id).await, ClusterStatus::Running);
}
