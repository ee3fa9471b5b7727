//! What a request says about its caller, read before anything is checked: it chooses the cloud.

pub(crate) use super::alibaba::tag_of_session;
pub(crate) use super::huawei::identity::tag_of_token;
use super::{FORM, Pairs, text};
use http::Method;
use http::header;
use http::request::Parts;
use serde_json::Value;
use wharf_core::model::Secret;

/// What a request names.
#[derive(Debug)]
pub(crate) enum Named {
    /// The identifier of a key.
    Key(String),
    /// A token of the identity service.
    Token(String),
    /// A user who logs in to the identity service.
    Login { name: String, domain: String, password: Secret },
}

/// The parameters of a query or a form that name a key: Tencent's and Alibaba's.
const KEYS: [&str; 2] = ["SecretId", "AccessKeyId"];
/// The path of a login.
const LOGIN: &str = "/v3/auth/tokens";

/// Returns what headers and query name.
pub(crate) fn in_head(parts: &Parts) -> Option<Named> {
    let token = text(parts, "x-auth-token");
    if !token.is_empty() {
        return Some(Named::Token(token.to_owned()));
    }
    let authorization = text(parts, header::AUTHORIZATION.as_str());
    of_authorization(authorization).or_else(|| of_pairs(parts.uri.query().unwrap_or_default().as_bytes()))
}

/// The key of a signature in a header, of whichever scheme. The rest of the header may be wrong: then the cloud of the key
/// refuses the request.
fn of_authorization(authorization: &str) -> Option<Named> {
    let authorization = authorization.trim();
    let id = match authorization.strip_prefix("acs ") {
        Some(roa) => roa.split(':').next()?,
        None => {
            let mut fields = ["Credential=", "Access="].into_iter();
            let (_, value) = fields.find_map(|field| authorization.split_once(field))?;
            value.split(['/', ',', ' ']).next()?
        }
    };
    Some(id.trim()).filter(|id| !id.is_empty()).map(|id| Named::Key(id.to_owned()))
}

/// The key among the parameters of a query or a form.
fn of_pairs(text: &[u8]) -> Option<Named> {
    if !super::pairs::names_any(text, &KEYS) {
        return None;
    }
    let pairs = Pairs::read(text);
    let id = KEYS.iter().map(|name| pairs.get(name)).find(|id| !id.is_empty())?;
    Some(Named::Key(id.to_owned()))
}

/// Whether the body of a request without a name in its head may have one: a form, or a login.
pub(crate) fn may_be_in_body(parts: &Parts) -> bool {
    parts.method != Method::GET && (is_form(parts) || is_login(parts))
}

/// Returns what the body names.
pub(crate) fn in_body(parts: &Parts, body: &[u8]) -> Option<Named> {
    if is_login(parts) { login(body) } else { of_pairs(body) }
}

fn is_form(parts: &Parts) -> bool {
    text(parts, header::CONTENT_TYPE.as_str()).trim_start().to_ascii_lowercase().starts_with(FORM)
}

fn is_login(parts: &Parts) -> bool {
    parts.uri.path().trim_end_matches('/').ends_with(LOGIN)
}

fn login(body: &[u8]) -> Option<Named> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let user = body.pointer("/auth/identity/password/user")?;
    let text = |place: &str| user.pointer(place).and_then(Value::as_str).map(str::to_owned);
    Some(Named::Login {
        name: text("/name")?,
        domain: text("/domain/name")?,
        password: Secret::from(text("/password")?),
    })
}

#[cfg(test)]
mod tests;
