use serde_json::Value;

use super::{Backend, Client, Invited, Postbox, Server, Setup, body};

/// An account whose administrator has invited joe@example.com as an auditor, and the mail that came of it.
pub(crate) struct Invitation {
    pub(crate) server: Server,
    pub(crate) jane: Client,
    /// What the API answered.
    pub(crate) created: Value,
    pub(crate) mail: Invited,
    pub(crate) setup: Setup,
    pub(crate) postbox: Postbox,
}

impl Invitation {
    pub(crate) fn mailed(backend: Backend) -> Self {
        let postbox = Postbox::secure();
        let setup = Setup::delivering(backend, &postbox);
        let server = setup.start();
        let jane = server.onward();
        let created = jane.post("/api/v2/invitations", &body("Joe", "joe@example.com", &["Auditor"]));
        let created = created.expect(200).json();
        let mail = postbox.newest_of(1);
        Self { server, jane, created, mail, setup, postbox }
    }
}
