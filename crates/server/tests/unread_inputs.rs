//! `docs/unread-inputs.md` lists the fields of simulated operations that no view names, each with a reason.
//!
//! A field counts as read if the sources of its product's view contain its name as a string. A field that is kept with all
//! others of its structure is therefore listed too.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use wharf_server::Coverage;
use wharf_spec::file::Field;
use wharf_spec::{Embedded, Product, Type};

const DOCUMENT: &str = include_str!("../../../docs/unread-inputs.md");

/// The strings in the sources of a folder, without its tests.
fn strings(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.file_stem().is_some_and(|name| name == "tests") {
            continue;
        }
        if path.is_dir() {
            strings(&path, found);
        } else {
            let text = fs::read_to_string(&path).unwrap();
            found.extend(text.split('"').map(str::to_owned));
        }
    }
}

/// Adds the fields that are not among the names, by their wire names.
fn unread(
    product: &Product,
    fields: &[Field],
    names: &BTreeSet<String>,
    inside: &[&str],
    found: &mut BTreeSet<String>,
) {
    for field in fields {
        if !names.contains(&field.name) {
            found.insert(field.name.clone());
        } else if let Some(shape) = shape_of(&field.ty).filter(|shape| !inside.contains(shape)) {
            let inner = product.shape(shape).map_or(&[][..], |shape| shape.spec.fields.as_slice());
            unread(product, inner, names, &[inside, &[shape]].concat(), found);
        }
    }
}

fn shape_of(ty: &Type) -> Option<&str> {
    match ty {
        Type::Shape(name) => Some(name),
        Type::List(item) | Type::Map(item) | Type::Json(Some(item)) => shape_of(item),
        _ => None,
    }
}

#[test]
fn fields_that_nothing_reads_are_documented() {
    let coverage = Coverage::of_this_server();
    let mut missing = Vec::new();
    for name in ["ack", "cce", "ccs", "tcr", "tke"] {
        let mut names = BTreeSet::new();
        for root in ["src", "../world/src"] {
            strings(&Path::new(env!("CARGO_MANIFEST_DIR")).join(root).join(name.replace("tcr", "")), &mut names);
        }
        let mut found = BTreeSet::new();
        for embedded in Embedded::all().into_iter().filter(|embedded| embedded.name == name) {
            let product = embedded.read().unwrap();
            let version =
                coverage.products.iter().find(|it| it.product == name && it.version == product.version).unwrap();
            let operations = product.operations.iter().filter(|it| !version.unsimulated.contains(&it.name.as_str()));
            operations.for_each(|operation| unread(&product, &operation.spec.input, &names, &[], &mut found));
        }
        let documented: BTreeSet<String> = section(name).into_iter().collect();
        missing.extend(found.difference(&documented).map(|field| format!("{name}: {field} is not documented")));
        missing.extend(documented.difference(&found).map(|field| format!("{name}: {field} is read")));
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// The fields that the document lists for a product.
fn section(product: &str) -> Vec<String> {
    let (_, rest) = DOCUMENT.split_once(&format!("## {product}\n")).unwrap_or_else(|| panic!("no section {product}"));
    let rows = rest.split("\n## ").next().unwrap().lines().filter(|line| line.starts_with("| ") && line.contains('`'));
    rows.flat_map(|row| row.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>()).collect()
}
