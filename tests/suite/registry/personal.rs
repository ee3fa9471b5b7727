//! The personal edition: what is pushed is what TCR and CCS show, and triggers update workloads.

use super::*;

const REPOSITORY: &str = "team/web";

impl Cloud {
    async fn personal_token(&self) -> String {
        let scope = format!("repository:{REPOSITORY}:pull,push,delete");
        token_of(self.token_for(&self.account, PASSWORD, &[&scope]).await).await
    }

    async fn push_personal(&self, tag: &str, image: &Image) -> Response {
        let token = self.personal_token().await;
        for blob in image.blobs() {
            assert_eq!(self.upload(REPOSITORY, &token, blob).await.status(), StatusCode::CREATED);
        }
        self.put_manifest(REPOSITORY, tag, &token, image).await
    }

    async fn personal_tags(&self) -> Vec<String> {
        let list = self.call("DescribeImagePersonal", json!({"RepoName": REPOSITORY, "Limit": 100})).await;
        let names = list["Data"]["TagInfo"].as_array().unwrap().iter();
        names.map(|tag| tag["TagName"].as_str().unwrap().to_owned()).collect()
    }
}

#[tokio::test]
async fn a_pushed_image_is_shown_with_what_its_configuration_says() {
    let cloud = Cloud::new().await;
    let image = Image::of(&["one", "two"]);
    assert_eq!(cloud.push_personal("v1", &image).await.status(), StatusCode::CREATED);
    let repository = cloud.call("DescribeRepositoryPersonal", json!({"RepoName": REPOSITORY})).await;
    assert_eq!((&repository["Data"]["Public"], &repository["Data"]["PullCount"]), (&json!(0), &json!(0)));
    let list = cloud.call("DescribeImagePersonal", json!({"RepoName": REPOSITORY})).await;
    let tag = &list["Data"]["TagInfo"][0];
    let expected = json!({
        "TagName": "v1", "TagId": image.manifest.digest, "ImageId": image.config.digest, "Author": "crew",
        "Architecture": "arm64", "OS": "linux", "DockerVersion": "24.0.1",
    });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&tag[name], value, "{name}");
    }
    assert_eq!(tag["CreationTime"], "2024-05-01 18:00:00 +0800 CST");
    let size = image.blobs().map(|blob| blob.bytes.len()).sum::<usize>() + image.manifest.bytes.len();
    assert_eq!(tag["SizeByte"], json!(size));

    let token = cloud.personal_token().await;
    let pull = cloud.get(&format!("/v2/{REPOSITORY}/manifests/v1"), &token).await;
    assert_eq!(pull.bytes().await.unwrap(), image.manifest.bytes);
    let repository = cloud.call("DescribeRepositoryPersonal", json!({"RepoName": REPOSITORY})).await;
    assert_eq!(repository["Data"]["PullCount"], 1);
    cloud.call("DuplicateImagePersonal", json!({"SrcImage": "team/web:v1", "DestImage": "team/web:v2"})).await;
    assert_eq!(cloud.personal_tags().await, ["v2", "v1"]);
    let digest = format!("/v2/{REPOSITORY}/manifests/{}", image.manifest.digest);
    let deleted = cloud.request(Method::DELETE, &digest, &token).send().await.unwrap();
    assert_eq!(deleted.status(), StatusCode::ACCEPTED);
    assert!(cloud.personal_tags().await.is_empty());
    assert_eq!(cloud.server.layer_bytes(), 0);
}

#[tokio::test]
async fn quotas_and_clean_up_rules_hold_for_pushes() {
    let cloud = Cloud::new().await;
    cloud.server.with_world(|world| {
        world.registry.set_quota(&cloud.account, wharf_server::world::registry::Quota::Tags, 2);
    });
    for tag in ["v1", "v2"] {
        cloud.push_personal(tag, &Image::of(&[tag])).await;
        cloud.server.advance(Duration::from_secs(1));
    }
    let layers = cloud.server.layer_bytes();
    let image = Image::of(&["v3"]);
    assert_eq!(refusal(cloud.push_personal("v3", &image).await, 403).await, "DENIED");
    assert_eq!(cloud.personal_tags().await, ["v2", "v1"]);
    let rule = json!({"RepoName": REPOSITORY, "Type": "keep_last_nums", "Val": 1});
    cloud.call("CreateImageLifecyclePersonal", rule).await;
    // A push to a full repository cleans it up first.
    assert_eq!(cloud.push_personal("v3", &image).await.status(), StatusCode::CREATED);
    assert_eq!(cloud.personal_tags().await, ["v3", "v2"]);
    assert_eq!(cloud.server.layer_bytes(), layers);
    cloud.server.advance(Duration::from_secs(60 * 60));
    assert_eq!(cloud.personal_tags().await, ["v3"]);
    let gone = format!("/v2/{REPOSITORY}/manifests/v2");
    assert_eq!(refusal(cloud.get(&gone, &cloud.personal_token().await).await, 404).await, "MANIFEST_UNKNOWN");
}

#[tokio::test]
async fn a_push_runs_the_triggers_of_its_tag() {
    let cloud = Cloud::new().await;
    cloud.push_personal("v1", &Image::of(&["one"])).await;
    let trigger = json!({
        "RepoName": REPOSITORY, "TriggerName": "deploy", "InvokeMethod": "regex", "InvokeExpr": "^v",
        "ClusterId": "cls-a1b2c3d4", "Namespace": "default", "WorkloadType": "Deployment", "WorkloadName": "web",
        "ContainerName": "web", "ClusterRegion": 1,
    });
    cloud.call("CreateApplicationTriggerPersonal", trigger).await;
    for tag in ["v2", "dev"] {
        cloud.push_personal(tag, &Image::of(&[tag])).await;
    }
    let log = cloud.call("DescribeApplicationTriggerLogPersonal", json!({"RepoName": REPOSITORY})).await;
    assert_eq!((&log["Data"]["TotalCount"], &log["Data"]["LogInfo"][0]["TagName"]), (&json!(1), &json!("v2")));
}

#[tokio::test]
async fn a_name_of_the_personal_edition_has_two_parts() {
    let cloud = Cloud::new().await;
    let url = cloud.url("/service/token?scope=repository:team/a/b:pull,push");
    let host = "ccr.ccs.tencentyun.com";
    let request = cloud.client.get(url).basic_auth(&cloud.account, Some(PASSWORD)).header("host", host);
    let token = token_of(request.send().await.unwrap()).await;
    let request = cloud.request(Method::POST, "/v2/team/a/b/blobs/uploads/", &token).header("host", host);
    assert_eq!(refusal(request.send().await.unwrap(), 400).await, "NAME_INVALID");
    assert_eq!(refusal(cloud.get("/v2/web/tags/list", &token).await, 400).await, "NAME_INVALID");
}
