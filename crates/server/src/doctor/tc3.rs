//! Mistakes with TC3-HMAC-SHA256.

use super::{Doubt, HIDDEN, Hide, MOST_REWRITTEN, Mistake, cost, diagnosis, explain, is_too_large};
use super::{other_hosts, other_secrets};
use wharf_sign::{Credentials, Payload, Request, Signed, UNSIGNED_PAYLOAD, canonical, equal, sha256_hex, tc3};

/// The hosts that a client may have signed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hosts<'a> {
    pub(crate) product: &'static str,
    /// The host that a proxy says it was asked for.
    pub(crate) forwarded: &'a str,
}

/// A request as it can be signed.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, String)>,
    /// The digest of what stands for the body.
    pub(crate) digest: String,
    pub(crate) service: String,
    pub(crate) timestamp: i64,
    pub(crate) secret: String,
}

impl Case {
    pub(crate) fn sign(&self) -> Signed {
        let headers: Vec<_> = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let request = Request {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &headers,
            payload: Payload::Digest(&self.digest),
            ..Request::default()
        };
        let key = Credentials { secret: &self.secret, ..Credentials::default() };
        tc3::sign(&request, &key, &tc3::Scope { service: &self.service, timestamp: self.timestamp })
    }

    /// What it costs to sign it, in bytes.
    fn cost(&self) -> usize {
        let headers = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let query = self.query.split('&').map(|pair| (pair, ""));
        cost(headers.chain(query)) + self.path.len()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    pub(crate) fn set_header(&mut self, name: &str, value: &str) {
        for (known, old) in &mut self.headers {
            if known == name {
                value.clone_into(old);
            }
        }
    }

    /// What was signed, as it may be shown.
    fn shown(&self, hide: &Hide) -> String {
        let signed = self.sign();
        let mut shown = self.clone();
        shown.query = self.query.split('&').map(|pair| hidden_pair(pair, hide)).collect::<Vec<_>>().join("&");
        shown.set_header(tc3::TOKEN_HEADER, HIDDEN);
        format!("{}\n\n{}", shown.sign().canonical_request(), signed.string_to_sign())
    }
}

fn hidden_pair(pair: &str, hide: &Hide) -> String {
    match pair.split_once('=') {
        Some((name, _)) if hide(name) => format!("{name}={HIDDEN}"),
        _ => pair.to_owned(),
    }
}

/// Determines what the client signed. `hosts` are those that it may have meant, `hide` names the parameters whose values
/// must not be shown.
pub(crate) fn doubt(case: Case, body: &[u8], claimed: &str, hosts: Hosts<'_>, hide: Hide) -> Doubt {
    let cost = case.cost();
    if is_too_large(cost) {
        return Doubt::too_large(cost);
    }
    let body = (body.len() <= MOST_REWRITTEN).then(|| body.to_vec());
    let claimed = claimed.to_owned();
    let hosts = other_hosts(case.header("host"), hosts.forwarded, &[format!("{}.tencentcloudapi.com", hosts.product)]);
    Doubt::new(move || {
        let mistakes = mistakes(&case, body.as_deref(), hosts);
        let found = explain(&case, cost, &mistakes, |case| equal(case.sign().signature(), &claimed));
        diagnosis(case.shown(&hide), found.map(|(client, what)| (client.shown(&hide), what)))
    })
}

/// `body` is the one that was sent, unless it is too large to be looked at.
fn mistakes(case: &Case, body: Option<&[u8]>, hosts: Vec<String>) -> Vec<Mistake<Case>> {
    let mut out = Vec::new();
    for host in hosts {
        let what = format!("the client signed the host `{host}` and sent another");
        out.push(Mistake::new("host", what, move |case: &mut Case| case.set_header("host", &host)));
    }
    let mut bodies = vec![
        ("the body was left out of the signature", sha256_hex(b"")),
        ("an empty JSON object was signed instead of the body", sha256_hex(b"{}")),
        ("the body was left unsigned without the header that says so", sha256_hex(UNSIGNED_PAYLOAD.as_bytes())),
    ];
    if let Some(body) = body {
        let text = String::from_utf8_lossy(body);
        bodies.extend([
            ("the body was signed although the header says that it is not", sha256_hex(body)),
            ("the body was signed without white space and sent with it", sha256_hex(compact(&text).as_bytes())),
            ("the body was signed with spaces and sent without", sha256_hex(spaced(&text).as_bytes())),
            ("the body was signed without its last line break", sha256_hex(text.trim_end().as_bytes())),
        ]);
    }
    for (what, digest) in bodies.into_iter().filter(|(_, digest)| *digest != case.digest) {
        out.push(Mistake::new("body", what, move |case: &mut Case| case.digest.clone_from(&digest)));
    }
    let types = ["application/json", "application/json; charset=utf-8", "application/x-www-form-urlencoded", ""];
    for other in types.into_iter().filter(|other| *other != case.header("content-type").to_lowercase()) {
        let what = format!("the client signed the content type `{other}` and sent another");
        out.push(Mistake::new("type", what, move |case: &mut Case| case.set_header("content-type", other)));
    }
    for other in ["GET", "POST"].into_iter().filter(|other| *other != case.method) {
        let what = format!("the client signed the method {other} and sent another");
        out.push(Mistake::new("method", what, move |case: &mut Case| case.method = other.to_owned()));
    }
    for other in ["/", ""].into_iter().filter(|other| *other != case.path) {
        let what = format!("the client signed the path `{other}`");
        out.push(Mistake::new("path", what, move |case: &mut Case| case.path = other.to_owned()));
    }
    let mut sorted: Vec<&str> = case.query.split('&').collect();
    sorted.sort_unstable();
    let queries = [
        ("the query was left out of the signature", String::new()),
        ("the query was signed sorted and sent in another order", sorted.join("&")),
        ("the query was signed with `+` and sent with `%20`", case.query.replace("%20", "+")),
        ("the query was signed with `%20` and sent with `+`", case.query.replace('+', "%20")),
        ("the query was signed without its encoding", canonical::decode(&case.query)),
    ];
    for (what, query) in queries.into_iter().filter(|(_, query)| *query != case.query) {
        out.push(Mistake::new("query", what, move |case: &mut Case| case.query.clone_from(&query)));
    }
    let service = case.service.clone();
    let others = ["tke", "tcr", "cvm", "ccs", ""];
    for other in others.into_iter().filter(|other| *other != service) {
        let what = format!("the key was derived for the service `{other}`");
        out.push(Mistake::new("service", what, move |case: &mut Case| case.service = other.to_owned()));
    }
    for (what, secret) in other_secrets(&case.secret) {
        out.push(Mistake::new("secret", what, move |case: &mut Case| case.secret.clone_from(&secret)));
    }
    out
}

/// JSON without white space between its parts, its members in their order.
fn compact(json: &str) -> String {
    respaced(json, "")
}

/// JSON with a space after each comma and colon.
fn spaced(json: &str) -> String {
    respaced(json, " ")
}

fn respaced(json: &str, space: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let (mut in_string, mut escaped) = (false, false);
    for character in json.chars() {
        if !in_string && character.is_whitespace() {
            continue;
        }
        out.push(character);
        if !in_string && matches!(character, ',' | ':') {
            out.push_str(space);
        }
        if character == '"' && !escaped {
            in_string = !in_string;
        }
        escaped = in_string && character == '\\' && !escaped;
    }
    out
}

#[cfg(test)]
mod tests;
