use url::Url;

/// Settings of the pages.
#[derive(Debug, Clone, Default)]
pub struct PageSettings {
    /// Where members continue after accepting. Without it, pages have no link to follow.
    pub continue_url: Option<Url>,
}
