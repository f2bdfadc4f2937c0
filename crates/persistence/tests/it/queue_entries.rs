//! The entries of the queue follow the deliveries that are deleted with their invitations.

use usher_domain::port::Store;

use crate::{
    scene::Scene,
    support::{TestDatabase, on_both},
};

fn a_deleted_delivery_takes_its_entry_along(place: &dyn TestDatabase) {
    let scene = Scene::new(place);
    let store: &dyn Store = place.store();
    let ada = scene.invite(store, "ada@example.com").unwrap();
    scene.invite(store, "grace@example.com").unwrap();
    let assert_entries = |number: u32, table: &str| {
        place.execute(&format!(
            "CREATE TABLE {table} (entries INTEGER CHECK (entries = {number}));
             INSERT INTO {table} SELECT count(*) FROM queued_delivery"
        ));
    };
    assert_entries(2, "before_deletion");
    assert_eq!(store.write("delete", |tx| tx.delete_invitations_to(&ada.email)), Ok(1));
    assert_entries(1, "after_deletion");
}

on_both! {
    a_deleted_delivery_takes_its_entry_along,
}
