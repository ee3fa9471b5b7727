//! Spec files: `product.json`, a file of operations, one of shapes, one of error codes.

use crate::parts::split;
use std::borrow::Cow;
use wharf_spec::{Catalog, Source};

const FILES: [&str; 4] =
    ["product.json", "2020-01-01/cluster.json", "2020-01-01/shapes.json", "2020-01-01/errors.json"];

/// Loads a product, and writes it in the compact form.
pub fn run(data: &[u8]) {
    let Ok(mut rest) = std::str::from_utf8(data).map(str::as_bytes) else { return };
    let mut sources = Vec::new();
    for file in FILES {
        let (text, more) = split(rest);
        let text = String::from_utf8_lossy(text).into_owned();
        sources.push(Source { name: format!("demo/{file}"), text: Cow::Owned(text) });
        rest = more;
    }
    match Catalog::from_sources(&sources) {
        Ok(catalog) => {
            let _ = wharf_spec::compact(catalog.products(), &sources);
        }
        Err(problems) => assert!(!problems.to_string().is_empty()),
    }
}
