//! All operations of all products, for calls by name.

use wharf_core::operation::Entry;

// begin products: written by `cargo codegen` from specs/*/product.json; do not edit
/// The tables of operations, by name of the product.
pub(crate) static PRODUCTS: &[(&str, &[&[Entry]])] = &[
    #[cfg(feature = "ack")]
    ("ack", crate::ack::OPERATIONS),
    #[cfg(feature = "cce")]
    ("cce", crate::cce::OPERATIONS),
    #[cfg(feature = "ccs")]
    ("ccs", crate::ccs::OPERATIONS),
    #[cfg(feature = "ack")]
    ("sts", crate::sts::OPERATIONS),
    #[cfg(feature = "tcr")]
    ("tcr", crate::tcr::OPERATIONS),
    #[cfg(feature = "tke")]
    ("tke", crate::tke::OPERATIONS),
];
// end products

/// Returns the operations of all products that the features select.
pub fn operations() -> impl Iterator<Item = &'static Entry> {
    PRODUCTS.iter().flat_map(|(_, tables)| tables.iter().copied().flatten())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_there_once() {
        let mut names: Vec<_> =
            operations().map(|entry| (entry.meta.product, entry.meta.version, entry.meta.name)).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!(PRODUCTS.iter().all(|(product, _)| names.iter().any(|(known, ..)| known == product)));
    }
}
