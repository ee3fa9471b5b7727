//! Who may use the control API.

use super::{manual, request, send};
use bytes::Bytes;
use http::Request;
use http::header::HeaderValue;
use serde_json::Value;
use wharf_server::{Server, Time};

/// The status of a GET or POST with these headers in place of the usual ones.
async fn status(server: &Server, method: &str, headers: &[(&'static str, &str)]) -> (u16, String) {
    let (path, body) = if method == "GET" { ("state", None) } else { ("reset", Some("{}")) };
    let mut request: Request<Bytes> = request(server, method, path, body);
    for (name, value) in headers {
        request.headers_mut().insert(*name, HeaderValue::from_str(value).unwrap());
    }
    let (status, body) = send(server, &request).await;
    let place = body.pointer("/error/place").and_then(Value::as_str).unwrap_or_default();
    (status, place.to_owned())
}

#[tokio::test]
async fn web_pages_of_other_origins_and_other_hosts_are_refused() {
    let server = manual().await;
    let own = server.address().unwrap().to_string();
    let origin = format!("http://{own}");
    let port = server.address().unwrap().port();
    let (localhost, six) = (format!("localhost:{port}"), format!("[::1]:{port}"));
    for method in ["GET", "POST"] {
        for headers in [
            &[][..],
            &[("host", localhost.as_str())],
            &[("host", six.as_str())],
            &[("host", "127.0.0.1:9")],
            &[("host", "localhost")],
            &[("origin", origin.as_str()), ("sec-fetch-site", "same-origin")],
            &[("sec-fetch-site", "none")],
        ] {
            let (status, place) = status(&server, method, headers).await;
            assert!(matches!(status, 200 | 204), "{method} {headers:?}: {status} {place}");
        }
        for (headers, wrong) in [
            // DNS rebinding: a name of the attacker's leads to this machine.
            (&[("host", "evil.example")][..], "Host"),
            (&[("host", "evil.example:80")], "Host"),
            (&[("host", "127.0.0.1.evil.example")], "Host"),
            (&[("host", "localhost.evil.example")], "Host"),
            (&[("host", "user@localhost")], "Host"),
            (&[("host", "192.168.1.5")], "Host"),
            // Requests that pages send without asking first.
            (&[("origin", "https://evil.example")], "Origin"),
            (&[("origin", "null")], "Origin"),
            (&[("origin", "http://127.0.0.1:9")], "Origin"),
            (&[("sec-fetch-site", "cross-site")], "Sec-Fetch-Site"),
            (&[("sec-fetch-site", "same-site")], "Sec-Fetch-Site"),
        ] {
            let answer = status(&server, method, headers).await;
            assert_eq!(answer, (403, wrong.to_owned()), "{method} {headers:?}");
        }
    }
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
        assert_eq!(status(&server, "POST", &[("content-type", kind)]).await, (415, "Content-Type".to_owned()));
    }
}

#[tokio::test]
async fn no_answer_lets_a_page_of_another_origin_read_it() {
    let server = manual().await;
    for (method, path) in [("GET", "state"), ("OPTIONS", "state"), ("GET", "nothing")] {
        let request = request(&server, method, path, None);
        let bytes = crate::client::exchange_at(server.address().unwrap(), &request).await.unwrap();
        let head = String::from_utf8_lossy(&bytes).to_lowercase();
        assert!(!head.contains("access-control-"), "{head}");
        assert!(head.contains("cache-control: no-store") && head.contains("nosniff"), "{head}");
    }
}

#[tokio::test]
async fn a_token_is_needed_where_one_is_set() {
    let server = Server::builder().time(Time::Manual).control_token("t0ken-of-the-test").start().await.unwrap();
    let (missing, wrong) = ((401, "Authorization".to_owned()), (401, "Authorization".to_owned()));
    assert_eq!(status(&server, "GET", &[]).await, missing);
    for value in ["Bearer wrong", "Bearer t0ken-of-the-tes", "Bearer", "Basic t0ken-of-the-test", "t0ken-of-the-test"] {
        assert_eq!(status(&server, "POST", &[("authorization", value)]).await, wrong, "{value}");
    }
    let right = ("authorization", "Bearer t0ken-of-the-test");
    for headers in [&[right][..], &[right, ("host", "wharf.example:4000")]] {
        assert_eq!(status(&server, "GET", headers).await.0, 200, "{headers:?}");
    }
    let pages = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
    for page in pages {
        assert_eq!(status(&server, "GET", &[right, page]).await.0, 403, "{page:?}");
    }
    assert!(!format!("{server:?}").contains("t0ken"));
    let empty = Server::builder().control_token("").start().await.unwrap_err();
    assert!(empty.to_string().contains("control token is empty"), "{empty}");
}
