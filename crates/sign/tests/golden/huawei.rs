//! SDK-HMAC-SHA256, against what Huawei's own client computes.

use super::{cases, compare, json, pairs};
use wharf_sign::sdk_hmac_sha256::{ALGORITHM, CONTENT_HEADER, date, parse, parse_date, sign};
use wharf_sign::{Credentials, Payload, Request, UNSIGNED_PAYLOAD};

#[test]
fn every_stage_is_as_recorded() {
    let (mut examples, mut largest) = (0, 0);
    for case in cases("huawei/sign") {
        let given = json(&case.join("request.json"));
        let text = |name: &str| given[name].as_str().unwrap();
        assert_eq!(text("algorithm"), ALGORITHM);
        let times = usize::try_from(given["payload"]["times"].as_u64().unwrap()).unwrap();
        let payload = given["payload"]["text"].as_str().unwrap().repeat(times);
        largest = largest.max(payload.len());
        let (parameters, headers) = (pairs(&given["query"]), pairs(&given["headers"]));
        let unsigned = given["payload"]["unsigned"].as_bool().unwrap();
        let says_so =
            |(name, value): &(&str, &str)| name.eq_ignore_ascii_case(CONTENT_HEADER) && *value == UNSIGNED_PAYLOAD;
        assert_eq!(unsigned, headers.iter().any(says_so));
        let request = Request {
            method: text("method"),
            path: text("path"),
            parameters: &parameters,
            headers: &headers,
            payload: if unsigned { Payload::Unsigned } else { Payload::Bytes(payload.as_bytes()) },
            ..Request::default()
        };
        let timestamp = given["timestamp"].as_i64().unwrap();
        let credentials = Credentials { id: text("access_key"), secret: text("secret_key"), token: None };
        let signed = sign(&request, &credentials, timestamp);
        compare(&case, &signed);
        let read = parse(signed.authorization()).unwrap();
        assert_eq!((read.id, read.signature), (text("access_key"), signed.signature()));
        assert_eq!(parse_date(&date(timestamp)), Ok(timestamp));
        examples += 1;
    }
    assert!(examples >= 10 && largest == 1 << 20, "{examples} examples, the largest body has {largest} bytes");
}
