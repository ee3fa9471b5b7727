//! Pushes at the same time, and pushes that are cut.

use super::*;
use futures_util::future::join_all;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

const REPOSITORY: &str = "demo/team/web";

#[tokio::test]
async fn the_same_image_is_pushed_many_times_at_once() {
    let (layers, folder) = in_folder("concurrent");
    let cloud = Cloud::with(builder().layers(layers)).await;
    let layer = "x".repeat(300_000);
    let image = Image::of(&[&layer, "small"]);
    join_all((0..8).map(|number| {
        let (cloud, image) = (&cloud, &image);
        async move { cloud.push(REPOSITORY, &format!("v{}", number % 4), image).await }
    }))
    .await;
    let mut tags = cloud.tags("team", "web").await;
    tags.sort();
    assert_eq!(tags, ["v0", "v1", "v2", "v3"]);
    // Each layer is there once: two layers and a configuration.
    assert_eq!(std::fs::read_dir(folder.join("layers")).unwrap().count(), 3);
    assert_eq!(std::fs::read_dir(folder.join("uploads")).unwrap().count(), 0);
    let whole: usize = image.blobs().map(|blob| blob.bytes.len()).sum();
    assert_eq!(cloud.server.layer_bytes(), whole as u64);
    cloud.server.stop().await;
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn one_upload_is_written_by_one_request_at_a_time() {
    let cloud = Cloud::new().await;
    let token = cloud.token(REPOSITORY).await;
    let begun = cloud.request(Method::POST, &format!("/v2/{REPOSITORY}/blobs/uploads/"), &token).send().await.unwrap();
    let place = location(&begun);
    let mut slow = patch(&cloud, &place, &token, 10).await;
    slow.write_all(b"01234").await.unwrap();
    // The first bytes have arrived.
    while cloud.server.layer_bytes() < 5 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let second = cloud.request(Method::PATCH, &place, &token).body("x").send().await.unwrap();
    assert_eq!(refusal(second, 400).await, "BLOB_UPLOAD_INVALID");
}

/// Begins a request that adds a chunk of that length.
async fn patch(cloud: &Cloud, place: &str, token: &str, length: usize) -> TcpStream {
    let mut stream = TcpStream::connect(cloud.server.address().unwrap()).await.unwrap();
    let head = format!(
        "PATCH {place} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\ncontent-length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

#[tokio::test]
async fn a_push_that_is_cut_can_be_resumed_and_otherwise_leaves_nothing() {
    let (layers, folder) = in_folder("cut");
    let cloud = Cloud::with(builder().layers(layers.upload_timeout(Duration::from_secs(2)))).await;
    let token = cloud.token(REPOSITORY).await;
    let uploads = format!("/v2/{REPOSITORY}/blobs/uploads/");
    let blob = content("the first half and the second half");
    let mut places = Vec::new();
    for _ in 0..2 {
        let begun = cloud.request(Method::POST, &uploads, &token).send().await.unwrap();
        let place = location(&begun);
        let mut stream = patch(&cloud, &place, &token, blob.bytes.len()).await;
        stream.write_all(&blob.bytes[..15]).await.unwrap();
        stream.flush().await.unwrap();
        let before = cloud.server.layer_bytes();
        while cloud.server.layer_bytes() < before.max(15) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        drop(stream);
        places.push(place);
    }
    // The first one is resumed where it was cut.
    let mut size = None;
    for _ in 0..100 {
        let state = cloud.get(&places[0], &token).await;
        if state.status() == StatusCode::NO_CONTENT {
            size = Some(header(&state, "range").to_owned());
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(size.as_deref(), Some("0-14"));
    let rest = cloud
        .request(Method::PATCH, &places[0], &token)
        .header("content-range", format!("15-{}", blob.bytes.len() - 1));
    assert_eq!(rest.body(blob.bytes[15..].to_vec()).send().await.unwrap().status(), StatusCode::ACCEPTED);
    let end = format!("{}?digest={}", places[0], blob.digest);
    assert_eq!(cloud.request(Method::PUT, &end, &token).send().await.unwrap().status(), StatusCode::CREATED);
    // The other one, and the layer without a manifest, go after a while. No repository was created.
    for _ in 0..200 {
        if cloud.server.layer_bytes() == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(cloud.server.layer_bytes(), 0);
    for inner in ["uploads", "layers"] {
        assert_eq!(std::fs::read_dir(folder.join(inner)).unwrap().count(), 0, "{inner}");
    }
    assert_eq!(cloud.call("DescribeRepositories", json!({})).await["TotalCount"], 0);
    cloud.server.stop().await;
    std::fs::remove_dir_all(folder).unwrap();
}
