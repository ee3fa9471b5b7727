//! Rust: the `generated` folders of the service crates and of `wharf-products`.
//!
//! Templates define the form of each file; `view` computes their data, one plain structure for each template.

mod aliases;
mod docs;
mod example;
mod expr;
pub(crate) mod format;
mod view;
mod waiters;

pub(crate) use example::FOLDER as EXAMPLES;

use crate::Error;
use crate::Files;
use crate::emit::words;
use example::Examples;
use minijinja::{Environment, context};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use view::View;
use wharf_spec::{Catalog, Home, Product, SHARED, naming};

macro_rules! templates {
    ($($name:literal)*) => { &[ $( ($name, include_str!(concat!($name, ".rs.jinja"))) ),* ] };
}

const TEMPLATES: &[(&str, &str)] = templates! { "client" "codes" "enums" "initials" "mod" "operation" "operations" "shapes" "table" "types" "waiters" };

/// Maximum number of structures and enumerations in one file.
const MANY: usize = 30;

/// Returns the files of all products, formatted.
///
/// # Errors
/// When a template fails, or when its output is not valid Rust.
pub fn emit(catalog: &Catalog, root: &Path) -> Result<Files, Error> {
    let mut templates = words::environment(TEMPLATES)?;
    templates.add_filter("doc", docs::outer);
    // Converts a text to a Rust literal.
    templates.add_filter("text", |text: String| format!("{text:?}"));
    let examples = Examples::of(catalog, root)?;
    let mut files = Files::new();
    for product in catalog.products() {
        let others = catalog.products().iter().filter(|other| other.name == product.name);
        let others = others.filter(|other| product.default && !other.default).collect();
        let mut out = Output { templates: &templates, product, others, examples: &examples, files: &mut files };
        for service in product.services() {
            out.service(service)?;
        }
        out.shared()?;
    }
    format::all(&mut files)?;
    files.extend(examples.files);
    Ok(files)
}

/// Whether the module `types` of a product in that crate has something.
pub(super) fn has_types(product: &Product, service: &str) -> bool {
    let home = if service == SHARED { Home::Shared } else { Home::Service(service.to_owned()) };
    !type_sources(product, &home).is_empty() || !View { product }.shared_types(service).is_empty()
}

struct Output<'a> {
    templates: &'a Environment<'static>,
    product: &'a Product,
    /// The other versions, for the default one: a connection knows the codes of all versions.
    others: Vec<&'a Product>,
    examples: &'a Examples,
    files: &'a mut Files,
}

impl<'a> Output<'a> {
    /// Writes the part of the product in a service crate.
    fn service(&mut self, service: &str) -> Result<(), Error> {
        let product = self.product;
        let view = View { product };
        let folder = folder(product, service);
        let operations: Vec<_> = product.operations.iter().filter(|operation| operation.service == service).collect();
        let sources: BTreeSet<_> = operations.iter().map(|operation| operation.file.as_str()).collect();
        let sources: Vec<_> = sources.into_iter().collect();

        let mut names = Vec::new();
        for operation in operations {
            let name = module(operation.called());
            let example = self.examples.lines(product, operation);
            let context = context! { operation => view.operation(operation)?, example };
            self.file(folder.join(format!("operations/{name}.rs")), "operation", &[&operation.file], context)?;
            names.push(context! {
                module => name,
                input => naming::type_name(operation.called()),
                method => view.method(operation),
            });
        }
        let version = &product.version;
        let region = view.has_region();
        let context = context! { operations => names, product => product.name, version, service, region };
        self.file(folder.join("operations/mod.rs"), "operations", &sources, context.clone())?;
        self.file(folder.join("client.rs"), "client", &sources, context.clone())?;
        self.file(folder.join("table.rs"), "table", &sources, context.clone())?;
        // `shared` writes the further files of the crate of shared items.
        if service == SHARED {
            return Ok(());
        }
        self.types(&folder, &Home::Service(service.to_owned()), &view.shared_types(service))?;
        let mut modules =
            vec![("pub(super)", "client"), ("pub", "operations"), ("pub(super)", "table"), ("pub", "types")];
        if let Some(context) = view.waiters(service)? {
            self.file(folder.join("waiters.rs"), "waiters", &sources, context)?;
            modules.push(("", "waiters"));
        }
        self.file(folder.join("mod.rs"), "mod", &sources, context! { modules, deprecated => deprecates(product) })
    }

    /// Writes the items that several service crates share, and the operations in the same crate.
    fn shared(&mut self) -> Result<(), Error> {
        let product = self.product;
        let view = View { product };
        let folder = folder(product, SHARED);
        let mut modules = vec![("pub(super)", "codes")];
        let mut sources: BTreeSet<_> = product.errors.iter().map(|error| error.file.as_str()).collect();
        let files: Vec<_> = sources.iter().copied().collect();
        let context = context! {
            codes => view.codes(),
            spellings => view.spellings(&self.others),
            aliases => view.code_aliases(),
            numbers => view.numbers(),
            product => self.product.name,
        };
        self.file(folder.join("codes.rs"), "codes", &files, context)?;
        let files = type_sources(product, &Home::Shared);
        if !files.is_empty() {
            self.types(&folder, &Home::Shared, &[])?;
            modules.push(("pub", "types"));
            sources.extend(files);
        }
        let mut operations = product.operations.iter().filter(|operation| operation.service == SHARED).peekable();
        if operations.peek().is_some() {
            sources.extend(operations.map(|operation| operation.file.as_str()));
            modules.extend([("pub(super)", "client"), ("pub", "operations"), ("pub(super)", "table")]);
            modules.sort_unstable_by_key(|(_, name)| *name);
        }
        let files: Vec<_> = sources.into_iter().collect();
        self.file(folder.join("mod.rs"), "mod", &files, context! { modules, deprecated => deprecates(product) })
    }

    /// Writes the structures and enumerations of a crate: `types.rs`, or a folder with a file for each initial when
    /// there are many. `shared` are those that are elsewhere.
    fn types(&mut self, folder: &Path, home: &Home, shared: &[(String, Vec<String>)]) -> Result<(), Error> {
        let view = View { product: self.product };
        let sources = type_sources(self.product, home);
        let product = self.product.key("::");
        let mut initials: BTreeMap<String, Types> = BTreeMap::new();
        let initial = |name: &str| name[..1].to_ascii_lowercase();
        let (shapes, enums) = (view.shapes(home), view.enums(home));
        if shapes.len() + enums.len() <= MANY {
            let types = Types { shapes, enums };
            let context = context! { product, shared, inside => true, ..types.context() };
            return self.file(folder.join("types.rs"), "types", &sources, context);
        }
        for shape in shapes {
            initials.entry(initial(&shape.name)).or_default().shapes.push(shape);
        }
        for each in enums {
            initials.entry(initial(&each.name)).or_default().enums.push(each);
        }
        for (initial, types) in &initials {
            let context = context! { product, initial, shared => (), inside => false, ..types.context() };
            self.file(folder.join(format!("types/{initial}.rs")), "types", &sources, context)?;
        }
        let initials: Vec<_> = initials.keys().collect();
        self.file(folder.join("types/mod.rs"), "initials", &sources, context! { product, shared, initials })
    }

    fn file(
        &mut self,
        path: PathBuf,
        template: &str,
        sources: &[&str],
        context: minijinja::Value,
    ) -> Result<(), Error> {
        let named = |error| Error::new(path.display(), error);
        let body =
            self.templates.get_template(template).and_then(|template| template.render(context)).map_err(named)?;
        let from: Vec<_> = sources.iter().map(|source| format!("specs/{source}")).collect();
        let from = if from.is_empty() { format!("specs/{}", self.product.name) } else { from.join(", ") };
        self.files.insert(path, format!("// @generated by codegen from {from}; do not edit.\n\n{body}"));
        Ok(())
    }
}

/// Returns the folder of the generated files of a product in a service crate.
fn folder(product: &Product, service: &str) -> PathBuf {
    let (package, family) = service.split_once('/').unwrap_or((service, ""));
    let product = product.key("/");
    [PathBuf::from(format!("crates/{package}/src")), product.into(), family.into(), "generated".into()].iter().collect()
}

/// Returns whether a product has deprecated items, which generated code then uses.
fn deprecates(product: &Product) -> bool {
    let operations = product.operations.iter();
    let shapes = product.shapes.iter();
    let operation = |each: &wharf_spec::Operation| {
        let mut fields = each.spec.input.iter().chain(&each.spec.output);
        each.spec.deprecated.is_some() || fields.any(|field| field.deprecated.is_some())
    };
    let shape = |each: &wharf_spec::Shape| {
        each.spec.deprecated.is_some() || each.spec.fields.iter().any(|field| field.deprecated.is_some())
    };
    let mut values = product.enums.iter().flat_map(|each| &each.spec.values);
    operations.map(operation).chain(shapes.map(shape)).any(|deprecated| deprecated)
        || values.any(|value| value.deprecated.is_some())
}

/// Returns the module of an operation, which is also its file name: without `r#`, and never `mod`.
fn module(called: &str) -> String {
    let name = naming::field(called);
    name.strip_prefix("r#").map_or_else(|| name.clone(), |word| format!("{word}_"))
}

/// The types of a file.
#[derive(Default)]
struct Types {
    shapes: Vec<view::ShapeView>,
    enums: Vec<view::EnumView>,
}

impl Types {
    fn context(&self) -> minijinja::Value {
        context! {
            shapes => self.shapes,
            enums => self.enums,
            wire_types => view::wire_types_of(&self.shapes),
            uses_maps => view::uses_maps_of(&self.shapes),
            uses_types => view::uses_types_of(&self.shapes),
        }
    }
}

/// Returns the spec files that describe the types of a crate.
fn type_sources<'a>(product: &'a Product, home: &Home) -> Vec<&'a str> {
    let shapes = product.shapes.iter().filter(|shape| shape.home == *home).map(|shape| shape.file.as_str());
    let enums = product.enums.iter().filter(|enumeration| enumeration.home == *home).map(|entry| entry.file.as_str());
    let files: BTreeSet<_> = shapes.chain(enums).collect();
    files.into_iter().collect()
}
