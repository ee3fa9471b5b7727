//! Roles: assumed by hand, and what is refused.

use super::{Cloud, refusal};
use crate::support::ack_builder;
use std::time::SystemTime;
use wharf::{Credentials, ErrorKind};

scenarios! { a_role_is_assumed, roles_that_cannot_be_assumed }

const POLICY: &str = r#"{"Version": "1", "Statement": [{"Effect": "Allow", "Action": ["cs:*"], "Resource": "*"}]}"#;

async fn a_role_is_assumed(cloud: &Cloud) {
    let arn = cloud.server.role_arn();
    let request = cloud.sts.assume_role().role_arn(&arn).role_session_name("alice@example.com");
    let request = request.policy(POLICY).duration_seconds(900);
    let answer = request.external_id("team/1").source_identity("alice").send().await.unwrap();
    assert_eq!(answer.assumed_role_user.arn, format!("{arn}/alice@example.com"));
    assert!(answer.assumed_role_user.assumed_role_id.ends_with(":alice@example.com"));
    let given = answer.credentials;
    let left = given.expiration.parse().unwrap().duration_since(SystemTime::now()).unwrap().as_secs();
    assert!((800..=900).contains(&left), "{left} seconds are left");

    let session = Credentials::new(given.access_key_id, given.access_key_secret).with_token(given.security_token);
    let builder = ack_builder(&cloud.server).credentials(session.clone());
    builder.clone().build().unwrap().clusters().describe_clusters_v1().send().await.unwrap();
    cloud.order("of-the-account").send().await.unwrap();
    let seen = builder.build().unwrap().clusters().describe_clusters_v1().send().await.unwrap();
    assert_eq!(seen.page_info.total_count, 1, "the session is the account's");

    let bare = Credentials::new(session.id(), session.secret().clone());
    for (credentials, code) in [
        (bare.clone(), "MissingSecurityToken"),
        (bare.with_token("pl4nted"), "InvalidSecurityToken.Malformed"),
        (cloud.server.credentials().with_token("pl4nted"), "InvalidSecurityToken.MismatchWithAccessKey"),
    ] {
        let ack = ack_builder(&cloud.server).credentials(credentials).build().unwrap();
        let error = ack.clusters().describe_clusters_v1().send().await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Credentials, Some(code)), "{error}");
        assert!(!format!("{error:?}").contains("pl4nted"));
    }
}

async fn roles_that_cannot_be_assumed(cloud: &Cloud) {
    let arn = cloud.server.role_arn();
    let role = |arn: &str, name: &str| cloud.sts.assume_role().role_arn(arn).role_session_name(name);
    let account = arn.split(':').nth(3).unwrap();
    let other = arn.replace(account, "9999999999999999");
    for (request, status, kind, code) in [
        (role("role", "me"), 400, ErrorKind::InvalidInput, "InvalidParameter.RoleArn"),
        (role(&arn, "x"), 400, ErrorKind::InvalidInput, "InvalidParameter.RoleSessionName"),
        (role(&arn, "no blanks"), 400, ErrorKind::InvalidInput, "InvalidParameter.RoleSessionName"),
        (role(&arn, "me").policy("{"), 400, ErrorKind::InvalidInput, "InvalidParameter.PolicyGrammar"),
        (role(&arn, "me").duration_seconds(3601), 400, ErrorKind::InvalidInput, "InvalidParameter.DurationSeconds"),
        (role(&format!("{arn}-none"), "me"), 404, ErrorKind::NotFound, "EntityNotExist.Role"),
        (role(&other, "me"), 403, ErrorKind::PermissionDenied, "NoPermission"),
    ] {
        assert_eq!(refusal(request.send().await), (kind, Some(status), code.to_owned()));
    }
    let sent = cloud.server.journal().len();
    for (request, field) in [
        (cloud.sts.assume_role().role_session_name("me"), "RoleArn"),
        (cloud.sts.assume_role().role_arn(&arn), "RoleSessionName"),
        (role(&arn, "me").duration_seconds(60), "DurationSeconds"),
        (role(&arn, "me").policy("x".repeat(1025)), "Policy"),
    ] {
        let error = request.send().await.unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some(field)), "{error}");
    }
    assert_eq!(cloud.server.journal().len(), sent, "something was sent");
}
