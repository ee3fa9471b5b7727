//! What the server simulates and what it only checks.

use crate::catalog::catalog;
use serde::Serialize;
use std::fmt;

/// How much of the documented operations has a world behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// By product.
    pub products: Vec<ProductCoverage>,
}

/// How much of a product has a world behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProductCoverage {
    /// Short name of the product.
    pub product: &'static str,
    /// Version of the API.
    pub version: &'static str,
    /// Documented operations.
    pub total: usize,
    /// Operations with a world behind them.
    pub implemented: usize,
    /// Operations that are checked like all others and then answered `UnsupportedOperation`.
    pub unsupported: Vec<&'static str>,
}

impl Coverage {
    /// Counts the operations of this server.
    pub fn of_this_server() -> Self {
        let products = catalog().products().iter().map(|product| {
            let unsupported: Vec<_> =
                product.operations().filter(|operation| !operation.simulated).map(|operation| operation.name).collect();
            let total = product.operations().count();
            ProductCoverage {
                product: product.name(),
                version: product.version(),
                total,
                implemented: total - unsupported.len(),
                unsupported,
            }
        });
        Self { products: products.collect() }
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for product in &self.products {
            let ProductCoverage { product, version, total, implemented, unsupported } = product;
            writeln!(f, "{product} {version}: {implemented} of {total} operations")?;
            for operation in unsupported {
                writeln!(f, "  UnsupportedOperation: {operation}")?;
            }
        }
        Ok(())
    }
}
