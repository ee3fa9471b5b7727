//! What the specs say of the products, operations and codes that a fault names.

use crate::catalog::{Operation, Product, catalog};
use crate::kubernetes;

/// Returns whether there is a product of that name.
pub(super) fn is_product(name: &str) -> bool {
    catalog().product(name).is_some()
}

/// Returns the names of all products, for a message.
pub(super) fn products() -> String {
    let names: Vec<_> = catalog().defaults().map(Product::name).collect();
    names.join(", ")
}

/// Returns the operations of that name, of a product or of all of them, in all versions.
fn operations(product: Option<&str>, name: &str) -> Vec<(&'static Product, Operation)> {
    let products = catalog().products().iter().filter(|known| product.is_none_or(|wanted| wanted == known.name()));
    products.filter_map(|known| Some((known, known.operation(name)?))).collect()
}

/// The products with clusters.
const CLUSTERS: [&str; 4] = ["ack", "cce", "ccs", "tke"];

/// Returns whether there is an operation of that name, in a product or in any of them. Those of the API servers of
/// Kubernetes are a verb and a resource.
pub(super) fn is_operation(product: Option<&str>, name: &str) -> bool {
    !operations(product, name).is_empty()
        || (kubernetes::is_operation(name) && product.is_none_or(|name| CLUSTERS.contains(&name)))
}

/// Returns whether a document has the code for the calls that a fault applies to.
pub(super) fn is_code(product: Option<&str>, operation: Option<&str>, code: &str) -> bool {
    let wanted = |known: &&Product| product.is_none_or(|name| name == known.name());
    match operation {
        Some(name) if kubernetes::is_operation(name) => kubernetes::status_of(code).is_some(),
        Some(name) => {
            operations(product, name).iter().any(|(product, operation)| of_operation(product, operation, code))
        }
        None => catalog().products().iter().filter(wanted).any(|product| of_product(product, code)),
    }
}

fn of_product(product: &Product, code: &str) -> bool {
    let spec = product.spec();
    let known =
        spec.errors.iter().any(|error| error.name == code || error.spec.aliases.iter().any(|alias| alias == code));
    known || is_status(product, code)
}

/// Returns whether a document has the code for the operation.
///
/// The list of an operation has the codes that are special to it. Codes without a dot, and those that no operation
/// lists, are of the common table. Many documents list no codes for an operation: it can answer all codes of its product.
fn of_operation(product: &Product, operation: &Operation, code: &str) -> bool {
    let spec = product.spec();
    let lists = |errors: &[String]| errors.iter().any(|listed| listed == code);
    let own = lists(&operation.spec.errors) || operation.spec.spellings.values().any(|spelling| spelling == code);
    if own {
        return true;
    }
    let unlisted = || !spec.operations.iter().any(|operation| lists(&operation.spec.errors));
    of_product(product, code) && (operation.spec.errors.is_empty() || !code.contains('.') || unlisted())
}

/// Returns whether the code is an HTTP status of the product's table: the identity service has no other codes.
fn is_status(product: &Product, code: &str) -> bool {
    let status = code.parse::<u16>().ok().filter(|status| (400..600).contains(status));
    status.is_some_and(|status| product.spec().statuses.iter().any(|known| known.code == status))
}
