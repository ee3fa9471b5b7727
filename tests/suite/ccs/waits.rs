//! Each waiter when it takes too long, and when the service fails for a moment meanwhile.

use super::{Cloud, RANGE, WAYS};
use std::fmt::Debug;
use std::time::Duration;
use wharf::wait::Waiter;
use wharf::{Error, ErrorKind};
use wharf_server::Fault;

async fn gives_up<T, S>(waiter: Waiter<T, S>) -> Error
where
    Waiter<T, S>: IntoFuture<Output = Result<T, Error>>,
    T: Debug + 'static,
    S: 'static,
{
    waiter.timeout(Duration::from_secs(2)).poll_interval(Duration::from_secs(1)).await.unwrap_err()
}

#[tokio::test]
async fn waiters_give_up_and_say_how_far_it_had_come() {
    let cloud = Cloud::new(WAYS[0]).await;
    let created = cloud.order("slow", RANGE).send().await.unwrap();
    let id = &created.cluster_id;
    for (error, says) in [
        (gives_up(cloud.ccs.task(created.task_id()).wait()).await, "running"),
        (gives_up(cloud.clusters.wait_until_running(id)).await, "Creating"),
        (gives_up(cloud.clusters.wait_until_deleted(id)).await, "Creating"),
    ] {
        assert_eq!(error.kind(), ErrorKind::TimedOut, "{error}");
        assert!(error.message().contains(says), "{error} does not say {says}");
    }
    let error = gives_up(cloud.nodes.wait_until_nodes_normal(id, ["ins-none"])).await;
    assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
    assert!(error.message().contains("ins-none: not listed"), "{error}");
    cloud.clusters.wait_until_running(id).await.unwrap();
    let web = cloud.deployed(id, "web", 1).await;
    web.set_image("nginx:1.14").send().await.unwrap();
    for (error, says) in [
        (gives_up(web.wait_until_normal()).await, "Updating"),
        (gives_up(web.wait_until_deleted()).await, "of 1 pods"),
        (gives_up(cloud.nodes.wait_until_pods_running(id, "default", "web", 7)).await, "of 7 ready"),
    ] {
        assert_eq!(error.kind(), ErrorKind::TimedOut, "{error}");
        assert!(error.message().contains(says), "{error} does not say {says}");
    }
}

#[tokio::test]
async fn a_failure_that_passes_does_not_end_a_wait() {
    let cloud = Cloud::new(WAYS[0]).await;
    let created = cloud.order("shaky", RANGE).send().await.unwrap();
    cloud.server.faults().add(Fault::http_status(502).operation("DescribeClusterTaskResult").after(1).times(5));
    cloud.ccs.task(created.task_id()).wait().await.unwrap();
    cloud.server.faults().add(Fault::refuse("4110", "no").operation("DescribeCluster"));
    let error = cloud.clusters.wait_until_running(&created.cluster_id).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::PermissionDenied, Some("4110")));
}
