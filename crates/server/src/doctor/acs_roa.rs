//! Mistakes with HMAC-SHA1 over headers and resource (ROA).

use super::{Diagnosis, Doubt, HIDDEN, Hide, LEFT_OUT, Mistake, cost, diagnosis, explain, is_too_large, other_secrets};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use wharf_sign::acs_roa::{Spelling, TOKEN_HEADER, sign, verify};
use wharf_sign::{Credentials, Request, Signed, equal};

/// A request as it can be signed, rightly or wrongly.
#[derive(Clone)]
struct Case {
    method: String,
    path: String,
    /// Decoded.
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    secret: String,
    form: Form,
}

/// How the signature is written; by default as the vendor's clients do.
#[derive(Debug, Clone, Copy, Default)]
struct Form {
    /// Base64 of the digits of the digest, as the document's example has it, and not of its bytes.
    digits: bool,
}

impl Case {
    fn with<T>(&self, use_it: impl FnOnce(&Request<'_>, &Credentials<'_>) -> T) -> T {
        let query: Vec<(&str, &str)> = self.query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let headers: Vec<(&str, &str)> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let (method, path) = (self.method.as_str(), self.path.as_str());
        let request = Request { method, path, parameters: &query, headers: &headers, ..Request::default() };
        use_it(&request, &Credentials { secret: &self.secret, ..Credentials::default() })
    }

    fn sign(&self) -> Signed {
        self.with(sign)
    }

    /// Whether the signature is that of the request, in any way in which the vendor's clients write its resource.
    fn fits(&self, claimed: &str) -> bool {
        if self.form.digits {
            let raw = STANDARD.decode(self.sign().signature()).unwrap_or_default();
            let digits: String = raw.iter().map(|byte| format!("{byte:02x}")).collect();
            return equal(&STANDARD.encode(digits), claimed);
        }
        self.with(|request, key| verify(request, key, claimed).is_ok())
    }

    /// What was signed, as it may be shown.
    fn shown(&self, hide: &Hide) -> String {
        let mut shown = self.clone();
        for (name, value) in &mut shown.headers {
            if name == TOKEN_HEADER {
                HIDDEN.clone_into(value);
            }
        }
        for (name, value) in &mut shown.query {
            if hide(name) {
                HIDDEN.clone_into(value);
            }
        }
        shown.sign().string_to_sign().to_owned()
    }
}

/// Determines what the client signed. `hide` names the parameters whose values must not be shown.
pub(crate) fn doubt(request: &Request<'_>, secret: &str, claimed: &str, hide: Hide) -> Doubt {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let headers = || request.headers.iter().filter(|(name, _)| is_signed(name));
    let cost =
        Spelling::ALL.len() * (cost(headers().copied().chain(request.parameters.iter().copied())) + request.path.len());
    if is_too_large(cost) {
        return Doubt::too_large(cost);
    }
    let case = Case {
        method: request.method.to_owned(),
        path: request.path.to_owned(),
        query: request.parameters.iter().map(owned).collect(),
        headers: headers().map(owned).collect(),
        secret: secret.to_owned(),
        form: Form::default(),
    };
    let claimed = claimed.to_owned();
    Doubt::new(move || diagnose(&case, cost, &claimed, &hide))
}

fn diagnose(case: &Case, cost: usize, claimed: &str, hide: &Hide) -> Diagnosis {
    let found = explain(case, cost, &mistakes(case), |case| case.fits(claimed));
    diagnosis(case.shown(hide), found.map(|(client, what)| (client.shown(hide), what)))
}

fn mistakes(case: &Case) -> Vec<Mistake<Case>> {
    let mut out = Vec::new();
    out.push(Mistake::new(
        "form",
        "the digits of the digest were put into base64, not its bytes",
        |case: &mut Case| {
            case.form.digits = true;
        },
    ));
    for other in ["GET", "POST", "PUT", "DELETE"].into_iter().filter(|other| *other != case.method) {
        let what = format!("the client signed the method {other} and sent another");
        out.push(Mistake::new("method", what, move |case: &mut Case| case.method = other.to_owned()));
    }
    out.push(Mistake::new("query", "the query was left out of the signature", |case: &mut Case| case.query.clear()));
    let types = ["application/json", "application/json; charset=utf-8", "application/json;charset=utf-8", "*/*"];
    for (name, other) in ["accept", "content-type"].into_iter().flat_map(|name| types.map(|other| (name, other))) {
        let what = format!("the client signed the header `{name}: {other}` and sent another");
        out.push(Mistake::new("header", what, move |case: &mut Case| {
            case.headers.retain(|(known, _)| known != name);
            case.headers.push((name.to_owned(), other.to_owned()));
        }));
    }
    out.push(Mistake::new("secret", "an ampersand was put after the secret, as for RPC calls", |case: &mut Case| {
        case.secret.push('&');
    }));
    for (what, secret) in other_secrets(&case.secret) {
        out.push(Mistake::new("secret", what, move |case: &mut Case| case.secret.clone_from(&secret)));
    }
    for (at, (name, _)) in case.query.iter().enumerate().take(LEFT_OUT) {
        let what = format!("the query's `{name}` was left out of the signature");
        out.push(Mistake::alone("query", what, move |case: &mut Case| drop(case.query.remove(at))));
    }
    for name in case.headers.iter().map(|(name, _)| name).filter(|name| is_signed(name)).take(LEFT_OUT) {
        let (left_out, what) = (name.clone(), format!("the header `{name}` was left out of the signature"));
        out.push(Mistake::alone("header", what, move |case: &mut Case| {
            case.headers.retain(|(name, _)| *name != left_out);
        }));
    }
    out
}

fn is_signed(name: &str) -> bool {
    name.starts_with("x-acs-") || matches!(name, "accept" | "content-md5" | "content-type" | "date")
}

#[cfg(test)]
mod tests;
