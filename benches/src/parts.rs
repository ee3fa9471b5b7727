//! Comparisons of parts: two functions that do the same take turns, so that a machine that slows down slows both.

use crate::process::Result;
use crate::work::{Part, SCHEMES, body, part, signature};
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::hint::black_box;
use std::time::{Duration, Instant};
use wharf_sign::Signed;

/// Turns that each of the two gets. Many short ones, because on a busy machine only some of them are undisturbed.
const TURNS: usize = 401;
/// Time of a turn.
const TURN: Duration = Duration::from_millis(1);

/// Prints the median of the ratios, with the quartiles, and the ratio of the fastest turns, for each pair.
///
/// # Errors
/// A part that cannot be prepared, or that does not work.
#[allow(clippy::print_stdout)]
pub fn run() -> Result<()> {
    for (ours, other, what) in [
        ("decode_100", "derived_100", "decode 100 clusters, against structures that serde derives"),
        ("decode_100", "value_100", "decode 100 clusters, against serde_json::Value"),
        ("encode_100", "value_text_100", "encode 100 clusters, against serde_json::Value to text"),
        ("encode_ascii_100", "value_text_100", "encode 100 clusters as ASCII, against serde_json::Value to text"),
        ("call_tke", "decode_20", "a whole call of 20 clusters without a network, against decoding alone"),
        ("call_by_name", "call_tke", "a call by name, against a typed call"),
    ] {
        compare(what, &*part(ours)?, &*part(other)?)?;
    }
    let (ours, sonic) = (part("decode_100")?, sonic());
    compare("decode 100 clusters, against sonic-rs into derived structures", &*ours, &*sonic)?;
    for bytes in [200, 1_000, 64_000] {
        for scheme in SCHEMES {
            let sign = signature(scheme, bytes)?;
            let hashing = hashing(scheme, body(bytes), &sign());
            let what = format!("{scheme} signature of {bytes} bytes, against its hashing alone");
            compare(&what, &|| sign().signature().len(), &*hashing)?;
        }
    }
    Ok(())
}

fn sonic() -> Part {
    let answer = crate::canned::clusters(100);
    Box::new(move || {
        sonic_rs::from_slice::<crate::derived::Derived>(answer.as_bytes()).map_or(0, |derived| derived.clusters.len())
    })
}

/// Returns the hashing that a scheme cannot avoid: of the body, of the request as text, and of the text that the key signs.
fn hashing(scheme: &str, body: String, signed: &Signed) -> Part {
    let (request, text) = (signed.canonical_request().to_owned(), signed.string_to_sign().to_owned());
    let sha256 = |data: &str| usize::from(Sha256::digest(data)[0]);
    let keyed = |text: &str, mac: Hmac<Sha256>| usize::from(mac.chain_update(text).finalize().into_bytes()[0]);
    let sha1 =
        |text: &str| usize::from(Hmac::<Sha1>::new(&[7; 64].into()).chain_update(text).finalize().into_bytes()[0]);
    match scheme {
        "tc3" => {
            // The key of a day, with which the HMAC has begun.
            let kept = Hmac::<Sha256>::new(&[7; 64].into());
            Box::new(move || 1 + sha256(&body) + sha256(&request) + keyed(&text, kept.clone()))
        }
        "sdk" | "acs3" => {
            Box::new(move || 1 + sha256(&body) + sha256(&request) + keyed(&text, Hmac::new(&[7; 64].into())))
        }
        "roa" => Box::new(move || 1 + usize::from(Md5::digest(&body)[0]) + sha1(&text)),
        _ => Box::new(move || 1 + sha1(&text)),
    }
}

#[allow(clippy::print_stdout)]
fn compare(what: &str, ours: &dyn Fn() -> usize, other: &dyn Fn() -> usize) -> Result<()> {
    if turn(ours).0 == 0 || turn(other).0 == 0 {
        return Err(format!("{what}: one of the two does not work").into());
    }
    let (mut ratios, mut first, mut second) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..TURNS {
        let (a, b) = (turn(ours).1, turn(other).1);
        ratios.push(a / b);
        first.push(a);
        second.push(b);
    }
    for list in [&mut ratios, &mut first, &mut second] {
        list.sort_by(f64::total_cmp);
    }
    println!(
        "{what}: {:.2} ({:.2} to {:.2}); fastest turns {:.2}: {:.2} against {:.2} microseconds",
        ratios[TURNS / 2],
        ratios[TURNS / 4],
        ratios[TURNS * 3 / 4],
        first[0] / second[0],
        first[0] * 1e6,
        second[0] * 1e6,
    );
    Ok(())
}

/// Returns the result of the last run, and the seconds of one run on average.
fn turn(run: &dyn Fn() -> usize) -> (usize, f64) {
    let (began, mut runs, mut result) = (Instant::now(), 0_u32, 0);
    while began.elapsed() < TURN {
        for _ in 0..8 {
            result = black_box(run());
        }
        runs += 8;
    }
    (result, began.elapsed().as_secs_f64() / f64::from(runs))
}
