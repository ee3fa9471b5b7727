//! Alibaba's three signatures, against what Alibaba's own clients send: each request is taken as a server receives it.

use super::{cases, json, pairs};
use serde_json::Value;
use std::collections::BTreeMap;
use wharf_sign::{Authorization, Credentials, Error, Payload, Request, Signed, acs_roa, acs_rpc, acs3, sha256_hex};

struct Golden(Value);

impl Golden {
    fn text(&self, path: &str) -> &str {
        self.0.pointer(path).unwrap_or_else(|| panic!("{path}")).as_str().unwrap()
    }

    fn headers(&self) -> Vec<(&str, &str)> {
        let headers = self.0["expected"]["headers"].as_object().unwrap();
        headers.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect()
    }

    fn header(&self, name: &str) -> &str {
        self.text(&format!("/expected/headers/{name}"))
    }

    fn time(&self) -> i64 {
        self.0["time"].as_i64().unwrap()
    }

    /// The request, with these parameters and headers.
    fn request<'a>(&'a self, parameters: &'a [(&'a str, &'a str)], headers: &'a [(&'a str, &'a str)]) -> Request<'a> {
        let (method, path) = (self.text("/expected/method"), self.0["expected"]["path"].as_str().unwrap_or("/"));
        let payload = Payload::Bytes(self.0["expected"]["body"].as_str().unwrap_or_default().as_bytes());
        Request { method, path, parameters, headers, payload, ..Request::default() }
    }

    fn credentials<'a>(&'a self, id: &'a str) -> Credentials<'a> {
        Credentials { id, secret: self.text("/credentials/secret"), token: None }
    }

    /// What the client claimed in the header.
    fn claimed(&self, parse: fn(&str) -> Result<Authorization<'_>, Error>) -> Authorization<'_> {
        let claimed = parse(self.header("authorization")).unwrap();
        assert_eq!(claimed.id, self.text("/credentials/id"));
        claimed
    }

    fn check(&self, signed: &Signed) {
        let name = self.text("/name");
        assert_eq!(signed.string_to_sign(), self.text("/expected/string_to_sign"), "{name}");
        assert_eq!(signed.signature(), self.text("/expected/signature"), "{name}");
    }

    fn roa(&self) {
        let (parameters, headers) = (pairs(&self.0["expected"]["query"]), self.headers());
        let claimed = self.claimed(acs_roa::parse);
        let (request, credentials) = (self.request(&parameters, &headers), self.credentials(claimed.id));
        let signed = acs_roa::sign(&request, &credentials);
        self.check(&signed);
        assert_eq!(signed.authorization(), self.header("authorization"));
        assert_eq!(acs_roa::verify(&request, &credentials, claimed.signature), Ok(signed));
        assert_eq!(acs_roa::parse_date(self.header("date")), Ok(self.time()));
        let body = self.text("/expected/body");
        if !body.is_empty() {
            assert_eq!(acs_roa::content_md5(body.as_bytes()), self.header(acs_roa::CONTENT_HEADER));
        }
        let other = Credentials { secret: "another", ..credentials };
        assert!(acs_roa::verify(&request, &other, claimed.signature).is_err());
    }

    fn acs3(&self) {
        let claimed = self.claimed(acs3::parse);
        let names: Vec<&str> = claimed.signed_headers.split(';').collect();
        let headers: Vec<_> = self.headers().into_iter().filter(|(name, _)| names.contains(name)).collect();
        let parameters = pairs(&self.0["expected"]["query"]);
        let request = self.request(&parameters, &headers);
        let signed = acs3::sign(&request, &self.credentials(claimed.id));
        assert_eq!(signed.canonical_request(), self.text("/expected/canonical_request"), "{}", self.text("/name"));
        self.check(&signed);
        assert_eq!(signed.authorization(), self.header("authorization"));
        let hashed = sha256_hex(signed.canonical_request().as_bytes());
        assert_eq!(signed.stage(wharf_sign::Stage::HashedCanonicalRequest), hashed);
        assert_eq!(wharf_sign::canonical::path(request.path), request.path);
        assert_eq!(acs3::parse_date(self.header(acs3::DATE_HEADER)), Ok(self.time()));
        assert_eq!(request.payload.digest(), self.header(acs3::CONTENT_HEADER));
    }

    fn rpc(&self) {
        let parameters = pairs(&self.0["expected"]["query"]);
        let signed = acs_rpc::sign(&self.request(&parameters, &[]), &self.credentials(""));
        self.check(&signed);
        let get = |name: &str| parameters.iter().find(|(found, _)| *found == name).unwrap().1;
        assert_eq!(signed.signature(), get(acs_rpc::SIGNATURE));
        assert_eq!(acs3::parse_date(get(acs_rpc::TIMESTAMP)), Ok(self.time()));
    }
}

#[test]
fn every_signature_is_as_recorded() {
    let mut checked: BTreeMap<String, usize> = BTreeMap::new();
    for file in cases("alibaba") {
        let golden = Golden(json(&file));
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
