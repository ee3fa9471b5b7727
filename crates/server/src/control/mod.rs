//! The control API under `/_wharf/`: sees and changes the clouds of a running server.
//!
//! `openapi.json` is its contract; a test holds it against [`routes::ROUTES`]. A request passes [`Guard`], then its route
//! reads its input ([`input`]) and calls the methods of [`Cloud`](crate::Cloud) that programs call.

mod accounts;
mod clock;
mod clouds;
mod explain;
mod faults;
mod guard;
mod images;
pub(crate) mod input;
mod journal;
mod mishaps;
mod problem;
mod routes;
mod stream;
pub(crate) mod ui;
mod world;

pub(crate) use guard::Guard;
pub use problem::Problem;

use crate::listen::Service;
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, Uri, header};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use input::Call;
use serde::Serialize;
use std::convert::Infallible;
use std::error::Error as StdError;
use std::net::SocketAddr;
use tokio::sync::watch;

/// What the paths of the control API begin with.
const PREFIX: &str = "/_wharf/";

/// The body of an answer.
pub(crate) type Body = UnsyncBoxBody<Bytes, Infallible>;

/// What a route answers with.
type Answer = Result<Response<Body>, Problem>;

/// Whether a request is for the control API.
pub(crate) fn concerns(uri: &Uri) -> bool {
    uri.path().starts_with(PREFIX)
}

/// Answers a request for the control API.
pub(crate) async fn answer<B>(
    service: &Service,
    peer: SocketAddr,
    request: http::Request<B>,
    stopped: watch::Receiver<()>,
) -> Response<Body>
where
    B: hyper::body::Body<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    let (parts, body) = request.into_parts();
    let answer = match service.guard.check(peer, &parts) {
        Err(problem) => Err(problem),
        Ok(()) => match Call::read(service, parts, body).await {
            Err(problem) => Err(problem),
            // A world takes a while to be read, during which other requests are answered.
            Ok(call) => tokio::task::spawn_blocking(move || routes::serve(call, stopped))
                .await
                .unwrap_or_else(|error| Err(Problem::internal(error.to_string()))),
        },
    };
    answer.unwrap_or_else(|problem| problem.response())
}

/// An answer in JSON.
fn json(status: u16, body: &impl Serialize) -> Answer {
    let text = serde_json::to_vec(body).map_err(|error| Problem::internal(error.to_string()))?;
    Ok(text_answer(status, "application/json", text))
}

/// An answer without a body.
fn nothing() -> Answer {
    Ok(text_answer(204, "", Vec::new()))
}

/// An answer of that content type. It is never stored, and no page of another origin may read it.
fn text_answer(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Response<Body> {
    let mut answer = Response::new(Full::new(body.into()).boxed_unsync());
    *answer.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = answer.headers_mut();
    if !content_type.is_empty() {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer
}
