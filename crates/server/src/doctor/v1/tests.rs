use super::*;
use wharf_sign::{Credentials, Request, hmac_v1, hmac_v1_api2};

const KEY: Credentials<'_> = Credentials { id: "", secret: "planted-secret", token: None };

fn case(hash: Hash, form: Form) -> Case {
    let parameters =
        [("Zone", "a b"), ("Action", "X"), ("ids.0", "i"), ("Password", "planted-password"), ("src_image", "a_b")];
    Case {
        method: "GET".into(),
        host: "127.0.0.1:4000".into(),
        path: "/".into(),
        parameters: parameters.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
        hash,
        secret: KEY.secret.to_owned(),
        form,
        text: Text::default(),
    }
}

#[test]
fn a_case_is_signed_as_the_crate_of_signatures_signs_the_request() {
    for (algorithm, hash) in [(Algorithm::HmacSha1, Hash::Sha1), (Algorithm::HmacSha256, Hash::Sha256)] {
        for form in [Form::DOCUMENTED, Form::API2] {
            let case = case(hash, form);
            let parameters: Vec<_> =
                case.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let (method, host) = ("GET", "127.0.0.1:4000");
            let request = Request { method, host, path: "/", parameters: &parameters, ..Request::default() };
            let signed = match form.dots {
                Dots::None => hmac_v1::sign(&request, &KEY, algorithm),
                _ => hmac_v1_api2::sign(&request, &KEY, algorithm),
            };
            assert_eq!(case.text(), signed.string_to_sign());
            assert!(case.is_signed_as(signed.signature()));
        }
    }
}

#[test]
fn what_is_shown_has_no_secret() {
    let hide: Hide = Box::new(|name| name == "Password");
    let shown = case(Hash::Sha1, Form::DOCUMENTED).shown(&hide);
    assert!(shown.contains("Password=[hidden]") && !shown.contains("planted"), "{shown}");
}
