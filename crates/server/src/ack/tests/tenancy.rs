//! Organizations and resource sets.

use super::{Cloud, none, of};
use serde_json::json;

fn count(cloud: &mut Cloud) -> u64 {
    cloud.ok("DescribeClustersV1", none())["page_info"]["total_count"].as_u64().unwrap()
}

#[test]
fn what_one_organization_made_no_other_sees() {
    let mut cloud = Cloud::new();
    cloud.under("3", Some("58"));
    let id = cloud.running();
    let shown = cloud.ok("DescribeClustersV1", none())["clusters"][0].clone();
    assert_eq!((&shown["Department"], &shown["ResourceGroup"]), (&json!(3), &json!(58)));
    assert_eq!(
        (&shown["DepartmentName"], &shown["ResourceGroupName"]),
        (&json!("organization-3"), &json!("resource-set-58"))
    );
    cloud.under("3", None);
    assert_eq!(count(&mut cloud), 1, "all of the organization");
    for (organization, group) in [("4", None), ("3", Some("59")), ("1", None)] {
        cloud.under(organization, group);
        assert_eq!(count(&mut cloud), 0, "{organization} {group:?}");
        assert_eq!(cloud.code("DescribeClusterDetail", of(&id)), "ErrorClusterNotFound");
        assert_eq!(cloud.code("DeleteCluster", of(&id)), "ErrorClusterNotFound");
        assert_eq!(cloud.code("CreateClusterNodePool", super::pool(&id, "p", 1, |_| ())), "ErrorClusterNotFound");
    }
}

#[test]
fn without_a_word_it_is_the_accounts_own() {
    let mut cloud = Cloud::new();
    cloud.create(|_| ());
    let shown = cloud.ok("DescribeClustersV1", none())["clusters"][0].clone();
    assert_eq!((&shown["Department"], shown.get("ResourceGroup")), (&json!(1), None));
    cloud.under("1", None);
    assert_eq!(count(&mut cloud), 1);
}

#[test]
fn names_are_given_once_in_an_organization() {
    let mut cloud = Cloud::new();
    cloud.create(|_| ());
    cloud.under("3", None);
    cloud.create(|_| ());
    assert_eq!(cloud.code("CreateCluster", super::cluster(|_| ())), "ErrorClusterNameAlreadyExist");
}

#[test]
fn templates_belong_to_organizations_too() {
    let mut cloud = Cloud::new();
    cloud.under("3", None);
    let order = json!({"name": "web", "template": "a: b", "template_type": "kubernetes"});
    let id = cloud.ok("CreateTemplate", order)["template_id"].clone();
    cloud.under("4", None);
    let list = cloud.ok("DescribeTemplates", none());
    assert_eq!(list["page_info"]["total_count"], 0);
    assert_eq!(cloud.code("DescribeTemplateAttribute", json!({"TemplateId": id})), "ErrorTemplateNotFound");
}

#[test]
fn accounts_and_regions_are_worlds_of_their_own() {
    let mut cloud = Cloud::new();
    let id = cloud.create(|_| ());
    cloud.account = "100000000002";
    assert_eq!((count(&mut cloud), cloud.code("DescribeClusterDetail", of(&id)).as_str()), (0, "ErrorClusterNotFound"));
    cloud.account = "100000000001";
    cloud.region = "cn-hangzhou";
    assert_eq!(count(&mut cloud), 0);
}
