//! The signature of API 2.0 against what Tencent's own client signs and sends.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use percent_encoding::percent_decode_str;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use wharf_core::sign::tencent_hmac::{Algorithm, Request};
use wharf_core::sign::tencent_v2::{PATH, sign};

fn decoded(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8().unwrap().into_owned()
}

#[test]
fn what_is_signed_and_the_signature_are_as_recorded() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/ccs");
    let (mut vectors, mut forms, mut underscores, mut left_out) = (0, BTreeSet::new(), 0, 0);
    for file in fs::read_dir(folder).unwrap() {
        let vector: Value = serde_json::from_slice(&fs::read(file.unwrap().path()).unwrap()).unwrap();
        let text = |name: &str| vector[name].as_str().unwrap();
        let mut parameters: Vec<(String, String)> = text("data")
            .split('&')
            .map(|parameter| parameter.split_once('=').unwrap())
            .map(|(name, value)| (decoded(name), decoded(value)))
            .collect();
        let at = parameters.iter().position(|(name, _)| name == "Signature").unwrap();
        let (_, signature) = parameters.remove(at);
        let method = text("http_method");
        let algorithm = Algorithm::requested(vector["signature_method"].as_str());
        let borrowed: Vec<_> = parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let request = Request { method, host: text("host"), path: text("path"), parameters: &borrowed };
        let signed = sign(&request, vector["credentials"]["secret_key"].as_str().unwrap(), algorithm);
        assert_eq!(signed.string_to_sign, text("string_to_sign"), "{}", text("name"));
        assert_eq!(signed.signature, signature, "{}", text("name"));
        assert_eq!(text("path"), PATH);
        vectors += 1;
        forms.insert((method.to_owned(), algorithm.name()));
        underscores += usize::from(parameters.iter().any(|(name, _)| name.contains('_')));
        left_out += usize::from(signed.string_to_sign.split('&').count() < parameters.len());
    }
    assert!(vectors >= 10 && forms.len() == 4 && underscores >= 2 && left_out >= 1, "{vectors} {forms:?}");
}
