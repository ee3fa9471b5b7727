//! The rules of spec files. All that is broken is reported, not only the first.

mod fields;
mod names;
mod paging;

use crate::file::{ErrorKind, Field};
use crate::model::{Operation, Product};
use crate::problem::Problem;
use std::collections::BTreeSet;

/// Checks a product; references may dangle.
pub(crate) fn product(product: &Product, problems: &mut Vec<Problem>) {
    let mut check = Check { product, problems };
    for operation in &product.operations {
        check.operation(operation);
    }
    for shape in &product.shapes {
        let at = At { file: &shape.file, item: format!("shape {}", shape.name) };
        check.texts(&at, "", &shape.spec.doc, &shape.spec.source);
        check.fields(&at, "field", &shape.spec.fields);
        if !shape.in_input && !shape.in_output {
            check.report(&at, "", "is used by no operation");
        }
    }
    check.enums();
    check.errors();
    names::check(&mut check);
}

struct Check<'a> {
    product: &'a Product,
    problems: &'a mut Vec<Problem>,
}

/// Where a rule is broken.
struct At<'a> {
    file: &'a str,
    item: String,
}

impl<'a> At<'a> {
    fn operation(operation: &'a Operation) -> Self {
        Self { file: &operation.file, item: format!("operation {}", operation.name) }
    }
}

impl Check<'_> {
    fn report(&mut self, at: &At<'_>, field: impl Into<String>, message: impl Into<String>) {
        let (file, item) = (at.file.to_owned(), at.item.clone());
        self.problems.push(Problem { file, item, field: field.into(), message: message.into() });
    }

    fn texts(&mut self, at: &At<'_>, field: &str, doc: &str, source: &str) {
        if doc.trim().is_empty() || doc.trim() == "..." {
            self.report(at, field, "description is missing");
        }
        if source.trim().is_empty() {
            self.report(at, field, "source is missing");
        }
    }

    fn operation(&mut self, operation: &Operation) {
        let at = At::operation(operation);
        let spec = &operation.spec;
        self.texts(&at, "", &spec.doc, &spec.source);
        if spec.rate_limit == 0 {
            self.report(&at, "", "a rate limit of 0 would allow no call");
        }
        self.fields(&at, "input", &spec.input);
        self.fields(&at, "output", &spec.output);
        if let Some(paginate) = &spec.paginate {
            paging::check(self, &at, operation, paginate);
        }
        let mut seen = BTreeSet::new();
        for code in &spec.errors {
            if !seen.insert(code) {
                self.report(&at, "errors", format!("{code} is there twice"));
            }
            if self.product.error(code).is_none() {
                self.report(&at, "errors", format!("{code} has no entry in the error codes of {}", self.product.name));
            }
        }
    }

    fn fields(&mut self, at: &At<'_>, part: &str, fields: &[Field]) {
        let mut seen = BTreeSet::new();
        for field in fields {
            let name = format!("{part} {}", field.name);
            if !seen.insert(&field.name) {
                self.report(at, &name, "is there twice");
            }
            fields::check(self, at, &name, field);
        }
    }

    fn enums(&mut self) {
        let product = self.product;
        let fields =
            product.operations.iter().flat_map(|operation| operation.spec.input.iter().chain(&operation.spec.output));
        let fields = fields.chain(product.shapes.iter().flat_map(|shape| &shape.spec.fields));
        let used: BTreeSet<&String> = fields.filter_map(|field| field.enumeration.as_ref()).collect();
        for enumeration in &product.enums {
            let at = At { file: &enumeration.file, item: format!("enum {}", enumeration.name) };
            self.texts(&at, "", &enumeration.spec.doc, &enumeration.spec.source);
            if !used.contains(&enumeration.name) {
                self.report(&at, "", "is used by no field");
            }
            let mut seen = BTreeSet::new();
            for value in &enumeration.spec.values {
                let name = format!("value {}", value.value);
                if value.value.is_empty() {
                    self.report(&at, &name, "is empty");
                }
                if !seen.insert(&value.value) {
                    self.report(&at, &name, "is there twice");
                }
                self.texts(&at, &name, &value.doc, &enumeration.spec.source);
            }
        }
    }

    fn errors(&mut self) {
        for error in &self.product.errors {
            let at = At { file: &error.file, item: format!("error {}", error.name) };
            self.texts(&at, "", &error.spec.doc, &error.spec.source);
            let passes = matches!(error.spec.kind, ErrorKind::Throttled | ErrorKind::Transient);
            if passes != error.spec.retry {
                self.report(&at, "retry", "is true for the kinds throttled and transient, and for no other");
            }
        }
    }
}
