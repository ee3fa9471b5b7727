//! Requests that are signed with HMAC-SHA1 over parameters (RPC).

use super::common_mistakes::{self, WrongForm};
use super::parameters::{Encoding, Order, Text, left_out, text_mistakes};
use super::variants::{Charset, Hash, Secrets, base64, mac};
use super::{Doubt, HIDDEN, Hide, Mistake, Signable, cost, examine, is_too_large};
use wharf_sign::Request;
use wharf_sign::acs_rpc::{SIGNATURE, TOKEN};

/// A request as it can be signed, rightly or wrongly.
#[derive(Clone)]
struct Case {
    method: String,
    /// Parameters but the signature, decoded, in the order in which they were sent.
    parameters: Vec<(String, String)>,
    secret: String,
    text: Text,
    form: Form,
}

/// How text and key are put together; by default as documented.
#[derive(Debug, Clone, Copy, Default)]
struct Form {
    /// No ampersand is after the secret.
    bare_key: bool,
    sha256: bool,
    /// The slash of the second part is not encoded.
    plain_slash: bool,
    /// The slash and its ampersand are missing.
    no_slash: bool,
    /// The query is not encoded a second time.
    once: bool,
    /// The method is missing.
    no_method: bool,
}

impl Case {
    fn text(&self) -> String {
        let escape = |text: &str| self.text.encoding.escape(text, self.text.charset);
        let mut parameters = self.parameters.clone();
        let mut order = self.text.order;
        if order == Order::Sorted {
            // Names and values are sorted before they are encoded.
            parameters.sort();
            order = Order::Sent;
        }
        let escaped = parameters.iter().map(|(name, value)| (escape(name), escape(value))).collect();
        let joined = Text { order, encoding: Encoding::Plain, ..self.text }.join(escaped, "=");
        let query = if self.form.once { joined } else { Encoding::Percent.escape(&joined, Charset::Utf8) };
        let method = if self.form.no_method { "" } else { &self.method };
        match (self.form.no_slash, self.form.plain_slash) {
            (true, _) => format!("{method}&{query}"),
            (false, true) => format!("{method}&/&{query}"),
            (false, false) => format!("{method}&%2F&{query}"),
        }
    }
}

impl Signable for Case {
    fn digest(&self) -> Vec<u8> {
        let key = if self.form.bare_key { self.secret.clone() } else { format!("{}&", self.secret) };
        let hash = if self.form.sha256 { Hash::Sha256 } else { Hash::Sha1 };
        mac(hash, key.as_bytes(), self.text().as_bytes())
    }

    fn write(&self, digest: &[u8]) -> String {
        base64(digest)
    }

    fn shown(&self, hide: &Hide) -> String {
        let mut shown = self.clone();
        for (name, value) in &mut shown.parameters {
            if name == TOKEN || hide(name) {
                HIDDEN.clone_into(value);
            }
        }
        shown.text()
    }
}

/// Determines what the client signed. `hide` names the parameters whose values must not be shown.
pub(crate) fn doubt(request: &Request<'_>, claimed: &str, secrets: Secrets, hide: Hide) -> Doubt {
    // Everything is encoded twice, so that what is escaped grows.
    let escaped = |text: &str| text.bytes().filter(|byte| !byte.is_ascii_alphanumeric()).count();
    let escapes: usize = request.parameters.iter().map(|(name, value)| escaped(name) + escaped(value)).sum();
    let cost = 2 * cost(request.parameters.iter().copied()) + 4 * escapes;
    if is_too_large(cost) {
        return Doubt::too_large(cost);
    }
    let signed = request.parameters.iter().filter(|(name, _)| *name != SIGNATURE);
    let case = Case {
        method: request.method.to_owned(),
        parameters: signed.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        secret: secrets.secret.clone(),
        text: Text::default(),
        form: Form::default(),
    };
    let claimed = claimed.to_owned();
    Doubt::new(move || examine(&case, cost, mistakes(&case, &secrets, &claimed), &claimed, false, &hide))
}

fn mistakes(case: &Case, secrets: &Secrets, claimed: &str) -> Vec<Mistake<Case>> {
    let mut out: Vec<Mistake<Case>> = Vec::new();
    let forms: [WrongForm<Form>; 6] = [
        ("key", "the ampersand after the secret was left out", |form| form.bare_key = true),
        ("hash", "the signature was made with HMAC-SHA256 and not with HMAC-SHA1", |form| form.sha256 = true),
        ("slash", "the slash between method and query was not encoded as `%2F`", |form| form.plain_slash = true),
        ("slash", "the `%2F` between method and query was left out", |form| form.no_slash = true),
        ("query", "the query was encoded once, and the text to sign needs it encoded twice", |form| form.once = true),
        ("method", "the method was left out of the signature", |form| form.no_method = true),
    ];
    common_mistakes::forms(forms, &mut out, |case| &mut case.form);
    common_mistakes::secrets(secrets, &mut out, |case| &mut case.secret);
    common_mistakes::methods(&case.method, &mut out, |case| &mut case.method);
    for (encoding, what) in [
        (Encoding::Form, "spaces were encoded as `+` and not as `%20`"),
        (Encoding::Java, "the values were encoded as in forms: spaces as `+`, `*` not at all, and `~` as `%7E`"),
        (Encoding::Small, "the values were encoded with small letters (`%2f` and not `%2F`)"),
        (Encoding::Slashes, "slashes of the values were not encoded as `%2F`"),
        (Encoding::Plain, "the values were not encoded before the query was"),
        (Encoding::Twice, "the values were encoded once too often"),
    ] {
        out.push(Mistake::new("encoding", what, move |case: &mut Case| case.text.encoding = encoding));
    }
    text_mistakes(&mut out, |case: &mut Case| (&mut case.text, &mut case.parameters));
    common_mistakes::charsets(&mut out, |case| &mut case.text.charset);
    for (what, value) in [("empty", String::new()), ("another", claimed.to_owned())] {
        let what = format!("the parameter `{SIGNATURE}` was signed, too, with {what} value");
        out.push(Mistake::alone("signature", what, move |case: &mut Case| {
            case.parameters.push((SIGNATURE.to_owned(), value.clone()));
        }));
    }
    for (at, what) in left_out(&case.parameters) {
        out.push(Mistake::alone("left out", what, move |case: &mut Case| drop(case.parameters.remove(at))));
    }
    out
}

#[cfg(test)]
mod tests;
