//! How the longer examples print what they do: a title for each step with the time that it took, and lines.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::time::Instant;

/// When the present step began.
static BEGAN: Mutex<Option<Instant>> = Mutex::new(None);

/// Begins a step, after it has printed how long the last one took.
pub(crate) fn title(text: &str) {
    took();
    if is_styled() {
        print(format_args!("\n\x1b[1m{text}\x1b[0m"))
    } else {
        print(format_args!("\n{text}"))
    }
    if let Ok(mut began) = BEGAN.lock() {
        *began = Some(Instant::now());
    }
}

/// Prints a line of the present step.
pub(crate) fn say(text: impl AsRef<str>) {
    print(format_args!("  {}", text.as_ref()));
}

/// Prints things with what they contain, as a tree.
pub(crate) fn tree(things: &[(String, Vec<String>)]) {
    for (thing, parts) in things {
        say(thing);
        for (at, part) in parts.iter().enumerate() {
            say(format!("{} {part}", if at + 1 == parts.len() { "└─" } else { "├─" }));
        }
    }
}

/// Ends the last step.
fn took() {
    let began = BEGAN.lock().ok().and_then(|mut began| began.take());
    if let Some(began) = began {
        say(format!("({:.1} s)", began.elapsed().as_secs_f64()));
    }
}

/// Whether titles are bold: on a terminal, unless `NO_COLOR` is set (<https://no-color.org>).
fn is_styled() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

fn print(line: std::fmt::Arguments<'_>) {
    // The reader may have stopped reading.
    let _ = writeln!(std::io::stdout(), "{line}");
}
