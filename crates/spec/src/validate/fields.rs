use super::{At, Check};
use crate::file::Field;
use crate::types::Type;
use serde_json::Value;
use std::collections::BTreeSet;

pub(super) fn check(check: &mut Check<'_>, at: &At<'_>, name: &str, field: &Field) {
    check.texts(at, name, &field.doc, &field.source);
    let product = check.product;
    if let Some(shape) = field.ty.shape()
        && product.shape(shape).is_none()
    {
        let message = format!(
            "unknown type `{}`: `{shape}` is neither a type of its own nor a shape of {}",
            field.ty, product.name
        );
        check.report(at, name, message);
    }
    if let Some(enumeration) = &field.enumeration {
        if product.enumeration(enumeration).is_none() {
            check.report(at, name, format!("unknown enum `{enumeration}`"));
        }
        if *field.ty.item() != Type::String {
            check.report(at, name, format!("an enum on the type `{}`; only strings have one", field.ty));
        }
        if field.sensitive {
            check.report(at, name, "is sensitive and has an enum; a secret has no known values");
        }
    }
    if let Some(fixed) = &field.fixed {
        self::fixed(check, at, name, field, fixed);
    }
    values(check, at, name, field);
    bounds(check, at, name, field);
    other_forms(check, at, name, field);
    if let Some(default) = &field.default {
        self::default(check, at, name, field, default);
    }
}

fn fixed(check: &mut Check<'_>, at: &At<'_>, name: &str, field: &Field, fixed: &str) {
    if field.ty != Type::String {
        check.report(at, name, format!("a const on the type `{}`; only strings have one", field.ty));
    }
    if field.default.is_some() {
        check.report(at, name, "has a const and a default");
    }
    let values = field.enumeration.as_ref().and_then(|name| check.product.enumeration(name));
    if let Some(values) = values
        && !values.spec.values.iter().any(|value| value.value == fixed)
    {
        check.report(at, name, format!("the const {fixed} is no value of {}", values.name));
    }
}

fn values(check: &mut Check<'_>, at: &At<'_>, name: &str, field: &Field) {
    let Some(first) = field.values.first() else { return };
    if *field.ty.item() != Type::String || field.ty.is_map() {
        check.report(at, name, format!("values on the type `{}`; only strings have them", field.ty));
    }
    if field.enumeration.is_some() || field.fixed.is_some() || field.sensitive {
        check.report(at, name, "has values, and an enum or a const, or is sensitive");
    }
    if field.values.len() < 2 {
        check.report(at, name, format!("the only value is {first}: that is no list"));
    }
    let mut seen = BTreeSet::new();
    for value in field.values.iter().filter(|value| value.is_empty() || !seen.insert(value.as_str())) {
        check.report(at, name, format!("the value `{value}` is empty or listed twice"));
    }
}

/// What is written for a list or a map besides.
fn other_forms(check: &mut Check<'_>, at: &At<'_>, name: &str, field: &Field) {
    if let Some(entries) = &field.entries {
        let shape = field.ty.shape().filter(|_| field.ty.is_list()).and_then(|shape| check.product.shape(shape));
        let has = |member: &String| {
            shape.is_some_and(|shape| {
                shape.spec.fields.iter().any(|field| field.name == *member && field.ty == Type::String)
            })
        };
        for member in [&entries.name, &entries.value].into_iter().filter(|member| !has(member)) {
            check.report(at, name, format!("entries: {member} is no string of the items"));
        }
    }
    if field.said_by.is_some() && !field.ty.is_map() {
        check.report(at, name, format!("said_by on the type `{}`; only maps have it", field.ty));
    }
}

fn bounds(check: &mut Check<'_>, at: &At<'_>, name: &str, field: &Field) {
    if (field.min.is_some() || field.max.is_some()) && !field.ty.is_integer() {
        check.report(at, name, format!("a range on the type `{}`; only whole numbers have one", field.ty));
    }
    if let (Some(min), Some(max)) = (field.min, field.max)
        && max < min
    {
        check.report(at, name, format!("the largest value {max} is below the smallest {min}"));
    }
    if field.unchecked && field.min.is_none() && field.max.is_none() {
        check.report(at, name, "is unchecked and has no range");
    }
    if field.max_items.is_some() && !field.ty.is_list() {
        check.report(at, name, format!("max_items on the type `{}`; only lists have it", field.ty));
    }
    if field.max_length.is_some() && field.ty != Type::String {
        check.report(at, name, format!("max_length on the type `{}`; only strings have it", field.ty));
    }
    if field.time.is_some() && field.ty != Type::Timestamp {
        check.report(at, name, format!("time on the type `{}`; only a timestamp has it", field.ty));
    }
}

fn default(check: &mut Check<'_>, at: &At<'_>, name: &str, field: &Field, default: &Value) {
    let fits = match field.ty {
        Type::String => default.is_string(),
        Type::Int => default.is_i64(),
        Type::Uint => default.is_u64(),
        Type::Float => default.is_number(),
        Type::Bool => default.is_boolean(),
        _ => false,
    };
    if !fits {
        check.report(at, name, format!("the default {default} does not fit the type `{}`", field.ty));
    }
    if let Some(number) = default.as_i64()
        && (field.min.is_some_and(|min| number < min) || field.max.is_some_and(|max| number > max))
    {
        check.report(at, name, format!("the default {number} is outside of the range"));
    }
    let values = field.enumeration.as_ref().and_then(|name| check.product.enumeration(name));
    if let (Some(values), Some(text)) = (values, default.as_str())
        && !values.spec.values.iter().any(|value| value.value == text)
    {
        check.report(at, name, format!("the default {default} is no value of {}", values.name));
    }
    if let Some(text) = default.as_str()
        && !field.values.is_empty()
        && !field.values.iter().any(|value| value == text)
    {
        check.report(at, name, format!("the default {default} is none of the values"));
    }
}
