//! Random sequences of calls over all products. After each of them the world is consistent, lists have as many items as they
//! say, all work ends, and a world that was saved and loaded in between went the same way.
//!
//! A sequence is made from its seed. `SEED=<number> cargo test -p wharf-server --test sequences one` runs the one that a
//! failure names; a failing sequence is made shorter before it is printed. `SEQUENCES` is another number of sequences.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

#[allow(dead_code)]
#[path = "../gateway/alibaba/client.rs"]
mod alibaba;
#[allow(dead_code)]
#[path = "../gateway/client.rs"]
mod client;
#[allow(dead_code)]
#[path = "../gateway/huawei/client.rs"]
mod huawei;
mod input;
mod known;
mod lists;
mod machine;
mod random;
mod recipes;
mod unfinished;
mod wire;

use machine::{Failure, run, shrink};

/// How many sequences run. They are divided into two tests, which run at the same time.
const SEQUENCES: u64 = 2_000;

/// After so many failures no further sequence runs.
const MOST_FAILURES: usize = 12;

async fn all_hold(seeds: impl Iterator<Item = u64>) {
    let mut failures = Vec::new();
    for seed in seeds {
        if let Err(failure) = run(seed, None).await {
            failures.push((seed, failure));
        }
        if failures.len() >= MOST_FAILURES {
            break;
        }
    }
    let others: Vec<String> =
        failures.iter().skip(1).map(|(seed, failure)| format!("seed {seed}: {}", failure.message)).collect();
    if let Some((seed, failure)) = failures.into_iter().next() {
        let (steps, Failure { message, .. }) = shrink(seed, failure).await;
        let (steps, others) = (steps.join("\n"), others.join("\n"));
        panic!("seed {seed}: {message}\nafter these steps:\n{steps}\nother failures:\n{others}");
    }
}

/// The number in a variable of the environment.
fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

#[tokio::test]
async fn the_world_holds_in_the_first_half_of_the_sequences() {
    all_hold((0..number("SEQUENCES").unwrap_or(SEQUENCES)).step_by(2)).await;
}

#[tokio::test]
async fn the_world_holds_in_the_second_half_of_the_sequences() {
    all_hold((1..number("SEQUENCES").unwrap_or(SEQUENCES)).step_by(2)).await;
}

/// Runs the sequence of the seed in `SEED`, or the first one.
#[tokio::test]
async fn the_world_holds_in_one_sequence() {
    all_hold(std::iter::once(number("SEED").unwrap_or(0))).await;
}
