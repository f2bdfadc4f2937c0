use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, pem::PemObject as _},
};
use tokio_rustls::TlsConnector;

/// Why the certificate authorities cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthoritiesError {
    /// The file of certificate authorities cannot be read.
    #[error("ca_file: cannot read {}: {source}", .path.display())]
    Unreadable {
        /// The configured path.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The file is not PEM, or a certificate in it cannot be an authority.
    #[error("ca_file: no usable certificate in {}", .path.display())]
    Invalid {
        /// The configured path.
        path: PathBuf,
    },
    /// The operating system has no certificate authorities, and no file is configured.
    #[error("ca_file: the system has no certificate authorities; install its ca-certificates or name a file")]
    None,
    /// The TLS library does not support its own defaults.
    #[error("TLS cannot be set up: {0}")]
    Library(rustls::Error),
}

/// Returns a client that verifies the relay's certificate against the authorities of the system and of `ca_file`.
///
/// It names the cryptography provider: the default of the process depends on other libraries.
pub(super) fn connector(ca_file: Option<&Path>) -> Result<TlsConnector, AuthoritiesError> {
    let mut roots = RootCertStore::empty();
    // Unreadable certificates in the system's store do not matter as long as others remain.
    let (system, _) = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    match ca_file {
        Some(path) => add_file(&mut roots, path)?,
        None if system == 0 => return Err(AuthoritiesError::None),
        None => {}
    }
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(AuthoritiesError::Library)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

fn add_file(roots: &mut RootCertStore, path: &Path) -> Result<(), AuthoritiesError> {
    let invalid = || AuthoritiesError::Invalid { path: path.to_owned() };
    let pem = std::fs::read(path)
        .map_err(|source| AuthoritiesError::Unreadable { path: path.to_owned(), source })?;
    let certificates: Vec<_> =
        CertificateDer::pem_slice_iter(&pem).collect::<Result<_, _>>().map_err(|_| invalid())?;
    if certificates.is_empty() {
        return Err(invalid());
    }
    certificates.into_iter().try_for_each(|certificate| roots.add(certificate)).map_err(|_| invalid())
}
