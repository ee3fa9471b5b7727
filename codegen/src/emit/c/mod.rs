//! C: `wharf.h` from the functions of `crates/ffi`, and for each product a header with its names.

use crate::Error;
use crate::Files;
use crate::emit::registrations::block::{self, Comment};
use crate::emit::waiters::{PLAIN, duration, paragraphs};
use crate::emit::words;
use minijinja::{Environment, context};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use wharf_spec::file::Edition;
use wharf_spec::{Catalog, Product, naming};

/// Folder of the headers, below the workspace.
pub const FOLDER: &str = "crates/ffi/include";

/// Headers in that folder that are written by hand, or by a test of the package.
pub const BY_HAND: [&str; 2] = ["wharf.hpp", "wharf/helpers.h"];

/// The package that has the functions.
const PACKAGE: &str = "crates/ffi";
/// Its modules with functions, in the order of the header.
const MODULES: &[&str] = &[
    "version",
    "result",
    "error",
    "text",
    "connection",
    "credentials",
    "cancel",
    "task",
    "response",
    "call",
    "direct",
    "kubeconfig",
    "kubernetes",
    "pages",
    "wait",
    "json",
    "value",
    "describe",
    "log",
    "test_panic",
];
/// The attribute above each exported function.
const EXPORTED: &str = "#[unsafe(no_mangle)]";
/// Line width.
const WIDTH: usize = 100;

const TEMPLATES: &[(&str, &str)] =
    &[("product", include_str!("product.h.jinja")), ("products", include_str!("products.h.jinja"))];

/// Returns the headers; nothing for a workspace without the package.
///
/// # Errors
/// When the package cannot be read, a template fails, or two names of a product would be equal in C.
pub fn emit(catalog: &Catalog, root: &Path) -> Result<Files, Error> {
    let mut files = Files::new();
    let package = root.join(PACKAGE);
    if !package.is_dir() {
        return Ok(files);
    }
    let templates = words::environment(TEMPLATES)?;
    for product in catalog.products() {
        let path = PathBuf::from(format!("{FOLDER}/wharf/{}.h", product.key("_")));
        files.insert(path, render(&templates, "product", view(product)?)?);
    }
    let products: Vec<_> = catalog.products().iter().map(|product| product.key("_")).collect();
    let all = render(&templates, "products", context! { products })?;
    files.insert(PathBuf::from(format!("{FOLDER}/wharf/products.h")), all);
    files.insert(PathBuf::from(format!("{FOLDER}/wharf.h")), functions(&package)?);
    let readme = format!("{PACKAGE}/README.md");
    let text = std::fs::read_to_string(root.join(&readme)).map_err(|error| Error::new(&readme, error))?;
    let text = block::replace(&text, "waiters", Comment::Angles, &table(catalog));
    files.insert(PathBuf::from(&readme), text.map_err(|why| Error::new(&readme, why))?);
    Ok(files)
}

fn render(templates: &Environment<'static>, name: &str, context: minijinja::Value) -> Result<String, Error> {
    let rendered = templates.get_template(name).and_then(|template| template.render(context));
    rendered.map_err(|error| Error::new(name, error))
}

/// Counts the functions that the files of a folder and its subfolders export.
fn exported(folder: &Path) -> Result<usize, Error> {
    let wrong = |error: std::io::Error| Error::new(folder.display(), error);
    let mut count = 0;
    for entry in std::fs::read_dir(folder).map_err(wrong)? {
        let path = entry.map_err(wrong)?.path();
        count += match path.is_dir() {
            true => exported(&path)?,
            false => std::fs::read_to_string(path).map_err(wrong)?.matches(EXPORTED).count(),
        };
    }
    Ok(count)
}

/// Returns `wharf.h`, written by cbindgen. The texts above and below the functions are in its settings.
fn functions(package: &Path) -> Result<String, Error> {
    let wrong = |error: &dyn std::fmt::Display| Error::new(package.display(), error);
    let config = cbindgen::Config::from_file(package.join("cbindgen.toml")).map_err(|error| wrong(&error))?;
    let mut builder = cbindgen::Builder::new().with_config(config);
    let mut functions = 0;
    for module in MODULES {
        let path = package.join(format!("src/{module}.rs"));
        functions += std::fs::read_to_string(&path).map_err(|error| wrong(&error))?.matches(EXPORTED).count();
        builder = builder.with_src(path);
    }
    let exported = exported(&package.join("src"))?;
    if functions != exported {
        return Err(wrong(&format!("{exported} functions are exported, {functions} of them by the header's modules")));
    }
    let bindings = builder.generate().map_err(|error| wrong(&error))?;
    let mut header = Vec::new();
    bindings.write(&mut header);
    String::from_utf8(header).map_err(|error| wrong(&error))
}

/// A `#define` and the comment above it.
#[derive(Serialize)]
pub(crate) struct Define {
    name: String,
    value: String,
    doc: String,
    /// File and entry of the specs.
    from: String,
}

/// The values of one field of requests or outputs.
#[derive(Serialize)]
struct EnumView {
    doc: String,
    values: Vec<Define>,
}

fn view(product: &Product) -> Result<minijinja::Value, Error> {
    let prefix = product.key("_").to_uppercase();
    let operations = product.operations.iter().map(|operation| {
        let value = product.qualified(&operation.name);
        let spec = &operation.spec;
        let doc = documented(&spec.doc, spec.deprecated.as_deref(), spec.editions.as_deref());
        let from = format!("{}: operation {}", operation.file, operation.name);
        define(&format!("{prefix}_OPERATION"), &naming::field(operation.called()), &value, &doc, from)
    });
    let operations: Vec<_> = operations.collect();
    let codes = product.errors.iter().map(|code| {
        let from = format!("{}: error {}", code.file, code.name);
        define(
            &format!("{prefix}_ERROR"),
            &naming::field(&naming::code(code.called())),
            &code.name,
            &code.spec.doc,
            from,
        )
    });
    let codes: Vec<_> = codes.collect();
    let enums = product.enums.iter().map(|enumeration| {
        let name = naming::field(&naming::type_name(enumeration.called())).to_uppercase();
        let values = enumeration.spec.values.iter().map(|value| {
            let doc = documented(&value.doc, value.deprecated.as_deref(), None);
            let from = format!("{}: enum {}: value {}", enumeration.file, enumeration.name, value.value);
            let variant = naming::field(&naming::variant(value.called()));
            define(&format!("{prefix}_{name}"), &variant, &value.value, &doc, from)
        });
        let doc = format!("{}: {}", enumeration.name, plain(&enumeration.spec.doc));
        EnumView { doc: wrap(&doc, " * "), values: values.collect() }
    });
    let enums: Vec<_> = enums.collect();
    let waiters = waiters(product);
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    let names = operations.iter().chain(&codes).chain(&waiters).chain(enums.iter().flat_map(|each| &each.values));
    for entry in names {
        if let Some(other) = seen.insert(&entry.name, &entry.from) {
            let reason = format!("its name in C would be {}, as that of {other}; a `rename` parts them", entry.name);
            return Err(Error::new(&entry.from, reason));
        }
    }
    let (key, name, version) = (product.key("/"), &product.name, &product.version);
    Ok(context! { product => key, name, version, prefix, operations, codes, waiters, enums })
}

/// Returns the names of waiters.
fn waiters(product: &Product) -> Vec<Define> {
    let prefix = format!("{}_WAITER", product.key("_").to_uppercase());
    let waiters = product.waiters.iter().map(|waiter| {
        let doc = paragraphs(product, waiter, &PLAIN).join(" ");
        let from = format!("{}: waiter {}", waiter.file, waiter.name);
        define(&prefix, &waiter.name, &product.qualified(&waiter.name), &doc, from)
    });
    waiters.collect()
}

/// Returns the README's table of waiters.
fn table(catalog: &Catalog) -> String {
    let mut rows = vec![
        "| product | waiter | arguments | returns | times out after |".to_owned(),
        "|---|---|---|---|---|".to_owned(),
    ];
    for product in catalog.products() {
        for waiter in &product.waiters {
            let arguments: Vec<_> =
                waiter.spec.arguments.iter().map(|argument| format!("`{}`", argument.name)).collect();
            let returns = match waiter.spec.returned() {
                None => "`null`".to_owned(),
                Some((name, false)) => format!("`{name}`"),
                Some((name, true)) => format!("list of `{name}`"),
            };
            let timeout = duration(waiter.spec.timeout);
            let (product, name, arguments) = (&product.name, product.qualified(&waiter.name), arguments.join(", "));
            rows.push(format!("| `{product}` | `{name}` | {arguments} | {returns} | {timeout} |"));
        }
    }
    rows.join("\n")
}

/// What an entry is, and whether it should be used.
fn documented(doc: &str, deprecated: Option<&str>, editions: Option<&[Edition]>) -> String {
    let editions = words::editions(editions).map(|editions| format!("In the {editions}."));
    let sentences = [Some(doc.to_owned()), editions, words::deprecated(deprecated)];
    sentences.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

pub(crate) fn define(prefix: &str, name: &str, value: &str, doc: &str, from: String) -> Define {
    let name = format!("WHARF_{prefix}_{}", name.trim_start_matches("r#").trim_start_matches('_').to_uppercase());
    let doc = wrap(&plain(doc), " * ");
    let doc = match doc.lines().count() {
        1 => format!("/** {} */", doc.trim_start_matches(" * ")),
        _ => format!("/**\n{doc}\n */"),
    };
    Define { name, from, value: value.replace('\\', "\\\\").replace('"', "\\\""), doc }
}

/// Returns a text that neither ends a comment nor begins another.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace("*/", "* /").replace("/*", "/ *")
}

fn wrap(text: &str, margin: &str) -> String {
    let lines = words::wrap(text, WIDTH - margin.len());
    lines.iter().map(|line| format!("{margin}{line}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn names_and_comments_are_c() {
        let entry = define(
            "TKE_ERROR",
            &naming::field(&naming::code("InternalError.CidrInvali")),
            "a\"b\\c",
            "Ends */ here.",
            String::new(),
        );
        assert_eq!(entry.name, "WHARF_TKE_ERROR_INTERNAL_ERROR_CIDR_INVALI");
        assert_eq!((entry.value.as_str(), entry.doc.as_str()), ("a\\\"b\\\\c", "/** Ends * / here. */"));
        assert_eq!(
            define("X", &naming::field("Type"), "", "", String::new()).name,
            "WHARF_X_TYPE",
            "no raw identifier"
        );
        let long = define("X", "y", "", &["word"; 60].join(" "), String::new()).doc;
        assert!(long.starts_with("/**\n * word") && long.ends_with("word\n */"), "{long}");
        assert!(long.lines().all(|line| line.len() <= WIDTH), "{long}");
    }

    #[test]
    fn the_same_header_is_written_for_every_product() {
        let catalog = Catalog::embedded().unwrap();
        let templates = words::environment(TEMPLATES).unwrap();
        for product in catalog.products() {
            let header = render(&templates, "product", view(product).unwrap()).unwrap();
            let count = header.lines().filter(|line| line.starts_with("#define WHARF_")).count();
            let values: usize = product.enums.iter().map(|each| each.spec.values.len()).sum();
            // Additionally the guard and the product's own name.
            let waiters = product.waiters.len();
            assert_eq!(
                count,
                2 + product.operations.len() + product.errors.len() + waiters + values,
                "{}",
                product.name
            );
        }
    }

    #[test]
    fn two_names_that_would_be_one_are_refused() {
        let mut product = Catalog::embedded().unwrap().products()[0].clone();
        let mut again = product.operations[0].clone();
        again.name = format!("{}_", again.name);
        product.operations.push(again);
        let error = view(&product).unwrap_err().to_string();
        let operation = &product.operations[0];
        let expected = format!("{}: operation {}_: its name in C would be WHARF_ACK_", operation.file, operation.name);
        assert!(error.starts_with(&expected), "{error}");
    }
}
