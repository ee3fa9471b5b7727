use super::*;

fn wire(faults: &Faults, operation: &str) -> &'static str {
    faults.strike(Some("tke"), operation).wire.map_or("", |effect| effect.name())
}

#[test]
fn a_list_of_faults_is_a_script() {
    let faults = Faults::default();
    faults.add(Fault::throttle().operation("A").times(2));
    faults.add(Fault::http_status(500).times(1));
    faults.add(Fault::cut_after().operation("A").after(1).times(1));
    assert_eq!(wire(&faults, "B"), "status");
    assert_eq!(wire(&faults, "A"), "refuse");
    assert_eq!(wire(&faults, "A"), "refuse");
    assert_eq!(wire(&faults, "A"), "");
    assert_eq!(wire(&faults, "A"), "cut after");
    assert_eq!(wire(&faults, "A"), "");
    assert_eq!(faults.waiting_count(), 0);
}

#[test]
fn delays_and_lies_strike_besides() {
    let faults = Faults::default();
    faults.add(Fault::delay(Duration::from_millis(2)));
    faults.add(Fault::delay(Duration::from_millis(3)).times(1));
    faults.add(Fault::total(7).product("tcr"));
    faults.add(Fault::garbage());
    let struck = faults.strike(Some("tke"), "A");
    assert_eq!((struck.delay, struck.total.is_some()), (Duration::from_millis(5), false));
    assert!(matches!(struck.wire, Some(Effect::Garbage)));
    let struck = faults.strike(Some("tcr"), "A");
    assert_eq!((struck.delay, struck.total.is_some()), (Duration::from_millis(2), true));
    faults.clear();
    assert!(faults.strike(Some("tcr"), "A").wire.is_none());
}
