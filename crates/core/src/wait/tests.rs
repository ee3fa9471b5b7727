#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::testing::bench;
use std::error::Error as _;
use std::sync::Mutex;

type Observed = Result<(&'static str, Verdict<u32>), Error>;

/// Returns a waiter that sees these states, and then the last one repeatedly.
fn waiter(states: Vec<fn() -> Observed>, timeout: u64) -> (Waiter<u32, &'static str>, crate::clock::ManualClock) {
    let bench = bench([], |_| {});
    let mut at = 0;
    let waiter = Waiter::new(&bench.connection, "thing-1 to be Good", Duration::from_secs(timeout), move || {
        let state = states[at.min(states.len() - 1)]();
        at += 1;
        async move { state }
    });
    (waiter, bench.clock)
}

fn going() -> Observed {
    Ok(("Going", Verdict::Retry))
}
fn nearly() -> Observed {
    Ok(("Nearly", Verdict::Retry))
}
fn good() -> Observed {
    Ok(("Good", Verdict::Success(7)))
}
fn bad() -> Observed {
    Ok(("Bad", Verdict::Failure))
}
fn busy() -> Observed {
    Err(Error::new(ErrorKind::Transient, "busy"))
}
fn refused() -> Observed {
    Err(Error::new(ErrorKind::InvalidInput, "refused"))
}
fn denied() -> Observed {
    Err(Error::new(ErrorKind::PermissionDenied, "denied"))
}
fn absent() -> Observed {
    Ok(("0 of 1", Verdict::Absent))
}
fn lost() -> Observed {
    Ok(("0 of 1", Verdict::Gone))
}
fn asleep() -> Observed {
    Ok(("Asleep", Verdict::Rests))
}
fn gone() -> Observed {
    Err(Error::new(ErrorKind::NotFound, "gone"))
}

#[tokio::test]
async fn success_with_progress_on_every_change() {
    let (waiter, clock) = waiter(vec![going, going, nearly, nearly, good], 600);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let tell = Arc::clone(&seen);
    let waiter = waiter.on_progress(move |state| tell.lock().unwrap().push(*state));
    assert_eq!(waiter.await.unwrap(), 7);
    assert_eq!(*seen.lock().unwrap(), ["Going", "Nearly", "Good"]);
    let slept: Vec<_> = clock.slept().iter().map(Duration::as_millis).collect();
    assert_eq!(slept, [5_000, 7_500, 11_250, 16_875]);
}

#[tokio::test]
async fn intervals_grow_to_the_longest_and_can_be_set() {
    let (waiter, clock) = waiter(vec![going, going, going, going, good], 600);
    let waiter = waiter.poll_interval(Duration::from_secs(2)).max_poll_interval(Duration::from_secs(3));
    waiter.await.unwrap();
    assert_eq!(clock.slept(), [2, 3, 3, 3].map(Duration::from_secs));
}

#[tokio::test]
async fn a_state_that_leads_nowhere_is_named() {
    let (waiter, clock) = waiter(vec![going, bad], 600);
    let error = waiter.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WaitFailed);
    assert!(error.message().contains("thing-1 to be Good") && error.message().contains("Bad"), "{error}");
    assert_eq!(clock.slept().len(), 1);
}

#[tokio::test]
async fn the_deadline_names_the_last_state() {
    let (waiter, clock) = waiter(vec![going, nearly], 600);
    let error = waiter.timeout(Duration::from_secs(8)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert!(error.message().contains("Nearly") && error.message().contains("8s"), "{error}");
    // The last sleep ends at the deadline, not after it.
    assert_eq!(clock.slept(), [5, 3].map(Duration::from_secs));
}

#[tokio::test]
async fn without_time_it_asks_once() {
    let (waiter, _) = waiter(vec![good], 600);
    assert_eq!(waiter.timeout(Duration::ZERO).await.unwrap(), 7);
}

#[tokio::test]
async fn trouble_that_passes_is_put_up_with_a_few_times() {
    let (fine, _) = waiter(vec![busy, busy, busy, going, busy, busy, busy, good], 600);
    assert_eq!(fine.await.unwrap(), 7);
    let (hopeless, clock) = waiter(vec![going, busy], 600);
    assert_eq!(hopeless.await.unwrap_err().kind(), ErrorKind::Transient);
    assert_eq!(clock.slept().len(), 4);
    let (late, _) = waiter(vec![going, busy], 6);
    let error = late.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert!(error.source().unwrap().to_string().contains("busy"));
}

#[tokio::test]
async fn other_errors_end_it_at_once() {
    let (waiter, clock) = waiter(vec![refused], 600);
    assert_eq!(waiter.await.unwrap_err().kind(), ErrorKind::InvalidInput);
    assert!(clock.slept().is_empty());
}

#[tokio::test]
async fn what_was_just_created_may_not_be_there_yet() {
    let (fine, _) = waiter(vec![gone, gone, going, good], 600);
    assert_eq!(fine.await.unwrap(), 7);
    let (fine, _) = waiter(vec![absent, denied, gone, denied, going, good], 600);
    assert_eq!(fine.await.unwrap(), 7);
    let (at_once, clock) = waiter(vec![gone, good], 600);
    assert_eq!(at_once.await.unwrap(), 7);
    assert_eq!(clock.slept(), [Duration::from_secs(5)]);
}

#[tokio::test]
async fn what_is_never_there_is_not_found_when_the_grace_is_over() {
    for missing in [gone, absent] {
        let (never, clock) = waiter(vec![missing], 600);
        assert_eq!(never.await.unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(clock.slept().iter().sum::<Duration>(), Duration::from_secs(60));

        let (never, clock) = waiter(vec![missing], 600);
        assert_eq!(never.grace(Duration::from_secs(7)).await.unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(clock.slept(), [5, 2].map(Duration::from_secs));

        // Not longer than the timeout either, and immediately if no time is left.
        let (never, clock) = waiter(vec![missing], 9);
        assert_eq!(never.await.unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(clock.slept(), [5, 4].map(Duration::from_secs));
        let (never, clock) = waiter(vec![missing], 600);
        assert_eq!(never.timeout(Duration::ZERO).await.unwrap_err().kind(), ErrorKind::NotFound);
        assert!(clock.slept().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_missing_before_a_call_that_hangs_is_not_found() {
    let bench = bench([], |_| {});
    let mut polls = 0;
    let waiter: Waiter<u32, &str> = Waiter::new(&bench.connection, "thing-1", Duration::from_secs(30), move || {
        polls += 1;
        let hangs = polls > 1;
        async move { if hangs { std::future::pending().await } else { Err(Error::new(ErrorKind::NotFound, "gone")) } }
    });
    assert_eq!(waiter.await.unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn what_was_there_and_is_gone_ends_it_at_once() {
    for missing in [gone, absent, lost] {
        let (waiter, clock) = waiter(vec![gone, going, missing, good], 600);
        assert_eq!(waiter.await.unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(clock.slept().len(), 2);
    }
}

#[tokio::test]
async fn a_denial_of_access_is_put_up_with_only_before_the_thing_was_seen() {
    let (never, clock) = waiter(vec![denied], 600);
    assert_eq!(never.await.unwrap_err().kind(), ErrorKind::PermissionDenied);
    assert_eq!(clock.slept().len(), 3);
    let (later, clock) = waiter(vec![going, denied, good], 600);
    assert_eq!(later.await.unwrap_err().kind(), ErrorKind::PermissionDenied);
    assert_eq!(clock.slept().len(), 1);
}

#[tokio::test]
async fn a_state_that_only_a_request_ends_may_be_seen_for_the_grace() {
    let (woken, _) = waiter(vec![asleep, asleep, going, good], 600);
    assert_eq!(woken.await.unwrap(), 7);
    let (sleeps, clock) = waiter(vec![asleep], 600);
    let error = sleeps.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WaitFailed);
    assert!(error.message().contains("Asleep"), "{error}");
    assert_eq!(clock.slept().iter().sum::<Duration>(), Duration::from_secs(60));
    let (fell_asleep, clock) = waiter(vec![going, asleep, good], 600);
    assert_eq!(fell_asleep.await.unwrap_err().kind(), ErrorKind::WaitFailed);
    assert_eq!(clock.slept().len(), 1);
}

#[test]
fn members_of_a_set_are_absent_before_they_were_listed_and_gone_after() {
    let listed = Listed::default();
    assert_eq!(listed.judge::<()>([("a", true), ("b", false)]), Some(Verdict::Absent));
    assert_eq!(listed.judge::<()>([("a", true), ("b", true)]), None);
    assert_eq!(listed.judge::<()>([("c", false), ("b", false), ("a", true), ("d", false)]), Some(Verdict::Gone));
}

#[tokio::test]
async fn the_longest_intervals_do_not_overflow() {
    let (waiter, _) = waiter(vec![going, good], 600);
    let waiter = waiter.poll_interval(Duration::MAX).max_poll_interval(Duration::MAX).grace(Duration::MAX);
    assert_eq!(waiter.await.unwrap(), 7);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_hangs_does_not_outlast_it() {
    let bench = bench([], |_| {});
    let waiter: Waiter<u32, &str> =
        Waiter::new(&bench.connection, "thing-1 to be Good", Duration::from_secs(30), std::future::pending);
    assert_eq!(waiter.await.unwrap_err().kind(), ErrorKind::TimedOut);
}

#[test]
fn what_is_gone_is_no_error_and_what_is_not_listed_is_one() {
    assert_eq!(unless_gone(Ok(1)).unwrap(), Some(1));
    let gone = Error::service(ErrorKind::NotFound, "ResourceNotFound", "no such thing");
    assert_eq!(unless_gone::<u32>(Err(gone)).unwrap(), None);
    let denied = unless_gone::<u32>(Err(Error::new(ErrorKind::PermissionDenied, "denied"))).unwrap_err();
    assert_eq!(denied.kind(), ErrorKind::PermissionDenied);

    static META: OperationMeta = crate::testing::meta("DescribeThings", true, None);
    let error = not_listed(&META, "thing thing-1");
    assert_eq!((error.kind(), error.message()), (ErrorKind::NotFound, "there is no thing thing-1"));
    assert_eq!(error.operation().map(|meta| meta.name), Some("DescribeThings"));
}
