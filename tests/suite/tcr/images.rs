//! Tags: pushed, searched, compared, copied, deleted.

use super::{Cloud, DAY, ONE, refused};
use wharf_server::world::registry::Image;

pub(super) async fn pushed_images_are_listed_and_searched(cloud: &Cloud) {
    assert_eq!(cloud.tags("team/app").await, [""; 0]);
    let mut image = Image::new("content", 5 << 20);
    (image.architecture, image.author) = ("arm64".to_owned(), "李雷".to_owned());
    let digest = cloud.world(|world| world.push_image(ONE, "team/app", "v1.0", image)).unwrap();
    cloud.server.advance(DAY);
    cloud.push("team/app", "v1.1", "other");
    cloud.push("team/app", "latest", "other");
    assert_eq!(cloud.tags("team/app").await, ["latest", "v1.1", "v1.0"]);

    let search = async |text: &str| {
        let data = cloud.one.describe_image_personal().repo_name("team/app").tag(text).send().await.unwrap().data;
        assert_eq!(data.tag_count, i64::try_from(data.tag_info.len()).unwrap(), "total and list");
        assert_eq!((data.repo_name.as_str(), data.server.as_str()), ("team/app", "ccr.ccs.tencentyun.com"));
        data.tag_info
    };
    let found = search("v1.0").await;
    let tag = &found[0];
    assert_eq!((found.len(), tag.tag_name.as_str(), tag.tag_id.as_str()), (1, "v1.0", digest.as_str()));
    assert_eq!((tag.architecture.as_str(), tag.author.as_str(), tag.os.as_str()), ("arm64", "李雷", "linux"));
    assert_eq!((tag.size.as_str(), tag.size_byte), ("5 MB", 5 << 20));
    assert_eq!((tag.push_time.as_str(), tag.duration_days.as_deref()), ("2024-06-01 08:00:00 +0800 CST", Some("1")));
    assert!(tag.image_id.starts_with("sha256:") && tag.image_id != tag.tag_id);
    assert_eq!(search("v1").await.len(), 2);
    assert!(search("V1").await.is_empty() && search("v2").await.is_empty());

    // A tag moves to the image that was pushed last, and stays one tag.
    let moved = cloud.push("team/app", "v1.0", "newer");
    let now = search("v1.0").await;
    assert_eq!((now.len(), now[0].id, now[0].tag_id.as_str()), (1, tag.id, moved.as_str()));
    assert_eq!(cloud.tags("team/app").await, ["v1.0", "latest", "v1.1"]);
    let repository = cloud.one.describe_repository_owner_personal().send().await.unwrap().data.repo_info.remove(0);
    assert_eq!((repository.tag_count, repository.update_time.as_str()), (3, "2024-06-02 08:00:00"));
}

pub(super) async fn same_images_and_copies(cloud: &Cloud) {
    cloud.repository("team/copy").await;
    let digest = cloud.push("team/app", "v1", "one");
    cloud.push("team/app", "v2", "two");
    let same = async |repository: &str, tag: &str| {
        let request = cloud.one.describe_image_filter_personal().repo_name(repository).tag(tag);
        request.send().await.unwrap().data.same_images
    };
    assert_eq!(same("team/app", "v1").await, [""; 0]);
    let copy = |from: &str, to: &str| cloud.one.duplicate_image_personal().src_image(from).dest_image(to);
    for to in ["team/app:stable", "team/app:latest", "team/copy:v1"] {
        assert_eq!(copy("team/app:v1", to).send().await.unwrap().data.digest, digest);
    }
    assert_eq!(same("team/app", "v1").await, ["latest", "stable"], "those of the repository");
    assert_eq!(same("team/app", "latest").await, ["stable", "v1"]);
    assert_eq!(same("team/copy", "v1").await, [""; 0]);
    assert_eq!(cloud.tags("team/copy").await, ["v1"]);
    copy("team/app:v2", "team/app:latest").send().await.unwrap();
    assert_eq!(same("team/app", "v2").await, ["latest"], "a copy moves a tag that is there");
    assert_eq!(same("team/app", "v1").await, ["stable"]);

    assert_eq!(refused(copy("team/app:v9", "team/copy:v9"), "v9").await, "ResourceNotFound.ErrNoTag");
    assert_eq!(refused(copy("team/app:v1", "theirs/app:v1"), "theirs/app:v1").await, "InvalidParameter.ErrNSMisMatch");
    assert_eq!(refused(copy("team/app:v1", "team/missing:v1"), "team/missing").await, "ResourceNotFound");
    cloud.two.create_namespace_personal().namespace("theirs").send().await.unwrap();
    cloud.two.create_repository_personal().repo_name("theirs/app").send().await.unwrap();
    let steal = || cloud.two.duplicate_image_personal().src_image("team/app:v1").dest_image("theirs/app:v1");
    assert_eq!(refused(steal(), "no tag").await, "ResourceNotFound.ErrNoTag", "the source is private");
    cloud.one.modify_repository_access_personal().repo_name("team/app").public(1).send().await.unwrap();
    assert_eq!(steal().send().await.unwrap().data.digest, digest);
    let theirs = cloud.two.describe_image_personal().repo_name("theirs/app").send().await.unwrap().data;
    assert_eq!((theirs.tag_count, theirs.tag_info[0].tag_id.as_str()), (1, digest.as_str()));
}

pub(super) async fn tags_are_deleted_one_by_one_and_together(cloud: &Cloud) {
    for tag in ["v1", "v2", "v3", "v4"] {
        cloud.push("team/app", tag, "same");
    }
    cloud.one.delete_image_personal().repo_name("team/app").tag("v2").send().await.unwrap();
    assert_eq!(cloud.tags("team/app").await, ["v4", "v3", "v1"], "the other tags of the image stay");
    let again = cloud.one.delete_image_personal().repo_name("team/app").tag("v2");
    assert_eq!(refused(again, "`v2`").await, "ResourceNotFound");
    let batch = |tags: &[&str]| cloud.one.batch_delete_image_personal().repo_name("team/app").tags(tags.to_vec());
    assert_eq!(refused(batch(&["v1", "v8", "v9"]), "`v8`, `v9`").await, "ResourceNotFound");
    assert_eq!(cloud.tags("team/app").await.len(), 3, "all or nothing");
    batch(&["v1", "v4"]).send().await.unwrap();
    assert_eq!(cloud.tags("team/app").await, ["v3"]);
    let same = cloud.one.describe_image_filter_personal().repo_name("team/app").tag("v3").send().await.unwrap();
    assert!(same.data.same_images.is_empty());
    let nowhere = cloud.one.batch_delete_image_personal().repo_name("team/missing").tags(["v1"]);
    assert_eq!(refused(nowhere, "team/missing").await, "ResourceNotFound.ErrNoRepo");
}
