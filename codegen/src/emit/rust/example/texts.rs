//! `specs/examples.json`: the texts of examples, and the inputs that some operations need in addition.

use crate::Error;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;
use wharf_spec::file::Field;
use wharf_spec::{Catalog, Product, Type, naming};

/// The file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Texts {
    /// Texts by the name of a field in small letters with underscores, or by the last words of it. A list has the name of
    /// one of its items.
    texts: BTreeMap<String, String>,
    /// The same by product, which has priority, and inputs.
    products: BTreeMap<String, ProductTexts>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProductTexts {
    #[serde(default)]
    texts: BTreeMap<String, String>,
    /// Inputs by operation, in the form of the wire. They are set in addition to the required ones.
    #[serde(default)]
    inputs: BTreeMap<String, Map<String, Value>>,
}

impl Texts {
    /// Reads the file; `None` if it does not exist.
    pub(super) fn read(path: &Path) -> Result<Option<Self>, Error> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::new(path.display(), error)),
        };
        serde_json::from_str(&text).map(Some).map_err(|error| Error::new(path.display(), error))
    }

    /// Checks that its products, operations and inputs exist.
    pub(super) fn check(&self, catalog: &Catalog) -> Result<(), Error> {
        let wrong = |what: &str, why: &str| Err(Error::new(format_args!("specs/examples.json: {what}"), why));
        for (key, texts) in &self.products {
            let Some(product) = catalog.products().iter().find(|product| product.key("/") == *key) else {
                return wrong(key, "is not a product");
            };
            for (name, inputs) in &texts.inputs {
                let Some(operation) = product.operation(name) else {
                    return wrong(&format!("{key} {name}"), "is not an operation");
                };
                for input in inputs.keys() {
                    if !operation.spec.input.iter().any(|field| field.name == *input) {
                        return wrong(&format!("{key} {name} {input}"), "is not an input");
                    }
                }
            }
        }
        Ok(())
    }

    /// Returns what an operation is called with in addition to its required inputs, or instead of their usual values.
    pub(super) fn inputs(&self, product: &Product, operation: &str) -> Option<&Map<String, Value>> {
        self.products.get(&product.key("/"))?.inputs.get(operation)
    }

    /// Returns the text of a field: that of its whole name, or of the most words at the end of it.
    pub(super) fn of(&self, product: &Product, field: &Field) -> Option<&str> {
        let name = naming::field(field.called());
        let name = name.trim_start_matches("r#");
        let one = name.strip_suffix('s').filter(|_| matches!(field.ty, Type::List(_)));
        one.and_then(|one| self.ending(product, one)).or_else(|| self.ending(product, name))
    }

    fn ending(&self, product: &Product, name: &str) -> Option<&str> {
        let own = self.products.get(&product.name);
        let mut rest = name;
        loop {
            let found = own.and_then(|own| own.texts.get(rest)).or_else(|| self.texts.get(rest));
            if found.is_some() {
                return found.map(String::as_str);
            }
            rest = rest.split_once('_')?.1;
        }
    }
}
