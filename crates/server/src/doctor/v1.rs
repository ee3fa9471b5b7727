//! Requests that are signed with HmacSHA1 and HmacSHA256, in the form of the APIs with a version and in that of API 2.0.

use super::common_mistakes;
use super::parameters::{Encoding, Text, left_out, text_mistakes};
use super::variants::{Hash, Secrets, base64, hosts, mac, paths};
use super::{Doubt, HIDDEN, Hide, Mistake, Signable, cost, examine, is_too_large};
use crate::gateway::SERVICES;
use wharf_sign::hmac_v1::Algorithm;

/// A request as it can be signed, rightly or wrongly.
#[derive(Clone)]
pub(crate) struct Case {
    method: String,
    host: String,
    path: String,
    /// Parameters but `Signature`, decoded, in the order in which they were sent.
    parameters: Vec<(String, String)>,
    hash: Hash,
    secret: String,
    form: Form,
    text: Text,
}

/// How the text is put together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Form {
    no_question_mark: bool,
    /// The text is the key, and the secret the message.
    exchanged: bool,
    dots: Dots,
}

/// Which underscores are signed as dots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dots {
    None,
    Names,
    NamesAndValues,
}

impl Form {
    /// As the APIs with a version document it.
    pub(crate) const DOCUMENTED: Self = Self { no_question_mark: false, exchanged: false, dots: Dots::None };
    /// As API 2.0 documents it: underscores of names are dots, and a value of a POST that begins with `@` is left out.
    pub(crate) const API2: Self = Self { dots: Dots::Names, ..Self::DOCUMENTED };
}

impl Case {
    fn text(&self) -> String {
        let with_dots = self.form.dots != Dots::None;
        let left_out = |value: &str| with_dots && self.method == "POST" && value.starts_with('@');
        let dotted = |text: &str, yes: bool| if yes { text.replace('_', ".") } else { text.to_owned() };
        let signed = self.parameters.iter().filter(|(_, value)| !left_out(value));
        let parameters: Vec<(String, String)> = signed
            .map(|(name, value)| (dotted(name, with_dots), dotted(value, self.form.dots == Dots::NamesAndValues)))
            .collect();
        let mark = if self.form.no_question_mark { "" } else { "?" };
        format!("{}{}{}{mark}{}", self.method, self.host, self.path, self.text.join(parameters, "="))
    }
}

impl Signable for Case {
    fn digest(&self) -> Vec<u8> {
        let text = self.text();
        let text = self.text.charset.bytes(&text);
        if self.form.exchanged {
            return mac(self.hash, &text, self.secret.as_bytes());
        }
        mac(self.hash, self.secret.as_bytes(), &text)
    }

    fn write(&self, digest: &[u8]) -> String {
        base64(digest)
    }

    fn shown(&self, hide: &Hide) -> String {
        let mut shown = self.clone();
        for (name, value) in &mut shown.parameters {
            if name == "Token" || hide(name) {
                HIDDEN.clone_into(value);
            }
        }
        shown.text()
    }
}

/// A request whose signature is wrong, as it was sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sent<'a> {
    pub(crate) method: &'a str,
    pub(crate) host: &'a str,
    pub(crate) path: &'a str,
    /// Parameters but `Signature`, decoded, in the order in which they were sent.
    pub(crate) parameters: &'a [(&'a str, &'a str)],
    pub(crate) algorithm: Algorithm,
    pub(crate) form: Form,
    pub(crate) product: &'static str,
    pub(crate) signature: &'a str,
    /// The host that a proxy says it was asked for.
    pub(crate) forwarded: &'a str,
}

/// Determines what the client signed. `hide` names the parameters whose values must not be shown.
pub(crate) fn doubt(sent: &Sent<'_>, secrets: Secrets, hide: Hide) -> Doubt {
    let cost = cost(sent.parameters.iter().copied()) + sent.path.len() + sent.host.len();
    if is_too_large(cost) {
        return Doubt::too_large(cost);
    }
    let case = Case {
        method: sent.method.to_owned(),
        host: sent.host.to_owned(),
        path: sent.path.to_owned(),
        parameters: sent.parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        hash: match sent.algorithm {
            Algorithm::HmacSha1 => Hash::Sha1,
            Algorithm::HmacSha256 => Hash::Sha256,
        },
        secret: secrets.secret.clone(),
        form: sent.form,
        text: Text::default(),
    };
    let own = match sent.form.dots {
        Dots::None => vec![format!("{}.tencentcloudapi.com", sent.product)],
        _ => SERVICES.iter().map(|service| format!("{service}.api.qcloud.com")).collect(),
    };
    let hosts = hosts("tencent", sent.host, sent.forwarded, &own);
    let claimed = sent.signature.to_owned();
    Doubt::new(move || examine(&case, cost, mistakes(&case, &secrets, hosts), &claimed, false, &hide))
}

fn mistakes(case: &Case, secrets: &Secrets, hosts: Vec<String>) -> Vec<Mistake<Case>> {
    let mut out: Vec<Mistake<Case>> = Vec::new();
    common_mistakes::secrets(secrets, &mut out, |case| &mut case.secret);
    let (other, name) = match case.hash {
        Hash::Sha1 => (Hash::Sha256, "HmacSHA256 and did not name it in `SignatureMethod`"),
        Hash::Sha256 => (Hash::Sha1, "HmacSHA1 and named HmacSHA256"),
    };
    out.push(Mistake::new("algorithm", format!("the client signed with {name}"), move |case: &mut Case| {
        case.hash = other;
    }));
    for host in hosts {
        let what = format!("the client signed the host `{host}` and sent another");
        out.push(Mistake::new("host", what, move |case: &mut Case| case.host.clone_from(&host)));
    }
    out.push(Mistake::new("host", "the host was left out of the signature", |case: &mut Case| case.host.clear()));
    common_mistakes::methods(&case.method, &mut out, |case| &mut case.method);
    out.push(Mistake::new("mark", "the question mark after the path was left out", |case: &mut Case| {
        case.form.no_question_mark = true;
    }));
    text_mistakes(&mut out, |case: &mut Case| (&mut case.text, &mut case.parameters));
    for encoding in [Encoding::Percent, Encoding::Form, Encoding::Java, Encoding::Small, Encoding::Slashes] {
        let what = "the values were signed encoded, and they have to be plain in the text to sign";
        out.push(Mistake::new("values", what, move |case: &mut Case| case.text.encoding = encoding));
    }
    for (what, path) in paths(&case.path) {
        out.push(Mistake::new("path", what, move |case: &mut Case| case.path.clone_from(&path)));
    }
    let dots: [(&str, Dots); 2] = match case.form.dots {
        Dots::None => [
            ("the underscores of names were signed as dots", Dots::Names),
            ("underscores were signed as dots", Dots::NamesAndValues),
        ],
        _ => [
            ("the underscores of names were signed as they are, and not as dots", Dots::None),
            ("the underscores of the values were signed as dots, too", Dots::NamesAndValues),
        ],
    };
    for (what, dots) in dots {
        out.push(Mistake::new("dots", what, move |case: &mut Case| case.form.dots = dots));
    }
    out.push(Mistake::new(
        "exchanged",
        "the secret and the text were exchanged: the text was used as the key",
        |case: &mut Case| {
            case.form.exchanged = true;
        },
    ));
    common_mistakes::charsets(&mut out, |case| &mut case.text.charset);
    for (at, what) in left_out(&case.parameters) {
        out.push(Mistake::alone("left out", what, move |case: &mut Case| drop(case.parameters.remove(at))));
    }
    out
}

#[cfg(test)]
mod tests;
