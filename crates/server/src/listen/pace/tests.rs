use super::*;

fn pace() -> Arc<Pace> {
    Arc::new(Pace::new(Limits::default(), &Arc::new(Reading::new(100))))
}

#[tokio::test(start_paused = true)]
async fn each_phase_has_its_time() {
    let limits = Limits::default();
    for (phase, limit) in [
        (Phase::Idle, limits.idle),
        (Phase::Head, limits.head),
        (Phase::Body, limits.body),
        (Phase::Writing, limits.write),
    ] {
        let (pace, began) = (pace(), Instant::now());
        pace.enter(phase);
        pace.over().await;
        assert_eq!(began.elapsed().as_secs(), limit.as_secs(), "{phase:?}");
    }
    let working = pace();
    working.enter(Phase::Working);
    assert!(tokio::time::timeout(Duration::from_secs(100_000), working.over()).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn those_that_wait_the_longest_make_room_and_those_that_work_never() {
    let roster = Arc::new(Roster::default());
    let mut places = Vec::new();
    for (number, phase) in [Phase::Working, Phase::Body, Phase::Head, Phase::Idle, Phase::Head].into_iter().enumerate()
    {
        tokio::time::advance(Duration::from_secs(1)).await;
        let pace = pace();
        pace.enter(phase);
        places.push((roster.add(number as u64, pace.clone()), pace));
    }
    assert_eq!(roster.make_room(2), 2);
    let left = |number: u64| !roster.open().contains_key(&number);
    assert_eq!([left(0), left(1), left(2), left(3), left(4)], [false, false, true, true, false]);
    assert_eq!(places[2].1.over().await, "another connection needs its place");
    assert_eq!(roster.make_room(5), 2, "the body and the head; nothing else waits");
    drop(places);
    assert!(roster.open().is_empty());
}

#[test]
fn heads_take_no_more_than_there_is_room_for() {
    let pace = pace();
    assert!(pace.received(60) && pace.received(40));
    assert!(!pace.received(1));
    pace.enter(Phase::Body);
    assert!(pace.received(1_000), "the body counts elsewhere");
    pace.enter(Phase::Idle);
    assert!(pace.received(100));
}
