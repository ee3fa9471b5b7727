//! The schemes that sign a canonical request: TC3-HMAC-SHA256, SDK-HMAC-SHA256 and ACS3-HMAC-SHA256.

use super::variants::{Charset, Hash, Secrets, base64, hex, mac, sha256};
use super::{HIDDEN, Hide, Signable, cost};

/// One of the schemes, and what of it is not in the canonical request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Scheme {
    /// With the day and the service of the scope.
    Tc3 {
        date: String,
        service: String,
    },
    Sdk,
    Acs3,
}

impl Scheme {
    pub(super) fn algorithm(&self) -> &'static str {
        match self {
            Self::Tc3 { .. } => wharf_sign::tc3::ALGORITHM,
            Self::Sdk => wharf_sign::sdk_hmac_sha256::ALGORITHM,
            Self::Acs3 => wharf_sign::acs3::ALGORITHM,
        }
    }
}

/// How the texts and the key are put together; by default as documented.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Form {
    /// The canonical request itself is in the string to sign, not its digest.
    pub(super) unhashed: bool,
    /// The canonical request is signed, and there is no string to sign.
    pub(super) bare: bool,
    /// The empty line after the headers is missing.
    pub(super) no_blank_line: bool,
    /// A space is after the colon of a header.
    pub(super) spaced_headers: bool,
    /// The line with the algorithm is missing in the string to sign.
    pub(super) no_algorithm: bool,
    /// The digest of the canonical request is in capital letters.
    pub(super) capitals: bool,
    /// The query is a part of the path.
    pub(super) query_in_path: bool,
    pub(super) key: Key,
    pub(super) sha1: bool,
    pub(super) charset: Charset,
    pub(super) payload: PayloadForm,
}

/// How the key is made of the secret.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Key {
    #[default]
    Documented,
    /// The secret itself.
    Secret,
    /// Without the prefix of the scheme before the secret.
    NoPrefix,
    /// From the hex digits of each step, not from its bytes.
    Digits,
}

/// What stands for the body.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum PayloadForm {
    #[default]
    Digest,
    Capitals,
    /// The body itself, which is not shown.
    Body,
}

/// A request as it can be signed, rightly or wrongly.
#[derive(Clone)]
pub(super) struct Case {
    pub(super) scheme: Scheme,
    pub(super) method: String,
    /// As it is signed.
    pub(super) path: String,
    pub(super) query: String,
    pub(super) headers: Vec<(String, String)>,
    /// The line with the names of the signed headers.
    pub(super) names: String,
    /// The digest of the body, or what replaces it.
    pub(super) payload: String,
    /// The time in the string to sign; empty for a scheme without one.
    pub(super) stamp: String,
    pub(super) secret: String,
    pub(super) form: Form,
    /// The query that has to be signed.
    right_query: String,
}

impl Case {
    /// The case of a request that is signed rightly.
    pub(super) fn new(scheme: Scheme, canonical_request: &str, stamp: String, secret: &str) -> Self {
        let mut lines = canonical_request.split('\n');
        let mut line = || lines.next().unwrap_or_default().to_owned();
        let (method, path, query) = (line(), line(), line());
        let mut headers = Vec::new();
        loop {
            let header = line();
            match header.split_once(':') {
                Some((name, value)) => headers.push((name.to_owned(), value.to_owned())),
                None => break,
            }
        }
        let (names, payload) = (line(), line());
        let (right_query, secret, form) = (query.clone(), secret.to_owned(), Form::default());
        Self { scheme, method, path, query, headers, names, payload, stamp, secret, form, right_query }
    }

    /// What it costs to sign it, in bytes.
    pub(super) fn cost(&self) -> usize {
        let headers = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let query = self.query.split('&').map(|pair| (pair, ""));
        cost(headers.chain(query)) + self.path.len()
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    pub(super) fn set_header(&mut self, name: &str, value: &str) {
        for (known, old) in &mut self.headers {
            if known == name {
                value.clone_into(old);
            }
        }
    }

    /// Leaves a header out, and its name.
    pub(super) fn remove_header(&mut self, name: &str) {
        self.headers.retain(|(known, _)| known != name);
        self.name_headers();
    }

    /// Writes the names of the headers in their order.
    pub(super) fn name_headers(&mut self) {
        self.names = self.headers.iter().map(|(name, _)| name.to_lowercase()).collect::<Vec<_>>().join(";");
    }

    fn canonical_request(&self) -> String {
        let mut out = format!("{}\n{}", self.method, self.path);
        if self.form.query_in_path && !self.query.is_empty() {
            out.push('?');
            out.push_str(&self.query);
        }
        out.push('\n');
        out.push_str(&self.query);
        out.push('\n');
        let colon = if self.form.spaced_headers { ": " } else { ":" };
        for (name, value) in &self.headers {
            out.push_str(name);
            out.push_str(colon);
            out.push_str(value);
            out.push('\n');
        }
        if !self.form.no_blank_line {
            out.push('\n');
        }
        out.push_str(&self.names);
        out.push('\n');
        match self.form.payload {
            PayloadForm::Capitals => out.push_str(&self.payload.to_uppercase()),
            _ => out.push_str(&self.payload),
        }
        out
    }

    fn string_to_sign(&self, canonical_request: &str) -> String {
        let digest = if self.form.unhashed {
            canonical_request.to_owned()
        } else if self.form.capitals {
            hex(&sha256(&self.form.charset.bytes(canonical_request))).to_uppercase()
        } else {
            hex(&sha256(&self.form.charset.bytes(canonical_request)))
        };
        if self.form.bare {
            return canonical_request.to_owned();
        }
        let mut lines = Vec::new();
        if !self.form.no_algorithm {
            lines.push(self.scheme.algorithm().to_owned());
        }
        if !self.stamp.is_empty() {
            lines.push(self.stamp.clone());
        }
        if let Scheme::Tc3 { date, service } = &self.scheme {
            lines.push(format!("{date}/{service}/tc3_request"));
        }
        lines.push(digest);
        lines.join("\n")
    }

    fn key(&self) -> Vec<u8> {
        let secret = self.secret.as_bytes();
        let Scheme::Tc3 { date, service } = &self.scheme else { return secret.to_vec() };
        let prefixed = [b"TC3", secret].concat();
        let first = match self.form.key {
            Key::Secret => return secret.to_vec(),
            Key::NoPrefix => secret,
            Key::Documented | Key::Digits => prefixed.as_slice(),
        };
        let step = |key: &[u8], text: &str| {
            let made = mac(Hash::Sha256, key, text.as_bytes());
            if self.form.key == Key::Digits { hex(&made).into_bytes() } else { made }
        };
        step(&step(&step(first, date), service), "tc3_request")
    }
}

impl Signable for Case {
    fn digest(&self) -> Vec<u8> {
        let text = self.string_to_sign(&self.canonical_request());
        let hash = if self.form.sha1 { Hash::Sha1 } else { Hash::Sha256 };
        mac(hash, &self.key(), &self.form.charset.bytes(&text))
    }

    fn write(&self, digest: &[u8]) -> String {
        hex(digest)
    }

    fn shown(&self, hide: &Hide) -> String {
        const TOKENS: [&str; 3] = ["x-tc-token", "x-security-token", "x-acs-security-token"];
        let mut shown = self.clone();
        shown.query = hidden_query(&self.query, &self.right_query, hide);
        for (name, value) in &mut shown.headers {
            if TOKENS.contains(&name.to_lowercase().as_str()) {
                HIDDEN.clone_into(value);
            }
        }
        if self.form.payload == PayloadForm::Body {
            HIDDEN.clone_into(&mut shown.payload);
        }
        let canonical_request = shown.canonical_request();
        if self.form.bare {
            return canonical_request;
        }
        let signed = if self.form.unhashed { canonical_request.clone() } else { self.canonical_request() };
        format!("{canonical_request}\n\n{}", self.string_to_sign(&signed))
    }
}

/// A query without the values that must not be shown; nothing of a query that was changed if any must not.
fn hidden_query(query: &str, right: &str, hide: &Hide) -> String {
    let hides = |pair: &str| pair.split_once('=').is_some_and(|(name, _)| hide(&wharf_sign::canonical::decode(name)));
    if query != right {
        return if right.split('&').any(hides) { HIDDEN.to_owned() } else { query.to_owned() };
    }
    let shown = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if hides(pair) => format!("{name}={HIDDEN}"),
        _ => pair.to_owned(),
    });
    shown.collect::<Vec<_>>().join("&")
}

/// What is known of a request in addition to its canonical form.
#[derive(Default)]
pub(super) struct Known {
    /// Path and query as they were sent.
    pub(super) path: String,
    pub(super) query: String,
    /// The body, unless it is too large to be looked at.
    pub(super) body: Option<Vec<u8>>,
    pub(super) secrets: Secrets,
    /// Hosts that may have been signed.
    pub(super) hosts: Vec<String>,
    /// Times that may have been signed, and the clause that names the mistake.
    pub(super) stamps: Vec<(String, String)>,
    /// Paths that may have been signed, apart from those that any path is mistaken for.
    pub(super) paths: Vec<String>,
    /// Services and days of the scope that the key may have been derived for.
    pub(super) services: Vec<String>,
    pub(super) dates: Vec<String>,
}

/// The digest of a body.
pub(super) fn digest_of(body: &[u8]) -> String {
    hex(&sha256(body))
}

/// A digest in base64.
pub(super) fn base64_digest_of(body: &[u8]) -> String {
    base64(&sha256(body))
}

#[cfg(test)]
mod tests;
