//! `skopeo` as a witness: a client of the protocol that is not ours. Without it these tests are left out.

use super::rules::{listener, received, trigger};
use super::*;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder that is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("wharf-skopeo-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn is_there() -> bool {
    let there = Command::new("skopeo").arg("--version").output().is_ok();
    if !there {
        println!("skopeo is not there: its tests are left out");
    }
    there
}

/// Writes an image of three layers as a folder that skopeo reads; each layer is an archive with a file.
fn write_image(folder: &Path, size: usize) -> Image {
    std::fs::create_dir_all(folder).unwrap();
    let mut layers = Vec::new();
    for number in 0..3 {
        let (file, archive) = (folder.join(format!("file{number}")), folder.join("layer.tar.gz"));
        let text: Vec<u8> = (0..size).map(|at| ((at * 7919 + number * 31) % 256) as u8).collect();
        std::fs::write(&file, text).unwrap();
        let mut tar = Command::new("tar");
        tar.arg("-czf").arg(&archive).arg("-C").arg(folder).arg(format!("file{number}"));
        assert!(tar.status().unwrap().success());
        layers.push(content(std::fs::read(&archive).unwrap()));
        std::fs::remove_file(file).unwrap();
        std::fs::remove_file(archive).unwrap();
    }
    let config = json!({
        "architecture": "amd64", "os": "linux", "config": {"Labels": {"by": "skopeo"}},
        "rootfs": {"type": "layers", "diff_ids": layers.iter().map(|one| &one.digest).collect::<Vec<_>>()},
    });
    let config = content(config.to_string());
    let part = |media_type: &str, one: &Content| json!({"mediaType": media_type, "size": one.bytes.len(), "digest": one.digest});
    let layer = |one| part("application/vnd.docker.image.rootfs.diff.tar.gzip", one);
    let manifest = json!({
        "schemaVersion": 2, "mediaType": DOCKER_MANIFEST,
        "config": part("application/vnd.docker.container.image.v1+json", &config),
        "layers": layers.iter().map(layer).collect::<Vec<_>>(),
    });
    let image = Image { manifest: content(manifest.to_string()), config, layers, media_type: DOCKER_MANIFEST };
    std::fs::write(folder.join("version"), "Directory Transport Version: 1.1\n").unwrap();
    std::fs::write(folder.join("manifest.json"), &image.manifest.bytes).unwrap();
    for blob in image.blobs() {
        std::fs::write(folder.join(blob.digest.strip_prefix("sha256:").unwrap()), &blob.bytes).unwrap();
    }
    image
}

impl Cloud {
    fn address(&self, path: &str) -> String {
        format!("docker://{}/{path}", self.server.address().unwrap())
    }

    async fn skopeo(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new("skopeo");
        command.env_remove("HTTP_PROXY").env_remove("http_proxy").env("REGISTRY_AUTH_FILE", "/nonexistent/auth.json");
        command.arg("--insecure-policy").args(arguments);
        tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
    }

    async fn copy_to(&self, folder: &str, path: &str, user: &str, password: &str) -> Output {
        let login = format!("{user}:{password}");
        let address = self.address(path);
        self.skopeo(&["copy", "--dest-tls-verify=false", "--dest-creds", &login, &format!("dir:{folder}"), &address])
            .await
    }

    async fn copy_from(&self, path: &str, folder: &str, user: &str, password: &str) -> Output {
        let login = format!("{user}:{password}");
        let address = self.address(path);
        self.skopeo(&["copy", "--src-tls-verify=false", "--src-creds", &login, &address, &format!("dir:{folder}")])
            .await
    }
}

fn succeeded(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn failed(output: &Output, why: &str) {
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && text.contains(why), "{text}");
}

/// The files of an image that skopeo wrote are those that it read.
fn same(image: &Image, folder: &str) {
    let folder = Path::new(folder);
    assert_eq!(std::fs::read(folder.join("manifest.json")).unwrap(), image.manifest.bytes);
    for blob in image.blobs() {
        assert_eq!(std::fs::read(folder.join(blob.digest.strip_prefix("sha256:").unwrap())).unwrap(), blob.bytes);
    }
}

#[tokio::test]
async fn skopeo_pushes_and_pulls_an_image_and_the_rules_act_on_it() {
    if !is_there() {
        return;
    }
    let folder = Folder::new("whole");
    let cloud = Cloud::new().await;
    let (hook, mut requests) = listener(200).await;
    cloud.call("CreateWebhookTrigger", trigger("hook", &hook, &["pushImage"], "")).await;
    let input = json!({"RegistryName": "mirror", "RegistryType": "basic"});
    let mirror = cloud.call("CreateInstance", input).await["RegistryId"].as_str().unwrap().to_owned();
    cloud.server.advance(Duration::from_secs(60));
    let rule = json!({
        "SourceRegistryId": cloud.id, "DestinationRegistryId": mirror,
        "Rule": {"Name": "all", "DestNamespace": "", "Override": true, "Filters": []},
    });
    cloud.call("ManageReplication", rule).await;
    let source = folder.path("source");
    let image = write_image(Path::new(&source), 200_000);
    succeeded(&cloud.copy_to(&source, "demo/team/web:v1", &cloud.account, &cloud.password).await);

    // The API shows it, the webhook was told, the copy is in the other instance.
    let list = cloud.call("DescribeImages", json!({"NamespaceName": "team", "RepositoryName": "web"})).await;
    assert_eq!(list["ImageInfoList"][0]["Digest"], json!(image.manifest.digest));
    let told = received(&mut requests).await.1;
    assert_eq!(told["event_data"]["resources"][0]["digest"], json!(image.manifest.digest));
    let back = folder.path("back");
    succeeded(&cloud.copy_from("demo/team/web:v1", &back, &cloud.account, &cloud.password).await);
    same(&image, &back);
    let password = cloud.call("CreateInstanceToken", json!({"RegistryId": mirror})).await;
    let copied = folder.path("copied");
    let password = password["Token"].as_str().unwrap();
    succeeded(&cloud.copy_from("mirror/team/web:v1", &copied, &cloud.account, password).await);
    same(&image, &copied);
    let login = format!("{}:{}", cloud.account, cloud.password);
    let address = cloud.address("demo/team/web");
    let tags = cloud.skopeo(&["list-tags", "--tls-verify=false", "--creds", &login, &address]).await;
    succeeded(&tags);
    assert_eq!(serde_json::from_slice::<Value>(&tags.stdout).unwrap()["Tags"], json!(["v1"]));

    // A clean-up rule removes it.
    let namespace = cloud.call("DescribeNamespaces", json!({})).await["NamespaceList"][0]["NamespaceId"].clone();
    let rule = json!({
        "NamespaceId": namespace, "CronSetting": "daily", "RetentionRule": {"Key": "nDaysSinceLastPush", "Value": 1},
    });
    cloud.call("CreateTagRetentionRule", rule).await;
    cloud.server.advance(Duration::from_secs(2 * 24 * 60 * 60));
    let password = cloud.call("CreateInstanceToken", json!({})).await;
    let password = password["Token"].as_str().unwrap();
    failed(
        &cloud.copy_from("demo/team/web:v1", &folder.path("none"), &cloud.account, password).await,
        "manifest unknown",
    );
}

#[tokio::test]
async fn skopeo_pushes_to_the_personal_edition() {
    if !is_there() {
        return;
    }
    let (folder, cloud) = (Folder::new("personal"), Cloud::new().await);
    let source = folder.path("source");
    let image = write_image(Path::new(&source), 1_000);
    succeeded(&cloud.copy_to(&source, "team/web:v1", &cloud.account, PASSWORD).await);
    let list = cloud.call("DescribeImagePersonal", json!({"RepoName": "team/web"})).await;
    assert_eq!(list["Data"]["TagInfo"][0]["TagId"], json!(image.manifest.digest));
    let back = folder.path("back");
    succeeded(&cloud.copy_from("team/web:v1", &back, &cloud.account, PASSWORD).await);
    same(&image, &back);
    let login = format!("{}:{PASSWORD}", cloud.account);
    succeeded(&cloud.skopeo(&["delete", "--tls-verify=false", "--creds", &login, &cloud.address("team/web:v1")]).await);
    assert_eq!(cloud.server.layer_bytes(), 0);
    // An image that no client pushed can be pulled, too.
    let described = wharf_server::world::registry::Image::new("described", 1 << 30);
    cloud.server.with_world(|world| world.push_image(&cloud.account, "team/web", "v2", described).unwrap());
    succeeded(&cloud.copy_from("team/web:v2", &folder.path("described"), &cloud.account, PASSWORD).await);
}

#[tokio::test]
async fn skopeo_is_refused_with_a_wrong_password_and_with_a_permission_to_read() {
    if !is_there() {
        return;
    }
    let (folder, cloud) = (Folder::new("refused"), Cloud::new().await);
    let source = folder.path("source");
    let image = write_image(Path::new(&source), 1_000);
    failed(&cloud.copy_to(&source, "demo/team/web:v1", &cloud.account, "wrong").await, "unauthorized");
    let permissions = json!([{"Resource": "team", "Actions": ["tcr:PullRepository"]}]);
    let reader = cloud.call("CreateServiceAccount", json!({"Name": "reader", "Permissions": permissions})).await;
    let (user, password) = (reader["Name"].as_str().unwrap(), reader["Password"].as_str().unwrap());
    failed(
        &cloud.copy_to(&source, "demo/team/web:v1", user, password).await,
        "requested access to the resource is denied",
    );
    succeeded(&cloud.copy_to(&source, "demo/team/web:v1", &cloud.account, &cloud.password).await);
    let back = folder.path("back");
    succeeded(&cloud.copy_from("demo/team/web:v1", &back, user, password).await);
    same(&image, &back);
    failed(&cloud.copy_to(&source, "demo/nowhere/web:v1", &cloud.account, &cloud.password).await, "does not exist");
}

#[tokio::test]
async fn two_pushes_of_skopeo_at_once_and_one_that_is_killed() {
    if !is_there() {
        return;
    }
    let folder = Folder::new("parallel");
    let (layers, kept) = in_folder("killed");
    let cloud = Cloud::with(builder().layers(layers.upload_timeout(Duration::from_secs(2)))).await;
    let source = folder.path("source");
    let image = write_image(Path::new(&source), 300_000);
    let push = |tag: &str| {
        let path = format!("demo/team/web:{tag}");
        let (cloud, source) = (&cloud, source.clone());
        async move { cloud.copy_to(&source, &path, &cloud.account, &cloud.password).await }
    };
    let (one, two) = tokio::join!(push("v1"), push("v2"));
    succeeded(&one);
    succeeded(&two);
    assert_eq!(std::fs::read_dir(kept.join("layers")).unwrap().count(), 4);
    let image_size: usize = image.blobs().map(|blob| blob.bytes.len()).sum();

    // A large image, whose push is killed while a layer is on its way.
    let large = folder.path("large");
    write_image(Path::new(&large), 40_000_000);
    let login = format!("{}:{}", cloud.account, cloud.password);
    let mut child = Command::new("skopeo")
        .env("REGISTRY_AUTH_FILE", "/nonexistent/auth.json")
        .args(["--insecure-policy", "copy", "--dest-tls-verify=false", "--dest-creds", &login])
        .args([format!("dir:{large}"), cloud.address("demo/team/large:v1")])
        .spawn()
        .unwrap();
    let before = cloud.server.layer_bytes();
    while cloud.server.layer_bytes() == before && child.try_wait().unwrap().is_none() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    for _ in 0..400 {
        if cloud.server.layer_bytes() == image_size as u64 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(cloud.server.layer_bytes(), image_size as u64);
    assert_eq!(std::fs::read_dir(kept.join("uploads")).unwrap().count(), 0);
    let list = cloud.call("DescribeRepositories", json!({})).await;
    assert_eq!(list["TotalCount"], 1, "{list}");
    cloud.server.stop().await;
    std::fs::remove_dir_all(kept).unwrap();
}
