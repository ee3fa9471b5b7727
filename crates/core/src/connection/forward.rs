//! Requests that pass through a service to an interface behind it, which no spec describes.

use super::attempt::Target;
use super::{CallOptions, Connection};
use crate::error::Error;
use crate::model::Model;
use crate::operation::OperationMeta;
use crate::product::Unsigned;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::HeaderMap;
use std::fmt;

/// Path, query and headers of a request that is forwarded. `Debug` shows the path, and only the names of the rest.
#[derive(Clone, Default)]
pub struct Forwarded {
    /// Path, starting with `/`, encoded.
    pub path: String,
    /// Query, decoded, in the order in which it is sent.
    pub query: Vec<(String, String)>,
    /// Headers, instead of those of the same name that the product sends.
    pub headers: HeaderMap,
}

impl fmt::Debug for Forwarded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Forwarded")
            .field("path", &self.path)
            .field("query", &self.query.iter().map(|(name, _)| name).collect::<Vec<_>>())
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .finish()
    }
}

impl Forwarded {
    /// Replaces these parts of an encoded request, before it is signed.
    pub(super) fn write_to(&self, unsigned: &mut Unsigned) {
        unsigned.path.clone_from(&self.path);
        unsigned.query.clone_from(&self.query);
        for name in self.headers.keys() {
            unsigned.headers.remove(name);
        }
        for (name, value) in &self.headers {
            unsigned.headers.append(name, value.clone());
        }
    }
}

impl Connection {
    /// Sends a request through a service to an interface behind it, and returns that interface's response, whatever its
    /// status. `meta` has the host, the method, and whether the request may be repeated. `input` has the fields that the
    /// product needs for the host, and the body.
    ///
    /// Signature, retries, deadlines and credentials are those of any call.
    ///
    /// # Errors
    /// As [`execute`](Self::execute). An error response with a documented code of the product is an error, because the
    /// service itself rejected the request. Any other error response is returned as it is.
    pub fn forward<'a>(
        &'a self,
        meta: &'static OperationMeta,
        input: &'a dyn Model,
        forwarded: &'a Forwarded,
        options: &'a CallOptions,
    ) -> BoxFuture<'a, Result<http::Response<Bytes>, Error>> {
        Box::pin(async move {
            let mut received = None;
            let target = Target::Response(&mut received);
            let failure = self.execute_traced(meta, input, Some(forwarded), options, target).await.err();
            match (received, failure) {
                (Some(response), None) => Ok(response),
                (Some(response), Some(error)) if self.is_from_behind(&response, &error) => Ok(response),
                (_, Some(error)) => Err(error),
                (None, None) => Err(Error::decode("answer", "is missing")),
            }
        })
    }

    /// Returns whether the error is that of a response which the service itself did not make.
    fn is_from_behind(&self, response: &http::Response<Bytes>, error: &Error) -> bool {
        let documented = error.code().is_some_and(|code| self.product().code(code).is_some());
        error.status() == Some(response.status().as_u16()) && !documented
    }
}
