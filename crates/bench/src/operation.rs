//! The measured operations: their requests to Usher, and their baseline scripts.

use crate::{
    seed::{AdministratorTokens, INVITEE, SECURE_ID},
    server::SECRET,
};

/// The path of the invitations in Landscape's dialect.
pub(crate) const INVITATIONS: &str = "/api/v2/invitations";

/// The cheapest route of the server: the cost of HTTP alone.
pub(crate) const EMPTY_ROUTE: &str = "/health/live";

/// The path of the first page.
pub(crate) const FIRST_PAGE: &str = "/api/v2/invitations?limit=25";

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Operation {
    Create,
    Get,
    FirstPage,
    DeepPage,
    Accept,
}

impl Operation {
    pub(crate) const ALL: [Self; 5] =
        [Self::Create, Self::Get, Self::FirstPage, Self::DeepPage, Self::Accept];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Get => "get by id",
            Self::FirstPage => "first page of 25",
            Self::DeepPage => "deep page by next",
            Self::Accept => "accept",
        }
    }

    /// The file name of the baseline script.
    pub(crate) fn script(self) -> &'static str {
        match self {
            Self::Create => "create.sql",
            Self::Get => "get.sql",
            Self::FirstPage => "first_page.sql",
            Self::DeepPage => "deep_page.sql",
            Self::Accept => "accept.sql",
        }
    }

    /// The minimum rate and the maximum processor time of a request, as multiples of the baseline's.
    pub(crate) fn targets(self) -> (f64, f64) {
        match self {
            Self::Create => (1.0, 1.35),
            Self::Get => (0.40, 3.0),
            Self::FirstPage | Self::DeepPage => (0.35, 3.5),
            Self::Accept => (0.30, 4.5),
        }
    }

    /// Whether each request adds a row.
    pub(crate) fn adds_rows(self) -> bool {
        matches!(self, Self::Create | Self::Accept)
    }

    /// A string that the first response must contain.
    pub(crate) fn expected_text(self) -> &'static str {
        match self {
            Self::Create | Self::Get => "\"secure_id\":\"",
            Self::FirstPage | Self::DeepPage => "\"results\":[{\"id\":",
            Self::Accept => "\"account_id\":2",
        }
    }
}

/// Arguments of the load client that request the same path each time.
pub(crate) fn fixed_path(path: &str, token: Option<&str>) -> Vec<String> {
    let mut arguments = vec!["--path".to_owned(), path.to_owned()];
    arguments.extend(token.into_iter().flat_map(|token| ["--token".to_owned(), token.to_owned()]));
    arguments
}

/// Arguments that request a random invitation by its id, which is at most `rows`.
pub(crate) fn random_invitation(rows: u32, tokens: &AdministratorTokens) -> Vec<String> {
    let mut arguments = fixed_path(&format!("{INVITATIONS}/{{n}}"), Some(&tokens.read));
    arguments.extend(["--any", "--to", &rows.to_string()].map(str::to_owned));
    arguments
}

/// Arguments that create invitations to new email addresses. `series` must differ in each run of the load client.
pub(crate) fn create(series: u32, tokens: &AdministratorTokens) -> Vec<String> {
    let mut arguments = fixed_path(INVITATIONS, Some(&tokens.changed));
    let body =
        format!(r#"{{"name":"Ada Lovelace","email":"new{series}-{{n}}@example.com","roles":["Auditor"]}}"#);
    arguments.extend(["--body".to_owned(), body]);
    arguments
}

/// Arguments that accept the invitations with the numbers from `from` to `to`, each as its invitee.
pub(crate) fn accept(from: u32, to: u32) -> Vec<String> {
    let body = format!(r#"{{"invitation_id":"{SECURE_ID}"}}"#);
    let range = ["--from".to_owned(), from.to_string(), "--to".to_owned(), to.to_string()];
    let signed = ["--body", &body, "--secret", SECRET, "--subject", INVITEE].map(str::to_owned);
    [fixed_path("/api/v2/accept-invitation", None), signed.to_vec(), range.to_vec()].concat()
}

/// Arguments that request a random page from a file of paths.
pub(crate) fn random_page(file: &str, tokens: &AdministratorTokens) -> Vec<String> {
    ["--paths", file, "--token", &tokens.read].map(str::to_owned).to_vec()
}
