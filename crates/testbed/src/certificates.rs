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
/// With `self_signed`, the server's certificate is its own authority instead. Most clients reject such a server.
pub(crate) fn write(directory: &Path, self_signed: bool) -> Result<(), TestbedError> {
    let created = if self_signed { create_self_signed() } else { create() };
    let created = created.map_err(|error| TestbedError::Failed {
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

    let mut server = server_names()?;
    server.use_authority_key_identifier_extension = true;
    server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let server_key = KeyPair::generate()?;
    let server_pem = server.signed_by(&server_key, &Issuer::new(authority, authority_key))?.pem();
    Ok([authority_pem, server_pem, server_key.serialize_pem()])
}

fn create_self_signed() -> Result<[String; 3], rcgen::Error> {
    let mut server = server_names()?;
    server.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate()?;
    let pem = server.self_signed(&key)?.pem();
    Ok([pem.clone(), pem, key.serialize_pem()])
}

fn server_names() -> Result<CertificateParams, rcgen::Error> {
    let mut server = CertificateParams::new(["localhost".to_owned(), "127.0.0.1".to_owned()])?;
    server.distinguished_name.push(DnType::CommonName, "Usher testbed server");
    Ok(server)
}
