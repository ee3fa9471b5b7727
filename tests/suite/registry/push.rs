//! The category "push" of the distribution specification.

use super::*;

const REPOSITORY: &str = "demo/team/web";

#[tokio::test]
async fn a_blob_is_pushed_at_once_in_two_requests_or_in_chunks() {
    let cloud = Cloud::new().await;
    let token = cloud.token(REPOSITORY).await;
    let uploads = format!("/v2/{REPOSITORY}/blobs/uploads/");

    // POST, then PUT.
    let blob = content("two requests");
    let done = cloud.upload(REPOSITORY, &token, &blob).await;
    assert_eq!(done.status(), StatusCode::CREATED);
    assert_eq!(header(&done, "docker-content-digest"), blob.digest);
    let read = cloud.get(&location(&done), &token).await;
    assert_eq!(read.bytes().await.unwrap(), blob.bytes);

    // One POST.
    let blob = content("one request");
    let url = format!("{uploads}?digest={}", blob.digest);
    let done = cloud.request(Method::POST, &url, &token).body(blob.bytes.clone()).send().await.unwrap();
    assert_eq!(done.status(), StatusCode::CREATED);

    // Chunks, with the state asked for in between.
    let blob = content("first chunk, second chunk, the end");
    let begun = cloud.request(Method::POST, &uploads, &token).send().await.unwrap();
    let mut place = location(&begun);
    let chunks = [(0, 13), (13, 27), (27, 34)];
    for (start, end) in chunks {
        let range = format!("{start}-{}", end - 1);
        let patch = cloud.request(Method::PATCH, &place, &token).header("content-range", range);
        let answer = patch.body(blob.bytes[start..end].to_vec()).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
        assert_eq!(header(&answer, "range"), format!("0-{}", end - 1));
        place = location(&answer);
        let state = cloud.get(&place, &token).await;
        assert_eq!((state.status(), header(&state, "range")), (StatusCode::NO_CONTENT, &*format!("0-{}", end - 1)));
    }
    let done = cloud.request(Method::PUT, &format!("{place}?digest={}", blob.digest), &token).send().await.unwrap();
    assert_eq!(done.status(), StatusCode::CREATED);
    assert_eq!(cloud.get(&location(&done), &token).await.bytes().await.unwrap(), blob.bytes);
    // The upload is over.
    assert_eq!(refusal(cloud.get(&place, &token).await, 404).await, "BLOB_UPLOAD_UNKNOWN");
}

#[tokio::test]
async fn a_digest_can_be_one_of_sha512() {
    let cloud = Cloud::new().await;
    let token = cloud.token(REPOSITORY).await;
    let digest: String = sha2::Sha512::digest(b"abc").iter().fold("sha512:".to_owned(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    });
    let blob = Content { bytes: b"abc".to_vec(), digest };
    let done = cloud.upload(REPOSITORY, &token, &blob).await;
    assert_eq!((done.status(), header(&done, "docker-content-digest")), (StatusCode::CREATED, &*blob.digest));
}

#[tokio::test]
async fn a_chunk_out_of_order_is_refused_and_the_upload_can_go_on() {
    let cloud = Cloud::new().await;
    let token = cloud.token(REPOSITORY).await;
    let begun = cloud.request(Method::POST, &format!("/v2/{REPOSITORY}/blobs/uploads/"), &token).send().await.unwrap();
    let place = location(&begun);
    let patch = |range: &str, text: &'static str| {
        cloud.request(Method::PATCH, &place, &token).header("content-range", range.to_owned()).body(text).send()
    };
    assert_eq!(patch("0-4", "01234").await.unwrap().status(), StatusCode::ACCEPTED);
    let early = patch("7-9", "789").await.unwrap();
    assert_eq!((early.status(), header(&early, "range")), (StatusCode::RANGE_NOT_SATISFIABLE, "0-4"));
    let again = patch("0-4", "01234").await.unwrap();
    assert_eq!(again.status(), StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(refusal(patch("5-9", "567").await.unwrap(), 400).await, "BLOB_UPLOAD_INVALID");
    assert_eq!(refusal(patch("5", "567").await.unwrap(), 400).await, "BLOB_UPLOAD_INVALID");
    assert_eq!(patch("5-6", "56").await.unwrap().status(), StatusCode::ACCEPTED);
    let url = format!("{place}?digest={}", digest(b"0123456"));
    let done = cloud.request(Method::PUT, &url, &token).send().await.unwrap();
    assert_eq!(done.status(), StatusCode::CREATED);
}

#[tokio::test]
async fn wrong_digests_are_refused_and_leave_nothing() {
    let cloud = Cloud::new().await;
    let token = cloud.token(REPOSITORY).await;
    let wrong = Content { bytes: b"content".to_vec(), digest: digest(b"other content") };
    assert_eq!(refusal(cloud.upload(REPOSITORY, &token, &wrong).await, 400).await, "DIGEST_INVALID");
    assert_eq!(cloud.server.layer_bytes(), 0);
    for malformed in ["", "sha256:12", "md5:900150983cd24fb0d6963f7d28e17f72"] {
        let blob = Content { bytes: b"content".to_vec(), digest: malformed.to_owned() };
        assert_eq!(refusal(cloud.upload(REPOSITORY, &token, &blob).await, 400).await, "DIGEST_INVALID", "{malformed}");
    }
}

#[tokio::test]
async fn an_upload_is_cancelled_or_expires() {
    let cloud = Cloud::with(builder().layers(Layers::in_memory().upload_timeout(Duration::from_millis(200)))).await;
    let token = cloud.token(REPOSITORY).await;
    let uploads = format!("/v2/{REPOSITORY}/blobs/uploads/");
    let mut places = Vec::new();
    for _ in 0..2 {
        let begun = cloud.request(Method::POST, &uploads, &token).send().await.unwrap();
        let place = location(&begun);
        cloud.request(Method::PATCH, &place, &token).body("half a layer").send().await.unwrap();
        places.push(place);
    }
    assert_eq!(cloud.server.layer_bytes(), 24);
    let cancelled = cloud.request(Method::DELETE, &places[0], &token).send().await.unwrap();
    assert_eq!(cancelled.status(), StatusCode::NO_CONTENT);
    assert_eq!(cloud.server.layer_bytes(), 12);
    assert_eq!(refusal(cloud.get(&places[0], &token).await, 404).await, "BLOB_UPLOAD_UNKNOWN");
    // A blob that no manifest refers to expires, too.
    assert_eq!(cloud.upload(REPOSITORY, &token, &content("whole")).await.status(), StatusCode::CREATED);
    for _ in 0..100 {
        if cloud.server.layer_bytes() == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(cloud.server.layer_bytes(), 0);
    assert_eq!(refusal(cloud.get(&places[1], &token).await, 404).await, "BLOB_UPLOAD_UNKNOWN");
}

#[tokio::test]
async fn what_a_client_may_store_is_bounded() {
    let layers = Layers::in_memory().max_bytes(100).max_layer_bytes(60).max_uploads(2);
    let cloud = Cloud::with(builder().layers(layers)).await;
    let token = cloud.token(REPOSITORY).await;
    assert_eq!(refusal(cloud.upload(REPOSITORY, &token, &content([7; 61])).await, 413).await, "SIZE_INVALID");
    assert_eq!(cloud.upload(REPOSITORY, &token, &content([1; 60])).await.status(), StatusCode::CREATED);
    assert_eq!(refusal(cloud.upload(REPOSITORY, &token, &content([2; 60])).await, 403).await, "DENIED");
    // The uploads that were refused are still open: a client could continue them.
    let uploads = format!("/v2/{REPOSITORY}/blobs/uploads/");
    let third = cloud.request(Method::POST, &uploads, &token).send().await.unwrap();
    assert_eq!(header(&third, "retry-after"), "5");
    assert_eq!(refusal(third, 429).await, "TOOMANYREQUESTS");
    let large = vec![b' '; (4 << 20) + 1];
    let url = format!("/v2/{REPOSITORY}/manifests/v1");
    let put = cloud.request(Method::PUT, &url, &token).header("content-type", OCI_MANIFEST).body(large);
    assert_eq!(refusal(put.send().await.unwrap(), 413).await, "MANIFEST_INVALID");
}

#[tokio::test]
async fn a_blob_is_mounted_from_another_repository() {
    let cloud = Cloud::new().await;
    let image = Image::of(&["shared"]);
    cloud.push(REPOSITORY, "v1", &image).await;
    let scopes = ["repository:demo/team/web:pull", "repository:demo/team/copy:pull,push"];
    let both = token_of(cloud.token_for(&cloud.account, &cloud.password, &scopes).await).await;
    let layer = &image.layers[0].digest;
    let url = format!("/v2/demo/team/copy/blobs/uploads/?mount={layer}&from=demo/team/web");
    let mounted = cloud.request(Method::POST, &url, &both).send().await.unwrap();
    assert_eq!((mounted.status(), header(&mounted, "docker-content-digest")), (StatusCode::CREATED, &**layer));
    assert_eq!(cloud.get(&location(&mounted), &both).await.bytes().await.unwrap(), image.layers[0].bytes);
    // Without the permission to pull from there, and for a blob that is not there, an upload begins.
    let one = cloud.token("demo/team/copy").await;
    let refused = cloud.request(Method::POST, &url, &one).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::ACCEPTED);
    let unknown = url.replace(layer, &digest(b"unknown"));
    assert_eq!(cloud.request(Method::POST, &unknown, &both).send().await.unwrap().status(), StatusCode::ACCEPTED);
}

#[tokio::test]
async fn a_manifest_refers_to_what_was_pushed() {
    let cloud = Cloud::new().await;
    let token = cloud.token(REPOSITORY).await;
    let image = Image::of(&["one", "two"]);
    let missing = cloud.put_manifest(REPOSITORY, "v1", &token, &image).await;
    assert_eq!(refusal(missing, 400).await, "MANIFEST_BLOB_UNKNOWN");
    // A refused push creates no repository.
    let list = cloud.call("DescribeRepositories", json!({})).await;
    assert_eq!(list["TotalCount"], 0);
    cloud.push(REPOSITORY, "v1", &image).await;

    let put = async |reference: &str, media_type: &str, text: String| {
        let url = format!("/v2/{REPOSITORY}/manifests/{reference}");
        cloud.request(Method::PUT, &url, &token).header("content-type", media_type).body(text).send().await.unwrap()
    };
    let text = String::from_utf8(image.manifest.bytes.clone()).unwrap();
    for (reference, media_type, text, code) in [
        ("v2", DOCKER_MANIFEST, "{".to_owned(), "MANIFEST_INVALID"),
        ("v2", DOCKER_MANIFEST, "[]".to_owned(), "MANIFEST_INVALID"),
        ("v2", OCI_MANIFEST, text.clone(), "MANIFEST_INVALID"),
        ("v2", "application/vnd.docker.distribution.manifest.v1+json", text.clone(), "MANIFEST_INVALID"),
        ("v2", DOCKER_MANIFEST, text.replace("\"schemaVersion\":2", "\"schemaVersion\":1"), "MANIFEST_INVALID"),
        ("v2", DOCKER_MANIFEST, text.replace("\"size\":3", "\"size\":4"), "MANIFEST_INVALID"),
        ("v2", DOCKER_MANIFEST, text.replace("sha256", "sha1"), "MANIFEST_INVALID"),
        (".v2", DOCKER_MANIFEST, text.clone(), "TAG_INVALID"),
        (&digest(b"other"), DOCKER_MANIFEST, text.clone(), "DIGEST_INVALID"),
    ] {
        assert_eq!(refusal(put(reference, media_type, text).await, 400).await, code, "{reference} {media_type}");
    }
    assert_eq!(cloud.tags("team", "web").await, ["v1"]);
    // By digest, without a tag.
    let done = put(&image.manifest.digest, DOCKER_MANIFEST, text).await;
    assert_eq!(done.status(), StatusCode::CREATED);
    assert_eq!(header(&done, "docker-content-digest"), image.manifest.digest);
    assert_eq!(location(&done), format!("/v2/{REPOSITORY}/manifests/{}", image.manifest.digest));
}

#[tokio::test]
async fn a_push_needs_a_namespace_that_exists() {
    let cloud = Cloud::new().await;
    for repository in ["demo/nowhere/web", "nowhere/web", "missing/team/web"] {
        let token = cloud.token_for(&cloud.account, &cloud.password, &[&format!("repository:{repository}:push")]).await;
        let token = if repository == "nowhere/web" {
            let scope = format!("repository:{repository}:pull,push");
            token_of(cloud.token_for(&cloud.account, PASSWORD, &[&scope]).await).await
        } else {
            token_of(token).await
        };
        let url = format!("/v2/{repository}/blobs/uploads/");
        let refused = cloud.request(Method::POST, &url, &token).send().await.unwrap();
        assert_eq!(refusal(refused, 404).await, "NAME_UNKNOWN", "{repository}");
    }
}
