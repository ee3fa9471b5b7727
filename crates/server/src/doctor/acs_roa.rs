//! Requests that are signed with HMAC-SHA1 over headers and resource (ROA).

use super::common_mistakes::{self, WrongForm};
use super::variants::{Charset, Hash, Secrets, base64, bodies, mac, paths};
use super::{Doubt, HIDDEN, Hide, LEFT_OUT, MOST_REWRITTEN, Mistake, Sent, Signable, cost, examine, is_too_large};
use wharf_sign::acs_roa::{CONTENT_HEADER, HEADER_PREFIX, Spelling, TOKEN_HEADER, content_md5};
use wharf_sign::{Request, canonical};

/// The headers that have a line each, in their order.
const LINES: [&str; 4] = ["accept", CONTENT_HEADER, "content-type", "date"];

/// A request as it can be signed, rightly or wrongly.
#[derive(Clone)]
struct Case {
    method: String,
    /// The values of [`LINES`].
    lines: [String; 4],
    /// Those that begin with the vendor's prefix, in their order.
    headers: Vec<(String, String)>,
    /// As it was sent.
    path: String,
    /// Decoded, in its order.
    query: Vec<(String, String)>,
    secret: String,
    form: Form,
}

/// How the text is put together; by default as documented.
#[derive(Debug, Clone, Copy, Default)]
struct Form {
    sha256: bool,
    /// Lines of headers that are not there are left out.
    no_empty_lines: bool,
    unsorted_headers: bool,
    unsorted_query: bool,
    /// The values of the query are encoded.
    encoded_query: bool,
    spaced_headers: bool,
    charset: Charset,
}

impl Case {
    /// The text, with one of the spellings of the resource that the vendor's clients have.
    fn text(&self, spelling: Spelling) -> String {
        let mut out = format!("{}\n", self.method);
        for line in self.lines.iter().filter(|line| !line.is_empty() || !self.form.no_empty_lines) {
            out.push_str(line.trim());
            out.push('\n');
        }
        let mut headers = self.headers.clone();
        if !self.form.unsorted_headers {
            headers.sort();
        }
        let colon = if self.form.spaced_headers { ": " } else { ":" };
        for (name, value) in headers {
            out.push_str(&format!("{name}{colon}{value}\n"));
        }
        out.push_str(&if spelling.encoded_path { self.path.clone() } else { canonical::decode(&self.path) });
        let mut query = self.query.clone();
        if !self.form.unsorted_query {
            query.sort();
        }
        for (at, (name, value)) in query.iter().enumerate() {
            out.push(if at == 0 { '?' } else { '&' });
            out.push_str(name);
            if !(value.is_empty() && spelling.bare_empty) {
                out.push('=');
                out.push_str(&if self.form.encoded_query { canonical::encode(value) } else { value.clone() });
            }
        }
        out
    }

    fn digest_of(&self, text: &str) -> Vec<u8> {
        let hash = if self.form.sha256 { Hash::Sha256 } else { Hash::Sha1 };
        mac(hash, self.secret.as_bytes(), &self.form.charset.bytes(text))
    }

    fn set_line(&mut self, name: &str, value: &str) {
        for (known, line) in LINES.into_iter().zip(&mut self.lines) {
            if known == name {
                value.clone_into(line);
            }
        }
    }
}

impl Signable for Case {
    fn digest(&self) -> Vec<u8> {
        self.digest_of(&self.text(Spelling::default()))
    }

    fn write(&self, digest: &[u8]) -> String {
        base64(digest)
    }

    /// Any of the ways in which the vendor's clients write the resource is right.
    fn is_signed_as(&self, claimed: &str) -> bool {
        let mut texts: Vec<String> = Spelling::ALL.into_iter().map(|spelling| self.text(spelling)).collect();
        texts.dedup();
        texts.iter().any(|text| wharf_sign::equal(&base64(&self.digest_of(text)), claimed))
    }

    fn shown(&self, hide: &Hide) -> String {
        let mut shown = self.clone();
        for (name, value) in &mut shown.headers {
            if name.to_lowercase() == TOKEN_HEADER {
                HIDDEN.clone_into(value);
            }
        }
        for (name, value) in &mut shown.query {
            if hide(name) {
                HIDDEN.clone_into(value);
            }
        }
        // A mistake that puts the query into the path.
        if let Some((path, query)) = shown.path.split_once('?')
            && !query.is_empty()
        {
            shown.path = format!("{path}?{HIDDEN}");
        }
        shown.text(Spelling::default())
    }
}

/// Determines what the client signed. `hide` names the parameters whose values must not be shown.
pub(crate) fn doubt(request: &Request<'_>, claimed: &str, secrets: Secrets, sent: Sent<'_>, hide: Hide) -> Doubt {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let signed = |name: &str| name.starts_with(HEADER_PREFIX) || LINES.contains(&name);
    let headers = || request.headers.iter().filter(|(name, _)| signed(name));
    let cost =
        Spelling::ALL.len() * (cost(headers().copied().chain(request.parameters.iter().copied())) + request.path.len());
    if is_too_large(cost) {
        return Doubt::too_large(cost);
    }
    let value = |name: &str| headers().find(|(known, _)| *known == name).map_or("", |(_, value)| value);
    let case = Case {
        method: request.method.to_owned(),
        lines: LINES.map(|name| value(name).to_owned()),
        headers: headers().filter(|(name, _)| name.starts_with(HEADER_PREFIX)).map(owned).collect(),
        path: request.path.to_owned(),
        query: request.parameters.iter().map(owned).collect(),
        secret: secrets.secret.clone(),
        form: Form::default(),
    };
    let body = (sent.body.len() <= MOST_REWRITTEN).then(|| sent.body.to_vec());
    let claimed = claimed.to_owned();
    Doubt::new(move || examine(&case, cost, mistakes(&case, &secrets, body.as_deref()), &claimed, false, &hide))
}

fn mistakes(case: &Case, secrets: &Secrets, body: Option<&[u8]>) -> Vec<Mistake<Case>> {
    let mut out = Vec::new();
    out.push(Mistake::new("secret", "an ampersand was put after the secret, as for RPC calls", |case: &mut Case| {
        case.secret.push('&');
    }));
    common_mistakes::secrets(secrets, &mut out, |case| &mut case.secret);
    common_mistakes::methods(&case.method, &mut out, |case| &mut case.method);
    resource(case, &mut out);
    lines(case, body, &mut out);
    let forms: [WrongForm<Form>; 5] = [
        ("hash", "the signature was made with HMAC-SHA256 and not with HMAC-SHA1", |form| form.sha256 = true),
        ("lines", "the empty lines of headers that are not there were left out", |form| form.no_empty_lines = true),
        ("order", "the signed headers were not sorted by their names", |form| form.unsorted_headers = true),
        ("colon", "the headers were signed with a space after the colon", |form| form.spaced_headers = true),
        ("values", "the values of the query were signed encoded and not plain", |form| form.encoded_query = true),
    ];
    common_mistakes::forms(forms, &mut out, |case| &mut case.form);
    common_mistakes::charsets(&mut out, |case| &mut case.form.charset);
    let capital = "the names of the headers were signed with capital letters";
    out.push(Mistake::new("names", capital, |case: &mut Case| {
        for (name, _) in &mut case.headers {
            *name = name.to_uppercase();
        }
    }));
    for name in case.headers.iter().map(|(name, _)| name).take(LEFT_OUT) {
        let (left_out, what) = (name.clone(), format!("the header `{name}` was left out of the signature"));
        out.push(Mistake::alone("header", what, move |case: &mut Case| {
            case.headers.retain(|(name, _)| *name != left_out);
        }));
    }
    out.push(Mistake::new(
        "headers",
        "the headers that begin with `x-acs-` were left out of the signature",
        |case: &mut Case| {
            case.headers.clear();
        },
    ));
    out
}

/// Mistakes with path and query.
fn resource(case: &Case, out: &mut Vec<Mistake<Case>>) {
    for (what, path) in paths(&case.path) {
        out.push(Mistake::new("path", what, move |case: &mut Case| case.path.clone_from(&path)));
    }
    out.push(Mistake::new("query", "the query was left out of the signature", |case: &mut Case| case.query.clear()));
    let unsorted = "the parameters of the query were not sorted before they were signed";
    out.push(Mistake::new("query", unsorted, |case: &mut Case| case.form.unsorted_query = true));
    let plus = "spaces of the query were encoded as `+` and not as `%20`";
    out.push(Mistake::new("values", plus, |case: &mut Case| {
        for (_, value) in &mut case.query {
            *value = value.replace(' ', "+");
        }
    }));
    for (at, (name, _)) in case.query.iter().enumerate().take(LEFT_OUT) {
        let what = format!("the parameter `{name}` of the query was left out of the signature");
        out.push(Mistake::alone("query", what, move |case: &mut Case| drop(case.query.remove(at))));
    }
}

/// Mistakes with the headers that have a line each.
fn lines(case: &Case, body: Option<&[u8]>, out: &mut Vec<Mistake<Case>>) {
    const TYPES: [&str; 8] = [
        "application/json",
        "application/json; charset=utf-8",
        "application/json;charset=utf-8",
        "application/json; charset=UTF-8",
        "application/json;charset=UTF-8",
        "application/xml",
        "application/x-www-form-urlencoded",
        "*/*",
    ];
    for (name, line) in LINES.into_iter().zip(&case.lines) {
        if !line.is_empty() {
            let what = format!("the header `{name}` was left out of the signature");
            out.push(Mistake::new("header", what, move |case: &mut Case| case.set_line(name, "")));
        }
        if matches!(name, "accept" | "content-type") {
            for other in TYPES.into_iter().filter(|other| other != line) {
                let what = format!(
                    "the client signed the header `{name}: {other}` and sent another, or it was changed after signing (a proxy?)"
                );
                out.push(Mistake::new("header", what, move |case: &mut Case| case.set_line(name, other)));
            }
        }
    }
    if let Some(body) = body {
        out.push(Mistake::new("body", "the digest of the body was signed, and not sent in `Content-MD5`", {
            let digest = content_md5(body);
            move |case: &mut Case| case.set_line(CONTENT_HEADER, &digest)
        }));
        for (what, body) in bodies(body) {
            let digest = content_md5(&body);
            out.push(Mistake::alone("body", what, move |case: &mut Case| case.set_line(CONTENT_HEADER, &digest)));
        }
    }
    if let Some(time) = case.lines.last().and_then(|date| wharf_sign::acs_roa::parse_date(date).ok()) {
        let iso = wharf_sign::acs3::date(time);
        let what = "the date was signed in another format than that of the header `Date`";
        out.push(Mistake::new("date", what, move |case: &mut Case| case.set_line("date", &iso)));
        for other in (1..=5).flat_map(|by| [time - by, time.saturating_add(by)]) {
            let date = wharf_sign::acs_roa::date(other);
            let what = format!("the date that was signed, {date}, is not the one that arrived in `Date`");
            out.push(Mistake::alone("date", what, move |case: &mut Case| case.set_line("date", &date)));
        }
    }
}

#[cfg(test)]
mod tests;
