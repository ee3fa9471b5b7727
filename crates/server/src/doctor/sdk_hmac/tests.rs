use super::*;

fn case() -> Case {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Case {
        method: "GET".to_owned(),
        path: "/api/v3/x".to_owned(),
        query: vec![header("a", "b")],
        headers: vec![header("host", "127.0.0.1:80"), header("x-security-token", "planted")],
        digest: sha256_hex(b"{}"),
        timestamp: 1_672_531_200,
        secret: "planted-key".to_owned(),
    }
}

/// Makes a case wrong.
type Change = fn(&mut Case);

#[test]
fn common_mistakes_are_named_and_nothing_is_given_away() {
    let wrong: [(&str, Change); 4] = [
        ("the host `localhost`", |case| case.headers[0].1 = "localhost".to_owned()),
        ("the query was left out", |case| case.query.clear()),
        ("the body was left out", |case| case.digest = sha256_hex(b"")),
        ("line break at its end", |case| case.secret.push('\n')),
    ];
    for (expected, change) in wrong {
        let mut client = case();
        change(&mut client);
        let found = diagnose(&case(), 1, &client.signature(), "");
        assert!(found.difference.contains(expected), "{found}");
        assert!(!found.to_string().contains("planted"), "{found}");
    }
    assert!(diagnose(&case(), 1, "0", "").difference.contains("secret key is another"));
}

#[test]
fn no_host_of_another_vendor_is_suggested() {
    let all = mistakes(&case(), "");
    assert!(all.iter().any(|mistake| mistake.what.contains("the host `localhost`")));
    let others = ["tencent", "qcloud", "aliyun", "`cs."];
    assert!(all.iter().all(|mistake| others.iter().all(|other| !mistake.what.contains(other))));
}
