//! Templates, compiled into the binary.

use std::sync::LazyLock;

use minijinja::{AutoEscape, Environment, Error, Output, State, UndefinedBehavior, Value, escape_formatter};

use super::stylesheet;

/// Every template by name. The ending `.html` switches escaping on.
const SOURCES: [(&str, &str); 12] = [
    ("layout.html", include_str!("../../templates/layout.html")),
    ("field.html", include_str!("../../templates/field.html")),
    ("invitation.html", include_str!("../../templates/invitation.html")),
    ("decline.html", include_str!("../../templates/decline.html")),
    ("declined.html", include_str!("../../templates/declined.html")),
    ("mails.html", include_str!("../../templates/mails.html")),
    ("mails_form.html", include_str!("../../templates/mails_form.html")),
    ("notice.html", include_str!("../../templates/notice.html")),
    ("mailbox/layout.html", include_str!("../../templates/mailbox/layout.html")),
    ("mailbox/list.html", include_str!("../../templates/mailbox/list.html")),
    ("mailbox/mail.html", include_str!("../../templates/mailbox/mail.html")),
    ("mailbox/notice.html", include_str!("../../templates/mailbox/notice.html")),
];

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    // A misspelt name fails instead of rendering as nothing.
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    // Debug output of errors quotes the context, which holds keys.
    environment.set_debug(false);
    environment.set_formatter(escape);
    environment.add_global("stylesheet", stylesheet::version());
    environment.set_loader(|name| {
        let found = SOURCES.iter().find(|(known, _)| *known == name);
        Ok(found.map(|(_, source)| (*source).to_owned()))
    });
    environment
});

/// Fills a template.
pub(super) fn render(template: &str, context: &Value) -> Result<String, Error> {
    TEMPLATES.get_template(template)?.render(context)
}

/// Escapes text for HTML. The library would also escape slashes, but people and scripts copy links out of the mailbox's pages.
fn escape(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
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
