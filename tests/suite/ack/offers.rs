//! What is offered, and how much of it.

use super::{Cloud, invalid, refusal};
use wharf::ErrorKind;

scenarios! { versions_are_offered, quotas_are_told_and_kept }

async fn versions_are_offered(cloud: &Cloud) {
    let request = || cloud.clusters.describe_kubernetes_version_metadata().cluster_type("Kubernetes");
    let here = || request().region(cloud.server.region());
    let versions = here().send().await.unwrap().data;
    assert!(versions.len() > 1);
    for version in &versions {
        assert!(!version.images.is_empty() && !version.runtimes.is_empty(), "{version:?}");
        assert_eq!(version.multi_az, Some(false));
        assert!(version.metadata.as_ref().unwrap().docker_version.is_some());
    }
    let wanted = versions[1].version.as_str();
    let one = here().kubernetes_version(wanted).multi_az(true).profile("Default").send().await.unwrap().data;
    assert_eq!((one.len(), one[0].version.as_str(), one[0].multi_az), (1, wanted, Some(true)));
    assert_eq!(refusal(request().region("nowhere").send().await), invalid());
    // What is offered can be had.
    for (at, version) in versions.iter().enumerate() {
        cloud.order(&format!("v-{at}")).kubernetes_version(&version.version).num_of_nodes(0).send().await.unwrap();
    }
}

async fn quotas_are_told_and_kept(cloud: &Cloud) {
    let quota = cloud.clusters.describe_user_quota().send().await.unwrap();
    let (clusters, pools) = (quota.cluster_quota.unwrap(), quota.cluster_nodepool_quota.unwrap());
    assert!(clusters > 0 && pools > 0 && quota.node_quota.unwrap() > 0 && quota.amk_cluster_quota.is_some());
    let id = cloud.running("first").await;
    // The first pool came with the cluster.
    for at in 1..pools {
        cloud.order_pool(&id, &format!("pool-{at}")).count(0).send().await.unwrap();
    }
    let refused = refusal(cloud.order_pool(&id, "one-more").count(0).send().await);
    assert_eq!(refused, (ErrorKind::Quota, Some(400), "QuotaExceeded.NodePool".to_owned()));
    let managed = |name: &str| cloud.order(name).cluster_type("ManagedKubernetes").num_of_nodes(0);
    for at in 1..clusters {
        managed(&format!("c-{at}")).send().await.unwrap();
    }
    let refused = refusal(managed("one-more").send().await);
    assert_eq!(refused, (ErrorKind::Quota, Some(400), "QuotaExceeded.Cluster".to_owned()));
}
