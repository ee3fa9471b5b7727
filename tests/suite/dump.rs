//! Feature `serde`: models written and read by their wire names.

use serde_json::json;
use wharf::tke::cluster::operations::DescribeClustersOutput;
use wharf::tke::types::ClusterType;
use wharf::{Credentials, tke};

#[test]
fn an_answer_survives_being_stored() {
    let stored = json!({
        "TotalCount": 1,
        "Clusters": [{
            "ClusterId": "cls-1", "ClusterName": "集群", "ClusterStatus": "Dreaming", "ClusterNodeNum": 3,
            "TagSpecification": [{"ResourceType": "cluster", "Tags": [{"Key": "team", "Value": ""}]}],
        }],
        "RequestId": "r-1",
    });
    let answer: DescribeClustersOutput = serde_json::from_value(stored).unwrap();
    assert_eq!(answer.clusters[0].cluster_status.as_str(), "Dreaming");
    let again: DescribeClustersOutput = serde_json::from_str(&serde_json::to_string(&answer).unwrap()).unwrap();
    assert!(again == answer);
}

#[test]
fn what_is_absent_is_not_written() {
    let server = tke::Connection::builder().region("ap-guangzhou").credentials(Credentials::new("id", "secret"));
    let request = server.build().unwrap().clusters().create_cluster().cluster_type(ClusterType::ManagedCluster);
    assert_eq!(serde_json::to_value(request.input()).unwrap(), json!({"ClusterType": "MANAGED_CLUSTER"}));
}
