//! What a server answers that does not simulate an operation, and one that has only what private clouds have.

use crate::support::{builder, connections_for, input_for};
use serde_json::json;
use std::collections::BTreeMap;
use wharf::ErrorKind;
use wharf_core::connection::CallOptions;
use wharf_core::model::Kept;
use wharf_core::operation::{Editions, Entry};
use wharf_server::{Coverage, Edition, Server, Unsimulated};

/// Calls the operation with every field set.
async fn call(server: &Server, entry: &'static Entry) -> Result<serde_json::Value, wharf::Error> {
    let [connection, _] = connections_for(server, entry);
    let mut output = Kept::new(entry.output());
    let input = input_for(server, entry, None);
    connection.execute(entry.meta, &*input, &CallOptions::default(), &mut output).await.map(|_| output.into_value())
}

/// How often each product gave a code.
type Codes = BTreeMap<(&'static str, String), usize>;

fn counted(codes: &Codes) -> Vec<(&str, &str, usize)> {
    codes.iter().map(|((product, code), count)| (*product, code.as_str(), *count)).collect()
}

#[tokio::test]
async fn what_is_not_simulated_is_refused_and_the_message_says_by_whom() {
    let server = builder().start().await.unwrap();
    let mut codes = Codes::new();
    let coverage = Coverage::of_this_server();
    let is_simulated = |entry: &Entry| {
        let mut versions = coverage.products.iter();
        let version = versions
            .find(|it| it.product == entry.meta.product && ["", it.version].contains(&entry.meta.version))
            .unwrap();
        !version.unsimulated.contains(&entry.meta.name)
    };
    for entry in wharf::operations().filter(|entry| entry.meta.editions == Editions::Public) {
        if is_simulated(entry) {
            continue;
        }
        let error = call(&server, entry).await.unwrap_err();
        let journal = server.journal().last().unwrap();
        assert!(!journal.acted && !journal.shaped, "{}", entry.meta.name);
        assert!(error.message().contains("reference server"), "{}: {error}", entry.meta.name);
        assert!(error.message().contains(entry.meta.name), "{}: {error}", entry.meta.name);
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{}: {error}", entry.meta.name);
        *codes.entry((entry.meta.product, error.code().unwrap().to_owned())).or_default() += 1;
    }
    let expected = [
        ("ack", "UnsupportedOperation", 66),
        ("cce", "APIGW.0101", 104),
        ("tcr", "UnsupportedOperation", 48),
        ("tke", "UnsupportedOperation", 97),
    ];
    assert_eq!(counted(&codes), expected);
}

#[tokio::test]
async fn a_private_cloud_has_no_operation_of_public_ones() {
    let server = builder().edition(Edition::Private).unsimulated(Unsimulated::Shaped).start().await.unwrap();
    let mut codes = Codes::new();
    for entry in wharf::operations() {
        let answer = call(&server, entry).await;
        let journal = server.journal().last().unwrap();
        if entry.meta.editions == Editions::Public {
            assert!(!journal.acted && !journal.shaped, "{}", entry.meta.name);
            let code = answer.unwrap_err().code().unwrap().to_owned();
            *codes.entry((entry.meta.product, code)).or_default() += 1;
        }
    }
    let expected = [
        ("ack", "InvalidApi.NotFound", 110),
        ("cce", "APIGW.0101", 145),
        ("tcr", "InvalidAction", 92),
        ("tke", "InvalidAction", 264),
    ];
    assert_eq!(counted(&codes), expected);
}

#[tokio::test]
async fn a_private_cloud_has_no_field_of_public_ones() {
    for (edition, expected) in [(Edition::All, None), (Edition::Private, Some("UnknownParameter"))] {
        let server = builder().edition(edition).start().await.unwrap();
        let cloud: wharf_core::Connection = crate::support::tke(&server).into();
        let entry = crate::answers::entry("tke", "DescribeClusters");
        let answer = cloud.call(entry, json!({"ClusterType": "MANAGED_CLUSTER"})).await;
        assert_eq!(answer.err().and_then(|error| error.code().map(str::to_owned)).as_deref(), expected);
    }
}

/// `max` and `values` of public fields are read from texts, which can be wrong.
#[tokio::test]
async fn a_number_or_a_value_that_no_text_lists_is_sent_and_accepted() {
    let server = crate::support::shaped_server().await;
    let cloud: wharf_core::Connection = crate::support::tke(&server).into();
    let ack: wharf_core::Connection = crate::support::ack_builder(&server).build().unwrap().into();
    for (connection, product, name, input) in [
        (&cloud, "tke", "DescribeEKSContainerInstances", json!({"Limit": 101})),
        (&ack, "ack", "DescribeEvents", json!({"type": "warm"})),
    ] {
        let answer = connection.call(crate::answers::entry(product, name), input).await;
        assert!(answer.is_ok(), "{name}: {answer:?}");
    }
    // tce:12874 states it for this one.
    let error = cloud.call(crate::answers::entry("tke", "DescribeClusters"), json!({"Limit": 101})).await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::InvalidInput, false), "{error}");
}
