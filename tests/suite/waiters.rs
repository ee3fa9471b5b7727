//! Each waiter on success, failure and deadline.

use crate::support::{server, tcr, tke};
use serde_json::json;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use wharf::{Error, ErrorKind};
use wharf_server::{Fault, Server};

const SOON: Duration = Duration::from_millis(1);
const DEADLINE: Duration = Duration::from_millis(60);

/// Answers an operation with one state after the other; the last one stays.
fn states(server: &Server, operation: &str, states: &[&str], answer: fn(&str) -> serde_json::Value) {
    let states: Vec<String> = states.iter().map(|state| (*state).to_owned()).collect();
    let at = AtomicU32::new(0);
    server.faults().add(
        Fault::answer_with(move |_| {
            let now = at.fetch_add(1, Ordering::SeqCst) as usize;
            Ok(answer(&states[now.min(states.len() - 1)]))
        })
        .operation(operation),
    );
}

/// What a waiter reported.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<String>>>);

impl Seen {
    fn note(&self) -> impl Fn(String) + Send + Sync + 'static {
        let seen = self.0.clone();
        move |state| seen.lock().unwrap().push(state)
    }

    fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

fn assert_failed(error: &Error, state: &str) {
    assert_eq!(error.kind(), ErrorKind::WaitFailed, "{error}");
    assert!(error.message().contains(state), "names the state: {error}");
}

fn assert_timed_out(error: &Error, state: &str) {
    assert_eq!(error.kind(), ErrorKind::TimedOut, "{error}");
    assert!(error.message().contains(state), "names the last state: {error}");
}

/// One waiter through its three ends: `$wait` makes it, `$good`, `$bad` and `$slow` are states.
macro_rules! three_ends {
    ($name:ident, $operation:literal, $answer:expr, $connection:ident . $client:ident, $wait:expr,
     good: $good:expr, bad: $bad:expr, slow: $slow:literal $(, told: $told:literal)?) => {
        #[tokio::test]
        async fn $name() {
            let wait = $wait;
            let server = server().await;
            states(&server, $operation, &$good, $answer);
            let seen = Seen::default();
            let note = seen.note();
            let client = $connection(&server).$client();
            wait(&client).poll_interval(SOON).on_progress(move |state| note(format!("{state}"))).await.unwrap();
            assert!(!seen.all().is_empty(), "no progress was told");

            if let Some(bad) = $bad {
                server.faults().clear();
                states(&server, $operation, &[$slow, bad], $answer);
                let error = wait(&client).poll_interval(SOON).await.unwrap_err();
                assert_failed(&error, bad);
            }

            server.faults().clear();
            states(&server, $operation, &[$slow], $answer);
            let error = wait(&client).poll_interval(SOON).timeout(DEADLINE).await.unwrap_err();
            assert_timed_out(&error, [$slow $(, $told)?].last().unwrap());
        }
    };
}

fn cluster(state: &str) -> serde_json::Value {
    if state == "gone" {
        return json!({"TotalCount": 0, "Clusters": []});
    }
    json!({"TotalCount": 1, "Clusters": [{"ClusterId": "cls-1", "ClusterStatus": state}]})
}

three_ends!(cluster_running, "DescribeClusters", cluster, tke.clusters,
    |client: &wharf::tke::cluster::Client| client.wait_until_running("cls-1"),
    good: ["Creating", "Creating", "Running"], bad: Some("Abnormal"), slow: "Creating");

three_ends!(cluster_gone, "DescribeClusters", cluster, tke.clusters,
    |client: &wharf::tke::cluster::Client| client.wait_until_deleted("cls-1"),
    good: ["Deleting", "gone"], bad: None::<&str>, slow: "Deleting");

three_ends!(endpoint_created, "DescribeClusterEndpointStatus", |state| json!({"Status": state}), tke.clusters,
    |client: &wharf::tke::cluster::Client| client.wait_until_endpoint_created("cls-1", true),
    good: ["Creating", "Created"], bad: Some("CreateFailed"), slow: "Creating");

fn instances(state: &str) -> serde_json::Value {
    json!({"TotalCount": 2, "InstanceSet": [
        {"InstanceId": "ins-1", "InstanceState": "running"}, {"InstanceId": "ins-2", "InstanceState": state}]})
}

three_ends!(instances_running, "DescribeClusterInstances", instances, tke.nodes,
    |client: &wharf::tke::node::Client| client.wait_until_instances_running("cls-1", ["ins-1", "ins-2"]),
    good: ["initializing", "running"], bad: Some("failed"), slow: "initializing", told: "1 of 2");

fn group(state: &str) -> serde_json::Value {
    json!({"TotalCount": 1, "ClusterAsGroupSet": [{"AutoScalingGroupId": "asg-1", "Status": state}]})
}

three_ends!(scaling_group_enabled, "DescribeClusterAsGroups", group, tke.scaling,
    |client: &wharf::tke::scaling::Client| client.wait_until_group_enabled("cls-1", "asg-1"),
    good: ["enabling", "enabled"], bad: Some("deleting"), slow: "enabling");

fn pool(state: &str) -> serde_json::Value {
    json!({"TotalCount": 1, "NodePoolSet": [{"NodePoolId": "np-1", "LifeState": state}]})
}

three_ends!(virtual_node_pool_normal, "DescribeClusterVirtualNodePools", pool, tke.scaling,
    |client: &wharf::tke::scaling::Client| client.wait_until_virtual_node_pool_normal("cls-1", "np-1"),
    good: ["creating", "normal"], bad: None::<&str>, slow: "creating");

fn registry(state: &str) -> serde_json::Value {
    json!({"RegistryStatusSet": [{"RegistryId": "tcr-1", "Status": state, "Conditions": []}]})
}

three_ends!(registry_running, "DescribeInstanceStatus", registry, tcr.registries,
    |client: &wharf::tcr::registry::Client| client.wait_until_running("tcr-1"),
    good: ["Pending", "Deploying", "Running"], bad: Some("FailedCreated"), slow: "Pending");

#[tokio::test]
async fn a_cluster_that_never_was_ends_the_wait_for_running() {
    let server = server().await;
    let clusters = tke(&server).clusters();
    let error = clusters.wait_until_running("cls-never000").poll_interval(SOON).timeout(DEADLINE).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::WaitFailed | ErrorKind::NotFound), "{error}");
    clusters.wait_until_deleted("cls-never000").poll_interval(SOON).await.unwrap();
}

#[tokio::test]
async fn a_transient_failure_does_not_end_a_wait() {
    let server = server().await;
    states(&server, "DescribeClusters", &["Creating", "Running"], cluster);
    server.faults().add(Fault::http_status(503).times(4));
    tke(&server).clusters().wait_until_running("cls-1").poll_interval(SOON).await.unwrap();
}
