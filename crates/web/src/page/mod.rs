//! Pages: one way from a template to an answer, with the headers that every page of ours has.

pub(super) mod assets;

use std::sync::LazyLock;

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderName},
    },
};
use minijinja::{
    AutoEscape, Environment, Output, State, UndefinedBehavior, Value, escape_formatter, value::Serde,
};
use serde::Serialize;

/// What a page of ours may load and do: our stylesheet and our forms, and nobody may frame it.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Our pages need nothing of what a browser could give them.
const NO_FEATURES: &str =
    "browsing-topics=(), camera=(), fullscreen=(), geolocation=(), microphone=(), payment=(), usb=()";

/// Every template, in the binary. The ending `.html` is what switches the escaping on.
const SOURCES: [(&str, &str); 8] = [
    ("layout.html", include_str!("../../../templates/layout.html")),
    ("field.html", include_str!("../../../templates/field.html")),
    ("open.html", include_str!("../../../templates/open.html")),
    ("message.html", include_str!("../../../templates/message.html")),
    ("mailbox/layout.html", include_str!("../../../templates/mailbox/layout.html")),
    ("mailbox/list.html", include_str!("../../../templates/mailbox/list.html")),
    ("mailbox/mail.html", include_str!("../../../templates/mailbox/mail.html")),
    ("mailbox/message.html", include_str!("../../../templates/mailbox/message.html")),
];

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    // A misspelt name is an error that the tests see, and not a gap that nobody sees.
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    // Debug output of errors would quote what a page shows, and keys are among it.
    environment.set_debug(false);
    environment.set_formatter(escaped);
    environment.add_global("stylesheet", assets::version());
    environment.set_loader(|name| {
        let found = SOURCES.iter().find(|(known, _)| *known == name);
        Ok(found.map(|(_, source)| (*source).to_owned()))
    });
    environment
});

/// Escapes text as the library does, but for slashes: it makes character references of them, and the links of the
/// mailbox are copied out of pages by hand and by scripts.
fn escaped(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), minijinja::Error> {
    let Some(text) = value.as_str().filter(|_| !value.is_safe() && *state.auto_escape() == AutoEscape::Html)
    else {
        return escape_formatter(out, state, value);
    };
    for character in text.chars() {
        match character {
            '&' => out.write_str("&amp;")?,
            '<' => out.write_str("&lt;")?,
            '>' => out.write_str("&gt;")?,
            '"' => out.write_str("&quot;")?,
            '\'' => out.write_str("&#x27;")?,
            other => std::fmt::Write::write_char(out, other)?,
        }
    }
    Ok(())
}

/// A page to be: a template, what it shows, and the headers that go with it. Not `Debug`: it may show a key.
pub(in crate::http) struct Page {
    status: StatusCode,
    template: &'static str,
    context: Value,
    policy: &'static str,
    headers: Vec<(HeaderName, &'static str)>,
    last: bool,
}

impl Page {
    /// A page of `template`, filled with `context`.
    pub(in crate::http) fn new(status: StatusCode, template: &'static str, context: impl Serialize) -> Self {
        let context = Value::from(Serde(context));
        Self { status, template, context, policy: POLICY, headers: Vec::new(), last: false }
    }

    /// Under another Content-Security-Policy than that of the public pages.
    pub(in crate::http) fn under(self, policy: &'static str) -> Self {
        Self { policy, ..self }
    }

    /// With one more header.
    pub(in crate::http) fn with(mut self, name: HeaderName, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Ends the connection, because the rest of the request is not worth reading.
    pub(super) fn closing(self) -> Self {
        Self { last: true, ..self }
    }

    fn html(&self) -> Result<String, minijinja::Error> {
        TEMPLATES.get_template(self.template)?.render(&self.context)
    }
}

impl From<Page> for HttpResponse {
    fn from(page: Page) -> Self {
        let html = page.html().map_err(|error| tracing::error!(%error, "a page could not be rendered"));
        let status = if html.is_ok() { page.status } else { StatusCode::INTERNAL_SERVER_ERROR };
        let mut response = Self::build(status);
        response
            .content_type("text/html; charset=utf-8")
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::CONTENT_SECURITY_POLICY, page.policy))
            .insert_header((header::REFERRER_POLICY, "no-referrer"))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .insert_header((header::X_FRAME_OPTIONS, "DENY"))
            .insert_header(("Permissions-Policy", NO_FEATURES))
            .insert_header(("Cross-Origin-Opener-Policy", "same-origin"))
            .insert_header(("Cross-Origin-Resource-Policy", "same-origin"))
            .insert_header(("X-Robots-Tag", "noindex, nofollow"));
        for header in page.headers {
            response.insert_header(header);
        }
        if page.last {
            response.force_close();
        }
        response.body(
            html.unwrap_or_else(|()| "Something is wrong on our side. Please try again later.".to_owned()),
        )
    }
}
