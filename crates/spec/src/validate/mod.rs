//! The rules of spec files. All that is broken is reported, not only the first.

mod fields;
mod layers;
mod names;
mod paging;
mod places;
mod waiters;

use crate::file::{ErrorKind, Field};
use crate::model::{Operation, Product};
use crate::problem::Problem;
use std::collections::{BTreeMap, BTreeSet};

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
        if let Some(way) = &shape.spec.carried_in {
            check.carried(&at, way);
        }
    }
    check.enums();
    check.errors();
    names::check(&mut check);
    waiters::check(&mut check);
    layers::check(&mut check);
}

/// First words of operations that change nothing.
const READING: [&str; 8] = ["Check", "Describe", "Get", "List", "Query", "Search", "Show", "Validate"];

/// Whether the name says that the operation changes nothing.
fn only_reads(name: &str) -> bool {
    // Huawei's names of its identity service begin with the service's name.
    let name = name.strip_prefix("IAM").unwrap_or(name);
    READING.iter().any(|word| name.strip_prefix(word).is_some_and(|rest| rest.starts_with(char::is_uppercase)))
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
        self.repeating(&at, operation);
        places::check(self, &at, operation);
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
        for (code, spelling) in &spec.spellings {
            if !seen.contains(code) {
                self.report(&at, "spellings", format!("{code} is not among the errors"));
            }
            if !self.product.error(code).is_some_and(|error| error.spec.aliases.contains(spelling)) {
                self.report(&at, "spellings", format!("{spelling} is not an alias of {code}"));
            }
        }
    }

    /// What changes something is not repeated without a reason.
    fn repeating(&mut self, at: &At<'_>, operation: &Operation) {
        let reason = operation.spec.idempotent_reason.as_deref().map(str::trim);
        match reason {
            Some("") => self.report(at, "idempotent_reason", "is empty"),
            None if operation.spec.idempotent && !only_reads(&operation.name) => {
                self.report(at, "idempotent_reason", "is missing: the name does not say that the operation only reads");
            }
            _ => {}
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
        self.aliases(at, part, fields);
    }

    /// A name that is read must lead to one field.
    fn aliases(&mut self, at: &At<'_>, part: &str, fields: &[Field]) {
        let mut taken: BTreeMap<&str, &str> = fields.iter().map(|field| (field.name.as_str(), "")).collect();
        for field in fields {
            for alias in &field.aliases {
                let name = format!("{part} {}", field.name);
                if *alias == field.name {
                    self.report(at, name, format!("the alias {alias} is its own name"));
                } else {
                    match taken.insert(alias, &field.name) {
                        Some("") => self.report(at, name, format!("the alias {alias} is the name of another field")),
                        Some(other) => self.report(at, name, format!("the alias {alias} is also one of {other}")),
                        None => {}
                    }
                }
            }
        }
    }

    fn carried(&mut self, at: &At<'_>, way: &str) {
        let field = way.split_once('.').and_then(|(shape, field)| {
            let fields = &self.product.shape(shape)?.spec.fields;
            fields.iter().find(|each| each.name == field)
        });
        match field {
            None => self.report(at, "carried_in", format!("there is no {way}")),
            Some(field) if !field.ty.is_map() => {
                self.report(at, "carried_in", format!("{way} is `{}`, not a map", field.ty));
            }
            Some(_) => {}
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
        let mut numbers: BTreeMap<i64, &str> = BTreeMap::new();
        let mut aliases: BTreeMap<&str, &str> = BTreeMap::new();
        for error in &self.product.errors {
            let at = At { file: &error.file, item: format!("error {}", error.name) };
            self.texts(&at, "", &error.spec.doc, &error.spec.source);
            let passes = matches!(error.spec.kind, ErrorKind::Throttled | ErrorKind::Transient);
            if passes != error.spec.retry {
                self.report(&at, "retry", "is true for the kinds throttled and transient, and for no other");
            }
            if error.spec.status.is_some_and(|status| !(400..600).contains(&status)) {
                self.report(&at, "status", "is not one of failure");
            }
            for number in &error.spec.numbers {
                if let Some(other) = numbers.insert(*number, &error.name) {
                    self.report(&at, "numbers", format!("{number} is also that of {other}"));
                }
                if *number == 0 {
                    self.report(&at, "numbers", "0 is success");
                }
            }
            for alias in &error.spec.aliases {
                if self.product.error(alias).is_some() {
                    self.report(&at, "aliases", format!("{alias} is a code itself"));
                }
                if let Some(other) = aliases.insert(alias, &error.name) {
                    self.report(&at, "aliases", format!("{alias} is also that of {other}"));
                }
            }
        }
        for status in &self.product.statuses {
            let at = At { file: &status.file, item: format!("status {}", status.code) };
            self.texts(&at, "", &status.spec.doc, &status.spec.source);
            if !(100..600).contains(&status.code) {
                self.report(&at, "", "is no HTTP status code");
            }
            let passes = status.spec.kind.map(|kind| matches!(kind, ErrorKind::Throttled | ErrorKind::Transient));
            if passes != status.spec.retry {
                self.report(&at, "retry", "is true for the kinds throttled and transient, and for no other");
            }
        }
    }
}
