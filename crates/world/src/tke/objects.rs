//! The objects that TKE writes into the Kubernetes of a cluster, through its API as everyone else.

use crate::kernel::violation::{Outcome, Reason};
use crate::kubernetes::request::ApiRequest;
use crate::tke::Tke;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

/// A name as a part of a path.
pub(super) fn segment(name: &str) -> String {
    utf8_percent_encode(name, NON_ALPHANUMERIC).to_string()
}

impl Tke<'_> {
    /// Sends a request to the API server of a running cluster as its administrator. A refusal of Kubernetes is a violation.
    pub(super) fn kube(&mut self, cluster: &str, method: &str, path: &str, body: Option<&Value>) -> Outcome<Value> {
        let body = body.map(Value::to_string).unwrap_or_default();
        let request = ApiRequest { method, path_and_query: path, body: body.as_bytes(), ..ApiRequest::default() };
        let answer = self.0.control_plane().request(cluster, request)?;
        let status = answer.status;
        let object: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let reason = match status {
            404 => Reason::NoPart,
            409 => Reason::InUse,
            400.. => Reason::Invalid,
            _ => return Ok(object),
        };
        let message = object.get("message").and_then(Value::as_str).unwrap_or("the request was refused");
        Err(reason.because(message.to_owned()))
    }
}
