//! What is sent again, and what never is, over sockets and for every operation.

use crate::answers::{self, answer, entry};
use crate::raw::{Act, Nowhere, Play, Raw, Read};
use crate::support::{fill, quick};
use std::collections::BTreeSet;
use std::sync::Arc;
use wharf::transport::{HttpTransport, Proxy, Transport};
use wharf::{Credentials, ErrorKind, ack, cce, ccs, sts, tcr, tke};
use wharf_core::Connection;
use wharf_core::connection::CallOptions;
use wharf_core::model::Place;
use wharf_core::operation::{Entry, OperationMeta};
use wharf_core::transport::Replay;
use wharf_spec::Catalog;

/// Those that set a value or start work, and that were once thought harmless to repeat.
const ONCE_THOUGHT_HARMLESS: [(&str, &[&str]); 5] = [
    ("ack", &["ModifyCluster", "ModifyClusterNodePool", "ModifyClusterTags"]),
    ("cce", &["IAMCreateToken", "UpdateAddonInstance", "UpdateCluster", "UpdateNode", "UpdateNodePool"]),
    (
        "ccs",
        &[
            "ChangePassword",
            "DuplicateImage",
            "ModifyClusterNodeLabel",
            "ModifyClusterService",
            "ModifyClusterServiceImage",
            "ModifyServiceDescription",
            "ModifyServiceReplicas",
            "SetAutoDelStrategy",
            "UpdateRepositoryDesc",
            "UpdateRepositoryPublic",
        ],
    ),
    (
        "tcr",
        &[
            "ManageImageLifecycleGlobalPersonal",
            "ModifyRepositoryAccessPersonal",
            "ModifyRepositoryInfoPersonal",
            "ModifyUserPasswordPersonal",
        ],
    ),
    (
        "tke",
        &[
            "ModifyClusterAsGroupAttribute",
            "ModifyClusterAsGroupOptionAttribute",
            "ModifyClusterAttribute",
            "ModifyClusterVirtualNodePool",
            "UpdateLogCollector",
        ],
    ),
];

/// First words of names that say that something is changed.
const CHANGING: [&str; 37] = [
    "Add",
    "Attach",
    "Awake",
    "Batch",
    "Cancel",
    "Change",
    "Close",
    "Create",
    "Delete",
    "Disable",
    "Drain",
    "Duplicate",
    "Enable",
    "Forward",
    "Hibernate",
    "Install",
    "Manage",
    "Migrate",
    "Modify",
    "Pause",
    "Put",
    "Redeploy",
    "Remove",
    "Replace",
    "Reset",
    "Resume",
    "Roll",
    "Run",
    "Scale",
    "Set",
    "Start",
    "Stop",
    "UnInstall",
    "Update",
    "Upgrade",
    "Upload",
    "Write",
];

#[test]
fn no_operation_that_says_that_it_changes_something_is_repeated_without_a_reason() {
    let catalog = Catalog::load(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs")).unwrap();
    let mut changing = 0;
    for operation in catalog.operations() {
        let name = operation.name.strip_prefix("IAM").unwrap_or(&operation.name);
        if CHANGING.iter().any(|word| name.starts_with(word)) {
            changing += 1;
            let spec = &operation.spec;
            assert!(!spec.idempotent || spec.idempotent_reason.is_some(), "{} {name}", operation.product);
        }
    }
    assert!(changing >= 120, "only {changing}");
    for (product, names) in ONCE_THOUGHT_HARMLESS {
        for name in names {
            let operation = catalog.product(product).unwrap().operation(name).unwrap();
            assert!(!operation.spec.idempotent && operation.spec.idempotent_reason.is_some(), "{product} {name}");
        }
    }
    let count: usize = ONCE_THOUGHT_HARMLESS.iter().map(|(_, names)| names.len()).sum();
    assert_eq!(count, 27);
}

#[tokio::test]
async fn a_change_that_may_have_arrived_is_sent_once_and_a_read_three_times() {
    let transport = transport();
    let mut once = BTreeSet::new();
    for entry in wharf::operations() {
        for acts in
            [vec![Act::Close], vec![Act::Reset], vec![Act::Send(b"HTTP/1.1 200 OK\r\nContent-Le".to_vec()), Act::Close]]
        {
            let server = Raw::start(move |_| Play { read: Read::All, acts: acts.clone() }).await;
            let error = call(entry, &server.url(), &transport).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::ConnectionFailed, "{}: {error}", entry.meta.name);
            let expected = if entry.meta.idempotent { 3 } else { 1 };
            assert_eq!(server.arrived(), expected, "{} {}", entry.meta.product, entry.meta.name);
        }
        if !entry.meta.idempotent {
            once.insert((entry.meta.product, entry.meta.name));
        }
    }
    for (product, names) in ONCE_THOUGHT_HARMLESS {
        for name in names {
            assert!(once.contains(&(product, name)), "{product} {name} was not tried");
        }
    }
}

/// Whatever it is, the service has not acted.
#[tokio::test]
async fn what_is_known_not_to_have_been_done_is_sent_again() {
    let (transport, nowhere) = (transport(), Nowhere::new());
    for entry in wharf::operations().filter(|entry| !entry.meta.idempotent) {
        let throttled = "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n";
        let server = Raw::start(move |_| Play::answer(throttled)).await;
        let error = call(entry, &server.url(), &transport).await.unwrap_err();
        assert_eq!((error.kind(), server.arrived()), (ErrorKind::Throttled, 3), "{}: {error}", entry.meta.name);

        let error = call(entry, &nowhere.url(), &transport).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.attempts().len()),
            (ErrorKind::ConnectionFailed, 2),
            "{}: {error}",
            entry.meta.name
        );
    }
}

fn transport() -> Arc<dyn Transport> {
    Arc::new(HttpTransport::builder().proxy(Proxy::None).build().unwrap())
}

async fn call(entry: &'static Entry, url: &str, transport: &Arc<dyn Transport>) -> Result<(), wharf::Error> {
    let mut input = entry.input();
    fill(&mut *input, None, "value");
    if let Some((_, field)) = input.find("cluster_id")
        && let Place::Text(place) = field.place()
    {
        place.set("7d9e2b3c-0000-11ed-8000-0255ac100b01");
    }
    let mut output = entry.output();
    let connection = connection(entry.meta, url, transport.clone());
    connection.execute(entry.meta, &*input, &CallOptions::default(), &mut *output).await.map(|_| ())
}

fn connection(meta: &OperationMeta, url: &str, transport: Arc<dyn Transport>) -> Connection {
    let key = Credentials::new("AKIDexample", "secret");
    macro_rules! of {
        ($product:ident $(, $setting:ident($value:expr))*) => {
            $product::Connection::builder().credentials(key).endpoint(url).transport(transport).retry_policy(quick())
                $(.$setting($value))*.build().unwrap().into()
        };
    }
    match meta.product {
        "ack" => of!(ack, region("cn-beijing")),
        "cce" => of!(cce, region("cn-north-1"), project_id("p")),
        "ccs" => of!(ccs, region("ap-guangzhou")),
        "sts" => of!(sts, region("cn-beijing")),
        "tcr" => of!(tcr, region("ap-guangzhou")),
        _ => of!(tke, region("ap-guangzhou")),
    }
}

/// The token of each request that was sent.
fn tokens(replay: &Replay) -> Vec<String> {
    let bodies = replay.requests().into_iter().map(|(request, _)| request.into_body());
    let read = |body: bytes::Bytes| serde_json::from_slice::<serde_json::Value>(&body).unwrap();
    bodies.map(|body| read(body)["ClientToken"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_call_has_one_token_in_all_attempts_and_each_call_another() {
    let throttled = br#"{"Response": {"Error": {"Code": "RequestLimitExceeded", "Message": "m"}, "RequestId": "r"}}"#;
    let done = br#"{"Response": {"ReservedInstanceIds": ["r-1"], "RequestId": "r"}}"#;
    let replay = [&throttled[..], done, done, throttled, done]
        .iter()
        .fold(Replay::new(), |replay, body| replay.answer(answer(200, &[], body)));
    let cloud = answers::connection("tke", &replay);
    let entry = entry("tke", "RenewReservedInstances");
    let input = || serde_json::json!({"ReservedInstanceIds": ["r-1"], "InstanceChargePrepaid": {"Period": 1}});
    cloud.call(entry, input()).await.unwrap();
    let mut given = input();
    given["ClientToken"] = "mine".into();
    cloud.call(entry, given).await.unwrap();
    let request = tke::serverless::Client::new(cloud).renew_reserved_instances();
    let request = request.reserved_instance_ids(["r-1"]).instance_charge_prepaid(|prepaid| prepaid.period(1));
    assert_eq!(request.input().client_token, None);
    let signed: serde_json::Value = serde_json::from_slice(request.sign().await.unwrap().body()).unwrap();
    assert_eq!(signed["ClientToken"].as_str().unwrap().len(), 32, "a request for another client has one too");
    request.send().await.unwrap();
    let tokens = tokens(&replay);
    assert_eq!((tokens.len(), tokens[2].as_str()), (5, "mine"));
    assert_eq!((&tokens[0], &tokens[3]), (&tokens[1], &tokens[4]));
    assert_ne!(tokens[0], tokens[3]);
    assert!([&tokens[0], &tokens[3]].iter().all(|token| token.len() == 32));
}

/// Only operations whose documents say so are repeated, token or not.
#[test]
fn a_token_alone_makes_no_operation_safe_to_repeat() {
    let marked: Vec<&OperationMeta> =
        wharf::operations().map(|entry| entry.meta).filter(|meta| meta.token.is_some()).collect();
    let names: Vec<&str> = marked.iter().map(|meta| meta.name).collect();
    assert_eq!(names, ["RunClusterInspect", "CreateReservedInstances", "RenewReservedInstances"]);
    assert!(marked.iter().all(|meta| !meta.idempotent));
}
