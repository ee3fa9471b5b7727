//! The reference server: the vendors' services on your desk, with the same wire and a simulated cloud behind it.
//!
//! In a test it runs in the same process:
//!
//! ```no_run
//! use std::time::Duration;
//! use wharf_server::{Fault, Server, Time};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let server = Server::builder().time(Time::Manual).start().await?;
//! server.faults().add(Fault::throttle().operation("DescribeClusters").times(2));
//! // ... calls to `server.endpoint()` with `server.credentials()`, or by `server.transport()` ...
//! server.advance(Duration::from_secs(300));
//! assert!(server.journal().of("CreateCluster").is_empty());
//! # Ok(())
//! # }
//! ```
//!
//! The road of a request: [`listen`](Cloud::endpoint) or [`transport`](Cloud::transport) → gateway
//! (size, signature, operation, region, rate, parameters: all from the specs) → a product's view
//! (TKE, TCR, CCS, CCE or ACK) → the [`world`].

mod access;
mod accounts;
mod ack;
mod authority;
mod catalog;
mod cce;
mod ccs;
mod clock;
mod cloud;
mod clouds;
mod control;
pub mod coverage;
mod distribution;
mod doctor;
mod error;
mod explain;
mod fault;
mod gateway;
mod handler;
mod images;
mod input;
mod journal;
mod kubernetes;
mod limit;
mod listen;
mod mishap;
mod refusal;
mod regions;
mod registry;
mod server;
mod survey;
mod tcr;
pub mod testing;
mod tke;
mod tls;
mod transport;
mod unsimulated;
mod world_file;

pub use access::{Policy, PolicyError, SubAccount, Vendor};
pub use clock::Time;
pub use cloud::{Cloud, CloudBuilder, IamUser};
pub use control::Problem;
pub use coverage::Coverage;
pub use distribution::Layers;
pub use doctor::Diagnosis;
pub use error::StartError;
pub use explain::{CaptureError, Explanation, Keys, explain};
pub use fault::{Fault, FaultError, Faults};
pub use images::{ImageFacts, NewImage};
pub use journal::{Entry, Filter, FilterError, Follow, Followed, Journal, Outcome, SignatureMethod, Verdict};
pub use mishap::{Mishap, Node as MishapNode, Stock};
pub use refusal::Refusal;
pub use server::{Builder, Server};
pub use survey::State;
pub use unsimulated::{Edition, Unsimulated};
pub use wharf_world as world;
pub use wharf_world::infra::offers::Releases;
pub use wharf_world::{FailurePoint, MachineFault};
pub use world_file::{read_file as read_world_file, write_file as write_world_file};
