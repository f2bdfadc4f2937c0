//! Names come from strangers.

use usher_domain::role::Grant;

use crate::{html::Html, world::World};

/// As hostile as a title or a name can be: `<`, `>` and links are refused before.
const TITLE: &str = "\"'&amp; ' onload='x' {{ 7*191 }} {% raw %}";
const NAME: &str = "' autofocus onfocus=\"alert(1)\" &lt;";

fn assert_harmless(body: &str) {
    let html = Html::parse(body);
    for element in &html.elements {
        for (name, _) in &element.attributes {
            assert!(!name.starts_with("on"), "{element:?}");
        }
        assert!(!["script", "img", "b", "object", "base"].contains(&element.name.as_str()), "{element:?}");
    }
    assert!(!body.contains("1337"), "the title is no template");
}

#[actix_web::test]
async fn titles_and_names_are_text() {
    let world = World::titled(TITLE, NAME);
    let invitation = world.invite_as("ada@example.com", Some(NAME), Grant::of_roles(["user"]).unwrap());
    let page = world.get(&world.link(&invitation)).await;
    page.assert(200, "&quot;&#x27;&amp;amp; &#x27; onload=&#x27;x&#x27; {{ 7*191 }} {% raw %}");
    page.assert(200, "&#x27; autofocus onfocus=&quot;alert(1)&quot; &amp;lt;");
    assert_harmless(&page.body);
    assert_eq!(Html::parse(&page.body).by_id("name").attribute("value"), Some(NAME));
    let accept = [("action", "accept"), ("name", NAME), ("password", "correct horse")];
    let page = world.post(&invitation, &accept).await;
    page.assert(200, "You are now a member of &quot;&#x27;");
    assert_harmless(&page.body);
    let page = world.get(&world.link(&invitation)).await;
    page.assert(410, "accepted already");
    assert_harmless(&page.body);
}

#[actix_web::test]
async fn what_was_entered_comes_back_as_text() {
    let world = World::new();
    let invitation = world.invite("ada@example.com");
    let hostile = "\"><script>alert(1)</script><img src=x onerror=alert(1)>";
    for fields in [
        [("action", "accept"), ("name", hostile), ("password", "x")],
        [("action", "accept"), ("email", hostile), ("password", "x")],
    ] {
        let page = world.post(&invitation, &fields).await;
        page.assert(422, "&quot;&gt;&lt;script&gt;");
        assert_harmless(&page.body);
    }
}
