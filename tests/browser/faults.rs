//! Faults ordered on the page strike clients.

use crate::driver::{WIDE, with_page};
use crate::work::Work;
use wharf::ErrorKind;

#[tokio::test(flavor = "multi_thread")]
async fn an_ordered_fault_strikes_a_client_and_is_used_up() {
    let work = Work::start().await;
    with_page(work.server.endpoint(), WIDE, |page| async {
        page.click("#views button", "Controls").await;
        page.choose("#fault-kind", "throttle").await;
        page.choose("#fault-form [name=product]", "tke").await;
        page.fill("#fault-form [name=operation]", "DescribeClusters").await;
        page.fill("#fault-form [name=times]", "1").await;
        page.click("#fault-form button", "Order the fault").await;
        page.until_shown("#faults .items", "TKE, DescribeClusters, 1 call").await;
        page.until_shown("#views", "1 fault").await;

        let struck = work.tke.clusters().describe_clusters().send().await.unwrap_err();
        assert_eq!(struck.kind(), ErrorKind::Throttled);
        work.tke.clusters().describe_clusters().send().await.unwrap();
        page.until_shown("#faults", "No faults wait for calls").await;
        page.click("#views button", "Journal").await;
        page.until_shown(".call.is-fault", struck.code().unwrap()).await;
        page
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_is_removed_before_it_strikes() {
    let work = Work::start().await;
    with_page(work.server.endpoint(), WIDE, |page| async {
        page.click("#views button", "Controls").await;
        page.choose("#fault-kind", "status").await;
        page.fill("#fault-form [name=status]", "502").await;
        page.click("#fault-form button", "Order the fault").await;
        page.until_shown("#faults .items", "status 502").await;
        let struck = work.tke.clusters().describe_clusters().send().await.unwrap_err();
        assert_eq!(struck.status(), Some(502));
        page.click("#faults .items button", "Remove").await;
        page.until_shown("#faults", "No faults wait for calls").await;
        work.tke.clusters().describe_clusters().send().await.unwrap();
        page
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_order_is_refused_at_its_field() {
    let work = Work::start().await;
    with_page(work.server.endpoint(), WIDE, |mut page| async {
        page.expect("status of 400");
        page.click("#views button", "Controls").await;
        page.fill("#fault-form [name=operation]", "DescribeNothing").await;
        page.click("#fault-form button", "Order the fault").await;
        page.until_shown("#fault-form .field:has([name=operation]) [role=alert]", "Expected").await;
        page.until("document.activeElement.name === 'operation' && document.activeElement.ariaInvalid === 'true'").await;
        // The field refers to the text about it.
        page.until("document.getElementById(document.activeElement.getAttribute('aria-describedby')).textContent.includes('operation')").await;
        page.fill("#fault-form [name=operation]", "DescribeClusters").await;
        page.click("#fault-form button", "Order the fault").await;
        page.until_shown("#faults .items", "DescribeClusters").await;
        page.until("!document.querySelector('#fault-form [role=alert]')").await;
        page
    })
    .await;
}
