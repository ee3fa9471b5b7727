//! Each waiter on success, failure and deadline, and on work that goes wrong.

use super::{Cloud, SignatureMethod};
use serde_json::{Value, json};
use std::fmt::Display;
use std::future::IntoFuture;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use wharf::ErrorKind;
use wharf::ack::types::ClusterState;
use wharf::wait::Waiter;
use wharf_server::{FailurePoint, Fault, Refusal, Server};

/// What stands for a thing that is not there.
const GONE: &str = "gone";

/// Answers an operation with one state after the other; the last one stays.
fn states(server: &Server, operation: &str, states: &[&str], answer: fn(&str) -> Value) {
    let states: Vec<String> = states.iter().map(|state| (*state).to_owned()).collect();
    let at = AtomicUsize::new(0);
    server.faults().add(
        Fault::answer_with(move |_| {
            let now = &states[at.fetch_add(1, Ordering::SeqCst).min(states.len() - 1)];
            if now == GONE { Err(Refusal::new("ErrorClusterNotFound", "It is not there.")) } else { Ok(answer(now)) }
        })
        .operation(operation),
    );
}

/// A cluster: its state and, behind a blank, its version.
fn cluster(state: &str) -> Value {
    let (state, version) = state.split_once(' ').unwrap_or((state, "1"));
    json!({"cluster_id": "c", "name": "n", "state": state, "current_version": version})
}

/// A pool: its state and, behind a blank, the nodes that come.
fn pool(state: &str) -> Value {
    let (state, coming) = state.split_once(' ').unwrap_or((state, "0"));
    json!({"nodepool_info": {"name": "n", "nodepool_id": "np"}, "status": {
        "state": state, "initial_nodes": coming.parse::<i64>().unwrap(), "total_nodes": 2,
    }})
}

fn nodes(state: &str) -> Value {
    let node = json!({"instance_id": "i-1", "state": state, "node_status": "Ready"});
    let list = if state == "none" { json!([]) } else { json!([node]) };
    json!({"page": {"page_number": 1, "page_size": 100, "total_count": list.as_array().unwrap().len()}, "nodes": list})
}

fn upgrade(state: &str) -> Value {
    json!({"status": state, "upgrade_step": "upgrading", "error_message": ""})
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
        let cloud = Cloud::new(SignatureMethod::RoaHmacSha1).await;
        let server = &cloud.server;
        states(server, self.operation, self.good, self.answer);
        let told = Arc::new(Mutex::new(Vec::new()));
        let seen = told.clone();
        let waiter = wait(&cloud).on_progress(move |state| seen.lock().unwrap().push(state.to_string()));
        let done = waiter.await;
        assert!(done.is_ok(), "{}: {:?}: {:?}", self.operation, self.good, done.err());
        assert!(!told.lock().unwrap().is_empty(), "no progress was told");

        for bad in self.bad {
            server.faults().clear();
            states(server, self.operation, &[self.slow, bad], self.answer);
            let error = wait(&cloud).await.err().unwrap();
            assert_eq!(error.kind(), ErrorKind::WaitFailed, "{bad}: {error}");
            assert!(error.message().contains(bad), "names the state: {error}");
        }

        server.faults().clear();
        states(server, self.operation, &[self.slow, "dreaming", self.slow], self.answer);
        let error = wait(&cloud).timeout(Duration::from_secs(600)).await.err().unwrap();
        assert_eq!(error.kind(), ErrorKind::TimedOut, "{error}");
        assert!(server.journal().of(self.operation).len() > 3, "it asked on in a state that nobody knows");
    }
}

#[tokio::test]
async fn clusters() {
    let stuck = &["failed", "updating_failed", "stopped", "deleting", "deleted", "delete_failed"];
    let ends = Ends { operation: "DescribeClusterDetail", answer: cluster, good: &[], bad: stuck, slow: "initial" };
    let running = Ends { good: &["initial", "scaling", "running"], ..ends };
    running.of(|cloud| cloud.clusters.wait_until_running("c")).await;
    let upgraded = Ends { good: &["running 1", "upgrading 1", "updating 1", "running 2"], slow: "running 1", ..ends };
    upgraded.of(|cloud| cloud.clusters.wait_until_upgraded("c", "2")).await;
    let deleted = Ends { good: &["running", "deleting", GONE], bad: &["delete_failed"], slow: "deleting", ..ends };
    deleted.of(|cloud| cloud.clusters.wait_until_deleted("c")).await;
    Ends { good: &["deleting", "deleted"], bad: &[], ..deleted }
        .of(|cloud| cloud.clusters.wait_until_deleted("c"))
        .await;
}

#[tokio::test]
async fn upgrades() {
    let good = &["running", "pause", "running", "success"];
    let ends =
        Ends { operation: "GetUpgradeStatus", answer: upgrade, good, bad: &["fail", "cancelled"], slow: "running" };
    ends.of(|cloud| cloud.clusters.upgrade("c").wait()).await;
}

#[tokio::test]
async fn node_pools() {
    let operation = "DescribeClusterNodePoolDetail";
    let ends = Ends { operation, answer: pool, good: &[], bad: &["deleting"], slow: "scaling 2" };
    let settled = Ends { good: &["scaling 2", "active 1", "active"], ..ends };
    settled.of(|cloud| cloud.pools.wait_until_node_pool_settled("c", "np")).await;
    let deleted = Ends { good: &["active", "deleting", GONE], bad: &[], ..ends };
    deleted.of(|cloud| cloud.pools.wait_until_node_pool_deleted("c", "np")).await;
}

#[tokio::test]
async fn nodes_come_and_go() {
    let ends = Ends { operation: "DescribeClusterNodes", answer: nodes, good: &[], bad: &["failed"], slow: "initial" };
    let running = Ends { good: &["none", "initial", "running"], ..ends };
    running.of(|cloud| cloud.nodes.wait_until_nodes_running("c", ["i-1"])).await;
    let removed = Ends { good: &["running", "removing", "none"], bad: &[], slow: "removing", ..ends };
    removed.of(|cloud| cloud.nodes.wait_until_nodes_removed("c", ["i-1"])).await;
}

#[tokio::test]
async fn what_goes_wrong_is_told() {
    let cloud = Cloud::new(SignatureMethod::Acs3HmacSha256).await;
    let fail = |undertaking| cloud.server.with_world(|world| world.fail_next(undertaking, "no room for it"));
    fail(FailurePoint::ClusterCreation);
    let id = cloud.order("fails").send().await.unwrap().cluster_id;
    let error = cloud.clusters.wait_until_running(&id).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WaitFailed, "{error}");
    assert_eq!(cloud.cluster(&id).await.state, ClusterState::Failed);
    let log = cloud.logs.describe_cluster_logs(&id).send().await.unwrap().data;
    assert!(log.iter().any(|line| line.cluster_log.as_deref().unwrap().contains("no room for it")), "{log:?}");

    let id = cloud.running("works").await;
    fail(FailurePoint::NodeCreation);
    let pool = cloud.order_pool(&id, "empty").send().await.unwrap().nodepool_id;
    let status = cloud.pools.wait_until_node_pool_settled(&id, &pool).await.unwrap().status;
    assert_eq!((status.failed_nodes, status.serving_nodes), (Some(2), Some(0)));

    fail(FailurePoint::ClusterDeletion);
    cloud.clusters.delete_cluster(&id).send().await.unwrap();
    let error = cloud.clusters.wait_until_deleted(&id).await.unwrap_err();
    assert!(error.message().contains("delete_failed"), "{error}");
    cloud.clusters.delete_cluster(&id).send().await.unwrap();
    cloud.clusters.wait_until_deleted(&id).await.unwrap();
}
