//! Signing in: turns what a caller presents into a credential, and issues tokens for people.

use std::sync::Arc;

use chrono::TimeDelta;
use usher_domain::{
    Timestamp,
    account::AccountName,
    env::Env,
    id::PersonId,
    person::Person,
    port::{Authenticator, SignedToken, TokenError, TokenRequest, TokenSigner, Tx, store::Mode},
    principal::{Actor, Credential},
    usecase::{
        attempt_sign_in::ProvenPerson,
        resolve::{ResolveError, resolve},
        sign_in::{SignInError, SignedIn, sign_in},
    },
};

use crate::{
    call::{Query, Rejection},
    context::RequestContext,
    units::Units,
};

/// Authenticates callers and issues tokens.
pub struct Sessions {
    units: Units,
    authenticator: Arc<dyn Authenticator>,
    signer: Arc<dyn TokenSigner>,
    /// Maximum lifetime of a token that is issued at sign-in.
    token_lifetime: TimeDelta,
}

impl Sessions {
    pub(crate) fn new(
        units: &Units,
        authenticator: Arc<dyn Authenticator>,
        signer: Arc<dyn TokenSigner>,
        token_lifetime: TimeDelta,
    ) -> Self {
        Self { units: units.clone(), authenticator, signer, token_lifetime }
    }

    /// The credential that a bearer token proves.
    pub async fn authenticate(&self, token: &str) -> Result<Credential, TokenError> {
        self.authenticator.authenticate(token, self.units.env.now()).await
    }

    /// The member behind a credential. A query that could not be understood is rejected after the member was found.
    pub async fn caller(&self, query: Query<()>) -> Result<Actor, Rejection<ResolveError>> {
        let Query { context, credential, query } = query;
        let work = move |tx: &mut dyn Tx, env: &Env| resolve(tx, &credential, env.now());
        let actor =
            self.units.run(&context, "caller.get", Mode::Look, work).await.map_err(Rejection::Caller)?;
        query.map(|()| actor).ok_or(Rejection::NotUnderstood)
    }

    /// The accounts of a person who proved their password, and the one to act in.
    pub async fn sign_in(
        &self,
        context: &RequestContext,
        person: PersonId,
        chosen: Option<AccountName>,
    ) -> Result<SignedIn, SignInError> {
        let work = move |tx: &mut dyn Tx, _: &Env| sign_in(tx, person, chosen.as_ref());
        self.units.run(context, "session.create", Mode::Read, work).await
    }

    /// A token for a person, issued when they proved their password; its lifetime is at most the deployment's.
    #[must_use]
    pub fn token(
        &self,
        proven: &ProvenPerson,
        account: Option<&AccountName>,
        lifetime: Option<TimeDelta>,
    ) -> SignedToken {
        let lifetime = lifetime.unwrap_or(self.token_lifetime).min(self.token_lifetime);
        self.sign(&proven.person, account, lifetime, proven.at)
    }

    /// A token with any lifetime, for operators.
    #[must_use]
    pub fn operator_token(
        &self,
        person: &Person,
        account: &AccountName,
        lifetime: Option<TimeDelta>,
    ) -> SignedToken {
        // A token that is issued in the second in which the person's earlier tokens were ended counts as issued after it.
        let now = self.units.env.now();
        let issued_at = person.tokens_not_before.map_or(now, |moment| moment.max(now));
        self.sign(person, Some(account), lifetime.unwrap_or(self.token_lifetime), issued_at)
    }

    fn sign(
        &self,
        person: &Person,
        account: Option<&AccountName>,
        lifetime: TimeDelta,
        issued_at: Timestamp,
    ) -> SignedToken {
        let request = TokenRequest {
            email: &person.email,
            email_verified: person.email_verified,
            person_id: person.id,
            account,
            lifetime,
        };
        self.signer.sign(&request, issued_at)
    }
}

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sessions").field("token_lifetime", &self.token_lifetime).finish_non_exhaustive()
    }
}
