//! Alibaba Cloud Security Token Service (STS), version 2015-04-01 of its API: temporary credentials.
//!
//! ```no_run
//! # async fn run() -> Result<(), wharf::Error> {
//! use wharf::sts;
//!
//! let sts = sts::Connection::builder()
//!     .region("cn-beijing")
//!     .credentials(wharf::Credentials::new("access key", "secret key"))
//!     .build()?;
//! let output = sts
//!     .assume_role()
//!     .role_arn("acs:ram::1234567890123456:role/adminrole")
//!     .role_session_name("alice")
//!     .send()
//!     .await?;
//! println!("valid until {}", output.credentials.expiration);
//! # Ok(())
//! # }
//! ```
//!
//! A connection to another product does not need this: with the option `assume_role`, its builder requests and renews
//! the credentials.

// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
pub use wharf_products::alibaba::credentials;

pub use wharf_products::sts::{CODES, Client, ErrorCode, Request, operations, types};

/// The operations of each client, which [`Connection::call`] searches.
pub static OPERATIONS: &[&[wharf_core::operation::Entry]] = &[&wharf_products::sts::OPERATIONS];

crate::connection::connection!(sts, wharf_products::alibaba::AlibabaOptions, "STS");

impl Connection {
    /// Returns the client of the product.
    pub fn client(&self) -> Client {
        Client::new(self.0.clone())
    }
}
// end product

impl Connection {
    /// Returns a request for the credentials of a role.
    ///
    /// Required: `role_arn`, `role_session_name`; `send` fails with `InvalidInput` without them.
    pub fn assume_role(&self) -> Request<operations::AssumeRole> {
        self.client().assume_role()
    }
}
