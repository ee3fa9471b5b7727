//! The drivers that generated structures meet the wire through.
#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};
use wharf_core::model::json::{Mode, Style, read, read_value, to_string};
use wharf_core::model::{JsonText, Secret, TimeForm, Timestamp, check, flat};

wharf_core::text_enum! {
    /// A state.
    pub enum State {
        /// It works.
        Running = "Running",
    }
}

#[derive(Clone, Default, PartialEq)]
struct Part {
    name: Option<String>,
    parts: Option<Vec<Part>>,
}

wharf_core::model! {
    Part = "Part" {
        name = "Name".required();
        parts = "Parts";
    }
}

#[derive(Clone, Default, PartialEq)]
struct Whole {
    id: Option<String>,
    count: Option<i64>,
    size: Option<u64>,
    ratio: Option<f64>,
    on: Option<bool>,
    state: Option<State>,
    password: Option<Secret>,
    passwords: Option<Vec<Secret>>,
    made: Option<Timestamp>,
    document: Option<JsonText>,
    any: Option<Value>,
    part: Option<Part>,
    parts: Option<Vec<Part>>,
    names: Vec<String>,
    number: u64,
}

wharf_core::model! {
    Whole = "Whole" {
        id = "Id".required().max_length(8);
        count = "Count".range(1, 100);
        size = "Size".range(0, i64::MAX);
        ratio = "Ratio";
        on = "On";
        state = "State";
        password = "Password".sensitive();
        passwords = "Passwords".sensitive();
        made = "Made";
        document = "Document".sensitive();
        any = "Any";
        part = "Part";
        parts = "Parts".max_items(2);
        names = "Names";
        number = "Number";
    }
}

fn lenient(value: Value) -> Whole {
    let mut whole = Whole::default();
    read(value.to_string().as_bytes(), &mut whole, Mode::Lenient).unwrap();
    whole
}

fn problem(value: Value, mode: Mode) -> String {
    let mut whole = Whole::default();
    let bytes = read(value.to_string().as_bytes(), &mut whole, mode).unwrap_err().to_string();
    let values = read_value(&value, &mut Whole::default(), mode).unwrap_err().to_string();
    assert_eq!(bytes, values, "the two readers agree");
    bytes
}

#[test]
fn everything_survives_the_way_out_and_back() {
    let whole = Whole {
        id: Some("a\"é😀\n".into()),
        count: Some(-3),
        size: Some(u64::MAX),
        ratio: Some(0.5),
        on: Some(false),
        state: Some("Moving".into()),
        password: Some("p".into()),
        passwords: Some(vec!["q".into()]),
        made: Some("2024-10-18T10:38:36Z".into()),
        document: Some(json!({"a": [1]}).into()),
        any: Some(json!({"x": [null, {"y": 1.5}]})),
        part: Some(Part { name: Some("n".into()), parts: None }),
        parts: Some(vec![Part::default(), Part { name: None, parts: Some(vec![Part::default()]) }]),
        names: vec!["一".into(), String::new()],
        number: 7,
    };
    for style in [Style::Compact, Style::SpacedAscii] {
        let mut back = Whole::default();
        read(to_string(&whole, style).as_bytes(), &mut back, Mode::Strict).unwrap();
        assert!(back == whole, "{style:?}");
    }
}

#[test]
fn spaced_ascii_is_what_python_writes() {
    let whole = Whole {
        id: Some("é😀/\u{7f}\u{1f}".into()),
        count: Some(1),
        names: vec!["a".into(), "b".into()],
        ..Whole::default()
    };
    assert_eq!(
        to_string(&whole, Style::SpacedAscii),
        "{\"Id\": \"\\u00e9\\ud83d\\ude00/\\u007f\\u001f\", \"Count\": 1, \"Names\": [\"a\", \"b\"], \"Number\": 0}"
    );
    assert_eq!(to_string(&Part::default(), Style::SpacedAscii), "{}");
}

#[test]
fn answers_are_read_leniently() {
    let whole = lenient(json!({
        "Id": 12, "Count": "34", "Size": 5.0, "Ratio": "0.25", "On": "TRUE", "State": "Running",
        "Unknown": {"deep": [1, {"x": null}]}, "Part": null, "Parts": {"Name": "one"}, "Names": "single", "Number": null,
        "Document": {"a": 1}, "Made": 1_700_000_000,
    }));
    assert_eq!(whole.id.as_deref(), Some("12"));
    assert_eq!((whole.count, whole.size, whole.ratio, whole.on), (Some(34), Some(5), Some(0.25), Some(true)));
    assert_eq!(whole.state, Some(State::Running));
    assert!(whole.part.is_none());
    assert_eq!(whole.parts.unwrap().len(), 1);
    assert_eq!(whole.names, ["single"]);
    assert_eq!(whole.number, 0);
    assert_eq!(whole.document.unwrap().as_str(), r#"{"a":1}"#);
    assert!(whole.made.unwrap().parse().is_some());
}

#[test]
fn a_missing_thing_written_as_an_empty_string_is_absent_not_an_error() {
    let whole = lenient(json!({"Part": "", "Parts": "", "Names": ""}));
    assert_eq!(whole.names.len(), 0);
    assert_eq!(whole.parts.unwrap_or_default().len(), 0);
}

#[test]
fn a_document_where_a_text_is_due_is_kept_as_its_text() {
    let whole = lenient(json!({"Id": [{"a": 1}], "State": {"b": null}}));
    assert_eq!(whole.id.as_deref(), Some(r#"[{"a":1}]"#));
    assert_eq!(whole.state.unwrap().as_str(), r#"{"b":null}"#);
}

#[test]
fn what_does_not_fit_is_named_with_the_way_to_it() {
    for (value, mode, expected) in [
        (json!({"Count": "many"}), Mode::Lenient, "Count must be an integer, not a string"),
        (json!({"Size": -1}), Mode::Lenient, "Size must be an integer that is not negative, not a negative number"),
        (json!({"Count": 1.5}), Mode::Lenient, "Count must be an integer, not a number with a fraction"),
        (
            json!({"Parts": [{"Name": "a"}, {"Parts": [{"Name": []}]}]}),
            Mode::Strict,
            "Parts.1.Parts.0.Name must be a string, not a list",
        ),
        (json!({"Part": {"Nmae": "x"}}), Mode::Strict, "Part.Nmae is not a field of this operation"),
        (json!({"Count": "34"}), Mode::Strict, "Count must be an integer, not a string"),
        (json!({"Id": 3}), Mode::Strict, "Id must be a string, not a number"),
        (json!({"Parts": {}}), Mode::Strict, "Parts must be a list, not an object"),
        (json!([1]), Mode::Lenient, "the document must be an object, not a list"),
    ] {
        assert_eq!(problem(value, mode), expected);
    }
}

#[test]
fn values_never_appear_in_a_problem() {
    let said = problem(json!({"Count": "s3cret"}), Mode::Strict);
    assert!(!said.contains("s3cret"), "{said}");
}

#[test]
fn broken_json_is_an_error_and_never_a_panic() {
    let text = br#"{"Id": "a", "Parts": [{"Name": "b"}], "Any": {"x": 1}}"#;
    for end in 0..text.len() {
        assert!(read(&text[..end], &mut Whole::default(), Mode::Lenient).is_err(), "cut at {end}");
    }
    assert!(read(b"{} x", &mut Whole::default(), Mode::Lenient).is_err());
    let deep = "[".repeat(100_000);
    assert!(read(deep.as_bytes(), &mut Whole::default(), Mode::Lenient).is_err());
    let nested = format!("{}{}", r#"{"Parts":["#.repeat(5_000), "]}".repeat(5_000));
    assert!(read(nested.as_bytes(), &mut Whole::default(), Mode::Lenient).is_err(), "depth is bounded");
}

#[test]
fn mangled_json_never_panics() {
    let text = json!({
        "Id": "a", "Count": 3, "Size": 4, "Ratio": 0.5, "On": true, "State": "Running", "Any": {"x": [1, null]},
        "Document": {"a": 1}, "Part": {"Name": "n"}, "Parts": [{"Name": "b", "Parts": [{}]}], "Names": ["é", "x"],
    })
    .to_string()
    .into_bytes();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |below: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize % below
    };
    const LETTERS: &[u8] = b"{}[]\",:09-.etn\\ \xff";
    let mut read_well = 0;
    for _ in 0..20_000 {
        let mut mangled = text.clone();
        for _ in 0..=next(3) {
            let at = next(mangled.len());
            match next(4) {
                0 => mangled[at] = LETTERS[next(LETTERS.len())],
                1 if mangled.len() > 8 => drop(mangled.remove(at)),
                2 => mangled.insert(at, LETTERS[next(LETTERS.len())]),
                _ => mangled.truncate(at.max(8)),
            }
        }
        for mode in [Mode::Lenient, Mode::Strict] {
            read_well += usize::from(read(&mangled, &mut Whole::default(), mode).is_ok());
        }
    }
    assert!(read_well > 0, "some of it is still good");
}

#[test]
fn flattened_names_count_from_zero() {
    let whole = Whole {
        on: Some(true),
        parts: Some(vec![Part { name: Some("a b".into()), parts: Some(vec![]) }, Part::default()]),
        names: vec!["x".into(), "é".into()],
        ..Whole::default()
    };
    let pairs = flat::flatten(&whole);
    let names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["On", "Parts.0.Name", "Names.0", "Names.1", "Number"]);
    assert_eq!(pairs[1].1, "a b");
}

#[test]
fn broken_rules_are_found_before_sending() {
    let good = Whole { id: Some("x".into()), ..Whole::default() };
    assert_eq!(check(&good), Ok(()));
    let part = Part { name: Some("n".into()), parts: None };
    for (broken, expected) in [
        (Whole { id: None, ..good.clone() }, "Id is required"),
        (Whole { id: Some(String::new()), ..good.clone() }, "Id is required and must not be empty"),
        (Whole { id: Some("123456789".into()), ..good.clone() }, "Id has 9 characters, at most 8 are allowed"),
        (Whole { count: Some(0), ..good.clone() }, "Count is 0, allowed are 1 to 100"),
        (Whole { count: Some(101), ..good.clone() }, "Count is 101, allowed are 1 to 100"),
        (Whole { parts: Some(vec![part.clone(), Part::default()]), ..good.clone() }, "Parts.1.Name is required"),
        (Whole { parts: Some(vec![part.clone(); 3]), ..good.clone() }, "Parts has 3 items, at most 2 are allowed"),
        (Whole { part: Some(Part::default()), ..good.clone() }, "Part.Name is required"),
    ] {
        assert_eq!(check(&broken).unwrap_err().to_string(), expected);
    }
}

#[test]
fn debug_shows_what_is_there_and_no_secret() {
    let whole = Whole {
        id: Some("i".into()),
        password: Some("hunter2".into()),
        passwords: Some(vec!["hunter3".into()]),
        document: Some("{\"Password\":\"hunter4\"}".into()),
        ..Whole::default()
    };
    let shown = format!("{whole:?} {whole:#?} {:?} {}", Secret::from("hunter5"), Secret::from("hunter6"));
    assert!(!shown.contains("hunter"), "{shown}");
    assert!(shown.contains("Id: \"i\"") && shown.contains("[hidden]") && !shown.contains("Count"));
}

#[test]
fn times_in_every_format_on_the_wire() {
    use std::time::{Duration, UNIX_EPOCH};
    let expected = UNIX_EPOCH + Duration::from_secs(1_729_247_916);
    for text in [
        "2024-10-18T10:38:36Z",
        "2024-10-18T18:38:36+08:00",
        "2024-10-18 10:38:36",
        "2024-10-18 10:38:36 +0000 UTC",
        "2024-10-18 18:38:36 +0800 CST",
        "1729247916",
    ] {
        assert_eq!(Timestamp::from(text).parse(), Some(expected), "{text}");
    }
    let fine = Timestamp::from("2018-08-02 08:12:40.672772389 +0000 UTC").parse().unwrap();
    assert_eq!(fine.duration_since(UNIX_EPOCH).unwrap(), Duration::new(1_533_197_560, 672_772_389));
    assert_eq!(Timestamp::from("soon").parse(), None);
    let instant = Timestamp::from("2017-03-28T06:10:00Z").parse().unwrap();
    let local = Timestamp::local(instant, 28_800).unwrap();
    assert_eq!((local.as_str(), local.parse_local(28_800)), ("2017-03-28 14:10:00", Some(instant)));
    assert_eq!(Timestamp::local(std::time::UNIX_EPOCH - std::time::Duration::from_secs(1), 0), None);
    assert_eq!((Timestamp::local(instant, i32::MAX), local.parse_local(i32::MAX)), (None, None));
    assert_eq!(Timestamp::from("").parse_local(0), None);
    assert_eq!(Timestamp::from("2017-03-28T06:10:00+08:00").parse_local(0), None, "it has a zone");
    let before = std::time::UNIX_EPOCH - Duration::from_secs(1);
    assert_eq!(Timestamp::from(before).as_str(), "1969-12-31T23:59:59Z");
    assert_eq!(Timestamp::from(expected).as_str(), "2024-10-18T10:38:36Z");
}

#[test]
fn a_json_document_is_given_as_structure_value_or_text() {
    let part = Part { name: Some("n".into()), parts: None };
    assert_eq!(JsonText::from(part).as_str(), r#"{"Name":"n"}"#);
    assert_eq!(JsonText::from(json!({"Name": "n"})).as_str(), r#"{"Name":"n"}"#);
    assert_eq!(JsonText::from(" raw ").as_str(), " raw ");
    assert_eq!(JsonText::serialize(&[1, 2]).unwrap().as_str(), "[1,2]");
    assert_eq!(JsonText::from("{").parse().unwrap_err().kind(), wharf_core::ErrorKind::Decode);
}

#[derive(Clone, Default, PartialEq)]
struct Rest {
    id: Option<String>,
    kind: Option<String>,
    labels: Option<std::collections::BTreeMap<String, String>>,
    parts: std::collections::BTreeMap<String, Part>,
    size: Option<i64>,
}

wharf_core::model! {
    Rest = "Rest" {
        id = "id".required().place(wharf_core::model::In::Path);
        kind = "kind".required().fixed("Rest");
        labels = "labels";
        parts = "parts";
        size = "size" | "volumeSize" | "volume_size";
    }
}

#[derive(Clone, Default, PartialEq)]
struct Whole2 {
    items: Option<Vec<String>>,
}

wharf_core::model! {
    Whole2 = "Whole2" {
        items = "items".payload();
    }
}

#[test]
fn bodies_hold_maps_and_fixed_values_and_nothing_that_travels_elsewhere() {
    let mut rest = Rest { id: Some("1".into()), ..Rest::default() };
    rest.labels = Some([("b".to_owned(), "2".to_owned()), ("a/é".to_owned(), "1".to_owned())].into());
    rest.parts.insert("p".into(), Part { name: Some("n".into()), parts: None });
    assert_eq!(check(&rest), Ok(()));
    let text = to_string(&rest, Style::Compact);
    assert_eq!(text, r#"{"kind":"Rest","labels":{"a/é":"1","b":"2"},"parts":{"p":{"Name":"n"}}}"#);
    let mut back = Rest::default();
    read(text.as_bytes(), &mut back, Mode::Strict).unwrap();
    assert!(back.labels == rest.labels && back.parts == rest.parts);
    assert_eq!(back.kind.as_deref(), Some("Rest"));
    rest.parts.insert("q".into(), Part::default());
    assert_eq!(check(&rest).unwrap_err().to_string(), "parts.q.Name is required");
    let shown = format!("{back:?}");
    assert!(shown.contains(r#""a/é": "1""#), "{shown}");
    let whole = Whole2 { items: Some(vec!["x".into()]) };
    assert_eq!(to_string(&whole, Style::Compact), r#"["x"]"#);
}

#[test]
fn other_spellings_are_read_and_never_written() {
    for name in ["size", "volumeSize", "volume_size"] {
        let mut rest = Rest::default();
        read(format!(r#"{{"{name}": 4, "parts": {{"a": null}}}}"#).as_bytes(), &mut rest, Mode::Strict).unwrap();
        assert_eq!(rest.size, Some(4));
        assert!(rest.parts.is_empty());
        assert_eq!(to_string(&rest, Style::Compact), r#"{"kind":"Rest","parts":{},"size":4}"#);
    }
    let error = read(br#"{"volumeSize": "x"}"#, &mut Rest::default(), Mode::Strict).unwrap_err();
    assert_eq!(error.to_string(), "size must be an integer, not a string");
}

#[cfg(feature = "serde")]
#[test]
fn serde_writes_and_reads_wire_names() {
    let whole = Whole { id: Some("i".into()), names: vec!["n".into()], ..Whole::default() };
    let value = serde_json::to_value(&whole).unwrap();
    assert_eq!(value, json!({"Id": "i", "Names": ["n"], "Number": 0}));
    let back: Whole = serde_json::from_value(value).unwrap();
    assert!(back == whole);
}

#[derive(Clone, Default, PartialEq)]
struct Window {
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    printed: Option<Timestamp>,
}

wharf_core::model! {
    Window = "Window" {
        from = "From" .time(TimeForm::China);
        until = "Until" .time(TimeForm::Utc);
        printed = "Printed" .time(TimeForm::Go);
    }
}

/// The forms are those of ccs:6611 (`2017-03-28 14:10:00`), tce:14021 (YYYY-MM-DDThh:mm:ssZ) and cce:1069.
#[test]
fn each_field_writes_times_in_its_form_and_zone_and_reads_times_without_a_zone_in_it() {
    let wanted = [
        ("From", "2017-03-28 14:10:00"),
        ("Until", "2017-03-28T06:10:00Z"),
        ("Printed", "2017-03-28 06:10:00 +0000 UTC"),
    ];
    let instant = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_490_681_400);
    let mut given: Vec<Timestamp> = vec![instant.into()];
    given.extend(
        [
            "2017-03-28T06:10:00Z",
            "2017-03-28T14:10:00+08:00",
            "2017-03-28T01:40:00.25-04:30",
            "2017-03-28 06:10:00.5 +0000 UTC",
            "2017-03-28 14:10:00 +0800 CST",
            "1490681400",
        ]
        .map(Timestamp::from),
    );
    for time in given {
        let window = Window { from: Some(time.clone()), until: Some(time.clone()), printed: Some(time.clone()) };
        let flat = flat::flatten(&window);
        let body: Value = serde_json::from_str(&to_string(&window, Style::Compact)).unwrap();
        for (at, (name, text)) in wanted.iter().enumerate() {
            assert_eq!(flat[at], ((*name).to_owned(), (*text).to_owned()), "{time}");
            assert_eq!(body[name], *text, "{time}");
        }
        assert_eq!(check(&window), Ok(()));
    }

    // Without a zone it is one of the field's.
    for (text, from, until) in [
        ("2017-03-28 14:10:00", "2017-03-28 14:10:00", "2017-03-28T14:10:00Z"),
        ("2017-03-28T14:10", "2017-03-28 14:10:00", "2017-03-28T14:10:00Z"),
        ("2017-03-28", "2017-03-28 00:00:00", "2017-03-28T00:00:00Z"),
    ] {
        let window = Window { from: Some(text.into()), until: Some(text.into()), printed: None };
        let flat = flat::flatten(&window);
        assert_eq!((flat[0].1.as_str(), flat[1].1.as_str()), (from, until));
    }
    let mut read = Window::default();
    let answer = br#"{"From": "2017-03-28 14:10:00", "Until": "2017-03-28 06:10:00", "Printed": null}"#;
    wharf_core::model::json::read(answer, &mut read, Mode::Lenient).unwrap();
    let instant = Some(instant);
    assert_eq!(read.from.as_ref().map(Timestamp::as_str), Some("2017-03-28 14:10:00"));
    assert_eq!((read.from.unwrap().parse(), read.until.unwrap().parse()), (instant, instant));
    assert_eq!(read.printed, None);

    // The order is that of the instants.
    let (early, late) = (Timestamp::from("2017-03-28T14:10:00+08:00"), Timestamp::from("2017-03-28T06:10:01Z"));
    assert!(early < late, "{early} is a second before {late}");
    assert_eq!(early, "2017-03-28T14:10:00+08:00");
    assert_eq!(early.partial_cmp(&Timestamp::from("soon")), None);

    // What is no time is for the service to refuse.
    let window = Window { from: Some("yesterday".into()), ..Window::default() };
    assert_eq!(flat::flatten(&window), [("From".to_owned(), "yesterday".to_owned())]);
}
