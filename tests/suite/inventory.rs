//! The resolved model: how many there are of everything, against the document's own numbers.

use crate::support::documented;
use std::collections::BTreeMap;
use wharf_spec::Catalog;
use wharf_spec::file::Field;

/// Operations, inputs and outputs (the request id of each answer included), by product.
#[test]
fn counts_are_those_of_the_document() {
    let catalog = Catalog::embedded().unwrap();
    let mut counts: BTreeMap<&str, (usize, usize, usize)> = BTreeMap::new();
    for operation in catalog.operations().filter(|operation| !operation.is_imported()) {
        let count = counts.entry(&operation.product).or_default();
        count.0 += 1;
        // What an import added has no line in a document.
        let own = |fields: &[Field]| fields.iter().filter(|field| field.editions.is_none()).count();
        count.1 += own(&operation.input);
        count.2 += own(&operation.output);
    }
    assert_eq!(counts["tke"], (60, 188, 84 + 60));
    assert_eq!(counts["tcr"], (37, 89, 21 + 37));
    // 6 filters of lists are the vendor's client's.
    assert_eq!(counts["cce"], (38, 130 + 6, 141));
    // 63 in paths and queries, 104 in bodies without AssumeRole's 4, 4 bodies that are lists, 3 of the vendor's clients
    // and 14 filters of lists of theirs.
    assert_eq!(counts["ack"], (39, 170 + 14, 98));
    assert_eq!(counts["sts"], (1, 6, 3));
    // 203 in the document, where the two halves of a pair are inputs of their own, and an output that only an
    // example has.
    assert_eq!(counts["ccs"], (47, 203 - 1, 49 + 1));
}

/// The static tables say what the specs say.
#[test]
fn the_tables_hold_every_operation_of_the_specs() {
    let catalog = Catalog::embedded().unwrap();
    let mut specified: Vec<_> = catalog
        .operations()
        .map(|operation| {
            let wires: Vec<&str> = operation.input.iter().map(|field| field.name.as_str()).collect();
            (operation.product.clone(), operation.name.clone(), operation.rate_limit, wires)
        })
        .collect();
    let inputs: Vec<_> = wharf::operations().map(|entry| (entry.meta, entry.input())).collect();
    let mut generated: Vec<_> = inputs
        .iter()
        .map(|(meta, input)| {
            let wires: Vec<&str> = input.shape().members.iter().map(|member| member.wire).collect();
            (meta.product.to_owned(), meta.name.to_owned(), meta.rate_limit, wires)
        })
        .collect();
    specified.sort();
    generated.sort();
    assert_eq!(specified, generated);
}

#[test]
fn the_documented_rate_limits() {
    let tke = || wharf::operations().filter(|entry| entry.meta.product == "tke");
    let of = |name: &str| tke().find(|entry| entry.meta.name == name).unwrap().meta.rate_limit;
    assert_eq!((of("ForwardRequest"), of("DeleteCluster"), of("DescribeClusterSecurity")), (200, 50, 50));
    assert_eq!(wharf::operations().filter(|entry| entry.meta.rate_limit == 20).count(), 94);
    let unlimited = documented().filter(|entry| entry.meta.rate_limit == 0);
    let products: Vec<_> = unlimited.map(|entry| entry.meta.product).collect();
    let silent = [["ack"; 39].as_slice(), &["cce"; 38], &["ccs"; 47], &["sts"]].concat();
    assert_eq!(products, silent, "the other documents say something");
}
