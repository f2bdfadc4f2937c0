//! The operations of members on the invitations of their account.

use std::sync::Arc;

use tokio::sync::Notify;
use usher_domain::{
    env::Env,
    id::InvitationId,
    invitation::{Invitation, InvitationRef, OpenInvitation},
    port::{Tx, store::Mode},
    principal::{Actor, Credential},
    usecase::{
        invite::{self, Invite, InviteError, invite_all},
        resend::{self, ResendError, resend},
        revoke::{self, RevokeError, revoke},
        view::{Listing, Part, Start, ViewError, get_all, list_all},
    },
};

use crate::{
    batch::BatchLoad,
    call::{Call, InAccount, Outcome, Query, Rejection, Render},
    idempotency::IdempotencyGuard,
    operation::{
        Results,
        read::{ReadOperation, Reader},
        write::{IdentifiedCommand, WriteOperation, Writer},
    },
    recent_callers::RecentCallers,
    units::Units,
};

/// Creates, shows, resends and revokes invitations.
pub struct InvitationService {
    create: Writer<Create>,
    resend: Writer<Resend>,
    revoke: Writer<Revoke>,
    get: Reader<Get>,
    list: Reader<List>,
}

impl InvitationService {
    pub(crate) fn new(
        units: &Units,
        guard: &IdempotencyGuard,
        recent: &Arc<RecentCallers>,
        mail_queued: &Arc<Notify>,
    ) -> Self {
        Self {
            create: Writer::new(units, guard, mail_queued),
            resend: Writer::new(units, guard, mail_queued),
            revoke: Writer::new(units, guard, mail_queued),
            get: Reader::new(units, recent),
            list: Reader::new(units, recent),
        }
    }

    /// What each operation is doing.
    pub(crate) fn load(&self) -> [BatchLoad; 5] {
        [self.create.load(), self.resend.load(), self.revoke.load(), self.get.load(), self.list.load()]
    }

    /// Invites an address to the caller's account, and queues the mail.
    pub async fn create(
        &self,
        call: Call<Credential, Invite>,
        render: Render<InAccount<Invitation>>,
    ) -> Outcome<InviteError> {
        self.create.submit(call, render).await
    }

    /// Renews a pending or expired invitation, and queues its next mail.
    pub async fn resend(
        &self,
        call: Call<Credential, InvitationId>,
        render: Render<Invitation>,
    ) -> Outcome<ResendError> {
        self.resend.submit(call, render).await
    }

    /// Revokes a pending or expired invitation.
    pub async fn revoke(
        &self,
        call: Call<Credential, InvitationRef>,
        render: Render<()>,
    ) -> Outcome<RevokeError> {
        self.revoke.submit(call, render).await
    }

    /// Returns an open invitation of the caller's account.
    pub async fn get(
        &self,
        query: Query<InvitationId>,
    ) -> Result<InAccount<OpenInvitation>, Rejection<ViewError>> {
        self.get.submit(query).await
    }

    /// Returns a part of the open invitations of the caller's account.
    pub async fn list(&self, query: Query<Part>) -> Result<InAccount<Listing>, Rejection<ViewError>> {
        self.list.submit(query).await
    }
}

impl std::fmt::Debug for InvitationService {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InvitationService").finish_non_exhaustive()
    }
}

struct Create;

impl WriteOperation for Create {
    const NAME: &'static str = "invitation.create";
    const QUEUES_MAIL: bool = true;
    const SHARES_UNITS: bool = true;
    type Caller = Credential;
    type Command = Invite;
    type Value = InAccount<Invitation>;
    type Error = InviteError;

    fn perform(
        tx: &mut dyn Tx,
        env: &Env,
        requests: &[IdentifiedCommand<'_, Self>],
    ) -> Results<Self::Value, InviteError> {
        let commands: Vec<(&Actor, &Invite)> =
            requests.iter().map(|(actor, command)| (actor.as_ref(), *command)).collect();
        let invited = invite_all(tx, env, &commands)?.into_iter().zip(requests);
        let in_account = |(invited, (actor, _)): (Result<_, _>, &(&Arc<Actor>, _))| {
            invited.map(|value| InAccount { actor: Arc::clone(actor), value })
        };
        Ok(invited.map(in_account).collect())
    }

    fn authorize_replay(_: &mut dyn Tx, actor: &Arc<Actor>, command: &Invite) -> Result<(), InviteError> {
        invite::authorize_replay(actor, command)
    }
}

struct Resend;

impl WriteOperation for Resend {
    const NAME: &'static str = "invitation.resend";
    const QUEUES_MAIL: bool = true;
    const SHARES_UNITS: bool = false;
    type Caller = Credential;
    type Command = InvitationId;
    type Value = Invitation;
    type Error = ResendError;

    fn perform(
        tx: &mut dyn Tx,
        env: &Env,
        requests: &[IdentifiedCommand<'_, Self>],
    ) -> Results<Invitation, ResendError> {
        Ok(requests.iter().map(|(actor, id)| resend(tx, env, actor, **id)).collect())
    }

    fn authorize_replay(tx: &mut dyn Tx, actor: &Arc<Actor>, id: &InvitationId) -> Result<(), ResendError> {
        resend::authorize_replay(tx, actor, *id)
    }
}

struct Revoke;

impl WriteOperation for Revoke {
    const NAME: &'static str = "invitation.revoke";
    const QUEUES_MAIL: bool = false;
    const SHARES_UNITS: bool = false;
    type Caller = Credential;
    type Command = InvitationRef;
    type Value = ();
    type Error = RevokeError;

    fn perform(
        tx: &mut dyn Tx,
        env: &Env,
        requests: &[IdentifiedCommand<'_, Self>],
    ) -> Results<(), RevokeError> {
        Ok(requests.iter().map(|(actor, named)| revoke(tx, env, actor, named)).collect())
    }

    fn authorize_replay(_: &mut dyn Tx, actor: &Arc<Actor>, _: &InvitationRef) -> Result<(), RevokeError> {
        revoke::authorize_replay(actor)
    }
}

struct Get;

impl ReadOperation for Get {
    const NAME: &'static str = "invitation.get";
    type Query = InvitationId;
    type Value = OpenInvitation;
    type Error = ViewError;

    fn mode(_: &[&InvitationId]) -> Mode {
        Mode::Look
    }

    fn perform(
        tx: &mut dyn Tx,
        env: &Env,
        requests: &[(&Actor, &InvitationId)],
    ) -> Results<OpenInvitation, ViewError> {
        get_all(tx, env, requests)
    }
}

struct List;

impl ReadOperation for List {
    const NAME: &'static str = "invitation.list";
    type Query = Part;
    type Value = Listing;
    type Error = ViewError;

    /// A page by offset counts the list first, because it may be read from its nearer end. A change between the two
    /// calls would shift the page.
    fn mode(parts: &[&Part]) -> Mode {
        let by_offset = parts.iter().any(|part| matches!(part.start, Start::Offset(1..)));
        if by_offset { Mode::Read } else { Mode::Look }
    }

    fn perform(tx: &mut dyn Tx, env: &Env, requests: &[(&Actor, &Part)]) -> Results<Listing, ViewError> {
        list_all(tx, env, requests)
    }
}
