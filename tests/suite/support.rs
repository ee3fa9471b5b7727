//! What the tests have in common: a server, connections to it, and requests with everything set.

use async_trait::async_trait;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};
use wharf::cce::PasswordLogin;
use wharf::clock::{Clock, SystemClock};
use wharf::retry::RetryPolicy;
use wharf::tke::{HttpMethod, SignatureMethod};
use wharf::{Credentials, ack, cce, ccs, sts, tcr, tke};
use wharf_core::Connection;
use wharf_core::model::{Member, Model, Place, Text};
use wharf_core::operation::{Editions, Entry};
use wharf_server::{Builder, Releases, Server, Time, Unsimulated};

/// An identifier that a cluster could have.
const CLUSTER: &str = "7d9e2b3c-0000-11ed-8000-0255ac100b01";

/// The operations that the documents describe: those of the private clouds.
pub(crate) fn documented() -> impl Iterator<Item = &'static Entry> {
    wharf::operations().filter(|entry| entry.meta.editions != Editions::Public)
}

/// A server that gives empty answers for what it does not simulate.
pub(crate) async fn shaped_server() -> Server {
    builder().unsimulated(Unsimulated::Shaped).start().await.unwrap()
}

/// A server whose time only moves by hand, without the documented limits of calls per second.
pub(crate) async fn server() -> Server {
    builder().start().await.unwrap()
}

pub(crate) fn builder() -> Builder {
    documents().time(Time::Manual).rate_limits(false)
}

/// A server that offers the releases of the documents, which the expected values of these tests are from.
pub(crate) fn documents() -> Builder {
    Server::builder().releases(Releases::Documents)
}

/// Builders that reach the server without a socket, and wait neither between attempts nor for limits, which the server does
/// not have.
pub(crate) fn tke_builder(server: &Server) -> tke::Builder {
    tke::Connection::builder()
        .region(server.region())
        .credentials(server.credentials())
        .transport(server.transport())
        .retry_policy(quick())
        .client_rate_limit(false)
}

pub(crate) fn tke(server: &Server) -> tke::Connection {
    tke_builder(server).build().unwrap()
}

pub(crate) fn tcr_builder(server: &Server) -> tcr::Builder {
    tcr::Connection::builder()
        .region(server.region())
        .credentials(server.credentials())
        .transport(server.transport())
        .retry_policy(quick())
        .client_rate_limit(false)
}

pub(crate) fn tcr(server: &Server) -> tcr::Connection {
    tcr_builder(server).build().unwrap()
}

pub(crate) fn ccs_builder(server: &Server) -> ccs::Builder {
    ccs::Connection::builder()
        .region(server.region())
        .credentials(server.credentials())
        .transport(server.transport())
        .retry_policy(quick())
        .client_rate_limit(false)
}

pub(crate) fn quick() -> RetryPolicy {
    RetryPolicy::default().base_delay(Duration::from_millis(1)).throttled_delay(Duration::from_millis(1))
}

/// A builder for the server's project, with its access key.
pub(crate) fn cce_builder(server: &Server) -> cce::Builder {
    cce::Connection::builder()
        .region(server.region())
        .project_id(server.project_id())
        .credentials(server.credentials())
        .transport(server.transport())
        .retry_policy(quick())
        .client_rate_limit(false)
}

pub(crate) fn ack_builder(server: &Server) -> ack::Builder {
    ack::Connection::builder()
        .region(server.region())
        .credentials(server.credentials())
        .transport(server.transport())
        .retry_policy(quick())
        .client_rate_limit(false)
}

pub(crate) fn sts_builder(server: &Server) -> sts::Builder {
    sts::Connection::builder()
        .region(server.region())
        .credentials(server.credentials())
        .transport(server.transport())
        .retry_policy(quick())
        .client_rate_limit(false)
}

/// The user who may log in to the server.
pub(crate) fn login(server: &Server) -> PasswordLogin {
    let user = server.iam_user();
    PasswordLogin::new(user.name, user.password, user.domain)
}

/// World time and the clients' are one: while somebody sleeps, the world goes on.
#[derive(Debug)]
pub(crate) struct WorldTime {
    server: Arc<Server>,
    start: Instant,
    slept: Mutex<Duration>,
}

impl WorldTime {
    pub(crate) fn new(server: &Arc<Server>) -> Arc<Self> {
        Arc::new(Self { server: server.clone(), start: Instant::now(), slept: Mutex::default() })
    }
}

#[async_trait]
impl Clock for WorldTime {
    /// Signatures are judged by real time.
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn monotonic(&self) -> Instant {
        self.start + *self.slept.lock().unwrap()
    }

    async fn sleep(&self, duration: Duration) {
        *self.slept.lock().unwrap() += duration;
        self.server.advance(duration);
        tokio::task::yield_now().await;
    }

    fn random(&self) -> u64 {
        SystemClock.random()
    }
}

/// Connections to the entry's product with two ways to say who calls, or for whom.
pub(crate) fn connections_for(server: &Server, entry: &Entry) -> [Connection; 2] {
    let signatures = [SignatureMethod::Tc3HmacSha256, SignatureMethod::HmacSha256];
    match entry.meta.product {
        "ack" => [ack::SignatureMethod::RoaHmacSha1, ack::SignatureMethod::Acs3HmacSha256]
            .map(|signature| ack_builder(server).signature_method(signature).build().unwrap().into()),
        "sts" => {
            [sts_builder(server), sts_builder(server).organization("3")].map(|builder| builder.build().unwrap().into())
        }
        "cce" => [cce_builder(server), cce_builder(server).password_login(login(server))]
            .map(|builder| builder.build().unwrap().into()),
        "ccs" => [(SignatureMethod::HmacSha1, HttpMethod::Post), (SignatureMethod::HmacSha256, HttpMethod::Get)]
            .map(|(signature, method)| ccs_builder(server).signature_method(signature).http_method(method))
            .map(|builder| builder.build().unwrap().into()),
        "tcr" => signatures.map(|signature| tcr_builder(server).signature_method(signature).build().unwrap().into()),
        _ => signatures.map(|signature| tke_builder(server).signature_method(signature).build().unwrap().into()),
    }
}

pub(crate) fn stranger() -> Credentials {
    Credentials::new("AKIDstranger", "stranger-secret")
}

/// An input with everything set that the server's gateway takes.
pub(crate) fn input_for(server: &Server, entry: &Entry, leave_out: Option<&str>) -> Box<dyn Model> {
    secret_input_for(server, entry, leave_out, "value")
}

/// The same, with that secret wherever there is room for one.
pub(crate) fn secret_input_for(
    server: &Server,
    entry: &Entry,
    leave_out: Option<&str>,
    secret: &str,
) -> Box<dyn Model> {
    let mut input = entry.input();
    fill(&mut *input, leave_out, secret);
    // A project has to be one of the caller's, and a cluster may travel in the host name.
    for (member, text) in [("project_id", server.project_id().as_str()), ("cluster_id", CLUSTER)] {
        if leave_out != Some(member)
            && let Some((_, field)) = input.find(member)
            && let Place::Text(place) = field.place()
        {
            place.set(text);
        }
    }
    input
}

/// Sets every member, nested ones too, except the one that is to be left out. Secrets get `secret`.
pub(crate) fn fill(model: &mut dyn Model, leave_out: Option<&str>, secret: &str) {
    fill_to(model, leave_out, secret, 8);
}

fn fill_to(model: &mut dyn Model, leave_out: Option<&str>, secret: &str, depth: usize) {
    for member in model.shape().members.iter().filter(|member| Some(member.wire) != leave_out) {
        if let Some((_, field)) = model.find(member.wire) {
            fill_place(member, field.place(), secret, depth);
        }
    }
}

fn fill_place(member: &Member, place: Place<'_>, secret: &str, depth: usize) {
    match place {
        Place::Text(place) => fill_text(member, place, secret),
        Place::Int(place) => *place = member.range.map_or(1, |(min, max)| min.max(1).min(max)),
        Place::Uint(place) => {
            *place = member.range.map_or(1, |(min, max)| u64::try_from(min.max(1).min(max)).unwrap_or(1));
        }
        Place::Float(place) => *place = 0.5,
        Place::Bool(place) => *place = true,
        Place::Json(place) => *place = serde_json::json!({"member": text_of(member, secret)}),
        Place::JsonText(place) => *place = serde_json::json!({"member": text_of(member, secret)}).into(),
        Place::Object(model) if depth > 0 => fill_to(model, None, secret, depth - 1),
        Place::Object(_) => {}
        Place::List(list) => fill_place(member, list.push(), secret, depth),
        Place::Map(map) => fill_place(member, map.entry("name"), secret, depth),
    }
}

fn text_of<'a>(member: &Member, secret: &'a str) -> &'a str {
    if member.sensitive { secret } else { "值-x" }
}

fn fill_text(member: &Member, place: &mut dyn Text, secret: &str) {
    let text = member.fixed.unwrap_or(text_of(member, secret));
    let most = member.max_length.unwrap_or(usize::MAX);
    place.set(&text.chars().take(most).collect::<String>());
}
