//! Warnings in the form of RFC 7234, 5.5, as API servers send them.

use super::written;
use serde_json::json;
use wharf_world::kubernetes::request::ApiResponse;

#[test]
fn each_warning_has_a_header_of_its_own() {
    let mut answer = ApiResponse::json(200, &json!({}));
    answer.warnings = vec!["unknown field \"spec.a\"".to_owned(), "a\nb".to_owned(), "plain".to_owned()];
    let response = written(answer);
    let warnings: Vec<&str> =
        response.headers().get_all("warning").iter().map(|v| v.to_str().unwrap_or_default()).collect();
    assert_eq!(warnings, [r#"299 - "unknown field \"spec.a\"""#, r#"299 - "plain""#]);
}
