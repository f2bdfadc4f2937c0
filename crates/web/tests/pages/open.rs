//! The page that a link opens.

use usher_domain::{
    role::{Grant, RoleName, ServiceGrant, ServiceId, ServicePermission},
    testkit::grant,
};

use crate::site::Site;

#[actix_web::test]
async fn the_page_names_account_inviter_roles_and_expiry() {
    let site = Site::new();
    let grant = grant(["SupportAnalyst", "Auditor"]);
    let invitation = site.invite_as("Ada@Example.com", Some("Ada Lovelace"), grant);
    let page = site.get(&site.link(&invitation)).await;
    page.assert(200, "<h1>Join <bdi>Onward, Inc.</bdi></h1>");
    page.assert(200, "<strong><bdi>Jane Smith</bdi></strong> (<bdi>jane@example.com</bdi>) invites you");
    page.assert(200, "<dt>Your roles</dt>");
    page.assert(200, "<strong>Auditor</strong>");
    page.assert(200, "<strong>Support analyst</strong>");
    page.assert(200, "<bdi>Ada@Example.com</bdi>");
    page.assert(200, r#"<time datetime="2024-04-03T14:49:25Z">3 April 2024, 14:49 UTC</time>"#);
    page.assert(200, "14 days left");
}

/// The details are below the form, so that the button is on the first screen of a phone. What is accepted is above it.
#[actix_web::test]
async fn the_roles_come_before_the_button_and_the_details_after_it() {
    let site = Site::new();
    for (address, button) in [
        ("ada@example.com", "Accept invitation</button>"),
        ("bob@example.com", "Sign in and accept</button>"),
    ] {
        if address.starts_with("bob") {
            site.person(address);
        }
        let invitation = site.invite_as(address, None, grant(["SupportAnalyst", "Auditor"]));
        let page = site.get(&site.link(&invitation)).await;
        let roles = "become a member as <strong>Auditor</strong> and <strong>Support analyst</strong>.";
        let places = [roles, button, "<dl class=\"facts\">"].map(|text| page.body.find(text).expect(text));
        assert!(places.is_sorted(), "{}", page.body);
    }
}

#[actix_web::test]
async fn a_newcomer_chooses_name_and_password() {
    let site = Site::new();
    let invitation = site.invite_as("ada@example.com", Some("Ada Lovelace"), grant(["user"]));
    let page = site.get(&site.link(&invitation)).await;
    page.assert(200, r#"name="name" autocomplete="name" value="Ada Lovelace" required"#);
    page.assert(200, r#"name="password" autocomplete="new-password" required minlength="12""#);
    page.assert(200, "At least 12 characters");
    page.assert(200, "<dt>Your role</dt>");
    page.assert(200, "I have a login under another address");
    page.assert(200, "Decline invitation");
    assert!(!page.body.contains("Sign in to accept"), "{}", page.body);
}

#[actix_web::test]
async fn a_person_with_a_login_signs_in() {
    let site = Site::new();
    site.person("ada@example.com");
    let page = site.get(&site.link(&site.invite("ada@example.com"))).await;
    page.assert(200, "Sign in to accept");
    page.assert(200, r#"name="email" autocomplete="username" value="ada@example.com" readonly"#);
    page.assert(200, r#"autocomplete="current-password""#);
    assert!(!page.body.contains("new-password"), "{}", page.body);
}

/// A grant of one role that is limited to services.
fn limited(role: &str, services: Vec<ServiceGrant>) -> Grant {
    Grant::new(vec![RoleName::parse(role).unwrap()], true, services).unwrap()
}

#[actix_web::test]
async fn limits_to_services_are_listed() {
    let site = Site::new();
    let services = vec![ServiceGrant {
        service: ServiceId::parse("SU1Z0isxPaozGVKXdv0eY").unwrap(),
        permission: ServicePermission::PurgeAll,
    }];
    let invitation = site.invite_as("ada@example.com", None, limited("engineer", services));
    let page = site.get(&site.link(&invitation)).await;
    page.assert(200, "Can configure services of the account.");
    page.assert(200, "Only these:");
    page.assert(200, "<code>SU1Z0isxPaozGVKXdv0eY</code> purge everything");
    let invitation = site.invite_as("eve@example.com", None, limited("engineer", Vec::new()));
    site.get(&site.link(&invitation)).await.assert(200, "None yet.");
}

#[actix_web::test]
async fn other_query_parameters_are_ignored() {
    let site = Site::new();
    let invitation = site.invite("ada@example.com");
    let path = format!("{}&utm_source=mail", site.link(&invitation));
    site.get(&path).await.assert(200, "Join");
}
