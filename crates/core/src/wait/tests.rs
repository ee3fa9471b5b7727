#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::testing::bench;
use std::error::Error as _;
use std::sync::Mutex;

type Observed = Result<(&'static str, Verdict<u32>), Error>;

/// A waiter that sees these states, the last one for ever.
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
    Ok(("Going", Verdict::GoOn))
}
fn nearly() -> Observed {
    Ok(("Nearly", Verdict::GoOn))
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
    assert_eq!(error.kind(), ErrorKind::Timeout);
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
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.source().unwrap().to_string().contains("busy"));
}

#[tokio::test]
async fn other_errors_end_it_at_once() {
    let (waiter, clock) = waiter(vec![gone], 600);
    assert_eq!(waiter.await.unwrap_err().kind(), ErrorKind::NotFound);
    assert!(clock.slept().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_call_that_hangs_does_not_outlast_it() {
    let bench = bench([], |_| {});
    let waiter: Waiter<u32, &str> =
        Waiter::new(&bench.connection, "thing-1 to be Good", Duration::from_secs(30), std::future::pending);
    assert_eq!(waiter.await.unwrap_err().kind(), ErrorKind::Timeout);
}
