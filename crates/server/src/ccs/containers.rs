//! Containers: read flat, as they are ordered, and shown nested, as they are read back.

use super::orders::LONGEST_NAME;
use crate::input::Input;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use wharf_world::kernel::violation::{Outcome, Reason};
use wharf_world::kubernetes::template::{Check, Container, Method, Mount};

/// The least that can be asked for: thousandths of a core, MiB.
const LEAST_CPU: u64 = 100;
const LEAST_MEMORY: u64 = 4;
/// Where a check says nothing: how often it must succeed (except for life, once), fail, in which interval, and for
/// how long it waits.
const SUCCESSES: u64 = 3;
const FAILURES: u64 = 3;
const INTERVAL: u64 = 3;
const TIMEOUT: u64 = 2;

/// Reads the containers of a service that has those volumes.
pub(super) fn read(input: Input<'_>, volumes: &BTreeSet<&str>) -> Outcome<Vec<Container>> {
    let mut containers: Vec<Container> = Vec::new();
    for (place, given) in input.structures("containers")?.into_iter().enumerate() {
        let container = container(given, &format!("containers.{place}"), volumes)?;
        if containers.iter().any(|other| other.name == container.name) {
            return Err(Reason::Invalid.because(format!("two containers are called {}", container.name)));
        }
        containers.push(container);
    }
    if containers.is_empty() {
        return Err(Reason::Missing.because("containers must have at least one container"));
    }
    Ok(containers)
}

fn container(given: Input<'_>, path: &str, volumes: &BTreeSet<&str>) -> Outcome<Container> {
    let name = given.required("containerName")?.to_owned();
    if name.chars().count() > LONGEST_NAME {
        let message = format!("{path}.containerName has at most {LONGEST_NAME} characters");
        return Err(Reason::Invalid.because(message));
    }
    let variables = given.pairs("envs", "name", "value")?;
    if let Some((name, _)) = variables.iter().find(|(name, _)| !is_variable(name)) {
        let message = format!("{path}.envs: {name} is no name: letters, digits and underscores, no digit first");
        return Err(Reason::Invalid.because(message));
    }
    let (cpu, cpu_limit) = amounts(given, path, ["cpu", "cpuLimits"], LEAST_CPU)?;
    // Less memory than advised can be asked for, but not set as a limit.
    let (memory, memory_limit) = amounts(given, path, ["memory", "memoryLimits"], 0)?;
    if (1..LEAST_MEMORY).contains(&memory_limit) {
        return Err(Reason::Invalid.because(format!("{path}.memoryLimits is 0 or at least {LEAST_MEMORY}")));
    }
    let (mut live_check, mut ready_check) = (None, None);
    for (number, given) in given.structures("healthCheck")?.into_iter().enumerate() {
        let path = format!("{path}.healthCheck.{number}");
        let place = match given.required("type")? {
            "liveCheck" => &mut live_check,
            "readyCheck" => &mut ready_check,
            other => {
                let message = format!("{path}.type is liveCheck or readyCheck, not {other}");
                return Err(Reason::Invalid.because(message));
            }
        };
        if place.is_some() {
            return Err(Reason::Invalid.because(format!("{path}: there is a check of that type already")));
        }
        *place = Some(check(given, &path)?);
    }
    Ok(Container {
        name,
        image: given.required("image")?.to_owned(),
        variables,
        mounts: mounts(given, path, volumes)?,
        live_check,
        ready_check,
        cpu,
        cpu_limit,
        memory,
        memory_limit,
        command: given.text("command")?.unwrap_or("").to_owned(),
        arguments: given.texts("arguments")?,
        privileged: given.flag("privileged")?,
        folder: given.text("workingDir")?.unwrap_or("").to_owned(),
        image_missing: false,
    })
}

/// The request and the limit; 0 if a value is not given.
fn amounts(given: Input<'_>, path: &str, names: [&str; 2], least: u64) -> Outcome<(u64, u64)> {
    let read = |name: &str| match given.count(name)?.unwrap_or(0) {
        amount if amount > 0 && amount < least => {
            Err(Reason::Invalid.because(format!("{path}.{name} is 0 or at least {least}")))
        }
        amount => Ok(amount),
    };
    let [request, limit] = names;
    let (asked, most) = (read(request)?, read(limit)?);
    if most > 0 && most < asked {
        return Err(Reason::Invalid.because(format!("{path}.{limit} is not smaller than {request}, unless it is 0")));
    }
    Ok((asked, most))
}

fn mounts(given: Input<'_>, path: &str, volumes: &BTreeSet<&str>) -> Outcome<Vec<Mount>> {
    let mut mounts = Vec::new();
    for (place, mount) in given.structures("volumeMounts")?.into_iter().enumerate() {
        let path = format!("{path}.volumeMounts.{place}");
        let volume = mount.required("volumeName")?;
        if !volumes.contains(volume) {
            return Err(Reason::Invalid.because(format!("{path}: the service has no volume {volume}")));
        }
        let read_only = match mount.filled("mode")?.unwrap_or("rw") {
            "ro" => true,
            "rw" => false,
            other => return Err(Reason::Invalid.because(format!("{path}.mode is ro or rw, not {other}"))),
        };
        mounts.push(Mount { volume: volume.to_owned(), path: mount.required("mountPath")?.to_owned(), read_only });
    }
    Ok(mounts)
}

fn check(given: Input<'_>, path: &str) -> Outcome<Check> {
    let within = |name: &str, usual: u64, range: std::ops::RangeInclusive<u64>| {
        let number = given.count(name)?.unwrap_or(usual);
        if range.contains(&number) {
            return Ok(number);
        }
        Err(Reason::Invalid.because(format!("{path}.{name} is {} to {}, not {number}", range.start(), range.end())))
    };
    let live = given.text("type")? == Some("liveCheck");
    let successes = within("healthNum", if live { 1 } else { SUCCESSES }, 1..=if live { 1 } else { 10 })?;
    let missing = |name: &str| Reason::Missing.because(format!("{path}.{name} must be given with this checkMethod"));
    let port = || match given.count("port")? {
        None => Err(missing("port")),
        Some(port) if (1..=65_535).contains(&port) => Ok(port),
        Some(port) => Err(Reason::Invalid.because(format!("{path}.port is 1 to 65535, not {port}"))),
    };
    let method = match given.required("checkMethod")? {
        "methodTcp" => Method::Connect { port: port()? },
        "methodHttp" => Method::Http {
            port: port()?,
            protocol: match given.filled("protocol")?.unwrap_or("HTTP") {
                protocol @ ("HTTP" | "HTTPS") => protocol.to_owned(),
                other => {
                    return Err(Reason::Invalid.because(format!("{path}.protocol is HTTP or HTTPS, not {other}")));
                }
            },
            path: given.filled("path")?.unwrap_or("/").to_owned(),
        },
        "methodCmd" => Method::Run { command: given.filled("cmd")?.ok_or_else(|| missing("cmd"))?.to_owned() },
        other => {
            let message = format!("{path}.checkMethod is methodTcp, methodHttp or methodCmd, not {other}");
            return Err(Reason::Invalid.because(message));
        }
    };
    Ok(Check {
        successes,
        failures: within("unhealthNum", FAILURES, 1..=10)?,
        interval: within("intervalTime", INTERVAL, 2..=300)?,
        timeout: within("timeOut", TIMEOUT, 2..=60)?,
        delay: within("delayTime", 0, 0..=60)?,
        method,
    })
}

/// Letters, digits and underscores, with no digit first.
fn is_variable(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A container as it is read back.
pub(super) fn shown(container: &Container) -> Value {
    let variables = container.variables.iter().map(|(name, value)| json!({"name": name, "value": value}));
    let mounts = container.mounts.iter().map(|mount| {
        let mode = if mount.read_only { "ro" } else { "rw" };
        json!({"volumeName": mount.volume, "mountPath": mount.path, "mode": mode})
    });
    json!({
        "containerName": container.name, "image": container.image, "envs": list(variables),
        "volumeMounts": list(mounts), "cpu": container.cpu, "cpuLimits": container.cpu_limit,
        "memory": container.memory, "memoryLimits": container.memory_limit, "command": container.command,
        "arguments": list(container.arguments.iter().map(|text| json!(text))),
        "liveProbe": container.live_check.as_ref().map(probe), "readyProbe": container.ready_check.as_ref().map(probe),
    })
}

/// An empty list is null.
fn list(items: impl Iterator<Item = Value>) -> Value {
    let items: Vec<Value> = items.collect();
    if items.is_empty() { Value::Null } else { Value::Array(items) }
}

fn probe(check: &Check) -> Value {
    let (mut tcp, mut http, mut cmd) = (Value::Null, Value::Null, Value::Null);
    let method = match &check.method {
        Method::Connect { port } => {
            tcp = json!({"port": port});
            "methodTcp"
        }
        Method::Http { port, protocol, path } => {
            http = json!({"port": port, "protocol": protocol, "path": path});
            "methodHttp"
        }
        Method::Run { command } => {
            cmd = json!({"cmd": command});
            "methodCmd"
        }
    };
    json!({
        "checkMethod": method, "healthNum": check.successes, "unhealthNum": check.failures,
        "intervalTime": check.interval, "timeOut": check.timeout, "delayTime": check.delay,
        "methodTcp": tcp, "methodHttp": http, "methodCmd": cmd,
    })
}
