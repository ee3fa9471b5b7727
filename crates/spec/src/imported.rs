//! What an import describes: only facts. The texts that every description has are made from them.

use crate::file::{Additions, Edition, Field, Protocol};
use crate::load::is_imported;
use crate::model::Product;
use crate::naming;

/// Where the facts of an import come from. `specs/imports.lock` has the package.
const SOURCE: &str = "sdk";

/// Adds fields to the hand-written operations and structures.
pub(crate) fn add(product: &mut Product, additions: Additions, mut report: impl FnMut(String, String)) {
    for (name, added) in additions.operations {
        let found = product.operations.iter_mut().find(|operation| operation.name == name);
        let Some(operation) = found.filter(|operation| !is_imported(&operation.file)) else {
            report(format!("operation {name}"), "is not described by hand".to_owned());
            continue;
        };
        operation.spec.editions = Some(vec![Edition::Private, Edition::Public]);
        append(&mut operation.spec.input, added.input);
        append(&mut operation.spec.output, added.output);
    }
    for (name, fields) in additions.shapes {
        match product.shapes.iter_mut().find(|shape| shape.name == name) {
            Some(shape) => append(&mut shape.spec.fields, fields),
            None => report(format!("shape {name}"), "is not described by hand".to_owned()),
        }
    }
}

fn append(fields: &mut Vec<Field>, added: Vec<Field>) {
    fields.extend(added.into_iter().map(|field| Field { editions: Some(vec![Edition::Public]), ..field }));
}

/// Gives imported items their texts and editions, and the hand-written operations of the product their edition.
pub(crate) fn complete(product: &mut Product) {
    let imported = product.operations.iter().any(|operation| is_imported(&operation.file));
    let (name, version, protocol) = (product.name.clone(), product.version.clone(), product.protocol);
    for operation in &mut product.operations {
        let spec = &mut operation.spec;
        if is_imported(&operation.file) {
            spec.editions = Some(vec![Edition::Public]);
            spec.link = Some(link(protocol, &name, &version, &operation.name));
            (spec.doc, spec.source) = (described(&operation.name), SOURCE.to_owned());
            if spec.path.is_some() && spec.success.is_empty() {
                // The packages do not say which status of success it is.
                spec.success.push(200);
            }
        } else if imported && spec.editions.is_none() {
            spec.editions = Some(vec![Edition::Private]);
        }
        spec.input.iter_mut().chain(&mut spec.output).for_each(complete_field);
    }
    for shape in &mut product.shapes {
        if is_imported(&shape.file) {
            (shape.spec.doc, shape.spec.source) = (phrase(&shape.name), SOURCE.to_owned());
        }
        shape.spec.fields.iter_mut().for_each(complete_field);
    }
    for error in product.errors.iter_mut().filter(|error| is_imported(&error.file)) {
        let name = error.name.rsplit('.').next().unwrap_or(&error.name);
        (error.spec.doc, error.spec.source) = (phrase(name), SOURCE.to_owned());
    }
    for enumeration in product.enums.iter_mut().filter(|each| is_imported(&each.file)) {
        (enumeration.spec.doc, enumeration.spec.source) = (phrase(&enumeration.name), SOURCE.to_owned());
        for value in &mut enumeration.spec.values {
            value.doc = phrase(&value.value);
        }
    }
}

/// A field without a text is one that an import has described.
fn complete_field(field: &mut Field) {
    if field.doc.is_empty() && field.source.is_empty() {
        (field.doc, field.source) = (phrase(&field.name), SOURCE.to_owned());
    }
}

/// The page of the vendor about an operation: pages can be addressed by name.
fn link(protocol: Protocol, product: &str, version: &str, operation: &str) -> String {
    match (protocol, product) {
        (Protocol::Rest, "cce") => {
            format!("https://console.huaweicloud.com/apiexplorer/#/openapi/CCE/doc?api={operation}")
        }
        (Protocol::Rest | Protocol::AcsRpc, _) => format!("https://api.aliyun.com/document/CS/{version}/{operation}"),
        _ => format!(
            "https://console.cloud.tencent.com/api/explorer?Product={product}&Version={version}&Action={operation}"
        ),
    }
}

/// Verbs whose third person is not the verb and an `s`.
const VERBS: [(&str, &str); 6] = [
    ("apply", "applies"),
    ("attach", "attaches"),
    ("detach", "detaches"),
    ("modify", "modifies"),
    ("query", "queries"),
    ("switch", "switches"),
];

/// The name of an operation as a sentence: `CreatePrometheusTemp` is `Creates: Prometheus temp`.
fn described(name: &str) -> String {
    let phrase = phrase(name);
    let (verb, rest) = phrase.split_once(' ').unwrap_or((&phrase, ""));
    let verb = verb.to_lowercase();
    let known = VERBS.iter().find(|(known, _)| *known == verb).map(|(_, third)| (*third).to_owned());
    let third = known.unwrap_or_else(|| format!("{verb}s"));
    let mut letters = third.chars();
    let first: String = letters.next().map(|first| first.to_ascii_uppercase()).into_iter().collect();
    format!("{first}{} {rest}.", letters.as_str()).replace(" .", ".")
}

/// Words of names that are written in their own way.
const WORDS: [(&str, &str); 26] = [
    ("api", "API"),
    ("as", "scaling group"),
    ("cam", "CAM"),
    ("cidr", "CIDR"),
    ("cls", "CLS"),
    ("cpu", "CPU"),
    ("cvm", "CVM"),
    ("dns", "DNS"),
    ("ecm", "ECM"),
    ("eks", "EKS"),
    ("gc", "GC"),
    ("gpu", "GPU"),
    ("id", "ID"),
    ("ids", "IDs"),
    ("ip", "IP"),
    ("ipamd", "IPAMD"),
    ("kubernetes", "Kubernetes"),
    ("mem", "memory"),
    ("os", "OS"),
    ("prometheus", "Prometheus"),
    ("ram", "RAM"),
    ("ri", "reserved instance"),
    ("tke", "TKE"),
    ("url", "URL"),
    ("vip", "VIP"),
    ("vpc", "VPC"),
];

/// A name as words, the first with a capital letter: `ClusterCIDRSettings` is `Cluster CIDR settings`.
fn phrase(name: &str) -> String {
    let snake = naming::field(name);
    let words = snake.trim_start_matches("r#").split('_').filter(|word| !word.is_empty());
    let words = words.map(|word| WORDS.iter().find(|(known, _)| *known == word).map_or(word, |(_, written)| written));
    let text = words.collect::<Vec<_>>().join(" ");
    let mut letters = text.chars();
    let first: String = letters.next().map(|first| first.to_ascii_uppercase()).into_iter().collect();
    format!("{first}{}", letters.as_str())
}
