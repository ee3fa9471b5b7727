//! Who calls: a token that was issued, or a signature that is computed again and compared.

use super::super::path::query;
use super::super::{Gateway, Request, host, seconds, text};
use super::identity::{Caller, TokenFault};
use crate::cce::RestRefusal;
use crate::doctor::{Diagnosis, sdk_hmac};
use wharf_core::sign::sdk_hmac_sha256::{self, Authorization, CONTENT_HEADER, DATE_HEADER, UNSIGNED_PAYLOAD};
use wharf_core::sign::{equal, sha256_hex};

/// How far a request's time may be from the server's, in seconds.
const MAX_SKEW: u64 = 15 * 60;
/// What the gateway of the cloud says of whoever it does not know.
const CODE: &str = "APIGW.0301";

/// A request whose caller is refused.
#[derive(Debug)]
pub(super) struct Denied {
    pub(super) refusal: RestRefusal,
    pub(super) diagnosis: Option<Box<Diagnosis>>,
}

fn denied(why: impl std::fmt::Display) -> Denied {
    let refusal = RestRefusal::new(401, CODE, format!("Incorrect IAM authentication information: {why}"));
    Denied { refusal, diagnosis: None }
}

/// Finds out who calls.
pub(super) fn authenticate(gateway: &Gateway, request: Request<'_>) -> Result<Caller, Denied> {
    let token = text(request.parts, "x-auth-token");
    let now = seconds(gateway.faults.server_time());
    if !token.is_empty() {
        return gateway.identity.bearer(token, now).map_err(|fault| match fault {
            TokenFault::Unknown => denied("the token is not one of this service"),
            TokenFault::Expired => denied("the token has expired"),
        });
    }
    if text(request.parts, "authorization").is_empty() {
        return Err(denied("neither X-Auth-Token nor Authorization is given"));
    }
    check_signature(gateway, request, now)
}

fn check_signature(gateway: &Gateway, request: Request<'_>, now: i64) -> Result<Caller, Denied> {
    let Request { parts, body } = request;
    let Some(claimed) = Authorization::parse(text(parts, "authorization")) else {
        return Err(denied(
            "Authorization is not of the form `SDK-HMAC-SHA256 Access=<key>, SignedHeaders=<names>, Signature=<digits>`",
        ));
    };
    let key = gateway.identity.keys.iter().find(|key| key.id == claimed.id);
    let key = key.ok_or_else(|| denied("the access key does not exist"))?;
    let date = text(parts, DATE_HEADER);
    let time =
        sdk_hmac_sha256::parse_date(date).ok_or_else(|| denied("X-Sdk-Date is not a time such as 20240102T030405Z"))?;
    if time.abs_diff(now) > MAX_SKEW {
        let server = sdk_hmac_sha256::date(now);
        return Err(denied(format!("signature expired: X-Sdk-Date is {date}, the time of the server is {server}")));
    }
    let content = text(parts, CONTENT_HEADER);
    if !content.is_empty() && content != UNSIGNED_PAYLOAD && content != sha256_hex(body) {
        return Err(denied("X-Sdk-Content-Sha256 is not the digest of the body"));
    }
    let case = sdk_hmac::Case {
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        query: query(parts.uri.query().unwrap_or_default(), false),
        headers: signed_headers(request, claimed.signed_headers)?,
        payload: (content != UNSIGNED_PAYLOAD).then(|| body.to_vec()),
        timestamp: time,
        secret: key.secret.expose().to_owned(),
    };
    if !equal(&case.signature(), claimed.signature) {
        let mut refused = denied("verify aksk signature fail");
        refused.diagnosis =
            Some(Box::new(sdk_hmac::diagnose(&case, claimed.signature, text(parts, "x-forwarded-host"))));
        return Err(refused);
    }
    match (&key.token, text(parts, "x-security-token")) {
        (None, "") => {}
        (Some(due), given) if equal(due.expose(), given) => {}
        (Some(_), _) => return Err(denied("the security token is not the one of this access key")),
        (None, _) => return Err(denied("the access key is a permanent one and has no security token")),
    }
    Ok(Caller { account: key.account.clone(), user: key.id.clone(), project: None })
}

/// The headers that are signed, with the values that were sent.
fn signed_headers(request: Request<'_>, names: &str) -> Result<Vec<(String, String)>, Denied> {
    let names: Vec<String> = names.split(';').map(|name| name.trim().to_ascii_lowercase()).collect();
    for due in ["host", DATE_HEADER] {
        if !names.iter().any(|name| name == due) {
            return Err(denied(format!("the header {due} has to be among the signed ones")));
        }
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
