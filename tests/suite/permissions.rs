//! What sub-accounts may do: each row is a sub-account with policies, a call, and how it ends.

use crate::support::{ack_builder, builder, cce_builder, ccs_builder, sts_builder, tcr_builder, tke_builder};
use crate::witness::python;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use wharf::any::Connection;
use wharf::cce::PasswordLogin;
use wharf::{Credentials, ErrorKind};
use wharf_server::{Fault, Server, StartError, SubAccount, Vendor};

/// The identifier of a cluster, as CCE and ACK have them.
const CLUSTER: &str = "7d9e2b3c-0000-11ed-8000-0255ac100b01";
const OTHER: &str = "7d9e2b3c-0000-11ed-8000-0255ac100b02";

fn key() -> Credentials {
    Credentials::new("AKIDsubaccount", "secret-of-the-sub-account")
}

fn vendor(product: &str) -> Vendor {
    match product {
        "cce" => Vendor::Huawei,
        "ack" | "sts" => Vendor::Alibaba,
        _ => Vendor::Tencent,
    }
}

/// A server with a sub-account of that name whose policies these are, each statement one of `allow` and `deny`.
async fn with_policies(product: &str, policies: &[String]) -> Server {
    let mut sub = SubAccount::new("sub", key()).password("pass-of-sub-1");
    for policy in policies {
        sub = sub.policy(vendor(product), policy.clone());
    }
    builder().without_socket().sub_account(sub).start().await.unwrap()
}

/// A connection to the product with the key of the sub-account.
fn connect(server: &Server, product: &str) -> Connection {
    let connection: wharf_core::Connection = match product {
        "ack" => ack_builder(server).credentials(key()).build().unwrap().into(),
        "cce" => cce_builder(server).credentials(key()).build().unwrap().into(),
        "ccs" => ccs_builder(server).credentials(key()).build().unwrap().into(),
        "sts" => sts_builder(server).credentials(key()).build().unwrap().into(),
        "tcr" => tcr_builder(server).credentials(key()).build().unwrap().into(),
        _ => tke_builder(server).credentials(key()).build().unwrap().into(),
    };
    Connection::of(connection).unwrap()
}

/// A policy of CAM with one statement.
fn cam(effect: &str, action: &str, resource: &str) -> String {
    json!({"version": "2.0", "statement": [{"effect": effect, "action": [action], "resource": [resource]}]}).to_string()
}

/// A policy of IAM with one statement; `resource` may be empty.
fn iam(effect: &str, action: &str, resource: &str) -> String {
    let mut statement = json!({"Effect": effect, "Action": [action]});
    if !resource.is_empty() {
        statement["Resource"] = json!([resource]);
    }
    json!({"Version": "1.1", "Statement": [statement]}).to_string()
}

/// A policy of RAM with one statement.
fn ram(effect: &str, action: &str, resource: &str) -> String {
    json!({"Version": "1", "Statement": [{"Effect": effect, "Action": action, "Resource": resource}]}).to_string()
}

/// How a call ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Allowed,
    /// With that code.
    Refused(&'static str),
}
use End::{Allowed, Refused};

/// Runs a row: allowed calls get an answer that the test gives, so that the permission alone decides.
async fn run(product: &str, what: &str, policies: &[String], (operation, input): (&str, Value), due: End) {
    let server = with_policies(product, policies).await;
    server.faults().add(Fault::answer_with(|_| Ok(json!({}))));
    let answer = connect(&server, product).call(operation, input).await;
    match (answer, due) {
        (Ok(_), Allowed) => {}
        (Err(error), Refused(code)) => {
            assert_eq!(error.code(), Some(code), "{product}: {what}: {error}");
            assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{product}: {what}: {error}");
            let status = if matches!(product, "ack" | "cce" | "sts") { 403 } else { 200 };
            let entry = server.journal().last().unwrap();
            assert_eq!((entry.status, entry.acted), (Some(status), false), "{product}: {what}");
            assert_eq!(server.journal().calls().len(), 1, "{product}: {what}: it was tried again");
        }
        (answer, due) => panic!("{product}: {what}: {answer:?} and not {due:?}"),
    }
}

#[tokio::test]
async fn tke() {
    let security = |cluster: &str| ("DescribeClusterSecurity", json!({"ClusterId": cluster}));
    let delete = |cluster: &str| ("DeleteCluster", json!({"ClusterId": cluster, "InstanceDeleteMode": "terminate"}));
    let ids = json!({"ClusterId": "cls-1", "InstanceIds": ["ins-1"], "InstanceDeleteMode": "terminate"});
    let remove = ("DeleteClusterInstances", ids);
    let one = "qcs::ccs:gz::cluster/cls-1";
    for (what, policies, call, due) in [
        // tce:8241, tce:12685
        ("no policy", vec![], security("cls-1"), Refused("UnauthorizedOperation")),
        // The document of this operation lists no code for it: the common one (tce:10230).
        ("no policy", vec![], delete("cls-1"), Refused("AuthFailure.UnauthorizedOperation")),
        // tce:13369, as it is printed
        (
            "no policy",
            vec![],
            ("ModifyClusterAttribute", json!({"ClusterId": "cls-1"})),
            Refused("InternalServerError.CamNoAuth"),
        ),
        // tce:12861: a signature is enough.
        ("an operation without permission", vec![], ("DescribeClusters", json!({})), Allowed),
        ("allowed", vec![cam("allow", "tke:DescribeClusterSecurity", "*")], security("cls-1"), Allowed),
        // tce:8439
        ("by the former name", vec![cam("allow", "ccs:DescribeClusterSecurity", "*")], security("cls-1"), Allowed),
        // tce:8543
        ("everything on one cluster", vec![cam("allow", "ccs:*", one)], security("cls-1"), Allowed),
        ("another cluster", vec![cam("allow", "ccs:*", one)], security("cls-2"), Refused("UnauthorizedOperation")),
        (
            "another region",
            vec![cam("allow", "ccs:*", "qcs::ccs:sh::cluster/cls-1")],
            security("cls-1"),
            Refused("UnauthorizedOperation"),
        ),
        (
            "another account",
            vec![cam("allow", "ccs:*", "qcs::ccs::uin/1:cluster/cls-1")],
            security("cls-1"),
            Refused("UnauthorizedOperation"),
        ),
        ("any cluster", vec![cam("allow", "ccs:*", "qcs::ccs:::cluster/*")], security("cls-2"), Allowed),
        // tce:8615
        ("reading", vec![cam("allow", "ccs:Describe*", one)], security("cls-1"), Allowed),
        (
            "writing by one who reads",
            vec![cam("allow", "ccs:Describe*", one)],
            delete("cls-1"),
            Refused("AuthFailure.UnauthorizedOperation"),
        ),
        (
            "denied",
            vec![cam("allow", "*", "*"), cam("deny", "tke:DescribeClusterSecurity", one)],
            security("cls-1"),
            Refused("UnauthorizedOperation"),
        ),
        (
            "denied for another cluster",
            vec![cam("allow", "*", "*"), cam("deny", "tke:DescribeClusterSecurity", one)],
            security("cls-2"),
            Allowed,
        ),
        ("denied only", vec![cam("deny", "tke:Delete*", "*")], security("cls-1"), Refused("UnauthorizedOperation")),
        (
            "the action of another product",
            vec![cam("allow", "cvm:*", "*"), cam("allow", "tcr:*", "*")],
            security("cls-1"),
            Refused("UnauthorizedOperation"),
        ),
        (
            "two policies",
            vec![cam("allow", "tke:DescribeQuota", "*"), cam("allow", "tke:DescribeClusterSecurity", one)],
            security("cls-1"),
            Allowed,
        ),
        // tce:8447
        (
            "an operation for all resources",
            vec![cam("allow", "tke:*", "qcs::ccs:::cluster/*")],
            ("DescribeQuota", json!({})),
            Refused("UnauthorizedOperation"),
        ),
        ("an operation for all resources", vec![cam("allow", "tke:*", "*")], ("DescribeQuota", json!({})), Allowed),
        // tce:8482
        (
            "machines of others",
            vec![cam("allow", "ccs:*", one)],
            remove.clone(),
            Refused("AuthFailure.UnauthorizedOperation"),
        ),
        (
            "machines",
            vec![cam("allow", "ccs:*", one), cam("allow", "ccs:*", "qcs::cvm:gz::instance/*")],
            remove,
            Allowed,
        ),
    ] {
        run("tke", what, &policies, call, due).await;
    }
}

#[tokio::test]
async fn tcr() {
    let repository = |name: &str| ("DeleteRepositoryPersonal", json!({"RepoName": name}));
    let tag = |tag: &str| ("DeleteImagePersonal", json!({"RepoName": "foo/app", "Tag": tag}));
    let several = |second: &str| ("BatchDeleteRepositoryPersonal", json!({"RepoNames": ["foo/app", second]}));
    let foo = "qcs::ccr:::repo/foo/*";
    let denied = Refused("InternalServerError.ErrUnauthorized");
    for (what, policies, call, due) in [
        // tce:8358
        ("a repository", vec![cam("allow", "ccr:DeleteRepository", foo)], repository("foo/app"), Allowed),
        ("by its newer name", vec![cam("allow", "tcr:Delete*", foo)], repository("foo/app"), Allowed),
        ("another namespace", vec![cam("allow", "ccr:*", foo)], repository("bar/app"), denied),
        ("no policy", vec![], repository("foo/app"), denied),
        // tce:8421
        (
            "an example of the document",
            vec![cam("allow", "*", "*"), cam("deny", "ccr:DeleteRepository", "qcs::ccr:::repo/*")],
            repository("foo/app"),
            denied,
        ),
        ("all of several", vec![cam("allow", "ccr:BatchDeleteRepository", foo)], several("foo/b"), Allowed),
        ("one of several", vec![cam("allow", "ccr:BatchDeleteRepository", foo)], several("bar/b"), denied),
        // tce:8429
        ("a tag", vec![cam("allow", "ccr:DeleteTag", "qcs::ccr:::repo/foo/app:v*")], tag("v1"), Allowed),
        ("another tag", vec![cam("allow", "ccr:DeleteTag", "qcs::ccr:::repo/foo/app:v*")], tag("latest"), denied),
        // tce:8402
        (
            "a namespace",
            vec![cam("allow", "ccr:CreateCCRNamespace", "qcs::ccr:::repo/foo")],
            ("CreateNamespacePersonal", json!({"Namespace": "foo"})),
            Allowed,
        ),
        (
            "another namespace",
            vec![cam("allow", "ccr:CreateCCRNamespace", "qcs::ccr:::repo/foo")],
            ("CreateNamespacePersonal", json!({"Namespace": "bar"})),
            // tce:19330
            Refused("AuthFailure.UnauthorizedOperation"),
        ),
        (
            "an instance",
            vec![cam("allow", "tcr:*", "qcs::tcr:::instance/tcr-1")],
            ("CreateInstanceToken", json!({"RegistryId": "tcr-1"})),
            Allowed,
        ),
        (
            "another instance",
            vec![cam("allow", "tcr:*", "qcs::tcr:::instance/tcr-1")],
            ("CreateInstanceToken", json!({"RegistryId": "tcr-2"})),
            Refused("UnauthorizedOperation"),
        ),
    ] {
        run("tcr", what, &policies, call, due).await;
    }
}

#[tokio::test]
async fn ccs() {
    let namespaces = |cluster: &str| ("DescribeClusterNameSpaces", json!({"clusterId": cluster}));
    let one = "qcs::ccs:gz::cluster/cls-1";
    // The codes: web:cloud.tencent.com/doc/api/309/7025.
    for (what, policies, call, due) in [
        ("no policy", vec![], namespaces("cls-1"), Refused("4101")),
        // tce:8469
        ("one cluster", vec![cam("allow", "ccs:Describe*", one)], namespaces("cls-1"), Allowed),
        ("another cluster", vec![cam("allow", "ccs:Describe*", one)], namespaces("cls-2"), Refused("4103")),
        ("another action", vec![cam("allow", "ccs:Create*", "*")], namespaces("cls-1"), Refused("4101")),
        ("denied", vec![cam("allow", "*", "*"), cam("deny", "ccs:*", one)], namespaces("cls-1"), Refused("4103")),
        // tce:8472
        (
            "all clusters",
            vec![cam("allow", "ccs:DescribeCluster", "qcs::ccs:::cluster/*")],
            ("DescribeCluster", json!({})),
            Allowed,
        ),
        ("one of all", vec![cam("allow", "ccs:*", one)], ("DescribeCluster", json!({})), Refused("4103")),
        (
            "the registry",
            vec![cam("allow", "ccr:CreateRepository", "qcs::ccr:::repo/foo/*")],
            ("CreateRepository", json!({"reponame": "foo/app", "public": 1})),
            Allowed,
        ),
        ("the registry", vec![cam("allow", "ccs:*", "*")], ("GetLimit", json!({})), Refused("4101")),
    ] {
        run("ccs", what, &policies, call, due).await;
    }
}

#[tokio::test]
async fn cce() {
    let get = |cluster: &str| ("GetCluster", json!({"cluster_id": cluster}));
    let list = || ("ListClusters", json!({}));
    let nodes = || ("ListNodes", json!({"cluster_id": CLUSTER}));
    let one = format!("cce:*:*:cluster:{CLUSTER}");
    // The code: web:support.huaweicloud.com/api-cce/ErrorCode.html, the status: cce:8163.
    let refused = Refused("CCE.01403001");
    for (what, policies, call, due) in [
        ("no policy", vec![], list(), refused),
        // cce:8499
        ("allowed", vec![iam("Allow", "cce:cluster:list", "")], list(), Allowed),
        // cce:8501
        ("another operation", vec![iam("Allow", "cce:cluster:list", "")], get(CLUSTER), refused),
        ("one cluster", vec![iam("Allow", "cce:cluster:get", &one)], get(CLUSTER), Allowed),
        ("another cluster", vec![iam("Allow", "cce:cluster:get", &one)], get(OTHER), refused),
        ("a list with one cluster", vec![iam("Allow", "cce:cluster:list", &one)], list(), refused),
        ("everything", vec![iam("Allow", "cce:*:*", "")], nodes(), Allowed),
        // cce:8505
        ("reading everything", vec![iam("Allow", "cce:*:list", "")], nodes(), Allowed),
        (
            "writing by one who reads",
            vec![iam("Allow", "cce:*:list", ""), iam("Allow", "cce:*:get", "")],
            ("DeleteCluster", json!({"cluster_id": CLUSTER})),
            refused,
        ),
        ("denied", vec![iam("Allow", "cce:*:*", ""), iam("Deny", "cce:node:list", "")], nodes(), refused),
        ("denied elsewhere", vec![iam("Allow", "cce:*:*", ""), iam("Deny", "cce:*:get", &one)], get(OTHER), Allowed),
        ("another product", vec![iam("Allow", "ecs:*:*", "")], list(), refused),
        ("two policies", vec![iam("Allow", "ecs:*:*", ""), iam("Allow", "cce:node:*", "")], nodes(), Allowed),
        ("an add-on", vec![iam("Allow", "cce:cluster:*", "")], ("ListAddonTemplates", json!({})), refused),
    ] {
        run("cce", what, &policies, call, due).await;
    }
}

#[tokio::test]
async fn ack() {
    let detail = |cluster: &str| ("DescribeClusterDetail", json!({"ClusterId": cluster}));
    let delete = || ("DeleteCluster", json!({"ClusterId": "c1"}));
    let list = || ("DescribeClustersV1", json!({}));
    let one = "acs:cs:*:*:cluster/c1";
    // The code: web:help.aliyun.com/en/polardb/client-error-codes.
    let refused = Refused("Forbidden.RAM");
    for (what, policies, call, due) in [
        ("no policy", vec![], detail("c1"), refused),
        ("allowed", vec![ram("Allow", "cs:DescribeClusterDetail", "*")], detail("c1"), Allowed),
        // web:alibabacloud.com/help/en/cs/user-guide/custom-ram-authorization-policy
        ("one cluster", vec![ram("Allow", "cs:Describe*", one)], detail("c1"), Allowed),
        ("another cluster", vec![ram("Allow", "cs:Describe*", one)], detail("c2"), refused),
        ("writing by one who reads", vec![ram("Allow", "cs:Describe*", "*")], delete(), refused),
        ("a list with one cluster", vec![ram("Allow", "cs:*", one)], list(), refused),
        ("a list", vec![ram("Allow", "cs:*", "acs:cs:*:*:*")], list(), Allowed),
        ("denied", vec![ram("Allow", "*", "*"), ram("Deny", "cs:Delete*", one)], delete(), refused),
        ("denied first", vec![ram("Deny", "cs:Delete*", one), ram("Allow", "*", "*")], delete(), refused),
        ("denied elsewhere", vec![ram("Allow", "*", "*"), ram("Deny", "cs:*", one)], detail("c2"), Allowed),
        ("another product", vec![ram("Allow", "ecs:*", "*")], detail("c1"), refused),
        ("two policies", vec![ram("Allow", "ecs:*", "*"), ram("Allow", "cs:*", one)], detail("c1"), Allowed),
        ("another region", vec![ram("Allow", "cs:*", "acs:cs:cn-shanghai:*:cluster/c1")], detail("c1"), refused),
    ] {
        run("ack", what, &policies, call, due).await;
    }
}

/// A policy of one vendor says nothing to the products of another.
#[tokio::test]
async fn policies_are_for_the_products_of_their_vendor() {
    let sub = SubAccount::new("sub", key()).policy(Vendor::Alibaba, ram("Allow", "*", "*"));
    let server = builder().without_socket().sub_account(sub).start().await.unwrap();
    let refused = connect(&server, "tke").call("DescribeQuota", json!({})).await.unwrap_err();
    assert_eq!(refused.code(), Some("UnauthorizedOperation"));
    connect(&server, "ack").call("DescribeClustersV1", json!({})).await.unwrap();
}

/// A sub-account works with what its account owns, and the key of the account may do everything.
#[tokio::test]
async fn a_sub_account_sees_what_its_account_owns() {
    let policies = [cam("allow", "tke:Describe*", "*")];
    let server = with_policies("tke", &policies).await;
    let order = |name: &str| {
        let settings = json!({"ClusterCIDR": "172.16.0.0/16"});
        let basic = json!({"VpcId": "vpc-default0", "ClusterName": name});
        json!({"ClusterType": "MANAGED_CLUSTER", "ClusterCIDRSettings": settings, "ClusterBasicSettings": basic})
    };
    let sub = connect(&server, "tke");
    let refused = sub.call("CreateCluster", order("of-sub")).await.unwrap_err();
    assert_eq!(refused.code(), Some("AuthFailure.UnauthorizedOperation"));
    let shown = refused.to_string();
    assert!(shown.contains("`sub`") && shown.contains("tke:CreateCluster"), "{shown}");
    assert!(shown.contains("qcs::cvm:ap-guangzhou:100000000001:instance/*"), "{shown}");
    assert!(!shown.contains("secret-of-the-sub-account"), "{shown}");
    let root = Connection::of(crate::support::tke(&server)).unwrap();
    let made = root.call("CreateCluster", order("of-root")).await.unwrap();
    let seen = sub.call("DescribeClusters", json!({})).await.unwrap();
    assert_eq!(seen["Clusters"][0]["ClusterId"], made["ClusterId"]);
    assert_eq!(server.credentials().id(), "AKIDWharfReferenceServer", "the first key is that of the account");
}

/// The token of a sub-account has its permissions.
#[tokio::test]
async fn tokens_of_a_sub_account_have_its_permissions() {
    let server = with_policies("cce", &[iam("Allow", "cce:cluster:list", "")]).await;
    let login = PasswordLogin::new("sub", "pass-of-sub-1", server.iam_user().domain);
    let cce = cce_builder(&server).password_login(login).build().unwrap();
    cce.clusters().list_clusters().send().await.unwrap();
    let refused = cce.clusters().show_quotas().send().await.unwrap_err();
    assert_eq!((refused.code(), refused.status()), (Some("CCE.01403001"), Some(403)));
}

/// A session has the permissions of the account, restricted by its policy.
#[tokio::test]
async fn sessions_are_restricted_by_their_policy() {
    let server = with_policies("sts", &[ram("Allow", "sts:AssumeRole", "acs:ram:*:*:role/wharf")]).await;
    let role = |policy: Option<String>| {
        let mut input = json!({"RoleArn": server.role_arn(), "RoleSessionName": "session"});
        if let Some(policy) = policy {
            input["Policy"] = json!(policy);
        }
        input
    };
    let session = async |input: Value| {
        let answer = connect(&server, "sts").call("AssumeRole", input).await.unwrap();
        let text = |name: &str| answer["Credentials"][name].as_str().unwrap().to_owned();
        let key = Credentials::new(text("AccessKeyId"), text("AccessKeySecret")).with_token(text("SecurityToken"));
        Connection::of(ack_builder(&server).credentials(key).build().unwrap()).unwrap()
    };
    let whole = session(role(None)).await;
    whole.call("DescribeClustersV1", json!({})).await.unwrap();
    whole.call("DescribeTemplates", json!({})).await.unwrap();
    let restricted = session(role(Some(ram("Allow", "cs:DescribeTemplates", "*")))).await;
    restricted.call("DescribeTemplates", json!({})).await.unwrap();
    let refused = restricted.call("DescribeClustersV1", json!({})).await.unwrap_err();
    assert_eq!(refused.code(), Some("Forbidden.RAM"));
    // ack:4905
    let other = json!({"RoleArn": server.role_arn() + "-long", "RoleSessionName": "session"});
    let refused = connect(&server, "sts").call("AssumeRole", other).await.unwrap_err();
    assert_eq!((refused.code(), refused.status()), (Some("NoPermission"), Some(403)));
    // ack:4903
    let conditional = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{}}]}"#;
    let refused = connect(&server, "sts").call("AssumeRole", role(Some(conditional.to_owned()))).await.unwrap_err();
    assert_eq!(refused.code(), Some("InvalidParameter.PolicyGrammar"));
}

/// A server does not start with a sub-account that cannot be, and says which and why.
#[tokio::test]
async fn wrong_sub_accounts_keep_a_server_from_starting() {
    let start = async |sub: SubAccount| builder().without_socket().sub_account(sub).start().await.unwrap_err();
    let sub = || SubAccount::new("reader", key());
    let good = cam("allow", "*", "*");
    let error = start(sub().policy(Vendor::Tencent, good).policy(Vendor::Tencent, cam("allowed", "*", "*"))).await;
    let due = "sub-account \"reader\", policy 1: statement[0].effect: \"allowed\" is neither allow nor deny";
    assert_eq!(error.to_string(), due);
    assert!(matches!(&error, StartError::Policy { error, .. } if error.place() == "statement[0].effect"));
    for (sub, due) in [
        (SubAccount::new("", key()), "sub-account \"\": the name is empty"),
        (sub().account("7"), "sub-account \"reader\": its account has no key"),
        (
            SubAccount::new("reader", Credentials::new("AKIDWharfReferenceServer", "x")),
            "sub-account \"reader\": another account or sub-account has the same key",
        ),
        (
            SubAccount::new("reader", Credentials::new("a", "")),
            "sub-account \"reader\": credentials have an empty id or secret",
        ),
        (
            SubAccount::new("wharf", key()).password("x"),
            "sub-account \"wharf\": there is a user of that name in the account",
        ),
    ] {
        assert_eq!(start(sub).await.to_string(), due);
    }
    let twice = builder().sub_account(sub()).sub_account(SubAccount::new("reader", Credentials::new("b", "c")));
    let due = "sub-account \"reader\": there is another one of that name in the account";
    assert_eq!(twice.start().await.unwrap_err().to_string(), due);
    let shown = format!("{:?}", sub().password("pl4nted"));
    assert!(!shown.contains("pl4nted") && !shown.contains("secret-of-the-sub-account"), "{shown}");
}

/// Each vendor's own client raises its own exception.
#[tokio::test(flavor = "multi_thread")]
async fn the_vendors_clients_raise_their_exceptions() {
    let sub = SubAccount::new("sub", key())
        .policy(Vendor::Tencent, cam("allow", "tke:DescribeQuota", "*"))
        .policy(Vendor::Huawei, iam("Allow", "cce:cluster:list", ""))
        .policy(Vendor::Alibaba, ram("Allow", "cs:DescribeTemplates", "*"));
    let server = builder().sub_account(sub).start().await.unwrap();
    let output = Command::new(python())
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("witness/permissions.py"))
        .env("WHARF_ENDPOINT", server.address().unwrap().to_string())
        .env("WHARF_ACCESS_KEY", key().id())
        .env("WHARF_SECRET_KEY", key().secret().expose())
        .env("WHARF_PROJECT_ID", server.project_id())
        .env("WHARF_REGION", server.region())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said.lines().collect::<Vec<_>>(), ["ok tencent", "ok huawei", "ok alibaba older", "ok alibaba newer"]);
    let codes: Vec<String> = server.journal().calls().into_iter().filter_map(|call| call.code).collect();
    assert_eq!(codes, ["UnauthorizedOperation", "CCE.01403001", "Forbidden.RAM", "Forbidden.RAM"]);
    server.stop().await;
}
