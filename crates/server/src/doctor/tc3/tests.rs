use super::*;
use crate::doctor::Diagnosis;

const BODY: &[u8] = br#"{"A": "b, c: \" d", "E": [1, 2]}"#;

const HOSTS: Hosts<'_> = Hosts { product: "tke", forwarded: "" };

fn case() -> Case {
    Case {
        method: "POST".into(),
        path: "/".into(),
        query: String::new(),
        headers: vec![
            ("content-type".into(), "application/json".into()),
            ("host".into(), "127.0.0.1:4000".into()),
            ("x-tc-token".into(), "planted-token".into()),
        ],
        digest: sha256_hex(BODY),
        service: "tke".into(),
        timestamp: 1_551_113_065,
        secret: "planted-secret".into(),
    }
}

fn found(change: impl Fn(&mut Case)) -> Diagnosis {
    let mut client = case();
    change(&mut client);
    let diagnosis = doubt(case(), BODY, client.sign().signature(), HOSTS, Box::new(|_| false)).make();
    assert!(!format!("{diagnosis} {diagnosis:?}").contains("planted"), "{diagnosis}");
    diagnosis
}

#[test]
fn white_space_is_changed_outside_of_strings_alone() {
    assert_eq!(compact(r#"{"A": "b, c: \" d", "E": [1, 2]}"#), r#"{"A":"b, c: \" d","E":[1,2]}"#);
    assert_eq!(spaced(r#"{"A":"b,c:\\","E":[1,2]}"#), r#"{"A": "b,c:\\", "E": [1, 2]}"#);
}

#[test]
fn common_mistakes_are_named_with_the_first_difference() {
    let host = found(|case| case.set_header("host", "tke.tencentcloudapi.com"));
    assert!(host.difference.contains("line 5"), "{host}");
    assert!(host.difference.contains("`host:127.0.0.1:4000`, the client `host:tke.tencentcloudapi.com`"), "{host}");
    assert!(host.client_signed.is_some_and(|client| client.contains("host:tke.tencentcloudapi.com\n")));
    let body = found(|case| case.digest = sha256_hex(br#"{"A":"b, c: \" d","E":[1,2]}"#));
    assert!(body.difference.contains("without white space"), "{body}");
    let both = found(|case| {
        case.digest = sha256_hex(b"");
        case.set_header("host", "127.0.0.1");
    });
    assert!(both.difference.contains("left out") && both.difference.contains("`127.0.0.1`"), "{both}");
    let secret = found(|case| case.secret.push('\n'));
    assert!(secret.difference.contains("line break"), "{secret}");
}

#[test]
fn another_secret_cannot_be_explained() {
    let other = found(|case| case.secret = "another".into());
    assert_eq!(other.client_signed, None);
    assert!(other.server_signed.contains("x-tc-token:[hidden]"), "{other}");
    assert!(other.server_signed.contains("2019-02-25/tke/tc3_request"), "{other}");
}

#[test]
fn no_host_of_another_vendor_is_suggested() {
    let all = found(|case| case.set_header("host", "cce.myhuaweicloud.com"));
    assert_eq!(all.client_signed, None, "{all}");
}
