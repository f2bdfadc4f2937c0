use reqwest::{
    Method, StatusCode,
    blocking::{self, RequestBuilder},
    header::HeaderMap,
};
use serde_json::Value;

/// An HTTP client of one server, with or without a token. Follows no redirects.
#[derive(Clone)]
pub(crate) struct Client {
    http: blocking::Client,
    base: String,
    /// Name and value of the header with the token.
    credential: Option<(&'static str, String)>,
}

/// A whole response.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Client {
    pub(crate) fn new(base: String) -> Self {
        let http = blocking::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        Self { http, base, credential: None }
    }

    pub(crate) fn with_token(&self, token: impl AsRef<str>) -> Self {
        Self { credential: Some(("Authorization", format!("Bearer {}", token.as_ref()))), ..self.clone() }
    }

    /// With the token in the header of Fastly's clients.
    pub(crate) fn with_key(&self, token: &str) -> Self {
        Self { credential: Some(("Fastly-Key", token.to_owned())), ..self.clone() }
    }

    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.credential {
            Some((name, value)) => request.header(*name, value),
            None => request,
        }
    }

    pub(crate) fn get(&self, path: &str) -> Response {
        send(self.request(Method::GET, path))
    }

    pub(crate) fn delete(&self, path: &str) -> Response {
        send(self.request(Method::DELETE, path))
    }

    /// Posts JSON that is declared as a form, as the `curl -d` lines of Landscape's reference do.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Response {
        self.post_text(path, "application/x-www-form-urlencoded", &body.to_string())
    }

    pub(crate) fn post_text(&self, path: &str, content_type: &str, body: &str) -> Response {
        let request = self.request(Method::POST, path).header("Content-Type", content_type);
        send(request.body(body.to_owned()))
    }

    pub(crate) fn put(&self, path: &str, body: &Value) -> Response {
        let request = self.request(Method::PUT, path).header("Content-Type", "application/json");
        send(request.body(body.to_string()))
    }

    /// Sends a form of a page. After a 303 it returns the next page, as a browser does.
    pub(crate) fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let response = send(self.request(Method::POST, path).form(fields));
        if response.status != 303 {
            return response;
        }
        let folder = path.rsplit_once('/').unwrap().0;
        self.get(&format!("{folder}/{}", response.header("location")))
    }
}

pub(crate) fn send(request: RequestBuilder) -> Response {
    Response::read(request.send().unwrap())
}

impl Response {
    fn read(response: blocking::Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        Self { status, headers, body: response.text().unwrap() }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// Returns the response if it has this status.
    ///
    /// # Panics
    /// If it has another status; the message contains the whole response.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        self
    }

    /// Status, code and message of a rejection, which must have Landscape's whole form.
    #[track_caller]
    pub(crate) fn problem(&self) -> (u16, String, String) {
        let body = self.json();
        let text = |key: &str| body[key].as_str().unwrap_or_else(|| panic!("{self:?}")).to_owned();
        assert!(body.get("detail").is_some_and(Value::is_null), "{self:?}");
        (self.status.as_u16(), text("error"), text("message"))
    }
}
