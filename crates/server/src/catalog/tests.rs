#![allow(clippy::unwrap_used)]
use super::*;
use serde_json::json;
use std::path::Path;

#[test]
fn every_handler_belongs_to_an_operation_and_they_are_sorted() {
    for product in catalog().products() {
        let names: Vec<&str> = product.view.iter().map(|(name, _)| *name).collect();
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
    let (product, version) = ("tke", "2023-01-01");
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
fn a_version_is_found_by_name_and_version_and_simulated_if_it_has_a_view() {
    let catalog: &'static Catalog = Box::leak(Box::new(with_second_version()));
    let (first, second) = ("2018-05-25", "2023-01-01");
    let known: Vec<_> = catalog.versions("tke").map(Product::version).collect();
    assert_eq!(known, [first, "2022-05-01", second]);
    assert_eq!(catalog.product("tke").unwrap().version(), first);
    assert_eq!(catalog.defaults().filter(|product| product.name() == "tke").count(), 1);
    for version in [first, second] {
        let product = catalog.product_of_actions("tke", version).unwrap();
        assert_eq!(product.version(), version);
        let operation = product.operation("DescribeClusters").unwrap();
        assert_eq!((operation.handler.is_some(), operation.simulated), (version == first, version == first));
    }
    let native = catalog.product_of_actions("tke", "2022-05-01").unwrap();
    assert!(native.operation("DescribeNodePools").unwrap().handler.is_some());
    assert!(catalog.product("tke").unwrap().operation("DescribeNodePools").is_none());
    assert_eq!(catalog.product_of_actions("tke", "1999-01-01").unwrap().version(), first);
    assert_eq!(catalog.product_of_version(second).unwrap().name(), "tke");
    assert!(catalog.product_of_actions("tke", second).unwrap().operation("DescribeNodePools").is_none());
    assert!(catalog.product_of_actions("ack", "2015-12-15").is_none(), "its operations are called by their paths");
}
