use chrono::TimeDelta;
use usher_domain::{
    Timestamp,
    access_token::{AccessToken, Scope, TokenDigest},
    account::AccountName,
    principal::{Actor, Credential},
    role::Grant,
    text::DisplayText,
    usecase::{
        create_access_token::{CreateAccessToken, CreateAccessTokenError, create_access_token},
        invite::InviteError,
        resend::{ResendError, resend},
        resolve::{ResolveError, resolve},
        revoke::{RevokeError, revoke},
        revoke_access_token::{RevokeAccessTokenError, revoke_access_token},
        view::list,
    },
};

use crate::world::{World, email, part, world};

fn digest(n: u8) -> TokenDigest {
    TokenDigest::new([n; 32])
}

fn onward() -> AccountName {
    AccountName::parse("onward").unwrap()
}

fn command(n: u8) -> CreateAccessToken {
    CreateAccessToken {
        account: onward(),
        email: email("jane@example.com"),
        name: DisplayText::parse("Deployment").unwrap(),
        scope: Scope::Global,
        expires_at: None,
        digest: digest(n),
    }
}

impl World {
    fn access_token(&self, command: &CreateAccessToken) -> Result<AccessToken, CreateAccessTokenError> {
        self.write(|tx| create_access_token(tx, &self.env, command))
    }

    fn holder(&self, n: u8) -> Result<Actor, ResolveError> {
        self.write(|tx| resolve(tx, &Credential::AccessToken(digest(n)), self.env.now()))
    }

    fn revoke_access_token(&self, token: &AccessToken) -> Result<(), RevokeAccessTokenError> {
        self.write(|tx| revoke_access_token(tx, &self.env, &onward(), &token.public_id))
    }
}

#[test]
fn a_token_acts_for_its_member_in_its_account_alone() {
    let world = world();
    world.account("upside", "Upside");
    world.member("upside", "jane@example.com", Grant::of_roles(["user"]).unwrap());
    world.access_token(&command(1)).unwrap();
    assert_eq!(world.holder(1), Ok(world.jane()));
    assert_eq!(world.holder(2), Err(ResolveError::InvalidToken));
    assert_eq!(world.actions().last(), Some(&"access_token.created"));
}

#[test]
fn tokens_are_for_members() {
    let world = world();
    let unknown = CreateAccessToken { account: AccountName::parse("none").unwrap(), ..command(1) };
    assert!(matches!(world.access_token(&unknown), Err(CreateAccessTokenError::UnknownAccount(_))));
    let nobody = CreateAccessToken { email: email("joe@example.com"), ..command(1) };
    let refused = Err(CreateAccessTokenError::NotAMember("joe@example.com".to_owned()));
    assert_eq!(world.access_token(&nobody), refused);
    world.account("upside", "Upside");
    world.member("upside", "joe@example.com", Grant::of_roles(["user"]).unwrap());
    assert_eq!(world.access_token(&nobody), refused, "a member of another account");
}

#[test]
fn a_token_ends_when_it_is_revoked_expires_or_its_member_leaves() {
    let world = world();
    let end: Timestamp = world.env.now() + TimeDelta::hours(1);
    let first = world.access_token(&command(1)).unwrap();
    world.access_token(&CreateAccessToken { expires_at: Some(end), ..command(2) }).unwrap();
    world.access_token(&command(3)).unwrap();
    world.revoke_access_token(&first).unwrap();
    assert_eq!(world.holder(1), Err(ResolveError::InvalidToken));
    let again = Err(RevokeAccessTokenError::NotFound(first.public_id.to_string()));
    assert_eq!(world.revoke_access_token(&first), again);
    world.clock.advance(TimeDelta::hours(1) - TimeDelta::microseconds(1));
    assert!(world.holder(2).is_ok());
    world.clock.advance(TimeDelta::microseconds(1));
    assert_eq!(world.holder(2), Err(ResolveError::InvalidToken));
    assert!(world.holder(3).is_ok());
    world.remove(&world.jane());
    assert_eq!(world.holder(3), Err(ResolveError::InvalidToken));
}

/// Whatever the member may do: a token that only reads changes nothing, and is not shown what could make a link.
#[test]
fn a_token_that_only_reads_changes_nothing() {
    let world = world();
    let invitation = world.invite(&world.jane(), "joe@example.com", &["user"]).unwrap();
    world.access_token(&CreateAccessToken { scope: Scope::ReadOnly, ..command(1) }).unwrap();
    let reader = world.holder(1).unwrap();
    let seen = world.act(&reader, |tx, actor| list(tx, &world.env, actor, &part(10, 0))).unwrap();
    assert_eq!((seen.count, &seen.items[0].secure_id), (1, &None));
    assert_eq!(world.invite(&reader, "ann@example.com", &["user"]), Err(InviteError::Forbidden));
    world.clock.advance(TimeDelta::hours(1));
    let resent = world.act(&reader, |tx, actor| resend(tx, &world.env, actor, invitation.id));
    assert_eq!(resent, Err(ResendError::Forbidden));
    let revoked = world.act(&reader, |tx, actor| revoke(tx, &world.env, actor, &invitation.id.into()));
    assert_eq!(revoked, Err(RevokeError::Forbidden));
    assert_eq!(world.stored(invitation.id), invitation);
}

#[test]
fn scopes_have_fastlys_names() {
    assert_eq!(Scope::EVERY.map(Scope::as_str), ["global", "global:read"]);
    assert_eq!(Scope::parse("global:read"), Some(Scope::ReadOnly));
    assert_eq!(Scope::parse("purge_all"), None);
}

#[test]
fn a_digest_is_64_digits_and_shows_nothing_in_logs() {
    let digest = TokenDigest::new([0xAB; 32]);
    assert_eq!(digest.as_str(), "ab".repeat(32));
    assert_eq!(format!("{digest:?}"), "TokenDigest(…)");
}
