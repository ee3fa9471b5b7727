use super::*;
use wharf_sign::{Credentials, Request, hmac_v1, hmac_v1_api2};

const KEY: Credentials<'_> = Credentials { id: "", secret: "planted-secret", token: None };

fn case() -> Case {
    let parameters = [("Zone", "a b"), ("Action", "X"), ("ids.0", "i"), ("Password", "planted-password")];
    Case {
        method: "GET".into(),
        host: "127.0.0.1:4000".into(),
        path: "/".into(),
        parameters: parameters.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
        algorithm: Algorithm::HmacSha1,
        secret: "planted-secret".into(),
        form: Form::DOCUMENTED,
    }
}

fn show() -> Hide {
    Box::new(|_| false)
}

fn found(change: impl Fn(&mut Case)) -> Diagnosis {
    let mut client = case();
    change(&mut client);
    let hide: Hide = Box::new(|name| name == "Password");
    let diagnosis = diagnose(&case(), 1, "tke", &client.signature(), "", &hide);
    assert!(!format!("{diagnosis} {diagnosis:?}").contains("planted"), "{diagnosis}");
    diagnosis
}

#[test]
fn the_documented_text_is_what_the_client_signs() {
    let case = case();
    let parameters: Vec<_> = case.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let (method, host) = ("GET", "127.0.0.1:4000");
    let request = Request { method, host, path: "/", parameters: &parameters, ..Request::default() };
    for algorithm in [Algorithm::HmacSha1, Algorithm::HmacSha256] {
        let case = Case { algorithm, ..case.clone() };
        let signed = hmac_v1::sign(&request, &KEY, algorithm);
        assert_eq!(
            (case.text(), case.signature()),
            (signed.string_to_sign().to_owned(), signed.signature().to_owned())
        );
    }
}

#[test]
fn common_mistakes_are_named_with_the_first_difference() {
    let mark = found(|case| case.form.no_question_mark = true);
    assert!(mark.difference.contains("question mark"), "{mark}");
    assert!(mark.difference.contains("the client `GET127.0.0.1:4000/Action=X"), "{mark}");
    let algorithm = found(|case| case.algorithm = Algorithm::HmacSha256);
    assert!(algorithm.difference.contains("did not name it"), "{algorithm}");
    let both = found(|case| {
        case.form.encoded = true;
        case.host = "localhost:4000".into();
    });
    assert!(both.difference.contains("encoded") && both.difference.contains("localhost"), "{both}");
    let hidden = found(|case| case.parameters.truncate(3));
    assert!(hidden.difference.contains("`Password` was left out"), "{hidden}");
}

#[test]
fn the_older_text_is_what_the_client_signs_and_underscores_are_told() {
    let mut case = case();
    case.parameters.push(("src_image".into(), "a_b".into()));
    let parameters: Vec<_> = case.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let (method, host) = ("GET", "127.0.0.1:4000");
    let request = Request { method, host, path: "/", parameters: &parameters, ..Request::default() };
    let old = Case { form: Form::API2, ..case.clone() };
    let signed = hmac_v1_api2::sign(&request, &KEY, Algorithm::HmacSha1);
    assert_eq!((old.text(), old.signature()), (signed.string_to_sign().to_owned(), signed.signature().to_owned()));
    for (dots, expected) in [(Dots::None, "signed as they are"), (Dots::NamesAndValues, "of the values")] {
        let mut client = old.clone();
        client.form.dots = dots;
        let found = diagnose(&old, 1, "ccs", &client.signature(), "", &show());
        assert!(found.difference.contains(expected), "{found}");
    }
    let mut elsewhere = old.clone();
    elsewhere.host = "ccr.api.qcloud.com".into();
    assert!(diagnose(&old, 1, "ccs", &elsewhere.signature(), "", &show()).difference.contains("ccr.api.qcloud.com"));
}

#[test]
fn another_secret_cannot_be_explained() {
    let other = found(|case| case.secret = "another".into());
    assert_eq!(other.client_signed, None);
    assert!(other.server_signed.contains("Password=[hidden]"), "{other}");
}
