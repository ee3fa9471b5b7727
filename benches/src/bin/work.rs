//! Runs a part of a call many times: `work NAME COUNT`. `.ci/instructions` runs it below callgrind.

use std::hint::black_box;
use wharf_benches::process::Result;
use wharf_benches::work::{Part, part};

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (name, count) = (arguments.next().unwrap_or_default(), arguments.next().unwrap_or_default());
    let (run, count) = (part(&name)?, count.parse::<usize>()?);
    // What is kept is made now: derived keys, connections, tables.
    for _ in 0..2 {
        if black_box(run()) == 0 {
            return Err(format!("{name} does not work").into());
        }
    }
    counted_runs(&run, count);
    Ok(())
}

/// Runs a part that often. Callgrind counts the instructions of this function alone, and finds it by its name.
#[inline(never)]
fn counted_runs(run: &Part, count: usize) {
    for _ in 0..count {
        black_box(run());
    }
}
