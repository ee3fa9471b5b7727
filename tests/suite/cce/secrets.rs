//! Nothing that is printed shows a password, a token or a key.

use super::{By, Cloud, machine};
use crate::support::{cce_builder, login, server};
use wharf::cce::types::{CertContextName, Login};
use wharf::cce::{NodePassword, PasswordLogin, token_credentials};

const PLANTED: &str = "pl4nted-Pass";

fn assert_clean(what: &str, shown: &str) {
    assert!(!shown.contains(PLANTED), "{what} shows a secret: {shown}");
}

#[tokio::test]
async fn settings_and_requests() {
    let server = server().await;
    let password = NodePassword::from_plain(PLANTED).unwrap();
    let salted = password.expose().to_owned();
    assert_clean("the login", &format!("{:?}", PasswordLogin::new("user", PLANTED, "account")));
    assert_clean("the token", &format!("{:?}", token_credentials(PLANTED)));
    for builder in [
        cce_builder(&server).password_login(PasswordLogin::new("user", PLANTED, "account")),
        cce_builder(&server).token(PLANTED),
    ] {
        assert_clean("the builder", &format!("{builder:?}"));
        let cce = builder.build().unwrap();
        let spec = machine().set_login(Login::password(password.clone()));
        let request = cce.nodes().create_node("c").set_spec(spec);
        let shown = format!("{cce:?} {:?} {request:?} {:?}", cce.clusters(), cce.job("j"));
        assert_clean("the connection", &shown);
        assert!(!shown.contains(&salted) && !format!("{password:?}").contains(&salted), "{shown}");
        assert_clean("the error", &format!("{:?}", request.send().await.unwrap_err()));
    }
}

#[tokio::test]
async fn tokens_are_in_no_answer_and_no_journal_that_is_printed() {
    let server = server().await;
    let cce = cce_builder(&server).password_login(login(&server)).build().unwrap();
    let user = server.iam_user();
    let input = serde_json::json!({"auth": {
        "identity": {"methods": ["password"], "password": {"user": {
            "name": user.name, "password": user.password.expose(), "domain": {"name": user.domain},
        }}},
        "scope": {"project": {"id": server.project_id()}},
    }});
    let answer = cce.call("cce", "IAMCreateToken", input).await.unwrap();
    let token = answer["X-Subject-Token"].as_str().unwrap().to_owned();
    let bearer = cce_builder(&server).token(token.clone()).build().unwrap();
    bearer.clusters().list_clusters().send().await.unwrap();
    let shown = format!("{bearer:?} {:?}", server.journal().calls());
    assert!(!shown.contains(&token) && !shown.contains(user.password.expose()), "{shown}");
}

#[tokio::test]
async fn a_kubeconfig_is_written_and_never_printed() {
    let cloud = Cloud::new(By::Signature).await;
    let order =
        cloud.order("reached").spec(|spec| spec.extend_param(|extra| extra.cluster_external_ip("198.51.100.7")));
    let id = order.send().await.unwrap().metadata.uid.unwrap();
    cloud.clusters.wait_until_available(&id).await.unwrap();
    let mut certificate = cloud.clusters.get_cluster_cert(&id).send().await.unwrap();
    let key = certificate.users[0].user.client_key_data.clone();
    assert!(key.expose().len() > 100);
    let config = certificate.kubeconfig();
    let shown = format!("{certificate:?} {certificate:#?} {config} {config:?}");
    assert!(!shown.contains(key.expose()), "{shown}");

    let file = config.expose().to_owned();
    let line =
        |text: &str| assert!(file.lines().any(|line| line.trim_start_matches(['-', ' ']) == text), "{text}\n{file}");
    for text in [
        "kind: \"Config\"",
        "current-context: \"external\"",
        "name: \"internalCluster\"",
        "server: \"https://198.51.100.7:5443\"",
        &format!("client-key-data: \"{}\"", key.expose()),
    ] {
        line(text);
    }
    certificate.current_context = CertContextName::Internal;
    assert!(certificate.kubeconfig().expose().contains("current-context: \"internal\""));
    assert!(!format!("{:?}", cloud.server.journal().calls()).contains(key.expose()));
}
