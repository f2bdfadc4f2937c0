//! The HTML part of a mail, made fit for a frame.

/// What the part may do: nothing, but for its own styles and links that open in a tab of their own. It is shown as
/// other mail programs would show it, and trusted as little.
pub(super) const POLICY: &str = "sandbox allow-popups allow-popups-to-escape-sandbox \
     allow-top-navigation-by-user-activation; default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; \
     frame-ancestors 'self'";

/// Lets links leave the frame: the pages behind them refuse to be framed.
const BASE: &str = r#"<base target="_blank">"#;

/// Adds [`BASE`] at the beginning of the head, or of a part that has none.
pub(super) fn framed(html: &str) -> String {
    // Lower-casing ASCII alone keeps every offset.
    let head = html.to_ascii_lowercase().find("<head>").map_or(0, |start| start + "<head>".len());
    match html.split_at_checked(head) {
        Some((before, after)) => format!("{before}{BASE}{after}"),
        None => html.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_leave_the_frame() {
        assert_eq!(framed("<html><HEAD><title>é"), format!("<html><HEAD>{BASE}<title>é"));
        assert_eq!(framed("<p>é"), format!("{BASE}<p>é"));
    }
}
