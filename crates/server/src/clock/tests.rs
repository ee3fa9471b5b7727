use super::*;

#[test]
fn time_never_goes_back_when_its_speed_changes() {
    let clock = WorldClock::new(Time::Accelerated(1_000), 1_000);
    let mut last = clock.now();
    for time in [Time::Manual, Time::Real, Time::Accelerated(FASTEST), Time::Manual, Time::Accelerated(2)] {
        clock.set_time(time);
        assert_eq!(clock.time(), time);
        clock.advance(Duration::from_millis(7));
        let now = clock.now();
        assert!(now >= last + 7, "{now} after {last}");
        last = now;
    }
    clock.set_time(Time::Manual);
    let before = clock.now();
    std::thread::sleep(Duration::from_millis(5));
    assert_eq!(clock.now(), before);
    clock.restart(Time::Manual, 5);
    assert_eq!(clock.now(), 5);
}

#[test]
fn speeds_and_factors_are_the_same() {
    for time in [Time::Real, Time::Accelerated(600)] {
        assert_eq!(time.factor().map(Time::of_factor), Some(time));
    }
    assert_eq!(Time::Manual.factor(), None);
}
