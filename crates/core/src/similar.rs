//! The most similar of the known names, for messages about unknown ones.

/// Length above which a name is shortened in messages, and not compared.
const LONGEST: usize = 80;

/// Shortens a name for messages: it may come from outside and be of any length.
pub fn shown(name: &str) -> String {
    name.chars().take(LONGEST).collect()
}

/// Returns the known name that a caller probably meant: the one with the smallest edit distance, if that is at most a
/// third of its letters, or else the shortest one that ends in the name (`call_timeout` for `timeout`). Case and
/// underscores do not count.
pub fn similar<'a>(name: &str, known: impl Iterator<Item = &'a str> + Clone) -> Option<&'a str> {
    if name.len() > LONGEST {
        return None;
    }
    let plain = letters(name);
    let nearest = known.clone().map(|known| (distance(&plain, &letters(known)), known)).min();
    let nearest = nearest.filter(|(distance, near)| distance * 3 <= near.len()).map(|(_, near)| near);
    let ends_in_it = |known: &&str| known.strip_suffix(name).is_some_and(|start| start.ends_with('_'));
    nearest.or_else(|| known.filter(ends_in_it).min_by_key(|known| known.len()))
}

/// Returns a reason, with the most similar known name.
pub fn hint<'a>(name: &str, reason: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    match similar(name, known) {
        Some(near) => format!("{reason}; did you mean {near}?"),
        None => reason.to_owned(),
    }
}

fn letters(name: &str) -> Vec<char> {
    name.chars().filter(|letter| *letter != '_').flat_map(char::to_lowercase).collect()
}

/// Returns the number of letters to insert, delete or replace. Two neighbours in the other order count as one.
fn distance(from: &[char], to: &[char]) -> usize {
    let mut above: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (at, letter) in from.iter().enumerate() {
        let mut next = vec![at + 1];
        for (column, wanted) in to.iter().enumerate() {
            let cell = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX - 1);
            let replaced = cell(&row, column) + usize::from(letter != wanted);
            let mut least = replaced.min(cell(&row, column + 1) + 1).min(cell(&next, column) + 1);
            let earlier = |letters: &[char], at: usize| at.checked_sub(1).and_then(|at| letters.get(at).copied());
            if earlier(from, at) == Some(*wanted) && earlier(to, column) == Some(*letter) {
                least = least.min(cell(&above, column - 1) + 1);
            }
            next.push(least);
        }
        above = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_counted() {
        for (from, to, count) in [("", "abc", 3), ("kitten", "sitting", 3), ("nmae", "name", 1), ("same", "same", 0)] {
            assert_eq!(distance(&letters(from), &letters(to)), count);
        }
    }

    #[test]
    fn the_most_similar_name_is_found() {
        let known = ["ClusterId", "Limit", "call_timeout", "longer_idle_timeout"];
        for (name, near) in [
            ("cluster_id", Some("ClusterId")),
            ("ClustrId", Some("ClusterId")),
            ("limt", Some("Limit")),
            ("lmiit", Some("Limit")),
            ("timeout", Some("call_timeout")),
            ("elephant", None),
            ("t", None),
        ] {
            assert_eq!(similar(name, known.into_iter()), near, "{name}");
        }
        assert_eq!(similar(&"x".repeat(1 << 20), known.into_iter()), None);
        assert_eq!(hint("limt", "is unknown", known.into_iter()), "is unknown; did you mean Limit?");
        assert_eq!(hint("elephant", "is unknown", known.into_iter()), "is unknown");
    }
}
