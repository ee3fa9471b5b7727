//! What each waiter meets.

use super::Answer;
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

fn tencent(mut response: Value) -> Answer {
    response["RequestId"] = json!("r");
    (200, json!({ "Response": response }))
}

fn tencent_error(code: &str) -> Answer {
    tencent(json!({ "Error": { "Code": code, "Message": "m" } }))
}

fn ccs(data: &Value) -> Answer {
    (200, json!({ "code": 0, "message": "", "codeDesc": "Success", "data": data }))
}

fn ccs_error(code: i64, word: &str, message: &str) -> Answer {
    (200, json!({ "code": code, "message": message, "codeDesc": word }))
}

fn cce_error(status: u16, code: &str) -> Answer {
    (status, json!({ "errorCode": code, "errorMessage": "m" }))
}

fn ack_error(status: u16, code: &str) -> Answer {
    (status, json!({ "code": code, "message": "m", "requestId": "r" }))
}

pub(super) fn denied(product: &str) -> Answer {
    match product {
        "tke" | "tcr" => tencent_error("UnauthorizedOperation"),
        "ccs" => ccs_error(4102, "CamAuthFailed", "m"),
        "cce" => cce_error(403, "CCE.01403001"),
        _ => ack_error(403, "Forbidden.RAM"),
    }
}

/// Also as a code that no document has, and as other documents print it.
const TKE_CODES: [fn() -> Answer; 5] = [
    || tencent_error("ResourceNotFound"),
    || tencent_error("InternalError.ClusterNotFound"),
    || tencent_error("InvalidParameter.ClusterNotFound"),
    || tencent_error("FailedOperation.ClusterNotFound"),
    || tencent_error("InternalServerError.ClusterNotFound"),
];
const CCE_CODES: &[fn() -> Answer] = &[
    || cce_error(404, "CCE.01404001"),
    || cce_error(404, "CCE.01404999"),
    || (404, json!({ "error_code": "CCE_CM.0003", "error_msg": "Resource not found" })),
    || (404, json!({ "kind": "Status", "code": 404, "message": "m", "reason": "NotFound", "status": "Failure" })),
];
const ACK_CODES: &[fn() -> Answer] = &[
    || ack_error(404, "ErrorClusterNotFound"),
    || ack_error(400, "ErrorClusterNotFound"),
    || ack_error(404, "ErrorNodePoolNotFound"),
    || ack_error(404, "Whatever"),
];
const CCS_CODES: [fn() -> Answer; 3] = [
    || ccs_error(5000, "InternalError", "(5000)none"),
    || ccs_error(5000, "ResourceNotFound", "none"),
    || ccs_error(4000, "KubeResourceNotFound", "(-160004)none"),
];

const fn with<const N: usize, const M: usize>(first: fn() -> Answer, more: [fn() -> Answer; N]) -> [fn() -> Answer; M] {
    let mut all = [first; M];
    let mut at = 0;
    while at < N {
        all[at + 1] = more[at];
        at += 1;
    }
    all
}

static TKE_CLUSTERS: [fn() -> Answer; 6] = with(|| tencent(json!({ "TotalCount": 0, "Clusters": [] })), TKE_CODES);
static TKE_GROUPS: [fn() -> Answer; 6] =
    with(|| tencent(json!({ "TotalCount": 0, "ClusterAsGroupSet": [] })), TKE_CODES);
static TKE_POOLS: [fn() -> Answer; 6] = with(|| tencent(json!({ "TotalCount": 0, "NodePoolSet": [] })), TKE_CODES);
static TKE_INSTANCES: [fn() -> Answer; 6] = with(|| tencent(json!({ "TotalCount": 0, "InstanceSet": [] })), TKE_CODES);
static TKE_ENDPOINT: [fn() -> Answer; 6] = with(|| tencent(json!({ "Status": "NotFound" })), TKE_CODES);
static CCS_CLUSTERS: [fn() -> Answer; 4] = with(|| ccs(&json!({ "totalCount": 0, "clusters": [] })), CCS_CODES);
static CCS_SERVICE: [fn() -> Answer; 4] = with(|| ccs(&json!({})), CCS_CODES);
static CCS_NODES: [fn() -> Answer; 4] = with(|| ccs(&json!({ "totalCount": 0, "nodes": [] })), CCS_CODES);

fn tke_cluster(state: &str) -> Answer {
    tencent(json!({ "TotalCount": 1, "Clusters": [{ "ClusterId": "cls-1", "ClusterStatus": state }] }))
}

fn cce_cluster(phase: &str) -> Answer {
    (200, json!({ "kind": "Cluster", "metadata": { "uid": "c", "name": "c" }, "status": { "phase": phase } }))
}

fn cce_node(phase: &str) -> Answer {
    (200, json!({ "kind": "Node", "metadata": { "uid": "n" }, "spec": {}, "status": { "phase": phase } }))
}

fn cce_pool(phase: &str) -> Answer {
    let spec = json!({ "initialNodeCount": 2, "nodeTemplate": {} });
    (200, json!({ "metadata": { "uid": "p" }, "spec": spec, "status": { "phase": phase, "currentNode": 2 } }))
}

fn cce_job(phase: &str) -> Answer {
    (200, json!({ "kind": "Job", "metadata": { "uid": "j" }, "spec": { "subJobs": [] }, "status": { "phase": phase } }))
}

fn ack_cluster(state: &str) -> Answer {
    (200, json!({ "cluster_id": "c", "name": "c", "state": state, "current_version": "2" }))
}

fn ack_pool(state: &str) -> Answer {
    (200, json!({ "nodepool_info": { "nodepool_id": "np" }, "status": { "state": state, "total_nodes": 1 } }))
}

fn ack_nodes(state: &str) -> Answer {
    let node = json!({ "instance_id": "i-1", "state": state, "node_status": "Ready" });
    let page = json!({ "page_number": 1, "page_size": 100, "total_count": 1 });
    (200, json!({ "nodes": [node], "page": page }))
}

fn no_ack_nodes() -> Answer {
    (200, json!({ "nodes": [], "page": { "page_number": 1, "page_size": 100, "total_count": 0 } }))
}

fn ccs_cluster(status: &str) -> Answer {
    ccs(&json!({ "totalCount": 1, "clusters": [{ "clusterId": "cls-1", "status": status }] }))
}

fn ccs_service(status: &str) -> Answer {
    let service = json!({ "serviceName": "web", "status": status, "currentReplicas": 1, "desiredReplicas": 1 });
    ccs(&json!({ "service": service }))
}

fn ccs_node(state: &str) -> Answer {
    let node = json!({ "instanceId": "ins-1", "isNormal": i32::from(state == "normal"), "abnormalReason": state });
    ccs(&json!({ "totalCount": 1, "nodes": [node] }))
}

fn ccs_pod(status: &str) -> Answer {
    ccs(&json!({ "totalCount": 1, "instances": [{ "name": "web-1", "status": status }] }))
}

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
