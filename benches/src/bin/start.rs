//! How long the server takes from its start as a program to its ready line.
//!
//! `cargo run --release -p wharf-benches --bin start -- target/release/wharf-server [another program]`

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it reports to a terminal")]

use std::io::{BufRead, BufReader};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// Starts of each program; they alternate, so that all see the same machine.
const ROUNDS: usize = 21;

fn main() -> ExitCode {
    let programs: Vec<String> = std::env::args().skip(1).collect();
    if programs.is_empty() {
        eprintln!("usage: start PROGRAM [PROGRAM...]");
        return ExitCode::FAILURE;
    }
    let mut times = vec![Vec::with_capacity(ROUNDS); programs.len()];
    for _ in 0..ROUNDS {
        for (program, times) in programs.iter().zip(&mut times) {
            match start(program) {
                Ok(time) => times.push(time),
                Err(error) => {
                    eprintln!("{program}: {error}");
                    return ExitCode::FAILURE;
                }
            }
        }
    }
    for (program, times) in programs.iter().zip(&mut times) {
        times.sort();
        println!("{program}: fastest {:.1?}, median {:.1?}", times[0], times[ROUNDS / 2]);
    }
    ExitCode::SUCCESS
}

/// Starts a program and stops it after its first line.
fn start(program: &str) -> std::io::Result<Duration> {
    let begin = Instant::now();
    let mut child = Command::new(program).stdout(Stdio::piped()).spawn()?;
    let mut line = String::new();
    let read = child.stdout.take().map_or(Ok(0), |stdout| BufReader::new(stdout).read_line(&mut line));
    let time = begin.elapsed();
    child.kill()?;
    child.wait()?;
    if read? == 0 { Err(std::io::Error::other("it printed nothing")) } else { Ok(time) }
}
