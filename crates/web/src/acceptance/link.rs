use actix_web::HttpRequest;
use url::form_urlencoded;
use usher_domain::invitation::SecureId;

/// A well-formed link: both of its parts are present. Not `Debug`: the key is a secret.
#[derive(Clone)]
pub(super) struct Link {
    /// From the path.
    pub(super) secure_id: SecureId,
    /// From the query, or from a form.
    pub(super) key: String,
}

impl Link {
    /// The link that a `GET` opens, if it is well-formed.
    pub(super) fn opened(request: &HttpRequest) -> Option<Self> {
        let mut query = form_urlencoded::parse(request.query_string().as_bytes());
        let key = query.find_map(|(name, value)| (name == "key").then_some(value))?;
        Self::new(request, &key)
    }

    /// The link whose page sent a form with this key, if it is well-formed.
    pub(super) fn posted(request: &HttpRequest, key: Option<&str>) -> Option<Self> {
        Self::new(request, key?)
    }

    /// The address of its page, relative to that page.
    pub(super) fn address(&self) -> String {
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("key", &self.key).finish();
        format!("{}?{query}", self.secure_id)
    }

    fn new(request: &HttpRequest, key: &str) -> Option<Self> {
        let secure_id = secure_id(request)?;
        (!key.is_empty()).then(|| Self { secure_id, key: key.to_owned() })
    }
}

/// The id in the path, if it is well-formed.
pub(super) fn secure_id(request: &HttpRequest) -> Option<SecureId> {
    SecureId::parse(request.match_info().query("secure_id"))
}
