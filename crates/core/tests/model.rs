//! The drivers that generated structures meet the wire through.
#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};
use wharf_core::model::json::{Decoding, Mode, Style, read, read_value, read_with, to_string};
use wharf_core::model::{JsonText, Secret, Timestamp, check, flat};

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

/// What is read, and what is reported.
fn told(text: &[u8]) -> (Whole, Vec<String>) {
    let (mut whole, mut decoding) = (Whole::default(), Decoding::default());
    read_with(text, &mut whole, Mode::Lenient, &mut decoding).unwrap();
    (whole, decoding.problems().iter().map(ToString::to_string).collect())
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
    let (whole, problems) =
        told(br#"{"Count": "", "Size": " ", "Ratio": "", "On": "", "Number": "", "Made": "", "Id": "", "State": ""}"#);
    assert_eq!((whole.count, whole.size, whole.ratio, whole.on, whole.number), (None, None, None, None, 0));
    assert!(whole.made.is_none() && problems.is_empty());
    assert_eq!((whole.id.as_deref(), whole.state), (Some(""), Some("".into())), "a text may be empty");
}

#[test]
fn a_value_that_cannot_be_read_is_left_out_and_reported_and_the_rest_is_read() {
    let (whole, problems) = told(
        br#"{"Count": 9223372036854776000, "Size": -1, "Ratio": 1e999, "On": 2, "Number": 1.5, "Id": "i",
            "Names": ["a", {"b": 1}, null], "Part": {"Name": "n", "Parts": 5},
            "Parts": [{"Name": "one"}, 7, {"Name": "two", "Parts": [{"Name": "deep"}, "x"]}, "y"]}"#,
    );
    assert_eq!((whole.count, whole.size, whole.ratio, whole.on, whole.number), (None, None, None, None, 0));
    assert_eq!(whole.id.as_deref(), Some("i"));
    assert_eq!(whole.names, ["a", r#"{"b": 1}"#, ""]);
    let names: Vec<_> = whole.parts.iter().flatten().map(|part| part.name.as_deref()).collect();
    assert_eq!(names, [Some("one"), Some("two")]);
    assert_eq!(
        problems,
        [
            "Count must be an integer, not a number that does not fit into 64 bits",
            "Size must be an integer that is not negative, not a negative number",
            "Ratio must be a number, not a number that is too large",
            "On must be true or false, not a number other than 0 and 1",
            "Number must be an integer that is not negative, not a number with a fraction",
            "Names.2 is not there; its place is kept, empty",
            "Part.Parts must be a list, not a number",
            "Parts.1 must be an object, not a number",
            "Parts.2.Parts.1 must be an object, not a string",
            "Parts.3 must be an object, not a string",
        ]
    );
}

#[test]
fn an_answer_whose_own_list_or_object_is_something_else_cannot_be_read() {
    for (value, expected) in [
        (json!({"Parts": 5}), "Parts must be a list, not a number"),
        (json!({"Parts": {"Other": 1}}), "Parts must be a list, not an object without any member of its items"),
        (json!({"Names": {"a": 1}}), "Names must be a list, not an object"),
        (json!({"Part": "x"}), "Part must be an object, not a string"),
        (json!({"Part": [{}, {}]}), "Part must be an object, not a list"),
        (json!([1]), "the document must be an object, not a list"),
    ] {
        assert_eq!(problem(value, Mode::Lenient), expected);
    }
}

#[test]
fn an_object_for_a_list_is_never_an_empty_item() {
    let whole = lenient(json!({"Parts": {}}));
    assert!(whole.parts.is_none());
    let (whole, problems) = told(br#"{"Part": {"Parts": {"internal": "a", "external": "b"}}}"#);
    assert!(whole.part.unwrap().parts.is_none());
    assert_eq!(problems, ["Part.Parts must be a list, not an object without any member of its items"]);
    let whole = lenient(json!({"Part": [{"Name": "n"}]}));
    assert_eq!(whole.part.unwrap().name.as_deref(), Some("n"), "a list of one for an object");
}

#[test]
fn digits_stay_where_a_text_is_due() {
    for digits in ["1.30", "12345678901234567890123", "18446744073709551615", "-0", "1e5", "0.10000000000000000000001"]
    {
        let (whole, problems) =
            told(format!(r#"{{"Id": {digits}, "Names": [{digits}], "Document": {digits}}}"#).as_bytes());
        assert_eq!((whole.id.as_deref(), whole.names[0].as_str()), (Some(digits), digits));
        assert_eq!(whole.document.unwrap().as_str(), digits);
        assert!(problems.is_empty());
    }
    let (whole, problems) = told(br#"{"Any": {"a": 12345678901234567890123, "b": 1.30, "c": 18446744073709551615}}"#);
    assert_eq!(whole.any, Some(json!({"a": "12345678901234567890123", "b": 1.3, "c": 18_446_744_073_709_551_615_u64})));
    assert_eq!(problems, ["Any.a is a number with more digits than fit; it is read as their text"]);
    assert_eq!(told(br#"{"Document": {"a": 1.30}, "Id": [ 1.30 ]}"#).0.id.as_deref(), Some("[ 1.30 ]"));
}

#[test]
fn a_byte_order_mark_and_bytes_that_are_not_utf8_lose_nothing_else() {
    let (whole, problems) = told(b"\xef\xbb\xbf{\"Id\": \"a\"}");
    assert_eq!((whole.id.as_deref(), problems.len()), (Some("a"), 0));
    let (whole, problems) = told(b"{\"Id\": \"a\xff\xfe\", \"Names\": [\"b\"]}");
    assert_eq!((whole.id.as_deref(), whole.names), (Some("a\u{fffd}\u{fffd}"), vec!["b".to_owned()]));
    assert_eq!(problems, ["the document has bytes that are not UTF-8; each is read as U+FFFD"]);
    let (whole, problems) = told(br#"{"Id": "\ud83d\ude00 \ud83d", "Names": ["\udc00x"]}"#);
    assert_eq!((whole.id.as_deref(), whole.names), (Some("\u{1f600} \u{fffd}"), vec!["\u{fffd}x".to_owned()]));
    assert_eq!(problems.len(), 2);
    assert_eq!(problems[0], "Id has half of a pair of surrogates; it is read as U+FFFD");
}

#[test]
fn an_answer_with_what_is_no_number_of_json_cannot_be_read() {
    for (text, expected) in [
        (r#"{"Ratio": NaN, "Id": "i"}"#, "Ratio is not valid JSON at line 1 column 11"),
        (r#"{"Id": 1.50, "Any": [Infinity]}"#, "Any is not valid JSON at line 1 column 22"),
        (r#"{"Unknown": {"a": -Infinity}}"#, "Unknown is not valid JSON at line 1 column 20"),
    ] {
        let refused = read(text.as_bytes(), &mut Whole::default(), Mode::Lenient).unwrap_err();
        assert_eq!(refused.to_string(), expected);
    }
}

#[test]
fn what_has_to_be_looked_at_closely_is_reported_once_and_changes_nothing_else() {
    let (whole, problems) = told(
        br#"{"Size": "x", "Parts": [{"Name": "a"}, 5], "Names": ["\ud800", 1.50], "On": true, "Id": 0.10,
            "Part": {"Name": "\udc00\ud83d\ude00", "Parts": [1e999, {"Name": -1e-999}]}, "Any": {"a\ud800": [1.5]}}"#,
    );
    assert_eq!((whole.size, whole.on, whole.id.as_deref()), (None, Some(true), Some("0.10")));
    assert_eq!(whole.parts.unwrap().len(), 1);
    assert_eq!(whole.names, ["\u{fffd}", "1.50"]);
    let part = whole.part.unwrap();
    assert_eq!(part.name.as_deref(), Some("\u{fffd}\u{1f600}"));
    assert_eq!(part.parts.unwrap()[0].name.as_deref(), Some("-1e-999"));
    assert_eq!(whole.any, Some(json!({"a\u{fffd}": [1.5]})));
    assert_eq!(
        problems,
        [
            "Size must be an integer that is not negative, not a string",
            "Parts.1 must be an object, not a number",
            "Names.0 has half of a pair of surrogates; it is read as U+FFFD",
            "Part.Name has half of a pair of surrogates; it is read as U+FFFD",
            "Part.Parts.0 must be an object, not a number",
        ]
    );
    for (text, expected) in [
        (r#"{"Part": 1e999}"#, "Part must be an object, not a number"),
        (r#"{"Id": "\ud800", "Count": }"#, "Count is not valid JSON at line 1 column 27"),
        (r#"{"Id": "\ud800", "Names": ["a""#, "Names ends before it is complete"),
        (r#"{"Id": 1.5, "Part": {"Name": "a", "Parts": [{"#, "Part.Parts.0 ends before it is complete"),
        (r#"{"Id": "\ud80", "Count": 1}"#, "Id is not valid JSON at line 1 column 14"),
        ("{\"Id\": \"a\tb\"}", "Id is not valid JSON at line 1 column 10"),
    ] {
        let refused = read(text.as_bytes(), &mut Whole::default(), Mode::Lenient).unwrap_err();
        assert_eq!(refused.to_string(), expected);
    }
}

#[test]
fn as_many_levels_are_read_as_serde_json_reads() {
    for inner in [r#""a""#, "1.5", "1e999", r#""\ud800""#] {
        let lists = |levels: usize| format!(r#"{{"Any": {}{inner}{}}}"#, "[".repeat(levels), "]".repeat(levels));
        assert!(read(lists(126).as_bytes(), &mut Whole::default(), Mode::Lenient).is_ok(), "{inner}");
        let parts =
            |levels: usize| format!("{}{{\"Name\": {inner}}}{}", r#"{"Parts":["#.repeat(levels), "]}".repeat(levels));
        assert!(read(parts(63).as_bytes(), &mut Whole::default(), Mode::Lenient).is_ok(), "{inner}");
        for text in [lists(127), parts(64)] {
            let refused = read(text.as_bytes(), &mut Whole::default(), Mode::Lenient).unwrap_err();
            assert_eq!(refused.reason, "is more than 127 levels deep", "{inner}");
        }
    }
    let unknown = format!(r#"{{"Unknown": {}{}, "Id": "i"}}"#, "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(told(unknown.as_bytes()).0.id.as_deref(), Some("i"), "what is skipped may be deeper");
}

#[test]
fn the_last_of_two_members_of_a_name_counts() {
    let (whole, _) = told(br#"{"Names": ["a"], "Names": ["b"], "Count": 1, "Count": 2}"#);
    assert_eq!((whole.names, whole.count), (vec!["b".to_owned()], Some(2)));
}

#[test]
fn a_list_of_nothing_costs_little_or_is_refused_by_name() {
    let many = format!(r#"{{"Parts": [{}{{}}]}}"#, "{},".repeat(2_000_000 / 3));
    let refused = read(many.as_bytes(), &mut Whole::default(), Mode::Lenient).unwrap_err();
    assert_eq!(refused.field, "Parts");
    assert!(refused.reason.contains("would take more than 16 MiB of memory"), "{refused}");
    let item = r#"{"Name": "a name of some length", "Parts": [{"Name": "and a part"}]},"#;
    let full = format!(r#"{{"Parts": [{}{{}}]}}"#, item.repeat(10_000));
    let mut whole = Whole::default();
    read(full.as_bytes(), &mut whole, Mode::Lenient).unwrap();
    assert_eq!(whole.parts.unwrap().len(), 10_001);
    let deep = format!(r#"{{"Any": [{}0]}}"#, r#"{"a":1},"#.repeat(200_000));
    assert_eq!(read(deep.as_bytes(), &mut Whole::default(), Mode::Lenient).unwrap_err().field, "Any");
}

#[test]
fn reading_ends_with_the_time_of_the_call() {
    use wharf_core::clock::{Clock, ManualClock};
    let clock = ManualClock::new(std::time::UNIX_EPOCH);
    let now = clock.monotonic();
    let mut decoding = Decoding::default().until(std::sync::Arc::new(clock), now);
    let many = format!(r#"{{"Names": [{}""]}}"#, r#""a","#.repeat(10_000));
    let ended = read_with(many.as_bytes(), &mut Whole::default(), Mode::Lenient, &mut decoding).unwrap_err();
    assert!(decoding.is_overdue() && ended.field.starts_with("Names."), "{ended}");
}

#[test]
fn what_a_caller_gives_is_never_lost() {
    for (value, expected) in [
        (json!({"Names": ["a", null]}), "Names.1 must be a string, not null"),
        (json!({"Parts": [null]}), "Parts.0 must be an object, not null"),
        (json!({"Part": {"Name": null}}), "Part.Name must be a string, not null"),
        (json!({"Count": 1.0}), "Count must be an integer, not a number with a fraction"),
        (json!({"Count": u64::MAX}), "Count must be an integer, not a number that does not fit into 64 bits"),
        (json!({"On": 1}), "On must be true or false, not a number"),
        (json!({"On": ""}), "On must be true or false, not a string"),
        (json!({"Part": []}), "Part must be an object, not a list"),
        (json!({"Parts": ""}), "Parts must be a list, not a string"),
    ] {
        assert_eq!(problem(value, Mode::Strict), expected);
    }
    let mut whole = Whole::default();
    read_value(&json!({"Id": null, "Any": [null, {"a": null}]}), &mut whole, Mode::Strict).unwrap();
    assert_eq!(
        (whole.id, whole.any),
        (None, Some(json!([null, {"a": null}]))),
        "an argument that is null is not given"
    );
    let mut rest = Rest::default();
    let error = read(br#"{"labels": {"team": null, "env": "prod"}}"#, &mut rest, Mode::Strict).unwrap_err();
    assert_eq!(error.to_string(), "labels.team must be a string, not null");
}

#[test]
fn a_callers_json_is_kept_as_it_is_or_refused() {
    use wharf_core::model::json::parse;
    let value = parse(r#" {"a": [1, -2, 1.5, "x", null, true], "b": {"c": 18446744073709551615}} "#).unwrap();
    assert_eq!(value, json!({"a": [1, -2, 1.5, "x", null, true], "b": {"c": u64::MAX}}));
    for (text, expected) in [
        (r#"{"a": 1, "a": 2}"#, "a is there twice"),
        (
            r#"{"a": {"b": 12345678901234567890123}}"#,
            "a.b is a number with more digits than fit; it is read as their text",
        ),
        (r#"{"a": NaN}"#, "a is not valid JSON at line 1 column 7"),
        (r#"{"a": 1"#, "the document ends before it is complete"),
        (r#"{"a": "\ud800"}"#, "a has half of a pair of surrogates; it is read as U+FFFD"),
        ("{\n\"a\": 1} x", "the document is not valid JSON at line 2 column 9"),
    ] {
        assert_eq!(parse(text).unwrap_err().to_string(), expected);
    }
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
        (json!({"Count": "many"}), Mode::Strict, "Count must be an integer, not a string"),
        (json!({"Size": -1}), Mode::Strict, "Size must be an integer that is not negative, not a negative number"),
        (json!({"Count": 1.5}), Mode::Strict, "Count must be an integer, not a number with a fraction"),
        (
            json!({"Parts": [{"Name": "a"}, {"Parts": [{"Name": []}]}]}),
            Mode::Strict,
            "Parts.1.Parts.0.Name must be a string, not a list",
        ),
        (
            json!({"Part": {"Nmae": "x"}}),
            Mode::Strict,
            "Part.Nmae is not a field of this operation; did you mean Name?",
        ),
        (json!({"Part": {"elephant": "x"}}), Mode::Strict, "Part.elephant is not a field of this operation"),
        (json!({"Count": "34"}), Mode::Strict, "Count must be an integer, not a string"),
        (json!({"Id": 3}), Mode::Strict, "Id must be a string, not a number"),
        (json!({"Parts": {}}), Mode::Strict, "Parts must be a list, not an object"),
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
        parts: Some(vec![Part { name: Some("a b".into()), parts: None }]),
        names: vec!["x".into(), "é".into()],
        ..Whole::default()
    };
    let pairs = flat::flatten(&whole).unwrap();
    let names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["On", "Parts.0.Name", "Names.0", "Names.1", "Number"]);
    assert_eq!(pairs[1].1, "a b");
}

#[test]
fn what_the_flattened_form_cannot_say_is_refused_by_name() {
    let good = Whole { names: vec!["x".into()], ..Whole::default() };
    let named = |parts| Part { name: Some("n".into()), parts };
    for (broken, field, what) in [
        (Whole { parts: Some(vec![]), ..good.clone() }, "Parts", "an empty list"),
        (Whole { parts: Some(vec![named(Some(vec![]))]), ..good.clone() }, "Parts.0.Parts", "an empty list"),
        (
            Whole { parts: Some(vec![named(None), Part::default()]), ..good.clone() },
            "Parts.1",
            "an object without members",
        ),
        (Whole { part: Some(Part::default()), ..good.clone() }, "Part", "an object without members"),
        (Whole { any: Some(json!({"a": [1, null]})), ..good.clone() }, "Any.a.1", "null"),
        (Whole { any: Some(json!({"a": {}})), ..good.clone() }, "Any.a", "an object without members"),
    ] {
        let problem = flat::flatten(&broken).unwrap_err();
        let reason = format!("is empty: {what} cannot be said in this form; TC3-HMAC-SHA256 with POST can");
        assert_eq!((problem.field.as_str(), problem.reason), (field, reason));
    }
}

#[test]
fn a_number_that_is_not_finite_is_refused_before_sending() {
    let good = Whole { id: Some("x".into()), ..Whole::default() };
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let broken = Whole { ratio: Some(number), ..good.clone() };
        assert_eq!(check(&broken).unwrap_err().to_string(), "Ratio is not a finite number");
        let mut rest = Rest { id: Some("1".into()), ..Rest::default() };
        rest.loads.insert("a".into(), vec![1.0, number]);
        assert_eq!(check(&rest).unwrap_err().to_string(), "loads.a.1 is not a finite number");
    }
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
    loads: std::collections::BTreeMap<String, Vec<f64>>,
    addresses: Option<Vec<Address>>,
    capacity: Option<std::collections::BTreeMap<String, String>>,
}

wharf_core::text_enum! {
    /// From where.
    pub enum Reach {
        /// From inside.
        Internal = "Internal",
    }
}

#[derive(Clone, Default, PartialEq)]
struct Address {
    url: String,
    reach: Reach,
}

wharf_core::model! { Address = "Address" { url = "url"; reach = "reach"; } }

wharf_core::model! {
    Rest = "Rest" {
        id = "id".required().place(wharf_core::model::In::Path);
        kind = "kind".required().fixed("Rest");
        labels = "labels";
        parts = "parts";
        size = "size" | "volumeSize" | "volume_size";
        loads = "loads";
        addresses = "addresses".entries("reach", "url");
        capacity = "capacity".said_by("storage");
    }
}

#[test]
fn an_object_of_names_for_a_list_and_a_text_for_a_map_are_read_as_the_document_of_the_member_says() {
    let addresses = |text: &str| {
        let (mut rest, mut decoding) = (Rest::default(), Decoding::default());
        read_with(text.as_bytes(), &mut rest, Mode::Lenient, &mut decoding).unwrap();
        let addresses = rest.addresses.unwrap_or_default();
        let told = addresses.iter().map(|each| format!("{} {}", each.reach, each.url)).collect::<Vec<_>>().join(", ");
        (told, decoding.problems().len())
    };
    for (text, told, problems) in [
        (r#"{"addresses": {"internal": "a:1", "external_otc": "b:2"}}"#, "Internal a:1, external_otc b:2", 0),
        (r#"{"addresses": {"internal": "a:1", "other": null, "third": [1]}}"#, "Internal a:1, third [1]", 0),
        (r#"{"addresses": {"internal": {"url": "a:1"}}}"#, "Internal a:1", 0),
        (r#"{"addresses": {"url": "a:1", "reach": "Internal"}}"#, "Internal a:1", 0),
        (r#"{"addresses": [{"url": "a:1", "reach": "Internal"}]}"#, "Internal a:1", 0),
        (r#"{"addresses": {}}"#, "", 0),
    ] {
        assert_eq!(addresses(text), (told.to_owned(), problems), "{text}");
    }
    for (text, storage) in [
        (r#"{"capacity": "10Gi"}"#, Some("10Gi")),
        (r#"{"capacity": {"storage": "10Gi"}}"#, Some("10Gi")),
        (r#"{"capacity": 10}"#, Some("10")),
        (r#"{"capacity": ""}"#, None),
    ] {
        let mut rest = Rest::default();
        read(text.as_bytes(), &mut rest, Mode::Lenient).unwrap();
        assert_eq!(rest.capacity.unwrap_or_default().get("storage").map(String::as_str), storage, "{text}");
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
    assert_eq!(text, r#"{"kind":"Rest","labels":{"a/é":"1","b":"2"},"parts":{"p":{"Name":"n"}},"loads":{}}"#);
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
        read(format!(r#"{{"{name}": 4}}"#).as_bytes(), &mut rest, Mode::Strict).unwrap();
        assert_eq!(rest.size, Some(4));
        read(br#"{"parts": {"a": null}}"#, &mut rest, Mode::Lenient).unwrap();
        assert!(rest.parts.is_empty());
        assert_eq!(to_string(&rest, Style::Compact), r#"{"kind":"Rest","parts":{},"size":4,"loads":{}}"#);
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
