//! The text part of a mail, with what looks like a link made one.

use serde::Serialize;

/// A stretch of text; `link` says whether it is an address to follow.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Piece<'a> {
    text: &'a str,
    link: bool,
}

/// Cuts a text at its links.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, link, after)) = first_link(rest) {
        pieces.push(Piece { text: before, link: false });
        pieces.push(Piece { text: link, link: true });
        rest = after;
    }
    pieces.push(Piece { text: rest, link: false });
    pieces.retain(|piece| !piece.text.is_empty());
    pieces
}

fn first_link(text: &str) -> Option<(&str, &str, &str)> {
    let start = ["http://", "https://"].into_iter().filter_map(|scheme| text.find(scheme)).min()?;
    let (before, from) = text.split_at_checked(start)?;
    let end = from.find(|c: char| c.is_whitespace() || "<>\"".contains(c)).unwrap_or(from.len());
    let link = from.get(..end)?.trim_end_matches(['.', ',', ';', ':', ')', '!', '?']);
    Some((before, link, from.get(link.len()..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(text: &str) -> Vec<&str> {
        let pieces = pieces(text);
        assert_eq!(pieces.iter().map(|piece| piece.text).collect::<String>(), text, "nothing is lost");
        pieces.into_iter().filter(|piece| piece.link).map(|piece| piece.text).collect()
    }

    #[test]
    fn links_are_found() {
        assert_eq!(
            links("Open this page:\n\nhttp://127.0.0.1:8080/a/b?key=0.x-_\n\nBye."),
            ["http://127.0.0.1:8080/a/b?key=0.x-_"]
        );
        assert_eq!(
            links("See https://a.example/b. And (http://c.example)"),
            ["https://a.example/b", "http://c.example"]
        );
        assert_eq!(links("<https://a.example>"), ["https://a.example"]);
    }

    #[test]
    fn nothing_else_is_a_link() {
        assert!(links("").is_empty());
        assert!(links("javascript:alert(1) www.example.com ftp://x").is_empty());
    }
}
