use super::{
    Outcome,
    sample::{self, Scene, email, found, second, sound, start, text, update},
};
use crate::{
    id::PersonId,
    idempotency::KeyDigest,
    person::{NewPerson, PasswordHash, Person},
    port::{Store, StoreError, store::Constraint},
};

fn insert(store: &dyn Store, new: &NewPerson) -> Result<Person, StoreError> {
    store.write("insert person", |tx| tx.insert_person(new))
}

fn stored(store: &dyn Store, id: PersonId) -> Result<Person, StoreError> {
    store.read("look", |tx| tx.person(id)).map(found)
}

pub(super) fn a_person_is_found_by_number_and_address(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let new = NewPerson {
        public_id: scene.token(),
        email: email("Zoë.O'Neil+Usher@Bücher.Example"),
        email_verified: true,
        name: text("Ζωή \"Zoe\" O'Neil \\ 100% 🎟; --"),
        password: Some(PasswordHash::new("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA".to_owned())),
        created_at: start(),
    };
    let person = insert(store, &new)?;
    assert_eq!(person.version, 0);
    assert_eq!(person.email.as_str(), new.email.as_str());
    assert_eq!(
        (&person.public_id, &person.email, person.email_verified, &person.name, &person.password),
        (&new.public_id, &new.email, new.email_verified, &new.name, &new.password)
    );
    assert_eq!(person.created_at, new.created_at);
    assert_eq!(stored(store, person.id)?, person);
    assert_eq!(stored(store, person.id)?.email.as_str(), new.email.as_str());
    store.read("look", |tx| {
        let by_other_spelling = tx.person_by_email(&email("zoË.o'neil+usher@xn--bcher-kva.example"))?;
        assert_eq!(by_other_spelling.as_ref(), Some(&person));
        assert_eq!(tx.person_by_email(&email("zoë.o'neil@bücher.example"))?, None);
        assert_eq!(tx.person(PersonId::new(person.id.get() + 1))?, None);
        Ok(())
    })
}

pub(super) fn addresses_are_unique_however_they_are_typed(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    insert(store, &scene.new_person("ζωή@bücher.example"))?;
    for twin in [
        "owner@example.com",
        "OWNER@EXAMPLE.COM",
        " Owner@Example.Com ",
        "ΖΩΉ@bücher.example",
        "ζωή@XN--BCHER-KVA.Example",
    ] {
        let end = insert(store, &scene.new_person(twin));
        assert_eq!(end, Err(StoreError::Conflict(Constraint::PersonEmail)), "{twin}");
    }
    Ok(())
}

pub(super) fn look_alike_addresses_are_different_people(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let mut ids = Vec::new();
    for address in [
        "risk@example.com",
        "rısk@example.com",
        "riſk@example.com",
        "r.isk@example.com",
        "risk+1@example.com",
    ] {
        ids.push(insert(store, &scene.new_person(address))?.id);
    }
    let found = store.read("look", |tx| tx.person_by_email(&email("RISK@example.com")))?;
    assert_eq!(found.map(|person| person.id), ids.first().copied());
    Ok(())
}

pub(super) fn public_ids_are_unique(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let twin =
        NewPerson { public_id: scene.sponsor.public_id.clone(), ..scene.new_person("ada@example.com") };
    assert_eq!(insert(store, &twin), Err(StoreError::Conflict(Constraint::RandomId)));
    Ok(())
}

pub(super) fn an_update_writes_name_verification_and_password(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let before = scene.sponsor.clone();
    let changed = Person {
        name: text("Grace Hopper"),
        email_verified: true,
        password: Some(PasswordHash::new("$argon2id$…".to_owned())),
        tokens_not_before: Some(second(7)),
        ..before.clone()
    };
    // An update must not change the other fields.
    let sent = Person {
        email: email("other@example.com"),
        public_id: scene.token(),
        created_at: second(9),
        ..changed.clone()
    };
    store.write("update", |tx| tx.update_person(&sent))?;
    let after = stored(store, before.id)?;
    assert_eq!(after, Person { version: 1, ..changed.clone() });
    assert_eq!(after.email.as_str(), before.email.as_str());

    let cleared = Person { password: None, tokens_not_before: None, email_verified: false, ..after };
    store.write("update", |tx| tx.update_person(&cleared))?;
    assert_eq!(stored(store, before.id)?, Person { version: 2, ..cleared });
    Ok(())
}

pub(super) fn an_update_of_an_old_version_is_contended(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let read = scene.sponsor.clone();
    let first = Person { name: text("First"), ..read.clone() };
    let second = Person { name: text("Second"), ..read.clone() };
    store.write("update", |tx| tx.update_person(&first))?;
    let late = store.write("late update", |tx| tx.update_person(&second));
    assert_eq!(late, Err(StoreError::Contended));
    assert_eq!(stored(store, read.id)?.name, first.name);

    // A unit that reads again succeeds.
    let mut runs = 0;
    store.write("update after reading again", |tx| {
        runs += 1;
        let current = if runs == 1 { read.clone() } else { found(tx.person(read.id)?) };
        tx.update_person(&Person { name: text("Third"), ..current })
    })?;
    assert_eq!(runs, 2);
    assert_eq!(stored(store, read.id)?.name, text("Third"));

    let nobody = Person { id: PersonId::new(read.id.get() + 1), ..read };
    assert_eq!(store.write("update nobody", |tx| tx.update_person(&nobody)), Err(StoreError::Contended));
    Ok(())
}

pub(super) fn a_deleted_person_leaves_no_reference(store: &dyn Store) -> Outcome {
    let scene = Scene::new(store)?;
    let person = scene.sponsor.id;
    let mut sent = scene.invited(store, "ada@example.com")?;
    sound(sent.revoke(person, second(1)));
    update(store, &sent)?;
    let token = scene.new_access_token(1);
    store.write("insert token", |tx| tx.insert_access_token(&token))?;
    let network = KeyDigest::new([1; 32]);
    store.write("remember network", |tx| tx.remember_network(person, &network, start()))?;
    store.write("delete", |tx| tx.delete_person(person))?;
    store.read("look", |tx| {
        assert_eq!(tx.person(person)?, None);
        assert_eq!(tx.members(scene.account.id)?, []);
        assert_eq!(tx.access_tokens(scene.account.id)?, []);
        assert!(!tx.is_known_network(&scene.sponsor.email, &network)?);
        Ok::<_, StoreError>(())
    })?;
    let kept = sample::stored(store, &sent)?;
    assert_eq!((kept.sponsor, kept.closed_by), (None, None));
    assert_eq!(store.write("delete again", |tx| tx.delete_person(person)), Err(StoreError::Contended));
    Ok(())
}
