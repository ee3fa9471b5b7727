//! Signatures of the APIs of Tencent Cloud, Huawei Cloud and Alibaba Cloud, as pure functions.
//!
//! A scheme takes the plain parts of an HTTP request ([`Request`]), a key ([`Credentials`]) and the time, and returns
//! the signature with all intermediate texts ([`Signed`]). Nothing is sent, no clock is read, and no HTTP library is
//! needed. A client adds the result to its request. A server computes the same and compares with [`equal`], and can
//! report the stage at which the two sides differ.
//!
//! | scheme | module | signs | the signature is |
//! |---|---|---|---|
//! | TC3-HMAC-SHA256 (Tencent, API 3.0) | [`tc3`] | method, path, query, headers, payload | a header |
//! | HmacSHA1, HmacSHA256 (Tencent, API 3.0) | [`hmac_v1`] | method, host, path, parameters | a parameter |
//! | HmacSHA1, HmacSHA256 (Tencent, API 2.0) | [`hmac_v1_api2`] | method, host, path, parameters | a parameter |
//! | SDK-HMAC-SHA256 (Huawei) | [`sdk_hmac_sha256`] | method, path, parameters, headers, payload | a header |
//! | ACS3-HMAC-SHA256 (Alibaba) | [`acs3`] | method, path, parameters, headers, payload | a header |
//! | HMAC-SHA1, ROA (Alibaba) | [`acs_roa`] | method, path, parameters, headers | a header |
//! | HMAC-SHA1, RPC (Alibaba) | [`acs_rpc`] | method, parameters | a parameter |
//!
//! # Example
//!
//! Signs a request with TC3-HMAC-SHA256 and prints the headers to send with it:
//!
//! ```
//! use wharf_sign::{Credentials, Payload, Request, tc3};
//!
//! # fn main() -> Result<(), wharf_sign::Error> {
//! let credentials = Credentials { id: "AKIDexample", secret: "example-secret", token: None };
//! credentials.check()?;
//! let body = r#"{"Limit": 20}"#;
//! let signed_headers = [("content-type", "application/json"), ("host", "tke.tencentcloudapi.com")];
//! let request = Request {
//!     method: "POST",
//!     path: "/",
//!     headers: &signed_headers,
//!     payload: Payload::Bytes(body.as_bytes()),
//!     ..Request::default()
//! };
//! let timestamp = 1_700_000_000;
//! let signed = tc3::sign(&request, &credentials, &tc3::Scope { service: "tke", timestamp });
//!
//! println!("authorization: {}", signed.authorization());
//! for header in tc3::headers(&credentials, timestamp) {
//!     println!("{}: {}", header.name, header.value);
//! }
//! assert!(signed.authorization().starts_with("TC3-HMAC-SHA256 Credential=AKIDexample/2023-11-14/tke/tc3_request, "));
//! # Ok(())
//! # }
//! ```
//!
//! On the server, with the header of the received request:
//!
//! ```
//! # use wharf_sign::{Authorization, Credentials, Request, acs_roa, equal};
//! # fn main() -> Result<(), wharf_sign::Error> {
//! # let credentials = Credentials { id: "AK", secret: "example-secret", token: None };
//! # let request = Request { method: "GET", path: "/clusters", ..Request::default() };
//! # let arrived = acs_roa::sign(&request, &credentials).authorization().to_owned();
//! let claimed: Authorization<'_> = acs_roa::parse(&arrived)?;
//! let signed = acs_roa::sign(&request, &credentials);
//! if !equal(signed.signature(), claimed.signature) {
//!     for (stage, text) in signed.stages() {
//!         println!("{}:\n{text}", stage.name());
//!     }
//! }
//! # Ok(())
//! # }
//! ```

pub mod acs3;
#[cfg(feature = "acs-roa")]
pub mod acs_roa;
pub mod acs_rpc;
mod authorization;
pub mod canonical;
mod credentials;
mod date;
mod digest;
mod error;
pub mod hmac_v1;
pub mod hmac_v1_api2;
mod request;
pub mod sdk_hmac_sha256;
mod signed;
pub mod tc3;

pub use authorization::Authorization;
pub use credentials::Credentials;
pub use digest::{equal, sha256_hex};
pub use error::Error;
pub use request::{Header, Payload, Request, UNSIGNED_PAYLOAD};
pub use signed::{Signed, Stage};
