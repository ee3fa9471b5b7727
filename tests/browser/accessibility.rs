//! axe finds nothing serious on a full cloud, and nothing is wider than the window.

use crate::driver::{Look, NARROW, NARROWEST, WIDE, with_page};
use crate::page::Page;
use crate::work::Work;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use wharf::{Credentials, tke};

/// axe-core, installed by npm as its lock file says.
fn axe() -> String {
    static READY: std::sync::OnceLock<PathBuf> = std::sync::OnceLock::new();
    let file = READY.get_or_init(|| {
        let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("axe");
        std::fs::create_dir_all(&home).unwrap();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser");
        for name in ["package.json", "package-lock.json"] {
            std::fs::copy(folder.join(name), home.join(name)).unwrap();
        }
        let mut install = Command::new("npm");
        install.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&home);
        let output = install.output().expect("npm is needed for axe-core");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        home.join("node_modules/axe-core/axe.min.js")
    });
    std::fs::read_to_string(file).unwrap()
}

/// What axe finds, and what is wider than the window.
async fn check(page: &Page, what: &str, axe: &str) {
    page.run(axe).await;
    let found = page.run_async("axe.run(document, {resultTypes: ['violations']})").await;
    assert!(found["passes"].as_array().is_some_and(|passes| passes.len() > 15), "{what}: axe has checked nothing");
    let serious: Vec<&Value> = found["violations"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["impact"] == "serious" || it["impact"] == "critical")
        .collect();
    assert!(serious.is_empty(), "{what}: {serious:#?}");
    let scrolled = ".dialog-head, .dialog-body, .controls, .journal-list";
    let parts = format!("[document.documentElement, ...document.querySelectorAll('{scrolled}')]");
    let inside = format!("{parts}.map(it => it.scrollWidth - it.clientWidth)");
    let right = "it.getBoundingClientRect().right - document.documentElement.clientWidth";
    let beyond = format!("[...document.querySelectorAll('dialog')].map(it => {right})");
    let wider = page.evaluate(&format!("Math.max(...{inside}, ...{beyond})")).await;
    assert!(wider.as_f64().unwrap() <= 0.5, "{what}: {wider} pixels are outside of the window");
}

/// Looks at every part of the page.
async fn visit(page: &Page, look: Look, axe: &str) {
    let scheme = if look.dark { "dark" } else { "light" };
    let name = |part: &str| format!("{}-{scheme}-{part}", look.width);
    let wide = look.width > 1_024;
    page.until_shown(".figure", "40").await;
    page.until("[...document.querySelectorAll('.call')].some(it => it.textContent.includes('DescribeClusters'))").await;
    // The charts fill.
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    assert_eq!(page.evaluate("document.querySelectorAll('.tile[data-cluster]').length").await, json!(40));
    page.screenshot(&name("cloud")).await;
    check(page, &name("cloud"), axe).await;

    page.click(".tile[data-cluster]", "media-transcoding").await;
    page.until_shown("dialog .node-list", "not ready").await;
    page.screenshot(&name("cluster")).await;
    check(page, &name("cluster"), axe).await;
    page.click(".dialog-head button", "Close").await;

    page.click("#views button", "Controls").await;
    page.until_shown("#mishaps .items", "Kubelet").await;
    page.screenshot(&name("controls")).await;
    check(page, &name("controls"), axe).await;

    page.click("#views button", "Journal").await;
    if !wide {
        page.screenshot(&name("journal")).await;
        check(page, &name("journal"), axe).await;
    }
    page.click(".call.is-refused", "DescribeClusters").await;
    page.until_shown("dialog .verdict", "").await;
    page.screenshot(&name("entry")).await;
    check(page, &name("entry"), axe).await;
    page.click(".dialog-head button", "Close").await;
}

async fn looks_good(look: Look) {
    let work = Work::start().await;
    work.fill().await;
    let stranger = tke::Connection::builder().region(work.server.region()).endpoint(work.server.endpoint());
    let stranger =
        stranger.credentials(Credentials::new(work.server.credentials().id(), "another-secret")).build().unwrap();
    for _ in 0..3 {
        stranger.clusters().describe_clusters().send().await.unwrap_err();
        work.tke.clusters().describe_clusters().send().await.unwrap();
    }
    with_page(work.server.endpoint(), look, |page| async {
        let axe = axe();
        visit(&page, look, &axe).await;
        if look.width <= 1_024 {
            page.click("#views button", "Cloud").await;
        }
        page.look(look.dark()).await;
        visit(&page, look.dark(), &axe).await;
        page
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_wide_screen() {
    looks_good(WIDE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_telephone() {
    looks_good(NARROW).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_the_narrowest_telephone() {
    looks_good(NARROWEST).await;
}
