//! C: `wharf.h` from the functions of `crates/ffi`, and for each product a header with its names.

use crate::Error;
use crate::tree::Files;
use minijinja::{Environment, context};
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use wharf_spec::{Catalog, Product, naming};

/// Where the headers are, below the workspace.
pub const FOLDER: &str = "crates/ffi/include";

/// The package that has the functions.
const PACKAGE: &str = "crates/ffi";
/// Its modules with functions, in the order in which a reader of the header meets them.
const MODULES: &[&str] = &[
    "version",
    "result",
    "error",
    "text",
    "connection",
    "cancel",
    "task",
    "response",
    "call",
    "direct",
    "pages",
    "wait",
    "json",
    "describe",
    "log",
    "test_panic",
];
/// What stands above each function.
const EXPORTED: &str = "#[unsafe(no_mangle)]";
/// The columns of a line.
const WIDTH: usize = 100;

const TEMPLATES: &[(&str, &str)] =
    &[("product", include_str!("product.h.jinja")), ("products", include_str!("products.h.jinja"))];

/// The headers: nothing for a workspace without the package.
///
/// # Errors
/// When the package cannot be read, a template fails, or two names of a product would be one in C.
pub fn emit(catalog: &Catalog, root: &Path) -> Result<Files, Error> {
    let mut files = Files::new();
    let package = root.join(PACKAGE);
    if !package.is_dir() {
        return Ok(files);
    }
    let templates = environment()?;
    for product in catalog.products() {
        let path = PathBuf::from(format!("{FOLDER}/wharf/{}.h", product.name));
        files.insert(path, render(&templates, "product", view(product)?)?);
    }
    let products: Vec<_> = catalog.products().iter().map(|product| product.name.as_str()).collect();
    let all = render(&templates, "products", context! { products })?;
    files.insert(PathBuf::from(format!("{FOLDER}/wharf/products.h")), all);
    files.insert(PathBuf::from(format!("{FOLDER}/wharf.h")), functions(&package)?);
    Ok(files)
}

fn environment() -> Result<Environment<'static>, Error> {
    let mut templates = Environment::new();
    templates.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    templates.set_trim_blocks(true);
    templates.set_lstrip_blocks(true);
    templates.set_keep_trailing_newline(true);
    templates.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    for (name, text) in TEMPLATES {
        templates.add_template(name, text).map_err(|error| Error::new(name, error))?;
    }
    Ok(templates)
}

fn render(templates: &Environment<'static>, name: &str, context: minijinja::Value) -> Result<String, Error> {
    let rendered = templates.get_template(name).and_then(|template| template.render(context));
    rendered.map_err(|error| Error::new(name, error))
}

/// How many functions the files of a folder and its folders export.
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

/// `wharf.h`, by cbindgen. What stands above and below the functions is in its settings.
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
struct Define {
    name: String,
    value: String,
    doc: String,
}

/// The values of one member of requests or answers.
#[derive(Serialize)]
struct EnumView {
    doc: String,
    values: Vec<Define>,
}

fn view(product: &Product) -> Result<minijinja::Value, Error> {
    let prefix = product.name.to_uppercase();
    let operations: Vec<_> = product
        .operations
        .iter()
        .map(|operation| {
            define(
                &format!("{prefix}_OPERATION"),
                &naming::field(&operation.name),
                &operation.name,
                &operation.spec.doc,
            )
        })
        .collect();
    let codes: Vec<_> = product
        .errors
        .iter()
        .map(|code| {
            define(&format!("{prefix}_ERROR"), &naming::field(&naming::code(&code.name)), &code.name, &code.spec.doc)
        })
        .collect();
    let enums = product.enums.iter().map(|enumeration| {
        let name = naming::field(&naming::type_name(&enumeration.name)).to_uppercase();
        let values = enumeration.spec.values.iter().map(|value| {
            define(
                &format!("{prefix}_{name}"),
                &naming::field(&naming::variant(&value.value)),
                &value.value,
                &value.doc,
            )
        });
        let doc = format!("{}: {}", enumeration.name, plain(&enumeration.spec.doc));
        EnumView { doc: wrap(&doc, " * "), values: values.collect() }
    });
    let enums: Vec<_> = enums.collect();
    let mut seen = BTreeSet::new();
    let names = operations.iter().chain(&codes).chain(enums.iter().flat_map(|each| &each.values));
    for entry in names {
        if !seen.insert(&entry.name) {
            return Err(Error::new(&product.name, format!("two names would both be {} in C", entry.name)));
        }
    }
    Ok(context! { product => product.name, version => product.version, prefix, operations, codes, enums })
}

fn define(prefix: &str, name: &str, value: &str, doc: &str) -> Define {
    let name = format!("WHARF_{prefix}_{}", name.trim_start_matches("r#").trim_start_matches('_').to_uppercase());
    let doc = wrap(&plain(doc), " * ");
    let doc = match doc.lines().count() {
        1 => format!("/** {} */", doc.trim_start_matches(" * ")),
        _ => format!("/**\n{doc}\n */"),
    };
    Define { name, value: value.replace('\\', "\\\\").replace('"', "\\\""), doc }
}

/// Text that does not end a comment or begin another.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace("*/", "* /").replace("/*", "/ *")
}

fn wrap(text: &str, margin: &str) -> String {
    let mut lines = vec![margin.to_owned()];
    for word in text.split(' ') {
        let last = lines
            .last_mut()
            .filter(|line| line.len() == margin.len() || line.chars().count() + 1 + word.chars().count() <= WIDTH);
        match last {
            Some(line) if line.len() == margin.len() => line.push_str(word),
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            None => lines.push(format!("{margin}{word}")),
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn names_and_comments_are_c() {
        let entry =
            define("TKE_ERROR", &naming::field(&naming::code("InternalError.CidrInvali")), "a\"b\\c", "Ends */ here.");
        assert_eq!(entry.name, "WHARF_TKE_ERROR_INTERNAL_ERROR_CIDR_INVALI");
        assert_eq!((entry.value.as_str(), entry.doc.as_str()), ("a\\\"b\\\\c", "/** Ends * / here. */"));
        assert_eq!(define("X", &naming::field("Type"), "", "").name, "WHARF_X_TYPE", "no raw identifier");
        let long = define("X", "y", "", &["word"; 60].join(" ")).doc;
        assert!(long.starts_with("/**\n * word") && long.ends_with("word\n */"), "{long}");
        assert!(long.lines().all(|line| line.len() <= WIDTH), "{long}");
    }

    #[test]
    fn the_same_header_is_written_for_every_product() {
        let catalog = Catalog::embedded().unwrap();
        let templates = environment().unwrap();
        for product in catalog.products() {
            let header = render(&templates, "product", view(product).unwrap()).unwrap();
            let count = header.lines().filter(|line| line.starts_with("#define WHARF_")).count();
            let values: usize = product.enums.iter().map(|each| each.spec.values.len()).sum();
            // The guard and the product's own name besides.
            assert_eq!(count, 2 + product.operations.len() + product.errors.len() + values, "{}", product.name);
        }
    }

    #[test]
    fn two_names_that_would_be_one_are_refused() {
        let mut product = Catalog::embedded().unwrap().products()[0].clone();
        let mut again = product.operations[0].clone();
        again.name = format!("{}_", again.name);
        product.operations.push(again);
        assert!(view(&product).unwrap_err().to_string().contains("two names would both be WHARF_"));
    }
}
