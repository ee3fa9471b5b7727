//! The specs' products and operations, joined with the views of the world that implement them.

use crate::handler::{Handler, Handlers};
use std::sync::OnceLock;
use wharf_spec::Embedded;
use wharf_spec::file::{Field, Protocol};

/// All versions of all products.
#[derive(Debug)]
pub(crate) struct Catalog {
    products: Vec<Product>,
}

/// A product's specs, which are read when they are first needed, and its view of the world.
#[derive(Debug)]
pub(crate) struct Product {
    embedded: Embedded,
    spec: OnceLock<wharf_spec::Product>,
    /// The operations that have a world behind them.
    view: Handlers,
}

/// Enumerations whose documents say that there are more values than they list: images, parts of jobs, and types of
/// machines that were bought in another service.
#[cfg(test)]
const OPEN: [&str; 3] = ["ClusterOs", "InstanceType", "JobType"];

/// The texts in the value of a field that its enumeration does not list: answers must have none.
#[cfg(test)]
pub(crate) fn unlisted(
    product: &wharf_spec::Product,
    field: &wharf_spec::file::Field,
    value: &serde_json::Value,
) -> Vec<String> {
    let Some(name) = field.enumeration.as_ref().filter(|name| !OPEN.contains(&name.as_str())) else {
        return Vec::new();
    };
    let Some(known) = product.enums.iter().find(|known| known.name == *name) else { return vec![name.clone()] };
    let texts = match value {
        serde_json::Value::Array(items) => items.iter().filter_map(|item| item.as_str()).collect(),
        value => value.as_str().into_iter().collect::<Vec<_>>(),
    };
    let listed = |text: &str| text.is_empty() || known.spec.values.iter().any(|known| known.value == text);
    texts.into_iter().filter(|text| !listed(text)).map(str::to_owned).collect()
}

// begin views: written by `cargo codegen` from specs/*/product.json; do not edit
/// The views of the versions of products that the server simulates, by product and version.
const VIEWS: &[(&str, &str, Handlers)] = &[
    ("ack", "2015-12-15", crate::ack::HANDLERS),
    ("cce", "v3", crate::cce::HANDLERS),
    ("ccs", "v2", crate::ccs::HANDLERS),
    ("tcr", "2019-09-24", crate::tcr::HANDLERS),
    ("tke", "2018-05-25", crate::tke::HANDLERS),
    ("tke", "2022-05-01", crate::tke::v20220501::HANDLERS),
];
// end views

/// The operations that are a part of the gateway, not of the world.
const GATEWAY: [(&str, &str); 4] =
    [("cce", "IAMCreateToken"), ("cce", "IAMListAuthProjects"), ("cce", "IAMListProjects"), ("sts", "AssumeRole")];

/// An operation of a product.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    pub(crate) spec: &'static wharf_spec::file::Operation,
    pub(crate) handler: Option<Handler>,
    /// Whether it is more than checked.
    pub(crate) simulated: bool,
}

/// The catalog of the embedded specs.
pub(crate) fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| Catalog::new(Embedded::all()))
}

impl Catalog {
    /// The catalog of these versions of products, each product's default version first.
    pub(crate) fn new(products: Vec<Embedded>) -> Self {
        // The operations of a version without a view are checked, and not simulated.
        let view = |embedded: &Embedded| {
            let is_of =
                |(name, version, _): &&(&str, &str, Handlers)| (*name, *version) == (embedded.name, embedded.version);
            VIEWS.iter().find(is_of).map_or(&[][..], |(.., view)| *view)
        };
        let product = |embedded: Embedded| Product { spec: OnceLock::new(), view: view(&embedded), embedded };
        Self { products: products.into_iter().map(product).collect() }
    }

    pub(crate) fn products(&self) -> &[Product] {
        &self.products
    }

    /// The default versions of the products.
    pub(crate) fn defaults(&self) -> impl Iterator<Item = &Product> {
        self.products.iter().filter(|product| product.embedded.default)
    }

    /// The default version of the product of that name.
    pub(crate) fn product(&self, name: &str) -> Option<&Product> {
        self.defaults().find(|product| product.name() == name)
    }

    /// The versions of the product of that name, the default one first.
    pub(crate) fn versions(&self, name: &str) -> impl Iterator<Item = &Product> {
        self.products.iter().filter(move |product| product.name() == name)
    }

    /// That version of a product; the default one if there is no such version.
    pub(crate) fn version_or_default(&self, name: &str, version: &str) -> Option<&Product> {
        self.versions(name).find(|product| product.version() == version).or_else(|| self.product(name))
    }

    /// As [`version_or_default`](Self::version_or_default), if the product's operations are called by their names and
    /// its version.
    pub(crate) fn product_of_actions(&self, name: &str, version: &str) -> Option<&Product> {
        self.version_or_default(name, version).filter(|product| product.is_called_by_action())
    }

    /// The first product that has that version, and whose operations are called by their names and its version.
    pub(crate) fn product_of_version(&self, version: &str) -> Option<&Product> {
        self.products.iter().find(|product| product.version() == version && product.is_called_by_action())
    }
}

impl Product {
    fn is_called_by_action(&self) -> bool {
        self.embedded.protocol == Protocol::TencentV3
    }

    pub(crate) fn name(&self) -> &'static str {
        self.embedded.name
    }

    pub(crate) fn version(&self) -> &'static str {
        self.embedded.version
    }

    /// What the specs say of it.
    #[allow(clippy::expect_used, reason = "a test of wharf-spec reads every product that is embedded")]
    pub(crate) fn spec(&self) -> &wharf_spec::Product {
        self.spec.get_or_init(|| self.embedded.read().expect("the embedded specs are whole"))
    }

    /// Whether its calls are those of API 2.0.
    pub(crate) fn is_api2(&self) -> bool {
        self.embedded.protocol == Protocol::TencentV2
    }

    pub(crate) fn operations(&'static self) -> impl Iterator<Item = Operation> {
        self.spec().operations.iter().map(|operation| self.with_handler(operation))
    }

    pub(crate) fn operation(&'static self, name: &str) -> Option<Operation> {
        self.spec().operation(name).map(|operation| self.with_handler(operation))
    }

    pub(crate) fn with_handler(&self, operation: &'static wharf_spec::Operation) -> Operation {
        let at = self.view.binary_search_by(|(name, _)| (*name).cmp(&operation.name)).ok();
        let handler = at.and_then(|at| self.view.get(at)).map(|(_, handler)| *handler);
        let in_gateway = || self.embedded.default && GATEWAY.contains(&(self.name(), &operation.name));
        Operation {
            name: &operation.name,
            spec: &operation.spec,
            handler,
            simulated: handler.is_some() || in_gateway(),
        }
    }
}

/// The field of that name.
pub(crate) fn field<'a>(fields: &'a [Field], name: &str) -> Option<&'a Field> {
    fields.iter().find(|field| field.name == name)
}

#[cfg(test)]
mod tests;
