//! What each waiter meets.

use super::Answer;
use super::answers::*;
use serde_json::{Value, json};

/// A waiter, and what the states of its thing mean for it.
pub(super) struct Row {
    pub(super) product: &'static str,
    pub(super) waiter: &'static str,
    pub(super) arguments: &'static str,
    /// The enumeration of the spec that the states are from, if they are from one.
    pub(super) states: Option<&'static str>,
    /// What the service answers in a state.
    pub(super) answer: fn(&str) -> Answer,
    /// The ways to say that there is no such thing.
    pub(super) missing: &'static [fn() -> Answer],
    /// States in which it goes on.
    pub(super) ways: &'static [&'static str],
    /// The state that is waited for; none for what shall be gone.
    pub(super) done: &'static str,
    /// Other states that are as good.
    pub(super) also_done: &'static [&'static str],
    /// States that lead nowhere.
    pub(super) fails: &'static [&'static str],
    /// States that only a request ends.
    pub(super) rests: &'static [&'static str],
    /// Several things are waited for, which may take long to be listed.
    pub(super) set: bool,
}

const ROW: Row = Row {
    product: "",
    waiter: "",
    arguments: "{}",
    states: None,
    answer: |_| (200, Value::Null),
    missing: &[],
    ways: &[],
    done: "",
    also_done: &[],
    fails: &[],
    rests: &[],
    set: false,
};

const CLUSTER: &str = r#"{"cluster_id": "cls-1"}"#;
const ALL_CLUSTER_STATES: &[&str] =
    &["Creating", "Running", "Deleting", "Scaling", "Upgrading", "Isolated", "Abnormal"];

pub(super) static ROWS: &[Row] = &[
    Row {
        product: "tke",
        waiter: "cluster_running",
        arguments: CLUSTER,
        states: Some("ClusterStatus"),
        answer: tke_cluster,
        missing: &TKE_CLUSTERS,
        ways: &[
            "Creating",
            "Trading",
            "Recovering",
            "Scaling",
            "Upgrading",
            "WaittingForConnect",
            "Pause",
            "NodeUpgrading",
            "RuntimeUpgrading",
            "MasterScaling",
            "ClusterLevelUpgrading",
            "ResourceReverse",
        ],
        done: "Running",
        fails: &["Abnormal", "Deleting", "Isolated", "ResourceIsolate", "ResourceIsolated"],
        rests: &["Idling"],
        ..ROW
    },
    Row {
        product: "tke",
        waiter: "cluster_deleted",
        arguments: CLUSTER,
        answer: tke_cluster,
        missing: &TKE_CLUSTERS,
        ways: &["Deleting", "Running", "Abnormal", "Isolated"],
        ..ROW
    },
    Row {
        product: "tke",
        waiter: "cluster_endpoint_created",
        arguments: r#"{"cluster_id": "cls-1", "is_extranet": true}"#,
        answer: |state| tencent(json!({ "Status": state })),
        missing: &TKE_ENDPOINT,
        ways: &["Creating"],
        done: "Created",
        fails: &["CreateFailed"],
        ..ROW
    },
    Row {
        product: "tke",
        waiter: "instances_running",
        arguments: r#"{"cluster_id": "cls-1", "instance_ids": ["ins-1"]}"#,
        states: Some("InstanceState"),
        answer: |state| {
            let instance = json!({ "InstanceId": "ins-1", "InstanceState": state, "FailedReason": "failed" });
            tencent(json!({ "TotalCount": 1, "InstanceSet": [instance] }))
        },
        missing: &TKE_INSTANCES,
        ways: &["initializing"],
        done: "running",
        fails: &["failed"],
        set: true,
        ..ROW
    },
    Row {
        product: "tke",
        waiter: "scaling_group_enabled",
        arguments: r#"{"cluster_id": "cls-1", "group_id": "asg-1"}"#,
        states: Some("AsGroupStatus"),
        answer: |state| {
            tencent(
                json!({ "TotalCount": 1, "ClusterAsGroupSet": [{ "AutoScalingGroupId": "asg-1", "Status": state }] }),
            )
        },
        missing: &TKE_GROUPS,
        ways: &["enabling", "disabling", "updating", "scaleDownEnabling", "scaleDownDisabling"],
        done: "enabled",
        fails: &["deleting"],
        rests: &["disabled"],
        ..ROW
    },
    Row {
        product: "tke",
        waiter: "virtual_node_pool_normal",
        arguments: r#"{"cluster_id": "cls-1", "node_pool_id": "np-1"}"#,
        states: Some("VirtualNodePoolState"),
        answer: |state| {
            tencent(json!({ "TotalCount": 1, "NodePoolSet": [{ "NodePoolId": "np-1", "LifeState": state }] }))
        },
        missing: &TKE_POOLS,
        ways: &["creating", "updating"],
        done: "normal",
        fails: &["deleting", "deleted"],
        ..ROW
    },
    Row {
        product: "tke",
        waiter: "node_pool_normal",
        arguments: r#"{"cluster_id": "cls-1", "node_pool_id": "np-1"}"#,
        answer: tke_node_pool,
        missing: &TKE_CODES,
        ways: &["creating", "updating"],
        done: "normal",
        fails: &["deleting", "deleted"],
        ..ROW
    },
    Row {
        product: "tke",
        waiter: "node_pool_deleted",
        arguments: r#"{"cluster_id": "cls-1", "node_pool_id": "np-1"}"#,
        answer: tke_node_pool,
        missing: &TKE_CODES,
        ways: &["deleting", "normal"],
        ..ROW
    },
    Row {
        product: "tke",
        waiter: "addon_succeeded",
        arguments: r#"{"cluster_id": "cls-1", "addon_name": "cbs"}"#,
        answer: tke_addon,
        missing: &TKE_ADDONS,
        ways: &["Installing", "Upgrading"],
        done: "Succeeded",
        fails: &["InstallFailed", "UpgradFailed", "Terminating"],
        ..ROW
    },
    Row {
        product: "tke",
        waiter: "addon_deleted",
        arguments: r#"{"cluster_id": "cls-1", "addon_name": "cbs"}"#,
        answer: tke_addon,
        missing: &TKE_ADDONS,
        ways: &["Terminating", "Succeeded"],
        ..ROW
    },
    Row {
        product: "tke",
        waiter: "node_upgrade_done",
        arguments: CLUSTER,
        answer: |state| {
            tencent(json!({ "Total": 2, "Done": 1, "LifeState": state, "Instances": [], "ClusterStatus": {} }))
        },
        missing: &TKE_CODES,
        ways: &["pending", "process", "pauing"],
        done: "done",
        fails: &["timeout", "aborted"],
        rests: &["paused"],
        ..ROW
    },
    Row {
        product: "tke",
        waiter: "cluster_maintained",
        arguments: CLUSTER,
        answer: |state| {
            let status = json!({ "ClusterId": "cls-1", "ClusterState": state, "ClusterInstanceState": "AllNormal" });
            tencent(json!({ "TotalCount": 1, "ClusterStatusSet": [status] }))
        },
        missing: &TKE_CLUSTER_STATES,
        ways: &["Upgrading", "NodeUpgrading", "MasterScaling", "RuntimeUpgrading", "ClusterLevelUpgrading"],
        done: "Running",
        fails: &["Deleting", "Isolated", "ResourceIsolated", "ResourceDestroyed"],
        rests: &["Pause"],
        ..ROW
    },
    Row {
        product: "tke",
        waiter: "2022-05-01:node_pool_running",
        arguments: r#"{"cluster_id": "cls-1", "node_pool_id": "np-1"}"#,
        answer: |state| {
            tencent(json!({ "TotalCount": 1, "NodePools": [{ "NodePoolId": "np-1", "LifeState": state }] }))
        },
        missing: &TKE_NATIVE_POOLS,
        ways: &["Creating"],
        done: "Running",
        also_done: &["normal"],
        ..ROW
    },
    Row {
        product: "tke",
        waiter: "2022-05-01:nodes_running",
        arguments: r#"{"cluster_id": "cls-1", "instance_ids": ["np-1-x"]}"#,
        answer: |state| {
            let node = json!({ "InstanceId": "np-1-x", "InstanceState": state, "FailedReason": "failed" });
            tencent(json!({ "TotalCount": 1, "InstanceSet": [node] }))
        },
        missing: &TKE_INSTANCES,
        ways: &["initializing"],
        done: "running",
        fails: &["failed"],
        set: true,
        ..ROW
    },
    Row {
        product: "tcr",
        waiter: "registry_running",
        arguments: r#"{"registry_id": "tcr-1"}"#,
        states: Some("RegistryState"),
        answer: |state| {
            tencent(json!({ "RegistryStatusSet": [{ "RegistryId": "tcr-1", "Status": state, "Conditions": [] }] }))
        },
        missing: &[
            || tencent(json!({ "RegistryStatusSet": [] })),
            || tencent_error("ResourceNotFound"),
            || tencent_error("ResourceNotFound.TcrResourceNotFound"),
            || tencent_error("InternalError.ErrNotExist"),
            || tencent_error("InternalServerError.ErrNotExist"),
        ],
        ways: &["Pending", "Deploying", "Unhealthy"],
        done: "Running",
        fails: &[
            "FailedCreated",
            "FailedUpdated",
            "Bucket-Error",
            "Isolate",
            "Deleting",
            "DeleteBucketFailed",
            "DeleteFailed",
        ],
        ..ROW
    },
    Row {
        product: "cce",
        waiter: "cluster_available",
        arguments: CLUSTER,
        states: Some("ClusterPhase"),
        answer: cce_cluster,
        missing: CCE_CODES,
        ways: &[
            "Creating",
            "ScalingUp",
            "ScalingDown",
            "Upgrading",
            "Resizing",
            "RollingBack",
            "Hibernating",
            "Hibernation",
            "Awaking",
            "Empty",
        ],
        done: "Available",
        fails: &["Unavailable", "RollbackFailed", "Deleting", "Error"],
        ..ROW
    },
    Row {
        product: "cce",
        waiter: "cluster_hibernated",
        arguments: CLUSTER,
        states: Some("ClusterPhase"),
        answer: cce_cluster,
        missing: CCE_CODES,
        ways: &[
            "Hibernating",
            "Available",
            "Creating",
            "ScalingUp",
            "ScalingDown",
            "Upgrading",
            "Resizing",
            "RollingBack",
            "RollbackFailed",
            "Awaking",
            "Empty",
        ],
        done: "Hibernation",
        fails: &["Unavailable", "Deleting", "Error"],
        ..ROW
    },
    Row {
        product: "cce",
        waiter: "cluster_deleted",
        arguments: CLUSTER,
        answer: cce_cluster,
        missing: CCE_CODES,
        ways: &["Deleting", "Available", "Unavailable", "Error", "Hibernation"],
        ..ROW
    },
    Row {
        product: "cce",
        waiter: "job_done",
        arguments: r#"{"job_id": "j"}"#,
        states: Some("JobPhase"),
        answer: cce_job,
        missing: CCE_CODES,
        ways: &["Initializing", "Running"],
        done: "Success",
        fails: &["Failed"],
        ..ROW
    },
    Row {
        product: "cce",
        waiter: "autopilot_job_done",
        arguments: r#"{"job_id": "j"}"#,
        answer: cce_job,
        missing: CCE_CODES,
        ways: &["Initializing", "Running"],
        done: "Success",
        fails: &["Failed"],
        ..ROW
    },
    Row {
        product: "cce",
        waiter: "autopilot_cluster_available",
        arguments: CLUSTER,
        answer: |phase| (200, json!({ "kind": "Cluster", "status": { "phase": phase } })),
        missing: CCE_CODES,
        ways: &["Creating", "Upgrading", "RollingBack"],
        done: "Available",
        fails: &["Unavailable", "Error", "RollbackFailed", "Deleting"],
        ..ROW
    },
    Row {
        product: "cce",
        waiter: "autopilot_cluster_deleted",
        arguments: CLUSTER,
        answer: |phase| (200, json!({ "kind": "Cluster", "status": { "phase": phase } })),
        missing: CCE_CODES,
        ways: &["Deleting", "Available"],
        ..ROW
    },
    Row {
        product: "cce",
        waiter: "node_active",
        arguments: r#"{"cluster_id": "c", "node_id": "n"}"#,
        states: Some("NodePhase"),
        answer: cce_node,
        missing: CCE_CODES,
        ways: &["Build", "Installing", "Upgrading", "Repairing"],
        done: "Active",
        fails: &["Abnormal", "Deleting", "Error", "RepairFailed"],
        ..ROW
    },
    Row {
        product: "cce",
        waiter: "node_deleted",
        arguments: r#"{"cluster_id": "c", "node_id": "n"}"#,
        answer: cce_node,
        missing: CCE_CODES,
        ways: &["Deleting", "Active", "Error", "Abnormal"],
        ..ROW
    },
    Row {
        product: "cce",
        waiter: "node_pool_settled",
        arguments: r#"{"cluster_id": "c", "nodepool_id": "p"}"#,
        states: Some("NodePoolPhase"),
        answer: cce_pool,
        missing: CCE_CODES,
        ways: &["Synchronizing"],
        done: "Synchronized",
        fails: &["SoldOut", "Deleting", "Error"],
        ..ROW
    },
    Row {
        product: "cce",
        waiter: "node_pool_deleted",
        arguments: r#"{"cluster_id": "c", "nodepool_id": "p"}"#,
        answer: cce_pool,
        missing: CCE_CODES,
        ways: &["Deleting", "", "Synchronized", "Error"],
        ..ROW
    },
    Row {
        product: "ack",
        waiter: "cluster_running",
        arguments: CLUSTER,
        states: Some("ClusterState"),
        answer: ack_cluster,
        missing: ACK_CODES,
        ways: &[
            "initial",
            "updating",
            "upgrading",
            "scaling",
            "removing",
            "draining",
            "inactive",
            "unavailable",
            "waiting",
            "disconnected",
        ],
        done: "running",
        fails: &["failed", "deleting", "deleted", "delete_failed"],
        rests: &["updating_failed", "stopped"],
        ..ROW
    },
    Row {
        product: "ack",
        waiter: "cluster_upgraded",
        arguments: r#"{"cluster_id": "c", "version": "2"}"#,
        states: Some("ClusterState"),
        answer: ack_cluster,
        missing: ACK_CODES,
        ways: &[
            "upgrading",
            "initial",
            "updating",
            "scaling",
            "removing",
            "draining",
            "inactive",
            "unavailable",
            "waiting",
            "disconnected",
        ],
        done: "running",
        // Fails with what the upgrade says, which is asked then: see the tests of upgrades.
        also_done: &["failed", "deleting", "deleted", "delete_failed", "updating_failed", "stopped"],
        ..ROW
    },
    Row {
        product: "ack",
        waiter: "cluster_deleted",
        arguments: CLUSTER,
        answer: ack_cluster,
        missing: ACK_CODES,
        ways: &["deleting", "running", "failed", "stopped", "updating_failed"],
        rests: &["delete_failed"],
        ..ROW
    },
    Row {
        product: "ack",
        waiter: "upgrade_done",
        arguments: CLUSTER,
        answer: |status| (200, json!({ "status": status, "error_message": "", "upgrade_step": "" })),
        missing: ACK_CODES,
        ways: &["running", "pause"],
        done: "success",
        rests: &["fail", "cancelled"],
        ..ROW
    },
    Row {
        product: "ack",
        waiter: "task_done",
        arguments: r#"{"task_id": "t"}"#,
        answer: |state| (200, json!({ "task_id": "t", "state": state })),
        missing: ACK_CODES,
        ways: &["running"],
        done: "success",
        fails: &["fail"],
        ..ROW
    },
    Row {
        product: "ack",
        waiter: "nodes_running",
        arguments: r#"{"cluster_id": "c", "instance_ids": ["i-1"]}"#,
        states: Some("NodeState"),
        answer: ack_nodes,
        missing: &[no_ack_nodes, || ack_error(404, "ErrorClusterNotFound")],
        ways: &["pending", "initial", "starting", "stopping", "stopped", "removing"],
        done: "running",
        fails: &["failed"],
        set: true,
        ..ROW
    },
    Row {
        product: "ack",
        waiter: "nodes_removed",
        arguments: r#"{"cluster_id": "c", "instance_ids": ["i-1"]}"#,
        answer: ack_nodes,
        missing: &[no_ack_nodes, || ack_error(404, "ErrorClusterNotFound")],
        ways: &["removing", "running", "failed", "stopped"],
        ..ROW
    },
    Row {
        product: "ack",
        waiter: "node_pool_settled",
        arguments: r#"{"cluster_id": "c", "nodepool_id": "np"}"#,
        states: Some("NodePoolState"),
        answer: ack_pool,
        missing: ACK_CODES,
        ways: &["scaling", "removing", "updating"],
        done: "active",
        fails: &["deleting"],
        ..ROW
    },
    Row {
        product: "ack",
        waiter: "node_pool_deleted",
        arguments: r#"{"cluster_id": "c", "nodepool_id": "np"}"#,
        answer: ack_pool,
        missing: ACK_CODES,
        ways: &["deleting", "active", "removing"],
        ..ROW
    },
    Row {
        product: "ccs",
        waiter: "cluster_running",
        arguments: CLUSTER,
        states: Some("ClusterStatus"),
        answer: ccs_cluster,
        missing: &CCS_CLUSTERS,
        ways: &["Creating", "Scaling", "Upgrading"],
        done: "Running",
        fails: &["Deleting", "Isolated", "Abnormal"],
        ..ROW
    },
    Row {
        product: "ccs",
        waiter: "cluster_deleted",
        arguments: CLUSTER,
        states: Some("ClusterStatus"),
        answer: ccs_cluster,
        missing: &CCS_CLUSTERS,
        ways: ALL_CLUSTER_STATES,
        ..ROW
    },
    Row {
        product: "ccs",
        waiter: "task_done",
        arguments: r#"{"task_id": 7}"#,
        states: Some("TaskStatus"),
        answer: |status| ccs(&json!({ "status": status })),
        missing: &CCS_CODES,
        ways: &["running"],
        done: "succ",
        fails: &["fail"],
        ..ROW
    },
    Row {
        product: "ccs",
        waiter: "service_normal",
        arguments: r#"{"cluster_id": "cls-1", "namespace": "default", "service_name": "web"}"#,
        states: Some("ServiceStatus"),
        answer: ccs_service,
        missing: &CCS_SERVICE,
        ways: &["Waiting", "Updating", "RollingBack"],
        done: "Normal",
        fails: &["Abnormal"],
        rests: &["Paused"],
        ..ROW
    },
    Row {
        product: "ccs",
        waiter: "service_deleted",
        arguments: r#"{"cluster_id": "cls-1", "namespace": "default", "service_name": "web"}"#,
        states: Some("ServiceStatus"),
        answer: ccs_service,
        missing: &CCS_CODES,
        ways: &["Normal", "Waiting", "Updating", "RollingBack", "Abnormal", "Paused"],
        ..ROW
    },
    Row {
        product: "ccs",
        waiter: "nodes_normal",
        arguments: r#"{"cluster_id": "cls-1", "instance_ids": ["ins-1"]}"#,
        answer: ccs_node,
        missing: &CCS_NODES,
        ways: &["NotReady", "Unknown"],
        done: "normal",
        set: true,
        ..ROW
    },
    Row {
        product: "ccs",
        waiter: "pods_running",
        arguments: r#"{"cluster_id": "cls-1", "namespace": "default", "service_name": "web", "pods": 1}"#,
        states: Some("InstanceStatus"),
        answer: ccs_pod,
        missing: &CCS_CODES,
        ways: &["Waiting", "Terminating", "Terminated", "NotReady"],
        done: "Running",
        ..ROW
    },
];
