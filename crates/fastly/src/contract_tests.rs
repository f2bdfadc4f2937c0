//! Property tests: Fastly's strictest clients can read the documents of every invitation that can be stored.

use proptest::{collection::vec, prelude::*, sample::select, test_runner::RngSeed};
use serde_json::json;
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
use usher_testbed::{InvitationResponse, violated_rules};

use crate::{
    invitation::InvitationResource,
    page::{PageRequest, Paging},
    resource::{Collection, Document},
};

const URL: &str = "https://usher.example/invitations";

/// Any time with a year of four digits.
fn timestamp() -> impl Strategy<Value = Timestamp> {
    let micros = -62_135_596_800_000_000_i64..=253_402_300_799_999_999;
    micros.prop_map(|micros| Timestamp::from_timestamp_micros(micros).unwrap())
}

fn token<const N: usize>() -> impl Strategy<Value = Token<N>> {
    let characters = vec(select(b"ABCxyz0189".as_slice()), N);
    characters.prop_map(|bytes| Token::parse(&String::from_utf8(bytes).unwrap()).unwrap())
}

/// Existing roles, and other valid names, such as those of roles that no longer exist.
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
    (token(), timestamp()).prop_map(|(public_id, created_at)| Account {
        id: AccountId::new(1),
        public_id,
        name: AccountName::parse("onward").unwrap(),
        title: DisplayText::parse("Onward, Inc.").unwrap(),
        created_at,
    })
}

fn invitation() -> impl Strategy<Value = OpenInvitation> {
    let names = (token(), token(), email(), grant());
    (names, (timestamp(), timestamp(), timestamp())).prop_map(
        |((public_id, secure_id, email, grant), times)| {
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
        },
    )
}

/// The attribute `role`, as `docs/api/fastly.md` defines it.
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
        PageRequest::from_query(&[pair("page[number]", number), pair("page[size]", size)]).unwrap()
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
    fn clients_can_read_the_response_to_every_creation(
        stored in invitation(), account in account(),
    ) {
        let body = serde_json::to_value(Document::new(InvitationResource::created(&stored, &account))).unwrap();
        prop_assert_eq!(violated_rules(InvitationResponse::Created, &body), Vec::<String>::new(), "{}", body);
        let stored_roles: Vec<&str> = stored.grant.roles().iter().map(RoleName::as_str).collect();
        prop_assert_eq!(&body["data"]["attributes"]["roles"], &json!(stored_roles));
        prop_assert_eq!(&body["data"]["attributes"]["role"], shown_role(&stored_roles));
    }

    #[test]
    fn clients_can_read_every_list(
        stored in vec(invitation(), 0..4),
        account in account(),
        page in page(),
        count in prop_oneof![0_u64..500, any::<u64>()],
    ) {
        let shown = stored.iter().map(|stored| InvitationResource::listed(stored, &account));
        let body = serde_json::to_value(Collection::new(shown, Paging::by_number(URL, &page, count))).unwrap();
        prop_assert_eq!(violated_rules(InvitationResponse::Listed, &body), Vec::<String>::new(), "{}", body);
        prop_assert_eq!(body["data"].as_array().map(Vec::len), Some(stored.len()));
    }
}
