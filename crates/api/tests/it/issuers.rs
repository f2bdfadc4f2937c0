//! Tokens of other issuers, end to end: their keys, their claims, and what they may do.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rcgen::{KeyPair, PKCS_ED25519, SigningKey as _};
use serde_json::{Value, json};

use crate::harness::{Backend, Setup, body};

/// An identity provider with one key, and the file that makes Usher trust it.
struct Provider {
    key: KeyPair,
    folder: tempfile::TempDir,
}

impl Provider {
    fn new() -> Self {
        let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("key.pem"), key.public_key_pem()).unwrap();
        Self { key, folder }
    }

    fn settings_file(&self) -> std::path::PathBuf {
        let path = self.folder.path().join("usher.toml");
        let pem = self.folder.path().join("key.pem");
        let text = format!(
            "[[auth.issuers]]\nissuer = \"https://login.example.com/\"\naudience = \"usher\"\nkey_files = [{:?}]\n",
            pem.display().to_string()
        );
        std::fs::write(&path, text).unwrap();
        path
    }

    fn token(&self, claims: &Value) -> String {
        let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let signed = format!("{}.{}", part(&json!({ "alg": "EdDSA", "typ": "JWT" })), part(claims));
        let signature = self.key.sign(signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

#[test]
fn a_verified_address_is_the_login_and_an_unverified_one_is_nobody() {
    let provider = Provider::new();
    let setup = Setup::new(Backend::sqlite());
    let server = setup.start_with(setup.settings_of(Some(provider.settings_file())));
    let jane = server.onward();
    let claims = |email: &str, verified: Value| {
        let mut claims = json!({
            "iss": "https://login.example.com/", "aud": "usher", "sub": "248289761001",
            "exp": 1_710_946_165 + 3600, "email": email, "name": "Joe Wright",
        });
        if !verified.is_null() {
            claims["email_verified"] = verified;
        }
        claims
    };
    let by = |claims: Value| server.client.with_token(provider.token(&claims));

    // jane@example.com is an administrator: only her provider's word makes the holder of this token her.
    by(claims("jane@example.com", json!(true))).get("/api/v2/invitations").expect(200);
    for unverified in [json!(false), json!("true"), json!(1), Value::Null] {
        by(claims("jane@example.com", unverified.clone())).get("/api/v2/invitations").expect(403);
    }

    // Somebody whom Usher has never met accepts with the provider's word, and is a member.
    let created =
        jane.post("/api/v2/invitations", &body("Joe", "joe@example.com", &["Auditor"])).expect(200).json();
    let accept = json!({ "invitation_id": created["secure_id"] });
    by(claims("joe@example.com", json!(false))).post("/api/v2/accept-invitation", &accept).expect(403);
    by(claims("eve@example.com", json!(true))).post("/api/v2/accept-invitation", &accept).expect(403);
    let joe = by(claims("joe@example.com", json!(true)));
    joe.get("/api/v2/invitations").expect(403);
    joe.post("/api/v2/accept-invitation", &accept).expect(200);
    joe.get("/api/v2/invitations").expect(200);

    let mut foreign = claims("jane@example.com", json!(true));
    foreign["aud"] = json!("another service");
    by(foreign).get("/api/v2/invitations").expect(401);
}
