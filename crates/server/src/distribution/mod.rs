//! The registries' own protocol: the OCI distribution API under `/v2/`, and the service that issues tokens.
//!
//! [`handle`] is the only entry. The rules are in `wharf_world::registry`.

mod answer;
mod blobs;
mod body;
mod layers;
mod manifests;
mod route;
mod token;
mod uploads;
mod webhooks;

pub(crate) use body::Body;
pub use layers::Layers;
pub(crate) use layers::Store;
pub(crate) use token::cloud_of;
pub(crate) use webhooks::serve;

use crate::gateway::{Gateway, Share, host, without_port};
use answer::Answer;
use bytes::Bytes;
use http::header;
use http::request::Parts;
use http_body_util::BodyExt;
use route::{Route, TOKEN_SERVICE, Target};
use std::error::Error as StdError;
use std::time::{Duration, Instant};
use token::{Claims, TokenFailure, TokenKey};
use tokio::sync::mpsc;
use uploads::{Key, Uploads};
use wharf_world::registry::distribution::{DistributionError, Place};

/// The largest form of the service that issues tokens.
const LARGEST_FORM: usize = 64 << 10;

/// What the registries of one cloud have beside the world.
#[derive(Debug)]
pub(crate) struct Service {
    key: TokenKey,
    store: Store,
    uploads: Uploads,
    largest: u64,
    /// Wakes the task that sends the requests of webhooks.
    wake: mpsc::Sender<()>,
    woken: std::sync::Mutex<Option<mpsc::Receiver<()>>>,
}

impl Service {
    pub(crate) fn new(store: Store) -> Self {
        let (wake, woken) = mpsc::channel(1);
        Self {
            key: TokenKey::new(),
            uploads: Uploads::new(&store.settings),
            largest: store.settings.largest,
            store,
            wake,
            woken: std::sync::Mutex::new(Some(woken)),
        }
    }

    /// Lets the requests of webhooks be sent.
    pub(crate) fn wake(&self) {
        // If it is woken already, it looks at all of them.
        let _ = self.wake.try_send(());
    }

    /// Returns how many bytes the content of registries has, uploads included.
    pub(crate) fn used_bytes(&self) -> u64 {
        self.store.room.used()
    }
}

/// Returns whether a request is one of the registries' protocol. Products have paths below `/v2/` too.
pub(crate) fn is_for(parts: &Parts) -> bool {
    let path = parts.uri.path();
    path == TOKEN_SERVICE || route::is_one(path)
}

/// One request.
struct Call<'a> {
    gateway: &'a Gateway,
    parts: &'a Parts,
}

impl Call<'_> {
    /// Returns the host that the request names, without its port.
    fn host(&self) -> &str {
        without_port(host(self.parts))
    }

    fn query(&self) -> &str {
        self.parts.uri.query().unwrap_or_default()
    }

    /// Returns a parameter of the query.
    fn parameter(&self, name: &str) -> Option<String> {
        let pairs = self.query().split('&').filter_map(|pair| pair.split_once('='));
        let value = pairs.filter(|(key, _)| *key == name).map(|(_, value)| value).next()?;
        Some(percent_encoding::percent_decode_str(value).decode_utf8_lossy().into_owned())
    }

    fn header(&self, name: header::HeaderName) -> Option<&str> {
        self.parts.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Returns the time of tokens, in seconds: real time, and the time by which the world was moved on.
    fn now(&self) -> i64 {
        let real = crate::clock::since_1970(self.gateway.faults.server_time()) / 1_000;
        i64::try_from(real).unwrap_or(i64::MAX).saturating_add(self.gateway.clock.added_seconds())
    }
}

/// A request for a repository whose caller may do what it orders.
struct Admitted<'a> {
    call: &'a Call<'a>,
    /// The repository as it was addressed.
    name: &'a str,
    key: Key,
    claims: Claims,
}

/// Answers a request of the registries' protocol.
pub(crate) async fn handle<B>(gateway: &Gateway, request: http::Request<B>) -> http::Response<Body>
where
    B: hyper::body::Body<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    let (parts, body) = request.into_parts();
    let mut entry = gateway.new_entry(&parts);
    entry.product = Some("tcr");
    entry.operation = format!("{} {}", parts.method, parts.uri.path());
    parts.uri.path().clone_into(&mut entry.target);
    entry.shorten();
    let mut entry = gateway.journal.open(entry, Instant::now());
    let call = Call { gateway, parts: &parts };
    let result = dispatch(&call, body).await;
    let (answer, code) = match result {
        Ok(answer) => (answer, None),
        Err(error) => (refused(&call, &error), Some(error.code().0.to_owned())),
    };
    let answer = answer::with_own(answer, "docker-distribution-api-version", "registry/2.0");
    let answer = answer::with_own(answer, "x-request-id", &entry.request_id);
    entry.acted = code.is_none();
    (entry.status, entry.code) = (Some(answer.status().as_u16()), code);
    if let Ok(claims) = token::claims(&gateway.registry, &parts, call.now()) {
        entry.signature_method = crate::journal::SignatureMethod::Token;
        entry.account = Some(claims.sub).filter(|user| !user.is_empty());
    }
    entry.close(Duration::ZERO);
    answer
}

/// A refusal. One for want of a login tells where to get a token.
fn refused(call: &Call<'_>, refused: &Refused) -> Answer {
    let answer = answer::refusal(&refused.error);
    match &refused.challenge {
        Some(challenge) => answer::with(answer, header::WWW_AUTHENTICATE, challenge),
        None if refused.error.code().1 == 401 => {
            answer::with(answer, header::WWW_AUTHENTICATE, &token::challenge(call, None, Some(TokenFailure::Missing)))
        }
        None => answer,
    }
}

/// Why a request is refused, and what its caller needs.
#[derive(Debug)]
struct Refused {
    error: DistributionError,
    challenge: Option<String>,
}

impl Refused {
    fn code(&self) -> (&'static str, u16) {
        self.error.code()
    }
}

impl From<DistributionError> for Refused {
    fn from(error: DistributionError) -> Self {
        Self { error, challenge: None }
    }
}

async fn dispatch<B>(call: &Call<'_>, body: B) -> Result<Answer, Refused>
where
    B: hyper::body::Body<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    if token::cloud_of(&call.parts.headers).is_some_and(|key| call.gateway.accounts.key(&key).is_none()) {
        let message = "no cloud has the key that the user name ends with".to_owned();
        return Err(DistributionError::Unauthorized(message).into());
    }
    let method = &call.parts.method;
    if call.parts.uri.path() == TOKEN_SERVICE {
        let form = read(call, body, LARGEST_FORM).await?;
        let too_large = || DistributionError::SizeInvalid("the form is too large".to_owned());
        return Ok(token::issue(call, &form.ok_or_else(too_large)?.0)?);
    }
    let Route { name, target } = route::route(call.parts.uri.path())?;
    let Some(action) = target.action(method) else {
        let message = format!("{method} is not supported here");
        return Err(DistributionError::Unsupported(message).into());
    };
    if matches!(target, Target::Ping | Target::Catalog) {
        return without_repository(call, &target);
    }
    let admitted = admit(call, &name, action)?;
    match (&target, method.as_str()) {
        (Target::Tags, _) => Ok(manifests::tags(&admitted)?),
        (Target::Referrers(digest), _) => Ok(manifests::referrers(&admitted, digest)?),
        (Target::Manifest(reference), "PUT") => Ok(manifests::put(&admitted, reference, body).await?),
        (Target::Manifest(reference), "DELETE") => Ok(manifests::delete(&admitted, reference)?),
        (Target::Manifest(reference), _) => Ok(manifests::get(&admitted, reference)?),
        (Target::Blob(digest), "DELETE") => Ok(blobs::delete(&admitted, digest)?),
        (Target::Blob(digest), _) => Ok(blobs::get(&admitted, digest).await?),
        (Target::Uploads, _) => Ok(blobs::begin(&admitted, body).await?),
        (Target::Upload(id), "GET") => Ok(blobs::status(&admitted, id)?),
        (Target::Upload(id), "DELETE") => Ok(blobs::cancel(&admitted, id)?),
        (Target::Upload(id), "PATCH") => Ok(blobs::append(&admitted, id, body).await?),
        (Target::Upload(id), _) => Ok(blobs::finish(&admitted, id, body).await?),
        (Target::Ping | Target::Catalog, _) => without_repository(call, &target),
    }
}

/// Answers what is about no repository.
fn without_repository(call: &Call<'_>, target: &Target) -> Result<Answer, Refused> {
    let scope = (*target == Target::Catalog).then_some("registry:catalog:*");
    let claims = token::claims(&call.gateway.registry, call.parts, call.now());
    let claims = claims.map_err(|failure| unauthorized(call, scope, Some(failure)))?;
    if *target == Target::Ping {
        return Ok(answer::document(200, "application/json", &serde_json::json!({})));
    }
    if !claims.allow_catalog() {
        return Err(unauthorized(call, scope, None));
    }
    Ok(manifests::catalog(call, &claims.sub)?)
}

/// Checks that the caller's token allows the action on the repository, and finds the repository's registry.
fn admit<'a>(call: &'a Call<'a>, name: &'a str, action: &str) -> Result<Admitted<'a>, Refused> {
    // A push reads, too.
    let wanted = if action == "push" { "pull,push" } else { action };
    let scope = format!("repository:{name}:{wanted}");
    let claims = token::claims(&call.gateway.registry, call.parts, call.now());
    let claims = claims.map_err(|failure| unauthorized(call, Some(&scope), Some(failure)))?;
    let (place, repository) = call.gateway.in_world(|world| {
        let found = route::resolve(&world.registry, call.host(), name)?;
        if world.registry.is_open(&found.0) {
            return Ok(found);
        }
        Err(DistributionError::Denied("the instance is not running".to_owned()))
    })?;
    if !claims.allow(&place, name, action) {
        return Err(unauthorized(call, Some(&scope), None));
    }
    Ok(Admitted { call, name, key: (place, repository), claims })
}

fn unauthorized(call: &Call<'_>, scope: Option<&str>, failure: Option<TokenFailure>) -> Refused {
    let message = match failure {
        Some(TokenFailure::Missing) => "authentication is required",
        Some(TokenFailure::Invalid) => "the token is invalid or has expired",
        None => "the token does not allow this: the login has no permission for it",
    };
    let challenge = Some(token::challenge(call, scope, failure));
    Refused { error: DistributionError::Unauthorized(message.to_owned()), challenge }
}

impl Admitted<'_> {
    fn place(&self) -> &Place {
        &self.key.0
    }

    fn repository(&self) -> &str {
        &self.key.1
    }

    fn service(&self) -> &Service {
        &self.call.gateway.registry
    }

    /// Reads the registries of the world.
    fn in_world<T>(&self, act: impl FnOnce(&mut wharf_world::World) -> T) -> T {
        self.call.gateway.in_world(act)
    }
}

/// Reads a small body whole. `None` if it is larger. The bytes are counted as long as the share exists.
async fn read<B>(call: &Call<'_>, mut body: B, most: usize) -> Result<Option<(Bytes, Share)>, DistributionError>
where
    B: hyper::body::Body<Data = Bytes> + Unpin,
{
    let mut share = Share::of(&call.gateway.reading);
    let mut read = Vec::new();
    while let Some(frame) = body.frame().await {
        let gone = |_| DistributionError::BlobUploadInvalid("the body is cut short".to_owned());
        let frame = frame.map_err(gone)?;
        let Some(data) = frame.data_ref() else { continue };
        if read.len() + data.len() > most {
            return Ok(None);
        }
        if !share.take(data.len()) {
            let message = "too much is being sent at the same time".to_owned();
            return Err(DistributionError::TooManyRequests(message));
        }
        read.extend_from_slice(data);
    }
    Ok(Some((read.into(), share)))
}
