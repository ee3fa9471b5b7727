//! A request to the API server of a cluster, from HTTP to the world and back.

use super::seen::{hides, note, operation, status_of};
use super::{ClusterKey, User};
use crate::fault::{Call, Effect};
use crate::gateway::strike::outcome;
use crate::gateway::{Gateway, page, target};
use crate::journal::{Entry, SignatureMethod, Verdict};
use crate::listen::reply::{cut, reply_unpaced};
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName, USER_AGENT, WARNING};
use http::request::Parts;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt, Limited, StreamBody};
use hyper::body::{Frame, Incoming};
use std::io;
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

pub(super) type Body = http_body_util::combinators::UnsyncBoxBody<Bytes, io::Error>;

/// Who is at the other end of a connection.
#[derive(Debug)]
pub(super) struct Visitor {
    pub(super) cluster: Arc<ClusterKey>,
    /// The user of the client certificate.
    pub(super) user: Option<User>,
}

/// An answer that is there as a whole, or comes line by line.
enum Reply {
    Whole(Response<Bytes>),
    Stream(Stream),
}

/// Answers one request. An error closes the connection.
pub(super) async fn serve(
    gateway: &Arc<Gateway>,
    visitor: &Visitor,
    request: Request<Incoming>,
) -> io::Result<Response<Body>> {
    let arrived = Instant::now();
    let (parts, body) = request.into_parts();
    let mut entry = gateway.journal.open(visitor.entry(gateway, &parts), arrived);
    let struck = gateway.faults.strike(|| {
        let (account, has_token) = (Some(visitor.cluster.account.clone()), bearer(&parts).is_some());
        Call { product: entry.product, operation: &entry.operation, account, has_token }
    });
    entry.fault = struck.name();
    let whole = match &struck.wire {
        Some(Effect::CutBefore) => {
            entry.close(Duration::ZERO);
            return Err(cut());
        }
        Some(Effect::Status { status, retry_after }) => {
            let answer = page(*status, "", *retry_after);
            entry.status = Some(answer.status().as_u16());
            answer
        }
        wire => match answered(gateway, visitor, &parts, body, wire.as_ref(), &mut entry).await {
            Reply::Stream(stream) if wire.is_none() => {
                entry.status = Some(200);
                entry.close(struck.delay);
                tokio::time::sleep(struck.delay).await;
                return Ok(streamed(gateway, visitor.cluster.clone(), stream));
            }
            // A fault strikes the head of a stream, before its first line.
            Reply::Stream(stream) => response(200, stream.content_type(), Bytes::new()),
            Reply::Whole(answer) => answer,
        },
    };
    if entry.status.is_none() {
        note(whole.status().as_u16(), whole.body(), &mut entry);
    }
    let outcome = outcome(whole, &struck, &mut entry);
    entry.close(struck.delay);
    tokio::time::sleep(struck.delay).await;
    reply_unpaced(outcome).map(|answer| answer.map(BodyExt::boxed_unsync))
}

impl Visitor {
    /// The entry of a request whose head has arrived.
    fn entry(&self, gateway: &Gateway, parts: &Parts) -> Entry {
        const SHOWN: [&str; 6] = ["host", "accept", "content-length", "content-type", "impersonate-user", "user-agent"];
        let mut entry = gateway.new_entry(parts);
        entry.product = Some(self.cluster.product);
        entry.operation = operation(parts);
        entry.target = target(parts, hides);
        entry.region.clone_from(&self.cluster.region);
        entry.caller = self.user.as_ref().map(|user| user.name.clone());
        entry.signature_method = match (&self.user, bearer(parts)) {
            (Some(_), _) => SignatureMethod::Certificate,
            (None, Some(_)) => SignatureMethod::Token,
            (None, None) => SignatureMethod::None,
        };
        let text = |name: &str| parts.headers.get(name)?.to_str().ok().map(str::to_owned);
        entry.headers = SHOWN.iter().filter_map(|name| Some(((*name).to_owned(), text(name)?))).collect();
        entry.shorten();
        entry
    }
}

/// The answer of the API server, or the one that a fault orders.
async fn answered(
    gateway: &Arc<Gateway>,
    visitor: &Visitor,
    parts: &Parts,
    body: Incoming,
    wire: Option<&Effect>,
    entry: &mut Entry,
) -> Reply {
    let body = match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => {
            return status(413, "RequestEntityTooLarge", "Request entity too large: limit is 3145728");
        }
        Err(_) => return status(400, "BadRequest", "the body of the request ended too early"),
    };
    entry.bytes += body.len();
    let cluster = &visitor.cluster;
    let user = match visitor.user.clone() {
        Some(user) => Some(user).filter(|user| gateway.knows_user(cluster, user)),
        None => bearer(parts).and_then(|token| gateway.kubernetes_user(cluster, token)),
    };
    let Some(user) = user else {
        entry.verdict =
            if entry.signature_method == SignatureMethod::None { Verdict::Missing } else { Verdict::UnknownKey };
        return status(401, "Unauthorized", "Unauthorized");
    };
    entry.verdict = Verdict::Good;
    entry.account = Some(cluster.account.clone());
    entry.caller = Some(user.name.clone());
    if let Some(refused) = wire.and_then(ordered) {
        return Reply::Whole(written(refused.into()));
    }
    let user = match User::impersonated(&parts.headers) {
        None => user,
        Some(other) => match gateway.refuses_impersonation(cluster, &user, &other) {
            Some(refused) => return Reply::Whole(written(refused.into())),
            None => other.authenticated(),
        },
    };
    let groups: Vec<&str> = user.groups.iter().map(String::as_str).collect();
    let asked = read(parts, &body, WorldUser { name: &user.name, groups: &groups });
    entry.acted = true;
    if wants_stream(&asked) {
        return match gateway.open_stream(cluster, asked) {
            Ok(stream) => Reply::Stream(stream),
            Err(refused) => Reply::Whole(written(refused)),
        };
    }
    Reply::Whole(written(gateway.kubernetes(cluster, asked)))
}

/// The refusal that a fault orders, in the form of Kubernetes. Its code is a reason of Kubernetes.
fn ordered(wire: &Effect) -> Option<Refusal> {
    const WHY: &str = "this is an injected fault";
    match wire {
        Effect::Throttle => Some(Refusal::new(429, "TooManyRequests", WHY).retry_after(1)),
        Effect::ExpiredToken => Some(Refusal::new(401, "Unauthorized", "Unauthorized")),
        Effect::Refuse(refusal) => {
            let status = refusal.status.or_else(|| status_of(&refusal.code)).unwrap_or(500);
            Some(Refusal::new(status, &refusal.code, refusal.message.as_str()))
        }
        _ => None,
    }
}

/// The token of a request.
fn bearer(parts: &Parts) -> Option<&str> {
    parts.headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ").map(str::trim)
}

/// A refusal by the server itself, in the form of Kubernetes.
fn status(code: u16, reason: &str, message: &str) -> Reply {
    Reply::Whole(written(Refusal::new(code, reason, message).into()))
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
