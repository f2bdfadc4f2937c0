use usher_domain::{
    port::StoreError,
    role::{Grant, RoleName, ServiceGrant, ServiceId, ServicePermission},
};

use super::row_ref::RowRef;

/// Separates roles, and services.
const SEPARATOR: char = ',';
/// Separates a service from its permission.
const EQUALS: char = '=';

/// Names of roles joined by commas.
pub(super) fn roles(grant: &Grant) -> String {
    grant.roles().iter().map(RoleName::as_str).collect::<Vec<_>>().join(&SEPARATOR.to_string())
}

/// `service=permission` joined by commas; empty without services.
pub(super) fn services(grant: &Grant) -> String {
    let services = grant.services().iter();
    let texts =
        services.map(|grant| format!("{}{EQUALS}{}", grant.service.as_str(), grant.permission.as_str()));
    texts.collect::<Vec<_>>().join(&SEPARATOR.to_string())
}

/// The columns of a grant: roles, whether the services are limited, and services.
pub(crate) fn columns(grant: &Grant) -> (String, bool, String) {
    (roles(grant), grant.limit_services(), services(grant))
}

/// Reads a grant from its columns.
pub(super) fn read(
    row_ref: RowRef,
    roles: &str,
    limit_services: bool,
    services: &str,
) -> Result<Grant, StoreError> {
    let roles = roles.split(SEPARATOR).map(|name| row_ref.value("roles", RoleName::parse(name)));
    let roles = roles.collect::<Result<_, _>>()?;
    let services = services.split(SEPARATOR).filter(|text| !text.is_empty());
    let services = services.map(|text| row_ref.value("services", service(text)));
    let services = services.collect::<Result<_, _>>()?;
    row_ref.value("roles", Grant::from_stored(roles, limit_services, services))
}

fn service(text: &str) -> Option<ServiceGrant> {
    let (service, permission) = text.split_once(EQUALS)?;
    let (service, permission) = (ServiceId::parse(service)?, ServicePermission::parse(permission)?);
    Some(ServiceGrant { service, permission })
}
