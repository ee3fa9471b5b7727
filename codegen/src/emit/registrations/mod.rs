//! Registration of products: features, modules, tables, lists. Everything follows from `specs/*/product.json` and from
//! the hand-written files that exist.
//!
//! Files with hand-written parts have a block between two marker lines; the rest of such a file is unchanged. A missing
//! file is created with only its block.

pub(super) mod block;
mod view;

use crate::Error;
use crate::Files;
use crate::emit::words;
use block::Comment;
pub(crate) use block::is_block;
use minijinja::{Environment, Value, context};
use std::path::Path;
pub(super) use view::package_path;
use view::{Product, Service};
use wharf_spec::Catalog;

macro_rules! templates {
    ($($name:literal)*) => { &[ $( ($name, include_str!(concat!($name, ".jinja"))) ),* ] };
}

const TEMPLATES: &[(&str, &str)] = templates! {
    "any_products" "architecture" "c_features" "catalog" "facade" "facade_features" "facade_front" "facade_modules"
    "facade_table"
    "product" "product_features" "product_modules" "product_version" "readme" "service" "service_features" "service_modules"
};

/// Returns the files with registrations; nothing for a workspace without the facade.
///
/// # Errors
/// When a file cannot be read, has no markers, or when the output of a template is not valid Rust.
pub fn emit(catalog: &Catalog, root: &Path) -> Result<Files, Error> {
    let mut files = Files::new();
    if !root.join("crates/wharf").is_dir() {
        return Ok(files);
    }
    files.insert("crates/spec/src/embedded.txt".into(), embedded(catalog, root)?);
    let products = Product::all(catalog, root)?;
    let services = Service::all(&products, root)?;
    let mut out = Output { root, templates: environment()?, files: &mut files };
    for service in &services {
        let folder = format!("crates/{}", service.name);
        let context = context! { service, products => service.products(&products) };
        out.block(&format!("{folder}/Cargo.toml"), "features", Comment::Hash, "service_features", &context)?;
        out.block(&format!("{folder}/src/lib.rs"), "products", Comment::Slashes, "service_modules", &context)?;
        for product in service.products(&products) {
            let part = product.service(&service.name);
            let families: Vec<_> = product.families(&service.name).collect();
            let context = context! { product, part, service, families };
            let path = format!("{folder}/src/{}/mod.rs", product.name);
            out.block(&path, "product", Comment::Slashes, "service", &context)?;
            for part in product.families(&service.name) {
                let context = context! { product => product.without_versions(), part, service, families => () };
                let path = format!("{folder}/src/{}/{}/mod.rs", product.name, part.module);
                out.block(&path, "product", Comment::Slashes, "service", &context)?;
            }
            for version in &product.versions {
                let Some(part) = version.service(&service.name).filter(|part| part.used) else { continue };
                let module = version.module.as_deref().unwrap_or_default();
                let context = context! { product => version, part, service, families => () };
                let path = format!("{folder}/src/{}/{module}/mod.rs", product.name);
                out.block(&path, "product", Comment::Slashes, "service", &context)?;
            }
        }
    }
    let context = context! { products, services };
    for product in &products {
        let context = context! { product };
        let name = &product.name;
        out.block(&format!("crates/products/src/{name}/mod.rs"), "product", Comment::Slashes, "product", &context)?;
        let path = format!("crates/wharf/src/{name}.rs");
        // If the module has no docs, they are generated too.
        let there = block::read(&root.join(&path)).map_err(|error| Error::new(&path, error))?;
        let documented = there.is_some_and(|text| !is_block(&text));
        out.block(&path, "product", Comment::Slashes, "facade", &context! { product, documented })?;
        for version in &product.versions {
            let path = format!("crates/products/src/{name}/{}/mod.rs", version.module.as_deref().unwrap_or_default());
            out.block(&path, "product", Comment::Slashes, "product_version", &context! { product => version })?;
        }
    }
    for (path, name, comment, template) in [
        ("crates/products/Cargo.toml", "features", Comment::Hash, "product_features"),
        ("crates/products/src/lib.rs", "products", Comment::Slashes, "product_modules"),
        ("crates/wharf/Cargo.toml", "features", Comment::Hash, "facade_features"),
        ("crates/ffi/Cargo.toml", "features", Comment::Hash, "c_features"),
        ("crates/wharf/src/lib.rs", "products", Comment::Slashes, "facade_modules"),
        ("crates/wharf/src/lib.rs", "front", Comment::Slashes, "facade_front"),
        ("crates/wharf/src/table.rs", "products", Comment::Slashes, "facade_table"),
        ("crates/wharf/src/any/products.rs", "products", Comment::Slashes, "any_products"),
        ("crates/server/src/catalog.rs", "views", Comment::Slashes, "catalog"),
        ("README.md", "products", Comment::Angles, "readme"),
        ("ARCHITECTURE.md", "products", Comment::Angles, "architecture"),
    ] {
        out.block(path, name, comment, template, &context)?;
    }
    Ok(files)
}

/// Returns the specs as `wharf-spec` embeds them.
fn embedded(catalog: &Catalog, root: &Path) -> Result<String, Error> {
    let sources = wharf_spec::sources_in(&root.join("specs"))?;
    wharf_spec::compact(catalog.products(), &sources).map_err(|error| Error::new("specs", error))
}

fn environment() -> Result<Environment<'static>, Error> {
    let mut templates = words::environment(TEMPLATES)?;
    templates.add_filter("firstlower", |text: String| {
        let mut rest = text.chars();
        rest.next().map_or_else(String::new, |first| first.to_lowercase().chain(rest).collect::<String>())
    });
    Ok(templates)
}

struct Output<'a> {
    root: &'a Path,
    templates: Environment<'static>,
    files: &'a mut Files,
}

impl Output<'_> {
    /// Puts the output of a template between the markers of that name.
    fn block(
        &mut self,
        path: &str,
        name: &str,
        comment: Comment,
        template: &str,
        context: &Value,
    ) -> Result<(), Error> {
        let rendered = self.templates.get_template(template).and_then(|template| template.render(context));
        let body = rendered.map_err(|error| Error::new(path, error))?;
        let text = match self.files.get(Path::new(path)) {
            Some(text) => Some(text.clone()),
            None => block::read(&self.root.join(path)).map_err(|error| Error::new(path, error))?,
        };
        let text = match text {
            Some(text) => block::replace(&text, name, comment, &body).map_err(|why| Error::new(path, why))?,
            None => block::alone(name, comment, &body),
        };
        let text = if path.ends_with(".rs") { block::format(path, &text)? } else { text };
        self.files.insert(path.into(), text);
        Ok(())
    }
}
