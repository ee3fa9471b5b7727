//! Refused requests, opened to the verdict on their signature.

use crate::driver::{WIDE, with_page};
use crate::work::Work;
use wharf::{Credentials, tke};

/// A content type that the client does not sign.
const OTHER_TYPE: &str = "application/json; charset=utf-8";

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_secret_is_explained() {
    let work = Work::start().await;
    with_page(work.server.endpoint(), WIDE, |page| async {
        page.until_shown("#connection", "Live").await;
        let wrong = tke::Connection::builder()
            .region(work.server.region())
            .endpoint(work.server.endpoint())
            .credentials(Credentials::new(work.server.credentials().id(), "another-secret"))
            .build()
            .unwrap();
        let refused = wrong.clusters().describe_clusters().send().await.unwrap_err();
        let code = refused.code().unwrap_or_else(|| panic!("{refused:?}")).to_owned();

        page.until_shown(".call.is-refused .code", &code).await;
        page.choose("[name=outcome]", "refused").await;
        page.click(".call.is-refused", "DescribeClusters").await;
        page.until_shown("dialog h2", "TKE DescribeClusters").await;
        page.until_shown("dialog .facts", &code).await;
        page.until_shown("dialog .verdict .cause", "secret").await;
        // What the server signed: the canonical request of TC3 begins with the method and ends with the digest of the body.
        page.until_shown("dialog .sides", "TC3-HMAC-SHA256").await;
        page.until("!document.querySelector('dialog .sides').textContent.includes('another-secret')").await;
        page.click(".dialog-head button", "Close").await;
        page.until("!document.querySelector('dialog')").await;
        page
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_difference_of_what_was_signed_is_marked() {
    let work = Work::start().await;
    let endpoint = work.server.endpoint();
    with_page(endpoint, WIDE, |page| async {
        page.until_shown("#connection", "Live").await;
        // A request whose content type something has changed after it was signed.
        let signed = work.tke.clusters().describe_clusters().limit(7).sign().await.unwrap();
        let mut request = reqwest::Client::new().request(signed.method().clone(), signed.uri().to_string());
        for (name, value) in signed.headers() {
            let sent = if name == "content-type" { OTHER_TYPE.parse().unwrap() } else { value.clone() };
            request = request.header(name, sent);
        }
        let answer = request.body(signed.body().clone()).send().await.unwrap().bytes().await.unwrap();
        let answer: serde_json::Value = serde_json::from_slice(&answer).unwrap();
        assert_eq!(answer["Response"]["Error"]["Code"], "AuthFailure.SignatureFailure", "{answer}");

        page.click(".call.is-refused", "DescribeClusters").await;
        page.until_shown("dialog .verdict .cause", "").await;
        page.until("document.querySelectorAll('dialog .sides .first mark').length === 2").await;
        let marked = |side: &str| format!("document.querySelector('dialog .of-{side}.first').textContent.includes");
        page.until(format!("{}('charset=utf-8')", marked("server"))).await;
        page.until(format!("!{}('charset')", marked("client"))).await;
        page
    })
    .await;
}
