//! Data of the registration templates.

use crate::Error;
use crate::emit::rust;
use serde::Serialize;
use std::path::Path;
use wharf_spec::file::{Edition, Protocol};
use wharf_spec::{Catalog, SHARED, Vendor};

/// The service crates, in the order of listings.
const SERVICES: [&str; 5] = ["cluster", "node", "scaling", "monitoring", "tcr"];

/// A product and its registrations.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Product {
    pub name: String,
    version: String,
    /// Module of a version that is not the default one.
    pub module: Option<String>,
    /// The versions that are not the default one.
    pub versions: Vec<Product>,
    title: String,
    short: String,
    vendor: &'static str,
    protocol: &'static str,
    host: String,
    regions: Vec<String>,
    feature: String,
    /// True if a feature has its name.
    own_feature: bool,
    operations: usize,
    /// Operations of private clouds only, of public clouds only, and of both.
    private: usize,
    only_public_operations: usize,
    both: usize,
    /// Operations that the server simulates.
    simulated: usize,
    parts: Vec<Part>,
    /// True if the connection itself is its client, and its operations are in `wharf-products`.
    direct: bool,
    /// True if `wharf-products` contains operations of it.
    has_operations: bool,
    has_types: bool,
    has_numbers: bool,
    has_aliases: bool,
    has_waiters: bool,
    /// True if `Product` is implemented by hand in `wharf-products`.
    custom: bool,
    /// True if the server has a view of this version.
    has_view: bool,
    /// Feature of what only the public cloud has, if there is any.
    public: Option<String>,
    /// True if only the public cloud has this version.
    only_public: bool,
}

/// The part of a product in one service crate.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Part {
    service: String,
    /// The crate.
    package: String,
    /// True for a family of operations, which is a module in the crate.
    family: bool,
    /// Whether the version has operations there. A part may exist only for other versions.
    pub used: bool,
    /// Module of the facade.
    pub module: String,
    client: String,
    /// Description, without the full stop.
    doc: String,
    /// True if it has a hand-written module for waiters.
    has_waiters: bool,
    /// Its module `types` has something.
    has_types: bool,
}

/// A service crate.
#[derive(Debug, Serialize)]
pub(super) struct Service {
    pub name: String,
}

impl Product {
    /// Returns the products, sorted by name.
    pub(super) fn all(catalog: &Catalog, root: &Path) -> Result<Vec<Self>, Error> {
        let mut products: Vec<Self> = Vec::new();
        for product in catalog.products() {
            let view = Self::new(product, root)?;
            // The default version of a product comes first.
            match products.last_mut().filter(|last| last.name == view.name) {
                Some(default) => {
                    // One table has the waiters of all versions.
                    default.has_waiters |= view.has_waiters;
                    default.versions.push(view);
                }
                None => products.push(view),
            }
        }
        Ok(products)
    }

    fn new(product: &wharf_spec::Product, root: &Path) -> Result<Self, Error> {
        let name = &product.name;
        let about = product.about.as_ref().ok_or_else(|| Error::new(name, "has no product.json"))?;
        let there = |path: String| root.join(path).is_file();
        let used = product.services();
        let path = product.key("/");
        let mut parts = Vec::new();
        for (service, client, facts) in about.services() {
            let (package, family) = service.split_once('/').unwrap_or((service, ""));
            if service != SHARED && !SERVICES.contains(&package) {
                let file = format!("specs/{name}/product.json: services.{service}");
                return Err(Error::new(file, format!("is not one of the crates {}", SERVICES.join(", "))));
            }
            parts.push(Part {
                service: service.to_owned(),
                package: package.to_owned(),
                family: !family.is_empty(),
                used: used.contains(service),
                module: if service == SHARED { client } else { wharf_spec::Service::module(service) }.to_owned(),
                client: client.to_owned(),
                doc: facts.doc.trim_end_matches('.').to_owned(),
                has_waiters: there(format!("crates/{package}/src/{path}/{family}/waiters.rs")),
                has_types: rust::has_types(product, service),
            });
        }
        Ok(Self {
            name: name.clone(),
            version: product.version.clone(),
            module: product.module(),
            versions: Vec::new(),
            title: about.title.clone(),
            short: about.short.clone(),
            vendor: about.vendor.as_str(),
            protocol: product.protocol.as_str(),
            host: about.host.clone(),
            regions: about.regions.clone(),
            feature: about.feature().to_owned(),
            own_feature: about.feature() == name,
            operations: product.operations.len(),
            private: in_editions(product, &[Edition::Private]),
            only_public_operations: in_editions(product, &[Edition::Public]),
            both: in_editions(product, &[Edition::Private, Edition::Public]),
            simulated: simulated(product, root),
            direct: parts.iter().all(|part| part.service == SHARED),
            has_operations: parts.iter().any(|part| part.service == SHARED),
            parts,
            has_types: product.shapes.iter().any(|shape| shape.home == wharf_spec::Home::Shared)
                || product.enums.iter().any(|shared| shared.home == wharf_spec::Home::Shared),
            has_numbers: product.errors.iter().any(|error| !error.spec.numbers.is_empty()),
            has_aliases: product.errors.iter().any(|error| !error.spec.aliases.is_empty()),
            has_waiters: !product.waiters.is_empty(),
            custom: about.vendor == Vendor::Tencent && product.protocol == Protocol::TencentV2,
            has_view: there(format!("crates/server/src/{path}/mod.rs")),
            public: about.services().any(|(service, ..)| service.contains('/')).then(|| format!("{name}-public")),
            only_public: in_editions(product, &[Edition::Public]) == product.operations.len(),
        })
    }

    /// Returns the part of the product in that service crate.
    pub(super) fn service(&self, name: &str) -> Option<&Part> {
        self.parts.iter().find(|part| part.service == name)
    }

    /// Returns the families of operations in that service crate.
    pub(super) fn families<'a>(&'a self, package: &'a str) -> impl Iterator<Item = &'a Part> {
        self.parts.iter().filter(move |part| part.family && part.used && part.package == package)
    }

    /// Returns the product as a family of it sees it.
    pub(super) fn without_versions(&self) -> Self {
        Self { versions: Vec::new(), ..self.clone() }
    }
}

impl Service {
    /// Returns the service crates with operations.
    pub(super) fn all(products: &[Product], root: &Path) -> Result<Vec<Self>, Error> {
        let used = |name: &str| products.iter().any(|product| product.service(name).is_some());
        let names = SERVICES.into_iter().filter(|name| used(name));
        let service = |name: &str| {
            let manifest = format!("crates/{name}/Cargo.toml");
            if !root.join(&manifest).is_file() {
                return Err(Error::new(manifest, "is missing: the specs have operations for this crate"));
            }
            Ok(Self { name: name.to_owned() })
        };
        names.map(service).collect()
    }

    /// Returns the products with operations in the crate.
    pub(super) fn products<'a>(&self, products: &'a [Product]) -> Vec<&'a Product> {
        products.iter().filter(|product| product.service(&self.name).is_some()).collect()
    }
}

/// Returns the path of the module in a service crate that has the operations of a service.
pub(in crate::emit) fn package_path(product: &wharf_spec::Product, service: &str) -> String {
    let (package, family) = service.split_once('/').unwrap_or((service, ""));
    let family = if family.is_empty() { String::new() } else { format!("::{family}") };
    format!("wharf_{package}::{}{family}", product.key("::"))
}

/// Counts the operations of exactly these editions. One that states none is of a private cloud's document.
fn in_editions(product: &wharf_spec::Product, editions: &[Edition]) -> usize {
    let of = |operation: &&wharf_spec::Operation| {
        operation.spec.editions.as_deref().unwrap_or(&[Edition::Private]) == editions
    };
    product.operations.iter().filter(of).count()
}

/// Counts the operations that the server simulates: those in the table of the version's view, and those that are a part
/// of its gateway, where only default versions have any. A test of the server compares the numbers with its own.
fn simulated(product: &wharf_spec::Product, root: &Path) -> usize {
    let path = root.join(format!("crates/server/src/{}/mod.rs", product.key("/")));
    let Ok(view) = std::fs::read_to_string(path) else {
        let all = product.default && product.protocol == Protocol::AcsRpc;
        return if all { product.operations.len() } else { 0 };
    };
    let entries = view.lines().filter(|line| line.trim_start().starts_with('"') && line.contains("\" => ")).count();
    let in_gateway = |operation: &&wharf_spec::Operation| product.default && operation.host() == "iam";
    entries + product.operations.iter().filter(in_gateway).count()
}
