//! What clients believe of an answer, and what they make of the others: every product, by name.

use crate::support::documented;
use crate::support::{fill, quick};
use bytes::Bytes;
use http::Response;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use wharf::tke::SignatureMethod;
use wharf::{Credentials, Error, ErrorKind, Secret, ack, cce, ccs, sts, tcr, tke};
use wharf_core::connection::CallOptions;
use wharf_core::error::Change;
use wharf_core::model::Kept;
use wharf_core::model::{In, Model, Place};
use wharf_core::operation::Entry;
use wharf_core::transport::{Reached, Replay, TransportError, TransportErrorKind};

const SECRET: &str = "pl4nted-s3cret/+key";
const TOKEN: &str = "pl4nted-t0ken";
const PASSWORD: &str = "geheim-99/+x";

/// A connection to a product that gets prepared answers.
pub(crate) fn connection(product: &str, replay: &Replay) -> wharf_core::Connection {
    let credentials = Credentials::new("AKIDexample", SECRET).with_token(TOKEN);
    let transport = Arc::new(replay.clone());
    match product {
        "tke" => tke::Connection::builder()
            .region("ap-guangzhou")
            .credentials(credentials)
            .transport(transport)
            .retry_policy(quick())
            .build()
            .unwrap()
            .into(),
        "tke-hmac" => tke::Connection::builder()
            .region("ap-guangzhou")
            .credentials(credentials)
            .transport(transport)
            .retry_policy(quick())
            .signature_method(SignatureMethod::HmacSha1)
            .build()
            .unwrap()
            .into(),
        "tcr" => tcr::Connection::builder()
            .region("ap-guangzhou")
            .credentials(credentials)
            .transport(transport)
            .retry_policy(quick())
            .build()
            .unwrap()
            .into(),
        "ccs" => ccs::Connection::builder()
            .region("gz")
            .credentials(credentials)
            .transport(transport)
            .retry_policy(quick())
            .build()
            .unwrap()
            .into(),
        "cce" => cce::Connection::builder()
            .region("cn-north-1")
            .project_id("project-1")
            .credentials(credentials)
            .transport(transport)
            .retry_policy(quick())
            .build()
            .unwrap()
            .into(),
        "cce-token" => cce::Connection::builder()
            .region("cn-north-1")
            .project_id("project-1")
            .token(TOKEN)
            .transport(transport)
            .retry_policy(quick())
            .build()
            .unwrap()
            .into(),
        "ack" => ack::Connection::builder()
            .region("cn-beijing")
            .credentials(credentials)
            .transport(transport)
            .retry_policy(quick())
            .build()
            .unwrap()
            .into(),
        "ack-acs3" => ack::Connection::builder()
            .region("cn-beijing")
            .credentials(credentials)
            .transport(transport)
            .retry_policy(quick())
            .signature_method(ack::SignatureMethod::Acs3HmacSha256)
            .build()
            .unwrap()
            .into(),
        "sts" => sts::Connection::builder()
            .region("cn-beijing")
            .credentials(credentials)
            .transport(transport)
            .retry_policy(quick())
            .build()
            .unwrap()
            .into(),
        other => panic!("no product {other}"),
    }
}

pub(crate) fn entry(product: &str, name: &str) -> &'static Entry {
    let product = product.split('-').next().unwrap();
    wharf::operations().find(|entry| entry.meta.product == product && entry.meta.name == name).unwrap()
}

pub(crate) fn answer(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Response<Bytes> {
    let response = Response::builder().status(status);
    let response = headers.iter().fold(response, |response, (name, value)| response.header(*name, *value));
    response.body(Bytes::copy_from_slice(body)).unwrap()
}

/// An input with every member set that is sent.
pub(crate) fn input(entry: &Entry, secret: &str) -> Box<dyn Model> {
    let mut input = entry.input();
    fill(&mut *input, None, secret);
    if let Some((_, field)) = input.find("cluster_id")
        && let Place::Text(place) = field.place()
    {
        place.set("7d9e2b3c-0000-11ed-8000-0255ac100b01");
    }
    input
}

/// Calls an operation with every member set, and gives it that answer however often it asks.
async fn typed(product: &str, entry: &'static Entry, answer: Response<Bytes>) -> Result<Box<dyn Model>, Error> {
    let replay = (0..4).fold(Replay::new(), |replay, _| replay.answer(answer.clone()));
    let connection = connection(product, &replay);
    let input = input(entry, PASSWORD);
    let mut output = entry.output();
    connection.execute(entry.meta, &*input, &CallOptions::default(), &mut *output).await.map(|_| output)
}

/// The same by name, JSON out.
async fn untyped(product: &str, entry: &'static Entry, answer: Response<Bytes>) -> Result<Value, Error> {
    let replay = (0..4).fold(Replay::new(), |replay, _| replay.answer(answer.clone()));
    let input = input(entry, PASSWORD);
    let mut output = Kept::new(entry.output());
    let connection = connection(product, &replay);
    connection.execute(entry.meta, &*input, &CallOptions::default(), &mut output).await.map(|_| output.into_value())
}

async fn refused(product: &str, name: &str, answer: Response<Bytes>) -> Error {
    let entry = entry(product, name);
    let by_name = untyped(product, entry, answer.clone()).await;
    let Err(error) = typed(product, entry, answer.clone()).await else {
        panic!("{product} {name} believes {answer:?}");
    };
    let by_name = by_name.unwrap_err();
    assert_eq!((by_name.kind(), by_name.code()), (error.kind(), error.code()), "{product} {name} by name");
    error
}

fn gzip(text: &str) -> Vec<u8> {
    // The head of gzip, and a body that is stored as it is.
    let length = u16::try_from(text.len()).unwrap();
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1];
    bytes.extend(length.to_le_bytes());
    bytes.extend((!length).to_le_bytes());
    bytes.extend(text.as_bytes());
    bytes
}

/// Operations of each product that only read and that change something.
const SAMPLES: [(&str, &str); 12] = [
    ("tke", "DescribeClusters"),
    ("tke", "DeleteCluster"),
    ("tke-hmac", "DescribeClusters"),
    ("tcr", "DescribeNamespacePersonal"),
    ("ccs", "DescribeCluster"),
    ("cce", "ListClusters"),
    ("cce", "CreateNode"),
    ("cce-token", "GetCluster"),
    ("ack", "DescribeClustersV1"),
    ("ack", "CreateCluster"),
    ("ack-acs3", "DescribeClusterDetail"),
    ("sts", "AssumeRole"),
];

/// Members of refusals that some answers have, too.
const OF_REFUSALS: [&str; 6] = ["code", "error", "errors", "kind", "message", "status"];

#[tokio::test]
async fn nothing_is_no_answer_where_the_document_has_one() {
    let mut empty_is_fine = Vec::new();
    for entry in documented() {
        for (status, body) in [(200, ""), (204, ""), (200, " \r\n"), (200, "null")] {
            let product = entry.meta.product;
            match typed(product, entry, answer(status, &[], body.as_bytes())).await {
                Ok(_) => {
                    untyped(product, entry, answer(status, &[], body.as_bytes())).await.unwrap();
                    empty_is_fine.push(entry.meta.name);
                }
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
                    let by_name = untyped(product, entry, answer(status, &[], body.as_bytes())).await.unwrap_err();
                    assert_eq!(by_name.kind(), ErrorKind::Decode, "{by_name}");
                }
            }
        }
    }
    empty_is_fine.sort_unstable();
    empty_is_fine.dedup();
    // Their documents show an answer without a body: ack:1389, 2306, 2340, 2376, 2409, 3898, 4139, 4360, 4400; those of
    // CCE end with a status (cce:1716, 1767, 5942).
    let expected = [
        "AwakeCluster",
        "CancelClusterUpgrade",
        "DeleteAddonInstance",
        "DeleteCluster",
        "DeleteTemplate",
        "HibernateCluster",
        "InstallClusterAddons",
        "ModifyClusterTags",
        "PauseClusterUpgrade",
        "RemoveClusterNodes",
        "ResumeUpgradeCluster",
        "UnInstallClusterAddons",
        "UpdateTemplate",
        "UpgradeCluster",
        "UpgradeClusterAddons",
    ];
    assert_eq!(empty_is_fine, expected);
}

#[tokio::test]
async fn what_is_compressed_or_cut_or_a_page_is_no_answer() {
    let good = r#"{"Response":{"TotalCount":0,"Clusters":[],"RequestId":"r"}}"#;
    let encoded = [("content-encoding", "gzip")];
    let page = b"<!DOCTYPE html><html><title>Login</title></html>";
    for (product, name) in SAMPLES {
        for (headers, body, said) in [
            (&encoded[..], &*gzip(good), "is compressed (gzip), which was not asked for"),
            (&[], &*gzip(good), "is compressed (gzip), which was not asked for"),
            (&[("content-encoding", "br")], &[0x0b, 2, 0x80][..], "is compressed (br), which was not asked for"),
            (&[], &[0x28, 0xb5, 0x2f, 0xfd, 4, 0], "is compressed (zstd), which was not asked for"),
            (&[("content-type", "text/html")], page, "page for people"),
            (&[], page, "page for people"),
            (&[], b"{\"Response\":{\"RequestId", "complete"),
            (&[], b"{\"items\":[{\"metadata\"", "complete"),
        ] {
            let error = refused(product, name, answer(200, headers, body)).await;
            assert_eq!(error.kind(), ErrorKind::Decode, "{product} {name}: {error}");
            assert!(error.message().contains(said), "{product} {name}: {error}");
        }
        // The header of something that was unpacked on the way.
        let unpacked = typed(product, entry(product, name), answer(200, &encoded, b"{\"a\":1}")).await;
        assert!(unpacked.err().is_none_or(|error| !error.message().contains("compressed")), "{product} {name}");
        for (status, kind) in
            [(403, ErrorKind::PermissionDenied), (429, ErrorKind::Throttled), (503, ErrorKind::Transient)]
        {
            let error = refused(product, name, answer(status, &encoded, &gzip(good))).await;
            assert_eq!((error.kind(), error.status()), (kind, Some(status)), "{product} {name}: {error}");
            assert!(error.message().contains("compressed (gzip), which was not asked for"), "{error}");
        }
    }
}

#[tokio::test]
async fn operations_without_an_output_do_not_believe_what_is_cut_or_compressed() {
    for (product, name) in [("cce", "HibernateCluster"), ("ack", "ModifyClusterTags"), ("ack", "DeleteCluster")] {
        for body in [&b"{\"request_id\": \"a"[..], b"<html>", &gzip("{}"), b"[1,", b"<a"] {
            let error = refused(product, name, answer(200, &[], body)).await;
            assert_eq!(error.kind(), ErrorKind::Decode, "{product} {name}: {error}");
        }
    }
}

#[tokio::test]
async fn a_refusal_with_a_good_status_is_one_for_every_operation() {
    let forms = [
        (
            r#"{"asapiSuccess":false,"asapiErrorCode":"StatusForbidden","asapiErrorMessage":"no right to delete","asapiRequestId":"r"}"#,
            "StatusForbidden",
        ),
        (
            r#"{"success":false,"code":"StatusForbidden","message":"no right to delete","requestId":"r"}"#,
            "StatusForbidden",
        ),
        (r#"{"code":"StatusForbidden","message":"no right to delete","requestId":"r"}"#, "StatusForbidden"),
        (
            r#"{"Code":"StatusForbidden","Message":"no right to delete","RequestId":"r","HostId":"cs"}"#,
            "StatusForbidden",
        ),
        (r#"{"errorCode":"CCE.01403001","errorMsg":"no right to delete","request_id":"r"}"#, "CCE.01403001"),
        (r#"{"error_code":"PAP5.0014","error_msg":"no right to delete","request_id":"r"}"#, "PAP5.0014"),
        (r#"{"error":{"code":403,"message":"no right to delete","title":"Forbidden"},"request_id":"r"}"#, "Forbidden"),
        (
            r#"{"errors":[{"code":"StatusForbidden","message":"no right to delete"}],"request_id":"r"}"#,
            "StatusForbidden",
        ),
        (
            r#"{"kind":"Status","apiVersion":"v1","status":"Failure","message":"no right to delete","reason":"Forbidden","code":403,"request_id":"r"}"#,
            "Forbidden",
        ),
        (
            r#"{"Response":{"Error":{"Code":"StatusForbidden","Message":"no right to delete"},"RequestId":"r"}}"#,
            "StatusForbidden",
        ),
        (
            "<Error><Code>StatusForbidden</Code><Message>no right to delete</Message><RequestId>r</RequestId></Error>",
            "StatusForbidden",
        ),
    ];
    let mut checked = 0;
    for entry in wharf::operations().filter(|entry| !matches!(entry.meta.product, "ccs")) {
        // Where an answer has such a member itself, nothing tells the two apart.
        let output = entry.output();
        let members = output.shape().members;
        if members.iter().any(|member| OF_REFUSALS.contains(&member.wire)) || members.iter().any(|each| each.payload) {
            continue;
        }
        for (body, code) in forms {
            let product = entry.meta.product;
            let error = refused(product, entry.meta.name, answer(200, &[], body.as_bytes())).await;
            assert_eq!(error.code(), Some(code), "{product} {}: {body}: {error}", entry.meta.name);
            assert!(error.message().contains("no right to delete"), "{product} {}: {error}", entry.meta.name);
            assert_eq!(error.request_id(), Some("r"), "{product} {}: {body}", entry.meta.name);
            checked += 1;
        }
    }
    assert!(checked > 1_500, "{checked}");
    for (body, code) in [
        (r#"{"code":4103,"message":"no right","codeDesc":"4103"}"#, "4103"),
        (r#"{"code":"StatusForbidden","message":"no right"}"#, "StatusForbidden"),
        (
            r#"{"Response":{"Error":{"Code":"UnauthorizedOperation","Message":"no right"},"RequestId":"r"}}"#,
            "UnauthorizedOperation",
        ),
    ] {
        for name in ["DescribeCluster", "DeleteCluster", "GetLimit"] {
            let error = refused("ccs", name, answer(200, &[], body.as_bytes())).await;
            assert_eq!(error.code(), Some(code), "{name}: {error}");
        }
    }
}

#[tokio::test]
async fn members_that_a_document_has_are_no_refusals() {
    for (product, name, body) in [
        // ack:1684: the gateway adds it to good answers.
        ("ack", "DescribeClusterDetail", r#"{"asapiSuccess":true,"cluster_id":"c","name":"n","state":"running"}"#),
        // ack:2433: why the upgrade failed, in an answer that succeeded.
        (
            "ack",
            "GetUpgradeStatus",
            r#"{"error_message":"subject to actual return","status":"fail","upgrade_step":"prechecking"}"#,
        ),
        (
            "ack",
            "DescribeClustersV1",
            r#"{"code":"200","message":"success","success":true,"clusters":[],"page_info":{"total_count":0}}"#,
        ),
        ("ack", "ModifyClusterTags", r#"{"code":200,"message":"ok","requestId":"r"}"#),
        ("ack", "ModifyClusterTags", r#"{"code":"OK","message":"","success":true,"errors":[],"error":null}"#),
        ("cce", "DeleteAddonInstance", "success"),
        ("cce", "HibernateCluster", r#"{"kind":"Status","status":"Success","code":200,"message":"done"}"#),
        (
            "cce",
            "GetCluster",
            r#"{"kind":"Cluster","apiVersion":"v3","metadata":{"name":"n","uid":"u"},"spec":{},"status":{"phase":"Available","reason":"","message":""}}"#,
        ),
        ("tke", "DescribeClusters", r#"{"Response":{"TotalCount":0,"Clusters":[],"Error":null,"RequestId":"r"}}"#),
        (
            "ccs",
            "DescribeCluster",
            r#"{"code":0,"message":"","codeDesc":"Success","data":{"totalCount":0,"clusters":[]}}"#,
        ),
    ] {
        typed(product, entry(product, name), answer(200, &[], body.as_bytes())).await.unwrap();
        untyped(product, entry(product, name), answer(200, &[], body.as_bytes())).await.unwrap();
    }
    let value = untyped(
        "ack",
        entry("ack", "DescribeClusterDetail"),
        answer(200, &[], br#"{"asapiSuccess":true,"cluster_id":"c","message":"m"}"#),
    );
    assert_eq!(value.await.unwrap(), json!({"asapiSuccess": true, "cluster_id": "c", "message": "m"}));
}

#[tokio::test]
async fn texts_of_errors_are_bounded() {
    let long = "ä".repeat(200_000);
    for (product, name) in [SAMPLES[1], SAMPLES[4], SAMPLES[6], SAMPLES[9], SAMPLES[11]] {
        for (status, body) in [
            (400, json!({"Response": {"Error": {"Code": long, "Message": long}, "RequestId": long}})),
            (400, json!({"code": long, "message": long, "requestId": long, "codeDesc": long})),
            (400, json!({"error_code": long, "error_msg": long, "message": long, "request_id": long})),
            (400, json!({"Code": "A", "Message": "m", "accessDeniedDetail": {"AuthAction": long}})),
        ] {
            let error = refused(product, name, answer(status, &[], body.to_string().as_bytes())).await;
            let shown = format!("{error} {error:?}");
            assert!(shown.len() < 12_000, "{product} {name}: {} bytes", shown.len());
            let message = error.message();
            if message.contains("... (") {
                assert!(message.contains("characters in all)"), "{}", &message[message.len() - 80..]);
                assert!(message.chars().count() < 2_050);
            }
            assert!(error.code().is_none_or(|code| code.chars().count() < 250));
            assert!(error.request_id().is_none_or(|id| id.chars().count() < 250));
        }
    }
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_after_a_change_says_that_the_change_was_made() {
    for (product, name, body, ids) in [
        // F4: the document prints an object (cce:4597), clients of the vendor read a text.
        (
            "cce",
            "CreateNode",
            r#"{"kind":"Node","metadata":{"name":"n","uid":"uid-1"},"spec":[7],"status":{"jobID":"job-1"}}"#,
            &["uid-1", "job-1"][..],
        ),
        ("ack", "CreateCluster", r#"{"cluster_id":"c-1","request_id""#, &["c-1"]),
        ("tke", "CreateCluster", r#"{"Response":{"ClusterId":"cls-1","RequestId":"r-1""#, &["cls-1"]),
    ] {
        let error = typed(product, entry(product, name), answer(200, &[], body.as_bytes())).await.unwrap_err();
        assert_eq!((error.kind(), error.change()), (ErrorKind::Decode, Change::Made), "{product} {name}: {error}");
        assert!(error.message().contains("the change was made"), "{error}");
        for id in ids {
            assert!(error.message().contains(id), "{error}");
        }
    }
    for (product, name) in
        [("cce", "CreateNode"), ("ack", "CreateCluster"), ("tke", "CreateCluster"), ("ccs", "CreateCluster")]
    {
        for (status, body) in [(200, &b""[..]), (200, b"<html>"), (502, b"<html>")] {
            let error = refused(product, name, answer(status, &[], body)).await;
            assert_eq!(error.change(), Change::Maybe, "{product} {name}: {error}");
            assert!(error.message().contains("the change may have been made"), "{error}");
        }
        let cut = TransportError::new(TransportErrorKind::Cut, Reached::Maybe, "cut");
        let refused_connection = TransportError::new(TransportErrorKind::Tls, Reached::No, "no");
        for (failure, change) in [(cut, Change::Maybe), (refused_connection, Change::Unknown)] {
            let entry = entry(product, name);
            let replay = Replay::new().fail(failure);
            let input = input(entry, PASSWORD);
            let connection = connection(product, &replay);
            let mut output = entry.output();
            let error =
                connection.execute(entry.meta, &*input, &CallOptions::default(), &mut *output).await.unwrap_err();
            assert_eq!(error.change(), change, "{product} {name}: {error}");
        }
    }
    // An operation that only reads changes nothing.
    let error = refused("cce", "GetNode", answer(200, &[], b"<html>")).await;
    assert_eq!(error.change(), Change::Unknown);
}

#[tokio::test]
async fn a_wait_over_an_answer_that_cannot_be_read_says_that_the_change_was_made() {
    use wharf_core::wait::{Verdict, Waiter};
    let replay = Replay::new().answer(answer(200, &[], b"<html>"));
    let connection = connection("cce", &replay);
    let goal = "cluster c-1 to be Available";
    let waiter: Waiter<(), String> = Waiter::new(&connection.clone(), goal, Duration::from_secs(1), move || {
        let connection = connection.clone();
        async move {
            let entry = entry("cce", "GetCluster");
            let (input, mut output) = (input(entry, PASSWORD), entry.output());
            connection.execute(entry.meta, &*input, &CallOptions::default(), &mut *output).await?;
            Ok((String::new(), Verdict::Success(())))
        }
    });
    let error = waiter.await.unwrap_err();
    assert_eq!((error.kind(), error.change()), (ErrorKind::Decode, Change::Made));
    assert!(error.message().contains(goal) && error.message().contains("page for people"), "{error}");
    assert!(error.message().contains("the change that is waited for was made"), "{error}");
}

#[test]
fn outputs_that_may_be_missing_are_marked_member_by_member() {
    let mut marked = 0;
    for entry in wharf::operations() {
        let output = entry.output();
        let body: Vec<_> = output.shape().members.iter().filter(|member| member.place == In::Body).collect();
        let undocumented = body.iter().filter(|member| member.undocumented).count();
        assert!(undocumented == 0 || undocumented == body.len(), "{}", entry.meta.name);
        marked += usize::from(undocumented > 0);
    }
    assert_eq!(marked, 6);
}

#[tokio::test]
async fn missing_credentials_are_not_called_refused() {
    let connection = tke::Connection::builder().region("ap-guangzhou").credentials(Credentials::new("", "")).build();
    let error = connection.unwrap().clusters().describe_regions().send().await.unwrap_err();
    assert_eq!((error.kind(), error.status(), error.code()), (ErrorKind::Credentials, None, None));
    assert!(error.to_string().contains("no usable credentials: ") && !error.to_string().contains("refused"), "{error}");
    let refused_body =
        br#"{"Response":{"Error":{"Code":"AuthFailure.SecretIdNotFound","Message":"m"},"RequestId":"r"}}"#;
    let error = refused("tke", "DescribeRegions", answer(200, &[], refused_body)).await;
    assert!(error.to_string().contains("credentials refused"), "{error}");
}

#[tokio::test]
async fn secrets_that_come_back_are_masked() {
    let password = PASSWORD;
    let forms = |secret: &str| {
        let url: String = percent_encoding::utf8_percent_encode(secret, percent_encoding::NON_ALPHANUMERIC).to_string();
        [secret.to_owned(), url.clone(), url.to_lowercase(), Secret::from(secret).expose().replace('/', "\\/")]
    };
    for (product, name) in [
        ("tke", "ForwardRequest"),
        ("tke-hmac", "AddExistedInstances"),
        ("tcr", "ModifyUserPasswordPersonal"),
        ("ccs", "ChangePassword"),
        ("cce", "CreateNode"),
        ("cce-token", "ListClusters"),
        ("ack", "AttachInstances"),
        ("ack-acs3", "CreateClusterNodePool"),
        ("sts", "AssumeRole"),
    ] {
        let sent = input(entry(product, name), password);
        let sent = wharf_core::model::json::to_string(&*sent, wharf_core::model::json::Style::Compact);
        let secrets: Vec<_> = [SECRET, TOKEN, password]
            .iter()
            .filter(|secret| **secret != password || sent.contains(password))
            // A token is sent alone.
            .filter(|secret| **secret != SECRET || product != "cce-token")
            .flat_map(|secret| forms(secret))
            .collect();
        for secret in &secrets {
            let said = format!("the value {secret} is wrong");
            for body in [
                json!({"Response": {"Error": {"Code": "InvalidParameter", "Message": said}, "RequestId": secret}})
                    .to_string(),
                json!({"code": "InvalidParameter", "message": said, "requestId": secret}).to_string(),
                json!({"code": secret, "message": said, "codeDesc": secret}).to_string(),
                json!({"error_code": secret, "error_msg": said, "request_id": secret}).to_string(),
                format!(
                    "<Error><Code>{0}</Code><Message>{said}</Message><HostId>{0}</HostId></Error>",
                    secret.replace('&', "&amp;")
                ),
            ] {
                let shown = crate::secrets::logged(async {
                    let error = refused(product, name, answer(400, &[], body.as_bytes())).await;
                    let text = format!("{error} {error:?} {error:#?} {:?}", error.attempts());
                    assert!(!has(&text, &secrets), "{product} {name}: {body}: {text}");
                })
                .await;
                assert!(!has(&shown, &secrets), "{product} {name}: log of {body}: {shown}");
            }
        }
    }
}

fn has(text: &str, secrets: &[String]) -> bool {
    secrets.iter().any(|secret| text.contains(secret.as_str()))
}
