//! SDK-HMAC-SHA256, stage by stage, against what Huawei's own client computes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use wharf_core::sign::sdk_hmac_sha256::{
    ALGORITHM, Authorization, CONTENT_HEADER, Payload, Request, Signer, UNSIGNED_PAYLOAD, date, parse_date, sign,
};

fn pairs(value: &Value) -> Vec<(&str, &str)> {
    value.as_array().unwrap().iter().map(|pair| (pair[0].as_str().unwrap(), pair[1].as_str().unwrap())).collect()
}

#[test]
fn every_stage_is_as_recorded() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/huawei/sign");
    let (mut examples, mut largest) = (0, 0);
    for example in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let given: Value = serde_json::from_slice(&fs::read(example.join("request.json")).unwrap()).unwrap();
        let text = |name: &str| given[name].as_str().unwrap();
        assert_eq!(text("algorithm"), ALGORITHM);
        let times = usize::try_from(given["payload"]["times"].as_u64().unwrap()).unwrap();
        let payload = given["payload"]["text"].as_str().unwrap().repeat(times);
        largest = largest.max(payload.len());
        let headers = pairs(&given["headers"]);
        let unsigned = given["payload"]["unsigned"].as_bool().unwrap();
        assert_eq!(
            unsigned,
            headers
                .iter()
                .any(|(name, value)| { name.eq_ignore_ascii_case(CONTENT_HEADER) && *value == UNSIGNED_PAYLOAD })
        );
        let request = Request {
            method: text("method"),
            path: text("path"),
            query: &pairs(&given["query"]),
            headers: &headers,
            payload: if unsigned { Payload::Unsigned } else { Payload::Signed(payload.as_bytes()) },
        };
        let timestamp = given["timestamp"].as_i64().unwrap();
        let signer = Signer { id: text("access_key"), secret: text("secret_key"), timestamp };
        let signed = sign(&request, &signer);
        let stages = [
            ("canonical_query", &signed.canonical_query),
            ("canonical_request", &signed.canonical_request),
            ("hashed_canonical_request", &signed.hashed_canonical_request),
            ("string_to_sign", &signed.string_to_sign),
            ("signature", &signed.signature),
            ("authorization", &signed.authorization),
        ];
        for (stage, value) in stages {
            let expected = fs::read_to_string(example.join(format!("{stage}.txt"))).unwrap();
            assert_eq!(*value, expected.strip_suffix('\n').unwrap(), "{stage} of {}", example.display());
        }
        let files: BTreeSet<_> =
            fs::read_dir(&example).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        assert_eq!(files.len(), stages.len() + 1, "{}", example.display());
        let read = Authorization::parse(&signed.authorization).unwrap();
        assert_eq!((read.id, read.signature), (text("access_key"), signed.signature.as_str()));
        assert_eq!(parse_date(&date(timestamp)), Some(timestamp));
        examples += 1;
    }
    assert!(examples >= 10 && largest == 1 << 20, "{examples} examples, the largest body has {largest} bytes");
}
