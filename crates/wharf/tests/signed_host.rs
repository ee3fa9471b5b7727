//! Requests that a reverse proxy passes on: it cuts a prefix of the path and states the service's host. What is signed
//! is what the service sees.
#![cfg(all(feature = "tke", feature = "tcr", feature = "ccs", feature = "cce", feature = "ack"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use wharf::ErrorKind;
use wharf::any::Connection;
use wharf_server::Server;

const PREFIX: &str = "/cloud/tencent";

/// A reverse proxy to a server, for the host of a service.
async fn proxy(server: &Server, host: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = server.endpoint().trim_start_matches("http://").to_owned();
    tokio::spawn(async move {
        loop {
            let (client, _) = listener.accept().await.unwrap();
            tokio::spawn(pass_on(client, server.clone(), host));
        }
    });
    format!("http://{address}{PREFIX}")
}

/// Passes one request on, and its answer back.
async fn pass_on(mut client: TcpStream, server: String, host: &str) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    let mut lines = head.trim_end().split("\r\n");
    let (method, target) = lines.next().unwrap().split_once(' ').unwrap();
    let target = target.strip_prefix(PREFIX).unwrap_or_else(|| panic!("{target} has no prefix"));
    let mut passed = format!("{method} {target}\r\nHost: {host}\r\nConnection: close\r\n");
    let mut length = 0;
    for line in lines {
        let (name, value) = line.split_once(':').unwrap();
        match name.to_ascii_lowercase().as_str() {
            "host" | "connection" => continue,
            "content-length" => length = value.trim().parse().unwrap(),
            _ => {}
        }
        passed.push_str(&format!("{line}\r\n"));
    }
    let mut body = vec![0; length];
    client.read_exact(&mut body).await.unwrap();
    let mut service = TcpStream::connect(server).await.unwrap();
    service.write_all(format!("{passed}\r\n").as_bytes()).await.unwrap();
    service.write_all(&body).await.unwrap();
    tokio::io::copy(&mut service, &mut client).await.unwrap();
}

fn connect(server: &Server, product: &str, endpoint: &str, signed_host: Option<&str>, more: &Value) -> Connection {
    let key = server.credentials();
    let mut options = json!({
        "region": server.region(), "endpoint": endpoint, "signed_host": signed_host, "retry": {"max_attempts": 1},
        "credentials": {"id": key.id(), "secret": key.secret().expose()},
    });
    if product == "cce" {
        options["project_id"] = server.project_id().into();
    }
    options.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    Connection::from_options(product, &options).unwrap()
}

/// Product, host, options, an operation and its input, and whether host or path are signed at all.
fn ways(server: &Server) -> Vec<(&'static str, &'static str, Value, &'static str, Value, bool)> {
    let (tke, tcr, ccs) = ("tke.tencentcloudapi.com", "tcr.tencentcloudapi.com", "ccs.api.qcloud.com");
    let (cce, cs, sts) = ("cce.cn-north-4.myhuaweicloud.com", "cs.cn-hangzhou.aliyuncs.com", "sts.aliyuncs.com");
    let role = json!({"RoleArn": server.role_arn(), "RoleSessionName": "session"});
    let nothing = || json!({});
    let pages = || json!({"Limit": 1});
    vec![
        ("tke", tke, nothing(), "DescribeClusters", pages(), true),
        ("tke", tke, json!({"http_method": "GET"}), "DescribeClusters", pages(), true),
        ("tke", tke, json!({"signature_method": "HmacSHA1"}), "DescribeClusters", pages(), true),
        (
            "tke",
            tke,
            json!({"signature_method": "HmacSHA256", "http_method": "GET"}),
            "DescribeClusters",
            pages(),
            true,
        ),
        ("tcr", tcr, nothing(), "DescribeInstances", pages(), true),
        ("ccs", ccs, nothing(), "DescribeCluster", nothing(), true),
        (
            "ccs",
            ccs,
            json!({"signature_method": "HmacSHA256", "http_method": "GET"}),
            "DescribeCluster",
            nothing(),
            true,
        ),
        ("cce", cce, nothing(), "ListClusters", nothing(), true),
        ("ack", cs, nothing(), "DescribeClustersV1", nothing(), true),
        ("ack", cs, json!({"signature_method": "ACS3-HMAC-SHA256"}), "DescribeClustersV1", nothing(), true),
        ("sts", sts, nothing(), "AssumeRole", role, false),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_signature_passes_a_proxy_that_cuts_a_prefix() {
    let server = Server::builder().start().await.unwrap();
    for (product, host, options, operation, input, covered) in ways(&server) {
        let endpoint = proxy(&server, host).await;
        let what = format!("{product} {options}");
        let connection = connect(&server, product, &endpoint, Some(host), &options);
        let answer = connection.call(operation, input.clone()).await;
        answer.unwrap_or_else(|error| panic!("{what}: {error}"));
        let without = connect(&server, product, &endpoint, None, &options).call(operation, input).await;
        match covered {
            true => assert_eq!(without.unwrap_err().kind(), ErrorKind::Credentials, "{what}"),
            false => drop(without.unwrap()),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn logins_and_roles_go_to_endpoints_of_their_own() {
    let server = Server::builder().start().await.unwrap();
    let host = "cs.cn-hangzhou.aliyuncs.com";
    let endpoint = proxy(&server, host).await;
    // Services with an endpoint of their own are signed for as themselves.
    let role = json!({"assume_role": {"arn": server.role_arn()}, "sts_endpoint": server.endpoint()});
    connect(&server, "ack", &endpoint, Some(host), &role).call("DescribeClustersV1", Value::Null).await.unwrap();

    let user = server.iam_user();
    let login = json!({"user": user.name, "password": user.password.expose(), "account": user.domain});
    let host = "cce.cn-north-4.myhuaweicloud.com";
    let endpoint = proxy(&server, host).await;
    let login = json!({"credentials": null, "password_login": login, "iam_endpoint": server.endpoint()});
    let cce = connect(&server, "cce", &endpoint, Some(host), &login);
    cce.call("ListClusters", Value::Null).await.unwrap();
    let key = json!({"iam_endpoint": server.endpoint()});
    let cce = connect(&server, "cce", &endpoint, Some(host), &key);
    cce.call("IAMListProjects", Value::Null).await.unwrap();
}

#[test]
fn what_is_no_host_is_refused_by_name() {
    for product in wharf::any::products() {
        for wrong in [
            "",
            " ",
            "tke example.com",
            "https://tke.example.com",
            "https://tke.example.com/base",
            "/base",
            "u:planted@tke.example.com",
            "tke.example.com:0",
            "tke.example.com:port",
            "tke.example.com?planted",
        ] {
            let options = json!({
                "region": "ap-guangzhou", "endpoint": "http://127.0.0.1:1/x", "signed_host": wrong,
                "credentials": {"id": "id", "secret": "planted"},
            });
            let error = Connection::from_options(product, &options).unwrap_err();
            assert_eq!(
                (error.kind(), error.field()),
                (ErrorKind::Configuration, Some("signed_host")),
                "{wrong}: {error}"
            );
            assert!(!format!("{error} {error:?}").contains("planted"), "{error:?}");
        }
        let options = json!({"signed_host": 5});
        assert_eq!(Connection::from_options(product, &options).unwrap_err().field(), Some("signed_host"));
    }
}

/// The typed builder has it as well.
#[tokio::test(flavor = "multi_thread")]
async fn the_builder_has_it() {
    let server = Server::builder().start().await.unwrap();
    let endpoint = proxy(&server, "tke.tencentcloudapi.com").await;
    let tke = wharf::tke::Connection::builder()
        .region(server.region())
        .credentials(server.credentials().clone())
        .endpoint(endpoint)
        .signed_host("tke.tencentcloudapi.com")
        .build()
        .unwrap();
    assert!(!tke.clusters().describe_regions().send().await.unwrap().region_instance_set.is_empty());
}
