//! Names that resemble a wrong one.

/// Maximum length of a name in messages, and of one for which a similar name is looked for.
const LONGEST: usize = 80;

/// Shortens a name for messages: it may come from outside and be of any length.
pub fn shown(name: &str) -> String {
    name.chars().take(LONGEST).collect()
}

/// Returns the known name with the smallest edit distance, if that is at most a third of its letters.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > LONGEST {
        return None;
    }
    let name = name.to_lowercase();
    let (distance, near) = known.map(|known| (distance(&name, &known.to_lowercase()), known)).min()?;
    (distance * 3 <= near.len()).then_some(near)
}

/// Returns the number of letters to insert, delete or replace.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (at, letter) in from.chars().enumerate() {
        let mut next = vec![at + 1];
        for ((replace, insert), wanted) in row.iter().zip(row.iter().skip(1)).zip(&to) {
            let left = next.last().copied().unwrap_or_default();
            next.push((replace + usize::from(letter != *wanted)).min(insert + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_counted() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("same", "same"), 0);
    }

    #[test]
    fn a_name_that_is_far_from_all_others_resembles_none() {
        let known = ["ap-guangzhou", "ap-shanghai"];
        assert_eq!(nearest("ap-guangzou", known.into_iter()), Some("ap-guangzhou"));
        assert_eq!(nearest("elephant", known.into_iter()), None);
        assert_eq!(nearest(&"x".repeat(1 << 20), known.into_iter()), None);
    }
}
