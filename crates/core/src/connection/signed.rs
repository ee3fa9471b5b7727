//! Signatures for another host than the one that requests are sent to: that of a service behind a reverse proxy.

use crate::error::Error;
use crate::product::{Endpoint, Product, Signing, Unsigned};
use bytes::Bytes;

impl Endpoint {
    /// Reads what signatures cover instead of the endpoint that requests are sent to: a host, with its port if
    /// requests name one.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) naming `signed_host`.
    pub fn signed(host: &str) -> Result<Self, Error> {
        let wrong = |reason: &str| Error::configuration("signed_host", reason);
        if host.contains(['/', '\\']) {
            return Err(wrong("must be a host such as tke.example.com, not a URL or a path"));
        }
        Self::parse(&format!("https://{host}")).map_err(|error| {
            let reason = error.message().strip_prefix("endpoint ").unwrap_or("is not a host");
            wrong(if reason.starts_with("must be a full URL") {
                "must be a host such as tke.example.com"
            } else {
                reason
            })
        })
    }
}

/// Signs a request as the service sees it, and addresses it to the proxy at `given`, whose path is cut there. A request
/// that goes elsewhere is signed as it is.
///
/// # Errors
/// As [`Product::sign`].
pub(super) fn sign(
    product: &dyn Product,
    unsigned: &Unsigned,
    given: &Endpoint,
    signed: &Endpoint,
    signing: &Signing<'_>,
) -> Result<http::Request<Bytes>, Error> {
    let sent = &unsigned.endpoint;
    let label = sent.authority.strip_suffix(&given.authority).filter(|label| label.is_empty() || label.ends_with('.'));
    let (Some(label), Some(base_path)) = (label, sent.base_path.strip_prefix(&given.base_path)) else {
        return product.sign(unsigned, signing);
    };
    let mut seen = unsigned.clone();
    seen.endpoint.authority = format!("{label}{}", signed.authority);
    seen.endpoint.base_path = base_path.to_owned();
    let mut request = product.sign(&seen, signing)?;
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let uri = format!("{}://{}{}{path}", sent.scheme, sent.authority, given.base_path);
    // The cause would quote the address, and with it the parameters.
    *request.uri_mut() = uri.parse().map_err(|_| Error::configuration("endpoint", "is not a host"))?;
    Ok(request)
}
