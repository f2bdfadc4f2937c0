//! When something behind the pages does not work.

use std::sync::Arc;

use usher_domain::port::StoreError;

use crate::world::{Down, World};

const ACCEPT: [(&str, &str); 3] = [("action", "accept"), ("name", "Ada"), ("password", "correct horse")];

#[actix_web::test]
async fn an_unreachable_database_is_a_pause() {
    let mut world = World::new();
    let invitation = world.invite("ada@example.com");
    for error in
        [StoreError::Unavailable("connection refused: db.internal:5432".to_owned()), StoreError::Contended]
    {
        world.store = Arc::new(Down(error));
        for page in [world.get(&world.link(&invitation)).await, world.post(&invitation, &ACCEPT).await] {
            page.assert(503, "Please try again in a moment");
            assert_eq!(page.header("Retry-After"), Some("5"));
            assert!(!page.body.contains("5432"), "nothing of the cause: {}", page.body);
        }
    }
}

#[actix_web::test]
async fn a_broken_row_is_our_mistake() {
    let mut world = World::new();
    let invitation = world.invite("ada@example.com");
    world.store = Arc::new(Down(StoreError::Corrupt { table: "invitation", column: "status", id: 7 }));
    let page = world.get(&world.link(&invitation)).await;
    page.assert(500, "Something is wrong on our side");
    assert!(!page.body.contains("status of row"), "{}", page.body);
}

#[actix_web::test]
async fn no_place_to_hash_is_a_pause() {
    let world = World::new();
    let invitation = world.invite("ada@example.com");
    world.hashing.close();
    world.post(&invitation, &ACCEPT).await.assert(503, "Please try again in a moment");
    assert_eq!(world.stored(&invitation), invitation);
    world.post(&invitation, &[("action", "decline")]).await.assert(200, "You declined");
}
