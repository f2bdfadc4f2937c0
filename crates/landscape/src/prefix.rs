/// The prefix of the dialect's paths.
pub const PREFIX: &str = "/api/v2";
