//! Signatures made by hand from the vendors' documents, so that each step can be done wrongly. Shares no code with the server.
//!
//! The steps are those of "Signature v3" and "Signature v1" of Tencent Cloud API 3.0, "API 2.0", "AK/SK Signing and Authentication" of
//! Huawei Cloud, and "V3 request structure and signature", "RPC" and "ROA" of Alibaba Cloud.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::Request;
use md5::Md5;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha1::Sha1;
use sha2::{Digest, Sha256};

pub(super) const ID: &str = "AKIDdoctor";
pub(super) const SECRET: &str = "DoctorSecretKey0123456789";
/// The secret of another key of the server.
pub(super) const OTHER: &str = "AnotherSecretKey987654321";

/// The body of requests that have one.
const BODY: &str = r#"{"Limit": 5, "Name": "集群 a/b"}"#;

/// How a request is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    Tc3,
    HmacSha1,
    HmacSha256,
    Api2,
    Sdk,
    Roa,
    Acs3,
    Rpc,
}

/// What a client signs; what it sends are the right values of [`Client::new`].
#[derive(Clone)]
pub(super) struct Client {
    pub(super) scheme: Scheme,
    pub(super) method: String,
    pub(super) host: String,
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) content_type: String,
    pub(super) accept: String,
    pub(super) body: Vec<u8>,
    pub(super) time: i64,
    pub(super) date: String,
    pub(super) service: String,
    pub(super) secret: String,
    pub(super) sorted: bool,
    /// The canonical request is in the text to sign, and not its digest.
    pub(super) unhashed: bool,
    /// What is between the name of a header and its value.
    pub(super) colon: &'static str,
    /// Changes the first text that is put together.
    pub(super) canonical: fn(String) -> String,
    /// Changes the text to sign.
    pub(super) text: fn(String) -> String,
    /// Changes the bytes of the text.
    pub(super) bytes: fn(String) -> Vec<u8>,
    pub(super) encode: fn(&str) -> String,
    pub(super) digest: fn(&[u8]) -> String,
    pub(super) hash: fn(&[u8], &[u8]) -> Vec<u8>,
    pub(super) spell: fn(&[u8]) -> String,
    pub(super) key: fn(&Client) -> Vec<u8>,
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

pub(super) fn hmac_sha1(key: &[u8], text: &[u8]) -> Vec<u8> {
    Hmac::<Sha1>::new_from_slice(key).unwrap().chain_update(text).finalize().into_bytes().to_vec()
}

pub(super) fn hmac_sha256(key: &[u8], text: &[u8]) -> Vec<u8> {
    Hmac::<Sha256>::new_from_slice(key).unwrap().chain_update(text).finalize().into_bytes().to_vec()
}

pub(super) fn percent(text: &str) -> String {
    const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'.').remove(b'-').remove(b'~');
    utf8_percent_encode(text, ESCAPED).to_string()
}

fn sha256_digits(bytes: &[u8]) -> String {
    hex(&sha256(bytes))
}

fn plain_key(client: &Client) -> Vec<u8> {
    client.secret.clone().into_bytes()
}

fn derived(client: &Client) -> Vec<u8> {
    let first = hmac_sha256(format!("TC3{}", client.secret).as_bytes(), client.date.as_bytes());
    hmac_sha256(&hmac_sha256(&first, client.service.as_bytes()), b"tc3_request")
}

fn time(seconds: i64, format: &str) -> String {
    chrono::DateTime::from_timestamp(seconds, 0).unwrap().format(format).to_string()
}

pub(super) fn iso(seconds: i64) -> String {
    time(seconds, "%Y-%m-%dT%H:%M:%SZ")
}

impl Client {
    pub(super) fn new(scheme: Scheme) -> Self {
        let now = crate::client::now();
        let pairs = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>()
        };
        let in_hex = matches!(scheme, Scheme::Tc3 | Scheme::Sdk | Scheme::Acs3);
        let mut client = Self {
            scheme,
            method: "POST".into(),
            host: "127.0.0.1:4000".into(),
            path: "/".into(),
            query: Vec::new(),
            content_type: "application/json".into(),
            accept: "application/json".into(),
            body: BODY.as_bytes().to_vec(),
            time: now,
            date: time(now, "%Y-%m-%d"),
            service: "tke".into(),
            secret: SECRET.into(),
            sorted: true,
            unhashed: false,
            colon: ":",
            canonical: |text| text,
            text: |text| text,
            bytes: String::into_bytes,
            encode: percent,
            digest: sha256_digits,
            hash: if in_hex || scheme == Scheme::HmacSha256 { hmac_sha256 } else { hmac_sha1 },
            spell: if in_hex { hex } else { base64 },
            key: plain_key,
        };
        let nonce = format!("{}", now % 100_000 + 7);
        match scheme {
            Scheme::Tc3 => client.key = derived,
            Scheme::HmacSha1 | Scheme::HmacSha256 | Scheme::Api2 => {
                let older = scheme == Scheme::Api2;
                (client.method, client.body) = ("GET".into(), Vec::new());
                client.path = if older { "/v2/index.php" } else { "/" }.into();
                let action = if older { "DescribeCluster" } else { "DescribeClusters" };
                client.query = pairs(&[
                    ("Zone", "a b+c/集群"),
                    ("Action", action),
                    ("Timestamp", &now.to_string()),
                    ("Nonce", &nonce),
                    ("SecretId", ID),
                    ("Region", "ap-guangzhou"),
                    ("empty", ""),
                    ("under_score", "a_b"),
                    ("ids.10", "x"),
                    ("ids.9", "y"),
                ]);
                if !older {
                    client.query.push(("Version".into(), "2018-05-25".into()));
                }
                if scheme == Scheme::HmacSha256 {
                    client.query.push(("SignatureMethod".into(), "HmacSHA256".into()));
                }
            }
            Scheme::Sdk => {
                client.path = "/api/v3/projects/p1/clusters".into();
                client.query =
                    pairs(&[("status", "a b/c:d"), ("detail", "true"), ("Zone", ""), ("errorStatus", "x+y")]);
            }
            Scheme::Roa | Scheme::Acs3 => {
                client.path = "/clusters".into();
                client.query = pairs(&[("profile", "a b/c"), ("name", "x+y"), ("Zone", "")]);
            }
            Scheme::Rpc => {
                (client.method, client.body) = ("GET".into(), Vec::new());
                client.query = pairs(&[
                    ("RoleSessionName", "a b*c~d/集群"),
                    ("Action", "AssumeRole"),
                    ("Version", "2015-04-01"),
                    ("AccessKeyId", ID),
                    ("SignatureMethod", "HMAC-SHA1"),
                    ("SignatureVersion", "1.0"),
                    ("SignatureNonce", &nonce),
                    ("Timestamp", &iso(now)),
                    ("RoleArn", "acs:ram::1:role/a"),
                    ("format", "json"),
                ]);
                client.key = |client| format!("{}&", client.secret).into_bytes();
            }
        }
        client
    }

    /// The pairs as the scheme signs them.
    fn joined(&self, encode: fn(&str) -> String) -> String {
        let mut pairs = self.query.clone();
        if self.sorted {
            pairs.sort();
        }
        pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect::<Vec<_>>().join("&")
    }

    fn signed_headers(&self) -> Vec<(&'static str, String)> {
        let date = match self.scheme {
            Scheme::Sdk => time(self.time, "%Y%m%dT%H%M%SZ"),
            _ => iso(self.time),
        };
        let content_type = ("content-type", self.content_type.clone());
        let host = ("host", self.host.clone());
        match self.scheme {
            Scheme::Tc3 => vec![content_type, host],
            Scheme::Sdk => vec![content_type, host, ("x-sdk-date", date)],
            Scheme::Acs3 => vec![
                content_type,
                host,
                ("x-acs-action", "CreateCluster".into()),
                ("x-acs-content-sha256", sha256_digits(BODY.as_bytes())),
                ("x-acs-date", date),
                ("x-acs-signature-nonce", format!("{:?}-{}", self.scheme, self.time)),
                ("x-acs-version", "2015-12-15".into()),
            ],
            _ => vec![
                ("x-acs-signature-method", "HMAC-SHA1".into()),
                ("x-acs-signature-nonce", format!("{:?}-{}", self.scheme, self.time)),
                ("x-acs-signature-version", "1.0".into()),
                ("x-acs-version", "2015-12-15".into()),
            ],
        }
    }

    fn names(&self) -> String {
        self.signed_headers().iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";")
    }

    fn gmt(&self) -> String {
        time(self.time, "%a, %d %b %Y %H:%M:%S GMT")
    }

    /// The text that is signed.
    fn string_to_sign(&self) -> String {
        let line = |(name, value): &(&str, String)| format!("{name}{}{value}\n", self.colon);
        let lines: String = self.signed_headers().iter().map(line).collect();
        let plain = |text: &str| text.to_owned();
        match self.scheme {
            Scheme::Tc3 | Scheme::Sdk | Scheme::Acs3 => {
                let slash = if self.scheme == Scheme::Sdk && !self.path.ends_with('/') { "/" } else { "" };
                let canonical = format!(
                    "{}\n{}{slash}\n{}\n{lines}\n{}\n{}",
                    self.method,
                    self.path,
                    self.joined(self.encode),
                    self.names(),
                    (self.digest)(&self.body)
                );
                let canonical = (self.canonical)(canonical);
                let digest = if self.unhashed { canonical } else { sha256_digits(canonical.as_bytes()) };
                match self.scheme {
                    Scheme::Tc3 => {
                        format!("TC3-HMAC-SHA256\n{}\n{}/{}/tc3_request\n{digest}", self.time, self.date, self.service)
                    }
                    Scheme::Sdk => format!("SDK-HMAC-SHA256\n{}\n{digest}", time(self.time, "%Y%m%dT%H%M%SZ")),
                    _ => format!("ACS3-HMAC-SHA256\n{digest}"),
                }
            }
            Scheme::HmacSha1 | Scheme::HmacSha256 => {
                format!("{}{}{}?{}", self.method, self.host, self.path, (self.canonical)(self.joined(plain)))
            }
            Scheme::Api2 => {
                let mut dotted = self.clone();
                dotted.query.iter_mut().for_each(|(name, _)| *name = name.replace('_', "."));
                format!("{}{}{}?{}", self.method, self.host, self.path, (self.canonical)(dotted.joined(plain)))
            }
            Scheme::Roa => {
                let resource = (self.canonical)(format!("{}?{}", self.path, self.joined(plain)));
                let md5 = STANDARD.encode(Md5::digest(&self.body));
                let (kind, accept, date) = (&self.content_type, &self.accept, self.gmt());
                format!("{}\n{accept}\n{md5}\n{kind}\n{date}\n{lines}{resource}", self.method)
            }
            Scheme::Rpc => format!("{}&%2F&{}", self.method, percent(&(self.canonical)(self.joined(self.encode)))),
        }
    }

    fn signature(&self) -> String {
        let text = (self.bytes)((self.text)(self.string_to_sign()));
        (self.spell)(&(self.hash)(&(self.key)(self), &text))
    }

    /// The request as it is sent: right in everything but the signature.
    pub(super) fn request(&self, right: &Self) -> Request<Bytes> {
        let signature = self.signature();
        let mut query: Vec<String> =
            right.query.iter().map(|(name, value)| format!("{}={}", percent(name), percent(value))).collect();
        let mut request = Request::builder().method(right.method.as_str()).header("host", &right.host);
        match self.scheme {
            Scheme::Tc3 => {
                let scope = format!("{ID}/{}/tke/tc3_request", right.date);
                let authorization = format!(
                    "TC3-HMAC-SHA256 Credential={scope}, SignedHeaders={}, Signature={signature}",
                    right.names()
                );
                request = request
                    .header("content-type", &right.content_type)
                    .header("x-tc-action", "DescribeClusters")
                    .header("x-tc-version", "2018-05-25")
                    .header("x-tc-region", "ap-guangzhou")
                    .header("x-tc-timestamp", right.time)
                    .header("authorization", authorization);
            }
            Scheme::Sdk | Scheme::Acs3 => {
                let (scheme, key) = match self.scheme {
                    Scheme::Sdk => ("SDK-HMAC-SHA256", "Access"),
                    _ => ("ACS3-HMAC-SHA256", "Credential"),
                };
                for (name, value) in right.signed_headers().into_iter().filter(|(name, _)| *name != "host") {
                    request = request.header(name, value);
                }
                let names = right.names();
                request = request.header(
                    "authorization",
                    format!("{scheme} {key}={ID}, SignedHeaders={names}, Signature={signature}"),
                );
            }
            Scheme::Roa => {
                for (name, value) in right.signed_headers() {
                    request = request.header(name, value);
                }
                request = request
                    .header("accept", &right.accept)
                    .header("content-type", &right.content_type)
                    .header("content-md5", STANDARD.encode(Md5::digest(&right.body)))
                    .header("date", right.gmt())
                    .header("authorization", format!("acs {ID}:{signature}"));
            }
            _ => query.push(format!("Signature={}", percent(&signature))),
        }
        let mark = if query.is_empty() { "" } else { "?" };
        request.uri(format!("{}{mark}{}", right.path, query.join("&"))).body(right.body.clone().into()).unwrap()
    }
}
