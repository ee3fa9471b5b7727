//! Clusters: made, found, changed, tagged, reached, deleted.

use super::{Cloud, ELSEWHERE, NETWORK, SERVERS, SWITCHES, invalid, not_found, not_now, refusal, time};
use serde_json::Value;
use wharf::ErrorKind;
use wharf::ack::cluster::operations::DescribeClustersV1;
use wharf::ack::types::{Addon, ClusterState, ClusterType, InstanceRole, ResourceState, Tag, Taint};

scenarios! {
    a_cluster_lives,
    a_cluster_is_made_of_what_was_asked_for,
    lists_are_filtered,
    settings_change,
    tags_are_replaced,
    a_cluster_is_reached,
    a_cluster_tells_what_it_is_made_of,
    what_is_to_stay_stays,
}

async fn a_cluster_lives(cloud: &Cloud) {
    let created = cloud.order("web").tags([("team", "容器")]).send().await.unwrap();
    assert!(created.task_id.is_some() && created.request_id.is_some(), "{created:?}");
    let id = created.cluster_id;
    let young = cloud.cluster(&id).await;
    assert_eq!((young.cluster_id.as_str(), young.name.as_str()), (id.as_str(), "web"));
    assert_eq!((young.state, young.size), (ClusterState::Initial, Some(5)));
    cloud.clusters.wait_until_running(&id).await.unwrap();
    let cluster = cloud.cluster(&id).await;
    assert_eq!(cluster.state, ClusterState::Running);
    assert_eq!((cluster.vpc_id.as_deref(), cluster.region_id.as_deref()), (Some(NETWORK), Some(cloud.server.region())));
    assert_eq!(cluster.tags, [Tag::from(("team", "容器"))]);
    assert_eq!(cluster.cluster_type, Some(ClusterType::Kubernetes));
    assert_eq!(cluster.current_version, cluster.init_version);
    assert!(time(cluster.created) <= time(cluster.updated));
    let meta: Value = cluster.metadata.unwrap().parse().unwrap();
    assert!(meta["Addons"].as_array().is_some_and(|addons| !addons.is_empty()), "{meta}");
    let listed = cloud.clusters.describe_clusters_v1().send().await.unwrap();
    assert_eq!((listed.clusters.len(), listed.page_info.total_count), (1, 1));
    assert_eq!((&listed.clusters[0].cluster_id, &listed.clusters[0].state), (&id, &ClusterState::Running));
    let roles = cloud.list_nodes(&id).await.into_iter().map(|node| node.instance_role.unwrap());
    assert_eq!(roles.filter(|role| *role == InstanceRole::Master).count(), 3);

    let deleted = cloud.clusters.delete_cluster(&id).send().await.unwrap();
    assert_eq!(deleted.cluster_id.as_deref(), Some(id.as_str()));
    assert_eq!(cloud.cluster(&id).await.state, ClusterState::Deleting);
    assert_eq!(refusal(cloud.clusters.delete_cluster(&id).send().await), not_now());
    cloud.clusters.wait_until_deleted(&id).await.unwrap();
    assert_eq!(refusal(cloud.clusters.describe_cluster_detail(&id).send().await), not_found());
    assert_eq!(cloud.clusters.describe_clusters_v1().send().await.unwrap().page_info.total_count, 0);
}

async fn a_cluster_is_made_of_what_was_asked_for(cloud: &Cloud) {
    let order = cloud
        .order("asked-for")
        .kubernetes_version("1.18.8-aliyun.1")
        .endpoint_public_access(true)
        .deletion_protection(true)
        .node_cidr_mask("25")
        .proxy_mode("iptables")
        .addons([
            Addon::default().name("flannel"),
            Addon::default().name("logtail-ds").config(serde_json::json!({"IngressDashboardEnabled": "true"})),
            Addon::default().name("nginx-ingress-controller").disabled(true),
        ])
        .login_password("Hello1234")
        .taints([Taint::no_schedule("dedicated", "web")])
        .runtime(|runtime| runtime.name("containerd"))
        .container_cidr("172.20.0.0/16")
        .pod_vswitch_ids(Vec::<String>::new())
        .service_cidr("172.21.0.0/20")
        .resource_group_id("rg-own")
        .worker_system_disk_category("cloud_efficiency")
        .worker_system_disk_size(100)
        .worker_vswitch_ids([SWITCHES[0], SWITCHES[1]])
        .instances([SERVERS[0]]);
    let id = order.send().await.unwrap().cluster_id;
    cloud.clusters.wait_until_running(&id).await.unwrap();
    let cluster = cloud.cluster(&id).await;
    assert_eq!(cluster.current_version.as_deref(), Some("1.18.8-aliyun.1"));
    assert_eq!((cluster.deletion_protection, cluster.size), (Some(true), Some(3 + 2 + 1)));
    assert_eq!(cluster.subnet_cidr.as_deref(), Some("172.20.0.0/16"));
    assert_eq!(cluster.resource_group_id.as_deref(), Some("rg-own"));
    let urls: Value = cluster.master_url.unwrap().parse().unwrap();
    assert!(urls["api_server_endpoint"].as_str().unwrap().starts_with("https://"), "{urls}");

    let workers = cloud.workers(&id).await;
    assert_eq!(workers.len(), 3);
    assert!(workers.iter().any(|node| node.instance_id == SERVERS[0]), "the server that was there");
    let pools = cloud.pools.describe_cluster_node_pools(&id).send().await.unwrap().nodepools;
    assert_eq!((pools.len(), pools[0].nodepool_info.is_default), (1, Some(true)));
    let group = pools[0].scaling_group.as_ref().unwrap();
    assert_eq!((group.system_disk_size, &group.system_disk_category), (Some(100), &Some("cloud_efficiency".into())));
    assert_eq!(group.vswitch_ids, [SWITCHES[0], SWITCHES[1]]);
    let config = pools[0].kubernetes_config.as_ref().unwrap();
    assert_eq!(config.taints.as_deref(), Some(&[Taint::no_schedule("dedicated", "web")][..]));

    cloud.pass(60);
    let addons = cloud.clusters.describe_cluster_addons_version(&id).send().await.unwrap().addons;
    let exists = |name: &str| addons[name].exist.unwrap();
    assert!(exists("logtail-ds") && exists("coredns") && !exists("nginx-ingress-controller"));
    assert!(addons["logtail-ds"].value.as_ref().unwrap().expose().contains("IngressDashboardEnabled"));

    for (wrong, what) in [
        (cloud.order("asked-for"), "a name that is taken"),
        (cloud.order("-dash"), "a name that cannot be"),
        (cloud.order("net").vpc_id("vpc-none"), "a network that is not there"),
        (cloud.order("switch").worker_vswitch_ids(["vsw-none"]), "a switch that is not there"),
        (cloud.order("type").worker_instance_types(["ecs.none"]), "a server type that is not offered"),
        (cloud.order("password").login_password("short"), "a password that cannot be"),
        (cloud.order("version").kubernetes_version("0.1"), "a version that is not offered"),
        (cloud.order("server").instances([ELSEWHERE]), "a server of another network"),
        (cloud.order("region").region_id("cn-hangzhou-elsewhere"), "another region"),
    ] {
        let error = wrong.send().await.expect_err(what);
        assert_eq!(error.status(), Some(400), "{what}: {error}");
        assert!(matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Conflict), "{what}: {error}");
    }
    let taken = refusal(cloud.order("asked-for").send().await);
    assert_eq!(taken, (ErrorKind::Conflict, Some(400), "ErrorClusterNameAlreadyExist".to_owned()));
    assert_eq!(cloud.clusters.describe_clusters_v1().send().await.unwrap().page_info.total_count, 1, "none was made");
}

async fn lists_are_filtered(cloud: &Cloud) {
    for (name, kind) in [("one", "Kubernetes"), ("two", "ManagedKubernetes"), ("three", "ManagedKubernetes")] {
        cloud.order(name).cluster_type(kind).num_of_nodes(0).send().await.unwrap();
    }
    let names = async |request: wharf::ack::cluster::Request<DescribeClustersV1>| {
        let found = request.items().collect_all().await.unwrap();
        let mut names: Vec<String> = found.into_iter().map(|cluster| cluster.name).collect();
        names.sort();
        names
    };
    let list = || cloud.clusters.describe_clusters_v1();
    assert_eq!(names(list()).await, ["one", "three", "two"]);
    assert_eq!(names(list().name("two")).await, ["two"]);
    assert_eq!(names(list().cluster_type(ClusterType::ManagedKubernetes)).await, ["three", "two"]);
    assert_eq!(names(list().cluster_type("Kubernetes").name("two")).await, Vec::<String>::new());
}

async fn settings_change(cloud: &Cloud) {
    let id = cloud.order("settings").send().await.unwrap().cluster_id;
    assert_eq!(refusal(cloud.clusters.modify_cluster(&id).deletion_protection(true).send().await), not_now());
    cloud.clusters.wait_until_running(&id).await.unwrap();
    let change = cloud.clusters.modify_cluster(&id).deletion_protection(true).resource_group_id("rg-other");
    let change = change.api_server_eip(true).api_server_eip_id("eip-2zewharf000000000001");
    let change = change.ingress_loadbalancer_id("lb-2zewharf0000000000001");
    let changed = change.send().await.unwrap();
    assert_eq!(changed.cluster_id.as_deref(), Some(id.as_str()));
    let cluster = cloud.cluster(&id).await;
    assert_eq!(cluster.deletion_protection, Some(true));
    assert_eq!(cluster.resource_group_id.as_deref(), Some("rg-other"));
    assert_eq!(cluster.external_loadbalancer_id.as_deref(), Some("lb-2zewharf0000000000001"));
    let resources = cloud.clusters.describe_cluster_resources(&id).send().await.unwrap().resources;
    assert!(resources.iter().any(|resource| resource.instance_id.as_deref() == Some("eip-2zewharf000000000001")));
    assert_eq!(refusal(cloud.clusters.delete_cluster(&id).send().await), not_now(), "it is protected");
    // What is not said stays.
    cloud.clusters.modify_cluster(&id).deletion_protection(false).send().await.unwrap();
    assert_eq!(cloud.cluster(&id).await.resource_group_id.as_deref(), Some("rg-other"));
    cloud.clusters.delete_cluster(&id).send().await.unwrap();
}

async fn tags_are_replaced(cloud: &Cloud) {
    let id = cloud.order("tags").tags([("old", "1")]).send().await.unwrap().cluster_id;
    cloud.clusters.modify_cluster_tags(&id).body([("a", "b c"), ("团队", "")]).send().await.unwrap();
    assert_eq!(cloud.cluster(&id).await.tags, [Tag::from(("a", "b c")), Tag::from(("团队", ""))]);
    cloud.clusters.modify_cluster_tags(&id).body(Vec::<Tag>::new()).send().await.unwrap();
    assert_eq!(cloud.cluster(&id).await.tags, []);
    for wrong in [("acs:x", ""), ("aliyun", ""), ("https://x", "")] {
        let refused = cloud.clusters.modify_cluster_tags(&id).body([wrong]).send().await;
        assert_eq!(refusal(refused), invalid(), "{wrong:?}");
    }
    let nowhere = cloud.clusters.modify_cluster_tags("c-none").body([("a", "b")]).send().await;
    assert_eq!(refusal(nowhere), not_found());
}

async fn a_cluster_is_reached(cloud: &Cloud) {
    let id = cloud.order("reached").endpoint_public_access(true).send().await.unwrap().cluster_id;
    let (clusters, config) = (&cloud.clusters, || cloud.clusters.describe_cluster_user_kubeconfig(&id));
    assert_eq!(refusal(config().send().await), not_now(), "before it runs");
    clusters.wait_until_running(&id).await.unwrap();
    let (outer, inner) = (config().send().await.unwrap(), config().private_ip_address(true).send().await.unwrap());
    for answer in [&outer, &inner] {
        assert!(answer.config.expose().contains("apiVersion: v1"), "is a kubeconfig");
        assert!(answer.expiration.is_some());
    }
    assert!(inner.config.expose().contains("https://192.168.") && !outer.config.expose().contains("https://192.168."));
    let short = config().temporary_duration_minutes(15).send().await.unwrap();
    assert_ne!(short.config.expose(), outer.config.expose(), "credentials of their own");
    assert!(time(short.expiration) < time(outer.expiration), "they end before the lasting ones");

    let namespaces = clusters.describe_cluster_namespaces(&id).send().await.unwrap().namespaces;
    for due in ["default", "kube-system", "kube-public"] {
        assert!(namespaces.iter().any(|name| name == due), "{namespaces:?}");
    }
    let agent = clusters.describe_external_agent(&id).private_ip_address("true").send().await.unwrap();
    assert!(agent.config.expose().contains("kind: Deployment"), "is a deployment");
    assert!(agent.config.expose().contains(&id), "of this cluster");
    assert_eq!(refusal(clusters.describe_cluster_namespaces("c-none").send().await), not_found());
    assert_eq!(refusal(clusters.describe_external_agent("c-none").send().await), not_found());
    assert_eq!(refusal(clusters.describe_cluster_user_kubeconfig("c-none").send().await), not_found());
}

async fn a_cluster_tells_what_it_is_made_of(cloud: &Cloud) {
    let id = cloud.order("made").send().await.unwrap().cluster_id;
    let resources = async || cloud.clusters.describe_cluster_resources(&id).send().await.unwrap().resources;
    assert!(resources().await.iter().all(|resource| resource.state == Some(ResourceState::CreateInProgress)));
    let log = async || cloud.logs.describe_cluster_logs(&id).send().await.unwrap().data;
    let before = log().await;
    assert!(!before.is_empty());
    cloud.clusters.wait_until_running(&id).await.unwrap();
    let made = resources().await;
    assert!(made.iter().all(|resource| resource.state == Some(ResourceState::CreateComplete)));
    let of = |kind: &str| made.iter().filter(|one| one.resource_type.as_deref() == Some(kind)).count();
    assert_eq!((of("ALIYUN::ECS::Instance"), of("ALIYUN::ECS::VPC")), (5, 1));
    let network = made.iter().find(|one| one.instance_id.as_deref() == Some(NETWORK)).unwrap();
    assert_eq!((network.auto_create, network.cluster_id.as_deref()), (Some(0), Some(id.as_str())), "was there before");
    let info: Value = network.resource_info.as_ref().unwrap().parse().unwrap();
    assert_eq!(info["PhysicalId"], NETWORK);
    let after = log().await;
    assert!(after.len() > before.len());
    assert!(after.iter().all(|line| line.cluster_id.as_deref() == Some(&id) && line.log_level.is_some()));
    assert!(after.iter().any(|line| line.cluster_log.as_deref().unwrap().contains("CREATE_COMPLETE")), "{after:?}");
    assert_eq!(refusal(cloud.clusters.describe_cluster_resources("c-none").send().await), not_found());
    assert_eq!(refusal(cloud.logs.describe_cluster_logs("c-none").send().await), not_found());
}

async fn what_is_to_stay_stays(cloud: &Cloud) {
    let attach = async |name: &str, server: &str| {
        let order = cloud.order(name).instances([server]);
        let id = order.send().await.unwrap().cluster_id;
        cloud.clusters.wait_until_running(&id).await.unwrap();
        id
    };
    let (first, second) = (attach("first", SERVERS[0]).await, attach("second", SERVERS[1]).await);
    let delete = cloud.clusters.delete_cluster(&first).retain_resources([SERVERS[0], "sg-1"]).keep_slb(true);
    delete.send().await.unwrap();
    cloud.clusters.delete_cluster(&second).retain_all_resources(true).send().await.unwrap();
    for id in [&first, &second] {
        cloud.clusters.wait_until_deleted(id).await.unwrap();
    }
    // Both servers can be had for a new cluster.
    let third = cloud.order("third").instances([SERVERS[0], SERVERS[1]]).send().await.unwrap().cluster_id;
    cloud.clusters.wait_until_running(&third).await.unwrap();
    let ids: Vec<String> = cloud.workers(&third).await.into_iter().map(|node| node.instance_id).collect();
    assert!(ids.iter().any(|id| id == SERVERS[0]) && ids.iter().any(|id| id == SERVERS[1]), "{ids:?}");
}
