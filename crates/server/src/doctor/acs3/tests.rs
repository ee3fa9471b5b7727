use super::*;

fn case() -> Case {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Case {
        method: "POST".to_owned(),
        path: "/clusters".to_owned(),
        query: vec![header("a", "planted-value")],
        headers: vec![
            header("content-type", "text/plain"),
            header("host", "127.0.0.1:80"),
            header(TOKEN_HEADER, "planted"),
        ],
        digest: sha256_hex(b"{}"),
        secret: "planted-key".to_owned(),
    }
}

/// Makes a case wrong.
type Change = fn(&mut Case);

#[test]
fn common_mistakes_are_named_and_nothing_is_given_away() {
    let wrong: [(&str, Change); 6] = [
        ("the host `localhost`", |case| case.set_header("host", "localhost")),
        ("the method PUT", |case| case.method = "PUT".to_owned()),
        ("the query was left out", |case| case.query.clear()),
        ("the body was left out", |case| case.digest = sha256_hex(b"")),
        ("`application/json`", |case| case.set_header("content-type", "application/json")),
        ("line break at its end", |case| case.secret.push('\n')),
    ];
    let hide: Hide = Box::new(|name| name == "a");
    for (expected, change) in wrong {
        let mut client = case();
        change(&mut client);
        let found = diagnose(&case(), 1, &client.signature(), "", &hide);
        assert!(found.difference.contains(expected), "{found}");
        assert!(!found.to_string().contains("planted"), "{found}");
    }
    assert!(diagnose(&case(), 1, "0", "", &hide).difference.contains("secret key is another"));
}

#[test]
fn no_host_of_another_vendor_is_suggested() {
    let all = mistakes(&case(), "");
    assert!(all.iter().any(|mistake| mistake.what.contains("the host `localhost`")));
    let others = ["tencent", "qcloud", "huawei", "`cce."];
    assert!(all.iter().all(|mistake| others.iter().all(|other| !mistake.what.contains(other))));
}
