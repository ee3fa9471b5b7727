//! Organizations and resource sets, by the headers of a private cloud.

use super::{Auth, Call, count, create_cluster, list_clusters, server};

fn under(call: Call, organization: &str, set: Option<&str>) -> Call {
    let call = call.header("x-acs-organizationid", organization);
    match set {
        Some(set) => call.header("x-acs-resourceGroupId", set),
        None => call,
    }
}

#[tokio::test]
async fn what_one_organization_made_no_other_lists() {
    let server = server().await;
    let made = under(create_cluster("demo"), "3", Some("58")).send(&server).await;
    assert_eq!(made.status, 200, "{}", made.whole());
    for auth in [Auth::Roa, Auth::Acs3] {
        let count = async |organization, set| count(&server, under(list_clusters().by(auth), organization, set)).await;
        assert_eq!((count("3", None).await, count("3", Some("58")).await), (1, 1));
        assert_eq!((count("3", Some("59")).await, count("4", None).await), (0, 0));
    }
    assert_eq!(count(&server, list_clusters()).await, 0);
    let id = made.whole()["cluster_id"].as_str().unwrap().to_owned();
    let seen = under(Call::get(format!("/clusters/{id}")), "4", None).send(&server).await;
    assert_eq!(seen.failure(), (404, "ErrorClusterNotFound".to_owned()));
}

#[tokio::test]
async fn a_resource_set_needs_its_organization() {
    let server = server().await;
    let answer = list_clusters().header("x-acs-resourcegroupid", "58").send(&server).await;
    assert_eq!(answer.failure(), (400, "MissingOrganizationId".to_owned()));
    assert!(answer.reason().contains("x-acs-organizationid"));
}
