//! Server and worker as two processes, as in production.

use crate::harness::{Backend, Postbox, Setup, invitation_body, on_both_databases};

on_both_databases!(a_separate_worker_delivers_the_mails_of_the_server);

/// Creates the account onward and its administrator with the command line; returns a token of hers.
pub(crate) fn token_of_jane(setup: &Setup) -> String {
    setup.run_command(&["account", "create", "--name", "onward", "--title", "Onward, Inc."]);
    let jane = ["--account", "onward", "--email", "jane@example.com"];
    let member = ["member", "add", "--name", "Jane Smith", "--role", "GlobalAdmin"];
    setup.run_command(&[&member[..], &jane].concat());
    setup.run_command(&[&["token", "issue"][..], &jane].concat())
}

fn a_separate_worker_delivers_the_mails_of_the_server(backend: Backend) {
    let postbox = Postbox::secure();
    let setup = Setup::delivering(backend, &postbox).with("USHER__WORKER__ENABLED", "false");
    let token = token_of_jane(&setup);
    let (server, client) = setup.start_serve();
    let jane = client.with_token(token);
    jane.post("/api/v2/invitations", &invitation_body("Joe", "joe@example.com", &["Auditor"])).expect(200);
    assert_eq!(postbox.count(), 0, "the server delivers no mail");

    let mut worker = setup.start_process("worker");
    worker.line_with("mail relayed");
    client.get(&postbox.newest_of(1).path()).expect(200);
    worker.terminate();
    server.terminate();
}
