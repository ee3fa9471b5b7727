//! Random inputs of an operation, by its spec: mostly right, with values that exist.

use crate::known::Known;
use crate::random::Random;
use serde_json::{Map, Value, json};
use wharf_server::Server;
use wharf_spec::file::Field;
use wharf_spec::{Product, Type};

/// Levels of structures below which optional fields are left out.
const DEEPEST: usize = 3;

/// What inputs are made of.
pub(crate) struct Maker<'m> {
    pub(crate) product: &'m Product,
    pub(crate) server: &'m Server,
    pub(crate) known: &'m Known,
    pub(crate) random: &'m mut Random,
}

impl Maker<'_> {
    /// Inputs of an operation with those fields.
    pub(crate) fn input(&mut self, fields: &[Field], depth: usize) -> Map<String, Value> {
        let mut input = Map::new();
        for field in fields {
            let wanted = if field.required { 97 } else { 24_u64.saturating_sub(8 * depth as u64) };
            if field.fixed.is_none() && (depth > DEEPEST && !field.required || !self.random.percent(wanted)) {
                continue;
            }
            if let Some(value) = self.value(&field.ty, field, depth) {
                input.insert(field.name.clone(), value);
            }
        }
        input
    }

    fn value(&mut self, ty: &Type, field: &Field, depth: usize) -> Option<Value> {
        Some(match ty {
            Type::String => self.text(field),
            Type::Int | Type::Uint => self.number(field),
            Type::Float => json!(1.5),
            Type::Bool => json!(self.random.percent(50)),
            Type::Timestamp => json!("2024-10-18T10:38:36Z"),
            Type::Any => json!({"a": 1}),
            Type::Json(Some(inner)) => Value::String(self.value(inner, field, depth + 1)?.to_string()),
            Type::Json(None) => json!("{}"),
            Type::Shape(_) if depth > DEEPEST + 2 => return None,
            Type::Shape(name) => {
                let product = self.product;
                Value::Object(self.input(&product.shape(name)?.spec.fields, depth + 1))
            }
            Type::Map(item) => json!({"key": self.value(item, field, depth + 1)?}),
            Type::List(item) => {
                let count = *self.random.one(&[0, 1, 1, 1, 2]);
                (0..count).map_while(|_| self.value(item, field, depth + 1)).collect()
            }
        })
    }

    fn number(&mut self, field: &Field) -> Value {
        if let Some(value) = self.known.one(&self.product.name, &field.name, self.random).filter(Value::is_number) {
            return value;
        }
        let (min, max) = (field.min.unwrap_or(0), field.max.unwrap_or(3));
        let small = min + (self.random.below(4) as i64);
        json!(if self.random.percent(95) { small.min(max.max(min)) } else { -1 })
    }

    fn text(&mut self, field: &Field) -> Value {
        if let Some(fixed) = &field.fixed {
            return json!(fixed);
        }
        if field.name == "project_id" {
            return json!(self.server.project_id());
        }
        let listed = field.enumeration.as_deref().and_then(|name| self.product.enumeration(name));
        let mut values: Vec<String> = listed
            .map(|listed| listed.spec.values.iter().map(|value| value.value.clone()).collect())
            .unwrap_or_default();
        values.extend(field.values.iter().cloned());
        if !values.is_empty() && self.random.percent(95) {
            return json!(self.random.one(&values));
        }
        if self.random.percent(92)
            && let Some(value) = self.known.one(&self.product.name, &field.name, self.random)
        {
            return json!(value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        }
        json!(*self.random.one(&[
            "",
            "a",
            "default",
            "web",
            "kube-system",
            "10.0.0.0/16",
            "1.20.6",
            "Hello@1234",
            "x-1"
        ]))
    }
}
