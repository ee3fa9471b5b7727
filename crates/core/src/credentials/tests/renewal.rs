//! Sources that are slow or stop, and credentials that a service rejects.

use super::*;
use crate::testing::{Step, bench, code, created};

/// Source that responds after a delay.
#[derive(Debug)]
struct Slow {
    asked: AtomicUsize,
    time: Duration,
}

impl Slow {
    fn new(time: Duration) -> Arc<Self> {
        Arc::new(Self { asked: 0.into(), time })
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl ProvideCredentials for Slow {
    async fn credentials(&self) -> Result<Credentials, Error> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(self.time).await;
        Ok(Credentials::new("a", SECRET))
    }
}

#[tokio::test(start_paused = true)]
async fn a_source_slower_than_the_calls_is_asked_once_and_calls_after_it_succeed() {
    let source = Slow::new(Duration::from_millis(1500));
    let bench = bench((0..200).map(|_| created()), |settings| {
        settings.credentials = Some(source.clone());
        settings.call_timeout = Some(secs(1));
        settings.client_rate_limit = false;
    });
    let mut outcomes = Vec::new();
    for _ in 0..8 {
        outcomes.extend(futures_util::future::join_all((0..25).map(|_| bench.create())).await);
    }
    assert_eq!(source.asked(), 1);
    let (early, late) = outcomes.split_at(25);
    assert!(early.iter().all(|outcome| outcome.as_ref().unwrap_err().kind() == ErrorKind::TimedOut));
    assert!(late.iter().all(Result::is_ok));
}

#[tokio::test(start_paused = true)]
async fn calls_use_the_old_ones_while_a_slow_source_renews() {
    #[derive(Debug)]
    struct Second(AtomicUsize);
    #[async_trait]
    impl ProvideCredentials for Second {
        async fn credentials(&self) -> Result<Credentials, Error> {
            let number = self.0.fetch_add(1, Ordering::SeqCst) + 1;
            if number > 1 {
                tokio::time::sleep(secs(30)).await;
            }
            Ok(Credentials::new(format!("key-{number}"), SECRET).with_expiry(start() + secs(3600 * number as u64)))
        }
    }
    let clock = ManualClock::new(start());
    let cache = Cache::new(Arc::new(Second(0.into())), Arc::new(clock.clone()));
    assert_eq!(cache.get().await.unwrap().id(), "key-1");
    clock.advance(secs(3500));
    let began = tokio::time::Instant::now();
    for _ in 0..50 {
        assert_eq!(cache.get().await.unwrap().id(), "key-1");
    }
    assert!(began.elapsed() < secs(1));
    tokio::time::sleep(secs(30)).await;
    assert_eq!(cache.get().await.unwrap().id(), "key-2");
}

#[tokio::test(start_paused = true)]
async fn a_source_that_never_answers_is_asked_again_in_the_end() {
    let source = Slow::new(secs(1 << 30));
    let cache = Cache::new(source.clone(), Arc::new(ManualClock::new(start())));
    assert_eq!(cache.get().await.unwrap_err().kind(), ErrorKind::Credentials);
    cache.get().await.unwrap_err();
    assert_eq!(source.asked(), 2);
}

#[tokio::test]
async fn a_source_that_panics_is_an_error() {
    #[derive(Debug)]
    struct Broken;
    #[async_trait]
    impl ProvideCredentials for Broken {
        async fn credentials(&self) -> Result<Credentials, Error> {
            tokio::task::yield_now().await;
            panic!("on purpose")
        }
    }
    let cache = Cache::new(Arc::new(Broken), Arc::new(ManualClock::new(start())));
    let error = cache.get().await.unwrap_err();
    assert_eq!(error.message(), "the source of the credentials ended without an answer");
}

#[test]
fn a_question_that_ended_with_its_runtime_is_asked_anew() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let source = Slow::new(Duration::from_millis(50));
    let cache = Cache::new(source.clone(), Arc::new(ManualClock::new(start())));
    let first = runtime();
    let early = first.block_on(async { tokio::time::timeout(Duration::from_millis(5), cache.get()).await.is_ok() });
    assert!(!early);
    drop(first);
    assert_eq!(runtime().block_on(cache.get()).unwrap().id(), "a");
    assert_eq!(source.asked(), 2);
}

#[test]
fn without_a_runtime_the_caller_asks() {
    let cache = Cache::new(Arc::new(Credentials::new("a", SECRET)), Arc::new(ManualClock::new(start())));
    assert_eq!(futures_util::future::FutureExt::now_or_never(cache.get()).unwrap().unwrap().id(), "a");
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_stops_halfway_keeps_nobody_waiting() {
    let source = Slow::new(Duration::from_millis(1500));
    let cache = Cache::new(source.clone(), Arc::new(ManualClock::new(start())));
    let mut idle = Box::pin(cache.get());
    assert!(futures_util::FutureExt::now_or_never(&mut idle).is_none());
    // No one polls the first one any more.
    assert_eq!(cache.get().await.unwrap().id(), "a");
    assert_eq!((idle.await.unwrap().id(), source.asked()), ("a", 1));
}

/// Returns a connection with a source of these tokens, the last one repeatedly.
fn refused(tokens: &[Option<&str>], script: impl IntoIterator<Item = Step>) -> (crate::testing::Bench, Arc<Source>) {
    let results = tokens.iter().map(|token| {
        let key = Credentials::new("a", SECRET);
        Ok(token.map_or(key.clone(), |token| key.with_token(token)))
    });
    let source = Arc::new(Source { asked: 0.into(), results: Mutex::new(results.collect()) });
    (bench(script, |settings| settings.credentials = Some(source.clone())), source)
}

#[tokio::test]
async fn a_refused_temporary_key_is_renewed_once() {
    let (bench, source) = refused(&[Some("t1"), Some("t2")], [code("Stale"), created(), created()]);
    bench.create().await.unwrap();
    bench.create().await.unwrap();
    assert_eq!((bench.sent(), source.asked.load(Ordering::SeqCst)), (3, 2));
    assert!(bench.clock.slept().is_empty());

    let (bench, _) = refused(&[Some("t1"), Some("t2"), Some("t3")], [code("Stale"), code("Stale"), created()]);
    let error = bench.create().await.unwrap_err();
    assert_eq!((error.code(), error.attempts().len(), bench.sent()), (Some("Stale"), 1, 2));
}

#[tokio::test]
async fn a_refused_key_that_is_all_there_is_is_not_sent_again() {
    let (bench, source) = refused(&[Some("t1")], [code("Stale"), code("Stale")]);
    assert_eq!(bench.create().await.unwrap_err().code(), Some("Stale"));
    assert_eq!((bench.sent(), source.asked.load(Ordering::SeqCst)), (1, 2));

    let (bench, source) = refused(&[None, Some("t2")], [code("Stale")]);
    assert_eq!(bench.create().await.unwrap_err().code(), Some("Stale"));
    assert_eq!((bench.sent(), source.asked.load(Ordering::SeqCst)), (1, 1), "a permanent key");
}

#[tokio::test]
async fn a_source_that_fails_after_a_refusal_says_why_the_call_fails() {
    let results = [temporary("a", 3600), Err("the vault is sealed")].into_iter().collect();
    let source = Arc::new(Source { asked: 0.into(), results: Mutex::new(results) });
    let bench = bench([code("Stale")], |settings| settings.credentials = Some(source.clone()));
    let error = bench.create().await.unwrap_err();
    assert_eq!((error.message(), error.attempts()[0].code.as_deref()), ("the vault is sealed", Some("Stale")));
}

#[tokio::test]
async fn a_shared_cache_asks_its_source_too_when_a_key_is_refused() {
    let results = [temporary("a", 3600), temporary("b", 3600)].into_iter().collect();
    let source = Arc::new(Source { asked: 0.into(), results: Mutex::new(results) });
    let clock = Arc::new(ManualClock::new(start()));
    let shared = Arc::new(Cache::new(source.clone(), clock));
    let chain = Chain::new().then("environment", environment(&[])).then("shared", shared.clone());
    let first = bench([code("Stale"), created()], |settings| settings.credentials = Some(Arc::new(chain)));
    let second = bench([created()], |settings| settings.credentials = Some(shared));
    first.create().await.unwrap();
    second.create().await.unwrap();
    assert_eq!((first.sent(), second.sent(), source.asked.load(Ordering::SeqCst)), (2, 1, 2));
}

#[tokio::test]
async fn credentials_that_look_expired_are_sent_so_that_the_clock_is_corrected() {
    let expiry = start() - secs(3600);
    let key = Credentials::new("a", SECRET).with_token("t").with_expiry(expiry);
    let skewed = crate::testing::with_header(code("Skewed"), "date", &crate::testing::http_date(start() - secs(7200)));
    let bench = bench([skewed, created()], |settings| settings.credentials = Some(Arc::new(key)));
    bench.create().await.unwrap();
    assert_eq!((bench.sent(), bench.connection.clock_skew_millis()), (2, -7_200_000));
}
