//! Tags of clusters, as the newer operations set and list them.

use super::{Answer, Scene, values};
use crate::input::{Input, invalid};
use serde_json::{Value, json};
use wharf_world::kernel::violation::Outcome;

/// The most clusters and keys of a call.
const MOST_CLUSTERS: usize = 50;
const MOST_TAGS: usize = 20;
/// Tags of a page.
const PAGE: usize = 50;

/// The clusters of a call, which all exist.
fn clusters(scene: &Scene<'_>, input: Input<'_>) -> Outcome<Vec<String>> {
    if let Some(region) = input.filled("region_id")?.filter(|region| *region != scene.region) {
        return Err(invalid(format!("region_id is {}, where the call was sent to, not {region}", scene.region)));
    }
    input.one_of("resource_type", &["CLUSTER"])?;
    let ids = input.required_texts("resource_ids")?;
    if ids.len() > MOST_CLUSTERS {
        return Err(invalid(format!("resource_ids has at most {MOST_CLUSTERS} clusters, not {}", ids.len())));
    }
    for id in &ids {
        scene.realm.realm.dedicated(scene.owner, id)?;
    }
    Ok(ids)
}

fn tags_of(scene: &Scene<'_>, id: &str) -> Outcome<Vec<(String, String)>> {
    Ok(scene.realm.realm.dedicated(scene.owner, id)?.1.tags.clone())
}

pub(super) fn tag_resources(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let new = values::tags(input.structures("tags")?, "tags")?;
    if new.is_empty() {
        return Err(crate::input::missing("tags"));
    }
    if new.iter().any(|(_, value)| value.is_empty() || value.contains("http://") || value.contains("https://")) {
        return Err(invalid("tags: a value is not empty, and contains no http:// or https://"));
    }
    let ids = clusters(scene, input)?;
    let mut changed = Vec::new();
    for id in ids {
        let mut tags = tags_of(scene, &id)?;
        for (key, value) in &new {
            match tags.iter_mut().find(|(known, _)| known == key) {
                Some((_, there)) => there.clone_from(value),
                None => tags.push((key.clone(), value.clone())),
            }
        }
        if tags.len() > MOST_TAGS {
            return Err(invalid(format!("a cluster has at most {MOST_TAGS} tags, not {}", tags.len())));
        }
        changed.push((id, tags));
    }
    for (id, tags) in changed {
        scene.realm.tag_dedicated(scene.owner, &id, tags)?;
    }
    Ok(json!({}))
}

pub(super) fn untag_resources(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let (keys, all) = (input.texts("tag_keys")?, input.flag("all")?);
    if keys.len() > MOST_TAGS {
        return Err(invalid(format!("tag_keys has at most {MOST_TAGS} keys, not {}", keys.len())));
    }
    for id in clusters(scene, input)? {
        let mut tags = tags_of(scene, &id)?;
        // `all` counts only without keys.
        tags.retain(|(key, _)| if keys.is_empty() { !all } else { !keys.contains(key) });
        scene.realm.tag_dedicated(scene.owner, &id, tags)?;
    }
    Ok(json!({}))
}

pub(super) fn list_tag_resources(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let wanted = input.pairs("tags", "key", "value")?;
    if wanted.len() > MOST_TAGS {
        return Err(invalid(format!("tags has at most {MOST_TAGS} tags, not {}", wanted.len())));
    }
    let from = match input.filled("next_token")? {
        None => 0,
        Some(token) => token.parse::<usize>().map_err(|_| invalid("next_token is one that an answer had"))?,
    };
    let is_wanted = |key: &str, value: &str| {
        wanted.is_empty() || wanted.iter().any(|(k, v)| k == key && (v.is_empty() || v == value))
    };
    let mut items: Vec<Value> = Vec::new();
    for id in clusters(scene, input)? {
        let tags = tags_of(scene, &id)?.into_iter().filter(|(key, value)| is_wanted(key, value));
        items.extend(tags.map(
            |(key, value)| json!({"resource_id": id, "resource_type": "CLUSTER", "tag_key": key, "tag_value": value}),
        ));
    }
    let total = items.len();
    let shown: Vec<Value> = items.into_iter().skip(from).take(PAGE).collect();
    let end = from.saturating_add(shown.len());
    let mut answer = json!({"tag_resources": {"tag_resource": shown}});
    if end < total {
        answer["next_token"] = json!(end.to_string());
    }
    Ok(answer)
}
