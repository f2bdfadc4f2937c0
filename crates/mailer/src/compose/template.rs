use std::sync::LazyLock;

use minijinja::{Environment, UndefinedBehavior, Value, context};
use usher_domain::{outbox::InvitationMail, text::DisplayText};

use super::direction;

/// The three templates of a kind of mail in one language: each a file name and its content.
struct TemplateSet {
    subject: (&'static str, &'static str),
    text: (&'static str, &'static str),
    html: (&'static str, &'static str),
}

// The file extension selects the escaping: `.html` escapes as HTML, other extensions do not escape.
const INVITATION: TemplateSet = TemplateSet {
    subject: ("invitation.subject.txt", include_str!("../../templates/invitation.subject.txt")),
    text: ("invitation.txt", include_str!("../../templates/invitation.txt")),
    html: ("invitation.html", include_str!("../../templates/invitation.html")),
};

const TEST: TemplateSet = TemplateSet {
    subject: ("test.subject.txt", include_str!("../../templates/test.subject.txt")),
    text: ("test.txt", include_str!("../../templates/test.txt")),
    html: ("test.html", include_str!("../../templates/test.html")),
};

/// The texts of a mail.
#[derive(Debug)]
pub(super) struct Rendered {
    /// A single line.
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// Renders the templates of an invitation mail.
pub(super) fn invitation(mail: &InvitationMail) -> Result<Rendered, minijinja::Error> {
    INVITATION.render(&context! {
        to_name => mail.to_name.as_ref().map(DisplayText::as_str),
        account_title => mail.account_title.as_str(),
        inviter_name => mail.inviter.as_ref().map(|inviter| inviter.name.as_str()),
        inviter_email => mail.inviter.as_ref().map(|inviter| inviter.email.as_str()),
        roles => mail.roles.clone(),
        link => mail.link.as_str(),
        code => mail.code.as_str(),
        expires => mail.expires_at.format("%-d %B %Y, %H:%M UTC").to_string(),
    })
}

/// Renders the templates of a test mail.
pub(super) fn test() -> Result<Rendered, minijinja::Error> {
    TEST.render(&context! {})
}

impl TemplateSet {
    fn render(&self, values: &Value) -> Result<Rendered, minijinja::Error> {
        let render = |(name, source), values| ENVIRONMENT.render_named_str(name, source, values);
        let subject = render(self.subject, values.clone())?;
        // The HTML part repeats the subject as its title.
        let with_subject = context! { subject => subject.as_str(), ..values.clone() };
        Ok(Rendered {
            text: render(self.text, values.clone())?,
            html: render(self.html, with_subject)?,
            subject,
        })
    }
}

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    // A misspelt name in a template fails instead of leaving a gap in a mail.
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    // Debug output of errors would quote the values, including the link.
    environment.set_debug(false);
    environment.add_filter("isolated", direction::isolated);
    environment
});
