/// Returns the known name that `name` is probably a misspelling of.
pub(super) fn nearest<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    // The cost of a distance grows with the length, and no known name is this long.
    if name.len() > 64 {
        return None;
    }
    let plain = letters(name);
    known
        .filter_map(|known| Some((distance(&plain, &letters(known))?, known)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

/// Case and punctuation do not count: `limitServices`, `limit-services` and `LIMIT_SERVICES` are one name.
fn letters(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// `None` unless the names are near. A singular and its plural are as near as one edit. A short name has many neighbors that are
/// words of their own, so the number of edits depends on the length.
fn distance(one: &str, other: &str) -> Option<usize> {
    if one == other {
        return Some(0);
    }
    if singular(one) == singular(other) {
        return Some(1);
    }
    let allowed = match one.chars().count().min(other.chars().count()) {
        0..4 => 0,
        4..8 => 1,
        _ => 2,
    };
    // With transpositions: `emial` is one edit away from `email`.
    Some(strsim::osa_distance(one, other)).filter(|edits| *edits <= allowed)
}

fn singular(name: &str) -> &str {
    name.strip_suffix('s').unwrap_or(name)
}
