//! How a project tests its own code: one server for all tests of a program, and a cloud for each test.
//!
//! ```console
//! $ cargo test --example tests_with_server
//! ```
//!
//! In a project of your own the tests are in `tests/`, and `wharf-server` is among the `dev-dependencies`.

use std::io::Write;
use wharf::Error;
use wharf::tke::Connection;

/// The code to be tested.
async fn cluster_names(connection: &Connection) -> Result<Vec<String>, Error> {
    let clusters = connection.clusters().describe_clusters().send().await?.clusters;
    Ok(clusters.into_iter().map(|cluster| cluster.cluster_name).collect())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let connection = Connection::builder().region("ap-guangzhou").build()?;
    for name in cluster_names(&connection).await? {
        writeln!(std::io::stdout(), "{name}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::time::Duration;
    use wharf::ErrorKind;
    use wharf::retry::RetryPolicy;
    use wharf::tke::types::{ClusterStatus, ClusterType};
    use wharf_server::testing::{self, TestCloud};
    use wharf_server::{Cloud, Fault};

    fn connect(cloud: &Cloud) -> Connection {
        let connection = Connection::builder().region(cloud.region()).endpoint(cloud.endpoint());
        connection.credentials(cloud.credentials()).retry_policy(RetryPolicy::none()).build().unwrap()
    }

    /// A cloud with a cluster that is being created.
    async fn cloud_with_cluster(name: &str) -> (TestCloud, Connection) {
        let cloud = testing::cloud().unwrap();
        let tke = connect(&cloud);
        let order = tke.clusters().create_cluster().cluster_type(ClusterType::ManagedCluster);
        // The same range in each test: no cloud knows of another.
        let order = order.cluster_cidr_settings(|ranges| ranges.cluster_cidr("172.16.0.0/16"));
        order.cluster_basic_settings(|basic| basic.cluster_name(name).vpc_id("vpc-default0")).send().await.unwrap();
        (cloud, tke)
    }

    #[tokio::test]
    async fn names_are_those_of_this_cloud() {
        let (_cloud, tke) = cloud_with_cluster("mine").await;
        let (_other_cloud, other) = cloud_with_cluster("other").await;
        assert_eq!(cluster_names(&tke).await.unwrap(), ["mine"]);
        assert_eq!(cluster_names(&other).await.unwrap(), ["other"]);
    }

    #[tokio::test]
    async fn a_cluster_becomes_running() {
        let (cloud, tke) = cloud_with_cluster("soon").await;
        cloud.advance(Duration::from_secs(60));
        let clusters = tke.clusters().describe_clusters().send().await.unwrap().clusters;
        assert_eq!(clusters[0].cluster_status, ClusterStatus::Running);
    }

    #[tokio::test]
    async fn a_service_that_fails() {
        let (cloud, tke) = cloud_with_cluster("behind").await;
        cloud.faults().add(Fault::throttle().operation("DescribeClusters").times(1));
        assert_eq!(cluster_names(&tke).await.unwrap_err().kind(), ErrorKind::Throttled);
        assert_eq!(cluster_names(&tke).await.unwrap(), ["behind"]);
        assert_eq!(cloud.journal().of("DescribeClusters").len(), 2);
    }
}
