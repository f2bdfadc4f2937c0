//! `usher token explain`.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::program::{Ended, Program, SECRET};

/// The account, its member Jane, and one more issuer whose keys nobody serves.
fn program() -> Program {
    let program = Program::migrated()
        .env("USHER__AUTH__SECRET", SECRET)
        .env("USHER__AUTH__ISSUERS__0__ISSUER", "https://id.example.com/")
        .env("USHER__AUTH__ISSUERS__0__AUDIENCE", "web,mobile")
        .env("USHER__AUTH__ISSUERS__0__JWKS_URL", "http://127.0.0.1:1/keys?key=hunter2")
        .env("USHER__AUTH__ISSUERS__0__EMAIL_DOMAINS", "example.com");
    program.run(&["account", "create", "--name", "onward", "--title", "Onward"]).stdout();
    let add = ["member", "add", "--account", "onward", "--email", "jane@example.com", "--name", "Jane"];
    program.run(&[&add[..], &["--role", "GlobalAdmin"]].concat()).stdout();
    program
}

fn issued(program: &Program) -> String {
    program.run(&["token", "issue", "--account", "onward", "--email", "jane@example.com"]).stdout()
}

/// A token with an invalid signature.
fn foreign(claims: &Value) -> String {
    let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let header = json!({ "alg": "RS256", "kid": "2025\u{1b}[2J" });
    format!("{}.{}.{}", part(&header), part(claims), URL_SAFE_NO_PAD.encode([7; 256]))
}

fn explain(program: &Program, token: &str) -> Ended {
    let ended = program.run_with(&["token", "explain"], token);
    for part in token.split('.').filter(|part| part.len() > 3) {
        assert!(!ended.out.contains(part) && !ended.err.contains(part), "{ended:?}");
    }
    ended
}

#[test]
fn an_accepted_token_is_explained() {
    let program = program();
    let token = issued(&program);
    for input in [token.clone(), format!("Bearer {token}\n")] {
        let text = program.run_with(&["token", "explain"], &input).stdout();
        assert!(
            text.starts_with("accepted: the token acts for jane@example.com in the account onward\n"),
            "{text}"
        );
        assert!(!text.contains(&token), "{text}");
    }
    let json = program.run_with(&["token", "explain", "--json"], &token).json();
    assert_eq!((&json["accepted"], &json["account"]), (&json!(true), &json!("onward")));
}

#[test]
fn a_refused_token_is_explained_with_what_is_configured() {
    let program = program();
    let mut changed = issued(&program);
    changed.replace_range(changed.len() - 5..changed.len() - 1, "AAAA");
    let ours = json!({ "iss": "https://id.example.com/", "aud": "web", "exp": 4_000_000_000_i64 });
    for (token, reason, also) in [
        ("no token".to_owned(), "neither an access token nor a signed JWT", ""),
        (changed, "the token's signature is wrong", "HS256 with auth.secret"),
        (
            foreign(&json!({ "iss": "https://other.example/" })),
            "the token's issuer is not configured",
            "https://id.example.com/",
        ),
        (foreign(&json!({})), "the token lacks the claim \"iss\"", "iss none"),
        (foreign(&ours), "the keys of the token's issuer are not available", "web or mobile"),
        (foreign(&ours), "the keys of the token's issuer are not available", "at most 31 days"),
        (foreign(&ours), "the keys of the token's issuer are not available", "e-mail domains example.com"),
    ] {
        let ended = explain(&program, &token);
        assert_eq!(ended.code, Some(1), "{ended:?}");
        let first = ended.out.lines().next().unwrap();
        assert!(first.starts_with("refused: ") && first.contains(reason), "{ended:?}");
        assert!(ended.out.contains(also), "{also}: {ended:?}");
        assert!(!ended.out.contains("hunter2") && !ended.out.contains('\u{1b}'), "{ended:?}");
    }
    let unavailable = explain(&program, &foreign(&ours));
    assert!(unavailable.err.contains("key set could not be fetched"), "why: {unavailable:?}");
    program.run(&["token", "explain"]).assert_failed(1, "standard input is empty");
}

#[test]
fn a_valid_token_of_nobody_is_refused_with_the_reason() {
    let program = program();
    let token = issued(&program);
    let other = program.env("USHER__DATABASE__URL", "sqlite:data/other.db");
    other.run(&["migrate"]).stdout();
    let ended = explain(&other, &token);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let sentence = "refused: the token of jane@example.com is valid, but: this login is not known here\n";
    assert!(ended.out.starts_with(sentence), "{ended:?}");
}

/// The server would refuse it.
#[test]
fn tokens_beyond_the_longest_lifetime_are_not_issued() {
    let program = program().env("USHER__AUTH__MAX_LIFETIME", "7d");
    let issue = ["token", "issue", "--account", "onward", "--email", "jane@example.com", "--expires"];
    program.run(&[&issue[..], &["8d"]].concat()).assert_failed(1, "at most 7 days");
    program.run(&[&issue[..], &["7d"]].concat()).stdout();
}
