//! What the journal keeps of Alibaba's calls.

use super::{Auth, Call, cluster, list_clusters, running, server};
use http::Method;
use serde_json::json;

#[tokio::test]
async fn the_journal_tells_what_came_and_keeps_no_secret() {
    let server = server().await;
    let id = running(&server).await;
    let mut body = cluster("demo");
    body["login_password"] = json!("planted-Password1");
    body["user_data"] = json!("planted-data");
    body["unknown"] = json!("planted-unknown");
    let answer = Call::new(Method::POST, "/clusters", body).by(Auth::Acs3).send(&server).await;
    assert_eq!(answer.status, 200, "{}", answer.whole());
    let entry = server.journal().last().unwrap();
    assert_eq!(
        (entry.product, entry.operation.as_str(), entry.method.as_str()),
        (Some("ack"), "CreateCluster", "POST")
    );
    assert_eq!((entry.region.as_str(), entry.status, entry.acted), ("cn-beijing", Some(200), true));
    assert_eq!(entry.parameters["name"], "demo");
    let text = format!("{entry:?}");
    assert!(text.contains("[hidden]") && !text.contains("planted"), "{text}");
    let authorization = entry.headers.iter().find(|(name, _)| name == "authorization").unwrap();
    assert!(authorization.1.contains("SignedHeaders=") && !authorization.1.contains("Signature="));
    assert!(!text.contains(server.credentials().secret().expose()));
    let gone = Call::get("/clusters/nothing").send(&server).await;
    assert_eq!(gone.status, 404);
    assert_eq!(server.journal().last().unwrap().code.as_deref(), Some("ErrorClusterNotFound"));
    assert!(server.journal().of("DescribeClusterDetail")[0].parameters["ClusterId"] == "nothing" && !id.is_empty());
}

#[tokio::test]
async fn tokens_are_not_written_down() {
    let server = server().await;
    let arn = server.role_arn();
    let assume = Call::action("AssumeRole", &[("RoleArn", &arn), ("RoleSessionName", "alice")]);
    let given = assume.send(&server).await.whole()["Credentials"].clone();
    let text = |name: &str| given[name].as_str().unwrap().to_owned();
    let key = wharf_core::credentials::Credentials::new(text("AccessKeyId"), text("AccessKeySecret"));
    let key = key.with_token(text("SecurityToken"));
    list_clusters().of(&key).send(&server).await;
    list_clusters().by(Auth::Acs3).of(&key).query("a", "b").send(&server).await;
    let wrong = wharf_core::credentials::Credentials::new(key.id(), "x").with_token(text("SecurityToken"));
    for auth in [Auth::Roa, Auth::Acs3] {
        list_clusters().by(auth).of(&wrong).send(&server).await;
    }
    Call::action("AssumeRole", &[("RoleArn", &arn), ("RoleSessionName", "alice")]).of(&wrong).send(&server).await;
    let shown = format!("{:?}", server.journal().calls());
    assert!(!shown.contains(&text("SecurityToken")) && !shown.contains(&text("AccessKeySecret")));
}
