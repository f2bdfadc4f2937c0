use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::{
    ClientConfig, RootCertStore,
    client::WebPkiServerVerifier,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, pem::PemObject as _},
};
use tokio_rustls::TlsConnector;

use super::verifier::Verifier;

/// Why the certificates to trust cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthoritiesError {
    /// The file of certificates cannot be read.
    #[error("ca_file: cannot read {}: {source}", .path.display())]
    Unreadable {
        /// The configured path.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The file is not PEM, or a certificate in it cannot be used.
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

/// Returns a client that verifies the relay's certificate against the authorities of the system and against `ca_file`,
/// which holds authorities or the relay's own certificate.
///
/// It names the cryptography provider: the default of the process depends on other libraries.
pub(super) fn connector(ca_file: Option<&Path>) -> Result<TlsConnector, AuthoritiesError> {
    let mut roots = RootCertStore::empty();
    // Unreadable certificates in the system's store do not matter as long as others remain.
    let (system, _) = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let named = match ca_file {
        Some(path) => read_file(path)?,
        None if system == 0 => return Err(AuthoritiesError::None),
        None => Vec::new(),
    };
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = verifier(roots, named)
        .map_err(|()| AuthoritiesError::Invalid { path: ca_file.unwrap_or(Path::new("")).to_owned() })?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(AuthoritiesError::Library)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// Returns the verifier that trusts the roots and the certificates that the operator named.
pub(super) fn verifier(
    mut roots: RootCertStore,
    named: Vec<CertificateDer<'static>>,
) -> Result<Verifier, ()> {
    named.iter().try_for_each(|certificate| roots.add(certificate.clone())).map_err(drop)?;
    let provider = Arc::new(aws_lc_rs::default_provider());
    let chains =
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().map_err(drop)?;
    Ok(Verifier::new(chains, named))
}

fn read_file(path: &Path) -> Result<Vec<CertificateDer<'static>>, AuthoritiesError> {
    let invalid = || AuthoritiesError::Invalid { path: path.to_owned() };
    let pem = std::fs::read(path)
        .map_err(|source| AuthoritiesError::Unreadable { path: path.to_owned(), source })?;
    let certificates: Vec<_> =
        CertificateDer::pem_slice_iter(&pem).collect::<Result<_, _>>().map_err(|_| invalid())?;
    if certificates.is_empty() { Err(invalid()) } else { Ok(certificates) }
}
