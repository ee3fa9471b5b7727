//! The log of the program, on standard error.

use clap::{Args, ValueEnum};
use tracing_subscriber::filter::LevelFilter;

/// How much the program logs.
#[derive(Args)]
pub(crate) struct Log {
    /// What to log on standard error: `info` has a line for each request, without secrets.
    #[arg(long, value_name = "LEVEL", default_value = "warn")]
    log: Level,
    /// Log nothing.
    #[arg(long, short, conflicts_with = "log")]
    quiet: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Level {
    Off,
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

impl Log {
    /// Starts the log. It has no colours, whether or not it goes to a terminal.
    pub(crate) fn start(&self) {
        let level = match self.log {
            _ if self.quiet => LevelFilter::OFF,
            Level::Off => LevelFilter::OFF,
            Level::Error => LevelFilter::ERROR,
            Level::Warn => LevelFilter::WARN,
            Level::Info => LevelFilter::INFO,
            Level::Debug => LevelFilter::DEBUG,
            Level::Trace => LevelFilter::TRACE,
        };
        tracing_subscriber::fmt()
            .with_max_level(level)
            .with_ansi(false)
            .with_writer(std::io::stderr)
            // What cannot be written is lost: with standard error gone there is no place left for it.
            .log_internal_errors(false)
            .init();
    }
}
