//! Mistakes with HMAC-SHA1 over parameters (RPC).

use super::{Diagnosis, HIDDEN, Mistake, diagnosis, explain, other_secrets};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use wharf_core::sign::acs_rpc::{Request, SIGNATURE, Signed, sign};
use wharf_core::sign::equal;

/// A request as it can be signed, rightly or wrongly.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) method: String,
    /// Parameters, decoded, in the order in which they were sent.
    pub(crate) parameters: Vec<(String, String)>,
    pub(crate) secret: String,
    pub(crate) form: Form,
}

/// How the key is made; by default as documented.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Form {
    bare_key: bool,
}

impl Case {
    fn sign(&self) -> Signed {
        let pairs: Vec<(&str, &str)> =
            self.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        sign(&Request { method: &self.method, parameters: &pairs }, &self.secret)
    }

    pub(crate) fn signature(&self) -> String {
        let signed = self.sign();
        if !self.form.bare_key {
            return signed.signature;
        }
        // A key of any length will do.
        let mac = Hmac::<Sha1>::new_from_slice(self.secret.as_bytes());
        mac.map(|mac| STANDARD.encode(mac.chain_update(signed.string_to_sign).finalize().into_bytes()))
            .unwrap_or_default()
    }

    /// What was signed, as it may be shown.
    fn shown(&self, hide: &dyn Fn(&str) -> bool) -> String {
        let mut shown = self.clone();
        for (name, value) in &mut shown.parameters {
            if name == "SecurityToken" || hide(name) {
                HIDDEN.clone_into(value);
            }
        }
        shown.sign().string_to_sign
    }
}

/// Finds out what the client signed. `hide` tells the parameters whose values must not be shown.
pub(crate) fn diagnose(case: &Case, claimed: &str, hide: &dyn Fn(&str) -> bool) -> Diagnosis {
    let found = explain(case, &mistakes(case), true, |case| equal(&case.signature(), claimed));
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
    for (at, (name, _)) in case.parameters.iter().enumerate().filter(|(_, (name, _))| name != SIGNATURE) {
        let what = format!("the parameter `{name}` was left out of the signature");
        out.push(Mistake::new("left out", what, move |case: &mut Case| drop(case.parameters.remove(at))));
    }
    for (what, secret) in other_secrets(&case.secret) {
        out.push(Mistake::new("key", what, move |case: &mut Case| case.secret.clone_from(&secret)));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case() -> Case {
        let parameters =
            [("Action", "AssumeRole"), ("Policy", "planted policy"), ("SecurityToken", "planted"), ("Format", "JSON")];
        Case {
            method: "POST".to_owned(),
            parameters: parameters.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
            secret: "planted-key".to_owned(),
            form: Form::default(),
        }
    }

    /// Makes a case wrong.
    type Change = fn(&mut Case);

    #[test]
    fn common_mistakes_are_named_and_nothing_is_given_away() {
        let wrong: [(&str, Change); 5] = [
            ("the ampersand", |case| case.form.bare_key = true),
            ("the method GET", |case| case.method = "GET".to_owned()),
            ("plus signs", |case| case.parameters[1].1 = "planted+policy".to_owned()),
            ("`Format` was left out", |case| drop(case.parameters.remove(3))),
            ("line break at its end", |case| case.secret.push('\n')),
        ];
        for (expected, change) in wrong {
            let mut client = case();
            change(&mut client);
            let found = diagnose(&case(), &client.signature(), &|name| name == "Policy");
            assert!(found.difference.contains(expected), "{found}");
            assert!(!found.to_string().contains("planted"), "{found}");
        }
        assert!(diagnose(&case(), "0", &|_| true).difference.contains("secret key is another"));
    }
}
