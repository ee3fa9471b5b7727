//! Mocks for the tests of a program: prepared outputs and errors for single operations, without a server.
//!
//! This module needs the feature `testing`. Enable it where tests are built:
//!
//! ```toml
//! [dev-dependencies]
//! wharf = { version = "0.1", features = ["testing"] }
//! ```
//!
//! A [`Mock`] replaces the transport of a connection. The rest of a call is as usual: the input is checked, retries are
//! made, outputs and errors are read from responses as the service sends them.
//!
//! ```
//! # #[cfg(feature = "tke")]
//! # #[tokio::main]
//! # async fn main() -> Result<(), wharf::Error> {
//! use wharf::testing::{Failure, Mock, filled};
//! use wharf::tke::cluster::operations::{DeleteCluster, DescribeClusters};
//! use wharf::tke::types::Cluster;
//! use wharf::{ErrorKind, tke};
//!
//! let mock = Mock::new();
//! mock.on::<DescribeClusters>().then_filled(|output| {
//!     output.total_count = 1;
//!     output.clusters.push(filled(|cluster: &mut Cluster| {
//!         cluster.cluster_id = "cls-1".into();
//!         cluster.cluster_status = "Running".into();
//!     }));
//! });
//! let deletes = mock
//!     .on::<DeleteCluster>()
//!     .matching(|input| input.cluster_id.as_deref() == Some("cls-1"))
//!     .then_error(Failure::code(tke::ErrorCode::FailedOperationClusterState, "The cluster is being upgraded."));
//!
//! let tke = tke::Connection::builder().region("ap-guangzhou").mock(&mock).build()?;
//! let cluster = tke.clusters().describe_clusters().send().await?.clusters.remove(0);
//! let error = tke.clusters().delete_cluster(&cluster.cluster_id).instance_delete_mode("retain").send().await.unwrap_err();
//!
//! assert_eq!(error.kind(), ErrorKind::Service);
//! assert_eq!(deletes.inputs()[0].instance_delete_mode.as_ref().unwrap(), "retain");
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "tke"))]
//! # fn main() {}
//! ```
//!
//! | you want | use |
//! |---|---|
//! | an output | [`then`](Rule::then), [`then_filled`](Rule::then_filled), [`filled`] for its parts |
//! | an output that depends on the input | [`then_with`](Rule::then_with) |
//! | an error of the service | [`Failure::code`], [`Failure::throttled`] |
//! | an error of the network | [`Failure::not_connected`], [`Failure::cut`], [`Failure::timed_out`], [`Failure::status`] |
//! | a sequence | several `then` and `then_error`; [`times`](Rule::times) repeats the one before it |
//! | what was called | [`Rule::inputs`], [`Mock::inputs`], [`Mock::calls`] |
//! | answers that were not used | [`Mock::unused`] |
//!
//! A call that no rule answers fails with the kind [`Configuration`](crate::ErrorKind::Configuration). Its message names
//! the operation and the reason. Errors that are retried wait between attempts, by the connection's clock. A
//! [`ManualClock`](crate::clock::ManualClock), or [`RetryPolicy::none`](crate::retry::RetryPolicy), avoids that.

pub use wharf_core::mock::{Failure, Mock, MockCall, NamedRule, Rule};

/// Returns a structure with the fields that `fill` sets; the others have their initial values.
///
/// Outputs and their parts cannot be written as struct expressions, because later versions may add fields.
///
/// ```
/// # #[cfg(feature = "tke")]
/// # {
/// use wharf::testing::filled;
/// use wharf::tke::types::Cluster;
///
/// let cluster: Cluster = filled(|cluster: &mut Cluster| cluster.cluster_name = "first".into());
/// assert_eq!((cluster.cluster_name.as_str(), cluster.cluster_id.as_str()), ("first", ""));
/// # }
/// ```
pub fn filled<T: Default>(fill: impl FnOnce(&mut T)) -> T {
    let mut value = T::default();
    fill(&mut value);
    value
}

/// Adds a rule for an operation by the names of product and operation, with inputs and outputs as JSON.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) if there is no such product or operation.
#[cfg(feature = "_any")]
pub fn by_name(mock: &Mock, product: &str, operation: &str) -> Result<NamedRule, crate::Error> {
    Ok(mock.on_entry(crate::lookup::find(product, product, operation)?))
}
