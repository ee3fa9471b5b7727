//! Names from the world and from requests are shown as texts, whatever is in them.

use crate::driver::{WIDE, with_page};
use crate::work::Work;
use serde_json::json;

const HOSTILE: &str = "<img src=x onerror=alert(1)>";
const FOREIGN: &str = "数据平台 журнал";

#[tokio::test(flavor = "multi_thread")]
async fn no_name_becomes_a_part_of_the_page() {
    let work = Work::start().await;
    let endpoint = work.server.endpoint();
    work.create_tke("<script>alert(1)</script>", "172.16.0.0/20").await;
    work.create_tke(HOSTILE, "172.16.16.0/20").await;
    work.create_tke(FOREIGN, "172.16.32.0/20").await;
    work.pass(600);
    with_page(endpoint, WIDE, |mut page| async {
        page.expect("TrustedHTML");
        for name in ["<script>alert(1)</script>", HOSTILE, FOREIGN] {
            page.until_shown(".tile[data-cluster] .tile-name", name).await;
        }
        // Requests with hostile operations and paths.
        let client = reqwest::Client::new();
        let version = client.post(endpoint).header("X-TC-Action", HOSTILE).header("X-TC-Version", "2018-05-25").body("{}");
        version.send().await.unwrap();
        client.get(format!("{endpoint}/<script>alert(2)</script>?a=<b>")).send().await.unwrap();
        page.until("document.querySelectorAll('.call').length >= 5").await;
        page.click(".tile[data-cluster]", HOSTILE).await;
        page.until_shown("dialog h2", HOSTILE).await;
        page.click(".dialog-head button", "Close").await;
        page.click(".call", "CreateCluster").await;
        page.until_shown("dialog pre", FOREIGN).await;
        page.click(".dialog-head button", "Older").await;
        page.until_shown("dialog pre", HOSTILE).await;

        assert_eq!(page.evaluate("document.querySelectorAll('script').length").await, json!(1));
        assert_eq!(page.evaluate("document.querySelectorAll('img, b, iframe, object').length").await, json!(0));
        // The policy refuses HTML from scripts, whatever they try.
        let tried = "(() => { try { document.body.insertAdjacentHTML('beforeend', '<b>x</b>'); return 'done' } catch (error) { return error.name } })()";
        assert_eq!(page.evaluate(tried).await, json!("TypeError"));
        page
    })
    .await;
}
