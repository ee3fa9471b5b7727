//! Our clients by name: Rust, C and Python, with the runners of the behaviour suite.

use super::table::{ATTEMPTS, SHORT, TOKEN, WAYS, Way, kinds};
use crate::behaviour::case::Case;
use serde_json::{Value, json};

/// A case for each protocol, in which one fault after the other is ordered.
pub(crate) fn cases() -> Vec<Case> {
    WAYS.iter().map(case).collect()
}

fn case(way: &Way) -> Case {
    let mut steps = Vec::new();
    for kind in kinds() {
        let (error, struck) = way.outcome(kind.then);
        let input = match way.operation {
            "AssumeRole" => json!({"RoleArn": "${role_arn}", "RoleSessionName": "suite"}),
            _ => json!({}),
        };
        let mut call = json!({"call": way.operation, "input": input, "struck": struck});
        if let Some(kind) = error {
            call["error"] = json!({"kind": kind.to_string()});
        }
        if kind.slow {
            call["options"] = json!({"attempt_timeout": SHORT});
        }
        steps.extend([json!({"faults": [way.order(&kind.effect)]}), call, json!({"clear_faults": true})]);
    }
    let name = format!("{}: every kind of fault", way.name);
    let server = json!({"token": TOKEN});
    Case {
        name,
        product: way.product.to_owned(),
        server,
        connection: connection(way),
        faults: Vec::new(),
        steps,
        secrets: vec![TOKEN.to_owned()],
    }
}

/// The options of the way's connection.
fn connection(way: &Way) -> Value {
    let mut options = match way.name {
        "tke GET HmacSHA1" => json!({"signature_method": "HmacSHA1", "http_method": "GET"}),
        "ack ACS3" => json!({"signature_method": "ACS3-HMAC-SHA256"}),
        "cce token" => json!({
            "credentials": null,
            "password_login": {"user": "${iam_user}", "password": "${iam_password}", "account": "${iam_account}"},
        }),
        _ => json!({}),
    };
    options["retry"] = json!({"base_delay": 0.001, "throttled_delay": 0.001, "max_attempts": ATTEMPTS});
    options
}
