use std::time::Duration;

use chrono::TimeDelta;
use usher_domain::{
    env::{Policy, Retention},
    outbox::{MailLimits, RetryPolicy},
    sign_in::SignInLimits,
};

use super::{StartError, duration::time_delta};
use crate::settings::{Acceptance, Settings};

/// Returns the policy of the settings.
pub(super) fn policy(settings: &Settings) -> Result<Policy, StartError> {
    let invitations = &settings.invitations;
    Ok(Policy {
        public_url: settings.server.base_url(settings.server.bind),
        resend_interval: time_delta(invitations.resend_interval, "invitations.resend_interval")?,
        writes_per_hour: settings.limits.writes_per_hour,
        accept_by_possession: invitations.acceptance == Acceptance::Possession,
        mail_limits: mail_limits(settings),
        sign_in_limits: SignInLimits {
            per_address: settings.limits.failed_logins_per_address,
            per_network: settings.limits.failed_logins_per_network,
            in_total: settings.limits.failed_logins,
        },
        retry: retry(settings)?,
        retention: retention(settings)?,
    })
}

fn mail_limits(settings: &Settings) -> MailLimits {
    let limits = &settings.limits;
    MailLimits {
        per_mailbox_per_hour: limits.mails_per_mailbox_per_hour,
        per_mailbox_per_day: limits.mails_per_mailbox_per_day,
        per_account_per_day: limits.mails_per_account_per_day,
        per_inviter_per_day: limits.mails_per_inviter_per_day,
    }
}

fn retention(settings: &Settings) -> Result<Retention, StartError> {
    let retention = &settings.retention;
    let optional = |time: Option<Duration>, key| time.map(|time| time_delta(time, key)).transpose();
    Ok(Retention {
        invitations: optional(retention.invitations, "retention.invitations")?,
        mails: optional(retention.mails, "retention.mails")?,
        audit_events: optional(retention.audit_events, "retention.audit_events")?,
        idempotency_keys: time_delta(retention.idempotency_keys, "retention.idempotency_keys")?,
    })
}

fn retry(settings: &Settings) -> Result<RetryPolicy, StartError> {
    let default = RetryPolicy::default();
    let Some(relay) = &settings.mail else { return Ok(default) };
    let deadline = time_delta(relay.deadline(), "mail.deadline")?;
    Ok(RetryPolicy { lease: lease(deadline), ..default })
}

/// The lease of a delivery. It covers claim, sending and recording within the configured deadline. It is not longer,
/// because the mails of a dead worker wait until the lease ends.
fn lease(deadline: TimeDelta) -> TimeDelta {
    deadline * 2 + TimeDelta::seconds(30)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lease_follows_from_the_deadline() {
        assert_eq!(lease(TimeDelta::seconds(60)), RetryPolicy::default().lease);
        assert_eq!(lease(TimeDelta::seconds(1)), TimeDelta::seconds(32));
    }
}
