//! What is done to Usher, and the floor that does as much in the database alone.

use super::{
    seed::{GUEST, SECURE_ID, Tokens},
    server::SECRET,
};

/// Where Landscape's dialect has its invitations.
pub(super) const INVITATIONS: &str = "/api/v2/invitations";

/// The cheapest route of the same binary: what HTTP alone costs.
pub(super) const EMPTY: &str = "/health/live";

/// The first page.
pub(super) const FIRST_PAGE: &str = "/api/v2/invitations?limit=25";

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Operation {
    Create,
    Get,
    List,
    Deep,
    Accept,
}

impl Operation {
    pub(super) const ALL: [Self; 5] = [Self::Create, Self::Get, Self::List, Self::Deep, Self::Accept];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Get => "get by id",
            Self::List => "first page of 25",
            Self::Deep => "deep page by next",
            Self::Accept => "accept",
        }
    }

    /// The script of the floor.
    pub(super) fn floor(self) -> &'static str {
        match self {
            Self::Create => "create.sql",
            Self::Get => "get.sql",
            Self::List => "list.sql",
            Self::Deep => "deep.sql",
            Self::Accept => "accept.sql",
        }
    }

    /// Least rate that Usher must reach, and most processor time for a request, as multiples of the floor's.
    pub(super) fn targets(self) -> (f64, f64) {
        match self {
            Self::Create => (1.0, 1.35),
            Self::Get => (0.40, 3.0),
            Self::List => (0.35, 3.5),
            Self::Deep => (0.40, 3.5),
            Self::Accept => (0.30, 4.5),
        }
    }

    /// Whether each of them leaves a row behind.
    pub(super) fn adds_rows(self) -> bool {
        matches!(self, Self::Create | Self::Accept)
    }

    /// What the first answer has to hold.
    pub(super) fn mark(self) -> &'static str {
        match self {
            Self::Create | Self::Get => "\"secure_id\":\"",
            Self::List | Self::Deep => "\"results\":[{\"id\":",
            Self::Accept => "\"account_id\":2",
        }
    }
}

/// Arguments of the load client for a path that is always the same.
pub(super) fn same(path: &str, token: Option<&str>) -> Vec<String> {
    let mut what = vec!["--path".to_owned(), path.to_owned()];
    what.extend(token.into_iter().flat_map(|token| ["--token".to_owned(), token.to_owned()]));
    what
}

/// For invitations by their numbers, of which there are so many.
pub(super) fn any_of(rows: u32, tokens: &Tokens) -> Vec<String> {
    let mut what = same(&format!("{INVITATIONS}/{{n}}"), Some(&tokens.read));
    what.extend(["--any", "--to", &rows.to_string()].map(str::to_owned));
    what
}

/// For invitations to addresses that nobody else has, `series` being new in each run of the client.
pub(super) fn create(series: u32, tokens: &Tokens) -> Vec<String> {
    let mut what = same(INVITATIONS, Some(&tokens.changed));
    let body =
        format!(r#"{{"name":"Ada Lovelace","email":"new{series}-{{n}}@example.com","roles":["Auditor"]}}"#);
    what.extend(["--body".to_owned(), body]);
    what
}

/// For acceptances of the invitations of these numbers, each by its invitee.
pub(super) fn accept(from: u32, to: u32) -> Vec<String> {
    let body = format!(r#"{{"invitation_id":"{SECURE_ID}"}}"#);
    let range = ["--from".to_owned(), from.to_string(), "--to".to_owned(), to.to_string()];
    let signed = ["--body", &body, "--secret", SECRET, "--subject", GUEST].map(str::to_owned);
    [same("/api/v2/accept-invitation", None), signed.to_vec(), range.to_vec()].concat()
}

/// For any of the pages that a file names.
pub(super) fn pages(file: &str, tokens: &Tokens) -> Vec<String> {
    ["--paths", file, "--token", &tokens.read].map(str::to_owned).to_vec()
}
