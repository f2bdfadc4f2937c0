//! What the holder of a link sees.

use usher_domain::role::{Grant, ServiceGrant, ServiceId, ServicePermission};

use crate::world::{World, limited};

#[actix_web::test]
async fn the_page_says_who_invites_to_what_as_what_until_when() {
    let world = World::new();
    let grant = Grant::of_roles(["SupportAnalyst", "Auditor"]).unwrap();
    let invitation = world.invite_as("Ada@Example.com", Some("Ada Lovelace"), grant);
    let page = world.get(&world.link(&invitation)).await;
    page.assert(200, "<h1>Join <bdi>Onward, Inc.</bdi></h1>");
    page.assert(200, "<strong><bdi>Jane Smith</bdi></strong> invites you");
    page.assert(200, "<dt>Your roles</dt>");
    page.assert(200, "<strong>Auditor</strong>");
    page.assert(200, "<strong>Support analyst</strong>");
    page.assert(200, "<bdi>Ada@Example.com</bdi>");
    page.assert(200, r#"<time datetime="2024-04-03T14:49:25Z">3 April 2024, 14:49 UTC</time>"#);
    page.assert(200, "14 days left");
}

#[actix_web::test]
async fn a_newcomer_chooses_name_and_password() {
    let world = World::new();
    let invitation =
        world.invite_as("ada@example.com", Some("Ada Lovelace"), Grant::of_roles(["user"]).unwrap());
    let page = world.get(&world.link(&invitation)).await;
    page.assert(200, r#"name="name" autocomplete="name" value="Ada Lovelace" required"#);
    page.assert(200, r#"name="password" autocomplete="new-password" required minlength="8""#);
    page.assert(200, "At least 8 characters");
    page.assert(200, "<dt>Your role</dt>");
    page.assert(200, "I have a login under another address");
    page.assert(200, "Decline invitation");
    assert!(!page.body.contains("Sign in to accept"), "{}", page.body);
}

#[actix_web::test]
async fn who_has_a_login_signs_in() {
    let world = World::new();
    world.person("ada@example.com");
    let page = world.get(&world.link(&world.invite("ada@example.com"))).await;
    page.assert(200, "Sign in to accept");
    page.assert(200, r#"name="email" autocomplete="username" value="ada@example.com" readonly"#);
    page.assert(200, r#"autocomplete="current-password""#);
    assert!(!page.body.contains("new-password"), "{}", page.body);
}

#[actix_web::test]
async fn limits_to_services_are_said() {
    let world = World::new();
    let services = vec![ServiceGrant {
        service: ServiceId::parse("SU1Z0isxPaozGVKXdv0eY").unwrap(),
        permission: ServicePermission::PurgeAll,
    }];
    let invitation = world.invite_as("ada@example.com", None, limited("engineer", services));
    let page = world.get(&world.link(&invitation)).await;
    page.assert(200, "May configure services of the account.");
    page.assert(200, "Only these:");
    page.assert(200, "<code>SU1Z0isxPaozGVKXdv0eY</code> purge everything");
    let invitation = world.invite_as("eve@example.com", None, limited("engineer", Vec::new()));
    world.get(&world.link(&invitation)).await.assert(200, "None yet.");
}

#[actix_web::test]
async fn more_in_the_query_does_not_hurt() {
    let world = World::new();
    let invitation = world.invite("ada@example.com");
    let path = format!("{}&utm_source=mail", world.link(&invitation));
    world.get(&path).await.assert(200, "Join");
}
