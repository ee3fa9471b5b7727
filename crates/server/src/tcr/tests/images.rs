//! Tags and images.

use super::*;
use wharf_world::registry::{Quota, RegistryError};

#[test]
fn a_pushed_image_is_listed_with_its_digest() {
    let mut cloud = Cloud::furnished();
    let digest = cloud.push("v1", "one");
    cloud.wait(DAY);
    cloud.push("v2", "two");
    let answer = cloud.ok("DescribeImagePersonal", json!({"RepoName": "team/app"}));
    assert_eq!(answer["Data"]["TagCount"], 2);
    assert_eq!(names(&answer["Data"]["TagInfo"], "TagName"), ["v2", "v1"]);
    let first = &answer["Data"]["TagInfo"][1];
    assert_eq!(first["TagId"], digest);
    assert_eq!(digest.len(), "sha256:".len() + 64);
    assert_eq!(first["Size"], "1.5 KB");
    assert_eq!(first["SizeByte"], 1_536);
    assert_eq!(first["DurationDays"], "1");
    assert_eq!(first["PushTime"], "2024-06-01 08:00:00 +0800 CST");
    let repositories = cloud.ok("DescribeRepositoryOwnerPersonal", json!({}));
    assert_eq!(repositories["Data"]["RepoInfo"][0]["TagCount"], 2);
}

#[test]
fn tags_are_found_by_a_part_of_their_name() {
    let mut cloud = Cloud::furnished();
    for tag in ["v1.0", "v1.1", "v2.0"] {
        cloud.push(tag, tag);
    }
    let answer = cloud.ok("DescribeImagePersonal", json!({"RepoName": "team/app", "Tag": "v1"}));
    assert_eq!(names(&answer["Data"]["TagInfo"], "TagName"), ["v1.1", "v1.0"]);
    assert_eq!(answer["Data"]["TagCount"], 2);
}

#[test]
fn a_push_goes_to_an_own_repository_under_a_tag() {
    let mut cloud = Cloud::furnished();
    let mut push = |account: &str, repository: &str, tag: &str| {
        cloud.world.push_image(account, repository, tag, Image::new("one", 1)).unwrap_err()
    };
    assert!(matches!(push("100003", "team/app", "v1"), RegistryError::NoUser(_)));
    assert!(matches!(push("100002", "team/app", "v1"), RegistryError::ForeignRepository(_)));
    assert!(matches!(push("100001", "team/missing", "v1"), RegistryError::NoRepository(_)));
    for tag in ["", ".v1", "-v1", "v 1", "v1/2", &"v".repeat(129)] {
        assert!(matches!(push("100001", "team/app", tag), RegistryError::Invalid("Tag", _)), "{tag}");
    }
}

#[test]
fn the_number_of_tags_is_limited_but_a_tag_can_move() {
    let mut cloud = Cloud::furnished();
    cloud.world.registry.set_quota("100001", Quota::Tags, 1);
    let before = cloud.push("v1", "one");
    assert_ne!(cloud.push("v1", "two"), before);
    let error = cloud.world.push_image("100001", "team/app", "v2", Image::new("one", 1)).unwrap_err();
    assert_eq!(error, RegistryError::OverQuota(Quota::Tags, 1));
    let copy = json!({"SrcImage": "team/app:v1", "DestImage": "team/app:v2"});
    assert_eq!(cloud.code("DuplicateImagePersonal", copy), "LimitExceeded");
    assert_eq!(cloud.tags(), ["v1"]);
}

#[test]
fn same_images_are_the_other_tags_of_the_same_content() {
    let mut cloud = Cloud::furnished();
    cloud.push("v1", "one");
    cloud.push("v2", "two");
    cloud.push("stable", "one");
    let ask = |tag: &str| json!({"RepoName": "team/app", "Tag": tag});
    let answer = cloud.ok("DescribeImageFilterPersonal", ask("v1"));
    assert_eq!(answer["Data"]["SameImages"], json!(["stable"]));
    assert_eq!(cloud.ok("DescribeImageFilterPersonal", ask("v2"))["Data"]["SameImages"], json!([]));
    assert_eq!(cloud.code("DescribeImageFilterPersonal", ask("v3")), "ResourceNotFound");
    assert_eq!(cloud.foreign_code("DescribeImageFilterPersonal", ask("v1")), "InternalError.ErrUnauthorized");
}

#[test]
fn a_copy_is_the_same_image() {
    let mut cloud = Cloud::furnished();
    let digest = cloud.push("v1", "one");
    cloud.ok("CreateRepositoryPersonal", json!({"RepoName": "team/copy"}));
    let to = |to: &str| json!({"SrcImage": "team/app:v1", "DestImage": to});
    assert_eq!(cloud.ok("DuplicateImagePersonal", to("team/copy:v1"))["Data"]["Digest"], digest);
    assert_eq!(cloud.ok("DuplicateImagePersonal", to("team/app:latest"))["Data"]["Digest"], digest);
    let same = cloud.ok("DescribeImageFilterPersonal", json!({"RepoName": "team/app", "Tag": "v1"}));
    assert_eq!(same["Data"]["SameImages"], json!(["latest"]));
    cloud.ok("DeleteImagePersonal", json!({"RepoName": "team/app", "Tag": "v1"}));
    let kept = cloud.ok("DescribeImagePersonal", json!({"RepoName": "team/copy"}));
    assert_eq!(kept["Data"]["TagInfo"][0]["TagId"], digest);
}

#[test]
fn a_copy_needs_a_visible_source_and_an_own_destination() {
    let mut cloud = Cloud::furnished();
    cloud.push("v1", "one");
    let copy = |from: &str, to: &str| json!({"SrcImage": from, "DestImage": to});
    let mut code = |from: &str, to: &str| cloud.code("DuplicateImagePersonal", copy(from, to));
    assert_eq!(code("team/app:v2", "team/app:v3"), "ResourceNotFound.ErrNoTag");
    assert_eq!(code("team/missing:v1", "team/app:v3"), "ResourceNotFound.ErrNoTag");
    assert_eq!(code("team/app:v1", "nowhere/app:v1"), "InvalidParameter.ErrNSMisMatch");
    assert_eq!(code("team/app:v1", "team/missing:v1"), "ResourceNotFound");
    assert_eq!(code("team/app", "team/app:v3"), "InvalidParameterValue");
    assert_eq!(code("team/app:v1", "team/app:-v3"), "InvalidParameterValue");
    let foreign = copy("team/app:v1", "team/app:v3");
    assert_eq!(cloud.foreign_code("DuplicateImagePersonal", foreign), "InvalidParameter.ErrNSMisMatch");
    cloud.account = "100002";
    cloud.ok("CreateNamespacePersonal", json!({"Namespace": "others"}));
    cloud.ok("CreateRepositoryPersonal", json!({"RepoName": "others/app"}));
    let private = copy("team/app:v1", "others/app:v1");
    assert_eq!(cloud.code("DuplicateImagePersonal", private.clone()), "ResourceNotFound.ErrNoTag");
    cloud.world.registry.set_public("100001", "team/app", true).unwrap();
    cloud.ok("DuplicateImagePersonal", private);
}

#[test]
fn tags_are_deleted_together_or_not_at_all() {
    let mut cloud = Cloud::furnished();
    for tag in ["v1", "v2", "v3"] {
        cloud.push(tag, tag);
    }
    let delete = |tags: &[&str]| json!({"RepoName": "team/app", "Tags": tags});
    let refusal = cloud.refused("BatchDeleteImagePersonal", delete(&["v1", "v8", "v9"]));
    assert_eq!(refusal.code, "ResourceNotFound");
    assert!(refusal.message.contains("`v8`, `v9`"), "{}", refusal.message);
    assert_eq!(cloud.tags(), ["v3", "v2", "v1"]);
    cloud.ok("BatchDeleteImagePersonal", delete(&["v1", "v2"]));
    assert_eq!(cloud.tags(), ["v3"]);
    cloud.ok("DeleteImagePersonal", json!({"RepoName": "team/app", "Tag": "v3"}));
    let again = json!({"RepoName": "team/app", "Tag": "v3"});
    assert_eq!(cloud.code("DeleteImagePersonal", again), "ResourceNotFound");
    assert_eq!(cloud.code("BatchDeleteImagePersonal", delete(&[])), "MissingParameter");
}

#[test]
fn only_the_owner_deletes_tags() {
    let mut cloud = Cloud::furnished();
    cloud.push("v1", "one");
    let one = json!({"RepoName": "team/app", "Tag": "v1"});
    assert_eq!(cloud.foreign_code("DeleteImagePersonal", one), "InternalError.ErrUnauthorized");
    let several = json!({"RepoName": "team/app", "Tags": ["v1"]});
    assert_eq!(cloud.foreign_code("BatchDeleteImagePersonal", several), "ResourceNotFound.ErrNoRepo");
    let missing = json!({"RepoName": "team/missing", "Tag": "v1"});
    assert_eq!(cloud.code("DeleteImagePersonal", missing), "ResourceNotFound.ErrNoRepo");
}

#[test]
fn pulls_are_counted() {
    let mut cloud = Cloud::furnished();
    let digest = cloud.push("v1", "one");
    assert_eq!(cloud.world.registry.pull_image("100001", "team/app", "v1").unwrap(), digest);
    assert!(cloud.world.registry.pull_image("100002", "team/app", "v1").is_err());
    assert!(cloud.world.registry.pull_image("100001", "team/app", "v2").is_err());
    let answer = cloud.ok("DescribeRepositoryPersonal", json!({"RepoName": "team/app"}));
    assert_eq!(answer["Data"]["PullCount"], 1);
}
