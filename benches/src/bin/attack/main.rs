//! What anybody can make the reference server do, in processor time, memory and other callers' waiting:
//! `cargo run --release -p wharf-benches --bin attack`. Linux alone, because it reads `/proc`.
//!
//! - `doctor`: what the diagnosis of a wrong signature adds to the cost of its request, against a server without it;
//! - `heads`: memory after 1,000 unsigned requests with the largest heads;
//! - `connections`: how long callers wait while 2,000 connections are idle and 500 slow, and when those are closed.
//!
//! One of these words runs that alone. What is promised is checked: the program fails when it does not hold.
#![allow(clippy::print_stdout)]

mod connections;
mod doctor;
mod heads;
mod shapes;

use std::io::Read;
use wharf_benches::process::{Result, SERVE};
use wharf_server::Server;

const WITHOUT_DOCTOR: &str = "without-doctor";

type Outcome = Result<()>;

fn main() -> Outcome {
    let word = std::env::args().nth(1).unwrap_or_default();
    if word == SERVE {
        return serve(std::env::args().nth(2).as_deref() == Some(WITHOUT_DOCTOR));
    }
    let all = word.is_empty();
    if all || word == "doctor" {
        doctor::run()?;
    }
    if all || word == "heads" {
        heads::run()?;
    }
    if all || word == "connections" {
        connections::run()?;
    }
    Ok(())
}

/// Runs a server until its standard input ends.
fn serve(without_doctor: bool) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let server = Server::builder().rate_limits(false).diagnose_signatures(!without_doctor).start().await?;
        println!("{}", server.endpoint());
        tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await??;
        server.stop().await;
        Ok(())
    })
}
