//! `config/default.toml` is the reference: it lists exactly the keys that the program reads.

use std::collections::BTreeSet;

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, Visitor, value::Error},
    forward_to_deserialize_any,
};

use super::*;
use crate::settings::{
    AuthSection, DatabaseSection, DevelopmentSection, FastlySection, InvitationSection, Issuer,
    LandscapeSection, LimitSection, LogSection, RetentionSection, ServerSection, WorkerSection,
    mail::MailSection,
    read::{DEFAULTS, known_keys},
};

/// Records the names of the fields that serde asks a section for.
struct Fields<'a>(&'a mut BTreeSet<String>, &'a str);

impl<'de> Deserializer<'de> for Fields<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("not a section"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Error> {
        self.0.extend(fields.iter().map(|field| format!("{}{field}", self.1)));
        Err(Error::custom("recorded"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

fn record<'de, T: Deserialize<'de>>(fields: &mut BTreeSet<String>, prefix: &str) {
    assert_eq!(T::deserialize(Fields(fields, prefix)).err(), Some(Error::custom("recorded")), "{prefix}");
}

/// The keys that the program reads.
fn read() -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    record::<ServerSection>(&mut keys, "server.");
    record::<DatabaseSection>(&mut keys, "database.");
    record::<AuthSection>(&mut keys, "auth.");
    record::<MailSection>(&mut keys, "mail.");
    record::<InvitationSection>(&mut keys, "invitations.");
    record::<LimitSection>(&mut keys, "limits.");
    record::<RetentionSection>(&mut keys, "retention.");
    record::<LandscapeSection>(&mut keys, "landscape.");
    record::<FastlySection>(&mut keys, "fastly.");
    record::<WorkerSection>(&mut keys, "worker.");
    record::<LogSection>(&mut keys, "log.");
    record::<DevelopmentSection>(&mut keys, "development.");
    keys
}

#[test]
fn every_key_is_read_and_every_key_that_is_read_is_listed() {
    let twins = ["auth.previous_secrets_file", "auth.secret_file", "database.url_file", "mail.password_file"];
    let read: BTreeSet<String> = read().into_iter().chain(twins.map(str::to_owned)).collect();
    assert_eq!(known_keys().into_iter().collect::<BTreeSet<_>>(), read);
}

/// The example of an issuer, which is a comment because no issuer is configured by default.
fn issuer_example() -> String {
    let lines = DEFAULTS.lines().filter_map(|line| line.strip_prefix('#'));
    lines.filter(|line| !line.starts_with(' ') && !line.is_empty()).flat_map(|line| [line, "\n"]).collect()
}

#[test]
fn the_example_of_an_issuer_lists_every_key_too() {
    let scenario = Scenario::new().toml(&issuer_example());
    let issuer = scenario.load_valid(DeploymentMode::Development).auth.issuers.remove(0);
    assert_eq!(issuer.issuer, "https://login.example.com/");
    let mut read = BTreeSet::new();
    record::<Issuer>(&mut read, "");
    let example = issuer_example();
    let listed = example.lines().filter_map(|line| line.split_once(" = ")).map(|(key, _)| key.to_owned());
    assert_eq!(read, listed.collect());
}

#[test]
fn claims_are_shown_with_their_defaults() {
    let bare = "[[auth.issuers]]\nissuer = \"a\"\njwks_url = \"https://a.example/\"";
    let names = |scenario: Scenario| {
        let issuer = scenario.load_valid(DeploymentMode::Development).auth.issuers.remove(0);
        [issuer.email_claim, issuer.email_verified_claim, issuer.account_claim, issuer.name_claim]
    };
    assert_eq!(names(Scenario::new().toml(bare)), names(Scenario::new().toml(&issuer_example())));
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
