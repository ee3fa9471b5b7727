//! How Helm keeps the revisions of a release: a secret for each, with the release as JSON, packed and encoded
//! (helm.sh/docs/topics/advanced, "Storage backends").

use super::{Release, Revision};
use crate::kernel::SECOND;
use crate::kernel::time::iso;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// The most bytes of a block of a packed stream that are stored as they are.
const BLOCK: usize = 65_535;

/// The name of the secret of a revision.
pub(super) fn secret_name(release: &str, revision: u64) -> String {
    format!("sh.helm.release.v1.{release}.v{revision}")
}

/// The secret of a revision.
pub(super) fn secret(release: &Release, revision: &Revision) -> Value {
    let place = &release.place;
    let document = document(release, revision).to_string();
    // Helm encodes what it packed, and Kubernetes encodes the data of all secrets.
    let packed = STANDARD.encode(packed(document.as_bytes()));
    json!({
        "apiVersion": "v1", "kind": "Secret", "type": "helm.sh/release.v1",
        "metadata": {
            "name": secret_name(&place.name, revision.number), "namespace": place.namespace,
            "labels": {"name": place.name, "owner": "helm", "status": revision.status.name(),
                "version": revision.number.to_string(), "modifiedAt": (revision.updated / SECOND).to_string()},
        },
        "data": {"release": STANDARD.encode(packed)},
    })
}

/// A revision as Helm writes it.
fn document(release: &Release, revision: &Revision) -> Value {
    let (place, chart) = (&release.place, &revision.chart);
    let templates = chart.templates().iter().map(|name| json!({"name": name, "data": ""}));
    json!({
        "name": place.name, "namespace": place.namespace, "version": revision.number,
        "info": {
            "first_deployed": iso(release.created), "last_deployed": iso(revision.created), "deleted": "",
            "description": revision.description, "status": revision.status.name(), "notes": chart.notes(place),
        },
        "chart": {
            "metadata": {"apiVersion": "v2", "name": chart.name, "version": chart.version,
                "appVersion": chart.app_version, "description": chart.description},
            "lock": null, "templates": templates.collect::<Vec<Value>>(), "values": chart.defaults(), "schema": null,
            "files": [],
        },
        "config": revision.values, "manifest": revision.manifest(place),
    })
}

/// A gzip stream of blocks that are stored as they are (RFC 1951, 3.2.4; RFC 1952).
fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let blocks: Vec<&[u8]> = if bytes.is_empty() { vec![&[]] } else { bytes.chunks(BLOCK).collect() };
    for (place, block) in blocks.iter().enumerate() {
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        stream.push(u8::from(place + 1 == blocks.len()));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(*block);
    }
    stream.extend(checksum(bytes).to_le_bytes());
    stream.extend((bytes.len() as u32).to_le_bytes());
    stream
}

/// The CRC-32 of gzip.
fn checksum(bytes: &[u8]) -> u32 {
    let byte = |sum: u32, byte: &u8| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 })
    };
    !bytes.iter().fold(u32::MAX, byte)
}

#[cfg(test)]
mod tests;
