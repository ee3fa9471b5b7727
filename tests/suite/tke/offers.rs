//! What is offered, and what the licence counts.

use super::{Cloud, NETWORK, RANGE, machine, refused};
use wharf::tke::cluster::types::OsCustomizeType;

scenarios![
    offered_versions_make_clusters,
    offered_images_make_clusters,
    offered_regions_are_served,
    the_quota_is_the_one_that_holds,
    licences_follow_the_nodes,
];

async fn offered_versions_make_clusters(cloud: &Cloud) {
    let answer = cloud.clusters.describe_versions().send().await.unwrap();
    let versions: Vec<String> = answer.version_instance_set.into_iter().filter_map(|offered| offered.version).collect();
    assert_eq!(answer.total_count, Some(versions.len() as u64));
    assert!(versions.len() > 1);
    for (number, version) in versions.iter().enumerate() {
        let request = cloud.new_cluster(&format!("172.{}.0.0/16", 16 + number));
        let request = request.cluster_basic_settings(|basic| basic.cluster_version(version));
        let id = request.send().await.unwrap().cluster_id;
        assert_eq!(cloud.cluster(&id).await.cluster_version, *version);
    }
    let request = cloud.new_cluster("172.30.0.0/16").cluster_basic_settings(|basic| basic.cluster_version("1.99.0"));
    refused(request.send().await, "InvalidParameter", &versions[0]);
}

async fn offered_images_make_clusters(cloud: &Cloud) {
    let answer = cloud.clusters.describe_images().send().await.unwrap();
    assert_eq!(answer.total_count, Some(answer.image_instance_set.len() as u64));
    assert!(answer.image_instance_set.iter().any(|image| image.os_customize_type != Some(OsCustomizeType::General)));
    for (number, image) in answer.image_instance_set.into_iter().enumerate() {
        let request = cloud.new_cluster(&format!("172.{}.0.0/16", 16 + number));
        let request = request.cluster_arch(image.arch.unwrap());
        let os = image.os_name.unwrap();
        let request = request.cluster_basic_settings(|basic| basic.cluster_os(os.as_str()));
        let id = request.send().await.unwrap().cluster_id;
        let cluster = cloud.cluster(&id).await;
        assert_eq!((cluster.image_id, cluster.cluster_os.as_str()), (image.image_id, os.as_str()));
        assert_eq!(cluster.os_customize_type, image.os_customize_type);
    }
}

async fn offered_regions_are_served(cloud: &Cloud) {
    let answer = cloud.clusters.describe_regions().send().await.unwrap();
    assert_eq!(answer.total_count, Some(answer.region_instance_set.len() as u64));
    assert!(answer.region_instance_set.iter().any(|region| region.region_name.as_deref() == Some("ap-guangzhou")));
    for region in answer.region_instance_set {
        let request = cloud.clusters.describe_clusters().with_region(region.region_name.unwrap());
        assert_eq!(request.send().await.unwrap().total_count, 0);
    }
    let nowhere = cloud.clusters.describe_clusters().with_region("the-moon").send().await;
    assert_eq!(nowhere.unwrap_err().code(), Some("UnsupportedRegion"));
}

async fn the_quota_is_the_one_that_holds(cloud: &Cloud) {
    let quota = cloud.clusters.describe_quota().send().await.unwrap();
    assert_eq!((quota.max_clusters_num, quota.max_nodes_num), (20, 5000));
    let range = |number: u64| format!("172.16.{}.0/20", number * 16).replace("172.16.256", "172.17.0");
    for number in 0..quota.max_clusters_num {
        let range = if number < 16 { range(number) } else { format!("172.17.{}.0/20", (number - 16) * 16) };
        cloud.new_cluster(&range).send().await.unwrap();
    }
    refused(cloud.new_cluster("172.18.0.0/16").send().await, "InternalError.QuotaMaxClsLimit", "at most 20 clusters");
    let listed = cloud.clusters.describe_clusters().send().await.unwrap();
    assert_eq!(listed.total_count, 20);

    cloud.server.with_world(|world| world.quotas.tke.nodes = 2);
    cloud.pass(60);
    assert_eq!(cloud.clusters.describe_quota().send().await.unwrap().max_nodes_num, 2);
    let id = &listed.clusters[0].cluster_id;
    let three = machine("S5.MEDIUM4").instance_count(3);
    let request = cloud.nodes.create_cluster_instances(id).run_instance_para(three.clone());
    refused(request.send().await, "InternalError.QuotaMaxNodLimit", "at most 2 nodes");
    let request = cloud.nodes.add_cluster_instances(id).cvm_run_instances(three);
    refused(request.send().await, "LimitExceeded", "at most 2 nodes");
    assert_eq!(cloud.add_nodes(id, 2).await.len(), 2);
}

/// Cores in use, and whether the licence covers them.
async fn usage(cloud: &Cloud) -> (String, String) {
    let cores = cloud.clusters.collect_all_core().send().await.unwrap();
    assert_eq!((cores.product_name.as_deref(), cores.data.len()), (Some("TKE"), 1));
    let pass = cloud.clusters.query_overage().send().await.unwrap().pass;
    (cores.data[0].usage_value.clone(), pass)
}

async fn licences_follow_the_nodes(cloud: &Cloud) {
    let of = |cores: &str, pass: &str| (cores.to_owned(), pass.to_owned());
    cloud.server.with_world(|world| world.quotas.tke.licensed_cores = 5);
    assert_eq!(usage(cloud).await, of("0", "true"));
    let id = cloud.running(RANGE).await;
    let nodes = cloud.add_nodes(&id, 2).await;
    assert_eq!(usage(cloud).await, of("4", "true"));
    cloud.nodes.add_existed_instances(&id).instance_ids(["ins-default1"]).send().await.unwrap();
    cloud.pass(30);
    assert_eq!(usage(cloud).await, of("8", "false"), "four cores more");
    cloud.nodes.delete_cluster_instances(&id).instance_ids(nodes).send().await.unwrap();
    cloud.pass(10);
    assert_eq!(usage(cloud).await, of("4", "true"));
    let other = cloud.running("172.17.0.0/16").await;
    cloud.add_nodes(&other, 1).await;
    assert_eq!(usage(cloud).await, of("6", "false"), "all clusters together");
    cloud.clusters.delete_cluster(&id).instance_delete_mode("retain").send().await.unwrap();
    cloud.pass(30);
    assert_eq!(usage(cloud).await, of("2", "true"));
    assert_eq!(cloud.cluster(&other).await.cluster_network_settings.vpc_id.as_deref(), Some(NETWORK));
}
