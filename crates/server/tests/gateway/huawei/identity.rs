//! Tokens: issue, scope, end; projects.

use super::{Auth, Call, create_token, list_clusters, login, path, server, token};
use serde_json::{Value, json};
use wharf_core::credentials::Credentials;
use wharf_server::{Server, SignatureMethod};

#[tokio::test]
async fn a_password_buys_a_token_for_a_day() {
    let server = server().await;
    let answer = create_token(login(&server, json!({"project": {"name": "cn-north-4"}}))).send(&server).await;
    assert_eq!(answer.status, 201);
    let body = answer.whole();
    let moment = |name: &str| body["token"][name].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    assert_eq!((moment("expires_at") - moment("issued_at")).num_seconds(), 24 * 60 * 60);
    assert_eq!(body["token"]["project"]["id"], json!(server.project_id()));
    let token = answer.headers["x-subject-token"].to_str().unwrap();
    assert_eq!(list_clusters(&server).token(token).send(&server).await.status, 200);
    let entry = server.journal().last().unwrap();
    assert_eq!((entry.signature_method, entry.region.as_str()), (SignatureMethod::Token, "cn-north-4"));
    assert!(entry.account.is_some());
}

#[tokio::test]
async fn wrong_passwords_users_accounts_and_scopes_are_refused() {
    let server = server().await;
    let project = json!({"project": {"name": "cn-north-4"}});
    for way in ["name", "password", "domain/name"] {
        let mut body = login(&server, project.clone());
        *body.pointer_mut(&format!("/auth/identity/password/user/{way}")).unwrap() = json!("wrong");
        let answer = create_token(body).send(&server).await;
        assert_eq!((answer.status, &answer.whole()["error"]["code"]), (401, &json!(401)), "{way}");
        assert!(!answer.headers.contains_key("x-subject-token"));
    }
    for scope in [json!({"project": {"name": "moon-east"}}), json!({"domain": {"name": "other"}})] {
        assert_eq!(create_token(login(&server, scope)).send(&server).await.status, 401);
    }
    let mut body = login(&server, project);
    body["auth"]["identity"]["methods"] = json!(["token"]);
    let answer = create_token(body).send(&server).await;
    assert_eq!((answer.status, &answer.whole()["error"]["title"]), (400, &json!("Bad Request")));
}

#[tokio::test]
async fn a_token_opens_only_the_project_of_its_scope() {
    let server = Server::builder().region("cn-north-4").without_socket().start().await.unwrap();
    let elsewhere = create_token(login(&server, json!({"project": {"name": "ap-beijing"}}))).send(&server).await;
    let elsewhere = elsewhere.headers["x-subject-token"].to_str().unwrap();
    let refused = list_clusters(&server).token(elsewhere).send(&server).await;
    assert_eq!(refused.refusal(), (403, "CCE.01403001".to_owned()));
    // A token for the account opens all of its projects.
    let domain = json!({"domain": {"name": server.iam_user().domain}});
    let whole = create_token(login(&server, domain)).send(&server).await;
    assert!(whole.whole()["token"].get("project").is_none());
    let whole = whole.headers["x-subject-token"].to_str().unwrap();
    assert_eq!(list_clusters(&server).token(whole).send(&server).await.status, 200);
    let id = json!({"project": {"id": server.project_id()}});
    assert_eq!(create_token(login(&server, id)).send(&server).await.status, 201);
}

#[tokio::test]
async fn a_project_of_others_is_closed_to_keys_too() {
    let key = Credentials::new("AKother", "secret-2");
    let server = Server::builder()
        .region("cn-north-4")
        .credentials(Credentials::new("AK", "secret-1"))
        .account("200", key.clone())
        .without_socket()
        .start()
        .await
        .unwrap();
    let foreign = list_clusters(&server).with(|call| call.credentials = Some(key.clone()));
    assert_eq!(foreign.send(&server).await.refusal(), (403, "CCE.01403001".to_owned()));
    let unknown = Call::get("/api/v3/projects/nothing/clusters");
    assert_eq!(unknown.send(&server).await.refusal(), (403, "CCE.01403001".to_owned()));
    let header = Call::get("/api/v3/addontemplates").header("x-project-id", "nothing");
    assert_eq!(header.send(&server).await.refusal(), (403, "CCE.01403001".to_owned()));
    let own = Call::get("/v3/projects").with(|call| call.credentials = Some(key));
    let projects = own.send(&server).await.whole();
    assert!(projects["projects"].as_array().unwrap().iter().all(|project| project["id"] != json!(server.project_id())));
}

#[tokio::test]
async fn tokens_end() {
    let server = server().await;
    let first = token(&server).await;
    server.expire_tokens();
    let refused = list_clusters(&server).token(&first).send(&server).await;
    assert_eq!(refused.refusal(), (401, "APIGW.0301".to_owned()));
    assert!(refused.why().contains("expired"), "{}", refused.why());
    let second = token(&server).await;
    assert_eq!(list_clusters(&server).token(&second).send(&server).await.status, 200);
    server.faults().skew_clock(24 * 60 * 60 - 5);
    assert_eq!(list_clusters(&server).token(&second).send(&server).await.status, 200);
    server.faults().skew_clock(24 * 60 * 60 + 5);
    assert_eq!(list_clusters(&server).token(&second).send(&server).await.refusal().0, 401);
    let unknown = list_clusters(&server).token("MIIinvented").send(&server).await;
    assert_eq!(unknown.refusal(), (401, "APIGW.0301".to_owned()));
}

#[tokio::test]
async fn nobody_is_refused() {
    let server = server().await;
    let nobody = list_clusters(&server).with(|call| call.auth = Auth::Nothing).send(&server).await;
    assert_eq!(nobody.refusal(), (401, "APIGW.0301".to_owned()));
    assert_eq!(server.journal().last().unwrap().signature_method, SignatureMethod::None);
}

#[tokio::test]
async fn projects_are_listed_with_either_authentication() {
    let server = server().await;
    let token = token(&server).await;
    for call in [Call::get("/v3/projects"), Call::get("/v3/auth/projects").token(&token)] {
        let answer = call.send(&server).await;
        let projects = answer.whole()["projects"].as_array().unwrap().clone();
        assert_eq!((answer.status, projects.len()), (200, server.regions().len()));
        let own = projects.iter().find(|project| project["name"] == "cn-north-4").unwrap();
        assert_eq!((&own["id"], &own["enabled"]), (&json!(server.project_id()), &json!(true)));
    }
    let named = Call::get("/v3/projects").query("name", "cn-north-4").send(&server).await;
    assert_eq!(named.whole()["projects"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn users_can_be_set_up() {
    let server = Server::builder()
        .region("cn-north-4")
        .credentials(Credentials::new("AK", "secret-1"))
        .iam_user("ann", "planted-1", "100000000001")
        .without_socket()
        .start()
        .await
        .unwrap();
    assert_eq!(server.iam_user().name, "ann");
    let token = token(&server).await;
    assert_eq!(Call::get(path(&server, "/clusters")).token(&token).send(&server).await.whole()["items"], json!([]));
    let shown = format!("{server:?} {:?} {:?}", server.journal().calls(), server.iam_user());
    assert!(!shown.contains("planted-1") && !shown.contains(&token), "{shown}");
    assert_eq!(
        server.journal().of("IAMCreateToken")[0].parameters["auth"]["identity"]["password"]["user"]["password"],
        "[hidden]"
    );
    assert_ne!(Value::Null, server.journal().of("IAMCreateToken")[0].parameters["auth"]);
}
