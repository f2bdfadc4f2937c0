//! Access tokens in both dialects.

use chrono::TimeDelta;
use serde_json::{Value, json};
use usher_auth::access_token_digest;
use usher_domain::{
    access_token::{AccessToken, Scope},
    account::AccountName,
    usecase::revoke_access_token::revoke_access_token,
};

use crate::harness::{
    Backend, Client, Response, Server, Setup,
    fastly::{create, delete, document, listed, rejection},
    invitation_body, on_both_databases,
};

on_both_databases!(
    a_token_acts_for_its_member,
    an_ended_token_is_rejected_at_once_for_writes_and_soon_for_reads,
    a_read_only_token_changes_nothing,
    a_token_stays_in_its_account,
    only_the_digest_is_stored,
);

/// How long reads may use cached rights: see `docs/OPERATIONS.md`.
const CACHE_TIME: TimeDelta = TimeDelta::milliseconds(10);

/// An access token of the account onward, with a client for each header that it can be sent in.
struct TokenHolder {
    key: Client,
    bearer: Client,
    token: AccessToken,
    secret: String,
}

impl TokenHolder {
    fn of(server: &Server, email: &str, scope: Scope, lifetime: Option<TimeDelta>) -> Self {
        let (secret, token) = server.add_access_token("onward", email, scope, lifetime);
        let (key, bearer) = (server.client.with_key(&secret), server.client.with_token(&secret));
        Self { key, bearer, token, secret }
    }

    /// The list of each dialect, with each header that the dialect accepts.
    fn lists(&self) -> [Response; 3] {
        let Self { key, bearer, .. } = self;
        [key.get("/invitations"), bearer.get("/invitations"), bearer.get("/api/v2/invitations")]
    }

    #[track_caller]
    fn assert_valid(&self) {
        for list in self.lists() {
            list.expect(200);
        }
    }

    #[track_caller]
    fn assert_ended(&self) {
        let [key, bearer, landscape] = self.lists();
        assert_unauthorized(&[&key, &bearer], &landscape);
    }

    #[track_caller]
    fn assert_writes_nothing(&self) {
        assert_eq!(rejection(&create(&self.key, &document("late@example.com", "user"))).0, 401);
        self.bearer
            .post("/api/v2/invitations", &invitation_body("Late", "late@example.com", &["Auditor"]))
            .expect(401);
    }
}

/// Asserts a 401 in each dialect's form.
#[track_caller]
fn assert_unauthorized(fastly: &[&Response], landscape: &Response) {
    for response in fastly {
        let (status, msg, _) = rejection(response);
        assert_eq!((status, msg.as_str()), (401, "Provided credentials are missing or invalid"));
        assert!(response.header("www-authenticate").starts_with(r#"Bearer realm="usher""#));
    }
    let (status, error, _) = landscape.problem();
    assert_eq!((status, error.as_str()), (401, "Unauthorized"));
}

fn a_token_acts_for_its_member(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let jane = server.add_onward();
    let holder = TokenHolder::of(&server, "jane@example.com", Scope::Global, None);
    create(&holder.key, &document("joe@example.com", "superuser")).expect(200);
    create(&holder.bearer, &document("ann@example.com", "user")).expect(200);
    holder
        .bearer
        .post("/api/v2/invitations", &invitation_body("Bob", "bob@example.com", &["Auditor"]))
        .expect(200);
    assert_eq!(listed(&holder.key), listed(&jane));
    assert_eq!(listed(&holder.key).len(), 3);
    let user = |client: &Client| client.get("/current_user").expect(200).json();
    assert_eq!(user(&holder.key), user(&jane));
    for item in listed(&jane) {
        delete(&holder.key, &item).expect(204);
    }
    // Landscape's dialect ignores the header `Fastly-Key`.
    holder.key.get("/api/v2/invitations").expect(401);
    // The token does not expire.
    setup.advance(TimeDelta::days(3650));
    holder.assert_valid();
}

fn an_ended_token_is_rejected_at_once_for_writes_and_soon_for_reads(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    server.add_onward();
    server.add_member("onward", "root@example.com", &["superuser"], None);
    let kept = TokenHolder::of(&server, "jane@example.com", Scope::Global, None);
    let revoked = TokenHolder::of(&server, "jane@example.com", Scope::Global, None);
    let expiring = TokenHolder::of(&server, "jane@example.com", Scope::Global, Some(TimeDelta::hours(2)));
    let leaving = TokenHolder::of(&server, "root@example.com", Scope::Global, None);
    for holder in [&kept, &revoked, &expiring, &leaving] {
        holder.assert_valid();
    }

    let onward = AccountName::parse("onward").unwrap();
    let scene = &server.scene;
    scene.write(|tx| revoke_access_token(tx, &scene.env, &onward, &revoked.token.public_id)).unwrap();
    revoked.assert_writes_nothing();
    setup.advance(CACHE_TIME);
    revoked.assert_ended();

    setup.advance(TimeDelta::hours(2) - TimeDelta::seconds(1) - CACHE_TIME);
    expiring.assert_valid();
    setup.advance(TimeDelta::seconds(1));
    expiring.assert_writes_nothing();
    expiring.assert_ended();

    leaving.assert_valid();
    server.remove_member("onward", "root@example.com");
    leaving.assert_writes_nothing();
    setup.advance(CACHE_TIME);
    leaving.assert_ended();
    // A returning member needs a new token.
    server.add_member("onward", "root@example.com", &["superuser"], None);
    leaving.assert_ended();
    kept.assert_valid();
}

fn a_read_only_token_changes_nothing(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let jane = server.add_onward();
    create(&jane, &document("joe@example.com", "user")).expect(200);
    let reader = TokenHolder::of(&server, "jane@example.com", Scope::ReadOnly, None);
    let before = listed(&jane);
    assert_eq!(listed(&reader.key), before);
    let landscape = |client: &Client| client.get("/api/v2/invitations").expect(200).json();
    let shown = landscape(&jane);
    // Only callers who may invite see the secure id.
    let mut without_link = shown.clone();
    without_link["results"][0]["secure_id"] = json!("");
    assert_eq!(landscape(&reader.bearer), without_link);

    setup.advance(TimeDelta::minutes(10));
    let path = format!("/api/v2/invitations/{}", shown["results"][0]["id"]);
    for fastly in [create(&reader.key, &document("ann@example.com", "user")), delete(&reader.key, &before[0])]
    {
        assert_eq!(rejection(&fastly).0, 403);
        // A rejected write of a read-only token does not count: a stolen token must not exhaust its owner's
        // limit.
        assert_eq!(fastly.header("fastly-ratelimit-remaining"), "", "{fastly:?}");
    }
    let writes = [
        reader.bearer.post("/api/v2/invitations", &invitation_body("Ann", "ann@example.com", &["Auditor"])),
        reader.bearer.delete(&path),
        reader.bearer.post(&path, &json!({})),
        reader.bearer.post("/api/v2/accept-invitation", &link(&shown)),
        reader.bearer.post("/api/v2/reject-invitation", &link(&shown)),
    ];
    for response in writes {
        let (status, error, _) = response.problem();
        assert_eq!((status, error.as_str()), (403, "Forbidden"));
    }
    assert_eq!((listed(&jane), landscape(&jane)), (before, shown));
}

fn link(list: &Value) -> Value {
    json!({ "invitation_id": list["results"][0]["secure_id"] })
}

fn a_token_stays_in_its_account(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let jane = server.add_onward();
    server.add_account("upside", "Upside");
    server.add_member("upside", "jane@example.com", &["GlobalAdmin"], None);
    let upside = server.client_of("upside", "jane@example.com");
    create(&jane, &document("joe@example.com", "user")).expect(200);
    create(&upside, &document("ann@example.com", "user")).expect(200);
    let holder = TokenHolder::of(&server, "jane@example.com", Scope::Global, None);
    assert_eq!(listed(&holder.key), listed(&jane));
    let customer = |client: &Client| client.get("/current_user").expect(200).json()["customer_id"].clone();
    assert_eq!(customer(&holder.key), customer(&jane));
    assert_ne!(customer(&holder.key), customer(&upside));
    let there = &listed(&upside)[0];
    assert_eq!(rejection(&delete(&holder.key, there)).0, 404);
    let id = upside.get("/api/v2/invitations").json()["results"][0]["id"].clone();
    assert_eq!(holder.bearer.delete(&format!("/api/v2/invitations/{id}")).problem().0, 404);
    assert_eq!(listed(&upside).len(), 1);
    // The token ends with its own membership only.
    server.remove_member("upside", "jane@example.com");
    holder.assert_valid();
}

fn only_the_digest_is_stored(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    server.add_onward();
    let holder = TokenHolder::of(&server, "jane@example.com", Scope::Global, None);
    create(&holder.key, &document("joe@example.com", "user")).expect(200);
    drop(server);
    let dump = setup.backend.dump();
    assert!(
        dump.contains(access_token_digest(&holder.secret).unwrap().as_str()),
        "the dump contains the token's row"
    );
    assert!(!dump.contains(&holder.secret));
}

#[test]
fn unknown_tokens_are_rejected() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    server.add_onward();
    for secret in ["0123456789ABCDEFGHIJKLMNOPQRSTUV".to_owned(), "A".repeat(32), "a".repeat(32)] {
        let (key, bearer) = (server.client.with_key(&secret), server.client.with_token(&secret));
        let landscape = bearer.get("/api/v2/invitations");
        let paths = ["/invitations", "/current_user", "/service-authorizations"];
        for response in paths.iter().flat_map(|path| [key.get(path), bearer.get(path)]) {
            assert_unauthorized(&[&response], &landscape);
        }
        let write = create(&key, &document("joe@example.com", "user"));
        let landscape =
            bearer.post("/api/v2/invitations", &invitation_body("Joe", "joe@example.com", &["Auditor"]));
        assert_unauthorized(&[&write], &landscape);
        assert_eq!(write.header("fastly-ratelimit-remaining"), "", "unauthenticated writes are not counted");
    }
    // Strings of other lengths are not access tokens.
    for length in [31, 33] {
        server.client.with_key(&"A".repeat(length)).get("/invitations").expect(401);
    }
}
