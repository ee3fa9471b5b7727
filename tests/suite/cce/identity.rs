//! The identity service: projects, and tokens that one asks for oneself.

use super::Cloud;
use crate::support::cce_builder;
use wharf::cce::types::IamAuth;

scenarios! { projects_are_those_of_the_account, a_token_opens_the_project_that_it_is_for }

async fn projects_are_those_of_the_account(cloud: &Cloud) {
    let all = cloud.cce.iam().iam_list_projects().send().await.unwrap().projects;
    let home = all.iter().find(|project| project.id == cloud.server.project_id()).unwrap();
    assert_eq!((home.name.as_str(), home.enabled), (cloud.server.region(), Some(true)));
    assert_eq!(all.len(), cloud.server.regions().len());
    let open = cloud.cce.iam().iam_list_auth_projects().send().await.unwrap().projects;
    assert!(open.iter().any(|project| project.id == home.id));
}

async fn a_token_opens_the_project_that_it_is_for(cloud: &Cloud) {
    let (user, project) = (cloud.server.iam_user(), cloud.server.project_id());
    let auth = IamAuth::default().scope(|scope| scope.project(|it| it.id(&project))).identity(|identity| {
        identity.methods(["password"]).password(|it| {
            it.user(|it| it.name(user.name).password(user.password).domain(|domain| domain.name(user.domain)))
        })
    });
    let answer = cloud.cce.iam().iam_create_token().set_auth(auth).send().await.unwrap();
    let (token, about) = (answer.x_subject_token, answer.token.unwrap());
    assert_eq!(about.project.unwrap().id, project);
    let life = about.expires_at.parse().unwrap().duration_since(about.issued_at.unwrap().parse().unwrap()).unwrap();
    assert_eq!(life.as_secs(), 24 * 3600);

    let id = cloud.available("seen").await;
    let other = cce_builder(&cloud.server).token(token).build().unwrap();
    let seen = other.clusters().list_clusters().send().await.unwrap().items;
    assert_eq!(seen[0].metadata.uid, Some(id));
}
