//! Lookup of operations by name.

use crate::table::PRODUCTS;
use wharf_core::Error;
use wharf_core::operation::Entry;
pub(crate) use wharf_core::similar::{hint as reason, shown};

/// Returns the entry of an operation, for a connection to the product `bound`. A plain name is that of the product's
/// default version, or of the only version that has it. A name of any version begins with the version and a colon
/// (`2022-05-01:DescribeClusters`).
pub(crate) fn find(bound: &str, product: &str, operation: &str) -> Result<&'static Entry, Error> {
    let Some((_, tables)) = PRODUCTS.iter().find(|(name, _)| *name == product) else {
        return Err(Error::invalid_input("product", unknown_product(product)));
    };
    if product != bound {
        let reason = format!("{product} cannot be called over a connection to {bound}");
        return Err(Error::invalid_input("product", reason));
    }
    let entries = || tables.iter().copied().flatten();
    let (version, name) = operation.split_once(':').map_or((None, operation), |(version, name)| (Some(version), name));
    let is_it = |entry: &&Entry| entry.meta.name == name && version.is_none_or(|version| entry.meta.version == version);
    entries().find(is_it).ok_or_else(|| {
        let what = format!("is no operation of {product}");
        Error::invalid_input("operation", unknown(operation, &what, entries().map(|entry| entry.meta.name)))
    })
}

/// Returns the message about an unknown product.
pub(crate) fn unknown_product(product: &str) -> String {
    unknown(product, "is no product of this build", PRODUCTS.iter().map(|(name, _)| *name))
}

/// Returns the message about an unknown name.
pub(crate) fn unknown<'a>(name: &str, what: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    format!("{} {}", shown(name), reason(name, what, known))
}

#[cfg(all(test, feature = "tke", feature = "tcr"))]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_unknown_is_told_with_what_is_near() {
        assert_eq!(find("tke", "tke", "DescribeClusters").unwrap().meta.name, "DescribeClusters");
        assert_eq!(find("tke", "tke", "2018-05-25:DescribeClusters").unwrap().meta.name, "DescribeClusters");
        for (product, operation, field, message) in [
            ("tk", "X", "product", "product tk is no product of this build; did you mean tke?"),
            ("elephant", "X", "product", "product elephant is no product of this build"),
            ("tcr", "DescribeInstances", "product", "product tcr cannot be called over a connection to tke"),
            (
                "tke",
                "describecluster",
                "operation",
                "operation describecluster is no operation of tke; did you mean DescribeClusters?",
            ),
            ("tke", "Elephant", "operation", "operation Elephant is no operation of tke"),
            (
                "tke",
                "2021-05-01:DescribeClusters",
                "operation",
                "operation 2021-05-01:DescribeClusters is no operation of tke",
            ),
        ] {
            let error = find("tke", product, operation).unwrap_err();
            assert_eq!((error.kind(), error.field()), (wharf_core::ErrorKind::InvalidInput, Some(field)));
            assert_eq!(error.message(), message);
        }
        assert!(find("tke", "tke", &"x".repeat(1 << 20)).unwrap_err().message().len() < 200);
    }
}
