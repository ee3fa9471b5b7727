use super::*;

/// Codes that every operation may answer.
const PUBLIC: [&str; 10] = [
    "DryRunOperation",
    "FailedOperation",
    "InternalError",
    "InvalidParameter",
    "LimitExceeded",
    "MissingParameter",
    "ResourceInUse",
    "ResourceNotFound",
    "ResourceUnavailable",
    "UnsupportedOperation",
];

#[test]
fn the_last_code_of_every_reason_is_public() {
    use Reason as R;
    let reasons = [
        R::Invalid,
        R::Missing,
        R::NoCluster,
        R::NoPart,
        R::NoMachine,
        R::NoNetwork,
        R::NoSubnet,
        R::NoImage,
        R::RangeUnreadable,
        R::RangeNotPrivate,
        R::RangeSize,
        R::RangeOfCluster,
        R::RangeOfNetwork,
        R::RangeOfGlobalRoute,
        R::ClusterQuota,
        R::NodeQuota,
        R::PoolQuota,
        R::Protected,
        R::Machine,
        R::Scaling,
        R::Masters,
        R::InUse,
        R::Unavailable,
        R::NodeVersions,
        R::NoTask,
        R::NoRecord,
        R::TaskRunning,
        R::RangeOfRoute,
        R::OutOfTable,
        R::GatewayTaken,
        R::NoRouteTable,
        R::Exists,
        R::NotEmpty,
        R::RouteQuota,
        R::Unsuitable,
        R::NotRemovable,
        R::TaskState,
        R::NotNow,
        R::Denied,
        R::Unsupported,
        R::Rehearsed,
    ];
    for reason in reasons {
        assert!(codes(reason).last().is_some_and(|code| PUBLIC.contains(code)), "{reason:?}");
    }
}

#[test]
fn an_operation_answers_the_code_its_document_lists() {
    let gone = Reason::NoCluster.because("the cluster cls-1 does not exist");
    assert_eq!(refusal("DescribeClusterInstances", &gone).code, "InvalidParameter.ClusterNotFound");
    assert_eq!(refusal("ModifyClusterAsGroupOptionAttribute", &gone).code, "InternalError.ClusterNotFound");
    assert_eq!(refusal("DeleteCluster", &gone).code, "ResourceNotFound");
    assert_eq!(refusal("DeleteCluster", &gone).message, "The cluster cls-1 does not exist.");
}
