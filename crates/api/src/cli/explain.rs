//! `usher token explain`

use std::io::{self, Read as _};

use serde_json::{Value, json};
use usher_auth::TokenFacts;
use usher_domain::principal::Actor;
use usher_http_kit::moment::iso;

use super::{
    blocking_app::BlockingApp,
    failure::Failure,
    issuer_summary::{describe, describe_own},
    output::Output,
};
use crate::{
    compose::verifier,
    settings::{LogFormat, LogSection, Settings},
    telemetry,
};

/// Largest input in bytes: twice the longest token. It limits the memory if a wrong file is piped in.
const MAX_OCTETS: u64 = 32 * 1024;

/// Says on standard output whether the server would accept the token, or why not. A rejected token is a failure.
pub(super) fn token(settings: &Settings, output: Output) -> Result<(), Failure> {
    // Only what the log says about keys helps here: why they cannot be fetched, and which were dropped.
    telemetry::start(&LogSection { format: LogFormat::Text, filter: "off,usher_auth=warn".to_owned() });
    let token = from_stdin(io::stdin().lock())?;
    let app = BlockingApp::open_with(settings, verifier)?;
    let outcome = app.block_on(judge(&app, &token));
    let facts = TokenFacts::read(&token);
    let (mut lines, mut result) = match &outcome {
        Ok(actor) => accepted(actor),
        Err(reason) => (vec![format!("refused: {reason}")], json!({ "accepted": false, "reason": reason })),
    };
    if let Some(facts) = &facts {
        lines.push(format!("token: {facts}"));
        lines.push(format!("configured: {}", configured(settings, facts)));
        result["token"] = facts_json(facts);
        result["configured"] = configured(settings, facts).into();
    }
    output.lines(&lines, &result)?;
    outcome.map(drop).map_err(|_| Failure::Explained)
}

/// The member that the token acts for, or the reason why there is none.
async fn judge(app: &BlockingApp, token: &str) -> Result<Actor, String> {
    let credential = app.inner.sessions().authenticate(token).await.map_err(|error| error.to_string())?;
    let actor = app.inner.operators().caller(credential.clone()).await;
    actor.map_err(|error| match &credential {
        usher_domain::principal::Credential::Principal(principal) => {
            format!("the token of {} is valid, but: {error}", principal.email)
        }
        usher_domain::principal::Credential::AccessToken(_) => error.to_string(),
    })
}

fn accepted(actor: &Actor) -> (Vec<String>, Value) {
    let (email, account) = (&actor.person.email, &actor.account.name);
    let sentence = format!("accepted: the token acts for {email} in the account {account}");
    let json = json!({ "accepted": true, "email": email.as_str(), "account": account.as_str() });
    (vec![sentence], json)
}

fn facts_json(facts: &TokenFacts) -> Value {
    json!({
        "iss": facts.issuer,
        "aud": facts.audiences,
        "kid": facts.kid,
        "typ": facts.typ,
        "expires_at": facts.expires_at.map(iso),
    })
}

/// What is configured for the token's issuer, or which issuers are.
fn configured(settings: &Settings, facts: &TokenFacts) -> String {
    let auth = &settings.auth;
    let issuer = auth.issuers.iter().find(|issuer| Some(&issuer.issuer) == facts.issuer.as_ref());
    if let Some(issuer) = issuer {
        return describe(issuer);
    }
    if auth.issuer == facts.issuer || auth.issuers.is_empty() {
        return describe_own(auth);
    }
    let names: Vec<String> = auth.issuers.iter().map(|issuer| format!("{:?}", issuer.issuer)).collect();
    format!("{}; and the issuers {}", describe_own(auth), names.join(", "))
}

/// Reads the token, with or without the scheme of the header.
fn from_stdin(input: impl io::Read) -> Result<String, Failure> {
    let mut text = String::new();
    match input.take(MAX_OCTETS).read_to_string(&mut text) {
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            return Err(Failure::Failed("the token on standard input must be UTF-8".to_owned()));
        }
        read => read?,
    };
    let text = text.trim();
    let token = text.strip_prefix("Bearer ").unwrap_or(text).trim();
    if token.is_empty() {
        return Err(Failure::Failed("standard input is empty: pipe a token in".to_owned()));
    }
    Ok(token.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_and_white_space_do_not_belong_to_the_token() {
        for input in ["a.b.c", "a.b.c\n", "  a.b.c\r\n", "Bearer a.b.c\n"] {
            assert_eq!(from_stdin(input.as_bytes()).unwrap(), "a.b.c", "{input:?}");
        }
        for input in [b"".as_slice(), b" \n", b"\xff"] {
            assert!(matches!(from_stdin(input), Err(Failure::Failed(_))), "{input:?}");
        }
    }
}
