//! Authentication: every signature is computed again and compared.

use super::super::{Gateway, host, seconds, twice};
use super::arrival::{Arrival, missing};
use super::ram::Holder;
use crate::accounts::Key;
use crate::doctor::{Hide, Secrets, Sent, acs_roa as roa_doctor, acs_rpc as rpc_doctor, acs3 as acs3_doctor, causes};
use crate::gateway::dialect::{Claims, Denied};
use crate::journal::{SignatureMethod, Verdict};
use crate::refusal::Refusal;
use std::borrow::Cow;
use std::sync::Arc;
use wharf_sign::{Credentials, Request, acs_roa, acs_rpc, acs3, canonical, equal, sha256_hex};

/// How far a request's time may be from the server's, in seconds.
pub(super) const MAX_SKEW: i64 = 15 * 60;

/// The refusal of a request whose signature cannot be read, or contradicts the request.
fn malformed(code: &'static str, message: impl Into<String>, cause: impl Into<String>) -> Denied {
    Denied::because(Verdict::Malformed, Refusal::with_status(400, code, message), cause)
}

/// The refusal of a request without something that belongs to its signature.
fn absent(parameter: &str, name: &str) -> Denied {
    Denied::because(Verdict::Missing, missing(parameter, name), causes::missing(&format!("`{parameter}`")))
}

/// The refusal of a wrong signature.
pub(super) fn mismatch() -> Refusal {
    Refusal::with_status(403, "SignatureDoesNotMatch", "Specified signature is not matched with our calculation.")
}

/// The refusal of a session token that has expired.
pub(super) fn expired_token() -> Refusal {
    Refusal::with_status(400, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired.")
}

/// Who a request says that it comes from.
pub(super) fn claims(gateway: &Gateway, arrival: &Arrival<'_>) -> Claims {
    let authorization = arrival.header("authorization");
    let (id, token) = match arrival.signature_method() {
        SignatureMethod::AcsRoa => {
            (acs_roa::parse(authorization).ok().map(|claimed| claimed.id), acs_roa::TOKEN_HEADER)
        }
        SignatureMethod::Acs3 => (acs3::parse(authorization).ok().map(|claimed| claimed.id), acs3::TOKEN_HEADER),
        _ => (Some(arrival.parameter("AccessKeyId")), ""),
    };
    let token = if token.is_empty() { arrival.parameter(acs_rpc::TOKEN) } else { arrival.header(token) };
    // The account of a key does not depend on the time.
    let holder = id.and_then(|id| gateway.ram.holder(id, 0));
    Claims { account: holder.map(|holder| holder.key.account.clone()), has_token: !token.is_empty() }
}

/// The key that signed the request.
pub(super) fn authenticate(gateway: &Gateway, arrival: &Arrival<'_>, hide: Hide) -> Result<Arc<Key>, Denied> {
    let now = seconds(gateway.faults.server_time());
    match arrival.signature_method() {
        SignatureMethod::AcsRoa => check_roa(gateway, arrival, now, hide),
        SignatureMethod::Acs3 => check_acs3(gateway, arrival, now, hide),
        SignatureMethod::AcsRpc => check_rpc(gateway, arrival, now, hide),
        _ if !arrival.header("authorization").is_empty() => Err(malformed(
            "IncompleteSignature",
            "Authorization is not of the form `acs <AccessKeyId>:<Signature>` or `ACS3-HMAC-SHA256 Credential=<AccessKeyId>,SignedHeaders=<names>,Signature=<digits>`.",
            causes::malformed(arrival.header("authorization"), acs3::ALGORITHM),
        )),
        _ => {
            let refusal = missing("Authorization", "Authorization");
            Err(Denied::because(Verdict::Missing, refusal, causes::UNSIGNED))
        }
    }
}

fn holder(gateway: &Gateway, id: &str, now: i64) -> Result<Holder, Denied> {
    // Temporary credentials also end by the time that tests advance.
    let now = now.saturating_add(gateway.clock.added_seconds());
    let found = gateway.ram.holder(id, now);
    found.ok_or_else(|| {
        let refusal = Refusal::with_status(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.");
        let keys = gateway.accounts.keys();
        let cause = causes::unknown_key(id, keys.iter().map(|key| key.secret.expose()));
        Denied::because(Verdict::UnknownKey, refusal, cause)
    })
}

/// The key as it signs.
fn key_of(holder: &Holder) -> Credentials<'_> {
    Credentials { secret: holder.key.secret.expose(), ..Credentials::default() }
}

fn check_time(time: Option<i64>, name: &str, now: i64) -> Result<(), Denied> {
    let Some(time) = time else {
        let message = format!("Specified time stamp or date value is not well formatted: {name}.");
        let cause = format!("{name} is not a time in the format of this scheme, in UTC.");
        return Err(malformed("InvalidTimeStamp.Format", message, cause));
    };
    if time.abs_diff(now) > MAX_SKEW.unsigned_abs() {
        let message = format!(
            "Specified time stamp or date value is expired: {name} is {}, the time of the server is {}.",
            acs3::date(time),
            acs3::date(now)
        );
        let refusal = Refusal::with_status(400, "InvalidTimeStamp.Expired", message);
        return Err(Denied::because(Verdict::Expired, refusal, causes::clock(time, now)));
    }
    Ok(())
}

/// The token that belongs to the key, and that the key is still good.
fn check_token(holder: &Holder, token: &str) -> Result<(), Denied> {
    let cause = causes::token(holder.key.token.is_some(), !token.is_empty());
    let refused = |refusal| Err(Denied::because(Verdict::WrongToken, refusal, cause));
    let wrong = |code, message| refused(Refusal::with_status(400, code, message));
    match (&holder.key.token, token) {
        (None, "") => Ok(()),
        (Some(_), "") => refused(missing("SecurityToken", "SecurityToken")),
        (Some(due), given) if !equal(due.expose(), given) => {
            wrong("InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed.")
        }
        (Some(_), _) if holder.expired => {
            let cause = "The temporary credentials have expired: new ones have to be requested.";
            Err(Denied::because(Verdict::Expired, expired_token(), cause))
        }
        (Some(_), _) => Ok(()),
        (None, _) => {
            wrong("InvalidSecurityToken.MismatchWithAccessKey", "Specified SecurityToken mismatch with the AccessKey.")
        }
    }
}

/// Refuses what was used before by the key, in a request whose time is still good.
fn check_nonce(gateway: &Gateway, key: &Key, nonce: &str, time: Option<i64>, now: i64) -> Result<(), Denied> {
    if gateway.ram.nonces.use_once(&[&key.id, nonce], time.unwrap_or(now), now) {
        return Ok(());
    }
    let refusal = Refusal::with_status(400, "SignatureNonceUsed", "Specified signature nonce was used already.");
    Err(Denied::because(Verdict::Replayed, refusal, causes::REPLAYED))
}

/// Refuses a ROA request that was made before.
///
/// The vendor's older client sends no nonce with these, so that the signature has to stand for it. As such a request
/// states whole seconds, the same call again within its second is the same request, and that client makes them; after
/// that second nothing passes again.
fn check_roa_nonce(
    gateway: &Gateway,
    arrival: &Arrival<'_>,
    key: &Key,
    signature: &str,
    time: Option<i64>,
    now: i64,
) -> Result<(), Denied> {
    let nonce = arrival.header(acs_roa::NONCE_HEADER);
    if !nonce.is_empty() {
        return check_nonce(gateway, key, nonce, time, now);
    }
    let same_second = time.is_some_and(|time| time.abs_diff(now) <= 1);
    match check_nonce(gateway, key, &format!("signature {signature}"), time, now) {
        Err(_) if same_second => Ok(()),
        result => result,
    }
}

/// All headers, by their names, with the values that were sent.
fn headers<'a>(arrival: &Arrival<'a>) -> Vec<(&'a str, Cow<'a, str>)> {
    let headers = arrival.parts.headers.iter();
    headers.map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes()))).collect()
}

/// What was sent, for the doctor.
fn sent_by<'a>(arrival: &Arrival<'a>) -> Sent<'a> {
    let query = arrival.parts.uri.query().unwrap_or_default();
    Sent { query, body: arrival.body, forwarded: arrival.header("x-forwarded-host") }
}

fn borrowed(pairs: &[(String, String)]) -> Vec<(&str, &str)> {
    pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

fn check_roa(gateway: &Gateway, arrival: &Arrival<'_>, now: i64, hide: Hide) -> Result<Arc<Key>, Denied> {
    let Ok(claimed) = acs_roa::parse(arrival.header("authorization")) else {
        let form = "Authorization is not of the form `acs <AccessKeyId>:<Signature>`.";
        let cause = causes::malformed(arrival.header("authorization"), "acs");
        return Err(malformed("IncompleteSignature", form, cause));
    };
    for (name, due) in [(acs_roa::METHOD_HEADER, acs_roa::ALGORITHM), (acs_roa::VERSION_HEADER, acs_roa::VERSION)] {
        let given = arrival.header(name);
        if !given.is_empty() && given != due {
            let cause = format!("The request states a {name} that this scheme does not have.");
            return Err(malformed("InvalidSignatureMethod", format!("{name} is {due}, not {given}."), cause));
        }
    }
    let date = arrival.header("date");
    if date.is_empty() {
        return Err(absent("Date", "Date"));
    }
    let holder = holder(gateway, claimed.id, now)?;
    let time = acs_roa::parse_date(date).ok();
    check_time(time, "Date", now)?;
    let digest = arrival.header(acs_roa::CONTENT_HEADER);
    if !digest.is_empty() && digest != acs_roa::content_md5(arrival.body) {
        let message = "Content-MD5 is not the digest of the body.";
        let refusal = Refusal::with_status(400, "ContentMD5NotMatched", message);
        return Err(Denied::because(Verdict::Wrong, refusal, causes::changed_body("Content-MD5")));
    }
    let (query, headers) = (borrowed(arrival.query()), headers(arrival));
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_ref())).collect();
    let sent = arrival.parts.uri.path();
    let method = arrival.parts.method.as_str();
    let request = Request { method, path: sent, parameters: &query, headers: &headers, ..Request::default() };
    let key = key_of(&holder);
    let fits = |path: &str| acs_roa::verify(&Request { path, ..request }, &key, claimed.signature).is_ok();
    if !arrival.signable_paths().into_iter().any(fits) {
        let secrets = Secrets::of(&holder.key, &gateway.accounts);
        let doubt = roa_doctor::doubt(&request, claimed.signature, secrets, sent_by(arrival), hide);
        return Err(Denied::doubtful(mismatch(), doubt));
    }
    check_token(&holder, arrival.header(acs_roa::TOKEN_HEADER))?;
    check_roa_nonce(gateway, arrival, &holder.key, claimed.signature, time, now)?;
    Ok(holder.key)
}

fn check_acs3(gateway: &Gateway, arrival: &Arrival<'_>, now: i64, hide: Hide) -> Result<Arc<Key>, Denied> {
    let Ok(claimed) = acs3::parse(arrival.header("authorization")) else {
        let form = "Authorization is not of the form `ACS3-HMAC-SHA256 Credential=<AccessKeyId>,SignedHeaders=<names>,Signature=<digits>`.";
        let cause = causes::malformed(arrival.header("authorization"), acs3::ALGORITHM);
        return Err(malformed("IncompleteSignature", form, cause));
    };
    for (name, code) in
        [(acs3::DATE_HEADER, "Date"), (acs3::NONCE_HEADER, "SignatureNonce"), (acs3::CONTENT_HEADER, "ContentSha256")]
    {
        if arrival.header(name).is_empty() {
            return Err(absent(name, code));
        }
    }
    let holder = holder(gateway, claimed.id, now)?;
    let time = acs3::parse_date(arrival.header(acs3::DATE_HEADER)).ok();
    check_time(time, acs3::DATE_HEADER, now)?;
    let digest = sha256_hex(arrival.body);
    if arrival.header(acs3::CONTENT_HEADER) != digest {
        let message = "x-acs-content-sha256 is not the digest of the body.";
        let refusal = Refusal::with_status(400, "ContentSha256NotMatched", message);
        return Err(Denied::because(Verdict::Wrong, refusal, causes::changed_body(acs3::CONTENT_HEADER)));
    }
    let mut case = acs3_doctor::Case {
        method: arrival.parts.method.as_str().to_owned(),
        path: String::new(),
        query: arrival.query().to_vec(),
        headers: signed_headers(arrival, claimed.signed_headers)?,
        digest,
        secret: holder.key.secret.expose().to_owned(),
    };
    let fits = arrival.signable_paths().into_iter().any(|path| {
        [path.to_owned(), canonical::path(path)].into_iter().any(|path| {
            case.path = path;
            equal(&case.signature(), claimed.signature)
        })
    });
    if !fits {
        arrival.parts.uri.path().clone_into(&mut case.path);
        let secrets = Secrets::of(&holder.key, &gateway.accounts);
        let doubt = acs3_doctor::doubt(&case, claimed.signature, secrets, sent_by(arrival), hide);
        return Err(Denied::doubtful(mismatch(), doubt));
    }
    check_token(&holder, arrival.header(acs3::TOKEN_HEADER))?;
    check_nonce(gateway, &holder.key, arrival.header(acs3::NONCE_HEADER), time, now)?;
    Ok(holder.key)
}

/// The headers that are signed, with the values that were sent.
fn signed_headers(arrival: &Arrival<'_>, names: &str) -> Result<Vec<(String, String)>, Denied> {
    let names: Vec<String> = names.split(';').map(|name| name.trim().to_ascii_lowercase()).collect();
    let sent = arrival.parts.headers.keys().map(|name| name.as_str());
    let own = sent.filter(|name| name.starts_with(acs_roa::HEADER_PREFIX) || *name == "content-type");
    if let Some(due) = own.chain(["host"]).find(|due| !names.iter().any(|name| name == due)) {
        let message = format!("The header {due} has to be among the signed ones.");
        return Err(malformed("IncompleteSignature", message, causes::unsigned_header(due)));
    }
    if let Some(name) = twice(&names) {
        let message = format!("The header {name} is named twice.");
        return Err(malformed("IncompleteSignature", message, causes::repeated_header(name)));
    }
    let value = |name: &str| match name {
        "host" => Some(host(arrival.parts)),
        _ => arrival.parts.headers.get(name).and_then(|value| std::str::from_utf8(value.as_bytes()).ok()),
    };
    names
        .into_iter()
        .map(|name| match value(&name) {
            Some(value) => Ok((name, value.to_owned())),
            None => {
                let message = format!("The header {name} is named as signed and was not sent.");
                Err(malformed("IncompleteSignature", message, causes::lost_header(&name)))
            }
        })
        .collect()
}

fn check_rpc(gateway: &Gateway, arrival: &Arrival<'_>, now: i64, hide: Hide) -> Result<Arc<Key>, Denied> {
    let due = ["AccessKeyId", "Signature", "SignatureMethod", "SignatureVersion", "SignatureNonce", "Timestamp"];
    if let Some(name) = due.into_iter().find(|name| arrival.parameter(name).is_empty()) {
        return Err(absent(name, name));
    }
    for (name, due) in [("SignatureMethod", acs_rpc::ALGORITHM), ("SignatureVersion", acs_rpc::VERSION)] {
        let given = arrival.parameter(name);
        if given != due {
            let cause = format!("The request states a {name} that this scheme does not have.");
            return Err(malformed("InvalidSignatureMethod", format!("{name} is {due}, not {given}."), cause));
        }
    }
    let holder = holder(gateway, arrival.parameter("AccessKeyId"), now)?;
    let time = acs3::parse_date(arrival.parameter(acs_rpc::TIMESTAMP)).ok();
    check_time(time, acs_rpc::TIMESTAMP, now)?;
    let parameters: Vec<(&str, &str)> = [borrowed(arrival.query()), borrowed(arrival.form())].concat();
    let method = arrival.parts.method.as_str();
    let request = Request { method, parameters: &parameters, ..Request::default() };
    let (claimed, key) = (arrival.parameter(acs_rpc::SIGNATURE), key_of(&holder));
    if !equal(acs_rpc::sign(&request, &key).signature(), claimed) {
        let secrets = Secrets::of(&holder.key, &gateway.accounts);
        let doubt = rpc_doctor::doubt(&request, claimed, secrets, hide);
        return Err(Denied::doubtful(mismatch(), doubt));
    }
    check_token(&holder, arrival.parameter(acs_rpc::TOKEN))?;
    check_nonce(gateway, &holder.key, arrival.parameter("SignatureNonce"), time, now)?;
    Ok(holder.key)
}
