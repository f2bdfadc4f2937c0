//! Access tokens, in both dialects.

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
    a_token_ends_at_once_for_what_writes_and_soon_for_what_reads,
    a_token_that_only_reads_changes_nothing,
    a_token_stays_in_its_account,
    only_the_digest_is_stored,
);

/// For how long at most a request that reads is answered by the rights of a moment ago: `docs/OPERATIONS.md`.
const RECENTLY: TimeDelta = TimeDelta::milliseconds(10);

/// Somebody with a token of the account onward, in every way that it can be sent.
struct Holder {
    key: Client,
    bearer: Client,
    token: AccessToken,
    secret: String,
}

impl Holder {
    fn of(server: &Server, email: &str, scope: Scope, lifetime: Option<TimeDelta>) -> Self {
        let (secret, token) = server.add_access_token("onward", email, scope, lifetime);
        let (key, bearer) = (server.client.with_key(&secret), server.client.with_token(&secret));
        Self { key, bearer, token, secret }
    }

    /// The list of each dialect, in each way.
    fn lists(&self) -> [Response; 3] {
        let Self { key, bearer, .. } = self;
        [key.get("/invitations"), bearer.get("/invitations"), bearer.get("/api/v2/invitations")]
    }

    #[track_caller]
    fn assert_live(&self) {
        for list in self.lists() {
            list.expect(200);
        }
    }

    #[track_caller]
    fn assert_ended(&self) {
        let [key, bearer, landscape] = self.lists();
        assert_nobody(&[&key, &bearer], &landscape);
    }

    #[track_caller]
    fn assert_writes_nothing(&self) {
        assert_eq!(rejection(&create(&self.key, &document("late@example.com", "user"))).0, 401);
        self.bearer
            .post("/api/v2/invitations", &invitation_body("Late", "late@example.com", &["Auditor"]))
            .expect(401);
    }
}

/// 401, in each dialect's form.
#[track_caller]
fn assert_nobody(fastly: &[&Response], landscape: &Response) {
    for response in fastly {
        let (status, msg, _) = rejection(response);
        assert_eq!((status, msg.as_str()), (401, "Provided credentials are missing or invalid"));
        assert_eq!(response.header("www-authenticate"), r#"Bearer realm="usher""#);
    }
    let (status, error, _) = landscape.problem();
    assert_eq!((status, error.as_str()), (401, "Unauthorized"));
}

fn a_token_acts_for_its_member(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let jane = server.add_onward();
    let holder = Holder::of(&server, "jane@example.com", Scope::Global, None);
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
    // Landscape's clients send bearer tokens; the other header is nothing there.
    holder.key.get("/api/v2/invitations").expect(401);
    // No time of its own.
    setup.advance(TimeDelta::days(3650));
    holder.assert_live();
}

fn a_token_ends_at_once_for_what_writes_and_soon_for_what_reads(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    server.add_onward();
    server.add_member("onward", "root@example.com", &["superuser"], None);
    let kept = Holder::of(&server, "jane@example.com", Scope::Global, None);
    let revoked = Holder::of(&server, "jane@example.com", Scope::Global, None);
    let expiring = Holder::of(&server, "jane@example.com", Scope::Global, Some(TimeDelta::hours(2)));
    let leaving = Holder::of(&server, "root@example.com", Scope::Global, None);
    for holder in [&kept, &revoked, &expiring, &leaving] {
        holder.assert_live();
    }

    let onward = AccountName::parse("onward").unwrap();
    let scene = &server.scene;
    scene.write(|tx| revoke_access_token(tx, &scene.env, &onward, &revoked.token.public_id)).unwrap();
    revoked.assert_writes_nothing();
    setup.advance(RECENTLY);
    revoked.assert_ended();

    setup.advance(TimeDelta::hours(2) - TimeDelta::seconds(1) - RECENTLY);
    expiring.assert_live();
    setup.advance(TimeDelta::seconds(1));
    expiring.assert_writes_nothing();
    expiring.assert_ended();

    leaving.assert_live();
    server.remove_member("onward", "root@example.com");
    leaving.assert_writes_nothing();
    setup.advance(RECENTLY);
    leaving.assert_ended();
    // Who comes back gets a new one.
    server.add_member("onward", "root@example.com", &["superuser"], None);
    leaving.assert_ended();
    kept.assert_live();
}

fn a_token_that_only_reads_changes_nothing(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    let jane = server.add_onward();
    create(&jane, &document("joe@example.com", "user")).expect(200);
    let reader = Holder::of(&server, "jane@example.com", Scope::ReadOnly, None);
    let before = listed(&jane);
    assert_eq!(listed(&reader.key), before);
    let landscape = |client: &Client| client.get("/api/v2/invitations").expect(200).json();
    let shown = landscape(&jane);
    // What names the link is for those who could have made it.
    let mut without_link = shown.clone();
    without_link["results"][0]["secure_id"] = json!("");
    assert_eq!(landscape(&reader.bearer), without_link);

    setup.advance(TimeDelta::minutes(10));
    let path = format!("/api/v2/invitations/{}", shown["results"][0]["id"]);
    for fastly in [create(&reader.key, &document("ann@example.com", "user")), delete(&reader.key, &before[0])]
    {
        assert_eq!(rejection(&fastly).0, 403);
        // And uses up nothing: whoever finds such a token must not be able to stop its owner from writing.
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
    let holder = Holder::of(&server, "jane@example.com", Scope::Global, None);
    assert_eq!(listed(&holder.key), listed(&jane));
    let customer = |client: &Client| client.get("/current_user").expect(200).json()["customer_id"].clone();
    assert_eq!(customer(&holder.key), customer(&jane));
    assert_ne!(customer(&holder.key), customer(&upside));
    let there = &listed(&upside)[0];
    assert_eq!(rejection(&delete(&holder.key, there)).0, 404);
    let id = upside.get("/api/v2/invitations").json()["results"][0]["id"].clone();
    assert_eq!(holder.bearer.delete(&format!("/api/v2/invitations/{id}")).problem().0, 404);
    assert_eq!(listed(&upside).len(), 1);
    // It ends with its own membership, not with another.
    server.remove_member("upside", "jane@example.com");
    holder.assert_live();
}

fn only_the_digest_is_stored(backend: Backend) {
    let setup = Setup::new(backend);
    let server = setup.start();
    server.add_onward();
    let holder = Holder::of(&server, "jane@example.com", Scope::Global, None);
    create(&holder.key, &document("joe@example.com", "user")).expect(200);
    drop(server);
    let dump = setup.backend.dump();
    assert!(dump.contains(access_token_digest(&holder.secret).unwrap().as_str()), "the dump is whole");
    assert!(!dump.contains(&holder.secret));
}

#[test]
fn a_token_that_nobody_made_is_nobodys() {
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start();
    server.add_onward();
    for secret in ["0123456789ABCDEFGHIJKLMNOPQRSTUV".to_owned(), "A".repeat(32), "a".repeat(32)] {
        let (key, bearer) = (server.client.with_key(&secret), server.client.with_token(&secret));
        let landscape = bearer.get("/api/v2/invitations");
        let paths = ["/invitations", "/current_user", "/service-authorizations"];
        for response in paths.iter().flat_map(|path| [key.get(path), bearer.get(path)]) {
            assert_nobody(&[&response], &landscape);
        }
        let write = create(&key, &document("joe@example.com", "user"));
        let landscape =
            bearer.post("/api/v2/invitations", &invitation_body("Joe", "joe@example.com", &["Auditor"]));
        assert_nobody(&[&write], &landscape);
        assert_eq!(write.header("fastly-ratelimit-remaining"), "", "nobody is there to count for");
    }
    // One character more or less, and it is not the form of one.
    for length in [31, 33] {
        server.client.with_key(&"A".repeat(length)).get("/invitations").expect(401);
    }
}
