#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod clocks;
mod renewal;

use super::*;
use crate::clock::{Clock, ManualClock};
use crate::testing::{SECRET, start};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Source of prepared results, the last one repeatedly. It counts the requests.
#[derive(Debug)]
struct Source {
    asked: AtomicUsize,
    results: Mutex<VecDeque<Result<Credentials, &'static str>>>,
}

#[async_trait]
impl ProvideCredentials for Source {
    async fn credentials(&self) -> Result<Credentials, Error> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        let mut results = self.results.lock().unwrap();
        let result = if results.len() > 1 { results.pop_front().unwrap() } else { results[0].clone() };
        result.map_err(|reason| Error::new(ErrorKind::Credentials, reason))
    }
}

struct Cached {
    cache: Arc<Cache>,
    source: Arc<Source>,
    clock: ManualClock,
}

fn cached(results: impl IntoIterator<Item = Result<Credentials, &'static str>>) -> Cached {
    let source = Arc::new(Source { asked: 0.into(), results: Mutex::new(results.into_iter().collect()) });
    let clock = ManualClock::new(start());
    clock.set_random(0);
    let cache = Arc::new(Cache::new(source.clone(), Arc::new(clock.clone())));
    Cached { cache, source, clock }
}

impl Cached {
    async fn id(&self) -> String {
        self.cache.get().await.unwrap().id().to_owned()
    }
    fn asked(&self) -> usize {
        self.source.asked.load(Ordering::SeqCst)
    }
}

fn temporary(id: &str, from_start: u64) -> Result<Credentials, &'static str> {
    Ok(Credentials::new(id, SECRET).with_token("t").with_expiry(start() + secs(from_start)))
}

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[tokio::test]
async fn a_hundred_callers_ask_once() {
    let cached = cached([temporary("a", 3600)]);
    let callers = (0..100).map(|_| {
        let cache = Arc::clone(&cached.cache);
        tokio::spawn(async move { cache.get().await.unwrap().id().to_owned() })
    });
    for caller in callers.collect::<Vec<_>>() {
        assert_eq!(caller.await.unwrap(), "a");
    }
    assert_eq!(cached.asked(), 1);
}

#[tokio::test]
async fn a_hundred_callers_share_a_failure_and_later_ones_ask_again() {
    let cached = cached([Err("nothing here"), temporary("a", 3600)]);
    let callers = (0..100).map(|_| {
        let cache = Arc::clone(&cached.cache);
        tokio::spawn(async move { cache.get().await.unwrap_err().message().to_owned() })
    });
    for caller in callers.collect::<Vec<_>>() {
        assert_eq!(caller.await.unwrap(), "nothing here");
    }
    assert_eq!(cached.asked(), 1);
    assert_eq!((cached.id().await.as_str(), cached.asked()), ("a", 2));
}

#[tokio::test]
async fn credentials_are_renewed_before_they_expire() {
    let cached = cached([temporary("a", 3600), temporary("b", 7200)]);
    assert_eq!(cached.id().await, "a");
    cached.clock.advance(secs(3600 - 301));
    assert_eq!((cached.id().await.as_str(), cached.asked()), ("a", 1));
    cached.clock.advance(secs(1));
    assert_eq!((cached.id().await.as_str(), cached.asked()), ("b", 2));
}

#[tokio::test]
async fn the_time_of_renewal_is_spread() {
    let cached = cached([temporary("a", 3600), temporary("b", 7200)]);
    cached.clock.set_random(u64::MAX);
    cached.id().await;
    cached.clock.advance(secs(3600 - 361));
    assert_eq!(cached.id().await, "a");
    cached.clock.advance(secs(1));
    assert_eq!(cached.id().await, "b");
}

#[tokio::test]
async fn short_lives_are_renewed_at_half_time() {
    let cached = cached([temporary("a", 60), temporary("b", 600)]);
    cached.id().await;
    cached.clock.advance(secs(29));
    assert_eq!(cached.id().await, "a");
    cached.clock.advance(secs(1));
    assert_eq!(cached.id().await, "b");
}

#[tokio::test]
async fn while_one_renews_the_others_use_the_old_ones() {
    let cached = cached([temporary("a", 3600), temporary("b", 7200)]);
    cached.id().await;
    cached.clock.advance(secs(3500));
    let ids = futures_util::future::join_all((0..10).map(|_| cached.id())).await;
    assert_eq!(ids.iter().filter(|id| *id == "b").count(), 1);
    assert_eq!(cached.asked(), 2);
}

#[tokio::test]
async fn old_ones_serve_until_they_expire_when_renewing_fails() {
    let cached = cached([temporary("a", 3600), Err("out of order")]);
    cached.id().await;
    cached.clock.advance(secs(3400));
    assert_eq!((cached.id().await.as_str(), cached.asked()), ("a", 2));
    assert_eq!((cached.id().await.as_str(), cached.asked()), ("a", 2), "not asked again at once");
    cached.clock.advance(secs(10));
    assert_eq!((cached.id().await.as_str(), cached.asked()), ("a", 3));
    cached.clock.advance(secs(190));
    assert_eq!(cached.cache.get().await.unwrap_err().message(), "out of order");
}

#[tokio::test]
async fn permanent_ones_are_looked_at_again_now_and_then() {
    let cached = cached([Ok(Credentials::new("a", SECRET)), Ok(Credentials::new("b", SECRET))]);
    cached.id().await;
    cached.clock.advance(secs(899));
    assert_eq!(cached.id().await, "a");
    cached.clock.advance(secs(1));
    assert_eq!(cached.id().await, "b");
}

fn environment(variables: &'static [(&str, &str)]) -> Environment {
    Environment::new(&["X_ID"], &["X_KEY"], &["X_TOKEN", "X_SESSION_TOKEN"]).with_lookup(move |name| {
        variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    })
}

#[tokio::test]
async fn the_environment() {
    let found = environment(&[("X_ID", " id "), ("X_KEY", "key"), ("X_TOKEN", ""), ("X_SESSION_TOKEN", "token")]);
    let found = found.credentials().await.unwrap();
    assert_eq!((found.id(), found.secret().expose()), ("id", "key"));
    assert_eq!(found.token().unwrap().expose(), "token");
    let found = environment(&[("X_ID", "id"), ("X_KEY", "key"), ("X_TOKEN", "1"), ("X_SESSION_TOKEN", "2")]);
    assert_eq!(found.credentials().await.unwrap().token().unwrap().expose(), "1");
    for (variables, message) in [
        (&[] as &[_], "X_ID is not set"),
        (&[("X_ID", "id")], "X_KEY is not set"),
        (&[("X_ID", "id"), ("X_KEY", " ")], "X_KEY is empty"),
    ] {
        assert_eq!(environment(variables).credentials().await.unwrap_err().message(), message);
    }
}

#[tokio::test]
async fn a_chain_takes_the_first_and_tells_why_there_is_none() {
    let chain = |last: &'static [(&str, &str)]| {
        Chain::new()
            .then("environment", environment(&[]))
            .then("fixed", Credentials::new("id", ""))
            .then("vault", environment(last))
    };
    assert_eq!(chain(&[("X_ID", "b"), ("X_KEY", "k")]).credentials().await.unwrap().id(), "b");
    let error = chain(&[]).credentials().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials);
    assert_eq!(
        error.message(),
        "no credentials found: environment: X_ID is not set; fixed: the secret of the credentials is empty; \
         vault: X_ID is not set"
    );
    assert!(Chain::new().credentials().await.unwrap_err().message().contains("no source"));
}

#[tokio::test]
async fn keys_of_the_environment_that_are_half_there_or_not_keys_are_refused_by_their_variable() {
    for (variables, field) in [
        (&[("X_ID", "id")] as &'static [(&str, &str)], "X_KEY"),
        (&[("X_ID", "id"), ("X_KEY", " ")], "X_KEY"),
        (&[("X_ID", ""), ("X_KEY", "planted-secret")], "X_ID"),
        (&[("X_KEY", "planted-secret")], "X_ID"),
        (&[("X_ID", "id"), ("X_KEY", "planted-secret\nmore")], "X_KEY"),
        (&[("X_ID", "id"), ("X_KEY", "planted secret")], "X_KEY"),
        (&[("X_ID", "id"), ("X_KEY", "\"planted-secret\"")], "X_KEY"),
        (&[("X_ID", "id"), ("X_KEY", "planted-secret'")], "X_KEY"),
        (&[("X_ID", "'id'"), ("X_KEY", "planted-secret")], "X_ID"),
        (&[("X_ID", "i\u{fffd}d"), ("X_KEY", "planted-secret")], "X_ID"),
        (&[("X_ID", "id"), ("X_KEY", "planted-secret"), ("X_TOKEN", "a b")], "X_TOKEN"),
        (&[("X_ID", "id"), ("X_KEY", "planted-secret"), ("X_SESSION_TOKEN", "a\r\nb")], "X_SESSION_TOKEN"),
    ] {
        // No other identity is used instead.
        let chain = Chain::new().then("environment", environment(variables)).then("other", Credentials::new("x", "y"));
        let error = chain.credentials().await.unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some(field)), "{variables:?}");
        assert!(error.message().contains(field) && !format!("{error:?}").contains("planted"), "{error:?}");
    }
    // An empty variable is not set, as in a list of variables that are passed on.
    let empty = environment(&[("X_ID", ""), ("X_KEY", " \n"), ("X_TOKEN", "")]);
    let chain = Chain::new().then("environment", empty).then("other", Credentials::new("x", "y"));
    assert_eq!(chain.credentials().await.unwrap().id(), "x");
}

#[tokio::test]
async fn a_source_that_is_meant_and_fails_is_not_passed_over() {
    #[derive(Debug)]
    struct Fails(fn() -> Error);
    #[async_trait]
    impl ProvideCredentials for Fails {
        async fn credentials(&self) -> Result<Credentials, Error> {
            Err(self.0())
        }
    }
    let failures: [fn() -> Error; 4] = [
        || Error::new(ErrorKind::ConnectionFailed, "the vault is down"),
        || Error::service(ErrorKind::Credentials, "InvalidAccessKeyId", "m"),
        || Error::new(ErrorKind::Credentials, "it names a role").with_field("role_arn"),
        || Error::configuration("base_url", "is wrong"),
    ];
    for failure in failures {
        let chain = Chain::new().then("first", Fails(failure)).then("other", Credentials::new("x", "y"));
        assert_eq!(chain.credentials().await.unwrap_err().message(), failure().message());
    }
}

#[tokio::test]
async fn an_identity_that_is_not_supported_is_refused_by_its_variables() {
    let elsewhere = |set: &'static [&'static str]| {
        Elsewhere::new(&["X_ROLE", "X_TOKEN_FILE"]).with_lookup(move |name| {
            set.contains(&name).then(|| "planted".to_owned()).or((name == "X_ROLE").then(String::new))
        })
    };
    let chain = |set| Chain::new().then("pod", elsewhere(set)).then("node", Credentials::new("node", "key"));
    assert_eq!(chain(&[]).credentials().await.unwrap().id(), "node");
    assert_eq!(chain(&["X_REGION"]).credentials().await.unwrap().id(), "node");
    let error = chain(&["X_REGION", "X_TOKEN_FILE", "X_ROLE"]).credentials().await.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some("X_ROLE")));
    assert!(error.message().starts_with("X_ROLE, X_TOKEN_FILE are set"), "{error}");
    assert!(!format!("{error:?} {:?}", elsewhere(&["X_ROLE"])).contains("planted"));
}

#[test]
fn debug_has_no_secret() {
    let credentials = Credentials::new("id", SECRET).with_token(SECRET);
    let chain = Chain::new().then("fixed", credentials.clone());
    assert!(!format!("{credentials:?} {chain:?} {:?}", cached([Ok(credentials.clone())]).cache).contains(SECRET));
}
