use super::*;

fn case() -> Case {
    let parameters =
        [("Action", "AssumeRole"), ("Policy", "planted policy"), ("SecurityToken", "planted"), ("Format", "JSON")];
    Case {
        method: "POST".to_owned(),
        parameters: parameters.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
        secret: "planted-key".to_owned(),
        form: Form::default(),
    }
}

/// Makes a case wrong.
type Change = fn(&mut Case);

#[test]
fn common_mistakes_are_named_and_nothing_is_given_away() {
    let wrong: [(&str, Change); 5] = [
        ("the ampersand", |case| case.form.bare_key = true),
        ("the method GET", |case| case.method = "GET".to_owned()),
        ("plus signs", |case| case.parameters[1].1 = "planted+policy".to_owned()),
        ("`Format` was left out", |case| drop(case.parameters.remove(3))),
        ("line break at its end", |case| case.secret.push('\n')),
    ];
    let hide: Hide = Box::new(|name| name == "Policy");
    for (expected, change) in wrong {
        let mut client = case();
        change(&mut client);
        let found = diagnose(&case(), 1, &client.signature(), &hide);
        assert!(found.difference.contains(expected), "{found}");
        assert!(!found.to_string().contains("planted"), "{found}");
    }
    assert!(diagnose(&case(), 1, "0", &hide).difference.contains("secret key is another"));
}
