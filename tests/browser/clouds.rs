//! Several clouds in one server, and the whole cloud as a file.

use crate::driver::{WIDE, with_page};
use crate::work::Work;
use wharf::{Credentials, tke};

#[tokio::test(flavor = "multi_thread")]
async fn a_new_cloud_is_made_chosen_and_ended() {
    let work = Work::start().await;
    work.create_tke("of-the-first", "172.16.0.0/16").await;
    with_page(work.server.endpoint(), WIDE, |page| async {
        page.until_shown(".tile", "of-the-first").await;
        page.click("#clouds button", "New").await;
        page.click("dialog button", "Make the cloud").await;
        page.until_shown("dialog h2", "The new cloud").await;
        let fact = |name: &str| format!("[...document.querySelectorAll('dialog dt')].find(it => it.textContent === '{name}').nextSibling.textContent");
        let key = page.evaluate(&fact("Key")).await.as_str().unwrap().to_owned();
        let secret = page.evaluate(&fact("Secret")).await.as_str().unwrap().to_owned();
        page.click(".dialog-head button", "Close").await;
        page.until_shown(".start", "This cloud is empty").await;
        page.until_shown(".start", &key).await;

        let client = tke::Connection::builder().region(work.server.region()).endpoint(work.server.endpoint());
        let client = client.credentials(Credentials::new(key.clone(), secret)).build().unwrap();
        let order = client.clusters().create_cluster().cluster_type("MANAGED_CLUSTER");
        let order = order.cluster_cidr_settings(|ranges| ranges.cluster_cidr("172.16.0.0/16"));
        order.cluster_basic_settings(|basic| basic.cluster_name("of-the-second").vpc_id(crate::work::NETWORK)).send().await.unwrap();
        page.until_shown(".tile", "of-the-second").await;
        page.until("![...document.querySelectorAll('.tile')].some(it => it.textContent.includes('of-the-first'))").await;
        page.until("document.querySelectorAll('.call').length === 1").await;

        // The address names the cloud, so that a reload shows it again.
        page.until(format!("new URL(location).searchParams.get('cloud') === '{key}'")).await;
        page.go(&format!("/_wharf/ui?cloud={key}")).await;
        page.until_shown(".tile", "of-the-second").await;

        page.click("#clouds button", "End").await;
        page.click("dialog button", "End the cloud").await;
        page.until_shown(".tile", "of-the-first").await;
        assert!(client.clusters().describe_clusters().send().await.is_err(), "the key of an ended cloud signs nothing");
        page
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cloud_is_emptied_after_a_question() {
    let work = Work::start().await;
    work.create_tke("gone-soon", "172.16.0.0/16").await;
    with_page(work.server.endpoint(), WIDE, |page| async {
        page.until_shown(".tile", "gone-soon").await;
        page.click("#views button", "Controls").await;
        page.click("#world button", "Empty the cloud").await;
        page.click(".dialog-head button", "Close").await;
        assert_eq!(work.tke.clusters().describe_clusters().send().await.unwrap().total_count, 1);
        page.click("#world button", "Empty the cloud").await;
        page.click("dialog .dialog-body button", "Empty the cloud").await;
        page.until_shown(".start", "This cloud is empty").await;
        assert_eq!(work.tke.clusters().describe_clusters().send().await.unwrap().total_count, 0);
        page
    })
    .await;
}
