//! The service that issues tokens, and the tokens themselves.

use super::answer::{self, Answer};
use super::route::{TOKEN_SERVICE, resolve};
use super::{Call, Service};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use http::request::Parts;
use http::{HeaderMap, Method, header};
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::Sha256;
use wharf_core::clock::{Clock, SystemClock};
use wharf_world::registry::Registries;
use wharf_world::registry::access::Caller;
use wharf_world::registry::distribution::{DistributionError, Place};

/// The name under which the registry is known to the service.
pub(super) const SERVICE: &str = "harbor-registry";
/// How long a token is valid, in seconds.
const LASTS: i64 = 1_800;
/// How many scopes one token may have.
const MOST_SCOPES: usize = 64;
/// The scope of the list of repositories.
const CATALOG: &str = "catalog";

/// The key that signs the tokens of one cloud.
#[derive(Debug)]
pub(super) struct TokenKey([u8; 32]);

impl TokenKey {
    pub(super) fn new() -> Self {
        let mut key = [0; 32];
        for part in key.chunks_mut(8) {
            part.copy_from_slice(&SystemClock.random().to_be_bytes());
        }
        Self(key)
    }

    fn sign(&self, signed: &str) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(signed.as_bytes());
        Some(mac)
    }
}

/// What a token says: who calls, and what the caller may do. It is a JSON Web Token.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Claims {
    iss: String,
    /// The user.
    pub(super) sub: String,
    aud: String,
    iat: i64,
    exp: i64,
    /// The key that names the cloud, if the login does.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    cloud: Option<String>,
    access: Vec<Access>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Access {
    #[serde(rename = "type")]
    kind: String,
    /// The repository as it was addressed.
    name: String,
    actions: Vec<String>,
    /// The identifier of the instance; nothing for the personal edition.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    instance: Option<String>,
}

impl Access {
    fn place(&self) -> Place {
        self.instance.clone().map_or(Place::Personal, Place::Instance)
    }
}

impl Claims {
    /// Returns whether the token allows an action on a repository.
    pub(super) fn allow(&self, place: &Place, name: &str, action: &str) -> bool {
        let meant = |access: &&Access| access.kind == "repository" && access.name == name && access.place() == *place;
        self.access.iter().filter(meant).any(|access| access.actions.iter().any(|allowed| allowed == action))
    }

    /// Returns whether the token allows to list the repositories.
    pub(super) fn allow_catalog(&self) -> bool {
        self.access.iter().any(|access| access.kind == "registry" && access.name == CATALOG)
    }
}

/// Why a request has no valid token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenFailure {
    Missing,
    Invalid,
}

/// Reads the token of a request.
pub(super) fn claims(service: &Service, parts: &Parts, now: i64) -> Result<Claims, TokenFailure> {
    let value = parts.headers.get(header::AUTHORIZATION).ok_or(TokenFailure::Missing)?;
    let value = value.to_str().map_err(|_| TokenFailure::Invalid)?;
    let (_, token) = value
        .split_once(' ')
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .ok_or(TokenFailure::Invalid)?;
    verified(service, token.trim(), now).ok_or(TokenFailure::Invalid)
}

fn verified(service: &Service, token: &str, now: i64) -> Option<Claims> {
    let (signed, signature) = token.rsplit_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    service.key.sign(signed)?.verify_slice(&signature).ok()?;
    let claims = unverified(token)?;
    (claims.exp > now).then_some(claims)
}

fn unverified(token: &str) -> Option<Claims> {
    let payload = token.split('.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}

fn written(service: &Service, claims: &Claims) -> Option<String> {
    let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = json!({ "alg": "HS256", "typ": "JWT" });
    let signed = format!("{}.{}", part(&header), part(&serde_json::to_value(claims).ok()?));
    let signature = URL_SAFE_NO_PAD.encode(service.key.sign(&signed)?.finalize().into_bytes());
    Some(format!("{signed}.{signature}"))
}

/// A user name and a password.
struct Login {
    user: String,
    password: String,
    cloud: Option<String>,
}

impl Login {
    /// Splits a user name such as `100000000001@AKID...`, whose end names the cloud by one of its keys.
    fn new(user: &str, password: &str) -> Self {
        let (user, cloud) = match user.rsplit_once('@') {
            Some((user, cloud)) => (user, Some(cloud.to_owned())),
            None => (user, None),
        };
        Self { user: user.to_owned(), password: password.to_owned(), cloud }
    }

    fn of(headers: &HeaderMap) -> Option<Self> {
        let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let (_, encoded) = value.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"))?;
        let pair = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
        let (user, password) = pair.split_once(':')?;
        Some(Self::new(user, password))
    }
}

/// Returns the key by which a request to a registry names the cloud: the end of its user name, or of the one for which
/// its token was issued. `None` if it names none.
pub(crate) fn cloud_of(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    match value.split_once(' ')? {
        (scheme, token) if scheme.eq_ignore_ascii_case("bearer") => unverified(token.trim())?.cloud,
        _ => Login::of(headers)?.cloud,
    }
}

/// The parameters of a request for a token.
fn parameters(text: &str) -> Vec<(String, String)> {
    let decoded = |part: &str| percent_decode_str(&part.replace('+', " ")).decode_utf8_lossy().into_owned();
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(key, value)| (decoded(key), decoded(value)))
        .collect()
}

/// Issues a token: to `GET` with a login in the header `Authorization` or without one, or to `POST` with a form.
pub(super) fn issue(call: &Call<'_>, form: &[u8]) -> Result<Answer, DistributionError> {
    let by_form = call.parts.method == Method::POST;
    if !by_form && call.parts.method != Method::GET {
        return Err(DistributionError::Unsupported(format!("{TOKEN_SERVICE} takes GET and POST")));
    }
    let text = if by_form { String::from_utf8_lossy(form).into_owned() } else { call.query().to_owned() };
    let parameters = parameters(&text);
    let value = |name: &str| parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let login = match by_form {
        false => Login::of(&call.parts.headers),
        true => match value("grant_type") {
            Some("password") => Some(Login::new(value("username").unwrap_or(""), value("password").unwrap_or(""))),
            other => {
                let message = format!("grant_type is password, not {}", other.unwrap_or("nothing"));
                return Err(DistributionError::Unsupported(message));
            }
        },
    };
    if !by_form && login.is_none() && call.parts.headers.contains_key(header::AUTHORIZATION) {
        return Err(DistributionError::Unauthorized("the header Authorization is not a Basic login".to_owned()));
    }
    let scopes = parameters.iter().filter(|(key, _)| key == "scope").flat_map(|(_, value)| value.split(' '));
    let scopes: Vec<&str> = scopes.filter(|scope| !scope.is_empty()).collect();
    if scopes.len() > MOST_SCOPES {
        return Err(DistributionError::Denied(format!("a token has at most {MOST_SCOPES} scopes")));
    }
    let access = call.gateway.in_world(|world| grant(&world.registry, call.host(), login.as_ref(), &scopes))?;
    let now = call.now();
    let (user, cloud) = login.map(|login| (login.user, login.cloud)).unwrap_or_default();
    let claims = Claims {
        iss: "wharf".to_owned(),
        sub: user,
        aud: SERVICE.to_owned(),
        iat: now,
        exp: now + LASTS,
        cloud,
        access,
    };
    let token = written(&call.gateway.registry, &claims);
    let token = token.ok_or_else(|| DistributionError::Internal("the token cannot be written".to_owned()))?;
    let issued = httpdate_iso(now);
    let body = json!({ "token": token, "access_token": token, "expires_in": LASTS, "issued_at": issued });
    Ok(answer::with(answer::document(200, "application/json", &body), header::CACHE_CONTROL, "no-store"))
}

fn httpdate_iso(now: i64) -> String {
    wharf_world::kernel::time::iso(u64::try_from(now).unwrap_or(0).saturating_mul(1_000))
}

/// Returns what a login may do of what it asks for.
fn grant(
    world: &Registries,
    host: &str,
    login: Option<&Login>,
    scopes: &[&str],
) -> Result<Vec<Access>, DistributionError> {
    let caller_at = |place: &Place| login.and_then(|login| world.log_in(place, &login.user, &login.password));
    let wrong = || DistributionError::Unauthorized("the user name or the password is wrong or has expired".to_owned());
    let mut granted = Vec::new();
    let mut known = login.is_none();
    for scope in scopes {
        let mut parts = scope.splitn(2, ':');
        let (kind, rest) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let Some((name, wanted)) = rest.rsplit_once(':') else { continue };
        match kind {
            "repository" => {
                // What is not there is refused by the request itself, which says why.
                let Ok((place, repository)) = resolve(world, host, name) else { continue };
                let caller = caller_at(&place);
                known |= caller.is_some();
                let actions = world.actions(&place, &caller.unwrap_or(Caller::Anonymous), &repository);
                let all = |action: &&&str| wanted.split(',').any(|wanted| wanted == **action || wanted == "*");
                let mut actions: Vec<String> =
                    actions.names().iter().filter(all).map(|action| (*action).to_owned()).collect();
                let missing = !world.has_namespace_of(&place, &repository);
                if missing && login.is_some() && wanted.contains("push") {
                    // The push itself tells that the namespace is missing.
                    actions.push("push".to_owned());
                }
                let instance = match place {
                    Place::Personal => None,
                    Place::Instance(id) => Some(id),
                };
                granted.push(Access { kind: kind.to_owned(), name: name.to_owned(), actions, instance });
            }
            "registry" if name == CATALOG && login.is_some() => {
                let (kind, name) = (kind.to_owned(), name.to_owned());
                granted.push(Access { kind, name, actions: vec!["*".to_owned()], instance: None });
            }
            _ => {}
        }
    }
    let anywhere = || match world.place_of_host(host) {
        Some(place) => caller_at(&place).is_some(),
        None => {
            caller_at(&Place::Personal).is_some()
                || world.instance_places().iter().any(|place| caller_at(place).is_some())
        }
    };
    if known || anywhere() { Ok(granted) } else { Err(wrong()) }
}

/// Returns the header that tells a caller where to get a token, and for what.
pub(super) fn challenge(call: &Call<'_>, scope: Option<&str>, failure: Option<TokenFailure>) -> String {
    let realm = format!("{}{TOKEN_SERVICE}", call.gateway.base_url(call.parts));
    let mut text = format!("Bearer realm=\"{realm}\",service=\"{SERVICE}\"");
    if let Some(scope) = scope {
        text.push_str(&format!(",scope=\"{scope}\""));
    }
    match failure {
        Some(TokenFailure::Missing) => {}
        Some(TokenFailure::Invalid) => text.push_str(",error=\"invalid_token\""),
        None => text.push_str(",error=\"insufficient_scope\""),
    }
    text
}
