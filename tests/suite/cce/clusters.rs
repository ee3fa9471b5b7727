//! Clusters: their life, and what can be asked of them.

use super::{Cloud, conflict, not_found, refusal};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use wharf::cce::types::{CertContextName, ClusterEndpointType, ClusterPhase, JobPhase};

scenarios! {
    from_order_to_end,
    a_new_description_is_seen,
    a_cluster_sleeps_and_wakes,
    the_certificate_leads_to_the_cluster,
    details_are_annotations,
}

async fn from_order_to_end(cloud: &Cloud) {
    let clusters = &cloud.clusters;
    let used = async || clusters.show_quotas().send().await.unwrap().quotas[0].used;
    let listed = async || clusters.list_clusters().send().await.unwrap().items;
    assert_eq!((used().await, listed().await.len()), (0, 0));

    let order = cloud.order("first").metadata(|cluster| cluster.labels([("team", "容器")]));
    let created = order.send().await.unwrap();
    let id = created.metadata.uid.clone().unwrap();
    assert_eq!(created.status.phase, ClusterPhase::Creating);
    let told = Arc::new(Mutex::new(Vec::new()));
    let seen = told.clone();
    let job = cloud.cce.job(created.job_id().unwrap());
    let job = job.wait().on_progress(move |progress| seen.lock().unwrap().push(progress.to_string())).await.unwrap();
    assert_eq!((job.status.phase, job.spec.cluster_uid), (JobPhase::Success, Some(id.clone())));
    assert_eq!(job.spec.sub_jobs.len(), 2);
    let told = told.lock().unwrap().clone();
    assert!(told.first().unwrap().starts_with("Initializing, 0 of 2 parts done"), "{told:?}");
    assert!(told.contains(&"Running, 1 of 2 parts done, now InstallMaster".to_owned()), "{told:?}");
    assert_eq!(told.last().unwrap(), "Success, 2 of 2 parts done");

    let there = cloud.cluster(&id).await;
    assert_eq!(there.status.phase, ClusterPhase::Available);
    assert_eq!(there.metadata.labels.unwrap()["team"], "容器");
    let network = there.spec.host_network.unwrap();
    assert_eq!((network.vpc.as_deref(), network.subnet.as_deref()), (Some(super::NETWORK), Some(super::SUBNET)));
    assert_eq!(listed().await[0].metadata.uid, Some(id.clone()));
    assert_eq!(used().await, 1);

    let deleted = clusters.delete_cluster(&id).send().await.unwrap();
    assert_eq!(deleted.status.phase, ClusterPhase::Deleting);
    assert_eq!(refusal(clusters.delete_cluster(&id).send().await), conflict());
    cloud.done(deleted.job_id()).await;
    assert_eq!(refusal(clusters.get_cluster(&id).send().await), not_found());
    assert_eq!((used().await, listed().await.len()), (0, 0));
}

async fn a_new_description_is_seen(cloud: &Cloud) {
    let id = cloud.available("described").await;
    cloud.pass(60);
    let updated = cloud.clusters.update_cluster(&id).spec(|spec| spec.description("für 测试")).send().await.unwrap();
    let there = cloud.cluster(&id).await;
    assert_eq!(there.spec.description.as_deref(), Some("für 测试"));
    assert_eq!(there.metadata, updated.metadata);
    let time = |time: Option<wharf::Timestamp>| time.unwrap().parse().unwrap();
    let (created, updated) = (time(there.metadata.creation_timestamp), time(there.metadata.update_timestamp));
    assert!(updated.duration_since(created).unwrap() >= Duration::from_secs(60));
}

async fn a_cluster_sleeps_and_wakes(cloud: &Cloud) {
    let (clusters, id) = (&cloud.clusters, cloud.available("sleeper").await);
    clusters.hibernate_cluster(&id).send().await.unwrap();
    assert_eq!(cloud.cluster(&id).await.status.phase, ClusterPhase::Hibernating);
    let asleep = clusters.wait_until_hibernated(&id).await.unwrap();
    assert_eq!(asleep.status.phase, ClusterPhase::Hibernation);
    assert_eq!(refusal(cloud.order_nodes(&id, "node", 1).send().await), conflict());
    assert_eq!(refusal(clusters.hibernate_cluster(&id).send().await), conflict());

    clusters.awake_cluster(&id).send().await.unwrap();
    assert_eq!(cloud.cluster(&id).await.status.phase, ClusterPhase::Awaking);
    clusters.wait_until_available(&id).await.unwrap();
    cloud.add_nodes(&id, 1).await;
}

async fn the_certificate_leads_to_the_cluster(cloud: &Cloud) {
    let order =
        cloud.order("reached").spec(|spec| spec.extend_param(|extra| extra.cluster_external_ip("198.51.100.7")));
    let id = order.send().await.unwrap().metadata.uid.unwrap();
    assert_eq!(refusal(cloud.clusters.get_cluster_cert(&id).send().await), conflict());
    cloud.clusters.wait_until_available(&id).await.unwrap();

    let certificate = cloud.clusters.get_cluster_cert(&id).send().await.unwrap();
    assert_eq!(certificate.current_context, CertContextName::External);
    let endpoints = cloud.cluster(&id).await.status.endpoints;
    assert_eq!(endpoints.len(), 2);
    for endpoint in endpoints {
        let context = match endpoint.r#type {
            ClusterEndpointType::External => CertContextName::External,
            _ => CertContextName::Internal,
        };
        let context = certificate.contexts.iter().find(|entry| entry.name == context).unwrap();
        let cluster = certificate.clusters.iter().find(|entry| entry.name == context.context.cluster).unwrap();
        assert_eq!(cluster.cluster.server, endpoint.url);
    }
    assert_eq!(certificate.users[0].name, certificate.contexts[0].context.user);
}

async fn details_are_annotations(cloud: &Cloud) {
    let id = cloud.available("counted").await;
    assert_eq!(cloud.cluster(&id).await.metadata.annotations, None);
    cloud.add_nodes(&id, 2).await;
    let detailed = cloud.clusters.get_cluster(&id).detail("true").send().await.unwrap();
    assert_eq!(detailed.metadata.annotations.unwrap()["totalNodesNumber"], "2");
}
