use std::sync::LazyLock;

use minijinja::{Environment, UndefinedBehavior, Value, context};
use usher_domain::{outbox::InvitationMail, text::DisplayText};

use super::direction;

/// The three texts of a mail. A kind of mail is a set of them; so is a further language of one kind.
struct TemplateSet {
    subject: (&'static str, &'static str),
    text: (&'static str, &'static str),
    html: (&'static str, &'static str),
}

// The endings of the names decide about escaping: `.html` is escaped as HTML, everything else is not.
const INVITATION: TemplateSet = TemplateSet {
    subject: ("invitation.subject.txt", include_str!("../../templates/invitation.subject.txt")),
    text: ("invitation.txt", include_str!("../../templates/invitation.txt")),
    html: ("invitation.html", include_str!("../../templates/invitation.html")),
};

/// A mail's words, before they become a message.
#[derive(Debug)]
pub(super) struct Rendered {
    /// One line.
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// Fills the templates of an invitation mail.
pub(super) fn invitation(mail: &InvitationMail) -> Result<Rendered, minijinja::Error> {
    INVITATION.render(&context! {
        to_name => mail.to_name.as_ref().map(DisplayText::as_str),
        account_title => mail.account_title.as_str(),
        inviter_name => mail.inviter_name.as_ref().map(DisplayText::as_str),
        roles => mail.roles.clone(),
        link => mail.link.as_str(),
        code => mail.code.as_str(),
        expires => mail.expires_at.format("%-d %B %Y, %H:%M UTC").to_string(),
    })
}

impl TemplateSet {
    fn render(&self, words: &Value) -> Result<Rendered, minijinja::Error> {
        let fill = |(name, source), words| ENVIRONMENT.render_named_str(name, source, words);
        let subject = fill(self.subject, words.clone())?;
        // The HTML part repeats the subject as its title.
        let titled = context! { subject => subject.as_str(), ..words.clone() };
        Ok(Rendered { text: fill(self.text, words.clone())?, html: fill(self.html, titled)?, subject })
    }
}

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    // A misspelt name in a template must fail a test, and not leave a hole in a mail.
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    // Debug output of errors would quote the words, and among them the link.
    environment.set_debug(false);
    environment.add_filter("isolated", direction::isolated);
    environment
});
