//! `facade.json` says what the facade has and no spec does; the stubs are generated from it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::{Map, Value, json};
use wharf::any;

/// Set, it is written instead of compared.
const WRITE: &str = "WHARF_WRITE";

#[test]
fn the_facade_is_what_the_stubs_say() {
    let mut facade = Map::new();
    for product in any::products() {
        let operations = wharf::operations().map(|entry| entry.meta).filter(|meta| meta.product == product);
        let clients = operations.map(|meta| (meta.service.to_owned(), any::client(meta).into()));
        let facts = json!({
            "clients": clients.collect::<Map<String, Value>>(),
            "options": any::option_names(product).unwrap(),
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
