//! What is sent is what Alibaba's own clients send.

use crate::ordered::{Json, Object};
use crate::{meta, settings};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};
use wharf_core::credentials::Credentials;
use wharf_core::model::{Field, In, ListStyle, Member, Model, Ref, Shape};
use wharf_core::product::{EncodeInput, Endpoint, Product, Signing};
use wharf_products::alibaba::SignatureMethod;
use wharf_products::{ack, sts};

#[derive(Debug, Deserialize)]
struct Vector {
    name: String,
    signature: String,
    operation: String,
    version: String,
    method: String,
    path: String,
    query: Vec<String>,
    payload: Option<String>,
    region: String,
    endpoint: String,
    private: BTreeMap<String, String>,
    time: u64,
    nonce: String,
    user_agent: String,
    credentials: Key,
    input: Json,
    expected: Expected,
}

#[derive(Debug, Deserialize)]
struct Key {
    id: String,
    secret: String,
    token: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Expected {
    method: String,
    host: String,
    path: String,
    query: Vec<(String, String)>,
    headers: BTreeMap<String, String>,
    body: String,
    signature: String,
}

/// An input whose members travel where the operation says.
#[derive(Debug)]
struct Placed<'a> {
    object: &'a Object,
    shape: &'static Shape,
}

impl<'a> Placed<'a> {
    fn new(vector: &'a Vector) -> Self {
        let Json::Object(object) = &vector.input else { panic!("{:?}", vector.input) };
        let placed = |member: &Member| {
            let wire = member.wire;
            let new = Member::new(wire);
            if vector.path.contains(&format!("{{{wire}}}")) {
                new.place(In::Path)
            } else if vector.query.iter().any(|name| name == wire) {
                new.place(In::Query).style(ListStyle::Json)
            } else if vector.payload.as_deref() == Some(wire) {
                new.payload()
            } else {
                new
            }
        };
        let members: Vec<Member> = object.shape().members.iter().map(placed).collect();
        // Shapes live for ever; a test may leak the few it makes.
        let shape = Box::leak(Box::new(Shape::new("Input", members.leak())));
        Self { object, shape }
    }
}

impl Model for Placed<'_> {
    fn shape(&self) -> &'static Shape {
        self.shape
    }
    fn each<'a>(&'a self, visit: &mut dyn FnMut(&'static Member, Ref<'a>)) {
        let mut members = self.shape.members.iter();
        self.object.each(&mut |_, value| visit(members.next().unwrap(), value));
    }
    fn find(&mut self, _: &str) -> Option<(&'static str, &mut dyn Field)> {
        None
    }
}

fn leaked(text: &str) -> &'static str {
    text.to_owned().leak()
}

#[test]
fn the_bytes_are_those_of_the_vendors_clients() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/alibaba");
    let mut compared: BTreeMap<String, usize> = BTreeMap::new();
    for file in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let vector: Vector = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        let settings = settings(|settings| {
            settings.organization = vector.private.get("organization").cloned();
            settings.resource_group = vector.private.get("resource_group").cloned();
            settings.instance = vector.private.get("instance").cloned();
            if vector.signature == "acs3" {
                settings.signature_method = SignatureMethod::Acs3HmacSha256;
            }
        });
        let is_rpc = vector.signature == "rpc";
        let product = if is_rpc { sts::product(settings) } else { ack::product(settings) }.unwrap();
        let known = meta(leaked(&vector.operation), leaked(&vector.method), leaked(&vector.path));
        let call = EncodeInput {
            operation: Box::leak(Box::new(known.with_version(leaked(&vector.version)))),
            input: &Placed::new(&vector),
            endpoint: &Endpoint::parse(&vector.endpoint).unwrap(),
            signed: &Endpoint::parse(&vector.endpoint).unwrap(),
            region: Some(&vector.region),
            user_agent: &vector.user_agent,
        };
        let mut credentials = Credentials::new(&vector.credentials.id, vector.credentials.secret.as_str());
        if let Some(token) = &vector.credentials.token {
            credentials = credentials.with_token(token.as_str());
        }
        let time = UNIX_EPOCH + Duration::from_secs(vector.time);
        let signing = Signing { credentials: &credentials, time, nonce: 1 };
        let request = product.sign_with_nonce(&product.encode(&call).unwrap(), &signing, &vector.nonce).unwrap();

        let (name, expected) = (&vector.name, &vector.expected);
        assert_eq!(request.method().as_str(), expected.method, "{name}");
        assert_eq!(request.uri().path(), expected.path, "{name}");
        assert_eq!(request.uri().authority().unwrap().as_str(), expected.host, "{name}");
        assert_eq!(request.headers()["host"], expected.host.as_str(), "{name}");
        assert_eq!(std::str::from_utf8(request.body()).unwrap(), expected.body, "{name}");
        let mut query = pairs(request.uri().query().unwrap_or_default());
        query.sort();
        assert_eq!(query, expected.query, "{name}");
        let text = |value: &http::HeaderValue| String::from_utf8(value.as_bytes().to_vec()).unwrap();
        let mut headers: BTreeMap<String, String> =
            request.headers().iter().map(|(header, value)| (header.to_string(), text(value))).collect();
        let mut theirs = expected.headers.clone();
        // The two that HMAC-SHA1 does not cover.
        if vector.signature != "acs3" {
            assert_eq!(headers.remove("user-agent").unwrap(), vector.user_agent);
            headers.remove("host");
        }
        if is_rpc {
            assert_eq!((headers["accept"].as_str(), theirs["accept"].as_str()), ("application/json", "*/*"));
            theirs.insert("accept".into(), "application/json".into());
        }
        assert_eq!(headers, theirs, "{name}");
        let signature = match vector.signature.as_str() {
            "rpc" => &query.iter().find(|(name, _)| name == "Signature").unwrap().1,
            "roa" => headers["authorization"].split_once(':').unwrap().1,
            _ => headers["authorization"].rsplit('=').next().unwrap(),
        };
        assert_eq!(signature, expected.signature, "{name}");
        *compared.entry(vector.signature).or_default() += 1;
    }
    assert!(compared.len() == 3 && compared.values().all(|count| *count >= 10), "{compared:?}");
}

/// A query as a server reads it.
pub(crate) fn pairs(query: &str) -> Vec<(String, String)> {
    let plain = |text: &str| {
        let mut bytes = Vec::new();
        let mut rest = text.bytes();
        while let Some(byte) = rest.next() {
            if byte == b'%' {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
            } else {
                assert_ne!(byte, b'+', "a blank is written as %20");
                bytes.push(byte);
            }
        }
        String::from_utf8(bytes).unwrap()
    };
    let parts = query.split('&').filter(|part| !part.is_empty());
    parts.map(|part| part.split_once('=').unwrap()).map(|(name, value)| (plain(name), plain(value))).collect()
}
