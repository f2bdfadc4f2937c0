//! The stylesheet, the only thing that our pages load.

use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS},
};

/// Where it is served.
pub(in crate::http) const PATH: &str = "/assets/usher.css";

const STYLESHEET: &str = include_str!("../../../templates/usher.css");

/// `GET /assets/usher.css`. Cached for ever: pages name it with its [`version`].
pub(in crate::http) async fn stylesheet() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/css; charset=utf-8")
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(STYLESHEET)
}

/// Changes with the content, so that browsers take the new file after an upgrade (FNV-1a; nothing rests on it).
pub(super) fn version() -> String {
    let fold = |hash: u32, octet: u8| (hash ^ u32::from(octet)).wrapping_mul(0x0100_0193);
    format!("{:08x}", STYLESHEET.bytes().fold(0x811C_9DC5, fold))
}
