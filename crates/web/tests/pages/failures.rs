//! Pages when the store or the hasher fails.

use usher_domain::port::{
    StoreError,
    store::{Constraint, WaitLimit},
};

use crate::site::{PASSWORD, Site};

const ACCEPT: [(&str, &str); 3] = [("action", "accept"), ("name", "Ada"), ("password", PASSWORD)];

#[actix_web::test]
async fn a_temporary_failure_of_the_store_is_503_with_retry_after() {
    let mut site = Site::new();
    let invitation = site.invite("ada@example.com");
    for error in [
        StoreError::Unreachable("connection refused: db.internal:5432".to_owned()),
        StoreError::Overloaded(WaitLimit::Writer),
        StoreError::Contended,
    ] {
        site.fail(error);
        for page in [site.get(&site.link(&invitation)).await, site.post(&invitation, &ACCEPT).await] {
            page.assert(503, "Please try again in a moment");
            assert_eq!(page.header("Retry-After"), Some("5"));
            assert!(!page.body.contains("5432"), "the cause is not shown: {}", page.body);
        }
    }
}

#[actix_web::test]
async fn defects_and_corrupt_rows_are_500() {
    let mut site = Site::new();
    let invitation = site.invite("ada@example.com");
    for error in [
        StoreError::Corrupt { table: "invitation", column: "status", id: 7 },
        StoreError::Conflict(Constraint::RandomId),
        StoreError::defect("invitation.accept panicked"),
    ] {
        site.fail(error);
        for page in [site.get(&site.link(&invitation)).await, site.post(&invitation, &ACCEPT).await] {
            page.assert(500, "Something is wrong on our side");
            assert!(!page.body.contains("status of row") && !page.body.contains("panicked"), "{}", page.body);
            assert_eq!(page.header("Retry-After"), None);
        }
    }
}

#[actix_web::test]
async fn a_password_that_cannot_be_hashed_is_503() {
    let site = Site::new();
    let invitation = site.invite("ada@example.com");
    site.hasher.run_out_of_memory();
    site.post(&invitation, &ACCEPT).await.assert(503, "Please try again in a moment");
    assert_eq!(site.scene.stored(&invitation), invitation);
    site.decline(&invitation).await.assert(410, "You declined");
}
