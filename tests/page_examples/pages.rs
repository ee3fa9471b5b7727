//! The text of an example on a page is the body of the function that is called.

use crate::generated;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

/// The Rust code in the docs of a file, a text for each block.
fn blocks(text: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut open: Option<(bool, Vec<&str>)> = None;
    for line in text.lines() {
        let Some(doc) = line.trim_start().strip_prefix("//").and_then(|rest| rest.strip_prefix(['/', '!'])) else {
            continue;
        };
        let doc = doc.strip_prefix(' ').unwrap_or(doc);
        match (doc.trim().strip_prefix("```"), &mut open) {
            (Some(language), None) => open = Some((["", "rust", "no_run"].contains(&language), Vec::new())),
            (Some(_), Some(_)) => {
                let (rust, lines) = open.take().unwrap();
                blocks.extend(rust.then(|| lines.join("\n")));
            }
            (None, Some((_, lines))) => lines.push(doc),
            (None, None) => {}
        }
    }
    blocks
}

/// The bodies of the functions of a file, without the indentation and the result.
fn bodies(text: &str) -> BTreeSet<String> {
    let mut bodies = BTreeSet::new();
    let mut open: Option<(String, Vec<&str>)> = None;
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let indent = &line[..line.len() - line.trim_start().len()];
        if line.trim_start().starts_with("pub(super) async fn ") || line.trim_start().starts_with("fn ") {
            // A long signature has several lines.
            if !line.ends_with('{') {
                lines.find(|line| line.ends_with('{')).unwrap();
            }
            open = Some((indent.to_owned(), Vec::new()));
        } else if let Some((margin, body)) = &mut open {
            if line == format!("{margin}}}") {
                if body.last() == Some(&"Ok(())") {
                    body.pop();
                }
                bodies.insert(body.join("\n"));
                open = None;
            } else {
                body.push(line.strip_prefix(&format!("{margin}    ")).unwrap_or(line));
            }
        }
    }
    bodies
}

#[test]
fn the_page_of_an_operation_has_its_example() {
    let mut count = 0;
    macro_rules! check {
        ($($product:ident)*) => {
            $(
                let code = read(concat!("tests/page_examples/generated/", stringify!($product), ".rs"));
                let called = bodies(&code);
                for example in generated::$product::EXAMPLES {
                    let page = blocks(&read(example.page));
                    assert_eq!(page.len(), 1, "{}", example.page);
                    assert!(called.contains(&page[0]), "{}: is not called:\n{}", example.page, page[0]);
                    count += 1;
                }
            )*
        };
    }
    check!(ack cce ccs sts tcr tke tke_v20220501);
    assert_eq!(count, wharf::operations().count());
}

/// The doctests of these crates are off, because their examples use the facade, on which they do not depend.
#[test]
fn examples_by_hand_are_called_too() {
    let by_hand = bodies(&read("tests/page_examples/by_hand.rs"));
    let mut found = BTreeSet::new();
    for name in ["cluster", "node", "scaling", "monitoring", "tcr", "products"] {
        let manifest = read(&format!("crates/{name}/Cargo.toml"));
        assert!(manifest.contains("doctest = false"), "{name}");
        let mut folders = vec![root().join(format!("crates/{name}/src"))];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.extend((!path.ends_with("generated")).then_some(path));
                } else {
                    found.extend(blocks(&std::fs::read_to_string(path).unwrap()));
                }
            }
        }
    }
    assert_eq!(found, by_hand);
    assert_eq!(found.len(), 8);
}
