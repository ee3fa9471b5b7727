//! A request to the API server of a cluster, from HTTP to the world and back.

use super::{ClusterKey, User};
use crate::gateway::Gateway;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName, USER_AGENT, WARNING};
use http::request::Parts;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited, StreamBody};
use hyper::body::{Frame, Incoming};
use std::convert::Infallible;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use wharf_world::kubernetes::refusal::Refusal;
use wharf_world::kubernetes::request::{ApiRequest, ApiResponse, User as WorldUser};
use wharf_world::kubernetes::watch::{Stream, wants_stream};

/// The largest body of a request: that of a real API server.
const MAX_BODY: usize = 3 << 20;
/// How often a stream asks for what is new.
const POLL: Duration = Duration::from_millis(20);
/// How many pieces of a stream wait for a slow reader.
const WAITING: usize = 2;

pub(super) type Body = http_body_util::combinators::UnsyncBoxBody<Bytes, Infallible>;

/// Who is at the other end of a connection.
#[derive(Debug)]
pub(super) struct Visitor {
    pub(super) cluster: Arc<ClusterKey>,
    /// The user of the client certificate.
    pub(super) user: Option<User>,
}

/// Answers one request.
pub(super) async fn serve(gateway: &Arc<Gateway>, visitor: &Visitor, request: Request<Incoming>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => {
            return status(413, "RequestEntityTooLarge", "Request entity too large: limit is 3145728");
        }
        Err(_) => return status(400, "BadRequest", "the body of the request ended too early"),
    };
    let cluster = &visitor.cluster;
    let user = match visitor.user.clone() {
        Some(user) => Some(user).filter(|user| gateway.knows_user(cluster, user)),
        None => bearer(&parts).and_then(|token| gateway.kubernetes_user(cluster, token)),
    };
    let Some(user) = user else { return status(401, "Unauthorized", "Unauthorized") };
    let user = match User::impersonated(&parts.headers) {
        None => user,
        Some(other) => match gateway.refuses_impersonation(cluster, &user, &other) {
            Some(refused) => return whole(refused.into()),
            None => other.authenticated(),
        },
    };
    let groups: Vec<&str> = user.groups.iter().map(String::as_str).collect();
    let asked = read(&parts, &body, WorldUser { name: &user.name, groups: &groups });
    if wants_stream(&asked) {
        return match gateway.open_stream(cluster, asked) {
            Ok(stream) => streamed(gateway, cluster.clone(), stream),
            Err(refused) => whole(refused),
        };
    }
    whole(gateway.kubernetes(cluster, asked))
}

/// The token of a request.
fn bearer(parts: &Parts) -> Option<&str> {
    parts.headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ").map(str::trim)
}

/// A refusal by the server itself, in the form of Kubernetes.
fn status(code: u16, reason: &str, message: &str) -> Response<Body> {
    whole(Refusal::new(code, reason, message).into())
}

fn whole(answer: ApiResponse) -> Response<Body> {
    written(answer).map(|body| Full::new(body).boxed_unsync())
}

/// The request as the API server reads it.
pub(super) fn read<'a>(parts: &'a Parts, body: &'a [u8], user: WorldUser<'a>) -> ApiRequest<'a> {
    let header = |name: HeaderName| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    ApiRequest {
        method: parts.method.as_str(),
        path_and_query: parts.uri.path_and_query().map_or("/", |target| target.as_str()),
        accept: header(ACCEPT),
        content_type: header(CONTENT_TYPE),
        user_agent: header(USER_AGENT),
        body,
        user,
    }
}

/// The answer of the API server, with its warnings as headers.
pub(super) fn written(answer: ApiResponse) -> Response<Bytes> {
    let mut response = response(answer.status, answer.content_type, Bytes::from(answer.body));
    for warning in &answer.warnings {
        // A warning that no header can have is left out.
        if let Ok(value) = HeaderValue::from_str(&quoted(warning)) {
            response.headers_mut().append(WARNING, value);
        }
    }
    response
}

/// A warning as a value of the header: `299 - "text"`.
fn quoted(warning: &str) -> String {
    format!("299 - \"{}\"", warning.replace('\\', "\\\\").replace('"', "\\\""))
}

fn response<B>(status: u16, content_type: &'static str, body: B) -> Response<B> {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// The answer whose lines come as they happen.
fn streamed(gateway: &Arc<Gateway>, cluster: Arc<ClusterKey>, stream: Stream) -> Response<Body> {
    let content_type = stream.content_type();
    let (sender, receiver) = mpsc::channel(WAITING);
    tokio::spawn(follow(Arc::downgrade(gateway), cluster, stream, sender));
    let pieces = futures_util::stream::unfold(receiver, |mut receiver| async {
        receiver.recv().await.map(|piece| (Ok(Frame::data(piece)), receiver))
    });
    response(200, content_type, StreamBody::new(pieces).boxed_unsync())
}

/// Sends the lines of a stream until it ends, its reader is gone, or the cluster or the server is.
async fn follow(gateway: Weak<Gateway>, cluster: Arc<ClusterKey>, mut stream: Stream, sender: mpsc::Sender<Bytes>) {
    let mut quiet = Instant::now();
    loop {
        let lines = match gateway.upgrade() {
            Some(gateway) => gateway.poll_stream(&cluster, &mut stream),
            None => None,
        };
        let Some(lines) = lines else { return };
        let some = !lines.is_empty();
        if some {
            quiet = Instant::now();
            let mut piece = lines.join("\n");
            piece.push('\n');
            if sender.send(Bytes::from(piece)).await.is_err() {
                return;
            }
        }
        if stream.is_over() || sender.is_closed() {
            return;
        }
        if some {
            continue;
        }
        // A stream that has been quiet for long is asked less often.
        let pause = if quiet.elapsed() < Duration::from_secs(5) { POLL } else { POLL * 5 };
        tokio::time::sleep(pause).await;
    }
}

#[cfg(test)]
mod tests;
