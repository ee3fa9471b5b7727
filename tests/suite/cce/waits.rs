//! Each waiter on success, failure and deadline.

use super::{By, Cloud};
use serde_json::{Value, json};
use std::fmt::Display;
use std::future::IntoFuture;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use wharf::ErrorKind;
use wharf::cce::types::ClusterPhase;
use wharf::wait::Waiter;
use wharf_server::{FailurePoint, Fault, Refusal, Server};

/// What stands for a thing that is not there.
const GONE: &str = "gone";

/// Answers an operation with one state after the other; the last one stays.
pub(super) fn states(server: &Server, operation: &str, states: &[&str], answer: fn(&str) -> Value) {
    let states: Vec<String> = states.iter().map(|state| (*state).to_owned()).collect();
    let at = AtomicUsize::new(0);
    server.faults().add(
        Fault::answer_with(move |_| {
            let now = &states[at.fetch_add(1, Ordering::SeqCst).min(states.len() - 1)];
            if now == GONE { Err(Refusal::new("CCE.01404001", "It is not there.")) } else { Ok(answer(now)) }
        })
        .operation(operation),
    );
}

fn phase(phase: &str) -> Value {
    json!({"status": {"phase": phase}})
}

/// A pool of two nodes: its phase and, behind a blank, its size.
fn pool(state: &str) -> Value {
    let (phase, size) = state.split_once(' ').unwrap_or((state, "2"));
    json!({"spec": {"initialNodeCount": 2}, "status": {"phase": phase, "currentNode": size.parse::<i64>().unwrap()}})
}

/// The states in which a waiter is to be seen.
struct Ends<'a> {
    operation: &'a str,
    answer: fn(&str) -> Value,
    good: &'a [&'a str],
    bad: &'a [&'a str],
    slow: &'a str,
}

impl Ends<'_> {
    /// Takes one waiter through all its ends.
    async fn of<T, S>(&self, wait: impl Fn(&Cloud) -> Waiter<T, S>)
    where
        T: Send + 'static,
        S: Display + PartialEq + Send + 'static,
        Waiter<T, S>: IntoFuture<Output = Result<T, wharf::Error>>,
    {
        let cloud = Cloud::new(By::Signature).await;
        let server = &cloud.server;
        states(server, self.operation, self.good, self.answer);
        let told = Arc::new(Mutex::new(Vec::new()));
        let seen = told.clone();
        let waiter = wait(&cloud).on_progress(move |state| seen.lock().unwrap().push(state.to_string()));
        assert!(waiter.await.is_ok(), "{}: {:?}", self.operation, self.good);
        assert!(!told.lock().unwrap().is_empty(), "no progress was told");

        for bad in self.bad {
            server.faults().clear();
            states(server, self.operation, &[self.slow, bad], self.answer);
            let error = wait(&cloud).await.err().unwrap();
            assert_eq!(error.kind(), ErrorKind::WaitFailed, "{error}");
            assert!(error.message().contains(bad), "names the state: {error}");
        }

        server.faults().clear();
        states(server, self.operation, &[self.slow, "Dreaming", self.slow], self.answer);
        let error = wait(&cloud).timeout(Duration::from_secs(600)).await.err().unwrap();
        assert_eq!(error.kind(), ErrorKind::TimedOut, "{error}");
        let state = self.slow.split(' ').next().unwrap();
        assert!(error.message().contains(state), "names the last state: {error}");
    }
}

#[tokio::test]
async fn clusters() {
    let ends = Ends { operation: "GetCluster", answer: phase, good: &[], bad: &[], slow: "Creating" };
    let bad = &["Unavailable", "Error", "RollbackFailed", "Deleting"];
    let available = Ends { good: &["Creating", "Upgrading", "Hibernation", "Available"], bad, ..ends };
    available.of(|cloud| cloud.clusters.wait_until_available("c")).await;
    let hibernated =
        Ends { good: &["Available", "Hibernating", "Hibernation"], bad: &["Unavailable", "Error", "Deleting"], ..ends };
    hibernated.of(|cloud| cloud.clusters.wait_until_hibernated("c")).await;
    let deleted = Ends { good: &["Available", "Deleting", GONE], slow: "Deleting", ..ends };
    deleted.of(|cloud| cloud.clusters.wait_until_deleted("c")).await;
}

#[tokio::test]
async fn nodes() {
    let ends = Ends { operation: "GetNode", answer: phase, good: &[], bad: &[], slow: "Installing" };
    let bad = &["Abnormal", "Error", "RepairFailed", "Deleting"];
    let active = Ends { good: &["Build", "Installing", "Active"], bad, ..ends };
    active.of(|cloud| cloud.nodes.wait_until_active("c", "n")).await;
    let deleted = Ends { good: &["Active", "Deleting", GONE], slow: "Deleting", ..ends };
    deleted.of(|cloud| cloud.nodes.wait_until_deleted("c", "n")).await;
}

#[tokio::test]
async fn node_pools() {
    let ends = Ends { operation: "GetNodePool", answer: pool, good: &[], bad: &[], slow: "Synchronizing 1" };
    let bad = &["SoldOut", "Error", "Deleting"];
    // Without a phase a pool is normal, but not yet complete.
    let settled = Ends { good: &["Synchronizing 0", " 1", " 2"], bad, ..ends };
    settled.of(|cloud| cloud.pools.wait_until_node_pool_settled("c", "p")).await;
    let named = Ends { good: &["Synchronized"], bad, ..ends };
    named.of(|cloud| cloud.pools.wait_until_node_pool_settled("c", "p")).await;
    let deleted = Ends { good: &["", "Deleting", GONE], slow: "Deleting", ..ends };
    deleted.of(|cloud| cloud.pools.wait_until_node_pool_deleted("c", "p")).await;
}

#[tokio::test]
async fn jobs() {
    let ends = Ends {
        operation: "GetJob",
        answer: phase,
        good: &["Initializing", "Running", "Success"],
        bad: &["Failed"],
        slow: "Running",
    };
    ends.of(|cloud| cloud.cce.job("j").wait()).await;
}

#[tokio::test]
async fn a_cluster_whose_creation_fails_says_why() {
    let reason = "the agency for ECS is missing";
    let cloud = Cloud::new(By::Signature).await;
    cloud.server.with_world(|world| world.fail_next(FailurePoint::ClusterCreation, reason));
    let created = cloud.order("doomed").send().await.unwrap();
    let id = created.metadata.uid.clone().unwrap();
    for error in [
        cloud.clusters.wait_until_available(&id).await.unwrap_err(),
        cloud.cce.job(created.job_id().unwrap()).wait().await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::WaitFailed, "{error}");
        assert!(error.message().contains(reason), "{error}");
    }
    assert_eq!(cloud.cluster(&id).await.status.phase, ClusterPhase::Unavailable);
    let deleted = cloud.clusters.delete_cluster(&id).send().await.unwrap();
    cloud.done(deleted.job_id()).await;
}

#[tokio::test]
async fn a_cluster_whose_deletion_fails_says_why() {
    let cloud = Cloud::new(By::Signature).await;
    let id = cloud.available("stuck").await;
    cloud.server.with_world(|world| world.fail_next(FailurePoint::ClusterDeletion, "a volume is in use"));
    let deleted = cloud.clusters.delete_cluster(&id).send().await.unwrap();
    let job = cloud.cce.job(deleted.job_id().unwrap()).wait().await.unwrap_err();
    assert!(job.kind() == ErrorKind::WaitFailed && job.message().contains("a volume is in use"), "{job}");
    // Whoever does not say that the phase Error is known gets to see another one.
    assert_eq!(cloud.cluster(&id).await.status.phase, ClusterPhase::Deleting);
    let there = cloud.clusters.get_cluster(&id).error_status("true").send().await.unwrap();
    assert_eq!(
        (there.status.phase, there.status.message.as_deref()),
        (ClusterPhase::Error, Some("a volume is in use"))
    );
    let error = cloud.clusters.wait_until_available(&id).await.unwrap_err();
    assert!(error.kind() == ErrorKind::WaitFailed && error.message().contains("a volume is in use"), "{error}");
    cloud.clusters.delete_cluster(&id).send().await.unwrap();
    cloud.clusters.wait_until_deleted(&id).await.unwrap();
}

#[tokio::test]
async fn nodes_that_cannot_be_made_say_why() {
    let cloud = Cloud::new(By::Signature).await;
    let cluster = cloud.available("small").await;
    cloud.server.with_world(|world| world.fail_next(FailurePoint::NodeCreation, "no servers are left"));
    let created = cloud.order_nodes(&cluster, "node", 1).send().await.unwrap();
    let error = cloud.cce.job(created.job_id().unwrap()).wait().await.unwrap_err();
    assert!(error.kind() == ErrorKind::WaitFailed && error.message().contains("no servers are left"), "{error}");
    let waiter = cloud.nodes.wait_until_active(&cluster, created.metadata.uid.unwrap());
    assert_eq!(waiter.await.unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_failure_that_passes_does_not_end_a_wait_and_what_never_was_does() {
    let cloud = Cloud::new(By::Signature).await;
    let created = cloud.order("patient").send().await.unwrap();
    cloud.server.faults().add(Fault::http_status(503).operation("GetCluster").times(4));
    cloud.clusters.wait_until_available(created.metadata.uid.unwrap()).await.unwrap();
    let error = cloud.clusters.wait_until_available("never").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    cloud.clusters.wait_until_deleted("never").await.unwrap();
}
