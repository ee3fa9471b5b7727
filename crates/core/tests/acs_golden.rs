//! Alibaba's three signatures, against what Alibaba's own clients send: each request is taken as a server gets it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use wharf_core::sign::{acs_roa, acs_rpc, acs3, sha256_hex};

struct Golden(Value);

impl Golden {
    fn text(&self, way: &str) -> &str {
        self.0.pointer(way).unwrap_or_else(|| panic!("{way}")).as_str().unwrap()
    }

    fn query(&self) -> Vec<(&str, &str)> {
        let pairs = self.0["expected"]["query"].as_array().unwrap().iter();
        pairs.map(|pair| (pair[0].as_str().unwrap(), pair[1].as_str().unwrap())).collect()
    }

    fn headers(&self) -> Vec<(&str, &str)> {
        let headers = self.0["expected"]["headers"].as_object().unwrap();
        headers.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect()
    }

    fn header(&self, name: &str) -> &str {
        self.text(&format!("/expected/headers/{name}"))
    }

    fn check(&self, string_to_sign: &str, signature: &str) {
        let name = self.text("/name");
        assert_eq!(string_to_sign, self.text("/expected/string_to_sign"), "{name}");
        assert_eq!(signature, self.text("/expected/signature"), "{name}");
    }

    fn roa(&self) {
        let (query, headers) = (self.query(), self.headers());
        let request = acs_roa::Request {
            method: self.text("/expected/method"),
            path: self.text("/expected/path"),
            query: &query,
            headers: &headers,
        };
        let given = acs_roa::Authorization::parse(self.header("authorization")).unwrap();
        assert_eq!(given.id, self.text("/credentials/id"));
        let signer = acs_roa::Signer { id: given.id, secret: self.text("/credentials/secret") };
        let signed = acs_roa::sign(&request, &signer);
        self.check(&signed.string_to_sign, &signed.signature);
        assert_eq!(signed.authorization, self.header("authorization"));
        assert_eq!(acs_roa::verify(&request, &signer, given.signature), Ok(signed));
        assert_eq!(acs_roa::parse_date(self.header("date")), self.0["time"].as_i64());
        let body = self.text("/expected/body");
        if !body.is_empty() {
            assert_eq!(acs_roa::content_md5(body.as_bytes()), self.header("content-md5"));
        }
        let other = acs_roa::Signer { secret: "another", ..signer };
        assert!(acs_roa::verify(&request, &other, given.signature).is_err());
    }

    fn acs3(&self) {
        let given = acs3::Authorization::parse(self.header("authorization")).unwrap();
        let names: Vec<&str> = given.signed_headers.split(';').collect();
        let headers: Vec<_> = self.headers().into_iter().filter(|(name, _)| names.contains(name)).collect();
        let query = self.query();
        let body = self.text("/expected/body");
        let request = acs3::Request {
            method: self.text("/expected/method"),
            path: self.text("/expected/path"),
            query: &query,
            headers: &headers,
            payload: body.as_bytes(),
        };
        let signer = acs3::Signer { id: given.id, secret: self.text("/credentials/secret") };
        let signed = acs3::sign(&request, &signer);
        assert_eq!(signed.canonical_request, self.text("/expected/canonical_request"), "{}", self.text("/name"));
        self.check(&signed.string_to_sign, &signed.signature);
        assert_eq!(signed.authorization, self.header("authorization"));
        assert_eq!(signed.hashed_canonical_request, sha256_hex(signed.canonical_request.as_bytes()));
        assert_eq!(acs3::canonical_path(request.path), request.path);
        assert_eq!(acs3::parse_date(self.header("x-acs-date")), self.0["time"].as_i64());
        assert_eq!(sha256_hex(body.as_bytes()), self.header("x-acs-content-sha256"));
    }

    fn rpc(&self) {
        let parameters = self.query();
        let request = acs_rpc::Request { method: self.text("/expected/method"), parameters: &parameters };
        let signed = acs_rpc::sign(&request, self.text("/credentials/secret"));
        self.check(&signed.string_to_sign, &signed.signature);
        let get = |name: &str| parameters.iter().find(|(found, _)| *found == name).unwrap().1;
        assert_eq!(signed.signature, get(acs_rpc::SIGNATURE));
        assert_eq!(acs3::parse_date(get(acs_rpc::TIMESTAMP)), self.0["time"].as_i64());
    }
}

#[test]
fn every_signature_is_as_recorded() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/alibaba");
    let mut checked: BTreeMap<String, usize> = BTreeMap::new();
    for file in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let golden = Golden(serde_json::from_slice(&fs::read(file).unwrap()).unwrap());
        let kind = golden.text("/signature").to_owned();
        match kind.as_str() {
            "roa" => golden.roa(),
            "acs3" => golden.acs3(),
            "rpc" => golden.rpc(),
            other => panic!("{other}"),
        }
        *checked.entry(kind).or_default() += 1;
    }
    assert_eq!(checked.len(), 3);
    assert!(checked.values().all(|count| *count >= 10), "{checked:?}");
}
