//! What services answer: things in a state, and the ways to say that there is none.

use super::Answer;
use serde_json::{Value, json};

pub(super) fn tencent(mut response: Value) -> Answer {
    response["RequestId"] = json!("r");
    (200, json!({ "Response": response }))
}

pub(super) fn tencent_error(code: &str) -> Answer {
    tencent(json!({ "Error": { "Code": code, "Message": "m" } }))
}

pub(super) fn ccs(data: &Value) -> Answer {
    (200, json!({ "code": 0, "message": "", "codeDesc": "Success", "data": data }))
}

pub(super) fn ccs_error(code: i64, word: &str, message: &str) -> Answer {
    (200, json!({ "code": code, "message": message, "codeDesc": word }))
}

pub(super) fn cce_error(status: u16, code: &str) -> Answer {
    (status, json!({ "errorCode": code, "errorMessage": "m" }))
}

pub(super) fn ack_error(status: u16, code: &str) -> Answer {
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
pub(super) const TKE_CODES: [fn() -> Answer; 5] = [
    || tencent_error("ResourceNotFound"),
    || tencent_error("InternalError.ClusterNotFound"),
    || tencent_error("InvalidParameter.ClusterNotFound"),
    || tencent_error("FailedOperation.ClusterNotFound"),
    || tencent_error("InternalServerError.ClusterNotFound"),
];
pub(super) const CCE_CODES: &[fn() -> Answer] = &[
    || cce_error(404, "CCE.01404001"),
    || cce_error(404, "CCE.01404999"),
    || (404, json!({ "error_code": "CCE_CM.0003", "error_msg": "Resource not found" })),
    || (404, json!({ "kind": "Status", "code": 404, "message": "m", "reason": "NotFound", "status": "Failure" })),
];
pub(super) const ACK_CODES: &[fn() -> Answer] = &[
    || ack_error(404, "ErrorClusterNotFound"),
    || ack_error(400, "ErrorClusterNotFound"),
    || ack_error(404, "ErrorNodePoolNotFound"),
    || ack_error(404, "Whatever"),
];
pub(super) const CCS_CODES: [fn() -> Answer; 3] = [
    || ccs_error(5000, "InternalError", "(5000)none"),
    || ccs_error(5000, "ResourceNotFound", "none"),
    || ccs_error(4000, "KubeResourceNotFound", "(-160004)none"),
];

pub(super) const fn with<const N: usize, const M: usize>(
    first: fn() -> Answer,
    more: [fn() -> Answer; N],
) -> [fn() -> Answer; M] {
    let mut all = [first; M];
    let mut at = 0;
    while at < N {
        all[at + 1] = more[at];
        at += 1;
    }
    all
}

pub(super) static TKE_CLUSTERS: [fn() -> Answer; 6] =
    with(|| tencent(json!({ "TotalCount": 0, "Clusters": [] })), TKE_CODES);
pub(super) static TKE_GROUPS: [fn() -> Answer; 6] =
    with(|| tencent(json!({ "TotalCount": 0, "ClusterAsGroupSet": [] })), TKE_CODES);
pub(super) static TKE_POOLS: [fn() -> Answer; 6] =
    with(|| tencent(json!({ "TotalCount": 0, "NodePoolSet": [] })), TKE_CODES);
pub(super) static TKE_INSTANCES: [fn() -> Answer; 6] =
    with(|| tencent(json!({ "TotalCount": 0, "InstanceSet": [] })), TKE_CODES);
pub(super) static TKE_ENDPOINT: [fn() -> Answer; 6] = with(|| tencent(json!({ "Status": "NotFound" })), TKE_CODES);
pub(super) static CCS_CLUSTERS: [fn() -> Answer; 4] =
    with(|| ccs(&json!({ "totalCount": 0, "clusters": [] })), CCS_CODES);
pub(super) static CCS_SERVICE: [fn() -> Answer; 4] = with(|| ccs(&json!({})), CCS_CODES);
pub(super) static CCS_NODES: [fn() -> Answer; 4] = with(|| ccs(&json!({ "totalCount": 0, "nodes": [] })), CCS_CODES);

pub(super) static TKE_CLUSTER_STATES: [fn() -> Answer; 6] =
    with(|| tencent(json!({ "TotalCount": 0, "ClusterStatusSet": [] })), TKE_CODES);
pub(super) static TKE_ADDONS: [fn() -> Answer; 6] = with(|| tencent(json!({ "Addons": [] })), TKE_CODES);
pub(super) static TKE_NATIVE_POOLS: [fn() -> Answer; 6] =
    with(|| tencent(json!({ "TotalCount": 0, "NodePools": [] })), TKE_CODES);

pub(super) fn tke_node_pool(state: &str) -> Answer {
    tencent(json!({ "NodePool": { "NodePoolId": "np-1", "LifeState": state } }))
}

pub(super) fn tke_addon(phase: &str) -> Answer {
    tencent(json!({ "Addons": [{ "AddonName": "cbs", "Phase": phase }] }))
}

pub(super) fn tke_cluster(state: &str) -> Answer {
    tencent(json!({ "TotalCount": 1, "Clusters": [{ "ClusterId": "cls-1", "ClusterStatus": state }] }))
}

pub(super) fn cce_cluster(phase: &str) -> Answer {
    (200, json!({ "kind": "Cluster", "metadata": { "uid": "c", "name": "c" }, "status": { "phase": phase } }))
}

pub(super) fn cce_node(phase: &str) -> Answer {
    (200, json!({ "kind": "Node", "metadata": { "uid": "n" }, "spec": {}, "status": { "phase": phase } }))
}

pub(super) fn cce_pool(phase: &str) -> Answer {
    let spec = json!({ "initialNodeCount": 2, "nodeTemplate": {} });
    (200, json!({ "metadata": { "uid": "p" }, "spec": spec, "status": { "phase": phase, "currentNode": 2 } }))
}

pub(super) fn cce_job(phase: &str) -> Answer {
    (200, json!({ "kind": "Job", "metadata": { "uid": "j" }, "spec": { "subJobs": [] }, "status": { "phase": phase } }))
}

pub(super) fn ack_cluster(state: &str) -> Answer {
    (200, json!({ "cluster_id": "c", "name": "c", "state": state, "current_version": "2" }))
}

pub(super) fn ack_pool(state: &str) -> Answer {
    (200, json!({ "nodepool_info": { "nodepool_id": "np" }, "status": { "state": state, "total_nodes": 1 } }))
}

pub(super) fn ack_nodes(state: &str) -> Answer {
    let node = json!({ "instance_id": "i-1", "state": state, "node_status": "Ready" });
    let page = json!({ "page_number": 1, "page_size": 100, "total_count": 1 });
    (200, json!({ "nodes": [node], "page": page }))
}

pub(super) fn no_ack_nodes() -> Answer {
    (200, json!({ "nodes": [], "page": { "page_number": 1, "page_size": 100, "total_count": 0 } }))
}

pub(super) fn ccs_cluster(status: &str) -> Answer {
    ccs(&json!({ "totalCount": 1, "clusters": [{ "clusterId": "cls-1", "status": status }] }))
}

pub(super) fn ccs_service(status: &str) -> Answer {
    let service = json!({ "serviceName": "web", "status": status, "currentReplicas": 1, "desiredReplicas": 1 });
    ccs(&json!({ "service": service }))
}

pub(super) fn ccs_node(state: &str) -> Answer {
    let node = json!({ "instanceId": "ins-1", "isNormal": i32::from(state == "normal"), "abnormalReason": state });
    ccs(&json!({ "totalCount": 1, "nodes": [node] }))
}

pub(super) fn ccs_pod(status: &str) -> Answer {
    ccs(&json!({ "totalCount": 1, "instances": [{ "name": "web-1", "status": status }] }))
}
