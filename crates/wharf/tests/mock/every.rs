//! Every operation and every error code of every product, written by a mock and read by the client.

use serde_json::{Value, json};
use std::sync::Arc;
use wharf::CodeMeta;
use wharf::any::{self, CallOptions, Extras};
use wharf::model::{In, Model, Names, Place, to_value};
use wharf::operation::Entry;
use wharf::retry::RetryPolicy;
use wharf::testing::{Failure, Mock};

fn connect(product: &str, mock: &Mock) -> any::Connection {
    let mut options = json!({"credentials": {"id": "key", "secret": "planted"}, "region": region(product)});
    if product == "cce" {
        options["project_id"] = json!("p");
    }
    let mut extras = Extras::default();
    extras.transport = Some(Arc::new(mock.clone()));
    any::Connection::with_extras(product, &options, extras).unwrap()
}

fn region(product: &str) -> &'static str {
    match product {
        "ccs" => "gz",
        "cce" => "cn-north-4",
        "ack" | "sts" => "cn-beijing",
        _ => "ap-guangzhou",
    }
}

/// Sets every field, nested ones too. `text` is the value of texts.
fn fill(model: &mut dyn Model, text: &str, depth: usize) {
    for member in model.shape().members {
        if let Some((_, field)) = model.find(member.wire) {
            let text = if member.place == In::Header { "abc-1" } else { text };
            let own = member.fixed.unwrap_or(text);
            fill_place(field.place(), (text, own), member.range, member.max_length, depth);
        }
    }
}

fn fill_place(place: Place<'_>, text: (&str, &str), range: Option<(i64, i64)>, most: Option<usize>, depth: usize) {
    let number = range.map_or(1, |(min, max)| min.max(1).min(max));
    match place {
        Place::Text(place) if place.is_time() => place.set(MOMENT),
        Place::Text(place) => place.set(&text.1.chars().take(most.unwrap_or(usize::MAX)).collect::<String>()),
        Place::Int(place) => *place = number,
        Place::Uint(place) => *place = number.unsigned_abs(),
        Place::Float(place) => *place = 0.5,
        Place::Bool(place) => *place = true,
        Place::Json(place) => *place = json!({"member": "x"}),
        Place::JsonText(place) => *place = json!({"member": "x"}).into(),
        Place::Object(model) if depth > 0 => fill(model, text.0, depth - 1),
        Place::Object(_) => {}
        Place::List(list) => fill_place(list.push(), text, range, most, depth),
        Place::Map(map) => fill_place(map.entry("name"), text, range, most, depth),
    }
}

fn name(entry: &Entry) -> String {
    format!("{}:{}", entry.meta.version, entry.meta.name)
}

/// The moment that every time is, and the other forms in which documents show times.
const MOMENT: &str = "2026-01-02T03:04:05Z";
const OTHER_FORMS: [&str; 2] = ["2026-01-02 03:04:05 +0000 UTC", "2026-01-02 11:04:05"];

/// Replaces the forms of times, which differ from field to field.
fn with_one_form_of_times(value: Value) -> Value {
    match value {
        Value::String(text) if OTHER_FORMS.contains(&text.as_str()) => MOMENT.into(),
        Value::Array(items) => items.into_iter().map(with_one_form_of_times).collect(),
        Value::Object(members) => {
            members.into_iter().map(|(name, value)| (name, with_one_form_of_times(value))).collect()
        }
        other => other,
    }
}

/// Checks that an output is the same after it was written by a mock and read by the client.
async fn round_trip(entry: &'static Entry, input: &Value, output: &Value) -> Result<(), String> {
    let mock = Mock::new();
    let rule = mock.on_entry(entry).then(output).map_err(|error| error.to_string())?;
    let connection = connect(entry.meta.product, &mock);
    let response = connection.call_with_response(&name(entry), input.clone(), &CallOptions::default()).await;
    let response = response.map_err(|error| error.to_string())?;
    let read = with_one_form_of_times(response.output);
    if read != *output {
        return Err(format!("{read} is not {output}"));
    }
    if !response.problems.is_empty() || rule.inputs() != [input.clone()] {
        return Err(format!("{:?} {:?}", response.problems, rule.inputs()));
    }
    Ok(())
}

#[tokio::test]
async fn every_output_comes_back_whole() {
    let (mut count, mut wrong) = (0, Vec::new());
    for entry in wharf::operations() {
        let (mut input, mut output) = (entry.input(), entry.output());
        fill(&mut *input, "abc-1", 8);
        fill(&mut *output, "值-x", 8);
        let (input, output) = (to_value(&*input, Names::Wire), to_value(&*output, Names::Wire));
        if let Err(reason) = round_trip(entry, &input, &output).await {
            wrong.push(format!("{} {}: {reason}", entry.meta.product, name(entry)));
        }
        count += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= 222, "{count}");
}

#[tokio::test]
async fn every_documented_code_has_its_kind() {
    let products: [(&str, &str, Value, &[CodeMeta]); 6] = [
        ("tke", "DescribeClusters", json!({}), wharf::tke::CODES),
        ("tcr", "DescribeInstances", json!({}), wharf::tcr::CODES),
        ("ccs", "DescribeCluster", json!({}), wharf::ccs::CODES),
        ("cce", "ListClusters", json!({}), wharf::cce::CODES),
        ("ack", "DescribeClustersV1", json!({}), wharf::ack::CODES),
        ("sts", "AssumeRole", json!({"RoleArn": "r", "RoleSessionName": "s"}), wharf::sts::CODES),
    ];
    for (product, operation, input, codes) in products {
        assert!(!codes.is_empty());
        for code in codes {
            let mock = Mock::new();
            let rule = wharf::testing::by_name(&mock, product, operation).unwrap();
            rule.then_error(Failure::code(code.code, "no"));
            let options = CallOptions::default().with_retry(RetryPolicy::none());
            let error = connect(product, &mock).call_with(operation, input.clone(), &options).await.unwrap_err();
            assert_eq!((error.code(), error.kind()), (Some(code.code), code.kind), "{product}");
            assert_eq!((error.message(), error.is_retryable()), ("no", code.retryable), "{product} {}", code.code);
        }
    }
}
