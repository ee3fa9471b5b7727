//! A server that goes away and comes back, and one that asks for a token.

use crate::driver::{WIDE, with_page};
use wharf_server::{Server, Time};

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_gone_is_said_and_found_again() {
    let first = Server::builder().time(Time::Manual).start().await.unwrap();
    let (endpoint, address) = (first.endpoint().to_owned(), first.address().unwrap());
    with_page(&endpoint, WIDE, |mut page| async {
        page.expect("ERR_CONNECTION_REFUSED");
        page.expect("ERR_CONNECTION_RESET");
        page.expect("ERR_INCOMPLETE_CHUNKED_ENCODING");
        page.expect("ERR_EMPTY_RESPONSE");
        page.until_shown("#connection", "Live").await;
        first.stop().await;
        page.until_shown("#connection", "Server gone").await;
        page.until_shown("#outage", "The server does not answer").await;
        page.until_shown("#outage", "Next try in").await;

        let again = Server::builder().time(Time::Manual).listen(address).start().await.unwrap();
        page.click("#outage button", "Try now").await;
        page.until_shown("#connection", "Live").await;
        page.until("!document.querySelector('#outage').checkVisibility()").await;
        // The journal is followed again, too.
        reqwest::get(format!("{endpoint}/after")).await.unwrap();
        page.until_shown(".call", "GET").await;
        again.stop().await;
        page
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_control_token_is_asked_for() {
    let server = Server::builder().time(Time::Manual).control_token("open sesame").start().await.unwrap();
    with_page(server.endpoint(), WIDE, |mut page| async {
        page.expect("status of 401");
        page.until_shown("dialog h2", "Control token").await;
        page.fill("dialog [name=token]", "wrong").await;
        page.click("dialog button", "Continue").await;
        page.until_shown("dialog [role=alert]", "refused").await;
        page.fill("dialog [name=token]", "open sesame").await;
        page.click("dialog button", "Continue").await;
        page.until_shown("#connection", "Live").await;
        // The stream has the token, too.
        reqwest::get(format!("{}/after", server.endpoint())).await.unwrap();
        page.until_shown(".call", "GET").await;
        page.until("!location.href.includes('sesame')").await;
        page
    })
    .await;
}
