//! Authentication: a token that was issued, or a signature that is computed again and compared.

use super::super::dialect::{Caller, Claims, Denied};
use super::super::path::query;
use super::super::{Gateway, Request, host, seconds, text, twice};
use super::identity::TokenFault;
use crate::doctor::sdk_hmac;
use crate::refusal::Refusal;
use http::request::Parts;
use wharf_sign::sdk_hmac_sha256::{self, CONTENT_HEADER, DATE_HEADER, TOKEN_HEADER};
use wharf_sign::{UNSIGNED_PAYLOAD, equal, sha256_hex};

/// How far a request's time may be from the server's, in seconds.
const MAX_SKEW: u64 = 15 * 60;
/// The code of the cloud's gateway for an unknown caller.
const CODE: &str = "APIGW.0301";

fn denied(why: impl std::fmt::Display) -> Denied {
    Denied { refusal: refusal(why), doubt: None }
}

fn refusal(why: impl std::fmt::Display) -> Refusal {
    Refusal::with_status(401, CODE, format!("Incorrect IAM authentication information: {why}"))
}

/// The refusal of a wrong signature.
pub(super) fn mismatch() -> Refusal {
    refusal("verify aksk signature fail")
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
    let id = sdk_hmac_sha256::parse(text(parts, "authorization")).ok().map(|authorization| authorization.id);
    let key = gateway.identity.keys.iter().find(|key| Some(key.id.as_str()) == id);
    Claims { account: key.map(|key| key.account.clone()), has_token: !text(parts, TOKEN_HEADER).is_empty() }
}

/// Returns the caller.
pub(super) fn authenticate(gateway: &Gateway, request: Request<'_>) -> Result<Caller, Denied> {
    let token = text(request.parts, "x-auth-token");
    let now = seconds(gateway.faults.server_time());
    if !token.is_empty() {
        return gateway.identity.bearer(token, now).map_err(|fault| match fault {
            TokenFault::Unknown => denied("the token is not one of this service"),
            TokenFault::Expired => expired_token().into(),
        });
    }
    if text(request.parts, "authorization").is_empty() {
        return Err(denied("neither X-Auth-Token nor Authorization is given"));
    }
    check_signature(gateway, request, now)
}

fn check_signature(gateway: &Gateway, request: Request<'_>, now: i64) -> Result<Caller, Denied> {
    let Request { parts, body, .. } = request;
    let Ok(claimed) = sdk_hmac_sha256::parse(text(parts, "authorization")) else {
        return Err(denied(
            "Authorization is not of the form `SDK-HMAC-SHA256 Access=<key>, SignedHeaders=<names>, Signature=<digits>`",
        ));
    };
    let key = gateway.identity.keys.iter().find(|key| key.id == claimed.id);
    let key = key.ok_or_else(|| denied("the access key does not exist"))?;
    let date = text(parts, DATE_HEADER);
    let time =
        sdk_hmac_sha256::parse_date(date).map_err(|_| denied("X-Sdk-Date is not a time such as 20240102T030405Z"))?;
    if time.abs_diff(now) > MAX_SKEW {
        let server = sdk_hmac_sha256::date(now);
        return Err(denied(format!("signature expired: X-Sdk-Date is {date}, the time of the server is {server}")));
    }
    let content = text(parts, CONTENT_HEADER);
    let digest = if content == UNSIGNED_PAYLOAD { UNSIGNED_PAYLOAD.to_owned() } else { sha256_hex(body) };
    if !content.is_empty() && content != digest {
        return Err(denied("X-Sdk-Content-Sha256 is not the digest of the body"));
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
        let doubt = sdk_hmac::doubt(case, claimed.signature, text(parts, "x-forwarded-host"));
        return Err(Denied { refusal: mismatch(), doubt: Some(doubt) });
    }
    match (&key.token, text(parts, TOKEN_HEADER)) {
        (None, "") => {}
        (Some(due), given) if equal(due.expose(), given) => {}
        (Some(_), _) => return Err(denied("the security token is not the one of this access key")),
        (None, _) => return Err(denied("the access key is a permanent one and has no security token")),
    }
    Ok(key.caller())
}

/// The headers that are signed, with the values that were sent.
fn signed_headers(request: Request<'_>, names: &str) -> Result<Vec<(String, String)>, Denied> {
    let names: Vec<String> = names.split(';').map(|name| name.trim().to_ascii_lowercase()).collect();
    // Nothing else can be demanded: one of the vendor's clients signs no host.
    if !names.iter().any(|name| name == DATE_HEADER) {
        return Err(denied(format!("the header {DATE_HEADER} has to be among the signed ones")));
    }
    if let Some(name) = twice(&names) {
        return Err(denied(format!("the header {name} is named twice among the signed ones")));
    }
    let value = |name: &str| match name {
        "host" => Some(host(request.parts)),
        _ => request.parts.headers.get(name).and_then(|value| std::str::from_utf8(value.as_bytes()).ok()),
    };
    names
        .into_iter()
        .map(|name| match value(&name) {
            Some(value) => Ok((name, value.to_owned())),
            None => Err(denied(format!("the header {name} is named as signed and was not sent"))),
        })
        .collect()
}
