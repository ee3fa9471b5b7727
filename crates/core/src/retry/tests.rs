#![allow(clippy::unwrap_used)]

use super::*;
use std::time::Duration;

#[test]
fn what_may_be_repeated() {
    use Origin::{Answer, Local, Transport};
    use Reached::{Maybe, No};
    let error = |kind, retryable| Error::new(kind, "").with_retryable(retryable);
    // origin, kind, retryable -> idempotent, mutating
    for (origin, kind, retryable, idempotent, mutating) in [
        (Transport(No), ErrorKind::ConnectionFailed, true, true, true),
        (Transport(Maybe), ErrorKind::ConnectionFailed, true, true, false),
        (Transport(Maybe), ErrorKind::TimedOut, true, true, false),
        (Transport(Maybe), ErrorKind::Decode, true, true, false),
        (Transport(No), ErrorKind::Tls, false, false, false),
        (Transport(Maybe), ErrorKind::Decode, false, false, false),
        (Answer, ErrorKind::Throttled, true, true, true),
        (Answer, ErrorKind::Throttled, false, false, false),
        (Answer, ErrorKind::Transient, true, true, false),
        (Answer, ErrorKind::Service, false, false, false),
        (Answer, ErrorKind::NotFound, false, false, false),
        (Answer, ErrorKind::Conflict, true, true, false),
        (Answer, ErrorKind::Credentials, false, false, false),
        (Local, ErrorKind::Throttled, true, false, false),
        (Local, ErrorKind::TimedOut, true, false, false),
    ] {
        let error = error(kind, retryable);
        assert_eq!(may_repeat(true, origin, &error), idempotent, "{origin:?} {kind:?} {retryable} idempotent");
        assert_eq!(may_repeat(false, origin, &error), mutating, "{origin:?} {kind:?} {retryable} mutating");
    }
}

#[test]
fn delays_double_up_to_the_most_and_are_spread() {
    let policy = RetryPolicy::new().base_delay(Duration::from_secs(1)).max_delay(Duration::from_secs(5));
    let error = Error::new(ErrorKind::Transient, "");
    let longest: Vec<_> = (1..=5).map(|retry| policy.delay(retry, &error, u64::MAX).as_secs()).collect();
    assert_eq!(longest, [1, 2, 4, 5, 5]);
    assert_eq!(policy.delay(400, &error, u64::MAX), Duration::from_secs(5));
    assert_eq!(policy.delay(1, &error, 0), Duration::ZERO);
    let half = policy.delay(1, &error, u64::MAX / 2);
    assert!(half > Duration::from_millis(499) && half < Duration::from_millis(501), "{half:?}");
    let throttled = Error::new(ErrorKind::Throttled, "");
    let range = |retry| [0, u64::MAX].map(|random| policy.delay(retry, &throttled, random));
    assert_eq!(range(1), [Duration::from_millis(500), Duration::from_secs(1)]);
    assert_eq!(range(3), [Duration::from_secs(2), Duration::from_secs(4)]);
    let told = throttled.with_retry_after(Some(Duration::from_secs(60)));
    assert_eq!(policy.delay(1, &told, 0), Duration::from_secs(60));
    let told = error.with_retry_after(Some(Duration::from_secs(60)));
    assert_eq!(policy.delay(1, &told, 0), Duration::from_secs(60));
}

#[test]
fn policies_at_their_extremes_give_a_delay() {
    let limited = Error::new(ErrorKind::Throttled, "").with_retry_after(Some(Duration::MAX));
    let times = [Duration::ZERO, Duration::from_nanos(1), Duration::from_secs(u64::MAX), Duration::MAX];
    for base in times {
        for most in times {
            let policy = RetryPolicy::new().base_delay(base).throttled_delay(base).max_delay(most);
            let policy = policy.max_attempts(u32::MAX);
            for retry in [0, 1, 32, 33, u32::MAX] {
                for random in [0, 1, u64::MAX / 2, u64::MAX - 1, u64::MAX] {
                    let delay = policy.delay(retry, &Error::new(ErrorKind::Transient, ""), random);
                    assert!(delay <= most, "{base:?} {most:?} {retry} {random}: {delay:?}");
                    assert_eq!(policy.delay(retry, &limited, random), Duration::MAX);
                }
            }
        }
    }
    assert!(RetryPolicy::new().max_attempts(u32::MAX).allows(u32::MAX - 1));
    assert!(!RetryPolicy::new().max_attempts(u32::MAX).allows(u32::MAX));
}

#[test]
fn attempts() {
    assert!(RetryPolicy::default().allows(2) && !RetryPolicy::default().allows(3));
    assert!(!RetryPolicy::none().allows(1));
    assert!(!RetryPolicy::new().max_attempts(0).allows(1));
}

#[test]
fn the_budget_does_not_overflow() {
    let budget = Budget::new(10, 5, 100);
    budget.refund();
    assert_eq!(budget.tokens(), 10);
    assert!(budget.take() && budget.take() && !budget.take());
    budget.refund();
    assert_eq!(budget.tokens(), 10);
}
