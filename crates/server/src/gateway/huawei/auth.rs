//! Authentication: a token that was issued, or a signature that is computed again and compared.

use super::super::dialect::{Caller, Claims, Denied};
use super::super::path::query;
use super::super::{Gateway, Request, host, seconds, text, twice};
use super::identity::TokenFault;
use crate::doctor::{Hide, Secrets, Sent, causes, sdk_hmac};
use crate::journal::Verdict;
use crate::refusal::Refusal;
use http::request::Parts;
use wharf_sign::sdk_hmac_sha256::{self, CONTENT_HEADER, DATE_HEADER, TOKEN_HEADER};
use wharf_sign::{UNSIGNED_PAYLOAD, equal, sha256_hex};

/// How far a request's time may be from the server's, in seconds.
const MAX_SKEW: u64 = 15 * 60;
/// The code of the cloud's gateway for an unknown caller.
const CODE: &str = "APIGW.0301";

fn denied(verdict: Verdict, why: impl std::fmt::Display, cause: impl Into<String>) -> Denied {
    Denied::because(verdict, refusal(why), cause)
}

fn refusal(why: impl std::fmt::Display) -> Refusal {
    Refusal::with_status(401, CODE, format!("Incorrect IAM authentication information: {why}"))
}

/// The refusal of a wrong signature.
pub(super) fn mismatch() -> Refusal {
    refusal("verify aksk signature fail")
}

/// The identifier of the key that a request names.
pub(super) fn key(parts: &Parts) -> Option<String> {
    let authorization = sdk_hmac_sha256::parse(text(parts, "authorization")).ok();
    authorization.map(|claimed| claimed.id.to_owned()).filter(|id| !id.is_empty())
}

/// The refusal of a token that has expired.
pub(super) fn expired_token() -> Refusal {
    refusal("the token has expired")
}

/// Who a request says that it comes from.
pub(super) fn claims(gateway: &Gateway, parts: &Parts) -> Claims {
    let token = text(parts, "x-auth-token");
    if !token.is_empty() {
        let caller = gateway.identity.bearer(token, i64::MIN).ok();
        return Claims { account: caller.map(|caller| caller.account), has_token: true };
    }
    let key = key(parts).and_then(|id| gateway.accounts.key(&id));
    Claims { account: key.map(|key| key.account.clone()), has_token: !text(parts, TOKEN_HEADER).is_empty() }
}

/// Returns the caller.
pub(super) fn authenticate(gateway: &Gateway, request: Request<'_>, hide: Hide) -> Result<Caller, Denied> {
    let token = text(request.parts, "x-auth-token");
    let now = seconds(gateway.faults.server_time());
    if !token.is_empty() {
        return gateway.identity.bearer(token, now).map_err(|fault| match fault {
            TokenFault::Unknown => {
                let cause = "The token was not issued here: it was changed, or belongs to another cloud.";
                denied(Verdict::UnknownKey, "the token is not one of this service", cause)
            }
            TokenFault::Expired => {
                let cause = "The token has expired: tokens are valid for 24 hours, and then a new one is needed.";
                Denied::because(Verdict::Expired, expired_token(), cause)
            }
        });
    }
    if text(request.parts, "authorization").is_empty() {
        let why = "neither X-Auth-Token nor Authorization is given";
        return Err(denied(Verdict::Missing, why, causes::UNSIGNED));
    }
    check_signature(gateway, request, now, hide)
}

fn check_signature(gateway: &Gateway, request: Request<'_>, now: i64, hide: Hide) -> Result<Caller, Denied> {
    let Request { parts, body, .. } = request;
    let Ok(claimed) = sdk_hmac_sha256::parse(text(parts, "authorization")) else {
        let why = "Authorization is not of the form `SDK-HMAC-SHA256 Access=<key>, SignedHeaders=<names>, Signature=<digits>`";
        let cause = causes::malformed(text(parts, "authorization"), sdk_hmac_sha256::ALGORITHM);
        return Err(denied(Verdict::Malformed, why, cause));
    };
    let key = gateway.accounts.key(claimed.id).ok_or_else(|| {
        let keys = gateway.accounts.keys();
        let cause = causes::unknown_key(claimed.id, keys.iter().map(|key| key.secret.expose()));
        denied(Verdict::UnknownKey, "the access key does not exist", cause)
    })?;
    let date = text(parts, DATE_HEADER);
    let time = sdk_hmac_sha256::parse_date(date).map_err(|_| {
        let cause = "X-Sdk-Date is not a time in UTC in the compact form, such as 20240102T030405Z.";
        denied(Verdict::Malformed, "X-Sdk-Date is not a time such as 20240102T030405Z", cause)
    })?;
    if time.abs_diff(now) > MAX_SKEW {
        let server = sdk_hmac_sha256::date(now);
        let why = format!("signature expired: X-Sdk-Date is {date}, the time of the server is {server}");
        return Err(denied(Verdict::Expired, why, causes::clock(time, now)));
    }
    let content = text(parts, CONTENT_HEADER);
    let digest = if content == UNSIGNED_PAYLOAD { UNSIGNED_PAYLOAD.to_owned() } else { sha256_hex(body) };
    if !content.is_empty() && content != digest {
        let why = "X-Sdk-Content-Sha256 is not the digest of the body";
        return Err(denied(Verdict::Wrong, why, causes::changed_body("X-Sdk-Content-Sha256")));
    }
    let case = sdk_hmac::Case {
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        query: query(parts.uri.query().unwrap_or_default()),
        headers: signed_headers(request, claimed.signed_headers)?,
        digest,
        timestamp: time,
        secret: key.secret.expose().to_owned(),
    };
    if !equal(&case.signature(), claimed.signature) {
        let query = parts.uri.query().unwrap_or_default();
        let sent = Sent { query, body, forwarded: text(parts, "x-forwarded-host") };
        let doubt = sdk_hmac::doubt(&case, claimed.signature, Secrets::of(&key, &gateway.accounts), sent, hide);
        return Err(Denied::doubtful(mismatch(), doubt));
    }
    let given = text(parts, TOKEN_HEADER);
    let why = match (&key.token, given) {
        (None, "") => return Ok(key.caller()),
        (Some(due), given) if equal(due.expose(), given) => return Ok(key.caller()),
        (Some(_), _) => "the security token is not the one of this access key",
        (None, _) => "the access key is a permanent one and has no security token",
    };
    Err(denied(Verdict::WrongToken, why, causes::token(key.token.is_some(), !given.is_empty())))
}

/// The headers that are signed, with the values that were sent.
fn signed_headers(request: Request<'_>, names: &str) -> Result<Vec<(String, String)>, Denied> {
    let names: Vec<String> = names.split(';').map(|name| name.trim().to_ascii_lowercase()).collect();
    // Nothing else can be demanded: one of the vendor's clients signs no host.
    if !names.iter().any(|name| name == DATE_HEADER) {
        let why = format!("the header {DATE_HEADER} has to be among the signed ones");
        return Err(denied(Verdict::Malformed, why, causes::unsigned_header(DATE_HEADER)));
    }
    if let Some(name) = twice(&names) {
        let why = format!("the header {name} is named twice among the signed ones");
        return Err(denied(Verdict::Malformed, why, causes::repeated_header(name)));
    }
    let value = |name: &str| match name {
        "host" => Some(host(request.parts)),
        _ => request.parts.headers.get(name).and_then(|value| std::str::from_utf8(value.as_bytes()).ok()),
    };
    names
        .into_iter()
        .map(|name| match value(&name) {
            Some(value) => Ok((name, value.to_owned())),
            None => {
                let why = format!("the header {name} is named as signed and was not sent");
                Err(denied(Verdict::Malformed, why, causes::lost_header(&name)))
            }
        })
        .collect()
}
