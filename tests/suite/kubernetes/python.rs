//! Kubernetes' Python client with a file that `Kubeconfig::write_to` wrote.

use crate::cloud::Cloud;
use crate::witness::drive;
use std::path::Path;

async fn drives(product: &str) {
    let mut cloud = Cloud::new().await;
    let config = cloud.kubeconfig(product).await;
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("kubeconfig-for-python-{product}"));
    config.write_to(&file).unwrap();
    cloud.run();
    let server = cloud.server.clone();
    let drive = move || drive(&server, "kubernetes_client.py", &[file.to_str().unwrap()]);
    assert_eq!(tokio::task::spawn_blocking(drive).await.unwrap().trim(), "done");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_cluster_of_tke() {
    drives("tke").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_cluster_of_cce() {
    drives("cce").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_cluster_of_ack() {
    drives("ack").await;
}
