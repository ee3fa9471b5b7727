//! Tokens that end while they are used.

use super::{By, Cloud, refusal};
use crate::support::{cce_builder, login, server};
use futures_util::future::join_all;
use std::sync::atomic::{AtomicBool, Ordering};
use wharf::ErrorKind;
use wharf::cce::{PasswordLogin, Scope};
use wharf_server::Server;

/// How often somebody logged in, and how many calls were made.
fn logins(server: &Server) -> (usize, usize) {
    let logins = server.journal().of("IAMCreateToken").len();
    (logins, server.journal().len() - logins)
}

#[tokio::test]
async fn one_token_serves_all_calls() {
    let cloud = Cloud::new(By::Token).await;
    cloud.available("first").await;
    join_all((0..8).map(|_| cloud.clusters.list_clusters().send())).await.into_iter().for_each(|all| {
        assert_eq!(all.unwrap().items.len(), 1);
    });
    assert_eq!(logins(&cloud.server).0, 1);
}

#[tokio::test]
async fn a_token_that_ends_in_mid_run_is_renewed_once_and_no_call_fails() {
    let cloud = Cloud::new(By::Token).await;
    let created = cloud.order("first").send().await.unwrap();
    cloud.server.expire_tokens();
    assert_eq!(cloud.clusters.list_clusters().send().await.unwrap().items.len(), 1);
    // The login, the order, the refused list, the login, the list.
    assert_eq!(logins(&cloud.server), (2, 3));

    // In the middle of a wait.
    let (server, ended) = (cloud.server.clone(), AtomicBool::new(false));
    let waiter = cloud.cce.job(created.job_id().unwrap()).wait().on_progress(move |_| {
        if !ended.swap(true, Ordering::SeqCst) {
            server.expire_tokens();
        }
    });
    waiter.await.unwrap();
    assert_eq!(logins(&cloud.server).0, 3);
    let refused = cloud.server.journal().calls().iter().filter(|call| call.status == Some(401)).count();
    assert_eq!(refused, 2, "each end is noticed once");
}

#[tokio::test]
async fn many_calls_at_once_share_the_new_login() {
    let cloud = Cloud::new(By::Token).await;
    cloud.clusters.list_clusters().send().await.unwrap();
    cloud.server.expire_tokens();
    for answer in join_all((0..8).map(|_| cloud.clusters.show_quotas().send())).await {
        answer.unwrap();
    }
    assert_eq!(logins(&cloud.server).0, 2);
}

#[tokio::test]
async fn a_token_of_ones_own_is_not_renewed() {
    let server = server().await;
    let call = async |token: &str| {
        let cce = cce_builder(&server).token(token).build().unwrap();
        refusal(cce.clusters().list_clusters().send().await)
    };
    assert_eq!(call("of-another-world").await, (ErrorKind::Credentials, Some(401), "APIGW.0301".to_owned()));
    assert_eq!(server.journal().of("ListClusters").len(), 1, "its source has no other");
    assert_eq!(logins(&server).0, 0);
}

#[tokio::test]
async fn a_wrong_password_is_told_as_such() {
    let server = server().await;
    let user = server.iam_user();
    for wrong in [
        PasswordLogin::new(user.name.clone(), "pl4nted-Wrong", user.domain.clone()),
        PasswordLogin::new("nobody", user.password.clone(), user.domain.clone()),
        PasswordLogin::new(user.name.clone(), user.password.clone(), "nowhere"),
    ] {
        let cce = cce_builder(&server).password_login(wrong).build().unwrap();
        let error = cce.clusters().list_clusters().send().await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Credentials, Some(401)), "{error}");
        assert!(!format!("{error} {error:?}").contains("pl4nted"));
    }
    assert!(server.journal().of("ListClusters").is_empty());
}

#[tokio::test]
async fn a_token_is_good_for_its_scope() {
    let server = server().await;
    let list = async |scope: Scope| {
        let cce = cce_builder(&server).password_login(login(&server).scope(scope)).build().unwrap();
        cce.clusters().list_clusters().send().await
    };
    let region = server.region().to_owned();
    for good in [Scope::Project(region), Scope::ProjectId(server.project_id()), Scope::Account] {
        assert_eq!(list(good).await.unwrap().items.len(), 0);
    }
    let elsewhere = server.regions().iter().find(|region| *region != server.region()).unwrap();
    let refused = refusal(list(Scope::Project(elsewhere.clone())).await);
    assert_eq!(refused, (ErrorKind::PermissionDenied, Some(403), "CCE.01403001".to_owned()));
    let unknown = list(Scope::Project("no such project".to_owned())).await.unwrap_err();
    assert_eq!((unknown.kind(), unknown.status()), (ErrorKind::Credentials, Some(401)));
}
