use chrono::TimeDelta;
use usher_domain::{
    Timestamp,
    access_token::{AccessToken, Scope, TokenDigest},
    principal::{Actor, Credential},
    testkit::{
        account_name, email, grant,
        scene::{ACCOUNT, Scene},
    },
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

use crate::viewing::part;

fn digest(n: u8) -> TokenDigest {
    TokenDigest::new([n; 32])
}

fn command(n: u8) -> CreateAccessToken {
    Scene::access_token(digest(n))
}

fn create(scene: &Scene, command: &CreateAccessToken) -> Result<AccessToken, CreateAccessTokenError> {
    scene.write(|tx| create_access_token(tx, &scene.env, command))
}

fn holder(scene: &Scene, n: u8) -> Result<Actor, ResolveError> {
    scene.write(|tx| resolve(tx, &Credential::AccessToken(digest(n)), scene.env.now()))
}

fn revoke_token(scene: &Scene, token: &AccessToken) -> Result<(), RevokeAccessTokenError> {
    scene.write(|tx| revoke_access_token(tx, &scene.env, &account_name(ACCOUNT), &token.public_id))
}

#[test]
fn a_token_acts_for_its_member_in_one_account() {
    let scene = Scene::new();
    scene.add_account("upside", "Upside");
    scene.add_member("upside", "jane@example.com", grant(["user"]));
    create(&scene, &command(1)).unwrap();
    assert_eq!(holder(&scene, 1), Ok(scene.admin()));
    assert_eq!(holder(&scene, 2), Err(ResolveError::InvalidToken));
    assert_eq!(scene.audited_actions().last(), Some(&"access_token.created"));
}

#[test]
fn only_members_get_access_tokens() {
    let scene = Scene::new();
    let unknown = CreateAccessToken { account: account_name("none"), ..command(1) };
    assert!(matches!(create(&scene, &unknown), Err(CreateAccessTokenError::UnknownAccount(_))));
    let nobody = CreateAccessToken { email: email("joe@example.com"), ..command(1) };
    let rejected = Err(CreateAccessTokenError::NotAMember("joe@example.com".to_owned()));
    assert_eq!(create(&scene, &nobody), rejected);
    scene.add_account("upside", "Upside");
    scene.add_member("upside", "joe@example.com", grant(["user"]));
    assert_eq!(create(&scene, &nobody), rejected, "a member of another account");
}

#[test]
fn a_token_ends_when_it_is_revoked_expires_or_its_member_leaves() {
    let scene = Scene::new();
    let ends_at: Timestamp = scene.env.now() + TimeDelta::hours(1);
    let first = create(&scene, &command(1)).unwrap();
    create(&scene, &CreateAccessToken { expires_at: Some(ends_at), ..command(2) }).unwrap();
    create(&scene, &command(3)).unwrap();
    revoke_token(&scene, &first).unwrap();
    assert_eq!(holder(&scene, 1), Err(ResolveError::InvalidToken));
    let again = Err(RevokeAccessTokenError::NotFound(first.public_id.to_string()));
    assert_eq!(revoke_token(&scene, &first), again);
    scene.clock.advance(TimeDelta::hours(1) - TimeDelta::microseconds(1));
    assert!(holder(&scene, 2).is_ok());
    scene.clock.advance(TimeDelta::microseconds(1));
    assert_eq!(holder(&scene, 2), Err(ResolveError::InvalidToken));
    assert!(holder(&scene, 3).is_ok());
    scene.remove(&scene.admin());
    assert_eq!(holder(&scene, 3), Err(ResolveError::InvalidToken));
}

#[test]
fn a_read_only_token_changes_nothing_and_sees_no_secure_id() {
    let scene = Scene::new();
    let invitation = scene.invite(&scene.admin(), "joe@example.com", &["user"]).unwrap();
    create(&scene, &CreateAccessToken { scope: Scope::ReadOnly, ..command(1) }).unwrap();
    let reader = holder(&scene, 1).unwrap();
    let seen = scene.act(&reader, |tx, env, actor| list(tx, env, actor, &part(10, 0))).unwrap();
    assert_eq!((seen.count, &seen.items[0].secure_id), (1, &None));
    assert_eq!(scene.invite(&reader, "ann@example.com", &["user"]), Err(InviteError::Forbidden));
    scene.clock.advance(TimeDelta::hours(1));
    let resent = scene.act(&reader, |tx, env, actor| resend(tx, env, actor, invitation.id));
    assert_eq!(resent, Err(ResendError::Forbidden));
    let revoked = scene.act(&reader, |tx, env, actor| revoke(tx, env, actor, &invitation.id.into()));
    assert_eq!(revoked, Err(RevokeError::Forbidden));
    assert_eq!(scene.stored(&invitation), invitation);
}

#[test]
fn scopes_have_fastlys_names() {
    assert_eq!(Scope::EVERY.map(Scope::as_str), ["global", "global:read"]);
    assert_eq!(Scope::parse("global:read"), Some(Scope::ReadOnly));
    assert_eq!(Scope::parse("purge_all"), None);
}

#[test]
fn a_digest_has_64_digits_and_is_not_in_debug_output() {
    let digest = TokenDigest::new([0xAB; 32]);
    assert_eq!(digest.as_str(), "ab".repeat(32));
    assert_eq!(format!("{digest:?}"), "TokenDigest(…)");
}
