use actix_web::HttpRequest;
use url::form_urlencoded;
use usher_domain::invitation::SecureId;

/// Both halves of a link, of the right form; whether they are right is for the domain to say. Not `Debug`: the key is
/// a secret.
#[derive(Clone)]
pub(super) struct Link {
    /// From the path.
    pub(super) secure_id: SecureId,
    /// From the query, or from the form that a page made of it.
    pub(super) key: String,
}

impl Link {
    /// The link that a request opens; `None` when it is not a whole one.
    pub(super) fn opened(request: &HttpRequest) -> Option<Self> {
        let mut query = form_urlencoded::parse(request.query_string().as_bytes());
        let key = query.find_map(|(name, value)| (name == "key").then_some(value))?;
        Self::new(request, &key)
    }

    /// The link that a form came from.
    pub(super) fn posted(request: &HttpRequest, key: Option<&str>) -> Option<Self> {
        Self::new(request, key?)
    }

    fn new(request: &HttpRequest, key: &str) -> Option<Self> {
        let secure_id = SecureId::parse(request.match_info().query("secure_id"))?;
        (!key.is_empty()).then(|| Self { secure_id, key: key.to_owned() })
    }
}
