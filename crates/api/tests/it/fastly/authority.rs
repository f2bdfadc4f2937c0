//! The table of permissions in `docs/api/fastly.md`, cell by cell.

use serde_json::{Value, json};
use usher_domain::{
    access_token::Scope,
    role::{BUILTIN, Grant, RoleName, ServiceGrant, ServiceId, ServicePermission},
    testkit::Scene,
};

use crate::harness::{
    Backend, Client, Response, Server, Setup,
    fastly::{create, delete, document, limited, listed, rejection},
    on_both_databases,
};

const DOCUMENT: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/api/fastly.md"));

on_both_databases!(members_have_the_permissions_of_the_table, tokens_have_the_permissions_of_the_table);

/// The attempts in the columns, and each caller's row of statuses.
struct Table {
    attempts: Vec<(String, Attempt)>,
    rows: Vec<(Caller, Vec<u16>)>,
}

impl Table {
    fn read() -> Self {
        let from_head = DOCUMENT.lines().skip_while(|line| !line.starts_with("| caller |"));
        let mut lines = from_head.take_while(|line| line.starts_with('|')).map(cells);
        let head = lines.next().expect("the document has the table");
        let attempts = head.into_iter().skip(1).map(|name| (name.clone(), Attempt::named(&name)));
        let attempts: Vec<_> = attempts.collect();
        // The first line separates the head from the rows.
        let rows = lines.skip(1).map(|row| {
            let statuses: Vec<u16> = row[1..].iter().map(|cell| cell.parse().unwrap()).collect();
            assert_eq!(statuses.len(), attempts.len(), "{row:?}");
            (Caller::named(&row[0]), statuses)
        });
        Self { rows: rows.collect(), attempts }
    }
}

fn cells(line: &str) -> Vec<String> {
    line.trim_matches('|').split('|').map(|cell| cell.trim().replace('`', "")).collect()
}

/// The names of roles that Fastly's clients know.
const ROLES: [&str; 6] = ["user", "tls_viewer", "tls_admin", "billing", "engineer", "superuser"];

/// A caller in the first column.
#[derive(Debug)]
struct Caller {
    role: RoleName,
    limited: bool,
    /// The scope of the caller's access token. Unset for the token of a login.
    scope: Option<Scope>,
}

impl Caller {
    fn named(text: &str) -> Self {
        let (text, limited) = match text.strip_suffix(" limited to services") {
            Some(role) => (role, true),
            None => (text, false),
        };
        let (role, scope) = match text.split_once(", token ") {
            Some((role, scope)) => (role, Some(Scope::parse(scope).expect("a scope"))),
            None => (text, None),
        };
        assert!(BUILTIN.iter().any(|builtin| builtin.name == role), "unknown caller: {text}");
        Self { role: RoleName::parse(role).unwrap(), limited, scope }
    }

    /// Adds such a member to the account and returns a client for that member.
    fn add_to(&self, server: &Server, number: usize) -> Client {
        let email = format!("caller{number}@example.com");
        let service =
            ServiceGrant { service: ServiceId::parse("A").unwrap(), permission: ServicePermission::Full };
        let services = if self.limited { vec![service] } else { Vec::new() };
        let grant = Grant::new(vec![self.role.clone()], self.limited, services).unwrap();
        server.add_member_with(Scene::member("onward", &email, grant));
        let token = match self.scope {
            Some(scope) => server.add_access_token("onward", &email, scope, None).0,
            None => server.token(Some("onward"), &email),
        };
        server.client.with_key(&token)
    }
}

/// The head of any other column.
#[derive(Debug)]
enum Attempt {
    List,
    CurrentUser,
    Invite(Value),
    /// Of an invitation with this role.
    Delete(String),
}

/// Each cell begins without invitations, so one address is enough.
const INVITED: &str = "joe@example.com";

impl Attempt {
    fn named(text: &str) -> Self {
        match text {
            "list" => return Self::List,
            "current user" => return Self::CurrentUser,
            "a limited user" => return Self::Invite(limited(INVITED, "user", &[])),
            "a user with services" => {
                let mut body = limited(INVITED, "user", &[("A", "read_only")]);
                body["data"]["attributes"]["limit_services"] = json!(false);
                return Self::Invite(body);
            }
            _ => {}
        }
        let known = |role: &&str| ROLES.contains(role);
        let made = text.strip_prefix("invite ").unwrap_or(text);
        let role = made.strip_prefix("a ").or(made.strip_prefix("an ")).filter(known);
        let made_by = text.strip_prefix("delete a ").and_then(|text| text.strip_suffix("'s")).filter(known);
        match (role, made_by) {
            (Some(role), _) => Self::Invite(document(INVITED, role)),
            (_, Some(role)) => Self::Delete(role.to_owned()),
            (None, None) => panic!("unknown attempt: {text}"),
        }
    }

    /// Makes the request as the caller, asserts its effect as the administrator, and reverts it.
    fn try_as(&self, caller: &Client, jane: &Client) -> Response {
        if let Self::Delete(role) = self {
            create(jane, &document(INVITED, role)).expect(200);
        }
        let before = listed(jane);
        let response = match self {
            Self::List => caller.get("/invitations"),
            Self::CurrentUser => caller.get("/current_user"),
            Self::Invite(body) => create(caller, body),
            Self::Delete(_) => delete(caller, &before[0]),
        };
        let after = listed(jane);
        match (response.status.as_u16(), self) {
            (200, Self::Invite(_)) => assert_eq!(after.len(), 1),
            (204, Self::Delete(_)) => assert!(after.is_empty()),
            _ => assert_eq!(after, before, "{self:?} changed something"),
        }
        for item in after {
            delete(jane, &item).expect(204);
        }
        response
    }
}

fn members_have_the_permissions_of_the_table(backend: Backend) {
    assert_rows(backend, |caller| caller.scope.is_none());
}

fn tokens_have_the_permissions_of_the_table(backend: Backend) {
    assert_rows(backend, |caller| caller.scope.is_some());
}

/// Asserts the statuses of the selected callers.
fn assert_rows(backend: Backend, selected: fn(&Caller) -> bool) {
    let table = Table::read();
    let setup = Setup::new(backend).without_mail_limits();
    let server = setup.start();
    let jane = server.add_onward();
    let rows: Vec<_> = table.rows.iter().filter(|(caller, _)| selected(caller)).collect();
    assert!(!rows.is_empty());
    for (number, (who, statuses)) in rows.into_iter().enumerate() {
        let caller = who.add_to(&server, number);
        for ((name, attempt), status) in table.attempts.iter().zip(statuses) {
            let response = attempt.try_as(&caller, &jane);
            assert_eq!(response.status.as_u16(), *status, "{who:?}, {name}: {}", response.body);
            if *status == 403 {
                assert_eq!(rejection(&response).1, "Forbidden");
            }
        }
    }
}

/// A role or an operation that is missing in the table would not be tested.
#[test]
fn the_table_has_every_role_and_every_operation() {
    let table = Table::read();
    for role in BUILTIN {
        let mut plain = table.rows.iter().map(|(caller, _)| caller);
        let found = plain.any(|it| it.role.as_str() == role.name && !it.limited && it.scope.is_none());
        assert!(found, "{}", role.name);
    }
    let names = |find: fn(&Attempt) -> bool| table.attempts.iter().filter(|(_, it)| find(it)).count();
    assert_eq!(names(|it| matches!(it, Attempt::List | Attempt::CurrentUser)), 2);
    assert_eq!(names(|it| matches!(it, Attempt::Invite(_))), ROLES.len() + 2);
    assert_eq!(names(|it| matches!(it, Attempt::Delete(_))), 2);
}
