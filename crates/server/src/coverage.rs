//! What the server knows, checks and simulates.

use crate::catalog::{Product, catalog};
use serde::Serialize;
use std::fmt;
use wharf_spec::file::Edition;

/// How much of the vendors' operations the server simulates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// By product and version.
    pub products: Vec<ProductCoverage>,
}

/// How much of a version of a product the server simulates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ProductCoverage {
    /// Short name of the product.
    pub product: &'static str,
    /// Version of the API.
    pub version: &'static str,
    /// Operations with types, in clients and servers.
    pub typed: usize,
    /// Operations of which signature, parameters and types are checked.
    pub checked: usize,
    /// Operations with a world behind them.
    pub simulated: usize,
    /// Operations that the private clouds have.
    pub private: usize,
    /// Operations that the public clouds have.
    pub public: usize,
    /// Operations that are checked and not simulated.
    pub unsimulated: Vec<&'static str>,
}

impl Coverage {
    /// Counts the operations of this server.
    pub fn of_this_server() -> Self {
        Self { products: catalog().products().iter().map(ProductCoverage::of).collect() }
    }
}

impl ProductCoverage {
    fn of(product: &'static Product) -> Self {
        let all: Vec<_> = product.operations().collect();
        let within = |edition: Edition| {
            // An operation that states no edition is of a product with one edition, which its documents describe.
            let has = |editions: &Vec<Edition>| editions.contains(&edition);
            all.iter().filter(|each| each.spec.editions.as_ref().map_or(edition == Edition::Private, has)).count()
        };
        let unsimulated: Vec<_> = all.iter().filter(|each| !each.simulated).map(|each| each.name).collect();
        Self {
            product: product.name(),
            version: product.version(),
            typed: all.len(),
            checked: all.len(),
            simulated: all.len() - unsimulated.len(),
            private: within(Edition::Private),
            public: within(Edition::Public),
            unsimulated,
        }
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for each in &self.products {
            let ProductCoverage { product, version, typed, checked, simulated, private, public, unsimulated } = each;
            writeln!(
                f,
                "{product} {version}: {typed} typed, {checked} checked, {simulated} simulated; {private} private, {public} public"
            )?;
            for operation in unsimulated {
                writeln!(f, "  not simulated: {operation}")?;
            }
        }
        Ok(())
    }
}
