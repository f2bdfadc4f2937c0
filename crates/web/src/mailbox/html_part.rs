//! The HTML part of a mail, for a frame.

use actix_web::{
    HttpResponse,
    http::header::{
        CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
    },
};

/// The part is not trusted: it may use its own styles and open links in a new tab, as in a mail program.
const POLICY: &str = "sandbox allow-popups allow-popups-to-escape-sandbox \
     allow-top-navigation-by-user-activation; default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; \
     frame-ancestors 'self'";

/// Opens links outside of the frame, because their pages refuse to be framed.
const BASE: &str = r#"<base target="_blank">"#;

/// The response with the part.
pub(super) fn response(html: &str) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((X_FRAME_OPTIONS, "SAMEORIGIN"))
        .body(with_base(html))
}

/// Inserts [`BASE`] at the beginning of the head, or of the whole part if it has no head.
fn with_base(html: &str) -> String {
    // Lower-casing ASCII keeps every offset.
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
    fn the_base_is_inserted_at_the_beginning_of_the_head() {
        assert_eq!(with_base("<html><HEAD><title>é"), format!("<html><HEAD>{BASE}<title>é"));
        assert_eq!(with_base("<p>é"), format!("{BASE}<p>é"));
    }
}
