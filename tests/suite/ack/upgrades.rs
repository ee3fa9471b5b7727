//! Upgrades: started, watched, paused, resumed, given up.

use super::{Cloud, invalid, not_found, not_now, refusal};
use std::sync::{Arc, Mutex};
use wharf::ErrorKind;
use wharf::ack::types::{ClusterState, UpgradeComponent, UpgradeStatus, UpgradeStep};
use wharf_server::FailurePoint;

scenarios! { an_upgrade_is_done, an_upgrade_is_paused_and_given_up, an_upgrade_fails }

const OLD: &str = "1.16.9-aliyun.1";
const NEW: &str = "1.18.8-aliyun.1";

async fn old(cloud: &Cloud) -> String {
    let id = cloud.order("old").kubernetes_version(OLD).send().await.unwrap().cluster_id;
    let early = cloud.clusters.upgrade(&id).start(NEW).send().await;
    assert_eq!(refusal(early), not_now());
    let cluster = cloud.clusters.wait_until_running(&id).await.unwrap();
    assert_eq!((cluster.current_version.as_deref(), cluster.next_version.as_deref()), (Some(OLD), Some(NEW)));
    id
}

async fn an_upgrade_is_done(cloud: &Cloud) {
    let id = old(cloud).await;
    let upgrade = cloud.clusters.upgrade(&id);
    let idle = upgrade.status().send().await.unwrap();
    assert_eq!((idle.upgrade_step, idle.status), (Some(UpgradeStep::NotStart), None));
    let wrong = refusal(upgrade.start("1.22.15-aliyun.1").send().await);
    assert_eq!(wrong, invalid(), "not the next one");
    let start = cloud.clusters.upgrade_cluster(&id).component_name(UpgradeComponent::K8s);
    start.version(OLD).next_version(NEW).send().await.unwrap();
    let cluster = cloud.cluster(&id).await;
    assert!(matches!(cluster.state, ClusterState::Updating | ClusterState::Upgrading), "{:?}", cluster.state);
    assert_eq!(refusal(upgrade.start(NEW).send().await), not_now(), "one at a time");

    let told = Arc::new(Mutex::new(Vec::new()));
    let seen = told.clone();
    let waiter = upgrade.wait().on_progress(move |progress| seen.lock().unwrap().push(progress.clone()));
    let done = waiter.await.unwrap();
    assert_eq!(done.status, Some(UpgradeStatus::Success));
    let steps: Vec<_> = told.lock().unwrap().iter().map(|progress| progress.step.clone()).collect();
    assert!(steps.contains(&UpgradeStep::Prechecking) && steps.contains(&UpgradeStep::Upgrading), "{steps:?}");
    let cluster = cloud.clusters.wait_until_upgraded(&id, NEW).await.unwrap();
    assert_eq!((cluster.current_version.as_deref(), cluster.init_version.as_deref()), (Some(NEW), Some(OLD)));
    for gone in [
        refusal(cloud.clusters.upgrade("c-none").start(NEW).send().await),
        refusal(cloud.clusters.upgrade("c-none").status().send().await),
        refusal(cloud.clusters.upgrade("c-none").pause().send().await),
    ] {
        assert_eq!(gone, not_found());
    }
}

async fn an_upgrade_is_paused_and_given_up(cloud: &Cloud) {
    let id = old(cloud).await;
    let upgrade = cloud.clusters.upgrade(&id);
    for refused in [
        refusal(upgrade.pause().send().await),
        refusal(upgrade.resume().send().await),
        refusal(upgrade.cancel().send().await),
    ] {
        assert_eq!(refused, not_now(), "there is none");
    }
    upgrade.start(NEW).send().await.unwrap();
    cloud.pass(40);
    upgrade.pause().send().await.unwrap();
    let status = async || upgrade.status().send().await.unwrap();
    assert_eq!(status().await.status, Some(UpgradeStatus::Pause));
    cloud.pass(3600);
    assert_eq!(status().await.status, Some(UpgradeStatus::Pause), "it stays so");
    let timeout = upgrade.wait().timeout(std::time::Duration::from_secs(300)).await.unwrap_err();
    assert_eq!(timeout.kind(), ErrorKind::TimedOut);
    upgrade.resume().send().await.unwrap();
    assert_eq!(status().await.status, Some(UpgradeStatus::Running));
    upgrade.cancel().send().await.unwrap();
    let error = upgrade.wait().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WaitFailed, "{error}");
    let cluster = cloud.clusters.wait_until_running(&id).await.unwrap();
    assert_eq!(cluster.current_version.as_deref(), Some(OLD));
    // And it can be started anew.
    upgrade.start(NEW).send().await.unwrap();
    upgrade.wait().await.unwrap();
    assert_eq!(cloud.cluster(&id).await.current_version.as_deref(), Some(NEW));
}

async fn an_upgrade_fails(cloud: &Cloud) {
    let id = old(cloud).await;
    cloud.server.with_world(|world| world.fail_next(FailurePoint::ClusterUpgrade, "a node does not answer"));
    cloud.clusters.upgrade(&id).start(NEW).send().await.unwrap();
    let error = cloud.clusters.upgrade(&id).wait().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WaitFailed);
    assert!(error.message().contains("a node does not answer"), "{error}");
    let error = cloud.clusters.wait_until_upgraded(&id, NEW).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WaitFailed);
    assert!(error.message().contains("a node does not answer"), "{error}");
    assert_eq!(cloud.cluster(&id).await.state, ClusterState::UpdatingFailed);
}
