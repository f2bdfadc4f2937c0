use usher_domain::role::{
    BUILTIN, Grant, GrantError, MAX_SERVICES, RoleName, ServiceGrant, ServiceId, ServicePermission,
};

fn of(role: &str) -> Grant {
    Grant::of_roles([role]).unwrap()
}

fn limited(role: &str, services: &[&str]) -> Grant {
    let services = services
        .iter()
        .map(|id| ServiceGrant {
            service: ServiceId::parse(id).unwrap(),
            permission: ServicePermission::ReadOnly,
        })
        .collect();
    Grant::new(vec![RoleName::parse(role).unwrap()], true, services).unwrap()
}

#[test]
fn roles_hand_out_the_roles_of_the_table() {
    for inviter in BUILTIN {
        for invited in BUILTIN {
            let expected = match inviter.name {
                "GlobalAdmin" | "superuser" => true,
                "engineer" => matches!(invited.name, "engineer" | "user"),
                _ => false,
            };
            let actual = of(inviter.name).may_hand_out(&of(invited.name));
            assert_eq!(actual, expected, "{} invites {}", inviter.name, invited.name);
        }
    }
}

#[test]
fn superusers_set_service_permissions_and_engineers_do_not() {
    assert!(of("engineer").may_hand_out(&limited("engineer", &[])), "a limit alone needs no permission");
    assert!(!of("engineer").may_hand_out(&limited("engineer", &["S1"])));
    assert!(of("superuser").may_hand_out(&limited("engineer", &["S1"])));
    assert!(of("superuser").may_hand_out(&limited("superuser", &["S1"])));
}

#[test]
fn a_member_limited_to_services_invites_nobody() {
    for role in BUILTIN {
        assert!(!limited(role.name, &["S1"]).may_hand_out(&of("user")), "{}", role.name);
        assert!(!limited(role.name, &[]).may_hand_out(&of("user")), "{}", role.name);
    }
}

#[test]
fn only_every_permission_takes_back_a_grant_of_unknown_roles() {
    let gone = Grant::from_stored(vec![RoleName::parse("Emperor").unwrap()], false, Vec::new()).unwrap();
    for role in BUILTIN {
        let whole = matches!(role.name, "GlobalAdmin" | "superuser");
        assert!(!of(role.name).may_hand_out(&gone), "{}", role.name);
        assert_eq!(of(role.name).may_take_back(&gone), whole, "{}", role.name);
        assert!(!limited(role.name, &[]).may_take_back(&gone), "limited {}", role.name);
        for invited in BUILTIN {
            let made = of(role.name).may_hand_out(&of(invited.name));
            let taken = of(role.name).may_take_back(&of(invited.name));
            assert_eq!(taken, made, "{} takes {} back", role.name, invited.name);
        }
    }
}

#[test]
fn two_roles_have_the_permissions_of_both() {
    let both = Grant::of_roles(["engineer", "billing"]).unwrap();
    assert!(both.may_hand_out(&of("billing")));
    assert!(!both.may_hand_out(&of("tls_viewer")));
}

#[test]
fn invalid_grants_are_rejected() {
    assert_eq!(Grant::of_roles([]), Err(GrantError::NoRole));
    assert_eq!(Grant::of_roles(["auditor"]), Err(GrantError::UnknownRole("auditor".to_owned())));
    assert_eq!(Grant::of_roles(["no such"]), Err(GrantError::UnknownRole("no such".to_owned())));
    let twice = Grant::of_roles(["user", "Auditor", "user"]).unwrap();
    let names: Vec<&str> = twice.roles().iter().map(RoleName::as_str).collect();
    assert_eq!(names, ["Auditor", "user"]);
    let services = ["S1", "S1"].map(|id| ServiceGrant {
        service: ServiceId::parse(id).unwrap(),
        permission: ServicePermission::Full,
    });
    let repeated = Grant::new(vec![RoleName::parse("user").unwrap()], true, services.to_vec());
    assert_eq!(repeated, Err(GrantError::RepeatedService("S1".to_owned())));
    let many = |count: usize| {
        let services = (0..count).map(|n| ServiceGrant {
            service: ServiceId::parse(&format!("S{n}")).unwrap(),
            permission: ServicePermission::Full,
        });
        Grant::new(vec![RoleName::parse("user").unwrap()], true, services.collect())
    };
    assert!(many(MAX_SERVICES).is_ok());
    assert_eq!(many(MAX_SERVICES + 1), Err(GrantError::TooManyServices));
}
