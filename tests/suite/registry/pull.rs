//! The category "pull" of the distribution specification.

use super::*;

const REPOSITORY: &str = "demo/team/web";

#[tokio::test]
async fn an_image_is_read_by_tag_and_by_digest() {
    let cloud = Cloud::new().await;
    let image = Image::of(&["one", "two"]);
    cloud.push(REPOSITORY, "v1", &image).await;
    let token = cloud.token(REPOSITORY).await;
    for reference in ["v1", &image.manifest.digest] {
        let url = format!("/v2/{REPOSITORY}/manifests/{reference}");
        let head = cloud.request(Method::HEAD, &url, &token).send().await.unwrap();
        assert_eq!(head.status(), StatusCode::OK);
        assert_eq!(header(&head, "docker-content-digest"), image.manifest.digest);
        assert_eq!(header(&head, "content-type"), DOCKER_MANIFEST);
        assert_eq!(header(&head, "content-length"), image.manifest.bytes.len().to_string());
        assert_eq!(header(&head, "docker-distribution-api-version"), "registry/2.0");
        assert_eq!(cloud.get(&url, &token).await.bytes().await.unwrap(), image.manifest.bytes);
    }
    for blob in image.blobs() {
        let url = format!("/v2/{REPOSITORY}/blobs/{}", blob.digest);
        let head = cloud.request(Method::HEAD, &url, &token).send().await.unwrap();
        assert_eq!(head.status(), StatusCode::OK);
        assert_eq!(header(&head, "content-length"), blob.bytes.len().to_string());
        assert_eq!(cloud.get(&url, &token).await.bytes().await.unwrap(), blob.bytes);
    }
    let manifests = format!("/v2/{REPOSITORY}/manifests");
    assert_eq!(refusal(cloud.get(&format!("{manifests}/v2"), &token).await, 404).await, "MANIFEST_UNKNOWN");
    let other = digest(b"other");
    assert_eq!(refusal(cloud.get(&format!("{manifests}/{other}"), &token).await, 404).await, "MANIFEST_UNKNOWN");
    let blob = format!("/v2/{REPOSITORY}/blobs/{other}");
    assert_eq!(refusal(cloud.get(&blob, &token).await, 404).await, "BLOB_UNKNOWN");
    let missing = cloud.token("demo/team/missing").await;
    let url = "/v2/demo/team/missing/manifests/v1";
    assert_eq!(refusal(cloud.get(url, &missing).await, 404).await, "NAME_UNKNOWN");
}

/// In memory and from a file.
#[tokio::test]
async fn a_part_of_a_blob_is_read_by_its_range() {
    let (layers, folder) = in_folder("ranges");
    for layers in [Layers::in_memory(), layers] {
        let cloud = Cloud::with(builder().layers(layers)).await;
        let token = cloud.token(REPOSITORY).await;
        let blob = content((0..3_000_000_u32).map(|number| (number % 251) as u8).collect::<Vec<_>>());
        assert_eq!(cloud.upload(REPOSITORY, &token, &blob).await.status(), StatusCode::CREATED);
        let url = format!("/v2/{REPOSITORY}/blobs/{}", blob.digest);
        let size = blob.bytes.len();
        for (range, start, end) in [
            ("bytes=0-9", 0, 10),
            ("bytes=1048570-1048580", 1_048_570, 1_048_581),
            ("bytes=2999990-", 2_999_990, size),
            ("bytes=-5", size - 5, size),
        ] {
            let part = cloud.request(Method::GET, &url, &token).header("range", range).send().await.unwrap();
            assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
            assert_eq!(header(&part, "content-range"), format!("bytes {start}-{}/{size}", end - 1));
            assert_eq!(part.bytes().await.unwrap(), blob.bytes[start..end], "{range}");
        }
        let outside = cloud.request(Method::GET, &url, &token).header("range", "bytes=3000000-").send().await.unwrap();
        assert_eq!(outside.status(), StatusCode::RANGE_NOT_SATISFIABLE);
        assert_eq!(header(&outside, "content-range"), format!("bytes */{size}"));
        assert_eq!(cloud.get(&url, &token).await.bytes().await.unwrap(), blob.bytes);
        cloud.server.stop().await;
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn a_list_of_images_is_read_as_the_caller_accepts() {
    let cloud = Cloud::new().await;
    let (amd, arm) = (Image::of(&["amd"]), Image::of(&["arm", "more"]));
    let token = cloud.token(REPOSITORY).await;
    let entry = |image: &Image, architecture: &str| {
        json!({
            "mediaType": DOCKER_MANIFEST, "digest": image.manifest.digest, "size": image.manifest.bytes.len(),
            "platform": {"architecture": architecture, "os": "linux"},
        })
    };
    let index = json!({
        "schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [entry(&arm, "arm64"), entry(&amd, "amd64")],
    });
    let index = Image { manifest: content(index.to_string()), media_type: OCI_INDEX, ..Image::of(&[]) };
    let early = cloud.put_manifest(REPOSITORY, "v1", &token, &index).await;
    assert_eq!(refusal(early, 400).await, "MANIFEST_BLOB_UNKNOWN");
    for image in [&amd, &arm] {
        let reference = image.manifest.digest.clone();
        cloud.push(REPOSITORY, &reference, image).await;
    }
    assert_eq!(cloud.put_manifest(REPOSITORY, "v1", &token, &index).await.status(), StatusCode::CREATED);

    let url = format!("/v2/{REPOSITORY}/manifests/v1");
    let accept =
        async |types: &str| cloud.request(Method::GET, &url, &token).header("accept", types).send().await.unwrap();
    for types in ["*/*", OCI_INDEX, &format!("{DOCKER_MANIFEST}, {OCI_INDEX};q=0.9")] {
        let answer = accept(types).await;
        assert_eq!(header(&answer, "docker-content-digest"), index.manifest.digest, "{types}");
    }
    // Clients that know no lists get the image for Linux on amd64.
    let answer = accept(DOCKER_MANIFEST).await;
    assert_eq!(header(&answer, "docker-content-digest"), amd.manifest.digest);
    assert_eq!(refusal(accept("application/json").await, 404).await, "MANIFEST_UNKNOWN");
    // The images of a list are not tags, and go with it.
    assert_eq!(cloud.tags("team", "web").await, ["v1"]);
    let image = json!({"NamespaceName": "team", "RepositoryName": "web", "ImageVersion": "v1"});
    cloud.call("DeleteImage", image).await;
    let gone = cloud.get(&format!("/v2/{REPOSITORY}/manifests/{}", arm.manifest.digest), &token).await;
    assert_eq!(refusal(gone, 404).await, "MANIFEST_UNKNOWN");
    assert_eq!(cloud.server.layer_bytes(), 0);
}

/// An image that a test only describes has a small manifest, configuration and layer.
#[tokio::test]
async fn an_image_without_a_push_can_be_pulled() {
    let cloud = Cloud::new().await;
    let described = wharf_server::world::registry::Image::new("web", 50 << 20);
    let shown = cloud.server.with_world(|world| {
        world.registry.push_to_instance(&cloud.account, &cloud.id, "team/web", "v1", described).unwrap()
    });
    let token = cloud.token(REPOSITORY).await;
    let manifest = cloud.get(&format!("/v2/{REPOSITORY}/manifests/v1"), &token).await.bytes().await.unwrap();
    assert_eq!(digest(&manifest), shown);
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    for part in [&manifest["config"], &manifest["layers"][0]] {
        let url = format!("/v2/{REPOSITORY}/blobs/{}", part["digest"].as_str().unwrap());
        let bytes = cloud.get(&url, &token).await.bytes().await.unwrap();
        assert_eq!(json!(digest(&bytes)), part["digest"]);
        assert_eq!(json!(bytes.len()), part["size"]);
    }
    let list = json!({"NamespaceName": "team", "RepositoryName": "web"});
    let list = cloud.call("DescribeImages", list).await;
    assert_eq!(
        (&list["ImageInfoList"][0]["Digest"], &list["ImageInfoList"][0]["Size"]),
        (&json!(shown), &json!(50 << 20))
    );
}
