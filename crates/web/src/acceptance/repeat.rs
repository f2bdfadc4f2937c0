//! A request that is sent again with its idempotency key, after its link has ended. If the first request is what ended
//! the link, its stored page is the response.

use std::sync::Arc;

use actix_web::HttpResponse;
use usher_app::{Call, IdempotencyKey, LinkCaller};
use usher_domain::principal::Credential;

use super::{
    failure,
    form::Form,
    link::Link,
    page_request::PageRequest,
    receipt,
    sign_in::{SignInFailure, sign_in},
};
use crate::page::{self, Page};

/// Returns the stored page of the request, or else `page`, the one of the ended link. The calls have no command, because nothing is left to
/// do.
pub(super) async fn repeat(
    request: &PageRequest<'_>,
    link: &Link,
    form: &Form,
    key: IdempotencyKey,
    page: impl Fn() -> Page,
) -> Result<HttpResponse, Page> {
    let (context, links) = (request.context.clone(), request.app.links());
    match form.get("action") {
        Some("accept") => {
            // The key belongs to the person who signed in, or else to the link.
            let caller = match form.get("email") {
                Some(email) => {
                    let principal = sign_in(request, form, email).await.map_err(|failed| match failed {
                        SignInFailure::NotChecked(error) => failure::password_not_checked(&error),
                        SignInFailure::Address(_) | SignInFailure::WrongCredentials => page(),
                    })?;
                    LinkCaller::SignedIn(Credential::Principal(principal))
                }
                None => LinkCaller::Anonymous(Some(link.secure_id.clone())),
            };
            let call = Call { context, caller, key: Some(key), command: None };
            let outcome = links.accept(call, receipt::render()).await;
            let response = failure::response(outcome, Some(page()), |_| page());
            Ok(receipt::located(request, &link.secure_id, response))
        }
        Some("decline") => {
            let caller = LinkCaller::Anonymous(Some(link.secure_id.clone()));
            let call = Call { context, caller, key: Some(key), command: None };
            let outcome = links.decline(call, Arc::new(|()| page::see_other())).await;
            let response = failure::response(outcome, Some(page()), |_| page());
            Ok(page::located(response, &link.address()))
        }
        _ => Err(page()),
    }
}
