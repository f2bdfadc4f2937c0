//! The stylesheet, the only file that pages load.

use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS},
};

/// The path of the stylesheet.
pub(crate) const PATH: &str = "/assets/usher.css";

const STYLESHEET: &str = include_str!("../../templates/usher.css");

/// `GET /assets/usher.css`. Browsers cache it for good: pages link to it with its [`version`].
pub(crate) async fn get() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/css; charset=utf-8")
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(STYLESHEET)
}

/// Changes with the content, so that browsers load the new file after an upgrade. FNV-1a: no security depends on it.
pub(super) fn version() -> String {
    let fold = |hash: u32, octet: u8| (hash ^ u32::from(octet)).wrapping_mul(0x0100_0193);
    format!("{:08x}", STYLESHEET.bytes().fold(0x811C_9DC5, fold))
}
