//! The category "content discovery" of the distribution specification.

use super::*;

const REPOSITORY: &str = "demo/team/web";

/// The address in the header `Link`.
fn next(response: &Response) -> Option<String> {
    let link = header(response, "link");
    let (address, relation) = link.strip_prefix('<')?.split_once('>')?;
    assert_eq!(relation, "; rel=\"next\"");
    Some(address.to_owned())
}

#[tokio::test]
async fn tags_are_listed_in_pages() {
    let cloud = Cloud::new().await;
    let image = Image::of(&["one"]);
    let tags = ["v1", "v10", "v2", "Latest", "nightly"];
    for tag in tags {
        cloud.push(REPOSITORY, tag, &image).await;
    }
    let mut sorted = tags.map(str::to_owned);
    sorted.sort();
    let token = cloud.token(REPOSITORY).await;
    let path = format!("/v2/{REPOSITORY}/tags/list");
    let whole: Value = cloud.get(&path, &token).await.document().await;
    assert_eq!(whole, json!({"name": REPOSITORY, "tags": sorted}));
    let (mut found, mut at) = (Vec::new(), Some(format!("{path}?n=2")));
    while let Some(url) = at {
        let page = cloud.get(&url, &token).await;
        at = next(&page);
        let page: Value = page.document().await;
        let names = page["tags"].as_array().unwrap().clone();
        assert!(names.len() <= 2);
        found.extend(names);
    }
    assert_eq!(json!(found), json!(sorted));
    let none = cloud.get(&format!("{path}?n=0"), &token).await;
    assert_eq!(none.document().await["tags"], json!([]));
    let after: Value = cloud.get(&format!("{path}?last=v10"), &token).await.document().await;
    assert_eq!(after["tags"], json!(["v2"]));
    assert_eq!(refusal(cloud.get(&format!("{path}?n=x"), &token).await, 400).await, "PAGINATION_NUMBER_INVALID");
    let missing = cloud.token("demo/team/other").await;
    assert_eq!(refusal(cloud.get("/v2/demo/team/other/tags/list", &missing).await, 404).await, "NAME_UNKNOWN");
}

#[tokio::test]
async fn the_repositories_of_an_account_are_listed() {
    let cloud = Cloud::new().await;
    for name in ["b", "a"] {
        cloud.push(&format!("demo/team/{name}"), "v1", &Image::of(&["one"])).await;
    }
    cloud.call("CreateRepositoryPersonal", json!({"RepoName": "team/own"})).await;
    let scope = ["registry:catalog:*"];
    let token = token_of(cloud.token_for(&cloud.account, &cloud.password, &scope).await).await;
    let list: Value = cloud.get("/v2/_catalog", &token).await.document().await;
    assert_eq!(list, json!({"repositories": ["demo/team/a", "demo/team/b", "team/own"]}));
    let page = cloud.get("/v2/_catalog?n=2", &token).await;
    assert_eq!(next(&page).as_deref(), Some("/v2/_catalog?n=2&last=demo/team/b"));
    // By the host of the instance.
    let request = cloud.request(Method::GET, "/v2/_catalog", &token).header("host", "demo.tencentcloudcr.com");
    let list: Value = request.send().await.unwrap().document().await;
    assert_eq!(list, json!({"repositories": ["team/a", "team/b"]}));
    let anonymous = token_of(cloud.token_for("", "", &scope).await).await;
    assert_eq!(refusal(cloud.get("/v2/_catalog", &anonymous).await, 401).await, "UNAUTHORIZED");
}

#[tokio::test]
async fn referrers_are_listed_by_their_subject() {
    let cloud = Cloud::new().await;
    let image = Image::of(&["one"]);
    cloud.push(REPOSITORY, "v1", &image).await;
    let token = cloud.token(REPOSITORY).await;
    let path = format!("/v2/{REPOSITORY}/referrers/{}", image.manifest.digest);
    let none: Value = cloud.get(&path, &token).await.document().await;
    assert_eq!(none, json!({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": []}));

    let empty = content("{}");
    assert_eq!(cloud.upload(REPOSITORY, &token, &empty).await.status(), StatusCode::CREATED);
    for kind in ["application/vnd.example.sbom", "application/vnd.example.signature"] {
        let descriptor = json!({"mediaType": "application/vnd.oci.empty.v1+json", "digest": empty.digest, "size": 2});
        let manifest = json!({
            "schemaVersion": 2, "mediaType": OCI_MANIFEST, "artifactType": kind,
            "config": descriptor, "layers": [descriptor], "annotations": {"by": "test"},
            "subject": {
                "mediaType": DOCKER_MANIFEST, "digest": image.manifest.digest, "size": image.manifest.bytes.len(),
            },
        });
        let about = Image { manifest: content(manifest.to_string()), media_type: OCI_MANIFEST, ..Image::of(&[]) };
        let done = cloud.put_manifest(REPOSITORY, &about.manifest.digest, &token, &about).await;
        assert_eq!((done.status(), header(&done, "oci-subject")), (StatusCode::CREATED, &*image.manifest.digest));
    }
    let all = cloud.get(&path, &token).await;
    assert_eq!((header(&all, "content-type"), header(&all, "oci-filters-applied")), (OCI_INDEX, ""));
    assert_eq!(all.document().await["manifests"].as_array().unwrap().len(), 2);
    let some = cloud.get(&format!("{path}?artifactType=application/vnd.example.sbom"), &token).await;
    assert_eq!(header(&some, "oci-filters-applied"), "artifactType");
    let some = some.document().await["manifests"].clone();
    assert_eq!((some.as_array().unwrap().len(), &some[0]["annotations"]["by"]), (1, &json!("test")));
    let wrong = cloud.get(&format!("/v2/{REPOSITORY}/referrers/latest"), &token).await;
    assert_eq!(refusal(wrong, 400).await, "DIGEST_INVALID");
}
