mod answer;
mod contract;
mod driver;

pub use answer::ClientAnswer;
pub use contract::{InvitationResponse, violated_rules};
use driver::Driver;
use serde_json::{Map, Value, json};

use crate::error::TestbedError;

/// Fastly's own client in another language, unmodified, on a server of the test's choice.
///
/// The client knows only the URL of the server and a token. It makes one call at a time. The [`ClientAnswer`] holds the
/// response and what the client makes of it. An error means that the client's process failed or took longer than a minute.
#[derive(Debug)]
pub struct OutsideClient {
    driver: Driver,
}

impl OutsideClient {
    /// The npm package fastly. It hardly validates responses.
    pub fn javascript(base_url: &str, token: &str) -> Result<Self, TestbedError> {
        Ok(Self { driver: Driver::javascript(base_url, token)? })
    }

    /// The `PyPI` package fastly. It validates every member of a response and raises an exception when its models do not
    /// allow the member.
    pub fn python(base_url: &str, token: &str) -> Result<Self, TestbedError> {
        Ok(Self { driver: Driver::python(base_url, token)? })
    }

    /// Creates an invitation from a whole JSON:API document, which the client sends unchanged.
    pub fn create(&mut self, document: &Value) -> Result<ClientAnswer, TestbedError> {
        self.driver.call("createInvitation", &json!({ "invitation": document }))
    }

    /// Creates an invitation from the client's typed models. `invitation` holds its attributes and, as `services`, a list
    /// of objects with `id` and `permission`.
    pub fn create_typed(&mut self, invitation: &Value) -> Result<ClientAnswer, TestbedError> {
        self.driver.call("createTypedInvitation", &json!({ "invitation": invitation }))
    }

    /// Lists invitations. Parameters without a value are not sent.
    pub fn list(&mut self, page: Option<u32>, size: Option<u32>) -> Result<ClientAnswer, TestbedError> {
        self.driver.call("listInvitations", &paging(page, size))
    }

    /// Deletes an invitation.
    pub fn delete(&mut self, id: &str) -> Result<ClientAnswer, TestbedError> {
        self.driver.call("deleteInvitation", &json!({ "invitation_id": id }))
    }

    /// Requests the user of the token.
    pub fn current_user(&mut self) -> Result<ClientAnswer, TestbedError> {
        self.driver.call("getCurrentUser", &json!({}))
    }

    /// Lists service authorizations, the result of a limit to services. Parameters without a value are not sent.
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
