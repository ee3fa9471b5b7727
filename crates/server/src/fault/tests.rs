#![allow(clippy::unwrap_used)]

use super::*;
use serde_json::json;

fn call(operation: &str) -> Call<'_> {
    Call { product: Some("tke"), operation, account: Some("1".to_owned()), has_token: false }
}

fn wire(faults: &Faults, operation: &str) -> &'static str {
    faults.strike(|| call(operation)).wire.map_or("", |effect| effect.kind())
}

#[test]
fn a_list_of_faults_is_a_script() {
    let faults = Faults::default();
    faults.add(Fault::throttle().operation("A").times(2));
    faults.add(Fault::http_status(500).times(1));
    faults.add(Fault::cut_after().operation("A").after(1).times(1));
    assert_eq!(wire(&faults, "B"), "status");
    assert_eq!(wire(&faults, "A"), "throttle");
    assert_eq!(wire(&faults, "A"), "throttle");
    assert_eq!(wire(&faults, "A"), "");
    assert_eq!(wire(&faults, "A"), "cut_after");
    assert_eq!(wire(&faults, "A"), "");
    assert_eq!(faults.waiting_count(), 0);
}

#[test]
fn delays_and_lies_apply_in_addition() {
    let faults = Faults::default();
    faults.add(Fault::delay(Duration::from_millis(2)));
    faults.add(Fault::delay(Duration::from_millis(3)).times(1));
    faults.add(Fault::total(7).product("tcr"));
    faults.add(Fault::garbage());
    let struck = faults.strike(|| call("A"));
    assert_eq!((struck.delay, struck.total.is_some()), (Duration::from_millis(5), false));
    assert!(matches!(struck.wire, Some(Effect::Garbage)));
    let struck = faults.strike(|| Call { product: Some("tcr"), ..call("A") });
    assert_eq!((struck.delay, struck.total.is_some()), (Duration::from_millis(2), true));
    faults.clear();
    assert!(faults.strike(|| call("A")).wire.is_none());
}

#[test]
fn calls_are_selected_by_account_and_by_token() {
    let faults = Faults::default();
    faults.add(Fault::empty().account("2").times(1));
    faults.add(Fault::expired_token().times(1));
    assert_eq!(wire(&faults, "A"), "");
    let other = faults.strike(|| Call { account: None, ..call("A") });
    assert!(other.wire.is_none());
    let second = faults.strike(|| Call { account: Some("2".to_owned()), ..call("A") });
    assert_eq!(second.name(), Some("empty"));
    let with_token = faults.strike(|| Call { has_token: true, ..call("A") });
    assert_eq!(with_token.name(), Some("expired_token"));
    assert_eq!(faults.waiting_count(), 0);
}

/// The faults of a call are not taken before its body is read, unless the connection is cut then.
#[test]
fn only_a_cut_is_taken_before_the_body() {
    let faults = Faults::default();
    faults.add(Fault::throttle().times(1));
    faults.add(Fault::cut_before().after(1).times(1));
    assert!(!faults.cuts_before(|| call("A")));
    assert_eq!(wire(&faults, "A"), "throttle");
    assert!(!faults.cuts_before(|| call("A")));
    assert_eq!(wire(&faults, "A"), "", "the call that the cut leaves out");
    assert!(faults.cuts_before(|| call("A")));
    assert_eq!(faults.waiting_count(), 0);
}

#[test]
fn the_list_is_bounded_and_each_fault_can_be_removed() {
    let faults = Faults::default();
    let first = faults.add(Fault::garbage());
    let ids: Vec<u64> = (1..1_000).map(|_| faults.try_add(Fault::garbage()).unwrap()).collect();
    assert_eq!(faults.waiting_count(), 1_000);
    let refused = faults.try_add(Fault::garbage()).unwrap_err();
    assert_eq!(refused.to_string(), "faults: 1000 faults are pending, which is the limit");
    let last = faults.add(Fault::empty());
    assert_eq!(faults.waiting_count(), 1_000, "the oldest one is removed");
    assert!(faults.get(first).is_none() && faults.get(last).is_some());
    assert!(faults.remove(ids[0]) && !faults.remove(ids[0]));
    assert_eq!(faults.list().len(), 999);
    assert_eq!(faults.list().last().map(Fault::id), Some(last));
}

#[test]
fn slow_bodies_take_as_long_as_their_pauses() {
    let drip = Drip::new(0, Duration::from_secs(60));
    assert_eq!((drip.bytes, drip.pause), (1, MAX_PAUSE));
    let drip = Drip::new(10, Duration::from_millis(5));
    for (length, pauses) in [(0, 0), (1, 0), (10, 0), (11, 1), (100, 9)] {
        assert_eq!(drip.duration(length), Duration::from_millis(5) * pauses, "{length}");
    }
}

#[test]
fn a_text_that_no_header_can_have_is_replaced() {
    let fault = Fault::content_type("a\nb");
    assert_eq!(fault.to_json()["effect"]["content_type"], json!("application/octet-stream"));
}
