#![allow(clippy::unwrap_used)]

use super::*;
use crate::clock::ManualClock;
use crate::connection::Settings;
use crate::operation::{Operation, OperationMeta};
use crate::request::Call;
use crate::testing::{Create, bench, code, created, start};
use crate::transport::{Limits, Transport, TransportError};
use bytes::Bytes;
use std::collections::VecDeque;

/// Service that counts the calls of the last second when they arrive, and refuses those above its limit.
#[derive(Debug)]
struct Service {
    clock: ManualClock,
    limit: usize,
    /// Maximum time of a request and of a response on their way, in milliseconds.
    latency: [u64; 2],
    counted: Mutex<VecDeque<Instant>>,
    answered: AtomicUsize,
    refused: AtomicUsize,
}

impl Service {
    fn new(limit: usize, latency: [u64; 2]) -> Arc<Self> {
        let clock = ManualClock::new(start());
        Arc::new(Self { clock, limit, latency, counted: Mutex::default(), answered: 0.into(), refused: 0.into() })
    }

    /// Waits for a time that differs from call to call.
    async fn travel(&self, way: usize) {
        let most = self.latency[way];
        if most > 0 {
            let number = self.answered.load(Ordering::Relaxed) as u64 + way as u64 + 1;
            self.clock.sleep(Duration::from_millis(number.wrapping_mul(6_364_136_223_846_793_005) % most)).await;
        }
    }

    fn admits(&self) -> bool {
        let (now, mut counted) = (self.clock.monotonic(), self.counted.lock().unwrap());
        while counted.front().is_some_and(|first| now.duration_since(*first) >= Duration::from_secs(1)) {
            counted.pop_front();
        }
        let admits = counted.len() < self.limit;
        if admits {
            counted.push_back(now);
        }
        admits
    }

    fn connection(self: &Arc<Self>, change: impl FnOnce(&mut Settings)) -> crate::Connection {
        let made = bench([], |settings| {
            settings.clock = Some(Arc::new(self.clock.clone()));
            settings.transport = Some(Arc::clone(self) as Arc<dyn Transport>);
            change(settings);
        });
        made.connection
    }

    fn refused(&self) -> usize {
        self.refused.load(Ordering::Relaxed)
    }
}

#[async_trait::async_trait]
impl Transport for Service {
    async fn send(&self, _: http::Request<Bytes>, _: Limits) -> Result<http::Response<Bytes>, TransportError> {
        self.travel(0).await;
        let admits = self.admits();
        self.travel(1).await;
        self.answered.fetch_add(1, Ordering::Relaxed);
        if admits {
            return created();
        }
        self.refused.fetch_add(1, Ordering::Relaxed);
        code("Limited")
    }
}

fn call(connection: &crate::Connection) -> Call<Create> {
    Call::new(connection.clone(), Create { name: Some("a".into()), count: None })
}

async fn at_once(connection: &crate::Connection, calls: usize) -> Vec<Result<(), Error>> {
    let calls = (0..calls).map(|_| async { call(connection).send().await.map(drop) });
    futures_util::future::join_all(calls).await
}

#[tokio::test]
async fn ten_thousand_calls_one_after_another_are_never_refused() {
    for latency in [[0, 0], [200, 100]] {
        let service = Service::new(20, latency);
        let connection = service.connection(|_| {});
        for _ in 0..10_000 {
            call(&connection).send().await.unwrap();
        }
        assert_eq!((service.answered.load(Ordering::Relaxed), service.refused()), (10_000, 0));
    }
}

#[tokio::test]
async fn ten_thousand_calls_at_once_are_never_refused_and_wait_longer_than_a_call_may_take() {
    let service = Service::new(20, [0, 0]);
    let began = service.clock.monotonic();
    let results = at_once(&service.connection(|_| {}), 10_000).await;
    assert!(results.iter().all(Result::is_ok));
    let took = service.clock.monotonic().duration_since(began).as_secs();
    assert!((499..=510).contains(&took), "{took} s");
    assert_eq!(service.refused(), 0);
}

#[tokio::test]
async fn a_lower_limit_than_the_documented_one_is_learned() {
    let service = Service::new(7, [0, 0]);
    let results = at_once(&service.connection(|_| {}), 2_000).await;
    assert!(results.iter().all(Result::is_ok));
    assert!((1..200).contains(&service.refused()), "{} refusals", service.refused());
}

#[tokio::test]
async fn an_undocumented_limit_is_learned_from_the_first_refusal_and_forgotten_later() {
    const FREE: OperationMeta = OperationMeta::new("test", "Free");
    let (limiter, clock) = (RateLimiter::new(), ManualClock::new(start()));
    for _ in 0..1_000 {
        let permit = limiter.acquire(&FREE, &clock, None).await.unwrap();
        limiter.answered(&FREE, permit, &clock, false);
    }
    assert!(clock.slept().is_empty());
    let permit = limiter.acquire(&FREE, &clock, None).await.unwrap();
    limiter.answered(&FREE, permit, &clock, true);
    let began = clock.monotonic();
    for _ in 0..28 {
        let permit = limiter.acquire(&FREE, &clock, None).await.unwrap();
        limiter.answered(&FREE, permit, &clock, false);
    }
    // 14 in a second, then a few more.
    assert_eq!(clock.monotonic().duration_since(began), Duration::from_secs(1));
    for _ in 0..10_000 {
        let permit = limiter.acquire(&FREE, &clock, None).await.unwrap();
        limiter.answered(&FREE, permit, &clock, false);
    }
    let slept = clock.slept().len();
    for _ in 0..1_000 {
        let permit = limiter.acquire(&FREE, &clock, None).await.unwrap();
        limiter.answered(&FREE, permit, &clock, false);
    }
    assert_eq!(clock.slept().len(), slept);
}

#[tokio::test]
async fn refusals_lower_the_rate_once_and_successes_raise_it_up_to_the_document() {
    let now = Instant::now();
    let mut window = Window::new(20);
    let numbers: Vec<_> = (0..20).map(|_| window.take(now).unwrap()).collect();
    for number in &numbers {
        window.answered(*number, now, true);
    }
    let taken = |window: &mut Window, now| std::iter::from_fn(|| window.take(now).ok()).take(1_000).count();
    assert_eq!(taken(&mut window, now + window::WINDOW), 14);
    let mut later = now + window::WINDOW * 2;
    for _ in 0..20 {
        while let Ok(number) = window.take(later) {
            window.answered(number, later, false);
        }
        later += window::WINDOW;
    }
    assert_eq!(taken(&mut window, later), 20);
}

#[tokio::test]
async fn the_limiter_can_be_turned_off() {
    let service = Service::new(20, [0, 0]);
    let connection = service.connection(|settings| {
        settings.client_rate_limit = false;
        settings.retry_policy = crate::retry::RetryPolicy::none();
    });
    let results = at_once(&connection, 30).await;
    assert_eq!(results.iter().filter(|result| result.is_err()).count(), 10);
}

#[tokio::test]
async fn a_timeout_that_the_caller_sets_includes_the_wait() {
    let service = Service::new(20, [0, 0]);
    let connection = service.connection(|_| {});
    for result in at_once(&connection, 20).await {
        result.unwrap();
    }
    let mut late = call(&connection);
    late.options.timeout = Some(Duration::from_millis(900));
    let error = late.send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert!(error.message().contains("client_rate_limit"), "{error}");
    assert!(service.clock.slept().is_empty());
    let mut patient = call(&connection);
    patient.options.timeout = Some(Duration::from_millis(1_100));
    patient.send().await.unwrap();
    assert_eq!(service.clock.slept(), [Duration::from_secs(1)]);
}

#[tokio::test]
async fn a_call_that_is_dropped_while_it_waits_holds_nobody_up() {
    let clock = ManualClock::new(start());
    let limiter = RateLimiter::new();
    for _ in 0..20 {
        let _ = limiter.acquire(Create::META, &clock, None).await.unwrap();
    }
    let dropped = limiter.limited(Create::META);
    let turn = dropped.turn.lock().await;
    assert!(futures_util::FutureExt::now_or_never(limiter.acquire(Create::META, &clock, None)).is_none());
    drop(turn);
    assert_eq!(dropped.waiting.load(Ordering::Relaxed), 0);
    assert!(!limiter.acquire(Create::META, &clock, None).await.unwrap().waited().is_zero());
}

#[tokio::test]
async fn a_refusal_is_reported_if_there_is_no_time_to_wait_for_the_lower_limit() {
    let service = Service::new(0, [0, 0]);
    let policy = crate::retry::RetryPolicy::new().max_attempts(1_000).throttled_delay(Duration::from_millis(1));
    let connection = service.connection(|settings| {
        settings.call_timeout = Some(Duration::from_millis(200));
        settings.retry_policy = policy.max_delay(Duration::from_millis(1));
    });
    let error = call(&connection).send().await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Throttled, Some("Limited")), "{error}");
    assert_eq!(error.attempts().len() + 1, service.refused());
}
