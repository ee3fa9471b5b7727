//! Measurements of speed, as ratios of one run. See `benches/README.md`.
//!
//! ```console
//! $ cargo run --release -p wharf-benches             # the parts of a call
//! $ cargo run --release -p wharf-benches -- peers    # whole calls, against other clients
//! ```

use std::process::ExitCode;
use wharf_benches::parts;
use wharf_benches::peers::{self, client, server};
use wharf_benches::process::{Result, SERVE};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments.iter().map(String::as_str).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<()> {
    match arguments {
        [] => parts::run(),
        ["peers", options @ ..] => peers::run(options),
        [SERVE, mode] => server::run(mode),
        [client::CLIENT, name, work, rest @ ..] => client::run(name, work, rest),
        _ => Err("usage: wharf-benches [peers [--quick] [--svg FILE]]".into()),
    }
}
