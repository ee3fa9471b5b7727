//! Clocks that are wrong, and credentials that expire nevertheless.

use super::*;

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;

/// Service of temporary credentials that are valid for an hour of real time. Real time is `start()` and the time that
/// has passed since.
#[derive(Debug)]
struct Service {
    asked: AtomicUsize,
    passed: Mutex<Duration>,
}

#[async_trait]
impl ProvideCredentials for Service {
    async fn credentials(&self) -> Result<Credentials, Error> {
        let number = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let expiry = start() + *self.passed.lock().unwrap() + secs(HOUR);
        Ok(Credentials::new(format!("key-{number}"), SECRET).with_token("t").with_expiry(expiry))
    }
}

struct Bench {
    service: Arc<Service>,
    clock: ManualClock,
    cache: Cache,
}

/// Returns a cache on a machine whose clock is wrong by some seconds.
fn bench(wrong: i64) -> Bench {
    let service = Arc::new(Service { asked: 0.into(), passed: Mutex::default() });
    let clock = ManualClock::new(start());
    clock.set_random(0);
    let bench = |cache| Bench { service: service.clone(), clock: clock.clone(), cache };
    set(&clock, wrong);
    bench(Cache::new(service.clone(), Arc::new(clock.clone())))
}

fn set(clock: &ManualClock, by: i64) {
    let distance = secs(by.unsigned_abs());
    clock.set(if by < 0 { clock.now() - distance } else { clock.now() + distance });
}

impl Bench {
    fn pass(&self, seconds: u64) {
        *self.service.passed.lock().unwrap() += secs(seconds);
        self.clock.advance(secs(seconds));
    }

    /// Gets credentials once a minute, and returns the number of requests to the service. No expired credentials are
    /// used.
    async fn live(&self, seconds: u64) -> usize {
        let before = self.service.asked.load(Ordering::SeqCst);
        for _ in 0..seconds / 60 {
            let found = self.cache.get().await.unwrap();
            let now = start() + *self.service.passed.lock().unwrap();
            assert!(found.expires().unwrap() > now, "dead credentials are used");
            self.pass(60);
        }
        self.service.asked.load(Ordering::SeqCst) - before
    }
}

#[tokio::test]
async fn credentials_are_renewed_by_the_monotonic_clock_when_the_wall_clock_was_set_back() {
    for back in [HOUR, DAY, 400 * DAY] {
        let bench = bench(0);
        bench.cache.get().await.unwrap();
        set(&bench.clock, -(back as i64));
        let asked = bench.live(20 * HOUR).await;
        assert!((20..=24).contains(&asked), "{asked} times in 20 hours");
    }
}

#[tokio::test]
async fn credentials_that_come_expired_are_tried() {
    let bench = bench(2 * HOUR as i64);
    assert_eq!(bench.cache.get().await.unwrap().id(), "key-1");
    assert_eq!(bench.cache.get().await.unwrap().id(), "key-1", "not asked for at every call");
    // Every minute, since the expiry is not known.
    assert!(bench.live(HOUR).await <= 60);
    // As soon as the clock is right, they have an expiry.
    set(&bench.clock, -(2 * HOUR as i64));
    let asked = bench.live(2 * HOUR).await;
    assert!((2..=4).contains(&asked), "{asked}");
}

#[tokio::test]
async fn a_wall_clock_that_jumps_ahead_costs_one_renewal() {
    let bench = bench(0);
    bench.cache.get().await.unwrap();
    set(&bench.clock, 2 * HOUR as i64);
    assert_eq!(bench.cache.get().await.unwrap().id(), "key-2");
    let asked = bench.live(10 * HOUR).await;
    assert!((10..=12).contains(&asked), "{asked} times in 10 hours");
}

#[tokio::test]
async fn a_machine_that_slept_renews() {
    let bench = bench(0);
    bench.cache.get().await.unwrap();
    // The monotonic clock stopped meanwhile.
    *bench.service.passed.lock().unwrap() += secs(10 * HOUR);
    set(&bench.clock, 10 * HOUR as i64);
    assert_eq!(bench.cache.get().await.unwrap().id(), "key-2");
    let asked = bench.live(10 * HOUR).await;
    assert!((10..=12).contains(&asked), "{asked} times in 10 hours");
}

#[tokio::test]
async fn the_old_ones_are_tried_when_they_may_be_good_and_renewing_fails() {
    let cached = cached([temporary("a", HOUR), Err("out of order")]);
    cached.id().await;
    cached.clock.set(start() + secs(2 * HOUR));
    assert_eq!(cached.id().await, "a");
    // By the monotonic clock they have expired as well.
    cached.clock.advance(secs(HOUR));
    assert_eq!(cached.cache.get().await.unwrap_err().message(), "out of order");
}

#[tokio::test]
async fn no_time_is_too_far_away() {
    let far = std::time::UNIX_EPOCH + Duration::from_secs(1 << 40);
    for expiry in [std::time::UNIX_EPOCH, start(), far] {
        let cached = cached([Ok(Credentials::new("a", SECRET).with_expiry(expiry))]);
        for now in [std::time::UNIX_EPOCH, far, start()] {
            cached.clock.set(now);
            assert_eq!(cached.id().await, "a");
        }
    }
}
