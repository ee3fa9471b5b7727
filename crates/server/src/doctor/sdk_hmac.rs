//! Mistakes with SDK-HMAC-SHA256.

use super::{Diagnosis, Doubt, HIDDEN, Mistake, cost, diagnosis, explain, is_too_large, other_hosts, other_secrets};
use wharf_sign::sdk_hmac_sha256::{TOKEN_HEADER, sign};
use wharf_sign::{Credentials, Payload, Request, Signed, UNSIGNED_PAYLOAD, equal, sha256_hex};

/// A request as it can be signed, rightly or wrongly.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) method: String,
    pub(crate) path: String,
    /// Decoded.
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: Vec<(String, String)>,
    /// The digest of the body, or what stands for it when it is left unsigned.
    pub(crate) digest: String,
    pub(crate) timestamp: i64,
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
        sign(&request, &Credentials { secret: &self.secret, ..Credentials::default() }, self.timestamp)
    }

    pub(crate) fn signature(&self) -> String {
        self.sign().signature().to_owned()
    }

    /// What it costs to sign it, in bytes.
    fn cost(&self) -> usize {
        let pairs = self.query.iter().chain(&self.headers);
        cost(pairs.map(|(name, value)| (name.as_str(), value.as_str()))) + self.path.len()
    }

    /// What was signed, as it may be shown.
    fn shown(&self) -> String {
        let mut shown = self.clone();
        for (name, value) in &mut shown.headers {
            if name == TOKEN_HEADER {
                HIDDEN.clone_into(value);
            }
        }
        let signed = shown.sign();
        format!("{}\n\n{}", signed.canonical_request(), self.sign().string_to_sign())
    }
}

/// Determines what the client signed.
pub(crate) fn doubt(case: Case, claimed: &str, forwarded: &str) -> Doubt {
    let cost = case.cost();
    if is_too_large(cost) {
        return Doubt::too_large(cost);
    }
    let (claimed, forwarded) = (claimed.to_owned(), forwarded.to_owned());
    Doubt::new(move || diagnose(&case, cost, &claimed, &forwarded))
}

fn diagnose(case: &Case, cost: usize, claimed: &str, forwarded: &str) -> Diagnosis {
    let found = explain(case, cost, &mistakes(case, forwarded), |case| equal(&case.signature(), claimed));
    diagnosis(case.shown(), found.map(|(client, what)| (client.shown(), what)))
}

fn mistakes(case: &Case, forwarded: &str) -> Vec<Mistake<Case>> {
    let mut out = Vec::new();
    let host = case.headers.iter().find(|(name, _)| name == "host").map_or("", |(_, value)| value);
    for other in other_hosts(host, forwarded, &[]) {
        let what = format!("the client signed the host `{other}` and sent another");
        out.push(Mistake::new("host", what, move |case: &mut Case| {
            if let Some((_, host)) = case.headers.iter_mut().find(|(name, _)| name == "host") {
                host.clone_from(&other);
            }
        }));
    }
    for other in ["GET", "POST", "PUT", "DELETE"].into_iter().filter(|other| *other != case.method) {
        let what = format!("the client signed the method {other} and sent another");
        out.push(Mistake::new("method", what, move |case: &mut Case| case.method = other.to_owned()));
    }
    out.push(Mistake::new("query", "the query was left out of the signature", |case: &mut Case| case.query.clear()));
    out.push(Mistake::new("body", "the body was left out of the signature", |case: &mut Case| {
        case.digest = sha256_hex(b"");
    }));
    out.push(Mistake::new("body", "the body was signed as unsigned without saying so", |case: &mut Case| {
        UNSIGNED_PAYLOAD.clone_into(&mut case.digest);
    }));
    for (what, secret) in other_secrets(&case.secret) {
        out.push(Mistake::new("secret", what, move |case: &mut Case| case.secret.clone_from(&secret)));
    }
    out
}

#[cfg(test)]
mod tests;
