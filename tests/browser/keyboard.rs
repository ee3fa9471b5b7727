//! Everything by keyboard.

use crate::driver::{WIDE, with_page};
use crate::webdriver::Key;
use crate::work::Work;
use serde_json::json;

/// Whether the element with the focus shows that it has it, and is inside of the window.
const VISIBLE_FOCUS: &str = "(() => {
    const it = document.activeElement;
    const style = getComputedStyle(it);
    const box = it.getBoundingClientRect();
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
        && box.bottom > 0 && box.top < innerHeight && it.checkVisibility();
})()";

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_visit_needs_no_mouse() {
    let work = Work::start().await;
    let cluster = work.create_tke("keyed", "172.16.0.0/16").await;
    for _ in 0..5 {
        work.tke.clusters().describe_clusters().send().await.unwrap();
    }
    with_page(work.server.endpoint(), WIDE, |page| async {
        page.until_shown(".call", "DescribeClusters").await;

        // The first keys reach the links that skip what is before the journal.
        page.press(Key::Tab).await;
        page.until(
            "document.activeElement.matches('.skip') && document.activeElement.getBoundingClientRect().top >= 0",
        )
        .await;
        page.press(Key::Tab).await;
        page.press(Key::Enter).await;
        page.until("document.activeElement.id === 'journal'").await;

        // One row is reached by Tab, the others by arrows.
        page.tab_to(".call", "DescribeClusters").await;
        assert_eq!(page.evaluate("document.querySelectorAll('.call[tabindex=\"0\"]').length").await, json!(1));
        let sequence = "Number(document.activeElement.dataset.sequence)";
        let newest = page.evaluate(sequence).await.as_u64().unwrap();
        page.press(Key::Down).await;
        page.press(Key::Down).await;
        assert_eq!(page.evaluate(sequence).await, json!(newest - 2));
        page.press(Key::Up).await;
        page.press(Key::End).await;
        assert_eq!(page.evaluate(sequence).await, json!(0));
        assert_eq!(page.evaluate(VISIBLE_FOCUS).await, json!(true));

        // An entry opens, the focus stays in it, and returns to its row.
        page.press(Key::Enter).await;
        page.until_shown("dialog h2", "CreateCluster").await;
        page.tab_to("dialog button", "Newer").await;
        page.press(Key::Enter).await;
        page.until_shown("dialog h2", "DescribeClusters").await;
        page.press(Key::Escape).await;
        page.until(format!("!document.querySelector('dialog') && {sequence} === 1")).await;

        // The clock moves.
        page.evaluate("document.activeElement.blur()").await;
        page.tab_to("[data-advance]", "+10 min").await;
        page.press(Key::Enter).await;
        page.until_shown(".tile[data-cluster]", "Running").await;
        page.until("document.activeElement.matches('[data-advance=\"600\"]')").await;

        // A cluster opens and closes.
        page.tab_to(".tile[data-cluster]", "keyed").await;
        assert_eq!(page.evaluate(VISIBLE_FOCUS).await, json!(true));
        page.press(Key::Enter).await;
        page.until_shown("dialog", &cluster).await;
        page.press(Key::Escape).await;
        page.until("document.activeElement.matches('.tile[data-cluster]')").await;

        // A fault is ordered, and removed.
        page.tab_to("#views button", "Controls").await;
        page.press(Key::Enter).await;
        page.tab_to("#fault-form [name=operation]", "").await;
        page.type_text("DescribeClusters").await;
        page.press(Key::Enter).await;
        page.until_shown("#faults .items", "DescribeClusters").await;
        assert!(work.tke.clusters().describe_clusters().send().await.is_err());
        page.evaluate("document.activeElement.blur()").await;
        page.tab_to("#faults .items button", "Remove").await;
        page.press(Key::Enter).await;
        page.until_shown("#faults", "No faults wait for calls").await;
        page
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_control_that_tab_reaches_shows_its_focus() {
    let work = Work::start().await;
    work.create_tke("keyed", "172.16.0.0/16").await;
    with_page(work.server.endpoint(), WIDE, |page| async {
        page.click("#views button", "Controls").await;
        page.until_shown(".tile", "keyed").await;
        page.evaluate("document.activeElement.blur()").await;
        // From where the focus is to the end of the page, and then once from its beginning to its end.
        let mut names = Vec::new();
        let mut rounds = 0;
        while rounds < 2 {
            page.press(Key::Tab).await;
            if page.evaluate("document.activeElement === document.body").await == json!(true) {
                rounds += 1;
                continue;
            }
            let name = page.evaluate("document.activeElement.outerHTML.slice(0, 120)").await;
            assert_eq!(page.evaluate(VISIBLE_FOCUS).await, json!(true), "{name}");
            names.push(name);
            assert!(names.len() < 200, "the Tab key never leaves the page");
        }
        assert!(names.len() > 30, "{names:#?}");
        page
    })
    .await;
}
