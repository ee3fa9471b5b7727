#![allow(clippy::unwrap_used)]
use super::*;
use http::Request;

fn parts(method: &str, target: &str, headers: &[(&str, &str)]) -> Parts {
    let builder = Request::builder().method(method).uri(target);
    let builder = headers.iter().fold(builder, |builder, (name, value)| builder.header(*name, *value));
    builder.body(()).unwrap().into_parts().0
}

fn key(named: Option<Named>) -> String {
    match named {
        Some(Named::Key(id)) => id,
        Some(Named::Token(token)) => format!("token {token}"),
        Some(Named::Login { name, domain, .. }) => format!("login {name} of {domain}"),
        None => String::new(),
    }
}

/// The forms of the header are those that the functions of `wharf_sign` write.
#[test]
fn every_scheme_names_its_key_in_the_head() {
    for (authorization, expected) in [
        ("TC3-HMAC-SHA256 Credential=AKIDx/2030-01-02/tke/tc3_request, SignedHeaders=host, Signature=0", "AKIDx"),
        ("SDK-HMAC-SHA256 Access=AKIDx, SignedHeaders=x-sdk-date, Signature=0", "AKIDx"),
        ("ACS3-HMAC-SHA256 Credential=AKIDx,SignedHeaders=host,Signature=0", "AKIDx"),
        ("acs AKIDx:c2lnbmF0dXJl", "AKIDx"),
        // A cloud refuses what is malformed, if it can be told which.
        ("TC3-HMAC-SHA256 Credential=AKIDx", "AKIDx"),
        ("Basic dXNlcjpwYXNzd29yZA==", ""),
        ("Bearer x", ""),
        ("acs ", ""),
        ("Credential=", ""),
    ] {
        let parts = parts("POST", "/", &[("authorization", authorization)]);
        assert_eq!(key(in_head(&parts)), expected, "{authorization}");
    }
    for (target, expected) in [
        ("/?Action=DescribeClusters&SecretId=AKIDx&Signature=0", "AKIDx"),
        ("/?Action=AssumeRole&AccessKeyId=AKID%2Fx", "AKID/x"),
        ("/?secretid=AKIDx", ""),
        ("/?SecretId=", ""),
        ("/", ""),
    ] {
        assert_eq!(key(in_head(&parts("GET", target, &[]))), expected, "{target}");
    }
    let both = [("x-auth-token", "MII1"), ("authorization", "acs AKIDx:0")];
    assert_eq!(key(in_head(&parts("GET", "/", &both))), "token MII1");
}

#[test]
fn forms_and_logins_name_it_in_the_body() {
    let form = parts("POST", "/v2/index.php", &[("content-type", "application/x-www-form-urlencoded; charset=utf-8")]);
    assert!(may_be_in_body(&form));
    assert_eq!(key(in_body(&form, b"Action=DescribeCluster&SecretId=AKIDx")), "AKIDx");
    assert_eq!(key(in_body(&form, b"Action=DescribeCluster")), "");
    let login = parts("POST", "/v3/auth/tokens", &[("content-type", "application/json")]);
    assert!(may_be_in_body(&login));
    let user = br#"{"auth": {"identity": {"methods": ["password"], "password": {"user":
        {"name": "wharf", "password": "p", "domain": {"name": "1"}}}}}}"#;
    assert_eq!(key(in_body(&login, user)), "login wharf of 1");
    for wrong in [&b"{"[..], b"{}", b"[]", br#"{"auth": {"identity": {"password": {"user": {"name": 1}}}}}"#] {
        assert_eq!(key(in_body(&login, wrong)), "");
    }
    assert!(!may_be_in_body(&parts("POST", "/", &[("content-type", "application/json")])));
    assert!(!may_be_in_body(&parts("GET", "/v3/auth/tokens", &[])));
}
