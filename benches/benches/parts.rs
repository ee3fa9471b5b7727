//! The parts of a call: `cargo bench -p wharf-benches`.
#![allow(missing_docs)]

use wharf_benches::work::{NAMES, part};

fn main() {
    divan::main();
}

#[divan::bench(args = NAMES)]
fn parts(bencher: divan::Bencher<'_, '_>, name: &str) {
    match part(name) {
        Ok(run) => bencher.bench_local(run),
        Err(error) => eprintln!("{name}: {error}"),
    }
}
