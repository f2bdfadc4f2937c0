//! "Did you mean …?" for keys that do not exist.

/// Returns the nearest known key, if one is near.
pub(super) fn nearest<'a>(unknown: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let (best, distance) =
        known.into_iter().map(|key| (key, cost(unknown, key))).min_by_key(|(_, distance)| *distance)?;
    (distance <= 3).then_some(best)
}

/// Edits between two keys. The right name in the wrong section counts as one.
fn cost(unknown: &str, known: &str) -> usize {
    let last = |key: &str| key.rsplit('.').next().unwrap_or_default().to_owned();
    if last(unknown) == last(known) { 1 } else { distance(unknown, known) }
}

/// Insertions, deletions and replacements of characters (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (to, above) in b.iter().zip(row.iter_mut().skip(1)) {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = *above;
            left = replaced.min(left + 1).min(*above + 1);
            *above = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distance_is_the_number_of_edits() {
        for (a, b, edits) in
            [("", "", 0), ("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("ab", "ba", 2)]
        {
            assert_eq!(distance(a, b), edits, "{a} {b}");
        }
    }

    #[test]
    fn suggests_a_near_key_only() {
        let known = ["server.bind", "server.public_url", "auth.secret", "mail.url", "database.url"];
        assert_eq!(nearest("server.bnid", known), Some("server.bind"));
        assert_eq!(nearest("sever.public_url", known), Some("server.public_url"));
        assert_eq!(nearest("server.secret", known), Some("auth.secret"));
        assert_eq!(nearest("weather.tomorrow", known), None);
    }
}
