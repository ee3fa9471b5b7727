//! Whole calls over loopback, against other clients: `cargo run --release -p wharf-benches -- peers`.
//!
//! A server with canned responses runs in its own process, and every client in another one, in turn. A client warms up,
//! calls, and prints the processor time of its process per call. Printed are medians, and the median of the ratios to bare
//! `reqwest` with `serde_json::Value` in the same round.

mod chart;
pub mod client;
mod foreign;
mod gateway;
pub mod server;

use crate::process::{Result, Target, megabytes};
use chart::Bar;
use foreign::Foreign;
use std::process::Command;

/// A list of clusters that all clients of a product read.
#[derive(Debug, Clone, Copy)]
struct Work {
    product: &'static str,
    operation: &'static str,
    clusters: usize,
    at_once: usize,
}

const WORKS: [Work; 6] = [
    Work { product: "tke", operation: "DescribeClusters", clusters: 20, at_once: 1 },
    Work { product: "tke", operation: "DescribeClusters", clusters: 20, at_once: 32 },
    Work { product: "tke", operation: "DescribeClusters", clusters: 100, at_once: 1 },
    Work { product: "tke", operation: "DescribeClusters", clusters: 100, at_once: 32 },
    Work { product: "cce", operation: "ListClusters", clusters: 20, at_once: 1 },
    Work { product: "ack", operation: "DescribeClustersV1", clusters: 20, at_once: 1 },
];
/// The client that ratios refer to.
const BARE: &str = "bare";
/// Clients in Rust: product, name, and name in reports.
const RUST: [(&str, &str, &str); 9] = [
    ("tke", "typed", "Wharf, typed"),
    ("tke", "by-name", "Wharf, by name"),
    ("tke", BARE, "reqwest + serde_json::Value, unsigned"),
    ("tke", "sonic", "reqwest + sonic-rs into derived structures, unsigned"),
    ("tke", "exchange", "reqwest, body unread, unsigned"),
    ("cce", "typed", "Wharf, typed"),
    ("cce", BARE, "reqwest + serde_json::Value, unsigned"),
    ("ack", "typed", "Wharf, typed"),
    ("ack", BARE, "reqwest + serde_json::Value, unsigned"),
];

/// Options of a run.
struct Options {
    rounds: usize,
    calls: usize,
    svg: Option<String>,
}

impl Options {
    fn parse(arguments: &[&str]) -> Result<Self> {
        let mut options = Self { rounds: 7, calls: 2_000, svg: None };
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            match *argument {
                "--quick" => (options.rounds, options.calls) = (3, 300),
                "--svg" => options.svg = Some((*rest.next().ok_or("--svg needs a file")?).to_owned()),
                other => return Err(format!("{other} is no option").into()),
            }
        }
        Ok(options)
    }
}

/// Runs all works and prints their results.
///
/// # Errors
/// A client that fails. Clients that are not installed are named as left out.
#[allow(clippy::print_stdout)]
pub fn run(arguments: &[&str]) -> Result<()> {
    let options = Options::parse(arguments)?;
    let foreign = Foreign::find();
    let mut bars = Vec::new();
    for work in WORKS {
        bars.extend(calls(&options, &foreign, work)?);
    }
    for reason in foreign.left_out() {
        println!("  left out: {reason}");
    }
    pages(&options)?;
    in_flight(&options)?;
    connect(&options)?;
    gateway::measure(options.calls)?;
    if let Some(file) = &options.svg {
        std::fs::write(file, chart::draw(&bars))?;
    }
    Ok(())
}

/// Measures lists of clusters, and returns the bars of the chart.
#[allow(clippy::print_stdout)]
fn calls(options: &Options, foreign: &Foreign, work: Work) -> Result<Vec<Bar>> {
    let Work { product, operation, clusters, at_once } = work;
    let target = Target::start(&format!("{product}:{clusters}"))?;
    let endpoint = format!("http://{}", target.address);
    let ours = RUST.iter().filter(|(of, ..)| *of == product).map(|(_, name, text)| (*name, *text));
    let names: Vec<(&str, &str)> =
        ours.chain(foreign.clients(product).map(|script| (script.file, script.name))).collect();
    let mut times = vec![Vec::new(); names.len()];
    for _ in 0..options.rounds {
        for ((name, _), times) in names.iter().zip(&mut times) {
            let given = [endpoint.as_str(), &options.calls.to_string(), &at_once.to_string(), &clusters.to_string()];
            let out = match foreign.command(name) {
                Some(command) => output(command, &given)?,
                None => own(name, "calls", &[&[product], &given[..]].concat())?,
            };
            times.push(numbers::<1>(&out)?[0]);
        }
    }
    println!("\n{operation}, {clusters} clusters, {at_once} at once: microseconds of CPU per call, ratio to bare");
    let bare =
        names.iter().position(|(name, _)| *name == BARE).and_then(|at| times.get(at)).cloned().unwrap_or_default();
    let mut bars = Vec::new();
    for ((_, text), times) in names.iter().zip(&times) {
        let mut ratios: Vec<f64> = times.iter().zip(&bare).map(|(time, bare)| time / bare).collect();
        let ratio = median(&mut ratios);
        let (least, most) = (ratios.first().copied().unwrap_or(0.0), ratios.last().copied().unwrap_or(0.0));
        println!("  {text:52} {:9.1}  {ratio:6.3} ({least:.3} to {most:.3})", median(&mut times.clone()));
        let group = format!("{operation}, {clusters} clusters, {at_once} at once");
        bars.push(Bar { group, name: (*text).to_owned(), ratio });
    }
    Ok(bars)
}

/// Measures a list of pages: processor time per item and memory, for lists of several lengths.
#[allow(clippy::print_stdout)]
fn pages(options: &Options) -> Result<()> {
    println!("\nnodes listed by pages of 100: microseconds of CPU per item, peak of the memory");
    let mut first = None;
    for items in [100, 1_000, 10_000, 100_000] {
        let target = Target::start(&format!("pages:{items}"))?;
        let endpoint = format!("http://{}", target.address);
        let (mut times, mut peaks) = (Vec::new(), Vec::new());
        for _ in 0..options.rounds {
            let [time, peak] = numbers::<2>(&own("typed", "pages", &[&endpoint, &items.to_string()])?)?;
            times.push(time);
            peaks.push(peak);
        }
        let (time, peak) = (median(&mut times), median(&mut peaks));
        let page = *first.get_or_insert(peak);
        let more = (peak - page) / f64::from(1 << 20);
        println!("  {items:7} items: {time:.3}; {:.1} MB, {more:.1} MB more than one page", peak / f64::from(1 << 20));
    }
    Ok(())
}

/// Measures the memory of calls whose response is withheld.
#[allow(clippy::print_stdout)]
fn in_flight(options: &Options) -> Result<()> {
    /// Two file descriptors for each, within the usual limit of 1,024.
    const CALLS: &str = "900";
    let target = Target::start("nothing")?;
    let endpoint = format!("http://{}", target.address);
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..options.rounds {
        ours.push(numbers::<1>(&own("typed", "in-flight", &["tke", &endpoint, CALLS])?)?[0]);
        bare.push(numbers::<1>(&own(BARE, "in-flight", &["tke", &endpoint, CALLS])?)?[0]);
    }
    let (ours, bare) = (median(&mut ours), median(&mut bare));
    println!("\n{CALLS} calls in flight: {ours:.0} bytes for each, bare reqwest {bare:.0}: {:.2}", ours / bare);
    Ok(())
}

/// Measures the processor time of a client with its first call over TLS, and of a second client.
#[allow(clippy::print_stdout)]
fn connect(options: &Options) -> Result<()> {
    let target = Target::start("tls:20")?;
    let endpoint = format!("https://{}", target.address);
    // Both trust the system's certificates and that of the server, in one file.
    let bundle = format!("{}.bundle", target.rest);
    let system = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];
    let system = system.iter().find_map(|file| std::fs::read_to_string(file).ok()).unwrap_or_default();
    std::fs::write(&bundle, format!("{system}\n{}", std::fs::read_to_string(&target.rest)?))?;
    let mut results = [[Vec::new(), Vec::new()], [Vec::new(), Vec::new()]];
    for _ in 0..options.rounds {
        for (name, results) in ["typed", BARE].iter().zip(&mut results) {
            let mut command = Command::new(std::env::current_exe()?);
            command.args([client::CLIENT, name, "connect"]).env("SSL_CERT_FILE", &bundle);
            let [first, second] = numbers::<2>(&output(command, &["tke", &endpoint])?)?;
            results[0].push(first);
            results[1].push(second);
        }
    }
    for file in [&bundle, &target.rest] {
        std::fs::remove_file(file)?;
    }
    let [ours, bare] = results.map(|lists| lists.map(|mut list| median(&mut list)));
    println!(
        "\na client and its first TLS call: {:.0} microseconds of CPU, bare reqwest {:.0}: {:.2}; a second client: {:.0}, {:.0}",
        ours[0],
        bare[0],
        ours[0] / bare[0],
        ours[1],
        bare[1],
    );
    println!("memory of this process: {:.1} MB", megabytes(crate::process::own_memory()?));
    Ok(())
}

fn own(name: &str, work: &str, arguments: &[&str]) -> Result<String> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args([client::CLIENT, name, work]);
    output(command, arguments)
}

fn output(mut command: Command, arguments: &[&str]) -> Result<String> {
    let done = command.args(arguments).output()?;
    if !done.status.success() {
        return Err(format!("{command:?}: {}", String::from_utf8_lossy(&done.stderr)).into());
    }
    Ok(String::from_utf8(done.stdout)?)
}

fn numbers<const N: usize>(text: &str) -> Result<[f64; N]> {
    let all: std::result::Result<Vec<f64>, _> = text.split_whitespace().map(str::parse).collect();
    all?.try_into().map_err(|_| format!("{text:?} is no result of a client").into())
}

/// Sorts the numbers and returns the one in the middle.
fn median(numbers: &mut [f64]) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(0.0)
}
