//! The page shows what clients make, and what it changes is seen by clients.

use crate::driver::{WIDE, with_page};
use crate::work::Work;

/// The tile of the only cluster.
const TILE: &str = ".tile[data-cluster]";

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_is_seen_while_its_state_changes_and_the_clock_moves() {
    let work = Work::start().await;
    let endpoint = work.server.endpoint();
    with_page(endpoint, WIDE, |page| async {
        page.until_shown("#connection", "Live").await;
        page.until_shown(".start", "This cloud is empty").await;
        page.until_shown(".start", endpoint).await;

        let cluster = work.create_tke("watched", "172.16.0.0/16").await;
        page.until_shown(TILE, "watched").await;
        page.until_shown(TILE, "Creating").await;
        page.until_shown(".call", "CreateCluster").await;
        page.until("!document.querySelector('.start')?.checkVisibility()").await;

        let before = page.text("#world-time").await;
        page.click("[data-advance]", "+10 min").await;
        page.until_shown(TILE, "Running").await;
        assert_ne!(page.text("#world-time").await, before);
        page.until_shown("#said", "watched: Running").await;
        let seen = work.tke.clusters().describe_clusters().cluster_ids([&cluster]).send().await.unwrap();
        assert_eq!(seen.clusters[0].cluster_status, "Running");

        // Nodes come, and are in the picture.
        work.add_nodes(&cluster, 3).await;
        page.until_shown(TILE, "3 nodes").await;
        page.fill("#advance-form [name=advance]", "30").await;
        page.click("#advance-form button", "Advance").await;
        page.until(format!("document.querySelectorAll('{TILE} .picture .node:not(.is-moving)').length === 3")).await;
        page.until_shown(".figure", "3 ready").await;

        work.tke.clusters().delete_cluster(&cluster).instance_delete_mode("terminate").send().await.unwrap();
        page.until_shown(TILE, "Deleting").await;
        page.click("[data-advance]", "+1 h").await;
        page.until_shown(".start", "This cloud is empty").await;
        page
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_speed_of_world_time_is_set() {
    let work = Work::start().await;
    with_page(work.server.endpoint(), WIDE, |page| async {
        page.until_shown("#connection", "Live").await;
        work.create_tke("fast", "172.16.0.0/16").await;
        page.until_shown(TILE, "Creating").await;
        page.choose("#speed", "600").await;
        page.until_shown(TILE, "Running").await;
        page.choose("#speed", "manual").await;
        page.until_shown("#said", "Speed: Manual").await;
        let now = page.text("#world-time").await;
        tokio::time::sleep(std::time::Duration::from_millis(2_500)).await;
        assert_eq!(page.text("#world-time").await, now, "time stands still");
        page
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_is_broken_and_repaired() {
    let work = Work::start().await;
    let cluster = work.create_tke("fragile", "172.16.0.0/16").await;
    work.pass(600);
    work.add_nodes(&cluster, 2).await;
    work.pass(600);
    let ready = || async {
        let nodes = work.tke.clusters().forward_request().method("GET").path("/api/v1/nodes").cluster_name(&cluster);
        let body: serde_json::Value =
            serde_json::from_str(nodes.send().await.unwrap().response_body.unwrap().expose()).unwrap();
        let conditions =
            body["items"].as_array().unwrap().iter().flat_map(|node| node["status"]["conditions"].as_array().unwrap());
        conditions.filter(|condition| condition["type"] == "Ready" && condition["status"] == "True").count()
    };
    assert_eq!(ready().await, 2);
    with_page(work.server.endpoint(), WIDE, |page| async {
        page.click(TILE, "fragile").await;
        page.until("document.querySelectorAll('.node-list > li').length === 2").await;
        page.click(".node-list > li:first-child button", "Mishaps").await;
        page.click(".node-list > li:first-child button", "Break").await;
        page.until_shown(".node-list > li:first-child", "Kubelet").await;
        page.click(".dialog-head button", "Close").await;
        page.click("[data-advance]", "+10 min").await;
        page.until(format!("document.querySelector('{TILE} .node.is-broken')")).await;
        page.until_shown(".figure", "1 not ready").await;
        page.until_shown(TILE, "2 nodes · 1 not ready").await;
        assert_eq!(ready().await, 1, "a client sees the node broken");

        page.click("#views button", "Controls").await;
        page.click("#mishaps .items button", "Repair").await;
        page.until("!document.querySelector('#mishaps .items').checkVisibility()").await;
        page.click("[data-advance]", "+10 min").await;
        page.until_shown(".figure", "2 ready").await;
        assert_eq!(ready().await, 2, "a client sees the node ready");
        page
    })
    .await;
}
