//! Examples: what `specs/examples.json` must have, and what it may not have.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};
use wharf_codegen::emit;
use wharf_spec::Catalog;

/// A folder with `specs/examples.json`, which is removed on drop.
struct Root(PathBuf);

impl Root {
    fn new(name: &str, examples: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("wharf-examples-{name}-{}", std::process::id()));
        fs::create_dir_all(folder.join("specs")).unwrap();
        fs::write(folder.join("specs/examples.json"), examples).unwrap();
        Self(folder)
    }
}

impl Drop for Root {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Returns the error for the sample specs with other examples.
fn error(name: &str, examples: &str) -> String {
    let catalog = Catalog::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sample/specs")).unwrap();
    let root = Root::new(name, examples);
    emit::rust::emit(&catalog, &root.0).unwrap_err().to_string()
}

#[test]
fn every_required_field_without_a_text_is_named() {
    let error = error("texts", r#"{"texts": {"id": "me", "name": "web"}, "products": {}}"#);
    let expected = [
        "demo MakeThing: Type has no text in specs/examples.json",
        "yard CopyThing: src_thing has no text in specs/examples.json",
    ];
    assert_eq!(error.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn what_the_specs_do_not_have_is_an_error() {
    for (name, products, expected) in [
        ("product", r#"{"ship": {}}"#, "specs/examples.json: ship: is not a product"),
        ("operation", r#"{"demo": {"inputs": {"Sail": {}}}}"#, "specs/examples.json: demo Sail: is not an operation"),
        (
            "input",
            r#"{"demo": {"inputs": {"MakeThing": {"Sail": 1}}}}"#,
            "specs/examples.json: demo MakeThing Sail: is not an input",
        ),
    ] {
        assert_eq!(error(name, &format!(r#"{{"texts": {{}}, "products": {products}}}"#)), expected);
    }
}
