//! What is offered: the specs' products and operations, joined with the views of the world that implement them.

use crate::handler::Handler;
use crate::{tcr, tke};
use std::sync::OnceLock;
use wharf_spec::Problems;
use wharf_spec::file::Field;

/// All products.
#[derive(Debug)]
pub(crate) struct Catalog {
    products: Vec<Product>,
}

/// A product's specs and its view of the world.
#[derive(Debug)]
pub(crate) struct Product {
    pub(crate) spec: &'static wharf_spec::Product,
    handlers: &'static [(&'static str, Handler)],
}

/// An operation that somebody calls.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    pub(crate) spec: &'static wharf_spec::file::Operation,
    pub(crate) handler: Option<Handler>,
}

/// The catalog of the embedded specs, read once.
pub(crate) fn catalog() -> Result<&'static Catalog, Problems> {
    static SPECS: OnceLock<Result<wharf_spec::Catalog, Problems>> = OnceLock::new();
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    let specs = SPECS.get_or_init(wharf_spec::Catalog::embedded).as_ref().map_err(Clone::clone)?;
    Ok(CATALOG.get_or_init(|| Catalog::of(specs)))
}

impl Catalog {
    fn of(specs: &'static wharf_spec::Catalog) -> Self {
        let views: [(&str, &'static [(&'static str, Handler)]); 2] = [("tcr", tcr::HANDLERS), ("tke", tke::HANDLERS)];
        let handlers = |name: &str| views.iter().find(|(known, _)| *known == name).map_or(&[][..], |(_, view)| view);
        let products = specs.products().iter().map(|spec| Product { spec, handlers: handlers(&spec.name) }).collect();
        Self { products }
    }

    pub(crate) fn products(&self) -> &[Product] {
        &self.products
    }

    pub(crate) fn product(&self, name: &str) -> Option<&Product> {
        self.products.iter().find(|product| product.spec.name == name)
    }

    pub(crate) fn product_of_version(&self, version: &str) -> Option<&Product> {
        self.products.iter().find(|product| product.spec.version == version)
    }
}

impl Product {
    pub(crate) fn name(&self) -> &'static str {
        &self.spec.name
    }

    pub(crate) fn operations(&self) -> impl Iterator<Item = Operation> {
        self.spec.operations.iter().map(|operation| self.with_handler(operation))
    }

    pub(crate) fn operation(&self, name: &str) -> Option<Operation> {
        self.spec.operation(name).map(|operation| self.with_handler(operation))
    }

    fn with_handler(&self, operation: &'static wharf_spec::Operation) -> Operation {
        let handler = self.handlers.iter().find(|(name, _)| *name == operation.name).map(|(_, handler)| *handler);
        Operation { name: &operation.name, spec: &operation.spec, handler }
    }

    /// The fields of a structure. The specs have been checked, so it exists.
    pub(crate) fn shape(&self, name: &str) -> &'static [Field] {
        self.spec.shape(name).map_or(&[], |shape| shape.spec.fields.as_slice())
    }
}

/// The field of that name.
pub(crate) fn field<'a>(fields: &'a [Field], name: &str) -> Option<&'a Field> {
    fields.iter().find(|field| field.name == name)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_handler_belongs_to_an_operation_and_they_are_sorted() {
        for product in catalog().unwrap().products() {
            assert!(product.handlers.is_sorted_by_key(|(name, _)| name), "{}", product.name());
            for (name, _) in product.handlers {
                assert!(product.spec.operation(name).is_some(), "{} {name}", product.name());
            }
        }
    }
}
