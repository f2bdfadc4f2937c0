//! The text part of a mail, with its URLs as links.

use serde::Serialize;

/// A segment of a text: a URL, or the text between two URLs.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Segment<'a> {
    text: &'a str,
    link: bool,
}

/// Splits a text at its URLs.
pub(super) fn segments(text: &str) -> Vec<Segment<'_>> {
    let mut segments = Vec::new();
    let mut rest = text;
    while let Some((before, link, after)) = first_link(rest) {
        segments.push(Segment { text: before, link: false });
        segments.push(Segment { text: link, link: true });
        rest = after;
    }
    segments.push(Segment { text: rest, link: false });
    segments.retain(|segment| !segment.text.is_empty());
    segments
}

/// The first URL, with the text before and after it.
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
        let segments = segments(text);
        assert_eq!(segments.iter().map(|segment| segment.text).collect::<String>(), text, "no text is lost");
        segments.into_iter().filter(|segment| segment.link).map(|segment| segment.text).collect()
    }

    #[test]
    fn http_urls_are_links() {
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
    fn other_text_is_no_link() {
        assert!(links("").is_empty());
        assert!(links("javascript:alert(1) www.example.com ftp://x").is_empty());
    }
}
