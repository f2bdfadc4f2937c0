use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::RootCertStore;

use super::{super::tls::verifier, *};

const RELAY: &str = "relay.example.com";

/// The parameters of `openssl req -x509`: a certificate of an authority, valid in 2026.
fn openssl(names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let mut parameters = CertificateParams::new(names).unwrap();
    parameters.distinguished_name.push(DnType::CommonName, RELAY);
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    parameters.not_before = date_time_ymd(2026, 1, 1);
    parameters.not_after = date_time_ymd(2027, 1, 1);
    parameters
}

fn self_signed(parameters: &CertificateParams) -> CertificateDer<'static> {
    parameters.self_signed(&KeyPair::generate().unwrap()).unwrap().der().clone()
}

/// The result for a relay that presents `certificate` in the middle of that year, while `ca_file` holds `named`.
fn verify_at(
    certificate: &CertificateDer<'_>,
    named: &CertificateDer<'static>,
    year: i32,
) -> Result<(), Error> {
    let verifier = verifier(RootCertStore::empty(), vec![named.clone()]).unwrap();
    let now = date_time_ymd(year, 7, 1).unix_timestamp();
    let now = UnixTime::since_unix_epoch(std::time::Duration::from_secs(now.try_into().unwrap()));
    let name = ServerName::try_from(RELAY).unwrap();
    verifier.verify_server_cert(certificate, &[], &name, &[], now).map(drop)
}

fn verify(certificate: &CertificateDer<'_>, named: &CertificateDer<'static>) -> Result<(), Error> {
    verify_at(certificate, named, 2026)
}

#[test]
fn exactly_the_named_certificate_is_trusted() {
    for names in [&[RELAY][..], &[RELAY, "localhost"], &[]] {
        for is_ca in [IsCa::Ca(BasicConstraints::Unconstrained), IsCa::ExplicitNoCa, IsCa::NoCa] {
            let mut parameters = openssl(names);
            parameters.is_ca = is_ca;
            let named = self_signed(&parameters);
            assert_eq!(verify(&named, &named), Ok(()), "{names:?}");
            // The same names, but another key.
            let other = self_signed(&parameters);
            assert!(verify(&other, &named).is_err(), "{names:?}");
        }
    }
}

#[test]
fn a_named_certificate_must_be_for_the_relay_and_valid_now() {
    let named = self_signed(&openssl(&[RELAY]));
    for year in [2025, 2027] {
        assert!(verify_at(&named, &named, year).is_err(), "{year}");
    }
    let named = self_signed(&openssl(&["other.example.com"]));
    assert!(matches!(
        verify(&named, &named),
        Err(Error::InvalidCertificate(CertificateError::NotValidForNameContext { .. }))
    ));
}

#[test]
fn an_authority_signs_for_names_only() {
    let key = KeyPair::generate().unwrap();
    let authority = openssl(&[]);
    let named = authority.self_signed(&key).unwrap().der().clone();
    let issuer = Issuer::new(authority, key);
    let signed = |names: &[&str]| {
        let mut parameters = openssl(names);
        parameters.is_ca = IsCa::NoCa;
        parameters.signed_by(&KeyPair::generate().unwrap(), &issuer).unwrap().der().clone()
    };
    assert_eq!(verify(&signed(&[RELAY]), &named), Ok(()));
    assert!(verify(&signed(&["other.example.com"]), &named).is_err());
    assert!(verify(&signed(&[]), &named).is_err());
}
