//! Every operation as the vendors' own clients send it, with every field set.

use crate::sent::{Kept, Sent};
use crate::support::{ack_builder, builder, cce_builder, tcr_builder, tke_builder};
use crate::witness::script;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use wharf::ack::SignatureMethod;
use wharf_core::Connection;
use wharf_core::operation::{Editions, Entry};
use wharf_server::{Server, Unsimulated};

/// Runs the script with a client, and calls each operation again with the same values. Our requests have the same method,
/// path, query and media type, byte for byte, and the same JSON. Its bytes differ where the vendor's client writes spaces
/// or orders fields in another way.
async fn compare(client: &str, product: &str, version: &str, connect: impl Fn(&Server, Arc<Kept>) -> Connection) {
    let server = builder().unsimulated(Unsimulated::Shaped).start().await.unwrap();
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("sent-by-{client}"));
    let mut command = script(&server, "everything.py", &[client]);
    command.env("WHARF_PROJECT_ID", server.project_id()).env("WHARF_SENT", &file);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).unwrap();
    let understood = server.journal().calls();
    assert_eq!(understood.len().to_string(), said.lines().last().unwrap(), "a call each:\n{said}");
    let sent = Sent::all(&std::fs::read(&file).unwrap());
    assert_eq!(sent.len(), understood.len());
    let (mut wrong, mut seen) = (Vec::new(), BTreeSet::new());
    let kept = Kept::new(server.transport());
    let connection = connect(&server, kept.clone());
    server.journal().clear();
    for (call, theirs) in understood.iter().zip(sent) {
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
        let mut input = Value::Object(call.parameters.clone());
        // A body that is a list is a parameter of its own.
        let body = theirs.json().map(|body| if body.is_array() { json!({"body": body}) } else { body });
        reveal(&mut input, body.as_ref());
        // What the answer is does not matter.
        let answer = connection.call(entry, input).await;
        let (Some(ours), Some(journal)) = (kept.take(), server.journal().last()) else {
            wrong.push(format!("{}: not sent: {answer:?}", call.operation));
            continue;
        };
        if (&journal.operation, &journal.parameters) != (&call.operation, &call.parameters) {
            let (ours, theirs) = (Value::Object(journal.parameters), Value::Object(call.parameters.clone()));
            wrong.push(format!("{}: ours is {ours}, theirs is {theirs}", call.operation));
        }
        if let Some(difference) = difference(&ours, &theirs) {
            wrong.push(format!("{}: {difference}", call.operation));
        }
        server.journal().clear();
    }
    let public = wharf::operations().map(|entry| entry.meta).filter(|meta| {
        let is_public = matches!(meta.editions, Editions::Public | Editions::Both);
        meta.product == product && meta.version == version && is_public
    });
    wrong.extend(public.filter(|meta| !seen.contains(meta.name)).map(|meta| format!("{}: was not sent", meta.name)));
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), understood.len(), wrong.join("\n") + &said);
    server.stop().await;
}

/// Replaces what the journal hides by what was sent at the same place.
fn reveal(value: &mut Value, sent: Option<&Value>) {
    match value {
        Value::String(text) if text == "[hidden]" => *value = sent.cloned().unwrap_or_else(|| "值-x".into()),
        Value::Array(items) => {
            for (at, item) in items.iter_mut().enumerate() {
                reveal(item, sent.and_then(|sent| sent.get(at)));
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                reveal(field, sent.and_then(|sent| sent.get(name)));
            }
        }
        _ => {}
    }
}

/// Returns the first difference between two requests.
fn difference(ours: &Sent, theirs: &Sent) -> Option<String> {
    let place = |sent: &Sent| format!("{} {} {:?}", sent.method, as_words(&sent.target), sent.media_type);
    let (our_place, their_place) = (place(ours), place(theirs));
    if our_place != their_place {
        return Some(format!("ours is {our_place}, theirs is {their_place}"));
    }
    let (our_body, their_body) = (ours.json(), theirs.json());
    (our_body != their_body).then(|| format!("ours is {our_body:?}, theirs is {their_body:?}"))
}

/// The target with booleans as the document writes them. Alibaba's client for Python writes them as Python does, its
/// others do not.
fn as_words(target: &str) -> String {
    target.replace("=True", "=true")
}

#[tokio::test(flavor = "multi_thread")]
async fn tencents_client_for_tke() {
    compare("tke", "tke", "2018-05-25", |server, sent| tke_builder(server).transport(sent).build().unwrap().into())
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tencents_client_for_the_newer_version_of_tke() {
    compare("tke-2022-05-01", "tke", "2022-05-01", |server, sent| {
        tke_builder(server).transport(sent).build().unwrap().into()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tencents_client_for_tcr() {
    compare("tcr", "tcr", "2019-09-24", |server, sent| tcr_builder(server).transport(sent).build().unwrap().into())
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn huaweis_client() {
    compare("cce", "cce", "v3", |server, sent| cce_builder(server).transport(sent).build().unwrap().into()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn alibabas_client() {
    // The signature that the client uses.
    let signature = SignatureMethod::Acs3HmacSha256;
    let connect = |server: &Server, sent| ack_builder(server).signature_method(signature).transport(sent).build();
    compare("ack", "ack", "2015-12-15", |server, sent| connect(server, sent).unwrap().into()).await;
}
