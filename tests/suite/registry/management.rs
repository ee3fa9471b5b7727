//! The category "content management" of the distribution specification, and deletion by the API.

use super::*;

const REPOSITORY: &str = "demo/team/web";

#[tokio::test]
async fn tags_and_manifests_are_deleted_with_their_layers() {
    let cloud = Cloud::new().await;
    let image = Image::of(&["one", "two"]);
    for tag in ["v1", "v2"] {
        cloud.push(REPOSITORY, tag, &image).await;
    }
    let token = cloud.token(REPOSITORY).await;
    let delete = async |path: &str| {
        cloud.request(Method::DELETE, &format!("/v2/{REPOSITORY}/{path}"), &token).send().await.unwrap()
    };
    let layer = &image.layers[0].digest;
    assert_eq!(refusal(delete(&format!("blobs/{layer}")).await, 403).await, "DENIED");
    assert_eq!(delete("manifests/v1").await.status(), StatusCode::ACCEPTED);
    assert_eq!(cloud.tags("team", "web").await, ["v2"]);
    let read = cloud.get(&format!("/v2/{REPOSITORY}/blobs/{layer}"), &token).await;
    assert_eq!(read.status(), StatusCode::OK);
    assert_eq!(delete(&format!("manifests/{}", image.manifest.digest)).await.status(), StatusCode::ACCEPTED);
    assert!(cloud.tags("team", "web").await.is_empty());
    assert_eq!(refusal(delete("manifests/v2").await, 404).await, "MANIFEST_UNKNOWN");
    assert_eq!(refusal(delete(&format!("blobs/{layer}")).await, 404).await, "BLOB_UNKNOWN");
    assert_eq!(cloud.server.layer_bytes(), 0);
    // A blob that waits for its manifest is deleted at once.
    let blob = content("waits");
    assert_eq!(cloud.upload(REPOSITORY, &token, &blob).await.status(), StatusCode::CREATED);
    assert_eq!(delete(&format!("blobs/{}", blob.digest)).await.status(), StatusCode::ACCEPTED);
    assert_eq!(cloud.server.layer_bytes(), 0);
}

#[tokio::test]
async fn the_api_shows_what_was_pushed_and_deletes_it() {
    let (layers, folder) = in_folder("api");
    let cloud = Cloud::with(builder().layers(layers)).await;
    let (one, two) = (Image::of(&["one", "shared"]), Image::of(&["two", "shared"]));
    cloud.push(REPOSITORY, "v1", &one).await;
    cloud.push(REPOSITORY, "v2", &two).await;
    cloud.push("demo/team/sub/deep", "v1", &two).await;
    let list = cloud.call("DescribeRepositories", json!({"NamespaceName": "team"})).await;
    let names: Vec<&str> =
        list["RepositoryList"].as_array().unwrap().iter().map(|one| one["Name"].as_str().unwrap()).collect();
    assert_eq!((names, &list["TotalCount"]), (vec!["team/web", "team/sub/deep"], &json!(2)));

    let at = json!({"NamespaceName": "team", "RepositoryName": "web"});
    let images = cloud.call("DescribeImages", at.clone()).await;
    let first = &images["ImageInfoList"][0];
    let size: usize = two.blobs().map(|blob| blob.bytes.len()).sum::<usize>() + two.manifest.bytes.len();
    assert_eq!((&first["ImageVersion"], &first["Digest"]), (&json!("v2"), &json!(two.manifest.digest)));
    assert_eq!((&first["Size"], &first["Kind"]), (&json!(size), &json!("docker")));
    let mut image = at.clone();
    image["ImageVersion"] = json!("v1");
    let manifest = cloud.call("DescribeImageManifests", image.clone()).await;
    assert_eq!(manifest["Manifest"].as_str().unwrap().as_bytes(), one.manifest.bytes);
    assert_eq!(manifest["Config"].as_str().unwrap().as_bytes(), one.config.bytes);
    assert_eq!(manifest["Labels"], json!([{"Key": "team", "Value": "2"}]));

    // A copy shares the layers; a layer goes with the last image that has it.
    let files = || std::fs::read_dir(folder.join("layers")).unwrap().count();
    // Two configurations, three layers.
    assert_eq!(files(), 5);
    let copy = json!({"SourceNamespace": "team", "SourceRepo": "web", "SourceReference": "v2", "DestinationTag": "v3"});
    cloud.call("DuplicateImage", copy).await;
    assert_eq!(cloud.tags("team", "web").await, ["v3", "v2", "v1"]);
    assert_eq!(
        cloud.code("DeleteNamespace", json!({"NamespaceName": "team"})).await,
        "FailedOperation.PreconditionFailed"
    );
    cloud.call("DeleteImage", image.clone()).await;
    assert_eq!(cloud.code("DeleteImage", image).await, "ResourceNotFound");
    assert_eq!(files(), 3);
    cloud.call("DeleteRepository", at).await;
    assert_eq!(files(), 3);
    cloud.call("DeleteInstance", json!({})).await;
    assert_eq!((files(), cloud.server.layer_bytes()), (0, 0));
    cloud.server.stop().await;
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn a_method_that_a_path_has_not_is_unsupported() {
    let cloud = Cloud::new().await;
    let token = cloud.token(REPOSITORY).await;
    for (method, path) in
        [(Method::POST, "manifests/v1"), (Method::PUT, "tags/list"), (Method::PATCH, "blobs/uploads/")]
    {
        let answer = cloud.request(method, &format!("/v2/{REPOSITORY}/{path}"), &token).send().await.unwrap();
        assert_eq!(refusal(answer, 405).await, "UNSUPPORTED", "{path}");
    }
}
