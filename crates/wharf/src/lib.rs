//! An SDK for the control planes of container services, in public and private clouds.
//!
//! Create a connection to a product, take a client from it, fill a request and send it:
//!
//! ```no_run
//! use std::time::Duration;
//! use wharf::tke::types::{ClusterType, InstanceDeleteMode};
//! use wharf::{ErrorKind, tke};
//!
//! # async fn run() -> Result<(), wharf::Error> {
//! let tke = tke::Connection::builder()
//!     .region("ap-guangzhou")
//!     .credentials(tke::credentials::default_chain()) // environment, profile file, instance role
//!     .build()?;
//! let clusters = tke.clusters();
//!
//! let created = clusters
//!     .create_cluster()
//!     .cluster_type(ClusterType::ManagedCluster)
//!     .cluster_cidr_settings(|cidr| cidr.cluster_cidr("172.16.0.0/16"))
//!     .send()
//!     .await?;
//!
//! clusters
//!     .wait_until_running(&created.cluster_id)
//!     .timeout(Duration::from_secs(900))
//!     .on_progress(|status| println!("{status}"))
//!     .await?;
//!
//! let mut all = clusters.describe_clusters().items(); // a stream over every page
//! while let Some(cluster) = all.try_next().await? {
//!     println!("{} {}", cluster.cluster_id, cluster.cluster_name);
//! }
//!
//! let deleted = clusters
//!     .delete_cluster(&created.cluster_id)
//!     .instance_delete_mode(InstanceDeleteMode::Terminate)
//!     .send()
//!     .await;
//! match deleted {
//!     Err(error) if error.kind() == ErrorKind::NotFound => {}
//!     Err(error) => eprintln!("{error} (request {})", error.request_id().unwrap_or("-")),
//!     Ok(_) => {}
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Products
//!
// begin front: written by `cargo codegen` from specs/*/product.json; do not edit
//! | product | clients |
//! |---|---|
#![cfg_attr(
    feature = "ack",
    doc = "| [`ack`]: Alibaba Cloud Container Service for Kubernetes (ACK) | [`clusters`](ack::cluster::Client), [`nodes`](ack::node::Client), [`scaling`](ack::scaling::Client), [`monitoring`](ack::monitoring::Client) |"
)]
#![cfg_attr(
    feature = "ack-public",
    doc = "| ACK, only in public clouds | [`triggers`](ack::triggers::Client), [`vulnerabilities`](ack::vulnerabilities::Client), [`inspection`](ack::inspection::Client), [`tasks`](ack::tasks::Client), [`events`](ack::events::Client), [`pools`](ack::pools::Client), [`policies`](ack::policies::Client), [`addons`](ack::addons::Client), [`access`](ack::access::Client), [`settings`](ack::settings::Client) |"
)]
#![cfg_attr(
    feature = "cce",
    doc = "| [`cce`]: Huawei Cloud Container Engine (CCE) | [`clusters`](cce::cluster::Client), [`nodes`](cce::node::Client), [`scaling`](cce::scaling::Client), [`iam`](cce::iam::Client) |"
)]
#![cfg_attr(
    feature = "cce-public",
    doc = "| CCE, only in public clouds | [`autopilot`](cce::autopilot::Client), [`upgrades`](cce::upgrades::Client), [`pools`](cce::pools::Client), [`addons`](cce::addons::Client), [`charts`](cce::charts::Client), [`access`](cce::access::Client), [`settings`](cce::settings::Client) |"
)]
#![cfg_attr(
    feature = "ccs",
    doc = "| [`ccs`]: Tencent CCS, the container service before TKE | [`clusters`](ccs::cluster::Client), [`nodes`](ccs::node::Client), [`monitoring`](ccs::monitoring::Client), [`registries`](ccs::registry::Client) |"
)]
#![cfg_attr(feature = "ack", doc = "| [`sts`]: Alibaba Cloud Security Token Service (STS) | [`client`](sts::Client) |")]
#![cfg_attr(
    feature = "tcr",
    doc = "| [`tcr`]: Tencent Container Registry (TCR) | [`registries`](tcr::registry::Client) |"
)]
#![cfg_attr(
    feature = "tcr-public",
    doc = "| TCR, only in public clouds | [`access`](tcr::access::Client), [`ai`](tcr::ai::Client), [`images`](tcr::images::Client), [`instances`](tcr::instances::Client), [`replication`](tcr::replication::Client), [`repositories`](tcr::repositories::Client), [`retention`](tcr::retention::Client), [`security`](tcr::security::Client), [`webhooks`](tcr::webhooks::Client) |"
)]
#![cfg_attr(
    feature = "tke",
    doc = "| [`tke`]: Tencent Kubernetes Engine (TKE) | [`clusters`](tke::cluster::Client), [`nodes`](tke::node::Client), [`scaling`](tke::scaling::Client), [`monitoring`](tke::monitoring::Client) |"
)]
#![cfg_attr(
    feature = "tke-public",
    doc = "| TKE, only in public clouds | [`prometheus`](tke::prometheus::Client), [`edge`](tke::edge::Client), [`serverless`](tke::serverless::Client), [`logs`](tke::logs::Client), [`inspection`](tke::inspection::Client), [`external`](tke::external::Client), [`pools`](tke::pools::Client), [`upgrades`](tke::upgrades::Client), [`addons`](tke::addons::Client), [`releases`](tke::releases::Client), [`maintenance`](tke::maintenance::Client), [`networks`](tke::networks::Client), [`access`](tke::access::Client), [`backups`](tke::backups::Client), [`control_plane`](tke::control_plane::Client), [`settings`](tke::settings::Client), [`v20220501`](tke::v20220501) |"
)]
// end front
//!
//! A method of a client starts a request. The docs of each method link to the page of its operation, which has an
//! example, the fields and the error codes. The setters of a nested field are on the page of its type.
//!
//! # Behaviour
//!
//! - A connection belongs to one product, is cheap to clone and shares its pool, its credentials and its
//!   retry budget with its clones. Private clouds, certificates, proxies, timeouts and retries are settings
//!   of its builder.
//! - A required field that is not set, or a value out of bounds, is an error before anything is sent.
//! - A value that this version does not know (a new state, a new error code) is kept and is not an error.
//! - A time is a [`Timestamp`]: set a `SystemTime`, or a text with any zone. It is sent in the form and zone that the
//!   document of its field uses. A received time without a zone is read as a time of that zone.
//! - `Debug` never shows a secret.
//! - Operations can also be called by name with JSON: `call` of a connection, [`operations`], and [`any`] for
//!   programs that learn products, operations and settings at run time.
//!
//! # Features
//!
//! `tke`, `tcr`, `cce`, `ack` (with `sts`) and `ccs` select products. `rustls-ring` (the default), `rustls-aws-lc-rs`
//! and `native-tls` select the TLS implementation; without one of them, a connection to an `https` endpoint is refused
//! when it is built. `serde` implements `Serialize` and `Deserialize` for requests, outputs and structures.

// A warning in an example is an error; parts of an example may be unused.
#![doc(test(attr(deny(warnings), allow(dead_code, unused_variables))))]

// begin products: written by `cargo codegen` from specs/*/product.json; do not edit
#[cfg(feature = "ack")]
pub mod ack;
#[cfg(feature = "_any")]
pub mod any;
#[cfg(feature = "cce")]
pub mod cce;
#[cfg(feature = "ccs")]
pub mod ccs;
#[cfg(feature = "ack")]
pub mod sts;
#[cfg(feature = "tcr")]
pub mod tcr;
#[cfg(feature = "tke")]
pub mod tke;
// end products

#[cfg(feature = "_any")]
mod connection;
#[cfg(all(feature = "kubernetes", feature = "tcr"))]
pub mod docker_config;
#[cfg(all(feature = "kubernetes", any(feature = "tke", feature = "cce", feature = "ack", feature = "tcr")))]
mod file;
#[cfg(all(feature = "kubernetes", any(feature = "tke", feature = "cce", feature = "ack")))]
pub mod kubeconfig;
#[cfg(all(feature = "kubernetes", any(feature = "tke", feature = "cce", feature = "ack")))]
pub mod kubernetes;
#[cfg(feature = "_any")]
mod lookup;
mod table;
#[cfg(feature = "testing")]
pub mod testing;

#[cfg(all(feature = "kubernetes", feature = "tcr"))]
pub use docker_config::DockerConfig;
#[cfg(all(feature = "kubernetes", any(feature = "tke", feature = "cce", feature = "ack")))]
pub use kubeconfig::{Kubeconfig, KubeconfigProvider};
#[cfg(all(feature = "kubernetes", any(feature = "tke", feature = "cce", feature = "ack")))]
pub use kubernetes::Kubernetes;
pub use table::operations;

pub use wharf_core::Result;
pub use wharf_core::credentials::Credentials;
pub use wharf_core::error::{Attempt, Change, CodeMeta, Error, ErrorKind};
pub use wharf_core::model::{JsonText, Secret, Timestamp};
pub use wharf_core::response::Response;

pub use wharf_core::{clock, credentials, intercept, limit, model, operation, paginate, retry, transport, wait};

/// The examples of the README, compiled unchanged.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
