//! Image caches.

use super::{Cloud, texts};
use serde_json::{Value, json};
use wharf_world::FailurePoint;

fn order(name: &str, images: &[&str], size: u64) -> Value {
    json!({"VpcId": "vpc-default0", "SubnetId": "subnet-default1", "ImageCacheName": name, "Images": images,
        "ImageCacheSize": size})
}

impl Cloud {
    fn new_cache(&mut self, order: Value) -> String {
        self.ok("CreateImageCache", order)["ImageCacheId"].as_str().unwrap().to_owned()
    }

    fn cache(&mut self, id: &str) -> Value {
        self.ok("DescribeImageCaches", json!({"ImageCacheIds": [id]}))["ImageCaches"][0].clone()
    }

    fn suitable(&mut self, images: &[&str]) -> Value {
        let answer = self.ok("GetMostSuitableImageCache", json!({"Images": images}));
        assert_eq!(answer["Found"], !answer["ImageCache"].is_null());
        answer["ImageCache"]["ImageCacheName"].clone()
    }
}

#[test]
fn a_cache_is_pending_ready_updating_and_gone() {
    let mut cloud = Cloud::new();
    let id = cloud.new_cache(order("web", &["nginx:1.25"], 20));
    assert_eq!(cloud.cache(&id)["Status"], "Pending");
    let change = json!({"ImageCacheId": id, "Images": ["nginx:1.25", "redis"], "ImageCacheSize": 40});
    assert_eq!(cloud.code("UpdateImageCache", change.clone()), "UnsupportedOperation");
    cloud.pass(60);
    let cache = cloud.cache(&id);
    assert_eq!((&cache["Status"], &cache["ImageCacheSize"]), (&json!("Ready"), &json!(20)));
    assert!(cache["SnapshotId"].as_str().unwrap().starts_with("snap-"));
    let reasons: Vec<&Value> = cache["Events"].as_array().unwrap().iter().map(|event| &event["Reason"]).collect();
    assert_eq!(reasons, ["Creating", "Ready"]);
    cloud.ok("UpdateImageCache", change);
    assert_eq!(cloud.cache(&id)["Status"], "Updating");
    assert_eq!(texts(&cloud.cache(&id)["Images"]), ["nginx:1.25"]);
    cloud.pass(60);
    let cache = cloud.cache(&id);
    assert_eq!((texts(&cache["Images"]).len(), &cache["ImageCacheSize"]), (2, &json!(40)));
    cloud.ok("DeleteImageCaches", json!({"ImageCacheIds": [id]}));
    assert_eq!(cloud.ok("DescribeImageCaches", json!({}))["TotalCount"], 0);
    assert_eq!(cloud.code("DeleteImageCaches", json!({"ImageCacheIds": [id]})), "ResourceNotFound");
    assert_eq!(cloud.code("UpdateImageCache", json!({"ImageCacheId": id})), "ResourceNotFound");
}

#[test]
fn caches_fail() {
    let mut cloud = Cloud::new();
    cloud.world.fail_next(FailurePoint::ImageCache, "no such image");
    let id = cloud.new_cache(order("web", &["nginx:1.25"], 20));
    cloud.pass(20);
    let cache = cloud.cache(&id);
    assert_eq!(cache["Status"], "Failed");
    assert_eq!(cache["Events"][1]["Message"], "no such image");
    assert_eq!(cache["Events"][1]["Type"], "Warning");
    cloud.ok("UpdateImageCache", json!({"ImageCacheId": id}));
    cloud.pass(60);
    cloud.world.fail_next(FailurePoint::ImageCache, "no such image");
    cloud.ok("UpdateImageCache", json!({"ImageCacheId": id, "Images": ["other"]}));
    cloud.pass(20);
    let cache = cloud.cache(&id);
    assert_eq!((&cache["Status"], &cache["Images"]), (&json!("UpdateFailed"), &json!(["nginx:1.25"])));
}

#[test]
fn the_smallest_and_newest_cache_with_all_images_is_found() {
    let mut cloud = Cloud::new();
    for (name, images, size) in [
        ("large", &["nginx:1.25", "redis:7"][..], 40),
        ("small", &["nginx:1.25"][..], 20),
        ("latest", &["busybox"][..], 20),
    ] {
        cloud.new_cache(order(name, images, size));
    }
    assert_eq!(cloud.suitable(&["nginx:1.25"]), Value::Null, "none is ready");
    cloud.pass(60);
    assert_eq!(cloud.suitable(&["nginx:1.25"]), "small");
    assert_eq!(cloud.suitable(&["nginx:1.25", "redis:7"]), "large");
    assert_eq!(cloud.suitable(&["nginx:1.26"]), Value::Null);
    assert_eq!(cloud.suitable(&["busybox:latest"]), "latest");
    cloud.new_cache(order("newer", &["nginx:1.25"], 20));
    cloud.pass(60);
    assert_eq!(cloud.suitable(&["nginx:1.25"]), "newer");
    let by_name = json!({"Filters": [{"Name": "image-cache-name", "Values": ["newer"]}]});
    let found = cloud.ok("DescribeImageCaches", by_name);
    assert_eq!((&found["TotalCount"], found["ImageCaches"][0]["LastMatchedTime"] == ""), (&json!(1), false));
}

#[test]
fn a_cache_goes_after_its_days() {
    let mut cloud = Cloud::new();
    let mut request = order("web", &["nginx"], 20);
    request["RetentionDays"] = json!(2);
    let id = cloud.new_cache(request);
    cloud.pass(60);
    assert_eq!(cloud.cache(&id)["ExpireDateTime"], "2024-06-03T00:00:00Z");
    cloud.ok("UpdateImageCache", json!({"ImageCacheId": id, "RetentionDays": 4}));
    cloud.pass(3 * 24 * 3_600);
    assert_eq!(cloud.cache(&id)["Status"], "Ready");
    cloud.pass(24 * 3_600);
    assert_eq!(cloud.ok("DescribeImageCaches", json!({}))["TotalCount"], 0);
    let id = cloud.new_cache(order("web", &["nginx"], 20));
    cloud.pass(3_650 * 24 * 3_600);
    assert_eq!(cloud.cache(&id)["ExpireDateTime"], "", "for ever");
}

#[test]
fn caches_that_cannot_be_are_refused() {
    let mut cloud = Cloud::new();
    let with = |more: Value| {
        let mut request = order("web", &["nginx"], 20);
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        request
    };
    for wrong in [
        json!({"Images": []}),
        json!({"ImageCacheSize": 25}),
        json!({"ImageCacheSize": 0}),
        json!({"AutoCreateEip": true, "ExistedEipId": "eip-1"}),
        json!({"ResolveConfig": "search example.com"}),
        json!({"RegistryHttpEndPointList": ["http://harbor.example.com"]}),
    ] {
        assert_eq!(cloud.code("CreateImageCache", with(wrong.clone())), "InvalidParameter", "{wrong}");
    }
    assert_eq!(cloud.code("CreateImageCache", with(json!({"SubnetId": "subnet-second01"}))), "ResourceNotFound");
    let filter = json!({"Filters": [{"Name": "size", "Values": ["1"]}]});
    assert_eq!(cloud.code("DescribeImageCaches", filter), "InvalidParameter");
    let mut request =
        with(json!({"ResolveConfig": "nameserver 4.4.4.4\nnameserver 8.8.8.8", "Tags": [{"Key": "a", "Value": "b"}]}));
    request["ImageRegistryCredentials"] =
        json!([{"Name": "own", "Server": "harbor.example.com", "Username": "me", "Password": "secret"}]);
    let id = cloud.new_cache(request.clone());
    let cache = cloud.cache(&id);
    assert_eq!(
        (&cache["Tags"], &cache["ImageRegistryCredentials"]),
        (&request["Tags"], &request["ImageRegistryCredentials"])
    );
}
