use super::*;
use wharf_sign::{Credentials, acs_rpc};

#[test]
fn a_case_is_signed_as_the_crate_of_signatures_signs_the_request() {
    let parameters = [("b", "x y*~"), ("Action", "A"), ("Policy", "planted policy"), ("SecurityToken", "planted")];
    let request = Request { method: "POST", parameters: &parameters, ..Request::default() };
    let signed = acs_rpc::sign(&request, &Credentials { id: "", secret: "planted-key", token: None });
    let case = Case {
        method: "POST".to_owned(),
        parameters: parameters.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
        secret: "planted-key".to_owned(),
        text: Text::default(),
        form: Form::default(),
    };
    assert_eq!(case.text(), signed.string_to_sign());
    assert!(case.is_signed_as(signed.signature()));
    let hide: Hide = Box::new(|name| name == "Policy");
    let shown = case.shown(&hide);
    assert!(shown.contains("hidden") && !shown.contains("planted"), "{shown}");
}
