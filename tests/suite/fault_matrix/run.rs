//! Runs faults: every way to call, reading and changing, lasting and once.

use super::{Bodies, Fault, Setup, Then, Way, good, head, http, ways};
use crate::raw::{Act, Nowhere, Play, Raw, Read};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::StreamExt;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::cell::RefCell;
use std::error::Error as _;
use std::io;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};
use tracing_subscriber::fmt::format::FmtSpan;
use wharf::transport::{HttpTransport, Proxy, Transport};
use wharf::{Error, ErrorKind};

pub(super) const SECRET_KEY: &str = "pl4nted-k3y/Zq+7";
pub(super) const TOKEN: &str = "pl4nted-t0ken/Zq+7==";
pub(super) const PASSWORD: &str = "Pl4nt3d+pw/9";
/// Bytes of an answer that a connection takes here.
pub(super) const MAX_RESPONSE: usize = 1 << 20;
/// Cases that run at a time; most of them wait for the other side.
const AT_ONCE: usize = 32;

/// How much time a call has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Time {
    /// More than it needs.
    Plenty,
    /// Three attempts are over before the call is.
    ForThreeAttempts,
    /// The call's time is over within the first attempt.
    ForOne,
}

impl Time {
    /// Of an attempt, and of the call.
    fn limits(self) -> [Duration; 2] {
        let [attempt, call] = match self {
            Self::Plenty => [10_000, 10_000],
            Self::ForThreeAttempts => [500, 3_000],
            Self::ForOne => [10_000, 1_000],
        };
        [attempt, call].map(Duration::from_millis)
    }
}

/// A text as it may be found.
pub(super) fn forms(text: &str) -> [String; 3] {
    const RESERVED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    [text.to_owned(), STANDARD.encode(text), utf8_percent_encode(text, &RESERVED).to_string()]
}

/// The secret that stands in a text, if one does.
fn secret_in(text: &str) -> Option<&'static str> {
    static NEEDLES: OnceLock<Vec<(&str, Vec<String>)>> = OnceLock::new();
    let needles = NEEDLES.get_or_init(|| {
        let all = |secret: &'static str| {
            let numbers = format!("{:?}", secret.as_bytes());
            let numbers = numbers.trim_matches(['[', ']']).to_owned();
            (secret, forms(secret).into_iter().chain([numbers]).collect())
        };
        [SECRET_KEY, TOKEN, PASSWORD].map(all).into()
    });
    needles.iter().find(|(_, forms)| forms.iter().any(|form| text.contains(form.as_str()))).map(|(secret, _)| *secret)
}

/// What is logged, event by event: kept is what shows a secret.
#[derive(Clone, Default)]
struct Watch(Arc<Mutex<(usize, Vec<String>)>>);

impl io::Write for Watch {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let mut seen = self.0.lock().unwrap();
        seen.0 += 1;
        if secret_in(&text).is_some() {
            seen.1.push(text.into_owned());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Records of `log`, which some of the libraries below write.
struct Records;

static RECORDS: Mutex<Vec<String>> = Mutex::new(Vec::new());

impl log::Log for Records {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let text = format!("{} {}", record.target(), record.args());
        if secret_in(&text).is_some() {
            RECORDS.lock().unwrap().push(text);
        }
    }

    fn flush(&self) {}
}

/// Runs all cases of these faults.
pub(super) fn all(faults: Vec<Fault>, time: Time) {
    if log::set_logger(&Records).is_ok() {
        log::set_max_level(log::LevelFilter::Trace);
    }
    let watch = Watch::default();
    let writer = watch.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_writer(move || writer.clone())
        .finish();
    let dispatch = tracing::Dispatch::new(subscriber);
    thread_local!(static LISTENING: RefCell<Option<tracing::subscriber::DefaultGuard>> = const { RefCell::new(None) });
    let on_threads = dispatch.clone();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .on_thread_start(move || LISTENING.set(Some(tracing::dispatcher::set_default(&on_threads))))
        .build()
        .unwrap();
    let listening = tracing::dispatcher::set_default(&dispatch);
    let problems = runtime.block_on(async move { tokio::spawn(cases(faults, time)).await.unwrap() });
    drop((listening, runtime));

    let seen = watch.0.lock().unwrap();
    assert!(seen.0 > 100, "nothing was logged");
    let shown = seen
        .1
        .iter()
        .chain(&*RECORDS.lock().unwrap())
        .map(|text| format!("the log shows a secret: {text}"))
        .collect::<Vec<_>>();
    let all: Vec<_> = problems.into_iter().chain(shown).collect();
    assert!(all.is_empty(), "{} problems:\n{}", all.len(), all.join("\n"));
}

async fn cases(faults: Vec<Fault>, time: Time) -> Vec<String> {
    let bench = &Bench::new();
    let (ways, faults) = (Arc::new(ways()), Arc::new(faults));
    let mut cases = Vec::new();
    for way in 0..ways.len() {
        for fault in 0..faults.len() {
            for changing in [false, true].into_iter().filter(|changing| (faults[fault].applies)(&ways[way], *changing))
            {
                cases.extend([(way, fault, changing, false), (way, fault, changing, true)]);
            }
        }
    }
    let outcomes = futures_util::stream::iter(cases).map(|(way, fault, changing, lasting)| {
        let (ways, faults) = (ways.clone(), faults.clone());
        async move {
            let case = Case { way: &ways[way], fault: &faults[fault], changing, lasting, time };
            let mut problems = case.run(bench).await;
            // Others may have had the processor: what is late has to be late each time.
            for _ in 0..5 {
                let late = |problem: &String| OF_LOAD.iter().any(|begin| problem.starts_with(begin));
                if time == Time::Plenty || problems.is_empty() || !problems.iter().all(late) {
                    break;
                }
                let _alone = bench.alone.lock().await;
                problems = case.run(bench).await;
            }
            problems.into_iter().map(|problem| format!("{case}: {problem}")).collect::<Vec<_>>()
        }
    });
    let mut problems: Vec<String> = outcomes.buffer_unordered(AT_ONCE).collect::<Vec<_>>().await.concat();
    problems.sort();
    problems
}

/// What connections have in common.
struct Bench {
    /// One for all: to read the system's certificates takes longer than a call.
    transport: Arc<dyn Transport>,
    /// For one case after the other.
    alone: tokio::sync::Mutex<()>,
}

impl Bench {
    fn new() -> Self {
        let transport = HttpTransport::builder().proxy(Proxy::None).build().unwrap();
        Self { transport: Arc::new(transport), alone: tokio::sync::Mutex::default() }
    }

    async fn setup(&self, endpoint: String, time: Time, max_response: usize) -> Setup {
        let [attempt_timeout, call_timeout] = time.limits();
        // Each login has a token of its own.
        let login = Raw::start(|at| {
            let token = if at == 0 { format!("X-Subject-Token: {TOKEN}") } else { format!("X-Subject-Token: {at}") };
            Play::answer(http("201 Created", &[&token, super::JSON], r#"{"token": {}}"#))
        });
        let (login, transport) = (login.await, self.transport.clone());
        Setup { endpoint, login, transport, attempt_timeout, call_timeout, max_response }
    }
}

/// How problems begin that the load of the machine may cause.
const LATE: &str = "took ";
const FEWER: &str = "too few: ";
const NOT_HEALED: &str = "not healed: ";
const OF_LOAD: [&str; 3] = [LATE, FEWER, NOT_HEALED];

struct Case<'a> {
    way: &'a Way,
    fault: &'a Fault,
    changing: bool,
    lasting: bool,
    time: Time,
}

impl std::fmt::Display for Case<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let call = if self.changing { "change" } else { "read" };
        let how = if self.lasting { "lasting" } else { "once" };
        write!(f, "{} / {} / {call} / {how}", self.fault.name, self.way.name)
    }
}

impl Case<'_> {
    async fn run(&self, bench: &Bench) -> Vec<String> {
        let (answer, expected) = if self.changing { self.way.change } else { self.way.read };
        let bodies = Bodies { good: answer, refusal: self.way.refusal, report: self.way.report };
        let strike = Play { read: self.fault.read, acts: (self.fault.acts)(&bodies) };
        let lasting = self.lasting;
        let server =
            Raw::start(move |at| if lasting || at == 0 { strike.clone() } else { Play::answer(good(answer)) }).await;
        let setup = bench.setup(server.url(), self.time, MAX_RESPONSE).await;
        let caller = (self.way.connect)(&setup);
        let [_, limit] = self.time.limits();
        let began = Instant::now();
        // How late a plain timer is on this machine, now, while others run on it.
        let timer = tokio::spawn(async move {
            tokio::time::sleep(limit).await;
            began.elapsed()
        });
        let result = if self.changing { caller.change().await } else { caller.read().await };
        let took = began.elapsed();
        let mut problems = self.judge(&result, expected, server.arrived());
        if took > limit + limit / 10 {
            let most = timer.await.unwrap();
            if took > most + most / 10 {
                problems.push(format!("{LATE}{took:?} of {limit:?}"));
            }
        } else {
            timer.abort();
        }
        problems
    }

    fn judge(&self, result: &Result<String, Error>, expected: &str, arrived: usize) -> Vec<String> {
        let mut problems = Vec::new();
        if let Err(error) = result {
            problems.extend(shown(error));
        }
        // How often it is sent when the fault lasts, and whether another attempt heals a single strike.
        let tries = if self.time == Time::ForOne { 1 } else { 3 };
        let may = |again: bool| if again { (tries, tries > 1) } else { (1, false) };
        let (kinds, (sent, heals)): (&[ErrorKind], _) = match &self.fault.then {
            Then::Fine => (&[], (1, false)),
            Then::FineOr(kinds) | Then::Ends(kinds) => (kinds, (1, false)),
            Then::Unauthorized if self.way.logs_in => (&[ErrorKind::Credentials], (2, true)),
            Then::Unauthorized => (&[ErrorKind::Credentials], (1, false)),
            Then::Refused(kinds) => (kinds, may(true)),
            Then::Passes(kinds) | Then::Lost(kinds) => (kinds, may(!self.changing)),
        };
        let fine = matches!(self.fault.then, Then::Fine | Then::FineOr(_));
        let may_succeed = fine || !self.lasting && (heals || matches!(self.fault.then, Then::Lost(_)));
        match result {
            Ok(read) if read != expected => problems.push(format!("read {read:?}, not {expected:?}")),
            Ok(_) if !may_succeed => problems.push("believed".to_owned()),
            Err(error) if matches!(self.fault.then, Then::Fine) => problems.push(format!("not read: {error:?}")),
            Err(error) if heals && !self.lasting => problems.push(format!("{NOT_HEALED}{error:?}")),
            Err(error) if !kinds.contains(&error.kind()) => problems.push(format!("the kind is wrong: {error:?}")),
            _ => {}
        }
        let most = match (self.lasting, heals) {
            (true, _) => sent,
            (false, true) => 2,
            (false, false) => 1,
        };
        let exact = self.fault.read != Read::Nothing && !fine;
        if arrived > most {
            problems.push(format!("sent {arrived} times, not {most}: {result:?}"));
        } else if exact && arrived < most {
            problems.push(format!("{FEWER}sent {arrived} times, not {most}: {result:?}"));
        }
        problems
    }
}

/// What an error shows that it should not.
fn shown(error: &Error) -> Vec<String> {
    let mut texts = vec![format!("{error} {error:?} {error:#?}")];
    let mut cause = error.source();
    while let Some(inner) = cause {
        texts.push(format!("{inner} {inner:?} {inner:#?}"));
        cause = inner.source();
    }
    let found = texts.iter().filter_map(|text| Some(format!("the error shows {}: {text}", secret_in(text)?)));
    found.collect()
}

/// Nobody listens: nothing was sent, so that everything is tried again.
#[tokio::test]
async fn a_connection_that_is_refused_is_tried_again_for_changes_too() {
    let (bench, nowhere) = (Bench::new(), Nowhere::new());
    for way in ways() {
        let setup = bench.setup(nowhere.url(), Time::Plenty, MAX_RESPONSE).await;
        let (one, other) = ((way.connect)(&setup), (way.connect)(&setup));
        for error in [one.read().await.unwrap_err(), other.change().await.unwrap_err()] {
            assert_eq!(
                (error.kind(), error.attempts().len()),
                (ErrorKind::ConnectionFailed, 2),
                "{}: {error}",
                way.name
            );
            assert_eq!(shown(&error), Vec::<String>::new(), "{}", way.name);
        }
    }
}

/// Bytes behind an answer belong to nothing.
#[tokio::test]
async fn an_answer_that_nobody_asked_for_never_answers_the_next_call() {
    let bench = Bench::new();
    for way in ways() {
        let (answer, expected) = way.read;
        let stray = answer.replace(expected, "stray");
        assert_ne!(stray, answer, "{}", way.name);
        let server = Raw::start(move |_| Play::answer([good(answer), good(&stray)].concat())).await;
        let setup = bench.setup(server.url(), Time::Plenty, MAX_RESPONSE).await;
        let caller = (way.connect)(&setup);
        for _ in 0..5 {
            assert_eq!(caller.read().await.unwrap(), expected, "{}", way.name);
        }
    }
}

#[tokio::test]
async fn an_answer_of_more_than_64_mib_is_refused() {
    const LIMIT: usize = 64 << 20;
    let bench = Bench::new();
    let mib = vec![b' '; 1 << 20];
    let chunk = [b"100000\r\n".as_slice(), &mib, b"\r\n"].concat();
    for way in ways() {
        let by_length = head("200 OK", &[super::JSON, &format!("Content-Length: {}", LIMIT + 1)]);
        let in_chunks = head("200 OK", &[super::JSON, "Transfer-Encoding: chunked"]);
        for (head, body) in [(by_length, &mib), (in_chunks, &chunk)] {
            let acts = vec![Act::Send(head), Act::Drip(body.clone(), 0)];
            let server = Raw::start(move |_| Play { read: Read::All, acts: acts.clone() }).await;
            let setup = bench.setup(server.url(), Time::Plenty, LIMIT).await;
            let caller = (way.connect)(&setup);
            let error = caller.change().await.unwrap_err();
            assert_eq!((error.kind(), server.arrived()), (ErrorKind::Decode, 1), "{}: {error:?}", way.name);
        }
    }
}
