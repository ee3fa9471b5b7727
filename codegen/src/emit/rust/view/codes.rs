//! Error codes.

use super::View;
use crate::emit::rust::docs::plain;
use serde::Serialize;
use wharf_spec::file::ErrorKind;
use wharf_spec::{Product, naming};

#[derive(Clone, Serialize)]
pub(in crate::emit::rust) struct CodeView {
    name: String,
    wire: String,
    deprecated: Option<String>,
    docs: Vec<String>,
    doc: String,
    kind: &'static str,
    retry: bool,
}

impl View<'_> {
    /// Returns the codes by the numbers in responses.
    pub(in crate::emit::rust) fn numbers(&self) -> Vec<(i64, &str)> {
        let numbers = self
            .product
            .errors
            .iter()
            .flat_map(|error| error.spec.numbers.iter().map(|number| (*number, error.name.as_str())));
        let mut numbers: Vec<_> = numbers.collect();
        numbers.sort_unstable();
        numbers
    }

    /// Returns other spellings of codes, sorted, each with its code.
    pub(in crate::emit::rust) fn code_aliases(&self) -> Vec<(&str, &str)> {
        let aliases = self
            .product
            .errors
            .iter()
            .flat_map(|error| error.spec.aliases.iter().map(|alias| (alias.as_str(), error.name.as_str())));
        let mut aliases: Vec<_> = aliases.collect();
        aliases.sort_unstable();
        aliases
    }

    /// Returns the codes and their other spellings, sorted by spelling, including those of other versions only.
    pub(in crate::emit::rust) fn spellings(&self, others: &[&Product]) -> Vec<CodeView> {
        let mut spellings = self.own_spellings();
        for other in others {
            for code in (View { product: other }).own_spellings() {
                if spellings.iter().all(|known| known.wire != code.wire) {
                    spellings.push(code);
                }
            }
        }
        spellings.sort_by(|a, b| a.wire.cmp(&b.wire));
        spellings
    }

    fn own_spellings(&self) -> Vec<CodeView> {
        let codes = self.codes();
        let aliases = self.code_aliases();
        let other = aliases.iter().filter_map(|(alias, code)| {
            let code = codes.iter().find(|view| view.wire == *code)?;
            Some(CodeView { wire: (*alias).to_owned(), ..code.clone() })
        });
        codes.iter().cloned().chain(other).collect()
    }

    pub(in crate::emit::rust) fn codes(&self) -> Vec<CodeView> {
        let codes = self.product.errors.iter().map(|error| CodeView {
            name: naming::code(error.called()),
            wire: error.name.clone(),
            deprecated: None,
            docs: vec![format!("`{}`: {}", error.name, plain(&error.spec.doc))],
            doc: error.spec.doc.clone(),
            kind: match error.spec.kind {
                ErrorKind::Throttled => "Throttled",
                ErrorKind::Transient => "Transient",
                ErrorKind::Credentials => "Credentials",
                ErrorKind::Permission => "PermissionDenied",
                ErrorKind::Quota => "Quota",
                ErrorKind::NotFound => "NotFound",
                ErrorKind::Conflict => "Conflict",
                ErrorKind::Invalid => "InvalidInput",
                ErrorKind::Unsupported => "Unsupported",
                ErrorKind::Internal => "Service",
            },
            retry: error.spec.retry,
        });
        codes.collect()
    }
}
