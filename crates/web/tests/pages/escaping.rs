//! Titles, names and form values are shown as text.

use usher_domain::testkit::{Scene, grant};

use crate::{
    html::Html,
    site::{PASSWORD, Site},
};

/// As hostile as titles and names can be: those with `<`, `>`, links or character references are rejected earlier.
const TITLE: &str = "\"'& ' onload='x' {{ 7*191 }} {% raw %}";
const NAME: &str = "' autofocus onfocus=\"alert(1)\" &";

fn assert_harmless(body: &str) {
    let html = Html::parse(body);
    for element in &html.elements {
        for (name, _) in &element.attributes {
            assert!(!name.starts_with("on"), "{element:?}");
        }
        assert!(!["script", "img", "b", "object", "base"].contains(&element.name.as_str()), "{element:?}");
    }
    assert!(!body.contains("1337"), "the title is not rendered as a template");
}

#[actix_web::test]
async fn titles_and_names_are_text() {
    let site = Site::of(Scene::builder().account_title(TITLE).admin_name(NAME).build());
    let invitation = site.invite_as("ada@example.com", Some(NAME), grant(["user"]));
    let page = site.get(&site.link(&invitation)).await;
    page.assert(200, "&quot;&#x27;&amp; &#x27; onload=&#x27;x&#x27; {{ 7*191 }} {% raw %}");
    page.assert(200, "&#x27; autofocus onfocus=&quot;alert(1)&quot; &amp;");
    assert_harmless(&page.body);
    assert_eq!(Html::parse(&page.body).by_id("name").attribute("value"), Some(NAME));
    let accept = [("action", "accept"), ("name", NAME), ("password", PASSWORD)];
    let page = site.post(&invitation, &accept).await;
    page.assert(200, "You are now a member of &quot;&#x27;");
    assert_harmless(&page.body);
    let page = site.get(&site.link(&invitation)).await;
    page.assert(410, "already accepted");
    assert_harmless(&page.body);
}

#[actix_web::test]
async fn form_values_are_text() {
    let site = Site::new();
    let invitation = site.invite("ada@example.com");
    let hostile = "\"><script>alert(1)</script><img src=x onerror=alert(1)>";
    for fields in [
        [("action", "accept"), ("name", hostile), ("password", "x")],
        [("action", "accept"), ("email", hostile), ("password", "x")],
    ] {
        let page = site.post(&invitation, &fields).await;
        page.assert(422, "&quot;&gt;&lt;script&gt;");
        assert_harmless(&page.body);
    }
}
