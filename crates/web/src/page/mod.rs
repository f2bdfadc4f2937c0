//! Pages: from a template to a response, with the headers of every page.

mod headers;
pub(crate) mod stylesheet;
mod templates;

use actix_web::{
    HttpResponse,
    http::{
        ConnectionType, StatusCode,
        header::{HeaderName, HeaderValue, LOCATION, RETRY_AFTER},
    },
};
use minijinja::{Value, value::Serde};
use serde::Serialize;
use usher_app::{Reply, telemetry};
use usher_domain::idempotency::Answer;
use usher_http_kit::reply;

/// The body of a page that could not be rendered.
const NOT_RENDERED: &str = "Something is wrong on our side. Please try again later.";

/// A page: a template with its context, and the status and headers of the response. Not `Debug`: the context may hold a key.
pub(crate) struct Page {
    status: StatusCode,
    template: &'static str,
    context: Value,
    policy: &'static str,
    headers: Vec<(HeaderName, HeaderValue)>,
    closes_connection: bool,
}

impl Page {
    /// A public page.
    pub(crate) fn new(status: StatusCode, template: &'static str, context: impl Serialize) -> Self {
        let context = Value::from(Serde(context));
        let policy = headers::PUBLIC_POLICY;
        Self { status, template, context, policy, headers: Vec::new(), closes_connection: false }
    }

    /// Replaces the Content-Security-Policy.
    pub(crate) fn policy(self, policy: &'static str) -> Self {
        Self { policy, ..self }
    }

    /// Adds `Retry-After`.
    pub(crate) fn retry_after(mut self, seconds: i64) -> Self {
        self.headers.push((RETRY_AFTER, seconds.into()));
        self
    }

    /// Closes the connection after the response, for a request whose body is not read to its end.
    pub(crate) fn close_connection(self) -> Self {
        Self { closes_connection: true, ..self }
    }

    /// The page in the form that is stored with an idempotency key: without headers, which [`response`] adds. A page that
    /// cannot be rendered is a defect.
    pub(crate) fn answer(&self) -> Answer {
        let (status, body) = match templates::render(self.template, &self.context) {
            Ok(html) => (self.status, html),
            Err(error) => {
                telemetry::defect("page.render", &error);
                (StatusCode::INTERNAL_SERVER_ERROR, NOT_RENDERED.to_owned())
            }
        };
        Answer { status: status.as_u16(), content_type: Some("text/html; charset=utf-8".to_owned()), body }
    }
}

impl From<Page> for HttpResponse {
    fn from(page: Page) -> Self {
        let mut response = protected(Reply { answer: page.answer(), replayed: false }, page.policy);
        for (name, value) in page.headers {
            response.headers_mut().insert(name, value);
        }
        if page.closes_connection {
            response.head_mut().set_connection_type(ConnectionType::Close);
        }
        response
    }
}

/// The answer of a write that another page shows, so that reloading that page does not repeat the write. [`located`] adds the
/// location, which is not stored with an idempotency key.
pub(crate) const fn see_other() -> Answer {
    Answer { status: 303, content_type: None, body: String::new() }
}

/// A redirect after a form that changed nothing.
pub(crate) fn redirect() -> HttpResponse {
    response(Reply { answer: see_other(), replayed: false })
}

/// Adds the location, relative to the page, to a redirect. Other responses stay unchanged.
pub(crate) fn located(mut response: HttpResponse, location: &str) -> HttpResponse {
    if response.status() == StatusCode::SEE_OTHER
        && let Ok(location) = HeaderValue::from_str(location)
    {
        response.headers_mut().insert(LOCATION, location);
    }
    response
}

/// The response of a write whose answer is a public page.
pub(crate) fn response(reply: Reply) -> HttpResponse {
    protected(reply, headers::PUBLIC_POLICY)
}

fn protected(reply: Reply, policy: &'static str) -> HttpResponse {
    let mut response = reply::response(reply);
    headers::protect(&mut response, policy);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_cannot_be_rendered_is_500() {
        for template in ["missing.html", "notice.html"] {
            let page = Page::new(StatusCode::OK, template, [("heading", "Only a heading")]);
            let answer = page.answer();
            assert_eq!((answer.status, answer.body.as_str()), (500, NOT_RENDERED));
        }
    }
}
