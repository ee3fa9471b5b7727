//! Tencent's signatures: TC3, and HmacSHA1 and HmacSHA256 of API 3.0 and of API 2.0.

use super::{cases, compare, json, pairs};
use std::collections::BTreeSet;
use wharf_sign::canonical::decode;
use wharf_sign::hmac_v1::{self, Algorithm, SIGNATURE};
use wharf_sign::hmac_v1_api2::{self, PATH};
use wharf_sign::{Credentials, Payload, Request, tc3};

#[test]
fn every_stage_is_as_recorded() {
    let (mut with_tc3, mut with_hmac) = (0, 0);
    for case in cases("tencent/sign") {
        let given = json(&case.join("request.json"));
        let text = |name: &str| given[name].as_str().unwrap_or_else(|| panic!("{name} in {}", case.display()));
        let request = Request { method: text("method"), path: text("path"), ..Request::default() };
        if text("algorithm") == tc3::ALGORITHM {
            with_tc3 += 1;
            let headers = pairs(&given["headers"]);
            let payload = Payload::Bytes(text("payload").as_bytes());
            let request = Request { query: text("query"), headers: &headers, payload, ..request };
            let credentials = Credentials { id: text("secret_id"), secret: text("secret_key"), token: None };
            let scope = tc3::Scope { service: text("service"), timestamp: given["timestamp"].as_i64().unwrap() };
            let signed = tc3::sign(&request, &credentials, &scope);
            compare(&case, &signed);
            assert_eq!(tc3::sign_cached(&request, &credentials, &scope, &tc3::KeyCache::default()), signed);
        } else {
            with_hmac += 1;
            let parameters = pairs(&given["parameters"]);
            let request = Request { host: text("host"), parameters: &parameters, ..request };
            let credentials = Credentials { secret: text("secret_key"), ..Credentials::default() };
            let algorithm = Algorithm::requested(Some(text("algorithm")));
            assert_eq!(algorithm.name(), text("algorithm"));
            compare(&case, &hmac_v1::sign(&request, &credentials, algorithm));
        }
    }
    assert!(with_tc3 >= 6 && with_hmac >= 7, "{with_tc3} examples of TC3, {with_hmac} of HMAC");
}

#[test]
fn what_api_2_signs_and_its_signatures_are_as_recorded() {
    let form = |text: &str| decode(&text.replace('+', " "));
    let (mut vectors, mut forms, mut underscores, mut left_out) = (0, BTreeSet::new(), 0, 0);
    for file in cases("ccs") {
        let vector = json(&file);
        let text = |name: &str| vector[name].as_str().unwrap();
        let sent: Vec<(String, String)> = text("data")
            .split('&')
            .map(|parameter| parameter.split_once('=').unwrap())
            .map(|(name, value)| (form(name), form(value)))
            .collect();
        let parameters: Vec<_> = sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let (_, signature) = parameters.iter().find(|(name, _)| *name == SIGNATURE).unwrap();
        let (method, host, path) = (text("http_method"), text("host"), text("path"));
        let algorithm = Algorithm::requested(vector["signature_method"].as_str());
        let request = Request { method, host, path, parameters: &parameters, ..Request::default() };
        let secret = vector["credentials"]["secret_key"].as_str().unwrap();
        let signed = hmac_v1_api2::sign(&request, &Credentials { secret, ..Credentials::default() }, algorithm);
        assert_eq!(signed.string_to_sign(), text("string_to_sign"), "{}", text("name"));
        assert_eq!(signed.signature(), *signature, "{}", text("name"));
        assert_eq!(path, PATH);
        vectors += 1;
        forms.insert((method.to_owned(), algorithm.name()));
        underscores += usize::from(parameters.iter().any(|(name, _)| name.contains('_')));
        left_out += usize::from(signed.string_to_sign().split('&').count() < parameters.len() - 1);
    }
    assert!(vectors >= 10 && forms.len() == 4 && underscores >= 2 && left_out >= 1, "{vectors} {forms:?}");
}
