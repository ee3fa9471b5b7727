//! The behaviour suite (`tests/behaviour`) in every language.

pub(crate) mod case;
mod judge;
mod program;
mod rust;
mod table;

#[path = "../../../crates/ffi/tests/build/mod.rs"]
#[allow(unreachable_pub)]
mod build;

#[path = "../../../crates/python/tests/build/mod.rs"]
#[allow(unreachable_pub)]
mod wheel;

use case::Case;
use program::Program;
use serde_json::Value;
use std::collections::BTreeSet;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use wharf_server::Server;

/// Cases that are run at a time: most of the time one waits for the other side of a socket.
const AT_ONCE: usize = 4;

/// Somebody who does steps in a language. See the suite's README for what goes in and out.
trait Runner {
    /// Does a step.
    fn step(&mut self, step: &Value) -> Value;
    /// Ends, and gives the log.
    fn end(self: Box<Self>) -> String;
}

/// Runs the cases of the files and those of all faults, each with a separate runner.
fn run(runner: impl Fn(&Arc<Server>) -> Box<dyn Runner> + Sync) {
    let cases: Vec<Case> = case::all().into_iter().chain(crate::fault_kinds::cases()).collect();
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let judged = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| judge::run(case, &runner)));
                    let problems = judged.unwrap_or_else(|_| vec!["panicked".to_owned()]);
                    failures.lock().unwrap().extend(problems.into_iter().map(|what| format!("{}: {what}", case.name)));
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{} failures of {} cases:\n{}", failures.len(), cases.len(), failures.join("\n"));
}

#[test]
fn rust() {
    run(|_| Box::new(rust::InProcess::new()));
}

#[test]
fn c() {
    let program = build::compile(&build::package().join("tests/c/behaviour.c"), build::Linking::Shared, &[]);
    run(|_| Box::new(Program::start(&mut Command::new(&program))));
}

#[test]
fn python() {
    let program = wheel::package().join("tests/behaviour.py");
    run(|_| Box::new(Program::start(Command::new(wheel::python()).arg(&program))));
}

#[test]
fn python_with_asyncio() {
    let program = wheel::package().join("tests/behaviour.py");
    run(|_| Box::new(Program::start(Command::new(wheel::python()).arg(&program).arg("async"))));
}

/// The suite is about all products, and about what can go wrong.
#[test]
fn the_cases_are_many_and_of_all_products() {
    let cases = case::all();
    let names: BTreeSet<_> = cases.iter().map(|case| &case.name).collect();
    assert_eq!(names.len(), cases.len(), "two cases have one name");
    assert!(cases.len() >= 60, "{} cases", cases.len());
    let of = |what: fn(&Case) -> bool| cases.iter().filter(|case| what(case)).count();
    let steps = |member: &str| {
        let has = |case: &&Case| case.steps.iter().any(|step| step.get(member).is_some());
        cases.iter().filter(has).count()
    };
    for product in wharf::any::products() {
        let operations = wharf::operations().filter(|entry| entry.meta.product == product).count();
        let count = cases.iter().filter(|case| case.product == product).count();
        assert!(count >= operations.min(5), "few cases of {product}");
    }
    assert!(of(|case| !case.faults.is_empty()) >= 8 && of(|case| !case.secrets.is_empty()) >= 5);
    assert!(steps("pages") >= 6 && steps("wait") >= 6 && steps("error") >= 15 && steps("sent") >= 15);
}
