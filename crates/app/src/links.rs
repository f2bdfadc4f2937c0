//! The operations of the holder of a link in an invitation mail.

use std::sync::Arc;

use tokio::sync::Notify;
use usher_domain::{
    env::Env,
    invitation::{self, SecureId},
    port::{StoreError, Tx, store::Mode},
    text::DisplayText,
    usecase::{
        accept::{Accept, AcceptError, Accepted, accept_all},
        choose_mails::{ChooseMails, ChooseMailsError, choose_mails, mails_blocked},
        decline::{Decline, DeclineError, decline},
        open_link::{LinkView, open_link},
        receipt::acceptance_of_receipt,
        reopen::{Reopen, ReopenError, reopen},
        summary::summary,
    },
};

use crate::{
    batch::BatchLoad,
    call::{Call, LinkCaller, Outcome, Render},
    context::RequestContext,
    idempotency::IdempotencyGuard,
    operation::{
        Results,
        write::{IdentifiedCommand, WriteOperation, Writer},
    },
    units::Units,
};

/// A link as the page behind it shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkPage {
    /// What the link opens.
    pub view: LinkView,
    /// Whether the mailbox is blocked. `None` if the link cannot choose that.
    pub mails_blocked: Option<bool>,
}

/// Opens, accepts, declines and reopens invitations, and blocks the mailbox of an invitee.
pub struct LinkService {
    units: Units,
    accept: Writer<AcceptInvitation>,
    decline: Writer<DeclineInvitation>,
    reopen: Writer<ReopenInvitation>,
    choose_mails: Writer<ChooseMailsByLink>,
}

impl LinkService {
    pub(crate) fn new(units: &Units, guard: &IdempotencyGuard, mail_queued: &Arc<Notify>) -> Self {
        Self {
            units: units.clone(),
            accept: Writer::new(units, guard, mail_queued),
            decline: Writer::new(units, guard, mail_queued),
            reopen: Writer::new(units, guard, mail_queued),
            choose_mails: Writer::new(units, guard, mail_queued),
        }
    }

    /// What each operation is doing.
    pub(crate) fn load(&self) -> [BatchLoad; 2] {
        [self.accept.load(), self.decline.load()]
    }

    /// Returns the invitation of a link for its holder. It changes nothing.
    pub async fn open(
        &self,
        context: &RequestContext,
        secure_id: SecureId,
        key: Option<String>,
    ) -> Result<LinkView, StoreError> {
        let work = move |tx: &mut dyn Tx, env: &Env| open_link(tx, env, &secure_id, key.as_deref());
        self.units.run(context, "link.open", Mode::Read, work).await
    }

    /// Returns the invitation of a link for the page behind it. It changes nothing. An unknown link costs no more than with
    /// [`Self::open`].
    pub async fn open_page(
        &self,
        context: &RequestContext,
        secure_id: SecureId,
        key: String,
    ) -> Result<LinkPage, StoreError> {
        let work = move |tx: &mut dyn Tx, env: &Env| {
            let view = open_link(tx, env, &secure_id, Some(&key))?;
            let mails_blocked = match view {
                LinkView::Unknown => None,
                _ => mails_blocked(tx, env, &secure_id, &key)?,
            };
            Ok(LinkPage { view, mails_blocked })
        };
        self.units.run(context, "link.open", Mode::Read, work).await
    }

    /// Returns the title of the account of an open invitation. It is public.
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
        self.accept.submit(call, render).await
    }

    /// Returns the receipt of an acceptance of this invitation, for the browser that accepted.
    #[must_use]
    pub fn receipt(&self, secure_id: &SecureId) -> String {
        invitation::receipt(self.units.env.keys.as_ref(), secure_id).reveal().to_owned()
    }

    /// Returns the acceptance of a receipt. It changes nothing.
    pub async fn accepted(
        &self,
        context: &RequestContext,
        secure_id: SecureId,
        receipt: String,
    ) -> Result<Option<Accepted>, StoreError> {
        let work = move |tx: &mut dyn Tx, env: &Env| acceptance_of_receipt(tx, env, &secure_id, &receipt);
        self.units.run(context, "link.accepted", Mode::Read, work).await
    }

    /// Returns the text that the second step of a decline sends back.
    #[must_use]
    pub fn confirmation(&self, secure_id: &SecureId) -> String {
        invitation::confirmation(self.units.env.keys.as_ref(), secure_id).reveal().to_owned()
    }

    /// Whether a text is the one of [`Self::confirmation`].
    #[must_use]
    pub fn is_confirmation(&self, secure_id: &SecureId, presented: &str) -> bool {
        invitation::is_confirmation(self.units.env.keys.as_ref(), secure_id, presented)
    }

    /// Declines the invitation.
    pub async fn decline(
        &self,
        call: Call<LinkCaller, Decline>,
        render: Render<()>,
    ) -> Outcome<DeclineError> {
        self.decline.submit(call, render).await
    }

    /// Reopens a declined invitation.
    pub async fn reopen(&self, call: Call<LinkCaller, Reopen>, render: Render<()>) -> Outcome<ReopenError> {
        self.reopen.submit(call, render).await
    }

    /// Blocks the mailbox of an invitee, or ends its block.
    pub async fn choose_mails(
        &self,
        call: Call<LinkCaller, ChooseMails>,
        render: Render<()>,
    ) -> Outcome<ChooseMailsError> {
        self.choose_mails.submit(call, render).await
    }
}

impl std::fmt::Debug for LinkService {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LinkService").finish_non_exhaustive()
    }
}

struct AcceptInvitation;

impl WriteOperation for AcceptInvitation {
    const NAME: &'static str = "invitation.accept";
    const QUEUES_MAIL: bool = false;
    const SHARES_UNITS: bool = true;
    type Caller = LinkCaller;
    type Command = Accept;
    type Value = Accepted;
    type Error = AcceptError;

    fn perform(
        tx: &mut dyn Tx,
        env: &Env,
        requests: &[IdentifiedCommand<'_, Self>],
    ) -> Results<Accepted, AcceptError> {
        let commands: Vec<&Accept> = requests.iter().map(|((), command)| *command).collect();
        accept_all(tx, env, &commands)
    }

    /// The response names the account only, which the caller has joined.
    fn authorize_replay(_: &mut dyn Tx, (): &(), _: &Accept) -> Result<(), AcceptError> {
        Ok(())
    }
}

struct DeclineInvitation;

impl WriteOperation for DeclineInvitation {
    const NAME: &'static str = "invitation.decline";
    const QUEUES_MAIL: bool = false;
    const SHARES_UNITS: bool = false;
    type Caller = LinkCaller;
    type Command = Decline;
    type Value = ();
    type Error = DeclineError;

    fn perform(
        tx: &mut dyn Tx,
        env: &Env,
        requests: &[IdentifiedCommand<'_, Self>],
    ) -> Results<(), DeclineError> {
        Ok(requests.iter().map(|((), command)| decline(tx, env, command)).collect())
    }

    /// The response has no content.
    fn authorize_replay(_: &mut dyn Tx, (): &(), _: &Decline) -> Result<(), DeclineError> {
        Ok(())
    }
}

struct ReopenInvitation;

impl WriteOperation for ReopenInvitation {
    const NAME: &'static str = "invitation.reopen";
    const QUEUES_MAIL: bool = false;
    const SHARES_UNITS: bool = false;
    type Caller = LinkCaller;
    type Command = Reopen;
    type Value = ();
    type Error = ReopenError;

    fn perform(
        tx: &mut dyn Tx,
        env: &Env,
        requests: &[IdentifiedCommand<'_, Self>],
    ) -> Results<(), ReopenError> {
        Ok(requests.iter().map(|((), command)| reopen(tx, env, command)).collect())
    }

    /// The response has no content.
    fn authorize_replay(_: &mut dyn Tx, (): &(), _: &Reopen) -> Result<(), ReopenError> {
        Ok(())
    }
}

struct ChooseMailsByLink;

impl WriteOperation for ChooseMailsByLink {
    const NAME: &'static str = "link.choose_mails";
    const QUEUES_MAIL: bool = false;
    const SHARES_UNITS: bool = false;
    type Caller = LinkCaller;
    type Command = ChooseMails;
    type Value = ();
    type Error = ChooseMailsError;

    fn perform(
        tx: &mut dyn Tx,
        env: &Env,
        requests: &[IdentifiedCommand<'_, Self>],
    ) -> Results<(), ChooseMailsError> {
        Ok(requests.iter().map(|((), command)| choose_mails(tx, env, command)).collect())
    }

    /// The response has no content.
    fn authorize_replay(_: &mut dyn Tx, (): &(), _: &ChooseMails) -> Result<(), ChooseMailsError> {
        Ok(())
    }
}
