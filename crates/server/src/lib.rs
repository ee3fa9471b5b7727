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
//! The road of a request: [`listen`](Server::endpoint) or [`transport`](Server::transport) → gateway
//! (size, signature, operation, region, rate, parameters: all from the specs) → a product's view
//! (TKE, TCR, CCS, CCE or ACK) → the [`world`].

mod access;
mod ack;
mod authority;
mod catalog;
mod cce;
mod ccs;
mod clock;
pub mod coverage;
mod doctor;
mod error;
mod fault;
mod gateway;
mod handler;
mod input;
mod journal;
mod kubernetes;
mod limit;
mod listen;
mod refusal;
mod regions;
mod registry;
mod server;
mod tcr;
mod tke;
mod tls;
mod transport;
mod unsimulated;

pub use access::{Policy, PolicyError, SubAccount, Vendor};
pub use clock::Time;
pub use coverage::Coverage;
pub use doctor::Diagnosis;
pub use error::StartError;
pub use fault::{Fault, FaultError, Faults};
pub use journal::{Entry, Journal, SignatureMethod};
pub use refusal::Refusal;
pub use server::{Builder, IamUser, Server};
pub use unsimulated::{Edition, Unsimulated};
pub use wharf_world as world;
pub use wharf_world::{FailurePoint, MachineFault};
