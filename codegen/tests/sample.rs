//! The output for a small spec is committed in `sample/` and compiled here, so that a change of a template can be
//! reviewed as a diff. `cargo codegen --root codegen/tests/sample` writes it anew.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(dead_code, missing_docs, unused_imports, unreachable_pub, reason = "nobody calls the sample from outside")]

extern crate self as wharf_products;

#[path = "sample/crates/products/src/demo/generated/mod.rs"]
pub mod demo;

#[path = "sample/crates/cluster/src/demo/generated/mod.rs"]
mod cluster;

#[path = "sample/crates/node/src/demo/generated/mod.rs"]
mod node;

#[path = "sample/crates/products/src/gate/generated/mod.rs"]
pub mod gate;

#[path = "sample/crates/products/src/shop/generated/mod.rs"]
pub mod shop;

#[path = "sample/crates/cluster/src/shop/generated/mod.rs"]
mod counter;

#[path = "sample/crates/products/src/yard/generated/mod.rs"]
pub mod yard;

#[path = "sample/crates/cluster/src/yard/generated/mod.rs"]
mod old;

wharf_core::request_type!();

/// Hand-written parts of waiters.
pub mod waiters {
    use super::cluster::client::Client;
    use super::cluster::types::Thing;
    use std::fmt;
    use wharf_core::Error;
    use wharf_core::wait::{Listed, Verdict};

    #[derive(Debug, PartialEq)]
    pub struct ThingsProgress(usize);

    impl fmt::Display for ThingsProgress {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{} made", self.0)
        }
    }

    pub async fn things_made(
        _: &Client,
        addresses: &[String],
        _: bool,
        _: i64,
        _: &Listed,
    ) -> Result<(ThingsProgress, Verdict<Vec<Thing>>), Error> {
        Ok((ThingsProgress(addresses.len()), Verdict::Retry))
    }
}

use cluster::operations::{DescribeThings, DescribeThingsOutput, MakeThing};
use cluster::types::{Color, Label, Thing};
use counter::operations::{ListParts, ListPartsOutput, ListThings, ListThingsOutput, PutThing, PutThingOutput};
use demo::codes::{CODES, ErrorCode};
use wharf_core::model::json::{Mode, Style, read, to_string};
use wharf_core::model::{JsonText, check};
use wharf_core::operation::{Authorization, Entry, PageStyle};
use wharf_core::{Error, ErrorKind, Operation, Paginated};

fn thing() -> Thing {
    Thing::default()
        .ipv6_address("::1")
        .inner(|inner| inner.labels([Label::default().name("inside").secrets(["pl4nted"])]))
        .inner(|inner| inner.ipv6_address("::2"))
}

#[test]
fn requests_have_the_names_and_the_order_of_the_spec() {
    let input = MakeThing {
        owner_id: Some("o-1".into()),
        r#type: Some("box".into()),
        thing: Some(thing()),
        extra: Some(JsonText::from(Label::default().name("é"))),
        dry: Some(false),
        ..MakeThing::default()
    };
    let json = r#"{"OwnerId":"o-1","Type":"box","Thing":{"IPv6Address":"::1","Inner":{"IPv6Address":"::2","Labels":[{"Name":"inside","Secrets":["pl4nted"]}]}},"Extra":"{\"Name\":\"é\"}","Dry":false}"#;
    assert_eq!(to_string(&input, Style::Compact), json);
    assert!(check(&input).is_ok());
    assert!(!format!("{input:?}").contains("pl4nted"));

    let mut read_back = MakeThing::default();
    read(json.as_bytes(), &mut read_back, Mode::Strict).unwrap();
    assert!(read_back == input);
}

#[test]
fn bounds_are_checked() {
    let find = |input: DescribeThings| check(&input).unwrap_err().to_string();
    let many = vec![String::new(); 11];
    assert_eq!(
        find(DescribeThings { limit: Some(101), ..DescribeThings::default() }),
        "Limit is 101, allowed are 1 to 100"
    );
    assert_eq!(
        find(DescribeThings { thing_ids: Some(many), ..DescribeThings::default() }),
        "ThingIDs has 11 items, at most 10 are allowed"
    );
    let nameless = Thing::default().labels([Label::default()]);
    let input = MakeThing {
        owner_id: Some("o-1".into()),
        r#type: Some("a".repeat(17)),
        thing: Some(nameless),
        ..MakeThing::default()
    };
    assert_eq!(check(&input).unwrap_err().to_string(), "Type has 17 characters, at most 16 are allowed");
    let input = MakeThing { r#type: Some("a".into()), ..input };
    assert_eq!(check(&input).unwrap_err().to_string(), "Thing.Labels.0.Name is required");
}

#[test]
fn pages_are_found_inside_the_answer() {
    let mut output = DescribeThingsOutput::default();
    assert_eq!((DescribeThings::total(&output), DescribeThings::count(&output)), (None, 0));
    read(br#"{"Data":{"TotalCount":"7","Things":[{"IPv6Address":"::1"},{}]}}"#, &mut output, Mode::Lenient).unwrap();
    assert_eq!((DescribeThings::total(&output), DescribeThings::count(&output)), (Some(7), 2));
    assert_eq!(DescribeThings::items(output).unwrap()[0].ipv6_address.as_deref(), Some("::1"));

    let mut input = DescribeThings { offset: Some(-1), ..DescribeThings::default() };
    assert_eq!(input.window(), (None, None));
    input.set_window(40, 20);
    assert_eq!(input.window(), (Some(40), Some(20)));
}

#[test]
fn pages_are_counted_where_the_spec_says() {
    let paging = ListParts::META.paging.unwrap();
    assert_eq!((paging.style, paging.begin, paging.size), (PageStyle::Number, "page_num", "pageSize"));
    assert_eq!((paging.default, paging.total, paging.items), (10, &["page", "total"][..], &["parts"][..]));
    assert_eq!(DescribeThings::META.paging.unwrap().style, PageStyle::Offset);
    let mut input = ListParts { page_num: Some(2), page_size: Some(" 5".into()), ..ListParts::default() };
    assert_eq!(input.window(), (Some(2), Some(5)));
    input.page_size = Some("all".into());
    assert_eq!(input.window(), (Some(2), None));
    input.set_window(3, 7);
    assert_eq!((input.page_num, input.page_size.as_deref()), (Some(3), Some("7")));
    let mut output = ListPartsOutput::default();
    read(br#"{"parts":{"name":"a"},"page":{"total":9}}"#, &mut output, Mode::Lenient).unwrap();
    assert_eq!((ListParts::total(&output), ListParts::count(&output)), (Some(9), 1));
}

#[test]
fn lists_of_a_query_are_written_as_the_spec_says() {
    use wharf_core::model::{ListStyle, Model};
    let input = ListParts::default();
    let styles: Vec<_> = input.shape().members.iter().map(|member| member.style).collect();
    let repeat = ListStyle::Repeat;
    assert_eq!(styles, [repeat, repeat, repeat, repeat, ListStyle::Comma, ListStyle::Json]);
    assert_eq!((ListParts::META.authorization, ListParts::META.host), (Authorization::Signature, "shop"));
}

/// Operations that connections call themselves are in the crate of the connections.
#[test]
fn operations_can_live_beside_what_is_shared() {
    use gate::operations::{OpenGate, OpenGateOutput};
    let meta = OpenGate::META;
    assert_eq!((meta.service, meta.method, meta.path, meta.host), ("products", "POST", "/", "gate"));
    assert_eq!((meta.rate_limit, meta.region, meta.version), (0, false, "2015-04-01"));
    assert_eq!(gate::table::OPERATIONS.len(), 1);
    let _: fn(&gate::client::Client) -> Request<OpenGate> = |client| client.open_gate("key").way(gate::types::Way::In);
    assert_eq!(OpenGateOutput { ticket: gate::types::Ticket { number: 3 }, ..Default::default() }.ticket.number, 3);
    assert_eq!(gate::codes::ErrorCode::NoPermission.kind(), ErrorKind::PermissionDenied);
}

#[test]
fn facts_are_those_of_the_spec() {
    let meta = MakeThing::META;
    assert_eq!((meta.product, meta.service, meta.name, meta.rate_limit), ("demo", "cluster", "MakeThing", 5));
    assert!(!meta.idempotent && !meta.region && meta.paging.is_none());
    let tables: [&[Entry]; 2] = [&cluster::table::OPERATIONS, &node::table::OPERATIONS];
    let tables = tables.concat();
    let names: Vec<_> = tables.iter().map(|entry| (entry.meta.service, entry.meta.name)).collect();
    assert_eq!(names, [("cluster", "DescribeThings"), ("cluster", "MakeThing"), ("node", "DeleteThing")]);
    assert_eq!(Color::VALUES, ["dark-red", "RAL_5010"]);
}

/// The methods have the types of the spec; their behaviour is tested with the products.
#[test]
fn waiters_are_methods_of_the_client() {
    use cluster::client::Client;
    use wharf_core::wait::Waiter;
    let _: fn(&Client) -> Waiter<Thing, Color> = |client| client.wait_until_thing_painted("::1");
    let _: fn(&Client) -> Waiter<(), Color> = |client| client.wait_until_thing_deleted("::1");
    let _: fn(&Client) -> Waiter<Vec<Thing>, waiters::ThingsProgress> =
        |client| client.wait_until_things_made(["::1", "::2"], true, 3);
}

#[test]
fn codes_tell_what_they_mean() {
    assert!(CODES.is_sorted_by_key(|meta| meta.code));
    let error = Error::service(ErrorKind::NotFound, "ResourceNotFound.Thing", "gone");
    let code = ErrorCode::of(&error).unwrap();
    assert_eq!(
        (&code, code.kind(), code.is_retryable()),
        (&ErrorCode::ResourceNotFoundThing, ErrorKind::NotFound, false)
    );
    assert!(ErrorCode::from("RequestLimitExceeded").is_retryable());
    let new = ErrorCode::from("Brand.New");
    assert_eq!((new.as_str(), new.kind(), new.is_retryable()), ("Brand.New", ErrorKind::Other, false));
    assert!(ErrorCode::of(&Error::new(ErrorKind::TimedOut, "late")).is_none());
}

#[test]
fn members_travel_where_the_spec_says() {
    use wharf_core::model::{In, Model};
    let part = |name: &str| counter::types::Part::default().name(name);
    let notes = counter::types::Notes::default().shop_notes_parts(vec![part("a"), part("b")]).size(2);
    let values = counter::types::Values::default().part(|_| part("c")).open(true);
    let thing = counter::types::Thing::default()
        .cluster_id("c-1")
        .notes(notes)
        .values(values)
        .names([("en", ["thing".to_owned()])])
        .any(serde_json::json!([1]));
    let input =
        PutThing { name: Some("n".into()), owner_id: Some("o".into()), spec: Some(thing), ..Default::default() };
    assert!(check(&input).is_ok(), "the project, the kind and the cluster are known without the caller");
    let json = r#"{"kind":"Thing","spec":{"clusterID":"c-1","notes":{"shop.notes/parts":"[{\"name\":\"a\"},{\"name\":\"b\"}]","size":"2"},"values":{"open":true,"part":{"name":"c"}},"names":{"en":["thing"]},"any":[1]}}"#;
    assert_eq!(to_string(&input, Style::Compact), json);
    assert!(format!("{input:?}").contains("[hidden]"));
    let places = |model: &dyn Model| -> Vec<_> {
        model.shape().members.iter().map(|member| (member.wire, member.place)).collect()
    };
    let expected = [
        ("project_id", In::Path),
        ("name", In::Path),
        ("cluster_id", In::Host),
        ("owner_id", In::Query),
        ("X-Trace", In::Header),
        ("kind", In::Body),
        ("spec", In::Body),
    ];
    assert_eq!(places(&input), expected);
    assert_eq!(places(&PutThingOutput::default())[0], ("X-Token", In::Header));
    assert!(ListThingsOutput::default().shape().members[0].payload);

    let aliased = br#"{"clusterId":"c-2"}"#;
    let mut thing = counter::types::Thing::default();
    read(aliased, &mut thing, Mode::Strict).unwrap();
    assert_eq!(to_string(&thing, Style::Compact), r#"{"clusterID":"c-2"}"#);
}

#[test]
fn facts_of_a_path_are_those_of_the_spec() {
    let meta = PutThing::META;
    assert_eq!((meta.method, meta.path), ("PUT", "/v1/projects/{project_id}/things/{name}"));
    assert_eq!((meta.host, meta.job, meta.rate_limit), ("cluster", Some("status.job"), 0));
    assert_eq!((meta.authorization, meta.region), (Authorization::Policy, false));
    assert_eq!((ListThings::META.authorization, ListThings::META.host), (Authorization::Anonymous, "iam"));
    let mut output = PutThingOutput::default();
    assert_eq!(output.job_id(), None);
    read(br#"{"status":{"job":"j-1"}}"#, &mut output, Mode::Lenient).unwrap();
    assert_eq!(output.job_id(), Some("j-1"));
    let _: fn(&counter::client::Client) -> Request<PutThing> = |client| client.put_thing("name", "owner");
}

#[test]
fn api_2_0_has_hosts_one_path_and_numbers_for_codes() {
    use old::operations::{CopyThing, ListThings};
    let (copy, list) = (CopyThing::META, ListThings::META);
    assert_eq!((copy.host, copy.path, copy.method, copy.rate_limit), ("depot", "/v2/index.php", "POST", 0));
    assert_eq!((list.host, list.path, list.region), ("yard", "/v2/index.php", true));
    let parts = vec![old::types::Part::default().part_name("a")];
    let input = CopyThing { src_thing: Some("b".into()), parts: Some(parts) };
    let flat = wharf_core::model::flat::flatten(&input).unwrap();
    let names: Vec<_> = flat.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["src_thing", "parts.0.partName"]);
    assert_eq!(yard::codes::ErrorCode::from("-502"), yard::codes::ErrorCode::CodeMinus502);
    assert_eq!(yard::codes::ErrorCode::Code4100.as_str(), "4100");
    let gone = "OperationDenied.Gone";
    assert_eq!(yard::codes::NUMBERS, [(-503, gone), (-502, "-502"), (503, gone)]);
    assert!(yard::codes::CODES.is_sorted_by_key(|meta| meta.code));
}
