//! The relationship `service_invitations`, in all forms that Fastly's clients send.

use std::collections::BTreeSet;

use usher_domain::role::{ServiceGrant, ServiceId, ServicePermission};
use usher_http_kit::json::{Members, Node, Object, Problems};

use super::{
    members::{RESOURCE, RESOURCE_OR_DATA},
    type_member::check_type,
};

/// The services with their permissions; empty when the relationship or its `data` is absent or empty.
pub(super) fn read(relationships: &Object<'_>, problems: &mut Problems) -> Vec<ServiceGrant> {
    let Some(list) = relationships.child("service_invitations", Members::Known(&["data"]), problems) else {
        return Vec::new();
    };
    let mut listed = BTreeSet::new();
    let items = list.items("data", problems);
    items.iter().filter_map(|item| service_invitation(item, &mut listed, problems)).collect()
}

fn service_invitation(
    item: &Node<'_>,
    listed: &mut BTreeSet<ServiceId>,
    problems: &mut Problems,
) -> Option<ServiceGrant> {
    let item = unwrapped(item, "service_invitation", problems)?;
    let permission = permission(&item, problems);
    let service = service(&item, problems)?;
    let id = service.required("id", problems)?;
    let Some(service) = ServiceId::parse(id.text(problems)?) else {
        id.reject("must be 1 to 64 letters, digits, hyphens or underscores", problems);
        return None;
    };
    if !listed.insert(service.clone()) {
        id.reject("names a service that is in the list already: give each service once", problems);
        return None;
    }
    Some(ServiceGrant { service, permission })
}

fn permission(item: &Object<'_>, problems: &mut Problems) -> ServicePermission {
    let member = item
        .child("attributes", Members::Known(&["permission"]), problems)
        .and_then(|attributes| attributes.member("permission"));
    let names = ServicePermission::EVERY.map(ServicePermission::as_str);
    member.and_then(|member| member.choice(ServicePermission::parse, &names, problems)).unwrap_or_default()
}

fn service<'a>(item: &Object<'a>, problems: &mut Problems) -> Option<Object<'a>> {
    let relationships = item.child("relationships", Members::Known(&["service"]), problems)?;
    unwrapped(&relationships.required("service", problems)?, "service", problems)
}

/// The object itself, or the object in its `data`. The typed models of Fastly's clients wrap the service invitation but
/// not its service; Fastly's documentation wraps the service but not the service invitation.
fn unwrapped<'a>(node: &Node<'a>, kind: &str, problems: &mut Problems) -> Option<Object<'a>> {
    let outer = node.object(RESOURCE_OR_DATA, problems)?;
    check_type(&outer, kind, problems);
    let Some(inner) = outer.member("data") else { return Some(outer) };
    let inner = inner.object(RESOURCE, problems)?;
    check_type(&inner, kind, problems);
    Some(inner)
}
