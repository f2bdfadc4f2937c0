//! Declining.

use usher_domain::invitation::Status;

use crate::world::World;

#[actix_web::test]
async fn the_key_is_enough() {
    let world = World::new();
    let invitation = world.invite("ada@example.com");
    world.post(&invitation, &[("action", "decline")]).await.assert(200, "You declined the invitation");
    assert_eq!(world.stored(&invitation).status, Status::Declined);
    assert_eq!(world.who("ada@example.com"), None, "declining makes no person");
}

#[actix_web::test]
async fn it_is_final_until_somebody_invites_again() {
    let world = World::new();
    let invitation = world.invite("ada@example.com");
    world.post(&invitation, &[("action", "decline")]).await.assert(200, "You declined");
    world.post(&invitation, &[("action", "decline")]).await.assert(410, "was declined");
    let accept = [("action", "accept"), ("name", "Ada"), ("password", "correct horse")];
    world.post(&invitation, &accept).await.assert(410, "was declined");
    let second = world.invite("ada@example.com");
    world.post(&second, &accept).await.assert(200, "You are now a member");
}

#[actix_web::test]
async fn a_form_has_to_say_what_it_wants() {
    let world = World::new();
    let invitation = world.invite("ada@example.com");
    for fields in [&[][..], &[("action", "")], &[("action", "ACCEPT")]] {
        world.post(&invitation, fields).await.assert(422, "did not say whether to accept or to decline");
    }
    assert_eq!(world.stored(&invitation), invitation);
}
