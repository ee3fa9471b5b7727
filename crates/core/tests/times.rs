//! Times in the forms that the APIs write, and in the zones of their fields.
#![allow(clippy::unwrap_used)]

use serde_json::Value;
use wharf_core::model::json::{Mode, Style, to_string};
use wharf_core::model::{TimeForm, Timestamp, check, flat};

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
        let flat = flat::flatten(&window).unwrap();
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
        let flat = flat::flatten(&window).unwrap();
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
    assert_eq!(flat::flatten(&window).unwrap(), [("From".to_owned(), "yesterday".to_owned())]);
}
