use usher_domain::Timestamp;

/// Landscape's form of a moment: `2024-03-20T14:49:25Z`, whole seconds.
pub(super) fn wire(moment: Timestamp) -> String {
    moment.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
