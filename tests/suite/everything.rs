//! Every operation as the vendors' own clients send it, with every field set.

use crate::support::{ack_builder, builder, cce_builder, tcr, tke};
use crate::witness::script;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use wharf_core::Connection;
use wharf_core::operation::{Editions, Entry};
use wharf_server::{Server, Unsimulated};

/// Runs the script with a client, and calls each operation again with what the server has understood.
async fn compare(client: &str, product: &str, version: &str, connect: impl Fn(&Server) -> Connection) {
    let server = builder().unsimulated(Unsimulated::Shaped).start().await.unwrap();
    let mut command = script(&server, "everything.py", &[client]);
    let output = command.env("WHARF_PROJECT_ID", server.project_id()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).unwrap();
    let theirs = server.journal().calls();
    assert_eq!(theirs.len().to_string(), said.lines().last().unwrap(), "a call each:\n{said}");
    let (mut wrong, mut seen) = (Vec::new(), BTreeSet::new());
    let connection = connect(&server);
    server.journal().clear();
    for call in &theirs {
        let is_it = |entry: &&Entry| {
            let meta = entry.meta;
            meta.product == product && meta.version == version && meta.name == call.operation
        };
        let Some(entry) = wharf::operations().find(is_it) else {
            wrong.push(format!("{}: is in no spec", call.operation));
            continue;
        };
        seen.insert(entry.meta.name);
        if !call.acted && !call.shaped {
            wrong.push(format!("{}: is refused", call.operation));
            continue;
        }
        // What the answer is does not matter.
        let mut input = Value::Object(call.parameters.clone());
        reveal(&mut input);
        let answer = loop {
            let answer = connection.call(entry, input.clone()).await;
            let Err(error) = &answer else { break answer };
            // Of what the journal hides it does not say what it was.
            let instead = match error.message().rsplit_once(" must be ") {
                Some((_, "an object, not a string")) => json!({"member": "值-x"}),
                Some((_, "a list, not a string")) => json!(["{}"]),
                _ => break answer,
            };
            let pointer = format!("/{}", error.field().unwrap().replace('.', "/"));
            *input.pointer_mut(&pointer).unwrap() = instead;
        };
        let Some(ours) = server.journal().last() else {
            wrong.push(format!("{}: not sent: {answer:?}", call.operation));
            continue;
        };
        if (&ours.operation, &ours.parameters) != (&call.operation, &call.parameters) {
            let (ours, theirs) = (Value::Object(ours.parameters), Value::Object(call.parameters.clone()));
            wrong.push(format!("{}: ours is {ours}, theirs is {theirs}", call.operation));
        }
        server.journal().clear();
    }
    let public = wharf::operations().map(|entry| entry.meta).filter(|meta| {
        let is_public = matches!(meta.editions, Editions::Public | Editions::Both);
        meta.product == product && meta.version == version && is_public
    });
    wrong.extend(public.filter(|meta| !seen.contains(meta.name)).map(|meta| format!("{}: was not sent", meta.name)));
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), theirs.len(), wrong.join("\n") + &said);
    server.stop().await;
}

/// Puts something in the place of what the journal hides, which can be a text that holds JSON.
fn reveal(value: &mut Value) {
    match value {
        Value::String(text) if text == "[hidden]" => *text = "{}".to_owned(),
        Value::Array(items) => items.iter_mut().for_each(reveal),
        Value::Object(fields) => fields.values_mut().for_each(reveal),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tencents_client_for_tke() {
    compare("tke", "tke", "2018-05-25", |server| tke(server).into()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tencents_client_for_the_newer_version_of_tke() {
    compare("tke-2022-05-01", "tke", "2022-05-01", |server| tke(server).into()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tencents_client_for_tcr() {
    compare("tcr", "tcr", "2019-09-24", |server| tcr(server).into()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn huaweis_client() {
    compare("cce", "cce", "v3", |server| cce_builder(server).build().unwrap().into()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn alibabas_client() {
    compare("ack", "ack", "2015-12-15", |server| ack_builder(server).build().unwrap().into()).await;
}
