use super::*;
use wharf_sign::{Credentials, Payload, Request, acs3, sdk_hmac_sha256, tc3};

const KEY: Credentials<'_> = Credentials { id: "", secret: "planted-secret", token: None };

/// Requests in the three schemes, as the crate of signatures signs them.
fn signed() -> Vec<(Case, wharf_sign::Signed)> {
    let headers = [("content-type", "a b"), ("host", "h:1"), ("x-tc-token", "planted-token")];
    let parameters = [("b", "planted value"), ("a", "")];
    let payload = Payload::Bytes(b"{}");
    let request = Request {
        method: "POST",
        path: "/a b",
        query: "b=planted%20value&a=",
        parameters: &parameters,
        headers: &headers,
        payload,
        ..Request::default()
    };
    let by_query = Request { parameters: &[], ..request };
    let by_parameters = Request { query: "", ..request };
    let day = Scheme::Tc3 { date: "2019-02-25".to_owned(), service: "tke".to_owned() };
    let scope = tc3::Scope { service: "tke", timestamp: 1_551_113_065 };
    let all = [
        (day, "1551113065".to_owned(), tc3::sign(&by_query, &KEY, &scope)),
        (Scheme::Sdk, sdk_hmac_sha256::date(7), sdk_hmac_sha256::sign(&by_parameters, &KEY, 7)),
        (Scheme::Acs3, String::new(), acs3::sign(&by_parameters, &KEY)),
    ];
    let case = |(scheme, stamp, signed): (Scheme, String, wharf_sign::Signed)| {
        (Case::new(scheme, signed.canonical_request(), stamp, KEY.secret), signed)
    };
    all.into_iter().map(case).collect()
}

#[test]
fn a_case_is_signed_as_the_crate_of_signatures_signs_the_request() {
    for (case, signed) in signed() {
        assert_eq!(case.canonical_request(), signed.canonical_request());
        assert_eq!(case.string_to_sign(signed.canonical_request()), signed.string_to_sign());
        assert!(case.is_signed_as(signed.signature()), "{:?}", case.scheme);
    }
}

#[test]
fn what_is_shown_has_no_secret_however_the_texts_are_put_together() {
    let hide: Hide = Box::new(|name| name == "b");
    for (case, _) in signed() {
        type Change = fn(&mut Case);
        let changes: [Change; 6] = [
            |_| {},
            |case| case.form.unhashed = true,
            |case| case.form.bare = true,
            |case| case.form.query_in_path = true,
            |case| case.query = "a=&b=planted value".to_owned(),
            |case| {
                "planted body".clone_into(&mut case.payload);
                case.form.payload = PayloadForm::Body;
            },
        ];
        for change in changes {
            let mut changed = case.clone();
            change(&mut changed);
            let shown = changed.shown(&hide);
            assert!(!shown.contains("planted"), "{shown}");
        }
    }
}
