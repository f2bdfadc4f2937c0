//! What reads foreign input, for the fuzz targets.

use usher_domain::{address::EmailAddress, role::Grant};

use crate::request;

/// Reads the body of an invitation. Returns its address and grant, or the body of the response.
pub fn read_invitation(body: &[u8]) -> Result<(EmailAddress, Grant), String> {
    let invite = request::read(body).map_err(|problem| problem.to_json())?;
    Ok((invite.email, invite.grant))
}
