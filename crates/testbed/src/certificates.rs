use std::{fs, path::Path};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};

use crate::error::{IoContext, TestbedError};

/// File name of the authority's certificate, which clients must trust.
pub(crate) const AUTHORITY: &str = "authority.pem";
/// File name of the server's certificate, for `localhost` and `127.0.0.1`.
pub(crate) const SERVER: &str = "server.pem";
/// File name of the server's private key.
pub(crate) const SERVER_KEY: &str = "server-key.pem";

/// Creates an authority and a server certificate signed by it, and writes them into the directory.
///
/// A single self-signed certificate would not do: clients reject a server that presents an authority's certificate as
/// its own.
pub(crate) fn write(directory: &Path) -> Result<(), TestbedError> {
    let created = create().map_err(|error| TestbedError::Failed {
        what: "creating test certificates".into(),
        output: error.to_string(),
    })?;
    for (name, pem) in [AUTHORITY, SERVER, SERVER_KEY].into_iter().zip(created) {
        fs::write(directory.join(name), pem).context("writing test certificates")?;
    }
    Ok(())
}

fn create() -> Result<[String; 3], rcgen::Error> {
    let mut authority = CertificateParams::default();
    authority.distinguished_name.push(DnType::CommonName, "Usher testbed authority");
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let authority_key = KeyPair::generate()?;
    let authority_pem = authority.self_signed(&authority_key)?.pem();

    let mut server = CertificateParams::new(["localhost".to_owned(), "127.0.0.1".to_owned()])?;
    server.distinguished_name.push(DnType::CommonName, "Usher testbed server");
    server.use_authority_key_identifier_extension = true;
    server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let server_key = KeyPair::generate()?;
    let server_pem = server.signed_by(&server_key, &Issuer::new(authority, authority_key))?.pem();
    Ok([authority_pem, server_pem, server_key.serialize_pem()])
}
