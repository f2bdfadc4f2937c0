//! Whatever is stored, Fastly's strictest clients can read what is made of it.

use proptest::{collection::vec, prelude::*, sample::select, test_runner::RngSeed};
use serde_json::{Value, json};
use usher_domain::{
    Timestamp,
    account::{Account, AccountName},
    address::EmailAddress,
    id::{AccountId, InvitationId},
    invitation::OpenInvitation,
    role::{BUILTIN, Grant, RoleName, ServiceGrant, ServiceId, ServicePermission},
    text::DisplayText,
    token::Token,
};
use usher_fastly::{Collection, Document, Invitation as Shown, PageRequest, Paging};

use crate::harness::{Reply, broken};

const URL: &str = "https://usher.example/invitations";

/// Any moment with a year of four digits.
fn moment() -> impl Strategy<Value = Timestamp> {
    let micros = -62_135_596_800_000_000_i64..=253_402_300_799_999_999;
    micros.prop_map(|micros| Timestamp::from_timestamp_micros(micros).unwrap())
}

fn token<const N: usize>() -> impl Strategy<Value = Token<N>> {
    let characters = vec(select(b"ABCxyz0189".as_slice()), N);
    characters.prop_map(|bytes| Token::parse(&String::from_utf8(bytes).unwrap()).unwrap())
}

/// Roles that exist, that existed once, and whatever else a name can be.
fn role() -> impl Strategy<Value = RoleName> {
    let existing = select(BUILTIN).prop_map(|role| role.name.to_owned());
    prop_oneof![existing, "[A-Za-z][A-Za-z0-9_+-]{0,63}"].prop_map(|name| RoleName::parse(&name).unwrap())
}

fn grant() -> impl Strategy<Value = Grant> {
    let service = ("[A-Za-z0-9_-]{1,64}", select(ServicePermission::EVERY.as_slice()));
    let service = service
        .prop_map(|(id, permission)| ServiceGrant { service: ServiceId::parse(&id).unwrap(), permission });
    (vec(role(), 1..5), any::<bool>(), vec(service, 0..4))
        .prop_map(|(roles, limited, services)| Grant::from_stored(roles, limited, services).unwrap())
}

fn email() -> impl Strategy<Value = EmailAddress> {
    ("\\PC{0,30}@\\PC{0,30}", "\\PC{0,30}@\\PC{0,30}")
        .prop_filter_map("no address", |(typed, key)| EmailAddress::from_stored(&typed, &key))
}

fn account() -> impl Strategy<Value = Account> {
    (token(), moment()).prop_map(|(public_id, created_at)| Account {
        id: AccountId::new(1),
        public_id,
        name: AccountName::parse("onward").unwrap(),
        title: DisplayText::parse("Onward, Inc.").unwrap(),
        created_at,
    })
}

fn invitation() -> impl Strategy<Value = OpenInvitation> {
    let names = (token(), token(), email(), grant());
    (names, (moment(), moment(), moment())).prop_map(|((public_id, secure_id, email, grant), times)| {
        let (created_at, updated_at, sent_at) = times;
        OpenInvitation {
            id: InvitationId::new(1),
            public_id,
            secure_id: Some(secure_id),
            email,
            name: None,
            grant,
            created_at,
            updated_at,
            sent_at,
        }
    })
}

/// As the documentation says it.
fn shown_role(stored: &[&str]) -> &'static str {
    let six = ["superuser", "engineer", "tls_admin", "billing", "tls_viewer", "user"];
    if stored.contains(&"GlobalAdmin") {
        return "superuser";
    }
    six.into_iter().find(|role| stored.contains(role)).unwrap_or("user")
}

fn page() -> impl Strategy<Value = PageRequest> {
    let number = prop_oneof![1_u32..10, 1_u32..];
    (number, 1_u32..=100).prop_map(|(number, size)| {
        let pair = |name: &str, value: u32| (name.to_owned(), value.to_string());
        PageRequest::of_query(&[pair("page[number]", number), pair("page[size]", size)]).unwrap()
    })
}

fn deterministic() -> ProptestConfig {
    ProptestConfig {
        cases: 256,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20_260_304),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(deterministic())]

    #[test]
    fn every_stored_invitation_can_be_read_after_its_creation(
        stored in invitation(), account in account(),
    ) {
        let body = serde_json::to_value(Document::of(Shown::created(&stored, &account))).unwrap();
        prop_assert_eq!(broken(Reply::Created, &body), Vec::<String>::new(), "{}", body);
        let stored_roles: Vec<&str> = stored.grant.roles().iter().map(RoleName::as_str).collect();
        prop_assert_eq!(&body["data"]["attributes"]["roles"], &json!(stored_roles));
        prop_assert_eq!(&body["data"]["attributes"]["role"], shown_role(&stored_roles));
    }

    #[test]
    fn every_list_of_stored_invitations_can_be_read(
        stored in vec(invitation(), 0..4),
        account in account(),
        page in page(),
        count in prop_oneof![0_u64..500, any::<u64>()],
    ) {
        let shown = stored.iter().map(|stored| Shown::listed(stored, &account));
        let body = serde_json::to_value(Collection::of(shown, Paging::new(URL, &page, count))).unwrap();
        prop_assert_eq!(broken(Reply::Listed, &body), Vec::<String>::new(), "{}", body);
        prop_assert_eq!(body["data"].as_array().map(Vec::len), Some(stored.len()));
    }
}

fn sound() -> Value {
    let item = json!({
        "id": "2bXr7KqVn0mTz5LcWd8Yp4",
        "type": "invitation",
        "attributes": {
            "email": "mina@example.org", "limit_services": true, "role": "engineer", "roles": ["engineer"],
            "status_code": 1,
            "created_at": "2026-03-04T05:06:07Z", "updated_at": "2026-03-04T05:06:07Z", "deleted_at": null,
        },
        "relationships": {
            "customer": { "data": { "id": "7cQ2mZr9Wd4Tn1Lx8Vb5Ky", "type": "customer" } },
            "service_invitations": { "data": [] },
        },
    });
    json!({
        "data": [item],
        "links": { "last": "https://host/invitations?page%5Bnumber%5D=1&page%5Bsize%5D=20" },
        "meta": { "current_page": 1, "per_page": 20, "record_count": 1, "total_pages": 1 },
    })
}

/// What clients were seen to raise at; the last three are what only the dialect itself promises.
#[test]
fn what_clients_do_not_forgive_is_noticed() {
    assert_eq!(broken(Reply::Listed, &sound()), Vec::<String>::new());
    let wrong = [
        ("/data/0/type", json!("invitations")),
        ("/data/0/id", json!(5)),
        ("/data/0/attributes/role", json!("GlobalAdmin")),
        ("/data/0/attributes/role", Value::Null),
        ("/data/0/attributes/email", Value::Null),
        ("/data/0/attributes/limit_services", Value::Null),
        ("/data/0/attributes/roles", Value::Null),
        ("/data/0/attributes/status_code", Value::Null),
        ("/data/0/attributes/status_code", json!("1")),
        ("/data/0/attributes/status_code", json!(2)),
        ("/data/0/attributes/status_code", json!(1.0)),
        ("/data/0/attributes/created_at", json!("2026-03-04 05:06:07Z")),
        ("/data/0/attributes/updated_at", json!("2026-03-04")),
        ("/data/0/attributes/deleted_at", json!(1_772_600_767)),
        ("/data/0/relationships/customer/data", Value::Null),
        ("/data", Value::Null),
        ("/meta/total_pages", json!("1")),
        ("/meta/per_page", json!(101)),
        ("/links/last", Value::Null),
        ("/data/0/id", json!("short")),
        ("/data/0/attributes/created_at", json!("2026-03-04T05:06:07.123Z")),
    ];
    for (pointer, value) in wrong {
        let mut body = sound();
        *body.pointer_mut(pointer).unwrap() = value.clone();
        assert_ne!(broken(Reply::Listed, &body), Vec::<String>::new(), "{pointer} {value}");
    }
}

#[test]
fn services_in_the_answer_to_a_creation_are_noticed() {
    let list = sound();
    let mut body = json!({ "data": list["data"][0] });
    assert_eq!(broken(Reply::Created, &body).len(), 1);
    body["data"]["relationships"].as_object_mut().unwrap().remove("service_invitations");
    assert_eq!(broken(Reply::Created, &body), Vec::<String>::new());
}
