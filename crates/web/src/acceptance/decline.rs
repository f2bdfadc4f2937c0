use usher_domain::{
    invitation::Status,
    usecase::decline::{Decline, DeclineError, decline as decline_invitation},
};

use super::{ended, message, visit::Visit};
use crate::http::{page::Page, state::AppState};

/// Declines; the key is enough.
pub(super) async fn decline(state: &AppState, visit: &Visit) -> Result<Page, Page> {
    let link = visit.link.clone();
    let command = Decline { secure_id: link.secure_id, key: Some(link.key), by: None };
    let done = state.gate.run(move |store, env| {
        store.write::<_, DeclineError>("page.decline", |tx| decline_invitation(tx, env, &command))
    });
    match done.await {
        Ok(()) => Ok(ended::declined(&visit.open.account_title)),
        Err(error) => Err(refused(state, visit, error)),
    }
}

/// The link was open a moment ago, so most of these are races.
fn refused(state: &AppState, visit: &Visit, error: DeclineError) -> Page {
    let title = &visit.open.account_title;
    match error {
        DeclineError::NotFound | DeclineError::NotProven(_) | DeclineError::Ended(Status::Pending) => {
            message::unknown()
        }
        DeclineError::Replaced => ended::replaced(),
        DeclineError::Ended(Status::Accepted) => ended::used(title, state.continue_url.as_ref()),
        DeclineError::Ended(Status::Declined) => ended::declined_before(title),
        DeclineError::Ended(Status::Revoked) => ended::revoked(title),
        DeclineError::Ended(Status::Expired) => ended::expired(title),
        DeclineError::Store(error) => message::store(&error),
    }
}
