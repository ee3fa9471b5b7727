//! Runs a part of a call many times: `work NAME COUNT`. `.ci/instructions` runs it below callgrind.

use std::hint::black_box;
use wharf_benches::process::Result;
use wharf_benches::work::part;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (name, count) = (arguments.next().unwrap_or_default(), arguments.next().unwrap_or_default());
    let (run, count) = (part(&name)?, count.parse::<usize>()?);
    for _ in 0..count {
        if black_box(run()) == 0 {
            return Err(format!("{name} does not work").into());
        }
    }
    Ok(())
}
