use serde_json::Value;

use super::{Backend, Client, InvitationMail, Postbox, Server, Setup, invitation_body};

/// The account onward, where jane@example.com has invited joe@example.com as an auditor, and the delivered
/// mail.
pub(crate) struct MailedInvitation {
    pub(crate) server: Server,
    pub(crate) jane: Client,
    /// The body of the response.
    pub(crate) created: Value,
    pub(crate) mail: InvitationMail,
    pub(crate) setup: Setup,
    pub(crate) postbox: Postbox,
}

impl MailedInvitation {
    pub(crate) fn new(backend: Backend) -> Self {
        let postbox = Postbox::secure();
        let setup = Setup::delivering(backend, &postbox);
        let server = setup.start();
        let jane = server.add_onward();
        let body = invitation_body("Joe", "joe@example.com", &["Auditor"]);
        let created = jane.post("/api/v2/invitations", &body).expect(200).json();
        let mail = postbox.newest_of(1);
        Self { server, jane, created, mail, setup, postbox }
    }
}
