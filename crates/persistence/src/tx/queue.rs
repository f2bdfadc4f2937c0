//! The tables that list deliveries by their state. They change together with the deliveries.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use usher_domain::{
    outbox::{DeliveryKind, Mail, MailState},
    port::store::{DeadMails, Settlement},
};

use crate::{
    connection::AnyConnection,
    schema::{dead_delivery, delivery, queued_delivery},
};

/// Moves the entry of a mail that was settled. `mail` is the mail before the settlement. An entry is not updated, because its
/// columns are its key.
pub(super) fn follow(
    connection: &mut AnyConnection,
    mail: &Mail,
    settlement: &Settlement,
) -> QueryResult<()> {
    let entry = (DeliveryKind::Mail.as_str(), mail.account_id.get(), mail.due_at.naive_utc(), mail.id.get());
    diesel::delete(queued_delivery::table.find(entry)).execute(connection)?;
    match settlement.state {
        MailState::Queued => insert_entries(connection, &[mail.id.get()]),
        MailState::Dead => diesel::insert_into(dead_delivery::table)
            .values((
                dead_delivery::delivery_id.eq(mail.id.get()),
                dead_delivery::account_id.eq(mail.account_id.get()),
            ))
            .execute(connection)
            .map(drop),
        MailState::Relayed | MailState::Cancelled => Ok(()),
    }
}

/// Queues dead deliveries again, the oldest first.
pub(super) fn retry_dead(
    connection: &mut AnyConnection,
    which: DeadMails,
    now: NaiveDateTime,
    limit: u32,
) -> QueryResult<usize> {
    let dead = dead_delivery::table
        .order(dead_delivery::delivery_id)
        .limit(i64::from(limit))
        .select(dead_delivery::delivery_id);
    let dead: Vec<i64> = match which {
        DeadMails::One(id) => dead.filter(dead_delivery::delivery_id.eq(id.get())).load(connection)?,
        DeadMails::OfAccount(id) => dead.filter(dead_delivery::account_id.eq(id.get())).load(connection)?,
        DeadMails::All => dead.load(connection)?,
    };
    if dead.is_empty() {
        return Ok(0);
    }
    let retried = diesel::update(delivery::table.filter(delivery::id.eq_any(&dead)))
        .set((
            delivery::state.eq(MailState::Queued.as_str()),
            delivery::attempts.eq(0),
            delivery::due_at.eq(now),
            delivery::queued_at.eq(now),
            delivery::refused_at.eq(None::<NaiveDateTime>),
            delivery::updated_at.eq(now),
        ))
        .execute(connection)?;
    insert_entries(connection, &dead)?;
    diesel::delete(dead_delivery::table.filter(dead_delivery::delivery_id.eq_any(&dead)))
        .execute(connection)?;
    Ok(retried)
}

fn insert_entries(connection: &mut AnyConnection, ids: &[i64]) -> QueryResult<()> {
    delivery::table
        .filter(delivery::id.eq_any(ids))
        .select((delivery::kind, delivery::account_id, delivery::due_at, delivery::id))
        .insert_into(queued_delivery::table)
        .execute(connection)
        .map(drop)
}
