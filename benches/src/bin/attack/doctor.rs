//! What the diagnosis of a wrong signature adds to the cost of its request.

use super::Outcome;
use super::WITHOUT_DOCTOR;
use super::shapes;
use std::time::Duration;
use wharf_benches::process::{Target, megabytes};

/// What it may add.
const CPU: Duration = Duration::from_millis(50);
const MEMORY: u64 = 30 << 20;
/// How often each request is sent to each server.
const TIMES: usize = 5;
/// How many of the most expensive ones are shown.
const SHOWN: usize = 12;

#[derive(Debug, Clone, Copy, Default)]
struct Cost {
    cpu: Duration,
    /// How much memory was in use at most, above what was in use before.
    memory: u64,
}

pub(crate) fn run() -> Outcome {
    let (with, without) = (Target::start("")?, Target::start(WITHOUT_DOCTOR)?);
    let mut added = Vec::new();
    let all = shapes::all();
    let count = all.len();
    for shape in all {
        let (mut on, mut off) = (Vec::new(), Vec::new());
        for _ in 0..TIMES {
            off.push(cost(&without, &shape.bytes)?);
            on.push(cost(&with, &shape.bytes)?);
        }
        let (on, off) = (middle(on), middle(off));
        let (cpu, memory) = (on.cpu.saturating_sub(off.cpu), on.memory.saturating_sub(off.memory));
        added.push((cpu, memory, off, shape.name));
    }
    println!("doctor: {count} shapes, each sent {TIMES} times to a server with a doctor and to one without; medians");
    println!("  adds at most {CPU:?} and {:.0} MB; the most expensive:", megabytes(MEMORY));
    added.sort_by_key(|(cpu, ..)| std::cmp::Reverse(*cpu));
    for (cpu, memory, off, name) in added.iter().take(SHOWN) {
        println!(
            "  {:7.2} ms {:6.2} MB  to {:8.2} ms {:7.2} MB  {name}",
            cpu.as_secs_f64() * 1e3,
            megabytes(*memory),
            off.cpu.as_secs_f64() * 1e3,
            megabytes(off.memory),
        );
    }
    let most = added.iter().map(|(_, memory, ..)| *memory).max().unwrap_or_default();
    println!("  most memory added: {:.2} MB", megabytes(most));
    match added.iter().find(|(cpu, memory, ..)| *cpu > CPU || *memory > MEMORY) {
        Some((cpu, memory, _, name)) => Err(format!("{name}: {cpu:?} and {:.1} MB", megabytes(*memory)).into()),
        None => Ok(()),
    }
}

fn cost(target: &Target, request: &[u8]) -> wharf_benches::process::Result<Cost> {
    let before = target.settle()?;
    target.forget_peak()?;
    let memory = target.memory()?;
    let answer = target.send(request)?;
    if answer.is_empty() {
        return Err("no answer came".into());
    }
    let cpu = target.settle()?.saturating_sub(before);
    Ok(Cost { cpu, memory: target.peak()?.saturating_sub(memory) })
}

fn middle(mut costs: Vec<Cost>) -> Cost {
    let at = costs.len() / 2;
    costs.sort_by_key(|cost| cost.cpu);
    let cpu = costs.get(at).map(|cost| cost.cpu).unwrap_or_default();
    costs.sort_by_key(|cost| cost.memory);
    Cost { cpu, memory: costs.get(at).map(|cost| cost.memory).unwrap_or_default() }
}
