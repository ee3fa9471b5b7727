//! Mistakes with HmacSHA1 and HmacSHA256.

use super::{Diagnosis, Doubt, HIDDEN, Hide, LEFT_OUT, Mistake, cost, diagnosis, explain, is_too_large};
use super::{other_hosts, other_secrets};
use crate::gateway::SERVICES;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::Sha256;
use wharf_sign::hmac_v1::Algorithm;
use wharf_sign::{canonical, equal};

/// A request as it can be signed, rightly or wrongly.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) method: String,
    pub(crate) host: String,
    pub(crate) path: String,
    /// Parameters but `Signature`, decoded, in the order in which they were sent.
    pub(crate) parameters: Vec<(String, String)>,
    pub(crate) algorithm: Algorithm,
    pub(crate) secret: String,
    pub(crate) form: Form,
}

/// How the text is put together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Form {
    unsorted: bool,
    encoded: bool,
    no_question_mark: bool,
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
    pub(crate) const DOCUMENTED: Self =
        Self { unsorted: false, encoded: false, no_question_mark: false, dots: Dots::None };
    /// As API 2.0 documents it: underscores of names are dots, and a value of a POST that begins with `@` is left out.
    pub(crate) const API2: Self = Self { dots: Dots::Names, ..Self::DOCUMENTED };
}

impl Case {
    fn text(&self) -> String {
        let with_dots = self.form.dots != Dots::None;
        let left_out = |value: &str| with_dots && self.method == "POST" && value.starts_with('@');
        let dotted = |text: &str, yes: bool| if yes { text.replace('_', ".") } else { text.to_owned() };
        let signed = self.parameters.iter().filter(|(_, value)| !left_out(value));
        let mut parameters: Vec<(String, String)> = signed
            .map(|(name, value)| (dotted(name, with_dots), dotted(value, self.form.dots == Dots::NamesAndValues)))
            .collect();
        if !self.form.unsorted {
            parameters.sort_by(|(one, _), (two, _)| one.cmp(two));
        }
        let pair = |(name, value): &(String, String)| match self.form.encoded {
            true => format!("{name}={}", canonical::encode(value)),
            false => format!("{name}={value}"),
        };
        let parameters = parameters.iter().map(pair).collect::<Vec<_>>().join("&");
        let mark = if self.form.no_question_mark { "" } else { "?" };
        format!("{}{}{}{mark}{parameters}", self.method, self.host, self.path)
    }

    fn signature(&self) -> String {
        let (key, text) = (self.secret.as_bytes(), self.text());
        // A key of any length will do.
        let signed = match self.algorithm {
            Algorithm::HmacSha1 => Hmac::<Sha1>::new_from_slice(key)
                .map(|mac| STANDARD.encode(mac.chain_update(text).finalize().into_bytes())),
            Algorithm::HmacSha256 => Hmac::<Sha256>::new_from_slice(key)
                .map(|mac| STANDARD.encode(mac.chain_update(text).finalize().into_bytes())),
        };
        signed.unwrap_or_default()
    }

    /// What was signed, as it may be shown.
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
pub(crate) fn doubt(sent: &Sent<'_>, secret: &str, hide: Hide) -> Doubt {
    let cost = cost(sent.parameters.iter().copied()) + sent.path.len() + sent.host.len();
    if is_too_large(cost) {
        return Doubt::too_large(cost);
    }
    let case = Case {
        method: sent.method.to_owned(),
        host: sent.host.to_owned(),
        path: sent.path.to_owned(),
        parameters: sent.parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        algorithm: sent.algorithm,
        secret: secret.to_owned(),
        form: sent.form,
    };
    let (product, claimed, forwarded) = (sent.product, sent.signature.to_owned(), sent.forwarded.to_owned());
    Doubt::new(move || diagnose(&case, cost, product, &claimed, &forwarded, &hide))
}

fn diagnose(case: &Case, cost: usize, product: &str, claimed: &str, forwarded: &str, hide: &Hide) -> Diagnosis {
    let mistakes = mistakes(case, product, forwarded);
    let found = explain(case, cost, &mistakes, |case| equal(&case.signature(), claimed));
    diagnosis(case.shown(hide), found.map(|(client, what)| (client.shown(hide), what)))
}

fn mistakes(case: &Case, product: &str, forwarded: &str) -> Vec<Mistake<Case>> {
    let mut out = Vec::new();
    let own = match case.form.dots {
        Dots::None => vec![format!("{product}.tencentcloudapi.com")],
        _ => SERVICES.iter().map(|service| format!("{service}.api.qcloud.com")).collect(),
    };
    let hosts = other_hosts(&case.host, forwarded, &own);
    for host in hosts {
        let what = format!("the client signed the host `{host}` and sent another");
        out.push(Mistake::new("host", what, move |case: &mut Case| case.host.clone_from(&host)));
    }
    for other in ["GET", "POST"].into_iter().filter(|other| *other != case.method) {
        let what = format!("the client signed the method {other} and sent another");
        out.push(Mistake::new("method", what, move |case: &mut Case| case.method = other.to_owned()));
    }
    let (other, name) = match case.algorithm {
        Algorithm::HmacSha1 => (Algorithm::HmacSha256, "HmacSHA256 and did not name it in `SignatureMethod`"),
        Algorithm::HmacSha256 => (Algorithm::HmacSha1, "HmacSHA1 and named HmacSHA256"),
    };
    out.push(Mistake::new("algorithm", format!("the client signed with {name}"), move |case: &mut Case| {
        case.algorithm = other;
    }));
    out.push(Mistake::new("mark", "the question mark after the path was left out", |case: &mut Case| {
        case.form.no_question_mark = true;
    }));
    out.push(Mistake::new(
        "order",
        "the parameters were signed in the order in which they were sent",
        |case: &mut Case| {
            case.form.unsorted = true;
        },
    ));
    out.push(Mistake::new("order", "the parameters were sorted without regard to capitals", |case: &mut Case| {
        case.parameters.sort_by_key(|(name, _)| name.to_lowercase());
        case.form.unsorted = true;
    }));
    out.push(Mistake::new("values", "the values were signed encoded and not plain", |case: &mut Case| {
        case.form.encoded = true;
    }));
    out.push(Mistake::new("values", "plus signs of the values were sent without encoding", |case: &mut Case| {
        for (_, value) in &mut case.parameters {
            *value = value.replace(' ', "+");
        }
    }));
    for other in ["/", ""].into_iter().filter(|other| *other != case.path) {
        let what = format!("the client signed the path `{other}`");
        out.push(Mistake::new("path", what, move |case: &mut Case| case.path = other.to_owned()));
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
    for (what, secret) in other_secrets(&case.secret) {
        out.push(Mistake::new("secret", what, move |case: &mut Case| case.secret.clone_from(&secret)));
    }
    for (at, (name, _)) in case.parameters.iter().enumerate().take(LEFT_OUT) {
        let what = format!("the parameter `{name}` was left out of the signature");
        out.push(Mistake::alone("left out", what, move |case: &mut Case| {
            case.parameters.remove(at);
        }));
    }
    out
}

#[cfg(test)]
mod tests;
