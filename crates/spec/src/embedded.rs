//! The specs that this crate is built with, in a compact form.
//!
//! `cargo codegen` writes `embedded.txt` from specs that break no rule. It has what clients and servers need at run
//! time: documentation, sources and errata are left out, and nothing is checked again when it is read. Each product is
//! read on its own, so that a program pays for the products that it uses.

use crate::file::Protocol;
use crate::load::Source;
use crate::model::{Catalog, Product};
use crate::problem::Problems;
use serde::Deserialize;
use serde_json::Value;
use std::borrow::Cow;
use std::fmt::Write;

/// For each version of a product a line with name, version, protocol and the word `default` or `other`, and below it,
/// after a tab, a line for each of its files with name and text.
const EMBEDDED: &str = include_str!("embedded.txt");

/// Keys of the spec files that say something to people alone.
const FOR_PEOPLE: [&str; 6] = ["deprecated", "doc", "erratum", "idempotent_reason", "link", "source"];

/// A version of a product of the embedded specs that is not read yet.
#[derive(Debug, Clone, Copy)]
pub struct Embedded {
    /// Short name (`tke`).
    pub name: &'static str,
    /// Version of the API (`2018-05-25`).
    pub version: &'static str,
    /// How a call is written.
    pub protocol: Protocol,
    /// Whether it is the version that is meant where none is named.
    pub default: bool,
    files: &'static str,
}

impl Embedded {
    /// Returns the embedded products in the order of the file, sorted by name.
    pub fn all() -> Vec<Self> {
        Self::all_in(EMBEDDED)
    }

    /// Returns the products of a text that [`compact`] made, in its order.
    pub fn all_in(text: &'static str) -> Vec<Self> {
        let mut rest = text;
        std::iter::from_fn(|| {
            let (head, after) = rest.split_once('\n')?;
            let end = after.match_indices('\n').find(|(at, _)| !after[at + 1..].starts_with('\t'));
            let (files, next) = after.split_at(end.map_or(after.len(), |(at, _)| at + 1));
            rest = next;
            Some((head, files))
        })
        .filter_map(|(head, files)| {
            let mut words = head.split('\t');
            let (name, version) = (words.next()?, words.next()?);
            let protocol = Protocol::deserialize(Value::from(words.next()?)).ok()?;
            Some(Self { name, version, protocol, default: words.next()? == "default", files })
        })
        .collect()
    }

    /// Reads the product. Its documentation is empty.
    ///
    /// # Errors
    /// Files that cannot be read.
    pub fn read(&self) -> Result<Product, Problems> {
        let mut catalog = Catalog::unchecked(&self.sources())?;
        let mut product = catalog.products.remove(0);
        product.default = self.default;
        Ok(product)
    }

    fn sources(&self) -> Vec<Source> {
        let files = self.files.lines().filter_map(|line| line.trim_start_matches('\t').split_once('\t'));
        files.map(|(name, text)| Source { name: name.to_owned(), text: Cow::Borrowed(text) }).collect()
    }
}

/// Returns the embedded form of spec files that break no rule, for `cargo codegen`.
///
/// # Errors
/// A file that is not JSON.
pub fn compact(products: &[Product], sources: &[Source]) -> Result<String, serde_json::Error> {
    let mut out = String::new();
    for product in products {
        let (protocol, default) = (product.protocol.as_str(), if product.default { "default" } else { "other" });
        let _ = writeln!(out, "{}\t{}\t{protocol}\t{default}", product.name, product.version);
        for source in sources.iter().filter(|source| source.belongs_to(product) && !source.is_overrides()) {
            let mut value = serde_json::from_str(&source.text)?;
            strip(&mut value);
            let _ = writeln!(out, "\t{}\t{value}", source.name);
        }
    }
    Ok(out)
}

/// Removes what says something to people alone. The value of a `default` is the API's own JSON and stays.
fn strip(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, value| !(value.is_string() && FOR_PEOPLE.contains(&name.as_str())));
            members.iter_mut().filter(|(name, _)| *name != "default").for_each(|(_, value)| strip(value));
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::file::{Field, Operation};
    use std::path::Path;

    fn specs() -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs")
    }

    #[test]
    fn it_is_what_the_folder_says() {
        let catalog = Catalog::load(&specs()).unwrap();
        let sources = crate::sources_in(&specs()).unwrap();
        assert_eq!(compact(catalog.products(), &sources).unwrap(), EMBEDDED, "run `cargo codegen`");
    }

    #[test]
    fn every_product_is_read_and_is_the_one_of_the_folder_without_its_documentation() {
        let loaded = Catalog::load(&specs()).unwrap();
        let embedded = Embedded::all();
        assert_eq!(embedded.len(), loaded.products().len());
        for (embedded, loaded) in embedded.iter().zip(loaded.products()) {
            let product = embedded.read().unwrap();
            assert_eq!(
                (embedded.name, embedded.version, embedded.protocol),
                (&*loaded.name, &*loaded.version, loaded.protocol)
            );
            assert_eq!(facts(&product), facts(loaded), "{}", loaded.name);
        }
    }

    /// Every file in the folder of a version is in it, also one whose entries are of a kind that no other file has.
    #[test]
    fn a_file_of_statuses_alone_is_kept_and_words_for_people_are_not() {
        let operation = r#"{"doc": "Lists.", "source": "doc:1", "link": "https://docs.example.com", "deprecated": "use `B`",
            "method": "GET", "path": "/a", "success": [200], "rate_limit": 0, "authorization": "token_or_signature",
            "idempotent": true, "input": [], "output": [], "errors": [], "host": "toy"}"#;
        let head = r#""product": "toy", "version": "v1""#;
        let about = r#"{"product": "toy", "title": "Toy", "short": "TOY", "vendor": "huawei", "host": "toy",
            "services": {"cluster": {"doc": "Toys."}}}"#;
        let statuses = r#""statuses": {"404": {"name": "Not Found", "doc": "Gone.", "source": "doc:2"}}"#;
        let sources = [
            ("toy/product.json", about.to_owned()),
            (
                "toy/v1/cluster.json",
                format!(
                    r#"{{{head}, "crate": "cluster", "protocol": "rest", "operations": {{"ListA": {operation}}}}}"#
                ),
            ),
            ("toy/v1/statuses.json", format!(r#"{{{head}, "errors": {{}}, {statuses}}}"#)),
        ];
        let sources = sources.map(|(name, text)| Source { name: name.to_owned(), text: text.into() });
        let catalog = Catalog::from_sources(&sources).unwrap();
        let text = compact(catalog.products(), &sources).unwrap();
        let product = Embedded::all_in(text.clone().leak())[0].read().unwrap();
        assert_eq!(product.statuses.iter().map(|status| status.code).collect::<Vec<_>>(), [404]);
        for word in ["docs.example.com", "use `B`", "Lists.", "doc:1"] {
            assert!(!text.contains(word), "{word}: {text}");
        }
    }

    /// What a program needs to know of a product.
    fn facts(product: &Product) -> Vec<String> {
        let fields = |owner: &str, fields: &[Field]| -> Vec<String> {
            let of = |field: &Field| {
                let Field { name, ty, place, required, sensitive, enumeration, default, min, max, .. } = field;
                format!(
                    "{owner}.{name} {ty:?} {place:?} {required} {sensitive} {enumeration:?} {default:?} {min:?} {max:?}"
                )
            };
            fields.iter().map(of).collect()
        };
        let operations = product.operations.iter().flat_map(|operation| {
            let Operation { errors, paginate, rate_limit, method, path, host, .. } = &operation.spec;
            let head = format!("{} {errors:?} {paginate:?} {rate_limit} {method:?} {path:?} {host:?}", operation.name);
            [
                vec![head],
                fields(&operation.name, &operation.spec.input),
                fields(&operation.name, &operation.spec.output),
            ]
            .concat()
        });
        let shapes = product.shapes.iter().flat_map(|shape| fields(&shape.name, &shape.spec.fields));
        let values =
            |each: &crate::Enumeration| format!("{:?}", each.spec.values.iter().map(|v| &v.value).collect::<Vec<_>>());
        let enums = product.enums.iter().map(|each| format!("{} {}", each.name, values(each)));
        let errors =
            product.errors.iter().map(|error| format!("{} {:?} {:?}", error.name, error.spec.kind, error.spec.numbers));
        operations.chain(shapes).chain(enums).chain(errors).collect()
    }
}
