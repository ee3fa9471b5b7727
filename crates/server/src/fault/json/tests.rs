#![allow(clippy::unwrap_used)]

use super::*;
use crate::fault::Faults;

/// An order that all kinds of mistakes are made in.
fn order(effect: Value) -> Value {
    json!({"product": "tke", "operation": "DescribeClusters", "effect": effect})
}

#[test]
fn every_kind_is_read_and_written_as_it_was_read() {
    let effects = [
        json!({"kind": "throttle"}),
        json!({"kind": "expired_token"}),
        json!({"kind": "refuse", "code": "InternalError", "message": "no"}),
        json!({"kind": "refuse", "code": "InternalError", "message": "no", "status": 500}),
        json!({"kind": "refuse", "code": "Strange", "message": "no", "undocumented": true}),
        json!({"kind": "status", "status": 503}),
        json!({"kind": "status", "status": 429, "retry_after": 2}),
        json!({"kind": "cut_before"}),
        json!({"kind": "cut_after"}),
        json!({"kind": "truncate"}),
        json!({"kind": "garbage"}),
        json!({"kind": "empty"}),
        json!({"kind": "content_type", "content_type": "text/plain"}),
        json!({"kind": "compressed"}),
        json!({"kind": "drip", "bytes": 8, "pause": 0.25}),
        json!({"kind": "delay", "seconds": 1.5}),
    ];
    let kinds: std::collections::BTreeSet<_> = effects.iter().map(|effect| effect["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds.len(), KINDS.len(), "every kind is here");
    let faults = Faults::default();
    for effect in effects {
        let mut whole = order(effect);
        (whole["account"], whole["after"], whole["times"]) = (json!("100000000001"), json!(3), json!(2));
        let id = faults.try_add(Fault::from_json(&whole).unwrap()).unwrap();
        whole["id"] = id.into();
        let fault = faults.get(id).unwrap();
        assert!(fault.is_data());
        assert_eq!(fault.to_json(), whole);
        assert_eq!(Fault::from_json(&fault.to_json()).unwrap().kind(), fault.kind());
    }
}

#[test]
fn members_that_are_left_out_or_null_select_every_call() {
    for order in [
        json!({"effect": {"kind": "drip"}}),
        json!({"id": null, "product": null, "operation": null, "account": null, "after": null, "times": null,
            "effect": {"kind": "drip", "bytes": null, "pause": null}}),
    ] {
        let written = Fault::from_json(&order).unwrap().to_json();
        let due = json!({"id": 0, "after": 0, "times": null, "effect": {"kind": "drip", "bytes": 1, "pause": 0.1}});
        assert_eq!(written, due);
    }
    let page = Fault::from_json(&json!({"effect": {"kind": "content_type"}})).unwrap().to_json();
    assert_eq!(page["effect"]["content_type"], "text/html");
}

#[test]
fn what_is_wrong_is_named_with_what_is_expected() {
    let long = "x".repeat(1_001);
    let effect = |effect: Value| order(effect);
    let cases = [
        (json!([]), "fault", "a JSON object"),
        (json!("throttle"), "fault", "a JSON object"),
        (json!({}), "effect", "an object with the member `kind`"),
        (json!({"effect": "throttle"}), "effect", "an object with the member `kind`"),
        (json!({"effect": {}}), "effect.kind", "one of throttle, refuse,"),
        (json!({"effect": {"kind": "explode"}}), "effect.kind", "one of throttle, refuse,"),
        (json!({"effect": {"kind": "answer"}}), "effect.kind", "one of throttle, refuse,"),
        (json!({"effect": {"kind": 7}}), "effect.kind", "a text"),
        (json!({"effect": {"kind": "throttle"}, "count": 1}), "count", "no such member, only id, product"),
        (json!({"effect": {"kind": "throttle", "code": "X"}}), "effect.code", "no such member, only kind"),
        (
            json!({"effect": {"kind": "delay", "seconds": 1, "milliseconds": 2}}),
            "effect.milliseconds",
            "no such member",
        ),
        (json!({"product": "eks", "effect": {"kind": "throttle"}}), "product", "one of the products ack, cce, ccs"),
        (json!({"product": 7, "effect": {"kind": "throttle"}}), "product", "a text"),
        (json!({"product": "", "effect": {"kind": "throttle"}}), "product", "a text of 1 to 1000 characters"),
        (json!({"operation": "Describe", "effect": {"kind": "throttle"}}), "operation", "an operation of any product"),
        (
            json!({"product": "tcr", "operation": "DescribeClusters", "effect": {"kind": "throttle"}}),
            "operation",
            "an operation of tcr",
        ),
        (json!({"account": long, "effect": {"kind": "throttle"}}), "account", "1 to 1000 characters"),
        (json!({"times": 0, "effect": {"kind": "throttle"}}), "times", "a whole number from 1 to 4294967295"),
        (json!({"times": -1, "effect": {"kind": "throttle"}}), "times", "a whole number from 1"),
        (json!({"times": 1.5, "effect": {"kind": "throttle"}}), "times", "a whole number from 1"),
        (json!({"times": "2", "effect": {"kind": "throttle"}}), "times", "a whole number from 1"),
        (json!({"times": 1_u64 << 32, "effect": {"kind": "throttle"}}), "times", "to 4294967295"),
        (json!({"after": -1, "effect": {"kind": "throttle"}}), "after", "a whole number from 0"),
        (json!({"id": -1, "effect": {"kind": "throttle"}}), "id", "a whole number from 0"),
        (effect(json!({"kind": "refuse"})), "effect.code", "an error code"),
        (effect(json!({"kind": "refuse", "code": "Strange"})), "effect.code", "a documented code of DescribeClusters"),
        (
            effect(json!({"kind": "refuse", "code": "Strange", "undocumented": "yes"})),
            "effect.undocumented",
            "true or false",
        ),
        (effect(json!({"kind": "refuse", "code": "InternalError", "status": 200})), "effect.status", "from 400 to 599"),
        (effect(json!({"kind": "refuse", "code": "InternalError", "message": long})), "effect.message", "1000"),
        (effect(json!({"kind": "status"})), "effect.status", "an HTTP status from 200 to 599"),
        (effect(json!({"kind": "status", "status": 99})), "effect.status", "from 200 to 599"),
        (effect(json!({"kind": "status", "status": 700})), "effect.status", "from 200 to 599"),
        (effect(json!({"kind": "status", "status": 503, "retry_after": -1})), "effect.retry_after", "from 0"),
        (effect(json!({"kind": "content_type", "content_type": "a\nb"})), "effect.content_type", "a header can have"),
        (effect(json!({"kind": "drip", "bytes": 0})), "effect.bytes", "from 1 to 1048576"),
        (effect(json!({"kind": "drip", "pause": 0})), "effect.pause", "above 0 and up to 10"),
        (effect(json!({"kind": "drip", "pause": 11})), "effect.pause", "above 0 and up to 10"),
        (effect(json!({"kind": "delay"})), "effect.seconds", "a number of seconds above 0 and up to 3600"),
        (effect(json!({"kind": "delay", "seconds": 0})), "effect.seconds", "above 0"),
        (effect(json!({"kind": "delay", "seconds": -2})), "effect.seconds", "above 0"),
        (effect(json!({"kind": "delay", "seconds": 3601})), "effect.seconds", "up to 3600"),
        (effect(json!({"kind": "delay", "seconds": "1"})), "effect.seconds", "above 0"),
    ];
    for (order, field, expected) in cases {
        let error = Fault::from_json(&order).unwrap_err();
        assert_eq!(error.field(), field, "{order}");
        assert!(error.expected().contains(expected), "{order}: {error}");
        assert_eq!(error.to_string(), format!("{field}: {}", error.expected()));
    }
}

/// The codes are those of the documents: `tce:15634-15662` is the common table of TKE, the rest is of operations.
#[test]
fn a_code_is_one_of_the_operation_or_of_the_common_table() {
    let documented = [
        ("tke", "DescribeClusters", "InternalError"),
        ("tke", "DescribeClusters", "AuthFailure.TokenFailure"),
        ("tke", "DescribeClusters", "RequestLimitExceeded"),
        ("tke", "CreateCluster", "InternalError.QuotaMaxClsLimit"),
        ("tcr", "CreateInstance", "LimitExceeded"),
        ("ccs", "DescribeCluster", "4400"),
        ("ccs", "DescribeCluster", "AuthFailure"),
        ("cce", "ListClusters", "CCE.01404001"),
        ("cce", "IAMCreateToken", "401"),
        ("ack", "DescribeClustersV1", "Throttling"),
        ("sts", "AssumeRole", "EntityNotExist.Role"),
    ];
    for (product, operation, code) in documented {
        let order = json!({"product": product, "operation": operation, "effect": {"kind": "refuse", "code": code}});
        let fault = Fault::from_json(&order).unwrap();
        assert_eq!(fault.to_json()["effect"].get("undocumented"), None, "{order}");
    }
    let others = [
        ("tke", "DescribeRegions", "InternalError.QuotaMaxClsLimit"),
        ("tke", "DescribeClusters", "CCE.01404001"),
        ("ack", "DescribeClustersV1", "RequestLimitExceeded"),
        ("cce", "ListClusters", "Throttling"),
        ("cce", "ListClusters", "200"),
    ];
    for (product, operation, code) in others {
        let mut order = json!({"product": product, "operation": operation, "effect": {"kind": "refuse", "code": code}});
        assert_eq!(Fault::from_json(&order).unwrap_err().field(), "effect.code", "{order}");
        order["effect"]["undocumented"] = true.into();
        Fault::from_json(&order).unwrap();
    }
    let any = json!({"effect": {"kind": "refuse", "code": "Throttling.User"}});
    Fault::from_json(&any).unwrap();
    let of_none = json!({"effect": {"kind": "refuse", "code": "Strange"}});
    assert!(Fault::from_json(&of_none).unwrap_err().expected().contains("any product"));
}

#[test]
fn functions_of_a_program_are_only_named() {
    for fault in [Fault::total(3), Fault::answer_with(|_| Ok(Value::Null))] {
        assert!(!fault.is_data());
        assert_eq!(fault.to_json()["effect"], json!({"kind": fault.kind()}));
        assert_eq!(Fault::from_json(&fault.to_json()).unwrap_err().field(), "effect.kind");
    }
}
