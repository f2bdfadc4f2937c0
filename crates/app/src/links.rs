//! The link of an invitation mail: what its holder does with it.

use std::sync::Arc;

use tokio::sync::Notify;
use usher_domain::{
    env::Env,
    invitation::SecureId,
    port::{StoreError, Tx, store::Mode},
    text::DisplayText,
    usecase::{
        accept::{Accept, AcceptError, Accepted, accept_all},
        decline::{Decline, DeclineError, decline},
        open_link::{LinkView, open_link},
        summary::summary,
    },
};

use crate::{
    call::{Call, LinkCaller, Outcome, Render},
    context::RequestContext,
    idempotency::IdempotencyGuard,
    operation::{
        Results,
        write::{Request, WriteOperation, Writer},
    },
    units::Units,
};

/// Opens, accepts and declines invitations.
pub struct LinkService {
    units: Units,
    accepts: Writer<AcceptLink>,
    declines: Writer<DeclineLink>,
}

impl LinkService {
    pub(crate) fn new(units: &Units, guard: &IdempotencyGuard, mail_queued: &Arc<Notify>) -> Self {
        Self {
            units: units.clone(),
            accepts: Writer::new(units, guard, mail_queued),
            declines: Writer::new(units, guard, mail_queued),
        }
    }

    /// What the holder of a link gets to see. Changes nothing.
    pub async fn open(
        &self,
        context: &RequestContext,
        secure_id: SecureId,
        key: Option<String>,
    ) -> Result<LinkView, StoreError> {
        let work = move |tx: &mut dyn Tx, env: &Env| open_link(tx, env, &secure_id, key.as_deref());
        self.units.run(context, "link.open", Mode::Read, work).await
    }

    /// The title of the account behind an open invitation, which is public.
    pub async fn summary(
        &self,
        context: &RequestContext,
        secure_id: SecureId,
    ) -> Result<Option<DisplayText>, StoreError> {
        let work = move |tx: &mut dyn Tx, env: &Env| summary(tx, env, &secure_id);
        self.units.run(context, "link.summary", Mode::Read, work).await
    }

    /// Makes the acceptor a member with the roles that the invitation grants.
    pub async fn accept(
        &self,
        call: Call<LinkCaller, Accept>,
        render: Render<Accepted>,
    ) -> Outcome<AcceptError> {
        self.accepts.submit(call, render).await
    }

    /// Declines the invitation.
    pub async fn decline(
        &self,
        call: Call<LinkCaller, Decline>,
        render: Render<()>,
    ) -> Outcome<DeclineError> {
        self.declines.submit(call, render).await
    }
}

impl std::fmt::Debug for LinkService {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LinkService").finish_non_exhaustive()
    }
}

struct AcceptLink;

impl WriteOperation for AcceptLink {
    const NAME: &'static str = "invitation.accept";
    const QUEUES_MAIL: bool = false;
    const SHARES_UNITS: bool = true;
    type Caller = LinkCaller;
    type Command = Accept;
    type Value = Accepted;
    type Error = AcceptError;

    fn perform(tx: &mut dyn Tx, env: &Env, requests: &[Request<'_, Self>]) -> Results<Accepted, AcceptError> {
        let commands: Vec<&Accept> = requests.iter().map(|((), command)| *command).collect();
        accept_all(tx, env, &commands)
    }
}

struct DeclineLink;

impl WriteOperation for DeclineLink {
    const NAME: &'static str = "invitation.decline";
    const QUEUES_MAIL: bool = false;
    const SHARES_UNITS: bool = false;
    type Caller = LinkCaller;
    type Command = Decline;
    type Value = ();
    type Error = DeclineError;

    fn perform(tx: &mut dyn Tx, env: &Env, requests: &[Request<'_, Self>]) -> Results<(), DeclineError> {
        Ok(requests.iter().map(|((), command)| decline(tx, env, command)).collect())
    }
}
