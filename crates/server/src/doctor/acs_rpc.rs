//! Mistakes with HMAC-SHA1 over parameters (RPC).

use super::{Diagnosis, Doubt, HIDDEN, Hide, LEFT_OUT, Mistake, cost, diagnosis, explain, is_too_large, other_secrets};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use wharf_sign::acs_rpc::{SIGNATURE, TOKEN, sign};
use wharf_sign::{Credentials, Request, Signed, equal};

/// A request as it can be signed, rightly or wrongly.
#[derive(Clone)]
struct Case {
    method: String,
    /// Parameters, decoded, in the order in which they were sent.
    parameters: Vec<(String, String)>,
    secret: String,
    form: Form,
}

/// How the key is made; by default as documented.
#[derive(Debug, Clone, Copy, Default)]
struct Form {
    bare_key: bool,
}

impl Case {
    fn sign(&self) -> Signed {
        let pairs: Vec<(&str, &str)> =
            self.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let request = Request { method: &self.method, parameters: &pairs, ..Request::default() };
        sign(&request, &Credentials { secret: &self.secret, ..Credentials::default() })
    }

    fn signature(&self) -> String {
        let signed = self.sign();
        if !self.form.bare_key {
            return signed.signature().to_owned();
        }
        // A key of any length will do.
        let mac = Hmac::<Sha1>::new_from_slice(self.secret.as_bytes());
        mac.map(|mac| STANDARD.encode(mac.chain_update(signed.string_to_sign()).finalize().into_bytes()))
            .unwrap_or_default()
    }

    /// What was signed, as it may be shown.
    fn shown(&self, hide: &Hide) -> String {
        let mut shown = self.clone();
        for (name, value) in &mut shown.parameters {
            if name == TOKEN || hide(name) {
                HIDDEN.clone_into(value);
            }
        }
        shown.sign().string_to_sign().to_owned()
    }
}

/// Determines what the client signed. `hide` names the parameters whose values must not be shown.
pub(crate) fn doubt(request: &Request<'_>, secret: &str, claimed: &str, hide: Hide) -> Doubt {
    // Everything is encoded twice, so that what is escaped grows.
    let escaped = |text: &str| text.bytes().filter(|byte| !byte.is_ascii_alphanumeric()).count();
    let escapes: usize = request.parameters.iter().map(|(name, value)| escaped(name) + escaped(value)).sum();
    let cost = 2 * cost(request.parameters.iter().copied()) + 4 * escapes;
    if is_too_large(cost) {
        return Doubt::too_large(cost);
    }
    let case = Case {
        method: request.method.to_owned(),
        parameters: request.parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        secret: secret.to_owned(),
        form: Form::default(),
    };
    let claimed = claimed.to_owned();
    Doubt::new(move || diagnose(&case, cost, &claimed, &hide))
}

fn diagnose(case: &Case, cost: usize, claimed: &str, hide: &Hide) -> Diagnosis {
    let found = explain(case, cost, &mistakes(case), |case| equal(&case.signature(), claimed));
    diagnosis(case.shown(hide), found.map(|(client, what)| (client.shown(hide), what)))
}

fn mistakes(case: &Case) -> Vec<Mistake<Case>> {
    let mut out = Vec::new();
    out.push(Mistake::new("key", "the ampersand after the secret was left out", |case: &mut Case| {
        case.form.bare_key = true;
    }));
    for other in ["GET", "POST"].into_iter().filter(|other| *other != case.method) {
        let what = format!("the client signed the method {other} and sent another");
        out.push(Mistake::new("method", what, move |case: &mut Case| case.method = other.to_owned()));
    }
    out.push(Mistake::new("values", "spaces of the values were signed as plus signs", |case: &mut Case| {
        for (_, value) in &mut case.parameters {
            *value = value.replace(' ', "+");
        }
    }));
    for (what, secret) in other_secrets(&case.secret) {
        out.push(Mistake::new("key", what, move |case: &mut Case| case.secret.clone_from(&secret)));
    }
    for (at, (name, _)) in case.parameters.iter().enumerate().filter(|(_, (name, _))| name != SIGNATURE).take(LEFT_OUT)
    {
        let what = format!("the parameter `{name}` was left out of the signature");
        out.push(Mistake::alone("left out", what, move |case: &mut Case| drop(case.parameters.remove(at))));
    }
    out
}

#[cfg(test)]
mod tests;
