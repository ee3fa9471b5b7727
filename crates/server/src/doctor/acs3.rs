//! Mistakes with ACS3-HMAC-SHA256.

use super::{Diagnosis, Doubt, HIDDEN, Hide, Mistake, cost, diagnosis, explain, is_too_large};
use super::{other_hosts, other_secrets};
use wharf_sign::acs3::{TOKEN_HEADER, sign};
use wharf_sign::{Credentials, Payload, Request, Signed, equal, sha256_hex};

/// A request as it can be signed, rightly or wrongly.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) method: String,
    pub(crate) path: String,
    /// Decoded.
    pub(crate) query: Vec<(String, String)>,
    /// Those that are signed.
    pub(crate) headers: Vec<(String, String)>,
    /// The digest of the body.
    pub(crate) digest: String,
    pub(crate) secret: String,
}

impl Case {
    fn sign(&self) -> Signed {
        let query: Vec<(&str, &str)> = self.query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let headers: Vec<(&str, &str)> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let request = Request {
            method: &self.method,
            path: &self.path,
            parameters: &query,
            headers: &headers,
            payload: Payload::Digest(&self.digest),
            ..Request::default()
        };
        sign(&request, &Credentials { secret: &self.secret, ..Credentials::default() })
    }

    pub(crate) fn signature(&self) -> String {
        self.sign().signature().to_owned()
    }

    /// What it costs to sign it, in bytes.
    fn cost(&self) -> usize {
        let pairs = self.query.iter().chain(&self.headers);
        cost(pairs.map(|(name, value)| (name.as_str(), value.as_str()))) + self.path.len()
    }

    fn set_header(&mut self, name: &str, value: &str) {
        for (known, old) in &mut self.headers {
            if known == name {
                value.clone_into(old);
            }
        }
    }

    /// What was signed, as it may be shown.
    fn shown(&self, hide: &Hide) -> String {
        let mut shown = self.clone();
        shown.set_header(TOKEN_HEADER, HIDDEN);
        for (name, value) in &mut shown.query {
            if hide(name) {
                HIDDEN.clone_into(value);
            }
        }
        format!("{}\n\n{}", shown.sign().canonical_request(), self.sign().string_to_sign())
    }
}

/// Determines what the client signed. `hide` names the parameters whose values must not be shown.
pub(crate) fn doubt(case: Case, claimed: &str, forwarded: &str, hide: Hide) -> Doubt {
    let cost = case.cost();
    if is_too_large(cost) {
        return Doubt::too_large(cost);
    }
    let (claimed, forwarded) = (claimed.to_owned(), forwarded.to_owned());
    Doubt::new(move || diagnose(&case, cost, &claimed, &forwarded, &hide))
}

fn diagnose(case: &Case, cost: usize, claimed: &str, forwarded: &str, hide: &Hide) -> Diagnosis {
    let found = explain(case, cost, &mistakes(case, forwarded), |case| equal(&case.signature(), claimed));
    diagnosis(case.shown(hide), found.map(|(client, what)| (client.shown(hide), what)))
}

fn mistakes(case: &Case, forwarded: &str) -> Vec<Mistake<Case>> {
    let mut out = Vec::new();
    let host = case.headers.iter().find(|(name, _)| name == "host").map_or("", |(_, value)| value);
    let own = ["cs.aliyuncs.com".to_owned(), "sts.aliyuncs.com".to_owned()];
    for other in other_hosts(host, forwarded, &own) {
        let what = format!("the client signed the host `{other}` and sent another");
        out.push(Mistake::new("host", what, move |case: &mut Case| case.set_header("host", &other)));
    }
    for other in ["GET", "POST", "PUT", "DELETE"].into_iter().filter(|other| *other != case.method) {
        let what = format!("the client signed the method {other} and sent another");
        out.push(Mistake::new("method", what, move |case: &mut Case| case.method = other.to_owned()));
    }
    out.push(Mistake::new("query", "the query was left out of the signature", |case: &mut Case| case.query.clear()));
    out.push(Mistake::new("path", "the path `/` was signed", |case: &mut Case| case.path = "/".to_owned()));
    out.push(Mistake::new("body", "the body was left out of the signature", |case: &mut Case| {
        case.digest = sha256_hex(b"")
    }));
    for other in ["application/json", "application/json; charset=utf-8", "application/x-www-form-urlencoded"] {
        let what = format!("the client signed the content type `{other}` and sent another");
        out.push(Mistake::new("type", what, move |case: &mut Case| case.set_header("content-type", other)));
    }
    for (what, secret) in other_secrets(&case.secret) {
        out.push(Mistake::new("secret", what, move |case: &mut Case| case.secret.clone_from(&secret)));
    }
    out
}

#[cfg(test)]
mod tests;
