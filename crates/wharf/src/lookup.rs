//! An operation by its name.

use crate::table::PRODUCTS;
use wharf_core::Error;
use wharf_core::operation::Entry;

/// The entry of an operation, for a connection to the product `bound`. A name is that of the product's default version,
/// or of the only one that has it; any version's begins with the version and a colon (`2022-05-01:DescribeClusters`).
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

/// What is told of a product that is not there.
pub(crate) fn unknown_product(product: &str) -> String {
    unknown(product, "is no product of this build", PRODUCTS.iter().map(|(name, _)| *name))
}

/// What is told of a name that is not there.
pub(crate) fn unknown<'a>(name: &str, what: &str, known: impl Iterator<Item = &'a str>) -> String {
    format!("{} {}", shown(name), reason(name, what, known))
}

/// What it is not, and the known name that is nearest.
pub(crate) fn reason<'a>(name: &str, what: &str, known: impl Iterator<Item = &'a str>) -> String {
    match nearest(name, known) {
        Some(near) => format!("{what}; did you mean {near}?"),
        None => what.to_owned(),
    }
}

/// A name as messages show it: it may come from anywhere and be of any length.
pub(crate) fn shown(name: &str) -> String {
    name.chars().take(80).collect()
}

/// The known name that takes the fewest changes of a letter, if a third of the letters are enough.
fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > 80 {
        return None;
    }
    let name = name.to_lowercase();
    let (distance, near) = known.map(|known| (distance(&name, &known.to_lowercase()), known)).min()?;
    (distance * 3 <= near.len()).then_some(near)
}

/// How many letters must be put in, taken out or changed.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (at, letter) in from.chars().enumerate() {
        let mut next = vec![at + 1];
        for ((replace, insert), wanted) in row.iter().zip(row.iter().skip(1)).zip(&to) {
            let left = next.last().copied().unwrap_or_default();
            next.push((replace + usize::from(letter != *wanted)).min(insert + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn letters_are_counted() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("same", "same"), 0);
    }

    #[cfg(all(feature = "tke", feature = "tcr"))]
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
                "2022-05-01:DescribeClusters",
                "operation",
                "operation 2022-05-01:DescribeClusters is no operation of tke",
            ),
        ] {
            let error = find("tke", product, operation).unwrap_err();
            assert_eq!((error.kind(), error.field()), (wharf_core::ErrorKind::InvalidInput, Some(field)));
            assert_eq!(error.message(), message);
        }
        assert!(find("tke", "tke", &"x".repeat(1 << 20)).unwrap_err().message().len() < 200);
    }
}
