//! Input that an error repeats.

/// Characters of input that an error repeats. Every id and every role name of Usher is at most this long.
const MAX_REPEATED: usize = 64;

/// Returns the part of a client's input that an error repeats. Every edge cuts input with it, so that a large request does not
/// get a large response.
#[must_use]
pub fn repeated(input: &str) -> &str {
    input.char_indices().nth(MAX_REPEATED).map_or(input, |(end, _)| &input[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_64_characters_are_repeated() {
        for whole in ["", "Boss", &"ü".repeat(64)] {
            assert_eq!(repeated(whole), whole);
        }
        assert_eq!(repeated(&"ü".repeat(65)), "ü".repeat(64));
    }
}
