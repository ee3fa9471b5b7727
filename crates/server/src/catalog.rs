//! What is offered: the specs' products and operations, joined with the views of the world that implement them.

use crate::ack::OwnedHandler;
use crate::cce::RestHandler;
use crate::handler::Handler;
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
    view: View,
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

/// The operations of a product that have a world behind them, sorted by name.
#[derive(Debug, Clone, Copy)]
enum View {
    /// Each is called by its name.
    Actions(&'static [(&'static str, Handler)]),
    /// Each is called by method and path.
    Resources(&'static [(&'static str, RestHandler)]),
    /// The same, for owners inside of an account.
    Owned(&'static [(&'static str, OwnedHandler)]),
    /// They are a part of the gateway, not of the world.
    Gateway(&'static [&'static str]),
}

// begin views: written by `cargo codegen` from specs/*/product.json; do not edit
/// The views of the products that the server simulates, by name.
const VIEWS: &[(&str, View)] = &[
    ("ack", View::Owned(crate::ack::HANDLERS)),
    ("cce", View::Resources(crate::cce::HANDLERS)),
    ("ccs", View::Actions(crate::ccs::HANDLERS)),
    ("tcr", View::Actions(crate::tcr::HANDLERS)),
    ("tke", View::Actions(crate::tke::HANDLERS)),
];
// end views

/// The products that are a part of the gateway.
const GATEWAY: [(&str, View); 1] = [("sts", View::Gateway(&["AssumeRole"]))];

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
        // A view has the operations of a default version. Those of others are checked, and not simulated.
        let view = |embedded: &Embedded| {
            let mut views = VIEWS.iter().chain(&GATEWAY).filter(|_| embedded.default);
            views.find(|(known, _)| *known == embedded.name).map_or(View::Actions(&[]), |(_, view)| *view)
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
    pub(crate) fn is_old(&self) -> bool {
        self.embedded.protocol == Protocol::TencentV2
    }

    pub(crate) fn operations(&'static self) -> impl Iterator<Item = Operation> {
        self.spec().operations.iter().map(|operation| self.with_handler(operation))
    }

    pub(crate) fn operation(&'static self, name: &str) -> Option<Operation> {
        self.spec().operation(name).map(|operation| self.with_handler(operation))
    }

    fn with_handler(&self, operation: &'static wharf_spec::Operation) -> Operation {
        let (handler, simulated) = match self.view {
            View::Actions(view) => {
                let handler = find(view, &operation.name);
                (handler, handler.is_some())
            }
            // The identity service is a part of the gateway, not of the world.
            View::Resources(view) => {
                (None, find(view, &operation.name).is_some() || operation.spec.host.as_deref() == Some("iam"))
            }
            View::Owned(view) => (None, find(view, &operation.name).is_some()),
            View::Gateway(names) => (None, names.contains(&operation.name.as_str())),
        };
        Operation { name: &operation.name, spec: &operation.spec, handler, simulated }
    }

    /// The fields of a structure. The specs have been checked, so it exists.
    pub(crate) fn shape(&'static self, name: &str) -> &'static [Field] {
        self.spec().shape(name).map_or(&[], |shape| shape.spec.fields.as_slice())
    }
}

fn find<T: Copy>(view: &[(&str, T)], name: &str) -> Option<T> {
    view.iter().find(|(known, _)| *known == name).map(|(_, handler)| *handler)
}

/// The field of that name.
pub(crate) fn field<'a>(fields: &'a [Field], name: &str) -> Option<&'a Field> {
    fields.iter().find(|field| field.name == name)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;
    use std::path::Path;

    #[test]
    fn every_handler_belongs_to_an_operation_and_they_are_sorted() {
        for product in catalog().products() {
            let names: Vec<&str> = match product.view {
                View::Actions(view) => view.iter().map(|(name, _)| *name).collect(),
                View::Resources(view) => view.iter().map(|(name, _)| *name).collect(),
                View::Owned(view) => view.iter().map(|(name, _)| *name).collect(),
                View::Gateway(names) => names.to_vec(),
            };
            assert!(names.is_sorted(), "{}", product.name());
            for name in names {
                assert!(product.spec().operation(name).is_some(), "{} {name}", product.name());
            }
        }
    }

    /// The specs of TKE with a second version, which has an operation of the same name.
    fn with_second_version() -> Catalog {
        let mut sources = wharf_spec::sources_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs")).unwrap();
        let about = sources.iter_mut().find(|source| source.name == "tke/product.json").unwrap();
        let mut facts: serde_json::Value = serde_json::from_str(&about.text).unwrap();
        facts["version"] = "2018-05-25".into();
        about.text = facts.to_string().into();
        let operation = json!({
            "doc": "Lists clusters.", "source": "doc:1", "rate_limit": 0, "authorization": "signature",
            "idempotent": true, "input": [], "errors": ["InternalError"],
            "output": [{"name": "RequestId", "type": "string", "required": true, "source": "doc:2", "doc": "Id."}],
        });
        let error = json!({"doc": "It failed.", "source": "doc:3", "kind": "internal", "retry": false});
        let (product, version) = ("tke", "2022-05-01");
        let operations = json!({
            "product": product, "version": version, "crate": "cluster", "protocol": "tencent_v3",
            "operations": {"DescribeClusters": operation},
        });
        let errors = json!({"product": product, "version": version, "errors": {"InternalError": error}});
        for (name, file) in [("cluster", operations), ("errors", errors)] {
            let name = format!("{product}/{version}/{name}.json");
            sources.push(wharf_spec::Source { name, text: file.to_string().into() });
        }
        let catalog = wharf_spec::Catalog::from_sources(&sources).unwrap();
        let text = wharf_spec::compact(catalog.products(), &sources).unwrap();
        Catalog::new(Embedded::all_in(text.leak()))
    }

    #[test]
    fn a_version_is_found_by_name_and_version_and_only_the_default_one_is_simulated() {
        let catalog: &'static Catalog = Box::leak(Box::new(with_second_version()));
        let (first, second) = ("2018-05-25", "2022-05-01");
        let known: Vec<_> = catalog.versions("tke").map(Product::version).collect();
        assert_eq!(known, [first, second]);
        assert_eq!(catalog.product("tke").unwrap().version(), first);
        assert_eq!(catalog.defaults().filter(|product| product.name() == "tke").count(), 1);
        for version in [first, second] {
            let product = catalog.product_of_actions("tke", version).unwrap();
            assert_eq!(product.version(), version);
            let operation = product.operation("DescribeClusters").unwrap();
            assert_eq!((operation.handler.is_some(), operation.simulated), (version == first, version == first));
        }
        assert_eq!(catalog.product_of_actions("tke", "1999-01-01").unwrap().version(), first);
        assert_eq!(catalog.product_of_version(second).unwrap().name(), "tke");
        assert!(catalog.product_of_actions("tke", second).unwrap().operation("DescribeNodePools").is_none());
        assert!(catalog.product_of_actions("ack", "2015-12-15").is_none(), "its operations are called by their paths");
    }
}
