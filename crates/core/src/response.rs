//! Result of a successful call.

use crate::error::Attempt;
use crate::model::Problem;
use http::HeaderMap;
use std::fmt;

/// Response of a successful call: the output, and the metadata of HTTP and the service.
///
/// `Debug` shows neither the output nor the values of headers, because any of them may be a secret.
#[derive(Clone)]
#[non_exhaustive]
pub struct Response<T> {
    /// The operation's output.
    pub output: T,
    /// The service's identifier of the request. Quote it when you contact the operator.
    pub request_id: Option<String>,
    /// HTTP status.
    pub status: u16,
    /// HTTP headers, as the service sent them.
    pub headers: HeaderMap,
    /// Results of the attempts before the successful one, oldest first.
    pub attempts: Vec<Attempt>,
    /// Fields that could not be read, with the reason: they are left out, or read with the loss that the reason states.
    /// No value is quoted.
    pub problems: Vec<Problem>,
}

impl<T> Response<T> {
    /// Replaces the output by the result of a function.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Response<U> {
        let Self { output, request_id, status, headers, attempts, problems } = self;
        Response { output: make(output), request_id, status, headers, attempts, problems }
    }
}

impl<T> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("request_id", &self.request_id)
            .field("status", &self.status)
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("attempts", &self.attempts)
            .field("problems", &self.problems)
            .finish_non_exhaustive()
    }
}
