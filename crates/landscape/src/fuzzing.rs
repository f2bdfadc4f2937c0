//! What reads foreign input, for the fuzz targets.

use chrono::TimeDelta;
use usher_domain::{idempotency::Answer, usecase::invite::Invite};

use crate::{
    error::Problem,
    requests::{InvitationRequest, LinkRequest, LoginRequest},
};

/// Reads a body as that of each operation. Returns the invitation to create, or the response.
pub fn read_bodies(body: &[u8]) -> Result<Invite, Answer> {
    let answer = |problem: Problem| problem.answer();
    let _may_be_invalid = (LinkRequest::read(body).map_err(answer), LoginRequest::read(body).map_err(answer));
    InvitationRequest::read(body).and_then(|request| request.command(TimeDelta::days(14))).map_err(answer)
}
