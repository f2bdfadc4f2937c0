/// Names with a meaning that the request does not have. No client of Landscape or Fastly sends them where they are not defined.
///
/// A name is here if one of Usher's APIs defines it for requests, or if it is the usual name of a wish that a caller would take
/// for granted after a success: not to send a mail, to try only, to give fewer rights. Such a request must fail, because its
/// success would be a lie. Names that cannot change what a request does, such as `id`, `meta` or `comment`, do not belong here.
///
/// The reason completes "`{name}` is not accepted here: …", and says what happens instead or where the name belongs.
const ELSEWHERE: [(&[&str], &str); 15] = [
    // The body of Fastly's dialect, and its members outside their place: `role` in `data` instead of `data.attributes`.
    (
        &["data", "attributes", "relationships", "type"],
        "it belongs to the JSON:API documents of Fastly's dialect, or to another place in this one",
    ),
    (
        &["role"],
        "only Fastly's dialect has it, in data.attributes; Landscape's dialect takes a list of names in roles",
    ),
    (
        &["limit_services", "service_invitations", "permission", "service", "services", "customer"],
        "only Fastly's dialect limits a membership to services, each name in its place of the document",
    ),
    (&["status_code", "marketing_opt_in"], "it belongs to another request of Fastly's dialect"),
    // The bodies of Landscape's dialect.
    (&["name", "email", "roles"], "this request does not take it in this place, and its value would be lost"),
    (
        &["invitation_id", "secure_id", "key", "token", "person", "password", "identity", "reason"],
        "it belongs to a login, an acceptance or a rejection of an invitation",
    ),
    (&["account", "account_id", "external_id"], "the token decides the account"),
    // The requests of /v1.
    (
        &["resources", "permissions", "scopes", "member_expires_at"],
        "it would limit the rights of the member, and this request cannot; use roles that give fewer rights",
    ),
    (
        &["expires_in", "expires_at", "expiry_minutes", "expires", "validity", "ttl"],
        "an invitation is valid as long as the settings of the server say",
    ),
    (
        &["locale", "message", "redirect_url", "metadata"],
        "this request cannot carry it, and its value would be lost",
    ),
    (
        &["delivery", "send_email", "send_mail", "send_invite", "no_email", "skip_email", "notify", "silent"],
        "Usher mails every invitation that is created or resent, and nothing else",
    ),
    (&["dry_run", "validate_only"], "every request is carried out, there is no trial; leave it out to do so"),
    (&["if_exists", "on_error"], "an invitation that exists is always an error, and nothing is done in part"),
    // The parameters of lists.
    (
        &[
            "status",
            "delivery_state",
            "invited_by",
            "created_after",
            "created_before",
            "expires_before",
            "q",
            "sort",
        ],
        "the list has all open invitations in one order, and cannot be filtered",
    ),
    (
        &["limit", "offset", "cursor", "after", "page", "per_page"],
        "pages are requested with limit, offset and cursor in Landscape's dialect, and with page[number], page[size] and \
         page[after] in Fastly's, in the query of a list",
    ),
];

/// Returns why a request with this name in [`snake_case`] is rejected. `metadata[key]` counts as `metadata`.
pub(super) fn reason(name: &str) -> Option<&'static str> {
    let (name, _) = name.split_once('[').unwrap_or((name, ""));
    ELSEWHERE.iter().find(|(names, _)| names.contains(&name)).map(|(_, reason)| *reason)
}

/// `sendEmail`, `SendEmail` and `send-email` are `send_email`.
pub(super) fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len());
    let mut after_small = false;
    for c in name.chars() {
        if c.is_uppercase() && after_small {
            snake.push('_');
        }
        after_small = c.is_lowercase() || c.is_numeric();
        if c == '-' { snake.push('_') } else { snake.extend(c.to_lowercase()) }
    }
    snake
}
