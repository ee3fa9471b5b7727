use super::*;
use wharf_sign::{Credentials, acs_roa};

#[test]
fn a_case_is_signed_as_the_crate_of_signatures_signs_the_request() {
    let parameters = [("name", "planted name"), ("empty", ""), ("a", "x/y")];
    let headers = [
        ("accept", "application/json"),
        ("date", "Tue, 14 Nov 2023 22:13:20 GMT"),
        ("x-acs-version", "2015-12-15"),
        (TOKEN_HEADER, "planted-token"),
    ];
    let request = Request {
        method: "GET",
        path: "/clusters/a%20b",
        parameters: &parameters,
        headers: &headers,
        ..Request::default()
    };
    let key = Credentials { id: "", secret: "planted-key", token: None };
    let owned = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>()
    };
    let case = Case {
        method: "GET".to_owned(),
        lines: ["application/json", "", "", "Tue, 14 Nov 2023 22:13:20 GMT"].map(str::to_owned),
        headers: owned(&headers[2..]),
        path: "/clusters/a%20b".to_owned(),
        query: owned(&parameters),
        secret: "planted-key".to_owned(),
        form: Form::default(),
    };
    for spelling in Spelling::ALL {
        let signed = acs_roa::sign_spelled(&request, &key, spelling);
        assert_eq!(case.text(spelling), signed.string_to_sign());
        assert!(case.is_signed_as(signed.signature()));
    }
    let hide: Hide = Box::new(|name| name == "name");
    let shown = case.shown(&hide);
    assert!(!shown.contains("planted"), "{shown}");
}
