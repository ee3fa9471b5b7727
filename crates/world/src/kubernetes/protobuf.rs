//! Bodies in protobuf, as typed clients of Kubernetes send them: an envelope with kind and version, and the object.
//!
//! `schema/numbers.txt` has the numbers of the fields. The status of objects and who manages their fields are not read.

use super::refusal::{Answer, Refusal};
use super::schema::{Structure, Type, find};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// What a body in protobuf starts with.
const MAGIC: &[u8] = b"k8s\0";
/// Fields whose zero has a meaning: the others are written with it when they are not set.
const KEPT: [&str; 42] = [
    "activeDeadlineSeconds",
    "allowPrivilegeEscalation",
    "allowVolumeExpansion",
    "automountServiceAccountToken",
    "averageUtilization",
    "backoffLimit",
    "blockOwnerDeletion",
    "completions",
    "controller",
    "defaultMode",
    "deletionGracePeriodSeconds",
    "enableServiceLinks",
    "expirationSeconds",
    "failedJobsHistoryLimit",
    "fsGroup",
    "gracePeriodSeconds",
    "immutable",
    "leaseDurationSeconds",
    "manualSelector",
    "maxSurge",
    "maxUnavailable",
    "minAvailable",
    "minReplicas",
    "mode",
    "optional",
    "orphanDependents",
    "parallelism",
    "partition",
    "priority",
    "privileged",
    "progressDeadlineSeconds",
    "readOnlyRootFilesystem",
    "replicas",
    "revisionHistoryLimit",
    "runAsGroup",
    "runAsNonRoot",
    "runAsUser",
    "startingDeadlineSeconds",
    "successfulJobsHistoryLimit",
    "suspend",
    "terminationGracePeriodSeconds",
    "ttlSecondsAfterFinished",
];

/// A value on the wire.
#[derive(Debug, Clone, Copy)]
enum Wire<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

/// The places of fields: by the number of a field, or by those of the message that it is in and of itself.
type Numbers = BTreeMap<(u64, u64), String>;

fn numbers(structure: &str) -> Option<&'static Numbers> {
    static ALL: OnceLock<BTreeMap<String, Numbers>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        let lines = include_str!("schema/numbers.txt").lines().filter(|line| !line.starts_with('#'));
        lines.filter_map(read_numbers).collect()
    });
    all.get(structure)
}

fn read_numbers(line: &str) -> Option<(String, Numbers)> {
    let mut words = line.split_whitespace();
    let name = words.next()?.to_owned();
    let fields = words.filter_map(|word| {
        let (field, place) = word.split_once('=')?;
        let (outer, inner) = place.split_once('.').unwrap_or((place, "0"));
        Some(((outer.parse().ok()?, inner.parse().ok()?), field.to_owned()))
    });
    Some((name, fields.collect()))
}

fn broken() -> Refusal {
    Refusal::bad_request("the body is not protobuf of Kubernetes")
}

fn varint(bytes: &mut &[u8]) -> Answer<u64> {
    let mut value = 0_u64;
    for place in 0..10 {
        let (first, rest) = bytes.split_first().ok_or_else(broken)?;
        *bytes = rest;
        value |= u64::from(first & 0x7f) << (7 * place);
        if first & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(broken())
}

fn take<'a>(bytes: &mut &'a [u8], length: u64) -> Answer<&'a [u8]> {
    let length = usize::try_from(length).map_err(|_| broken())?;
    let (taken, rest) = bytes.split_at_checked(length).ok_or_else(broken)?;
    *bytes = rest;
    Ok(taken)
}

/// The fields of a message: numbers and values.
fn fields(mut bytes: &[u8]) -> Answer<Vec<(u64, Wire<'_>)>> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let tag = varint(&mut bytes)?;
        let value = match tag & 7 {
            0 => Wire::Number(varint(&mut bytes)?),
            1 => Wire::Bytes(take(&mut bytes, 8)?),
            2 => {
                let length = varint(&mut bytes)?;
                Wire::Bytes(take(&mut bytes, length)?)
            }
            5 => Wire::Bytes(take(&mut bytes, 4)?),
            _ => return Err(broken()),
        };
        fields.push((tag >> 3, value));
    }
    Ok(fields)
}

fn bytes_of(wire: Wire<'_>) -> Answer<&[u8]> {
    match wire {
        Wire::Bytes(bytes) => Ok(bytes),
        Wire::Number(_) => Err(broken()),
    }
}

fn text_of(wire: Wire<'_>) -> Answer<String> {
    String::from_utf8(bytes_of(wire)?.to_vec()).map_err(|_| broken())
}

/// The bytes of a field of a message, empty if it is not there.
fn part<'a>(message: &[(u64, Wire<'a>)], number: u64) -> Answer<&'a [u8]> {
    let found = message.iter().find(|(there, _)| *there == number);
    found.map_or(Ok(&[][..]), |(_, wire)| bytes_of(*wire))
}

/// Reads a body in the envelope of Kubernetes.
pub fn decode(body: &[u8]) -> Answer<Value> {
    let envelope = fields(body.strip_prefix(MAGIC).ok_or_else(broken)?)?;
    let kind = fields(part(&envelope, 1)?)?;
    let text = |number| part(&kind, number).and_then(|bytes| text_of(Wire::Bytes(bytes)));
    let (api_version, kind) = (text(1)?, text(2)?);
    if !part(&envelope, 3)?.is_empty() {
        return Err(Refusal::unsupported_media("application/json, application/yaml"));
    }
    let old_autoscaler = kind == "HorizontalPodAutoscaler" && api_version == "autoscaling/v1";
    let reader = Reader { kind: &kind, old_autoscaler };
    let mut object = reader.message(&kind, part(&envelope, 2)?)?;
    if let Some(object) = object.as_object_mut() {
        object.insert("apiVersion".to_owned(), json!(api_version));
        object.insert("kind".to_owned(), json!(kind));
    }
    Ok(object)
}

/// What is known of the object that is read.
struct Reader<'k> {
    kind: &'k str,
    old_autoscaler: bool,
}

impl Reader<'_> {
    fn not_read(&self, what: &str) -> Refusal {
        let message = format!("{what} of a {} is not read in protobuf: send the object as application/json", self.kind);
        Refusal::new(415, "UnsupportedMediaType", message)
    }

    fn message(&self, name: &str, bytes: &[u8]) -> Answer<Value> {
        let numbered = if self.old_autoscaler && name == "HorizontalPodAutoscalerSpec" {
            "HorizontalPodAutoscalerSpec/v1"
        } else {
            name
        };
        let (Some(structure), Some(numbers)) = (find(name), numbers(numbered)) else {
            return Err(self.not_read(name));
        };
        let mut object = Map::new();
        for (number, wire) in fields(bytes)? {
            if let Some(field) = numbers.get(&(number, 0)) {
                self.insert(name, structure, &mut object, field, wire)?;
            } else if numbers.keys().any(|(outer, _)| *outer == number) {
                for (inner, wire) in fields(bytes_of(wire)?)? {
                    match numbers.get(&(number, inner)) {
                        Some(field) => self.insert(name, structure, &mut object, field, wire)?,
                        None => return Err(self.not_read(&format!("the field {number}.{inner} of {name}"))),
                    }
                }
            } else if name != self.kind && name != "ObjectMeta" {
                return Err(self.not_read(&format!("the field {number} of {name}")));
            }
        }
        Ok(Value::Object(object))
    }

    fn insert(
        &self,
        name: &str,
        structure: &Structure,
        object: &mut Map<String, Value>,
        field: &str,
        wire: Wire<'_>,
    ) -> Answer<()> {
        let coded = matches!((name, field), ("Secret", "data") | ("ConfigMap", "binaryData"));
        match structure.field(field) {
            Some(Type::List(inner, _)) => {
                let list = object.entry(field.to_owned()).or_insert_with(|| json!([]));
                let Some(list) = list.as_array_mut() else { return Ok(()) };
                match (&**inner, wire) {
                    (Type::Integer, Wire::Bytes(mut packed)) => {
                        while !packed.is_empty() {
                            list.push(json!(varint(&mut packed)?.cast_signed()));
                        }
                    }
                    (inner, wire) => list.push(self.value(field, inner, wire)?),
                }
            }
            Some(Type::Map(inner)) => {
                let entry = fields(bytes_of(wire)?)?;
                let key = text_of(Wire::Bytes(part(&entry, 1)?))?;
                let value = part(&entry, 2)?;
                let value =
                    if coded { json!(STANDARD.encode(value)) } else { self.value(field, inner, Wire::Bytes(value))? };
                let map = object.entry(field.to_owned()).or_insert_with(|| json!({}));
                map[key] = value;
            }
            Some(kind) => {
                let value = self.value(field, kind, wire)?;
                if !is_unset(field, &value) {
                    object.insert(field.to_owned(), value);
                }
            }
            None => return Err(self.not_read(field)),
        }
        Ok(())
    }

    fn value(&self, field: &str, kind: &Type, wire: Wire<'_>) -> Answer<Value> {
        Ok(match (kind, wire) {
            (Type::Text, wire) => json!(text_of(wire)?),
            (Type::Boolean, Wire::Number(number)) => json!(number != 0),
            (Type::Integer, Wire::Number(number)) => json!(number.cast_signed()),
            (Type::Quantity, wire) => json!(text_of(Wire::Bytes(part(&fields(bytes_of(wire)?)?, 1)?))?),
            (Type::Time, wire) => time(bytes_of(wire)?)?,
            (Type::IntegerOrText, wire) => int_or_text(bytes_of(wire)?)?,
            (Type::Structure(name), wire) => self.message(name, bytes_of(wire)?)?,
            (Type::Any, Wire::Bytes([])) => Value::Null,
            (Type::Any | Type::Number | Type::Map(_) | Type::List(..), _) => return Err(self.not_read(field)),
            (Type::Boolean | Type::Integer, Wire::Bytes(_)) => return Err(broken()),
        })
    }
}

fn number_of(message: &[(u64, Wire<'_>)], number: u64) -> i64 {
    let found = message.iter().find(|(there, _)| *there == number);
    match found {
        Some((_, Wire::Number(value))) => value.cast_signed(),
        _ => 0,
    }
}

fn time(bytes: &[u8]) -> Answer<Value> {
    let parts = fields(bytes)?;
    if parts.is_empty() {
        return Ok(Value::Null);
    }
    let nanos = u32::try_from(number_of(&parts, 2)).map_err(|_| broken())?;
    let time = chrono::DateTime::from_timestamp(number_of(&parts, 1), nanos).ok_or_else(broken)?;
    let form = if nanos == 0 { "%Y-%m-%dT%H:%M:%SZ" } else { "%Y-%m-%dT%H:%M:%S%.6fZ" };
    Ok(json!(time.format(form).to_string()))
}

fn int_or_text(bytes: &[u8]) -> Answer<Value> {
    let parts = fields(bytes)?;
    // The first field says which of the others counts.
    Ok(match number_of(&parts, 1) {
        0 => json!(i32::try_from(number_of(&parts, 2)).map_err(|_| broken())?),
        _ => json!(text_of(Wire::Bytes(part(&parts, 3)?))?),
    })
}

/// Whether a value is only there because protobuf writes fields that are not set.
fn is_unset(field: &str, value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Bool(false) => !KEPT.contains(&field),
        Value::Number(number) => number.as_i64() == Some(0) && !KEPT.contains(&field),
        Value::Object(object) => object.is_empty() && matches!(field, "metadata" | "status" | "resources" | "strategy"),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
