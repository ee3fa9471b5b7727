#![allow(clippy::unwrap_used)]

use super::policy::Verdict;
use super::*;
use crate::catalog::catalog;
use serde_json::json;

/// Each vendor's own form is read.
#[test]
fn policies_of_each_vendor_are_read() {
    for (vendor, text) in [
        // tce:8317 and tce:8354
        (
            Vendor::Tencent,
            r#"{"version": "2.0", "statement": [{"action": "ccr:CreateRepository", "resource": "qcs::ccr:::repo/*", "effect": "allow"}]}"#,
        ),
        (
            Vendor::Tencent,
            r#"{"version": "2.0", "statement": [{"action": ["ccs:Describe*", "ccs:Check*"], "resource": ["qcs::ccs:gz::cluster/cls-1"], "effect": "deny"}]}"#,
        ),
        (Vendor::Tencent, r#"{"version": "2.0", "statement": [{"action": "*", "resource": "*", "effect": "allow"}]}"#),
        // cce:8499
        (Vendor::Huawei, r#"{"Version": "1.1", "Statement": [{"Effect": "Allow", "Action": ["cce:cluster:list"]}]}"#),
        (
            Vendor::Huawei,
            r#"{"Version": "1.1", "Statement": [{"Effect": "Deny", "Action": ["cce:*:*"], "Resource": ["cce:*:*:cluster:*"]}]}"#,
        ),
        (
            Vendor::Alibaba,
            r#"{"Version": "1", "Statement": [{"Action": ["cs:*"], "Effect": "Allow", "Resource": "*"}]}"#,
        ),
        (
            Vendor::Alibaba,
            r#"{"Version": "1", "Statement": [{"Action": "cs:Describe*", "Effect": "Allow", "Resource": ["acs:cs:*:*:cluster/c1"]}]}"#,
        ),
    ] {
        assert_eq!(Policy::parse(vendor, text).unwrap().vendor(), vendor, "{text}");
    }
}

/// What is wrong is named with its place.
#[test]
fn policies_that_cannot_be_used_are_refused_with_their_place() {
    let cam = |statement: &str| format!(r#"{{"version": "2.0", "statement": [{statement}]}}"#);
    let resource = |text: &str| cam(&format!(r#"{{"effect": "allow", "action": "ccs:*", "resource": {text}}}"#));
    let action = |text: &str| cam(&format!(r#"{{"effect": "allow", "action": {text}, "resource": "*"}}"#));
    let effect = |text: &str| cam(&format!(r#"{{"effect": {text}, "action": "ccs:*", "resource": "*"}}"#));
    let second = format!(r#"{{"effect": "allow", "action": "a:b", "resource": "*"}}, {}"#, r#"{"effect": "allow"}"#);
    for (text, due) in [
        ("{".to_owned(), "policy: not JSON: EOF while parsing an object at line 1 column 1"),
        // The document's own example has a comment (tce:8546), which JSON does not allow.
        ("{ // x\n}".to_owned(), "policy: not JSON: key must be a string at line 1 column 3"),
        ("[]".to_owned(), "policy: a list is not an object"),
        ("{}".to_owned(), "version: is missing"),
        (r#"{"version": "1", "statement": []}"#.to_owned(), "version: \"1\" is not 2.0"),
        (r#"{"version": 2.0, "statement": []}"#.to_owned(), "version: a number is not a text"),
        (r#"{"version": "2.0"}"#.to_owned(), "statement: is missing"),
        (r#"{"version": "2.0", "statement": []}"#.to_owned(), "statement: is empty"),
        (r#"{"version": "2.0", "statement": {}}"#.to_owned(), "statement: an object is not a list"),
        (
            r#"{"version": "2.0", "statement": [], "id": "x"}"#.to_owned(),
            "id: is unknown here: version, statement are known",
        ),
        // Another vendor's form.
        (r#"{"Version": "1"}"#.to_owned(), "Version: is unknown here: version, statement are known"),
        (cam("1"), "statement[0]: a number is not an object"),
        (cam(&second), "statement[1].action: is missing"),
        (cam(r#"{"action": "ccs:*", "resource": "*"}"#), "statement[0].effect: is missing"),
        (effect("\"allowed\""), "statement[0].effect: \"allowed\" is neither allow nor deny"),
        (effect("\"Allow\""), "statement[0].effect: \"Allow\" is neither allow nor deny"),
        (effect("true"), "statement[0].effect: a boolean is not a text"),
        (action("[]"), "statement[0].action: is empty"),
        (action("7"), "statement[0].action: a number is neither a text nor a list of them"),
        (action("[\"ccs:*\", null]"), "statement[0].action[1]: null is not a text"),
        (
            action("\"DescribeClusters\""),
            "statement[0].action: \"DescribeClusters\" is not an action: service:Action, with * for any part of it",
        ),
        // A misprint of the document (tce:8355).
        (
            action("[\"ccr>DeleteRepository\"]"),
            "statement[0].action[0]: \"ccr>DeleteRepository\" is not an action: service:Action, with * for any part of it",
        ),
        (cam(r#"{"effect": "allow", "action": "ccs:*"}"#), "statement[0].resource: is missing"),
        (resource("[]"), "statement[0].resource: is empty"),
        (resource("{}"), "statement[0].resource: an object is neither a text nor a list of them"),
        // A misprint of the document (tce:8383).
        (
            resource("\"qcs::ccr::repo/foo/*\""),
            "statement[0].resource: \"qcs::ccr::repo/foo/*\" has 5 segments, qcs::service:region:account:path has 6",
        ),
        (
            resource("[\"*\", \"cluster/cls-1\"]"),
            "statement[0].resource[1]: \"cluster/cls-1\" has 1 segments, qcs::service:region:account:path has 6",
        ),
        (
            resource("\"acs::ccs:gz::cluster/*\""),
            "statement[0].resource: \"acs::ccs:gz::cluster/*\" does not begin with qcs: qcs::service:region:account:path",
        ),
        (
            resource("\"qcs:id/0:ccs:gz::cluster/*\""),
            "statement[0].resource: \"qcs:id/0:ccs:gz::cluster/*\" names a project, which this server does not evaluate",
        ),
        (
            resource("\"qcs::ccs:gz::\""),
            "statement[0].resource: \"qcs::ccs:gz::\" has an empty service or path: qcs::service:region:account:path",
        ),
        (
            cam(r#"{"effect": "allow", "action": "ccs:*", "resource": "*", "principal": {}}"#),
            "statement[0].principal: is unknown here: effect, action, resource are known",
        ),
        (
            cam(r#"{"effect": "allow", "action": "ccs:*", "resource": "*", "condition": {}}"#),
            "statement[0].condition: this server does not evaluate conditions; take it out",
        ),
    ] {
        let error = Policy::parse(Vendor::Tencent, &text).unwrap_err();
        assert_eq!(error.to_string(), due, "{text}");
        assert_eq!(due, format!("{}: {}", error.place(), error.problem()));
    }
    for (vendor, text, due) in [
        (Vendor::Huawei, r#"{"Version": "1.0", "Statement": []}"#, "Version: \"1.0\" is not 1.1"),
        (
            Vendor::Huawei,
            r#"{"Version": "1.1", "Statement": [{"Effect": "allow", "Action": "cce:*:*"}]}"#,
            "Statement[0].Effect: \"allow\" is neither Allow nor Deny",
        ),
        (
            Vendor::Huawei,
            r#"{"Version": "1.1", "Statement": [{"Effect": "Allow", "Action": ["cce:list"]}]}"#,
            "Statement[0].Action[0]: \"cce:list\" is not an action: service:type:operation, with * for any part of it",
        ),
        (
            Vendor::Huawei,
            r#"{"Version": "1.1", "Statement": [{"Effect": "Allow", "Action": ["cce:*:*"], "Resource": ["cce:cluster:1"]}]}"#,
            "Statement[0].Resource[0]: \"cce:cluster:1\" has 3 segments, service:region:account:type:path has 5",
        ),
        (
            Vendor::Alibaba,
            r#"{"Version": "1", "Statement": [{"Effect": "Allow", "Action": "cs:*"}]}"#,
            "Statement[0].Resource: is missing",
        ),
        (
            Vendor::Alibaba,
            r#"{"Version": "1", "Statement": [{"Effect": "Allow", "Action": "cs:*", "Resource": "acs:cs:*:cluster/1"}]}"#,
            "Statement[0].Resource: \"acs:cs:*:cluster/1\" has 4 segments, acs:service:region:account:path has 5",
        ),
        (
            Vendor::Alibaba,
            r#"{"Version": "1", "Statement": [{"Effect": "Allow", "NotAction": "cs:*", "Resource": "*"}]}"#,
            "Statement[0].NotAction: is unknown here: Effect, Action, Resource are known",
        ),
        (
            Vendor::Alibaba,
            r#"{"Version": "1", "Statement": [{"Effect": "Allow", "Action": "cs:*", "Resource": "*", "Condition": {}}]}"#,
            "Statement[0].Condition: this server does not evaluate conditions; take it out",
        ),
    ] {
        assert_eq!(Policy::parse(vendor, text).unwrap_err().to_string(), due, "{text}");
    }
}

#[test]
fn names_of_resources_have_wildcards_short_regions_and_accounts() {
    let judge = |pattern: &str, region: &str, path: &str| {
        let text = json!({"version": "2.0", "statement": [
            {"effect": "allow", "action": "ccs:Describe*Info", "resource": pattern},
        ]});
        let policy = Policy::parse(Vendor::Tencent, &text.to_string()).unwrap();
        let resource = Resource {
            services: &["ccs", "tke"],
            region: region.to_owned(),
            account: "100000000001".to_owned(),
            path: path.to_owned(),
        };
        assert_eq!(policy.judge(&["ccs:DescribeInfos".to_owned()], &resource), Verdict::Silent);
        policy.judge(&["x:y".to_owned(), "ccs:DescribeClusterServiceInfo".to_owned()], &resource) == Verdict::Allowed
    };
    let gz = "ap-guangzhou";
    for (pattern, region, path, allowed) in [
        ("*", gz, "*", true),
        ("qcs::ccs:::cluster/*", gz, "*", false),
        ("qcs::ccs:::*", gz, "*", true),
        ("qcs::ccs:gz::cluster/cls-1", gz, "cluster/cls-1", true),
        ("qcs::tke:gz::cluster/cls-1", gz, "cluster/cls-1", true),
        ("qcs::cvm:gz::cluster/cls-1", gz, "cluster/cls-1", false),
        ("qcs::ccs:ap-guangzhou::cluster/cls-1", gz, "cluster/cls-1", true),
        ("qcs::ccs:sh::cluster/cls-1", gz, "cluster/cls-1", false),
        ("qcs::ccs:ap-*::cluster/cls-*1", gz, "cluster/cls-a11", true),
        ("qcs::ccs:::cluster/cls-*1", gz, "cluster/cls-a12", false),
        ("qcs::ccs::uin/100000000001:cluster/*", gz, "cluster/cls-1", true),
        ("qcs::ccs::uin/100000000002:cluster/*", gz, "cluster/cls-1", false),
        ("qcs::ccs::100000000001:*/*-*", gz, "cluster/cls-1", true),
        ("qcs::ccs:::cluster/cls", gz, "cluster/cls-1", false),
        ("qcs::ccs:::repo/a/b:latest", gz, "repo/a/b:latest", true),
    ] {
        assert_eq!(judge(pattern, region, path), allowed, "{pattern} {path}");
    }
}

/// Every operation that is checked has an action of its vendor's form, and the spec knows the code.
#[test]
fn every_operation_is_refused_with_a_code_that_its_product_knows() {
    let stranger = Permissions { id: "stranger".to_owned(), name: "stranger".to_owned(), policies: Vec::new() };
    let parameters = Map::new();
    let (mut refused, mut open) = (0, Vec::new());
    for product in catalog().defaults() {
        for operation in product.spec().operations.iter().filter(|operation| !operation.is_imported()) {
            let call = Call {
                account: "1",
                region: "ap-guangzhou",
                product: product.name(),
                operation: &operation.name,
                spec: &operation.spec,
                parameters: &parameters,
            };
            let code = match product.name() {
                "cce" => iam::check(&stranger, call).err().map(|refusal| refusal.code),
                "ack" | "sts" => ram::check(&stranger, call).err().map(|refusal| refusal.code),
                _ => cam::check(&stranger, call).err().map(|refusal| refusal.code),
            };
            let Some(code) = code else {
                open.push(operation.name.as_str());
                continue;
            };
            refused += 1;
            let spelled = operation.spec.spellings.values().any(|spelling| *spelling == code);
            let known = spelled || product.spec().error(&code).is_some() || code == "Forbidden";
            assert!(known, "{} {}: {code}", product.name(), operation.name);
        }
    }
    // The rest of TCR and TKE checks signatures alone (tce:12861), and CCE's identity service is for everybody.
    assert_eq!((refused, open.len()), (55 + 12 + 47 + 35 + 39 + 1, 5 + 25 + 3), "{open:?}");
    let cce = catalog().product("cce").unwrap().spec();
    let formed = |operation: &&wharf_spec::Operation| !operation.name.starts_with("IAM");
    for operation in cce.operations.iter().filter(formed) {
        let call = Call {
            account: "1",
            region: "r",
            product: "cce",
            operation: &operation.name,
            spec: &operation.spec,
            parameters: &parameters,
        };
        let message = iam::check(&stranger, call).unwrap_err().message;
        let (_, action) = message.split_once("the action `cce:").unwrap();
        assert_eq!(action.split('`').next().unwrap().split(':').count(), 2, "{message}");
    }
}

#[test]
fn a_cluster_is_named_in_every_spelling_of_its_identifier() {
    let policy = json!({"version": "2.0", "statement": [
        {"effect": "allow", "action": "tke:*", "resource": "qcs::tke:::cluster/cls-1"},
    ]});
    let policies = vec![Policy::parse(Vendor::Tencent, &policy.to_string()).unwrap()];
    let owner = Permissions { id: "1".to_owned(), name: "owner".to_owned(), policies };
    let tke = catalog().product("tke").unwrap();
    let allowed = |operation: &str, name: &str, id: &str| {
        let parameters = json!({name: id});
        let call = Call {
            account: "1",
            region: "ap-guangzhou",
            product: "tke",
            operation,
            spec: tke.operation(operation).unwrap().spec,
            parameters: parameters.as_object().unwrap(),
        };
        cam::check(&owner, call).is_ok()
    };
    for (operation, name) in [("UpdateClusterVersion", "ClusterId"), ("CancelUpgradePlan", "ClusterID")] {
        assert!(allowed(operation, name, "cls-1"), "{operation}");
        assert!(!allowed(operation, name, "cls-2"), "{operation}");
    }
}

#[test]
fn permissions_are_granted_on_clusters_that_a_policy_names() {
    let spec = catalog().product("tke").unwrap().spec();
    let operation = spec.operation("GrantUserPermissions").unwrap();
    let text = json!({"version": "2.0", "statement": [
        {"effect": "allow", "action": "tke:GrantUserPermissions", "resource": "qcs::tke:gz::cluster/cls-1"},
    ]});
    let policies = vec![Policy::parse(Vendor::Tencent, &text.to_string()).unwrap()];
    let caller = Permissions { id: "1".to_owned(), name: "admin".to_owned(), policies };
    let granted = |clusters: &[&str]| {
        let items: Vec<Value> = clusters.iter().map(|id| json!({ "ClusterId": id })).collect();
        let parameters = json!({ "Permissions": items }).as_object().unwrap().clone();
        let call = Call {
            account: "100000000001",
            region: "ap-guangzhou",
            product: "tke",
            operation: "GrantUserPermissions",
            spec: &operation.spec,
            parameters: &parameters,
        };
        cam::check(&caller, call).map_err(|refusal| refusal.code.into_owned())
    };
    assert_eq!(granted(&["cls-1"]), Ok(()));
    assert_eq!(granted(&["cls-1", "cls-2"]), Err("UnauthorizedOperation.CamNoAuth".to_owned()));
}
