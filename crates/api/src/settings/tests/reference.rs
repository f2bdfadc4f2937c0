//! `config/default.toml` is the reference: it lists what is read, all of it, and nothing else.

use std::collections::BTreeSet;

use super::*;
use crate::settings::{load, reader::Reader, tree::DEFAULTS, tree::Tree};

/// The keys that the program asks for, and the keys that it finds in its defaults.
fn asked_and_listed(sources: &Sources) -> (BTreeSet<String>, BTreeSet<String>) {
    let reader = Reader::new(Tree::merge(sources).unwrap());
    load::read(&reader, Mode::Tool);
    (reader.asked(), reader.defaults().into_iter().collect())
}

#[test]
fn every_key_is_read_and_every_key_that_is_read_is_listed() {
    let (asked, listed) = asked_and_listed(&Sources::default());
    let tables = BTreeSet::from(["auth.issuers".to_owned()]);
    assert_eq!(asked.difference(&listed).cloned().collect::<BTreeSet<_>>(), tables, "read, but not listed");
    assert_eq!(
        listed.difference(&asked).cloned().collect::<Vec<_>>(),
        Vec::<String>::new(),
        "listed, but not read"
    );
}

/// The example of an issuer, which is a comment because no issuer is a default.
fn issuer_example() -> String {
    let lines = DEFAULTS.lines().filter_map(|line| line.strip_prefix('#'));
    lines.filter(|line| !line.starts_with(' ') && !line.is_empty()).flat_map(|line| [line, "\n"]).collect()
}

#[test]
fn the_example_of_an_issuer_lists_every_key_too() {
    let desk = Desk::new().toml(&issuer_example());
    let issuer = desk.sound(Mode::Development).auth.issuers.remove(0);
    assert_eq!(issuer.issuer, "https://login.example.com/");
    let (asked, _) = asked_and_listed(&desk.sources);
    let asked = asked.iter().filter_map(|key| key.strip_prefix("auth.issuers[0]."));
    let listed = issuer_example();
    let listed = listed.lines().filter_map(|line| line.split_once(" = ")).map(|(key, _)| key);
    assert_eq!(asked.collect::<BTreeSet<_>>(), listed.collect::<BTreeSet<_>>());
}

#[test]
fn claims_are_shown_with_their_defaults() {
    let bare = "[[auth.issuers]]\nissuer = \"a\"\njwks_url = \"https://a.example/\"";
    let names = |desk: Desk| {
        let issuer = desk.sound(Mode::Development).auth.issuers.remove(0);
        [issuer.email_claim, issuer.email_verified_claim, issuer.account_claim, issuer.name_claim]
    };
    assert_eq!(names(Desk::new().toml(bare)), names(Desk::new().toml(&issuer_example())));
}

#[test]
fn every_key_has_a_comment_above_it_or_above_its_twin() {
    let mut commented = false;
    for line in DEFAULTS.lines() {
        commented = match line {
            "" => false,
            line if line.starts_with("# ") => true,
            line if line.contains(" = ") && !line.starts_with('#') => {
                assert!(commented, "{line}");
                true
            }
            _ => commented,
        };
    }
}
