//! `facade.json` says what the facade has and no spec does; the stubs are generated from it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::{Map, Value, json};
use wharf::any::{self, ArgumentKind, Gives, WaiterEntry};

/// Set, it is written instead of compared.
const WRITE: &str = "WHARF_WRITE";

fn waiter(waiter: &WaiterEntry) -> Value {
    let arguments = waiter.arguments.iter().map(|argument| {
        let kind = match argument.kind {
            ArgumentKind::Text => "text",
            ArgumentKind::Bool => "bool",
            ArgumentKind::Texts => "texts",
            ArgumentKind::Whole => "whole",
        };
        json!({"name": argument.name, "kind": kind, "doc": argument.doc})
    });
    json!({
        "client": waiter.client,
        "method": waiter.method,
        "doc": waiter.doc,
        "arguments": arguments.collect::<Value>(),
        "gives": match waiter.gives {
            Gives::Nothing => Value::Null,
            Gives::One(name) => name.into(),
            Gives::Many(name) => format!("{name}[]").into(),
        },
    })
}

#[test]
fn the_facade_is_what_the_stubs_say() {
    let mut facade = Map::new();
    for product in any::products() {
        let facts = json!({
            "waiters": any::waiters(product).unwrap().iter().map(waiter).collect::<Value>(),
        });
        facade.insert(product.to_owned(), facts);
    }
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("facade.json");
    let text = format!("{}\n", serde_json::to_string_pretty(&facade).unwrap());
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&path, text).unwrap();
    } else {
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(found, text, "run `{WRITE}=1 cargo test -p wharf-python --test facade`, then `cargo codegen`");
    }
}
