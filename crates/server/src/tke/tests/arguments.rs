//! Arguments of the components of control planes.

use super::Cloud;
use super::settings::with;
use serde_json::json;

#[test]
fn arguments_are_kept_shown_and_changed() {
    let mut cloud = Cloud::new();
    let mut request = with("ClusterBasicSettings/ClusterVersion", json!("1.18.4"));
    let given = json!({"KubeAPIServer": ["goaway-chance=0.01"], "KubeControllerManager": ["v=4", "kube-api-burst=40"]});
    request["ClusterAdvancedSettings"] = json!({"ExtraArgs": given});
    let id = cloud.made(request);
    let shown =
        |cloud: &mut Cloud| cloud.ok("DescribeClusterExtraArgs", json!({"ClusterId": id}))["ClusterExtraArgs"].clone();
    let first = shown(&mut cloud);
    assert_eq!((&first["KubeAPIServer"], &first["KubeScheduler"]), (&given["KubeAPIServer"], &json!([])));
    let property = cloud.cluster(&id)["Property"].as_str().unwrap().to_owned();
    assert!(property.contains("goaway-chance=0.01"));
    let change = json!({"ClusterId": id, "ClusterExtraArgs": {"KubeScheduler": ["evict-filter-toleration=1h"]}});
    cloud.ok("ModifyClusterExtraArgs", change.clone());
    assert_eq!(cloud.component(&id, "kube-scheduler"), "updating");
    assert_eq!(cloud.cluster(&id)["ClusterStatus"], "RuntimeUpgrading");
    assert_eq!(cloud.code("ModifyClusterExtraArgs", change.clone()), "ResourceUnavailable");
    cloud.ok("ModifyClusterExtraArgsTaskState", json!({"ClusterId": id, "Operation": "abort"}));
    assert_eq!(shown(&mut cloud), first, "an aborted change is taken back");
    let none = json!({"ClusterId": id, "Operation": "abort"});
    assert_eq!(cloud.code("ModifyClusterExtraArgsTaskState", none), "FailedOperation.TaskLifeStateError");
    let wrong = json!({"ClusterId": id, "Operation": "pause"});
    assert_eq!(cloud.code("ModifyClusterExtraArgsTaskState", wrong), "InvalidParameter.Param");
    cloud.ok("ModifyClusterExtraArgs", change);
    cloud.pass(60);
    assert_eq!(shown(&mut cloud)["KubeScheduler"], json!(["evict-filter-toleration=1h"]));
    assert_eq!(
        (cloud.component(&id, "kube-scheduler"), cloud.cluster(&id)["ClusterStatus"].clone()),
        (json!("running"), json!("Running"))
    );
    assert_eq!(
        cloud.code("DescribeClusterExtraArgs", json!({"ClusterId": "cls-none"})),
        "InternalError.ClusterNotFound"
    );
}

#[test]
fn arguments_have_ranges_and_versions() {
    let mut cloud = Cloud::new();
    let id = cloud.versioned("1.18.4");
    for (component, argument, code) in [
        ("KubeAPIServer", "goaway-chance=0.03", "InvalidParameter"),
        ("KubeAPIServer", "goaway-chance", "InvalidParameter"),
        ("KubeAPIServer", "--goaway-chance=0.01", "InvalidParameter"),
        ("KubeAPIServer", "feature-gates=TTLAfterFinished", "InvalidParameter"),
        ("KubeControllerManager", "kube-api-burst=29", "InvalidParameter"),
        ("KubeControllerManager", "kube-api-burst=4.5", "InvalidParameter"),
        ("KubeControllerManager", "node-monitor-grace-period=39s", "InvalidParameter"),
        ("KubeControllerManager", "node-monitor-grace-period=soon", "InvalidParameter"),
        ("KubeControllerManager", "concurrent-cron-job-syncs=6", "InvalidParameter"),
        ("Etcd", "quota-backend-bytes=1", "InvalidParameter"),
        ("KubeControllerManager", "node-monitor-grace-period=1m30s", ""),
        ("KubeAPIServer", "feature-gates=TTLAfterFinished=true,EphemeralContainers=false", ""),
        ("KubeAPIServer", "max-requests-inflight=500", ""),
    ] {
        let change = json!({"ClusterId": id, "ClusterExtraArgs": {component: [argument]}});
        match cloud.call("ModifyClusterExtraArgs", change) {
            Ok(_) => assert_eq!(code, "", "{argument}"),
            Err(refusal) => assert_eq!(refusal.code, code, "{argument}"),
        }
        cloud.pass(60);
    }
    let twice = json!({"ClusterId": id, "ClusterExtraArgs": {"KubeScheduler": ["kube-api-qps=60", "kube-api-qps=70"]}});
    assert_eq!(cloud.code("ModifyClusterExtraArgs", twice), "InvalidParameter");
    let bad = with("ClusterAdvancedSettings/ExtraArgs", json!({"KubeScheduler": ["kube-api-qps=60"]}));
    assert_eq!(cloud.code("CreateCluster", bad), "InvalidParameter", "1.10.5 has no such argument");
    let available = json!({"ClusterVersion": "1.18.4", "ClusterType": "MANAGED_CLUSTER"});
    let flags = cloud.ok("DescribeClusterAvailableExtraArgs", available)["AvailableExtraArgs"].clone();
    let goaway = &flags["KubeAPIServer"][1];
    assert_eq!((&goaway["Name"], &goaway["Constraint"]), (&json!("goaway-chance"), &json!("[0, 0.02]")));
    let old = json!({"ClusterVersion": "1.16.3", "ClusterType": "MANAGED_CLUSTER"});
    let flags = cloud.ok("DescribeClusterAvailableExtraArgs", old)["AvailableExtraArgs"]["KubeAPIServer"].clone();
    assert_eq!(flags.as_array().unwrap().len(), 1);
    for wrong in [
        json!({"ClusterVersion": "9.9", "ClusterType": "MANAGED_CLUSTER"}),
        json!({"ClusterVersion": "1.16.3", "ClusterType": "X"}),
    ] {
        assert_eq!(cloud.code("DescribeClusterAvailableExtraArgs", wrong), "InvalidParameter.Param");
    }
}
