mod answer;
mod contract;
mod driver;

pub use answer::ClientAnswer;
pub use contract::{InvitationResponse, violated_rules};
use driver::Driver;
use serde_json::{Map, Value, json};

use crate::error::TestbedError;

/// Fastly's own client in another language, unchanged, that talks to a server of the test's choice.
///
/// It knows a server by its URL and a token, and nothing of it otherwise. One call is made at a time. What the
/// client makes of the reply, and the reply itself, are in the [`ClientAnswer`]; an error here means that the
/// client's process failed, or took longer than a minute.
#[derive(Debug)]
pub struct OutsideClient {
    driver: Driver,
}

impl OutsideClient {
    /// The package fastly of `npm`. It hardly looks at what it gets.
    pub fn javascript(base_url: &str, token: &str) -> Result<Self, TestbedError> {
        Ok(Self { driver: Driver::javascript(base_url, token)? })
    }

    /// The package fastly of `PyPI`. It checks every member of a reply, and refuses to hand out what its models do not
    /// allow.
    pub fn python(base_url: &str, token: &str) -> Result<Self, TestbedError> {
        Ok(Self { driver: Driver::python(base_url, token)? })
    }

    /// Creates an invitation: the whole JSON:API document, which is sent as it is.
    pub fn create(&mut self, document: &Value) -> Result<ClientAnswer, TestbedError> {
        self.driver.call("createInvitation", &json!({ "invitation": document }))
    }

    /// Creates an invitation as the client's typed models write it. Given are its attributes and, as `services`, a
    /// list of objects with `id` and `permission`.
    pub fn create_typed(&mut self, invitation: &Value) -> Result<ClientAnswer, TestbedError> {
        self.driver.call("createTypedInvitation", &json!({ "invitation": invitation }))
    }

    /// Lists invitations; what is not given is not sent.
    pub fn list(&mut self, page: Option<u32>, size: Option<u32>) -> Result<ClientAnswer, TestbedError> {
        self.driver.call("listInvitations", &paging(page, size))
    }

    /// Deletes an invitation.
    pub fn delete(&mut self, id: &str) -> Result<ClientAnswer, TestbedError> {
        self.driver.call("deleteInvitation", &json!({ "invitation_id": id }))
    }

    /// Asks who the token's user is.
    pub fn current_user(&mut self) -> Result<ClientAnswer, TestbedError> {
        self.driver.call("getCurrentUser", &json!({}))
    }

    /// Lists service authorizations, which is what a limit to services becomes; what is not given is not sent.
    pub fn service_authorizations(
        &mut self,
        page: Option<u32>,
        size: Option<u32>,
    ) -> Result<ClientAnswer, TestbedError> {
        self.driver.call("listServiceAuthorization", &paging(page, size))
    }
}

fn paging(page: Option<u32>, size: Option<u32>) -> Value {
    let given = [("page_number", page), ("page_size", size)];
    let given = given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into())));
    Value::Object(given.collect::<Map<_, _>>())
}
