//! What clients sign instead of the right thing: hosts, secrets, bodies, paths and queries as they are often mistaken, and the
//! ways to write a signature.

use crate::accounts::{Accounts, Key};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE};
use encoding_rs::GBK;
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::percent_decode_str;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use wharf_sign::canonical;

/// The methods of HTTP that calls use.
pub(super) const METHODS: [&str; 6] = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"];

/// Domains of the vendors' public clouds, which distinguish the hosts of one from those of another.
const DOMAINS: [(&str, &str); 9] = [
    ("tencent", "tencentcloudapi.com"),
    ("tencent", "qcloud.com"),
    ("tencent", "tencentcloud.com"),
    ("tencent", "tencentyun.com"),
    ("huawei", "myhuaweicloud.com"),
    ("huawei", "huaweicloud.com"),
    ("alibaba", "aliyuncs.com"),
    ("alibaba", "aliyun.com"),
    ("alibaba", "alibabacloud.com"),
];

/// A hash function of signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hash {
    Sha1,
    Sha256,
}

/// The HMAC of a text.
pub(super) fn mac(hash: Hash, key: &[u8], text: &[u8]) -> Vec<u8> {
    // A key of any length will do.
    let made = match hash {
        Hash::Sha1 => {
            Hmac::<Sha1>::new_from_slice(key).map(|mac| mac.chain_update(text).finalize().into_bytes().to_vec())
        }
        Hash::Sha256 => {
            Hmac::<Sha256>::new_from_slice(key).map(|mac| mac.chain_update(text).finalize().into_bytes().to_vec())
        }
    };
    made.unwrap_or_default()
}

pub(super) fn sha256(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(bytes).to_vec()
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// How the characters of a text become bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Charset {
    #[default]
    Utf8,
    /// Of systems in China that are not set to UTF-8.
    Gbk,
    Latin1,
}

impl Charset {
    /// The charsets that are mistaken for UTF-8, and the clause that names the mistake.
    pub(super) const WRONG: [(Self, &'static str); 2] = [
        (Self::Gbk, "the text was signed in the system's own charset (GBK) and not in UTF-8"),
        (Self::Latin1, "the text was signed in the system's own charset (Latin-1) and not in UTF-8"),
    ];

    pub(super) fn bytes(self, text: &str) -> Cow<'_, [u8]> {
        match self {
            Self::Utf8 => Cow::Borrowed(text.as_bytes()),
            Self::Gbk => GBK.encode(text).0,
            // What is not in it becomes a question mark.
            Self::Latin1 => text.chars().map(|one| u8::try_from(u32::from(one)).unwrap_or(b'?')).collect(),
        }
    }
}

/// A key that a request names, and those with which it can be confused.
#[derive(Clone, Default)]
pub(crate) struct Secrets {
    pub(crate) id: String,
    pub(crate) secret: String,
    /// The secrets of other keys, a few of them.
    pub(crate) others: Vec<String>,
}

impl Secrets {
    /// How many other secrets are tried.
    const MOST_OTHERS: usize = 16;

    /// The secret of a key, and those of the others of its cloud.
    pub(crate) fn of(key: &Key, accounts: &Accounts) -> Self {
        let secret = key.secret.expose();
        let all = accounts.keys();
        let others = all.iter().map(|other| other.secret.expose()).filter(|other| *other != secret);
        let others = others.take(Self::MOST_OTHERS).map(str::to_owned).collect();
        Self { id: key.id.clone(), secret: secret.to_owned(), others }
    }

    /// What may have been used as the secret instead, the likeliest first.
    pub(super) fn wrong(&self) -> Vec<(&'static str, String)> {
        let secret = &self.secret;
        let mut out = vec![
            ("the secret key was used without the white space that it has around it here", secret.trim().to_owned()),
            ("the secret key was used with a line break at its end", format!("{secret}\n")),
            ("the secret key was used with a line break (CR LF) at its end", format!("{secret}\r\n")),
            ("the secret key was used with a space at its end", format!("{secret} ")),
            ("the secret key was used with a space before it", format!(" {secret}")),
            ("the secret key was used with a tab at its end", format!("{secret}\t")),
            ("the secret key was used with quotation marks", format!("\"{secret}\"")),
            ("the secret key was used with quotation marks", format!("'{secret}'")),
            ("the secret key was used with a byte order mark before it", format!("\u{feff}{secret}")),
            ("the identifier of the key was used as its secret", self.id.clone()),
            ("the secret key was empty", String::new()),
            ("the secret key was changed to small letters", secret.to_lowercase()),
            ("the secret key was changed to capital letters", secret.to_uppercase()),
            ("the secret key was encoded in base64 before it was used", base64(secret.as_bytes())),
            ("the secret key was encoded for a URL before it was used", canonical::encode(secret)),
        ];
        if let Some(decoded) = STANDARD.decode(secret).ok().and_then(|bytes| String::from_utf8(bytes).ok()) {
            out.push(("the secret key was decoded from base64 before it was used", decoded));
        }
        let mut shorter = secret.clone();
        shorter.pop();
        out.push(("the last character of the secret key is missing", shorter));
        out.push(("the first character of the secret key is missing", secret.chars().skip(1).collect()));
        let others = self.others.iter().cloned();
        out.extend(
            others.map(|other| ("the secret key belongs to another key than the one that the request names", other)),
        );
        out.retain(|(_, other)| other != secret);
        out
    }
}

/// Ways to write the right signature that are wrong: the clause that names each, and the text.
pub(super) fn misspelled(digest: &[u8], in_hex: bool) -> Vec<(&'static str, String)> {
    let (digits, text) = (hex(digest), base64(digest));
    let mut out = vec![("the digits of the digest were put into base64, not its bytes", base64(digits.as_bytes()))];
    if in_hex {
        out.extend([
            ("the signature is in capital letters where small ones are expected", digits.to_uppercase()),
            ("the signature is base64 where hex digits are expected", text.clone()),
            ("the signature is base64 where hex digits are expected", URL_SAFE.encode(digest)),
            ("the signature is base64 where hex digits are expected", canonical::encode(&text)),
            ("the signature has `0x` before its digits", format!("0x{digits}")),
            ("the signature is in quotation marks", format!("\"{digits}\"")),
        ]);
    } else {
        out.extend([
            ("the signature is hex digits where base64 is expected", digits.clone()),
            ("the signature is hex digits where base64 is expected", digits.to_uppercase()),
            ("the `+` of the signature were sent without encoding and arrived as spaces", text.replace('+', " ")),
            ("the signature was encoded for the URL twice", canonical::encode(&text)),
            ("the signature is base64 for URLs where standard base64 is expected", URL_SAFE.encode(digest)),
            ("the padding `=` of the signature is missing", STANDARD_NO_PAD.encode(digest)),
            ("the signature has a line break at its end", format!("{text}\n")),
            ("the signature was changed to small letters", text.to_lowercase()),
        ]);
    }
    out
}

/// Bodies that may have been signed instead of the one that arrived.
pub(super) fn bodies(body: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    const OTHER: &str = "the body that was signed is not the body that arrived";
    let mut out = vec![
        ("the body was left out of the signature", Vec::new()),
        ("an empty JSON object was signed instead of the body", b"{}".to_vec()),
        ("the word `null` was signed instead of the body", b"null".to_vec()),
    ];
    let text = String::from_utf8_lossy(body);
    let mut add = |what: &'static str, body: String| out.push((what, body.into_bytes()));
    add(
        "the body that was signed is not the body that arrived: it was signed without white space and sent with it",
        respaced(&text, ""),
    );
    add(
        "the body that was signed is not the body that arrived: it was signed with spaces and sent without",
        respaced(&text, " "),
    );
    add(
        "the body that was signed is not the body that arrived: it was signed without its last line break",
        text.trim_end().to_owned(),
    );
    add(
        "the body that was signed is not the body that arrived: it was signed with a line break at its end",
        format!("{text}\n"),
    );
    add(
        "the body that was signed is not the body that arrived: its line breaks were changed",
        text.replace("\r\n", "\n"),
    );
    add(
        "the body that was signed is not the body that arrived: its line breaks were changed",
        text.replace('\n', "\r\n"),
    );
    add(
        "the body that was signed is not the body that arrived: other characters than ASCII were signed as `\\u` escapes",
        escaped(&text),
    );
    add(
        "the body that was signed is not the body that arrived: slashes were signed as `\\/`",
        text.replace('/', "\\/"),
    );
    if let Ok(value) = serde_json::from_str::<serde_json::Value>(&text) {
        let unescaped = value.to_string();
        add(
            "the body that was signed is not the body that arrived: `\\u` escapes were signed as characters, or members in another order",
            unescaped.clone(),
        );
        add(
            "the body that was signed is not the body that arrived: `\\u` escapes were signed as characters, or members in another order",
            respaced(&unescaped, " "),
        );
        add(
            "the body that was signed is not the body that arrived: it was signed with indentation",
            serde_json::to_string_pretty(&value).unwrap_or_default(),
        );
    }
    out.push((
        "the body was signed in the system's own charset (GBK) and sent in UTF-8",
        Charset::Gbk.bytes(&text).into_owned(),
    ));
    out.push((OTHER, base64(body).into_bytes()));
    out.retain(|(_, other)| other != body);
    out
}

/// JSON with that after each comma and colon, and no other white space between its parts.
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

/// The text with other characters than ASCII as JSON escapes.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii() {
            out.push(character);
        } else {
            let mut units = [0; 2];
            out.extend(character.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    out
}

/// Paths that may have been signed instead of the one that was sent.
pub(super) fn paths(path: &str) -> Vec<(String, String)> {
    let decoded = percent_decode_str(path).decode_utf8_lossy().into_owned();
    let known = |what: &str, path: String| (what.to_owned(), path);
    let mut out = vec![
        known("the path was signed without the slash at its end", path.trim_end_matches('/').to_owned()),
        known("the path was signed with a slash at its end, which it was sent without", format!("{path}/")),
        known("the client signed the path `/`", "/".to_owned()),
        known("the path was left out of the signature", String::new()),
        known("the path was signed decoded", decoded),
        known("the path was encoded twice before it was signed", canonical::path(path)),
        known("the path was signed in small letters", path.to_lowercase()),
        known("the path was signed without the slash at its beginning", path.trim_start_matches('/').to_owned()),
    ];
    // A gateway that takes away what stands before the path of the API.
    if let Some((_, rest)) = path.trim_start_matches('/').split_once('/') {
        out.push(known(
            "the path was signed without its first part, which a gateway may take away or add",
            format!("/{rest}"),
        ));
    }
    out.retain(|(_, other)| other != path);
    out
}

/// Queries, as they are signed, that may have been signed instead. `sent` is the query as it was sent, `right` as it has to be
/// signed.
pub(super) fn queries(sent: &str, right: &str) -> Vec<(&'static str, String)> {
    let pairs: Vec<&str> = sent.split('&').collect();
    let (mut sorted, mut folded) = (pairs.clone(), pairs);
    sorted.sort_unstable();
    folded.sort_by_key(|pair| pair.to_lowercase());
    let mut out = vec![
        ("the query was left out of the signature", String::new()),
        ("the parameters of the query were not sorted before they were signed", sent.to_owned()),
        ("the query was signed sorted and sent in another order", sorted.join("&")),
        ("the parameters were sorted without regard to capitals", folded.join("&")),
        ("spaces of the query were encoded as `+` and not as `%20`", right.replace("%20", "+")),
        (
            "spaces of the query were encoded as `%20` for the signature and as `+` for the request",
            right.replace('+', "%20"),
        ),
        ("the query was signed without its encoding", canonical::decode(right)),
        ("the query was encoded twice before it was signed", right.replace('%', "%25")),
        ("the query was encoded with small letters (`%2f` and not `%2F`)", small_escapes(right)),
        ("colons and slashes of the query were signed without encoding", right.replace("%3A", ":").replace("%2F", "/")),
        ("the query was signed with its question mark", format!("?{right}")),
        ("the query was signed in small letters", right.to_lowercase()),
        ("parameters without a value were signed without `=`", without_empty(right)),
    ];
    out.retain(|(_, other)| other != right);
    out
}

/// Escapes with small letters.
pub(super) fn small_escapes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut escape: u8 = 0;
    for character in text.chars() {
        out.push(if escape > 0 { character.to_ascii_lowercase() } else { character });
        escape = if character == '%' { 2 } else { escape.saturating_sub(1) };
    }
    out
}

fn without_empty(query: &str) -> String {
    let pairs = query.split('&').map(|pair| pair.strip_suffix('=').unwrap_or(pair));
    pairs.collect::<Vec<_>>().join("&")
}

/// Hosts that a client may have signed instead of the one it sent. `own` are those of the vendor's public cloud; hosts of other
/// vendors are never suggested.
pub(super) fn hosts(vendor: &str, host: &str, forwarded: &str, own: &[String]) -> Vec<String> {
    let (name, port) = host.rsplit_once(':').unwrap_or((host, ""));
    let mut hosts = vec![name.to_owned()];
    hosts.extend(own.iter().cloned());
    for other in ["localhost", "127.0.0.1", "0.0.0.0", "[::1]"] {
        hosts.push(other.to_owned());
        hosts.push(format!("{other}:{port}"));
    }
    hosts.extend([format!("{name}:80"), format!("{name}:443"), forwarded.to_owned()]);
    hosts.extend([host.to_uppercase(), format!("http://{host}"), format!("https://{host}"), format!("{host}/")]);
    let foreign = |host: &str| DOMAINS.iter().any(|(of, domain)| *of != vendor && host.to_lowercase().contains(domain));
    hosts.retain(|other| other != host && !other.is_empty() && !other.ends_with(':') && !foreign(other));
    hosts
}

#[cfg(test)]
mod tests;
