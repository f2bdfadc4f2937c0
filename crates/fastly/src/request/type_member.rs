use usher_http_kit::json::{Object, Problems};

/// Checks the member `type`, which may be absent.
pub(super) fn check_type(object: &Object<'_>, expected: &str, problems: &mut Problems) {
    if let Some(member) = object.member("type")
        && *member.value() != *expected
    {
        member.reject(format_args!("must be \"{expected}\" or left out"), problems);
    }
}
