//! Requests to the Kubernetes API of clusters.

use crate::boundary::{Outcome, needed, owned_text, place, put_text, text, with_threads};
use crate::cancel::{Cancel, wharf_cancel};
use crate::connection::wharf_connection;
use crate::error::wharf_error;
use crate::result::wharf_result;
use crate::task::{self, Tell};
use bytes::Bytes;
use serde_json::{Map, Value, json};
use std::ffi::{CString, c_char};
use wharf::any::KubernetesRequest;

/// Sends a request to the Kubernetes API of a cluster and waits for its response. The request travels through the
/// cloud's API where that is possible (TKE in private clouds, CCE), otherwise to the cluster itself, with the kubeconfig
/// of the caller. A response with an error status of Kubernetes is a response, and the result is `WHARF_OK`. Requests that
/// are safe to repeat are retried. Returns `WHARF_UNSUPPORTED` for a watch and a followed log.
///
/// @param connection the connection, to TKE, CCE or ACK.
/// @param cluster identifier of the cluster.
/// @param method method of HTTP (`GET`).
/// @param path path and query, with escapes (`/api/v1/pods?limit=10`).
/// @param body NULL, or the body.
/// @param content_type NULL for `application/json`, or the media type of the body, such as
/// `application/merge-patch+json`.
/// @param cancel NULL, or the handle that can cancel the call.
/// @param response receives the response: a JSON object with `status` (a number), `headers` (an object) and `body` (a
/// string); free it with `wharf_text_free`.
/// @param error NULL, or receives the error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wharf_kubernetes(
    connection: *const wharf_connection,
    cluster: *const c_char,
    method: *const c_char,
    path: *const c_char,
    body: *const c_char,
    content_type: *const c_char,
    cancel: *const wharf_cancel,
    response: *mut *mut c_char,
    error: *mut *mut wharf_error,
) -> wharf_result {
    with_threads(error, || {
        let connection = needed("connection", connection)?;
        let cluster = text("cluster", cluster)?.to_owned();
        let mut request = KubernetesRequest::new(text("method", method)?, text("path", path)?);
        if !body.is_null() {
            request.body = Some(Bytes::from(text("body", body)?.to_owned()));
        }
        if !content_type.is_null() {
            request.content_type = Some(text("content_type", content_type)?.to_owned());
        }
        place("response", response)?;
        let any = connection.any();
        let send = async move { written(&any.kubernetes_request(&cluster, request).await?) };
        let done = task::wait_for(connection.engine(), Cancel::of(cancel), |_: Tell<()>| send, |()| ())?;
        put_text(response, done);
        Ok(wharf_result::WHARF_OK)
    })
}

fn written(response: &http::Response<Bytes>) -> Outcome<CString> {
    let headers = response
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), Value::from(String::from_utf8_lossy(value.as_bytes()).into_owned())));
    let response = json!({
        "status": response.status().as_u16(),
        "headers": headers.collect::<Map<_, _>>(),
        "body": String::from_utf8_lossy(response.body()),
    });
    owned_text(response.to_string())
}
