use super::*;

fn case() -> Case {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Case {
        method: "GET".to_owned(),
        path: "/clusters".to_owned(),
        query: vec![header("name", "planted-name"), header("page_size", "3")],
        headers: vec![
            header("accept", "application/json"),
            header("date", "Tue, 14 Nov 2023 22:13:20 GMT"),
            header("x-acs-version", "2015-12-15"),
            header(TOKEN_HEADER, "planted-token"),
        ],
        secret: "planted-key".to_owned(),
        form: Form::default(),
    }
}

/// Makes a case wrong.
type Change = fn(&mut Case);

#[test]
fn common_mistakes_are_named_and_nothing_is_given_away() {
    let wrong: [(&str, Change); 6] = [
        ("the method POST", |case| case.method = "POST".to_owned()),
        ("the query was left out", |case| case.query.clear()),
        ("`x-acs-version` was left out", |case| drop(case.headers.remove(2))),
        ("`accept: */*`", |case| case.headers[0].1 = "*/*".to_owned()),
        ("an ampersand", |case| case.secret.push('&')),
        ("line break at its end", |case| case.secret.push('\n')),
    ];
    let hide: Hide = Box::new(|name| name == "name");
    for (expected, change) in wrong {
        let mut client = case();
        change(&mut client);
        let found = diagnose(&case(), 1, client.sign().signature(), &hide);
        assert!(found.difference.contains(expected), "{expected}: {found}");
        assert!(!found.to_string().contains("planted"), "{found}");
    }
    let raw = STANDARD.decode(case().sign().signature()).unwrap_or_default();
    let digits: String = raw.iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(diagnose(&case(), 1, &STANDARD.encode(digits), &hide).difference.contains("the digits of the digest"));
    assert!(diagnose(&case(), 1, "0", &hide).difference.contains("secret key is another"));
}
