use std::{path::Path, sync::Arc};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, pem::PemObject as _},
};
use tokio_rustls::TlsConnector;

use crate::settings::SettingsError;

/// A client that verifies the relay's certificate against the system's authorities and those in `ca_file`.
///
/// The cryptography is named here and not taken from a default of the process, which another library could set.
pub(super) fn connector(ca_file: Option<&Path>) -> Result<TlsConnector, SettingsError> {
    let mut roots = RootCertStore::empty();
    // What cannot be read of the system's store is not our affair as long as something is left of it.
    let (system, _) = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    match ca_file {
        Some(path) => add_file(&mut roots, path)?,
        None if system == 0 => return Err(SettingsError::NoAuthorities),
        None => {}
    }
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| SettingsError::Tls(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

fn add_file(roots: &mut RootCertStore, path: &Path) -> Result<(), SettingsError> {
    let invalid = || SettingsError::CaFileInvalid { path: path.to_owned() };
    let pem = std::fs::read(path)
        .map_err(|source| SettingsError::CaFileUnreadable { path: path.to_owned(), source })?;
    let certificates: Vec<_> =
        CertificateDer::pem_slice_iter(&pem).collect::<Result<_, _>>().map_err(|_| invalid())?;
    if certificates.is_empty() {
        return Err(invalid());
    }
    certificates.into_iter().try_for_each(|certificate| roots.add(certificate)).map_err(|_| invalid())
}
