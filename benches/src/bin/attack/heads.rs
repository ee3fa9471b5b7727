//! Memory after many unsigned requests with the largest heads, and after large signed ones.

use super::Outcome;
use wharf_benches::process::{Target, megabytes};

const REQUESTS: usize = 1_000;
const MEMORY: u64 = 100 << 20;

pub(crate) fn run() -> Outcome {
    let target = Target::start("")?;
    let (action, region) = ("a".repeat(190_000), "b".repeat(190_000));
    let request = format!(
        "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-TC-Action: {action}\r\nX-TC-Region: {region}\r\nContent-Length: 0\r\n\r\n"
    );
    let before = target.memory()?;
    for _ in 0..REQUESTS {
        let answer = target.send(request.as_bytes())?;
        if !answer.starts_with("HTTP/1.1 200 ") {
            return Err(format!("not taken: {answer}").into());
        }
    }
    let grown = target.memory()?.saturating_sub(before);
    println!(
        "heads: {REQUESTS} unsigned requests with heads of {} KB: {:.1} MB more, at most {:.1} MB",
        request.len() >> 10,
        megabytes(grown),
        megabytes(target.peak()?.saturating_sub(before)),
    );
    if grown > MEMORY { Err(format!("{:.1} MB", megabytes(grown)).into()) } else { Ok(()) }
}
