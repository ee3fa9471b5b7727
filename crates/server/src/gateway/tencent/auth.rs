//! Authentication: every signature is computed again and compared.

use super::arrival::Arrival;
use super::missing;
use crate::accounts::{Accounts, Key};
use crate::catalog::Product;
use crate::doctor::{Secrets, causes, tc3 as tc3_doctor, v1 as v1_doctor};
use crate::gateway::dialect::{Claims, Denied};
use crate::gateway::nonces::Nonces;
use crate::gateway::without_port;
use crate::journal::Verdict;
use crate::refusal::Refusal;
use std::sync::Arc;
use wharf_sign::hmac_v1::{self, Algorithm, SIGNATURE};
use wharf_sign::{Credentials, Request, Signed, UNSIGNED_PAYLOAD, equal, hmac_v1_api2, sha256_hex, tc3};

/// How far a request's time may be from the server's, in seconds.
const MAX_SKEW: u64 = 300;

/// How a signature among the parameters is made, which differs from API to API.
#[derive(Debug)]
pub(super) struct Version1 {
    sign: fn(&Request<'_>, &Credentials<'_>, Algorithm) -> Signed,
    /// The path that the documents name for all calls.
    path: &'static str,
    form: v1_doctor::Form,
    /// The code for a request that was sent before.
    replayed: &'static str,
}

/// Version 1 of the APIs with a version.
pub(super) const V1: Version1 =
    Version1 { sign: hmac_v1::sign, path: "/", form: v1_doctor::Form::DOCUMENTED, replayed: SIGNATURE_FAILURE };

/// API 2.0, which has a code for a request that was sent before.
pub(super) const API2: Version1 =
    Version1 { sign: hmac_v1_api2::sign, path: hmac_v1_api2::PATH, form: v1_doctor::Form::API2, replayed: "4500" };

const SIGNATURE_FAILURE: &str = "AuthFailure.SignatureFailure";

/// Checks signatures.
#[derive(Debug)]
pub(crate) struct Gate {
    accounts: Arc<Accounts>,
    /// Version-1 requests that have been made.
    used: Nonces,
}

impl Gate {
    pub(crate) fn new(accounts: Arc<Accounts>) -> Self {
        Self { accounts, used: Nonces::new(MAX_SKEW) }
    }

    /// The key that signed the request in a header. `now` is in seconds since 1970.
    pub(super) fn check_tc3(
        &self,
        arrival: &Arrival<'_>,
        product: Option<&'static Product>,
        now: i64,
    ) -> Result<Arc<Key>, Denied> {
        let header = arrival.header("authorization");
        if header.is_empty() {
            return Err(absent("Authorization"));
        }
        let Ok(authorization) = tc3::parse(header) else {
            let form = "TC3-HMAC-SHA256 Credential=<SecretId>/<date>/<service>/tc3_request, SignedHeaders=<names>, Signature=<digits>";
            let refusal = wrong(format!("The header `Authorization` is not of the form `{form}`."));
            return Err(Denied::because(Verdict::Malformed, refusal, causes::malformed(header, tc3::ALGORITHM)));
        };
        let timestamp = timestamp(arrival)?;
        let key = self.key(authorization.id)?;
        check_time(timestamp, now)?;
        let date = tc3::date(timestamp);
        if authorization.date != date {
            let refusal = wrong(format!(
                "The scope of the signature has the date {}; the date of X-TC-Timestamp {timestamp} is {date} in UTC.",
                authorization.date
            ));
            let cause = "The scope of the signature has another date than the timestamp: the date has to be that of the timestamp in UTC, not in local time.";
            return Err(Denied::because(Verdict::Malformed, refusal, cause));
        }
        if let Some(product) = product
            && !services(product, arrival.host()).contains(&authorization.service)
        {
            let (service, name) = (authorization.service, product.name());
            let refusal =
                wrong(format!("The scope of the signature has the service `{service}`; the request is for `{name}`."));
            let cause = "The scope of the signature names another service than the one that was called.";
            return Err(Denied::because(Verdict::Malformed, refusal, cause));
        }
        let mut case = tc3_doctor::Case {
            method: arrival.parts.method.as_str().to_owned(),
            path: arrival.parts.uri.path().to_owned(),
            query: arrival.parts.uri.query().unwrap_or_default().to_owned(),
            headers: signed_headers(arrival, authorization.signed_headers)?,
            digest: sha256_hex(payload(arrival)),
            service: authorization.service.to_owned(),
            timestamp,
            secret: key.secret.expose().to_owned(),
        };
        let (host, path) = (arrival.host(), arrival.parts.uri.path());
        let fits = [host, without_port(host)].into_iter().any(|host| {
            case.set_header("host", host);
            [path, "/"].into_iter().any(|path| {
                path.clone_into(&mut case.path);
                equal(case.sign().signature(), authorization.signature)
            })
        });
        if !fits {
            case.set_header("host", host);
            path.clone_into(&mut case.path);
            let (hide, secrets) = (arrival.hide(product), Secrets::of(&key, &self.accounts));
            let hosts = tc3_doctor::Hosts {
                product: product.map_or("", Product::name),
                forwarded: arrival.header("x-forwarded-host"),
            };
            let doubt = tc3_doctor::doubt(&case, arrival.body, authorization.signature, secrets, hosts, hide);
            return Err(Denied::doubtful(mismatch(), doubt));
        }
        check_token(&key, arrival)?;
        Ok(key)
    }

    /// The key that signed the request among its parameters. `now` is in seconds since 1970.
    pub(super) fn check_v1(
        &self,
        arrival: &Arrival<'_>,
        version: &Version1,
        product: Option<&'static Product>,
        now: i64,
    ) -> Result<Arc<Key>, Denied> {
        for name in ["SecretId", "Signature", "Timestamp", "Nonce"] {
            if arrival.parameter(name).is_empty() {
                return Err(absent(name));
            }
        }
        let nonce = arrival.parameter("Nonce");
        if !nonce.parse::<u64>().is_ok_and(|nonce| nonce > 0) {
            let refusal = Refusal::new("InvalidParameter", "The parameter `Nonce` is not a positive integer.");
            return Err(Denied::because(Verdict::Malformed, refusal, "The nonce is not a positive integer."));
        }
        let timestamp = timestamp(arrival)?;
        let key = self.key(arrival.parameter("SecretId"))?;
        check_time(timestamp, now)?;
        let algorithm = Algorithm::requested(Some(arrival.parameter("SignatureMethod")));
        let parameters: Vec<(&str, &str)> = arrival
            .pairs()
            .iter()
            .filter(|(name, _)| name != SIGNATURE)
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let claimed = arrival.parameter(SIGNATURE);
        let secret = Credentials { secret: key.secret.expose(), ..Credentials::default() };
        let method = arrival.parts.method.as_str();
        let signed = |host: &str, path: &str| {
            let request = Request { method, host, path, parameters: &parameters, ..Request::default() };
            (version.sign)(&request, &secret, algorithm).signature().to_owned()
        };
        let (host, mut paths) = (arrival.host(), vec![arrival.parts.uri.path(), version.path]);
        let mut hosts = vec![host, without_port(host)];
        paths.dedup();
        hosts.dedup();
        if !paths.iter().any(|path| hosts.iter().any(|host| equal(&signed(host, path), claimed))) {
            let sent = v1_doctor::Sent {
                method,
                host,
                path: arrival.parts.uri.path(),
                parameters: &parameters,
                algorithm,
                form: version.form,
                product: product.map_or("", Product::name),
                signature: claimed,
                forwarded: arrival.header("x-forwarded-host"),
            };
            let doubt = v1_doctor::doubt(&sent, Secrets::of(&key, &self.accounts), arrival.hide(product));
            return Err(Denied::doubtful(mismatch(), doubt));
        }
        check_token(&key, arrival)?;
        if !self.used.use_once(&[&key.id, nonce, claimed], timestamp, now) {
            let message = "The request has been sent before: the same Nonce, Timestamp and Signature. Each request needs a Nonce of its own.";
            let refusal = Refusal::new(version.replayed, message);
            return Err(Denied::because(Verdict::Replayed, refusal, causes::REPLAYED));
        }
        Ok(key)
    }

    /// Who a request says that it comes from.
    pub(super) fn claims(&self, arrival: &Arrival<'_>) -> Claims {
        let id = match tc3::parse(arrival.header("authorization")) {
            Ok(authorization) => authorization.id,
            Err(_) => arrival.parameter("SecretId"),
        };
        let key = self.accounts.key(id);
        Claims { account: key.map(|key| key.account.clone()), has_token: !arrival.common("Token").is_empty() }
    }

    fn key(&self, id: &str) -> Result<Arc<Key>, Denied> {
        let unknown = |refusal| {
            let keys = self.accounts.keys();
            let cause = causes::unknown_key(id, keys.iter().map(|key| key.secret.expose()));
            Denied::because(Verdict::UnknownKey, refusal, cause)
        };
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) {
            let message = "The SecretId is not of the form of a key's identifier: letters, digits, `-` and `_`.";
            return Err(unknown(Refusal::new("AuthFailure.InvalidSecretId", message)));
        }
        self.accounts.key(id).ok_or_else(|| {
            let message = "The SecretId is not found; check that it is right and enabled.";
            unknown(Refusal::new("AuthFailure.SecretIdNotFound", message))
        })
    }
}

/// The services that a scope may name: the product's, and what the vendor's clients take for it, which is the first
/// label of whatever endpoint they are given (`127` of an address, `localhost:4000` with its port).
fn services<'a>(product: &'static Product, host: &'a str) -> [&'a str; 3] {
    let label = |host: &'a str| host.split('.').next().unwrap_or_default();
    [product.name(), label(host), label(without_port(host))]
}

fn wrong(message: impl Into<String>) -> Refusal {
    Refusal::new(SIGNATURE_FAILURE, message)
}

pub(super) fn mismatch() -> Refusal {
    wrong("The signature is not the one that the server computes; check the secret key and what is signed.")
}

/// The refusal of a session token that has expired.
pub(super) fn expired_token() -> Refusal {
    Refusal::new("AuthFailure.TokenFailure", "The session token has expired.")
}

/// The refusal of a request without something that belongs to its signature.
fn absent(name: &str) -> Denied {
    Denied::because(Verdict::Missing, missing(name), causes::missing(&format!("`{name}`")))
}

fn timestamp(arrival: &Arrival<'_>) -> Result<i64, Denied> {
    let name = arrival.common_name("Timestamp");
    match arrival.common("Timestamp") {
        "" => Err(absent(&name)),
        text => text.parse().map_err(|_| {
            let message = format!("The parameter `{name}` is not an integer: seconds since 1970.");
            let cause = format!("`{name}` is not a number of seconds since 1970.");
            Denied::because(Verdict::Malformed, Refusal::new("InvalidParameter", message), cause)
        }),
    }
}

fn check_time(timestamp: i64, now: i64) -> Result<(), Denied> {
    if timestamp.abs_diff(now) <= MAX_SKEW {
        return Ok(());
    }
    let message = format!(
        "The signature has expired: its time {timestamp} differs from the server's time {now} by more than {MAX_SKEW} seconds."
    );
    let refusal = Refusal::new("AuthFailure.SignatureExpire", message);
    Err(Denied::because(Verdict::Expired, refusal, causes::clock(timestamp, now)))
}

fn check_token(key: &Key, arrival: &Arrival<'_>) -> Result<(), Denied> {
    let given = arrival.common("Token");
    let message = match (&key.token, given) {
        (None, "") => return Ok(()),
        (Some(due), given) if equal(due.expose(), given) => return Ok(()),
        (Some(_), "") => "The key is a temporary one and needs its session token.",
        (Some(_), _) => "The session token is not the one of this key.",
        (None, _) => "The key is a permanent one and has no session token.",
    };
    let cause = causes::token(key.token.is_some(), !given.is_empty());
    Err(Denied::because(Verdict::WrongToken, Refusal::new("AuthFailure.TokenFailure", message), cause))
}

/// The headers that are signed, with the values that were sent.
fn signed_headers(arrival: &Arrival<'_>, names: &str) -> Result<Vec<(String, String)>, Denied> {
    let names: Vec<String> = names.split(';').map(|name| name.trim().to_ascii_lowercase()).collect();
    for due in ["content-type", "host"] {
        if !names.iter().any(|name| name == due) {
            let refusal = wrong(format!("The header `{due}` has to be among the signed ones."));
            return Err(Denied::because(Verdict::Malformed, refusal, causes::unsigned_header(due)));
        }
    }
    if let Some(name) = crate::gateway::twice(&names) {
        let refusal = wrong(format!("The header `{name}` is named twice among the signed ones."));
        return Err(Denied::because(Verdict::Malformed, refusal, causes::repeated_header(name)));
    }
    let value = |name: &str| match name {
        "host" => Some(arrival.host()),
        _ => arrival.parts.headers.get(name).and_then(|value| value.to_str().ok()),
    };
    names
        .into_iter()
        .map(|name| match value(&name) {
            Some(value) => Ok((name, value.to_owned())),
            None => {
                let refusal = wrong(format!("The header `{name}` is named as signed and was not sent."));
                Err(Denied::because(Verdict::Malformed, refusal, causes::lost_header(&name)))
            }
        })
        .collect()
}

/// What stands for the body in the signature; a GET has none, and can be left unsigned all the same.
fn payload<'a>(arrival: &Arrival<'a>) -> &'a [u8] {
    if arrival.header("x-tc-content-sha256") == UNSIGNED_PAYLOAD {
        return UNSIGNED_PAYLOAD.as_bytes();
    }
    if arrival.parts.method == http::Method::GET { &[] } else { arrival.body }
}
