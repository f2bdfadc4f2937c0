//! "Did you mean …?" for keys that do not exist.

/// Returns the nearest known key, if one is near.
pub(super) fn nearest<'a>(unknown: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let (best, distance) =
        known.into_iter().map(|key| (key, cost(unknown, key))).min_by_key(|(_, distance)| *distance)?;
    (distance <= 3).then_some(best)
}

/// The number of edits between two keys. The right name in the wrong section counts as one.
fn cost(unknown: &str, known: &str) -> usize {
    let name = |key: &str| key.rsplit('.').next().unwrap_or_default().to_owned();
    if name(unknown) == name(known) { 1 } else { strsim::levenshtein(unknown, known) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_a_near_key_only() {
        let known = ["server.bind", "server.public_url", "auth.secret", "mail.url", "database.url"];
        assert_eq!(nearest("server.bnid", known), Some("server.bind"));
        assert_eq!(nearest("sever.public_url", known), Some("server.public_url"));
        assert_eq!(nearest("server.secret", known), Some("auth.secret"));
        assert_eq!(nearest("weather.tomorrow", known), None);
    }
}
