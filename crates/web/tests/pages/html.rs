//! The structure of the pages: they are well-formed, and every reference has a target.

use std::collections::HashMap;

use crate::site::{PASSWORD, Site};

/// Elements without content (HTML, 13.1.2).
const VOID: [&str; 5] = ["meta", "link", "input", "br", "base"];

/// A start tag.
#[derive(Debug)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    depth: usize,
}

impl Element {
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A page in the strict form of the templates: every element is closed, every value is quoted.
pub(crate) struct Html {
    pub(crate) elements: Vec<Element>,
}

impl Html {
    pub(crate) fn parse(html: &str) -> Self {
        let mut rest = html.strip_prefix("<!doctype html>").expect("a doctype");
        let (mut elements, mut open) = (Vec::new(), Vec::new());
        while let Some((text, tag)) = rest.split_once('<') {
            assert!(!text.contains('>'), "a bare > in {text:?}");
            if let Some(end) = tag.strip_prefix('/') {
                let (name, after) = end.split_once('>').unwrap();
                assert_eq!(open.pop().as_deref(), Some(name), "closed in the order of opening");
                rest = after;
            } else {
                let (element, after) = start_tag(tag, open.len());
                if !VOID.contains(&element.name.as_str()) {
                    open.push(element.name.clone());
                }
                elements.push(element);
                rest = after;
            }
        }
        assert!(open.is_empty(), "left open: {open:?}");
        Self { elements }
    }

    pub(crate) fn by_id(&self, id: &str) -> &Element {
        self.elements.iter().find(|element| element.attribute("id") == Some(id)).expect(id)
    }

    fn all(&self, name: &str) -> impl Iterator<Item = &Element> {
        self.elements.iter().filter(move |element| element.name == name)
    }
}

fn start_tag(tag: &str, depth: usize) -> (Element, &str) {
    let end = tag.find(|c: char| !c.is_ascii_alphanumeric()).unwrap();
    let (name, mut rest) = tag.split_at(end);
    let mut attributes = Vec::new();
    loop {
        if let Some(after) = rest.strip_prefix('>') {
            assert!(!name.is_empty());
            return (Element { name: name.to_owned(), attributes, depth }, after);
        }
        let from = rest.strip_prefix(' ').unwrap_or_else(|| panic!("a space before {rest:.40}"));
        let end = from.find(['=', ' ', '>']).unwrap();
        let (attribute, after) = from.split_at(end);
        let (value, after) = match after.strip_prefix("=\"") {
            Some(quoted) => quoted.split_once('"').unwrap(),
            None => ("", after),
        };
        assert!(!attributes.iter().any(|(known, _)| known == attribute), "{attribute} twice in {name}");
        attributes.push((attribute.to_owned(), unescape(value)));
        rest = after;
    }
}

fn unescape(value: &str) -> String {
    let entities =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#x2f;", "/"), ("&amp;", "&")];
    entities.iter().fold(value.to_owned(), |text, (entity, plain)| text.replace(entity, plain))
}

/// Asserts what screen readers, keyboards and browsers without JavaScript need.
pub(crate) fn assert_accessible(body: &str) {
    let html = Html::parse(body);
    assert_eq!(html.all("html").next().unwrap().attribute("lang"), Some("en"));
    assert_eq!(html.all("title").count(), 1);
    assert_eq!(html.all("h1").count(), 1);
    assert_eq!(html.all("main").count(), 1);
    assert!(html.all("meta").any(|meta| meta.attribute("name") == Some("viewport")));
    let mut ids: HashMap<&str, usize> = HashMap::new();
    for id in html.elements.iter().filter_map(|element| element.attribute("id")) {
        *ids.entry(id).or_default() += 1;
    }
    assert!(ids.values().all(|count| *count == 1), "ids are unique: {ids:?}");
    for element in &html.elements {
        for pointer in ["aria-describedby", "aria-labelledby", "for"] {
            for id in element.attribute(pointer).unwrap_or_default().split_whitespace() {
                assert!(ids.contains_key(id), "{pointer} of {element:?}");
            }
        }
        for link in [element.attribute("href"), element.attribute("src"), element.attribute("action")] {
            let link = link.unwrap_or_default();
            assert!(link.strip_prefix('#').is_none_or(|id| ids.contains_key(id)), "{element:?}");
            assert!(!link.contains("javascript:"), "{element:?}");
        }
        assert_eq!(element.attribute("style"), None, "the policy forbids inline styles");
        assert_ne!(element.name, "script");
        assert!(element.depth < 20, "{element:?}");
    }
    for input in html.all("input").filter(|input| input.attribute("type") != Some("hidden")) {
        let id = input.attribute("id").unwrap();
        assert!(html.all("label").any(|label| label.attribute("for") == Some(id)), "a label for {id}");
        assert!(input.attribute("autocomplete").is_some(), "{id}");
    }
    for form in html.all("form") {
        assert_eq!(form.attribute("method"), Some("post"));
    }
}

#[actix_web::test]
async fn pages_are_well_formed_and_accessible() {
    let mut site = Site::new();
    site.settings.continue_url = Some("https://console.example.com/".parse().unwrap());
    let invitation = site.invite("ada@example.com");
    assert_accessible(&site.get(&site.link(&invitation)).await.body);
    site.person("bob@example.com");
    assert_accessible(&site.get(&site.link(&site.invite("bob@example.com"))).await.body);
    assert_accessible(&site.get("/accept-invitation/x").await.body);
    for fields in [
        &[][..],
        &[("action", "accept"), ("name", ""), ("password", "")],
        &[("action", "accept"), ("email", "x"), ("password", "")],
        &[("action", "accept"), ("email", "eve@example.com"), ("password", "")],
        &[("action", "accept"), ("name", "Ada"), ("password", PASSWORD)],
        &[("action", "decline")],
    ] {
        assert_accessible(&site.post(&invitation, fields).await.body);
    }
}

/// The summary takes the focus, lists the errors and links to the fields. Each field repeats its error.
#[actix_web::test]
async fn errors_are_tied_to_their_fields() {
    let site = Site::new();
    let invitation = site.invite("ada@example.com");
    let page = site.post(&invitation, &[("action", "accept"), ("name", ""), ("password", "short")]).await;
    let html = Html::parse(&page.body);
    let summary = html.elements.iter().find(|element| element.attribute("role") == Some("alert")).unwrap();
    assert!(summary.attribute("autofocus").is_some());
    assert_eq!(summary.attribute("tabindex"), Some("-1"));
    for (id, notes) in [("name", "name-hint name-error"), ("password", "password-hint password-error")] {
        let input = html.by_id(id);
        assert_eq!(input.attribute("aria-invalid"), Some("true"));
        assert_eq!(input.attribute("aria-describedby"), Some(notes));
        assert!(html.all("a").any(|link| link.attribute("href") == Some(&format!("#{id}"))));
    }
    let page = site.get(&site.link(&invitation)).await;
    assert!(!page.body.contains("role=\"alert\"") && !page.body.contains("aria-invalid"), "{}", page.body);
}

/// The links to forms and stylesheet are relative, so that the public URL may have any path.
#[actix_web::test]
async fn pages_work_below_any_path() {
    let site = Site::new();
    let invitation = site.invite("ada@example.com");
    let html = Html::parse(&site.get(&site.link(&invitation)).await.body);
    assert!(html.all("form").all(|form| form.attribute("action") == Some(invitation.secure_id.as_str())));
    assert!(
        html.all("link").all(|link| link.attribute("href").unwrap().starts_with("../assets/usher.css?v="))
    );
}
