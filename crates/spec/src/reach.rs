//! Which operations use a structure, and what follows from it.

use crate::file::Field;
use crate::model::{Home, Product, SHARED, Shape};
use crate::naming;
use crate::types::Type;
use std::collections::{BTreeMap, BTreeSet};

/// Finds for every structure and enumeration the crate that holds it, for every structure whether
/// requests and answers hold it, and the fields by which it would contain itself.
pub(crate) fn resolve(product: &mut Product) {
    let mut users = Users::default();
    for operation in &product.operations {
        users.walk(product, &operation.service, &operation.spec.input, true);
        users.walk(product, &operation.service, &operation.spec.output, false);
    }
    let all: BTreeSet<String> = product.operations.iter().map(|operation| operation.service.clone()).collect();
    let recursive: Vec<BTreeSet<String>> =
        product.shapes.iter().map(|shape| recursive_fields(product, &shape.name, &shape.spec.fields)).collect();
    for (shape, recursive) in product.shapes.iter_mut().zip(recursive) {
        shape.in_input = users.seen.iter().any(|(name, _, input)| *name == shape.name && *input);
        shape.in_output = users.seen.iter().any(|(name, _, input)| *name == shape.name && !*input);
        let services = users.seen.iter().filter(|(name, ..)| *name == shape.name).map(|(_, service, _)| service);
        shape.home = home(services, &all);
        shape.recursive = recursive;
    }
    name_types(product);
    for enumeration in &mut product.enums {
        let services = users.enums.iter().filter(|(name, _)| *name == enumeration.name).map(|(_, service)| service);
        enumeration.home = home(services, &all);
    }
}

/// Gives every field the name in Rust of the structure or the enumeration that its type names.
fn name_types(product: &mut Product) {
    let types = |name: &str, rename: Option<&String>| naming::type_name(rename.map_or(name, String::as_str));
    let shapes: BTreeMap<_, _> =
        product.shapes.iter().map(|each| (each.name.clone(), types(&each.name, each.spec.rename.as_ref()))).collect();
    let enums: BTreeMap<_, _> =
        product.enums.iter().map(|each| (each.name.clone(), types(&each.name, each.spec.rename.as_ref()))).collect();
    let operations = product.operations.iter_mut();
    let fields = operations.flat_map(|operation| operation.spec.input.iter_mut().chain(&mut operation.spec.output));
    for field in fields.chain(product.shapes.iter_mut().flat_map(|shape| &mut shape.spec.fields)) {
        let shape = field.ty.shape().and_then(|name| shapes.get(name));
        let named = shape.or_else(|| enums.get(field.enumeration.as_ref()?));
        field.named = named.cloned().unwrap_or_default();
    }
}

/// What operations in the crate of what is shared use has its home there too. What several families of one crate use
/// is where the operations of the crate itself are.
fn home<'a>(services: impl Iterator<Item = &'a String>, all: &BTreeSet<String>) -> Home {
    let services: BTreeSet<&String> = services.collect();
    let package = |service: &String| service.split('/').next().unwrap_or_default().to_owned();
    let packages: BTreeSet<String> = services.iter().map(|service| package(service)).collect();
    match (services.first(), packages.first()) {
        (Some(only), _) if services.len() == 1 && *only != SHARED => Home::Service((*only).clone()),
        (_, Some(only)) if packages.len() == 1 && only != SHARED && all.contains(only) => Home::Service(only.clone()),
        _ => Home::Shared,
    }
}

#[derive(Default)]
struct Users {
    /// Structure, service crate, whether in a request.
    seen: BTreeSet<(String, String, bool)>,
    enums: BTreeSet<(String, String)>,
}

impl Users {
    fn walk(&mut self, product: &Product, service: &str, fields: &[Field], input: bool) {
        for field in fields {
            if let Some(name) = &field.enumeration {
                self.enums.insert((name.clone(), service.to_owned()));
            }
            if let Some(shape) = field.ty.shape().and_then(|name| product.shape(name)) {
                self.shape(product, service, shape, input);
            }
        }
    }

    fn shape(&mut self, product: &Product, service: &str, shape: &Shape, input: bool) {
        if !self.seen.insert((shape.name.clone(), service.to_owned(), input)) {
            return;
        }
        self.walk(product, service, &shape.spec.fields, input);
        // What the maps of a structure may hold is where the structure is.
        for carried in &product.shapes {
            let carrier = carried.spec.carried_in.as_ref().and_then(|way| way.split_once('.'));
            if carrier.is_some_and(|(carrier, _)| carrier == shape.name) {
                self.shape(product, service, carried, input);
            }
        }
    }
}

/// A list or a JSON document ends the recursion, a structure that is held directly does not.
fn recursive_fields(product: &Product, owner: &str, fields: &[Field]) -> BTreeSet<String> {
    fields
        .iter()
        .filter(|field| matches!(&field.ty, Type::Shape(name) if holds(product, name, owner, &mut BTreeSet::new())))
        .map(|field| field.name.clone())
        .collect()
}

fn holds<'a>(product: &'a Product, shape: &'a str, owner: &str, seen: &mut BTreeSet<&'a str>) -> bool {
    if shape == owner {
        return true;
    }
    if !seen.insert(shape) {
        return false;
    }
    product.shape(shape).is_some_and(|shape| {
        shape
            .spec
            .fields
            .iter()
            .any(|field| matches!(&field.ty, Type::Shape(name) if holds(product, name, owner, seen)))
    })
}
