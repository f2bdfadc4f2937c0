use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;

use super::{KeyFault, VerificationKey};

/// The length of a P-256 coordinate (RFC 7518, 6.2.1.2) and of an Ed25519 key in octets.
const COORDINATE_OCTETS: usize = 32;

/// The parameters that Usher reads from a published key (RFC 7517, 4; RFC 7518, 6; RFC 8037, 2).
///
/// It ignores `x5u` and `x5c`: the authenticated connection to the issuer already vouches for the key.
#[derive(Deserialize)]
pub(crate) struct Jwk {
    kty: String,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    kid: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Jwk {
    /// The key, if it can verify tokens. Symmetric keys (`oct`) are rejected: a published key is not secret.
    pub(crate) fn into_key(self) -> Result<VerificationKey, KeyFault> {
        let usage = self.usage.as_deref().is_none_or(|usage| usage == "sig");
        let operations = self.key_ops.as_ref().is_none_or(|ops| ops.iter().any(|op| op == "verify"));
        if !usage || !operations {
            return Err(KeyFault::Purpose);
        }
        match (self.kty.as_str(), self.crv.as_deref()) {
            ("RSA", None) => {
                self.check_algorithm("RS256")?;
                VerificationKey::rsa(&octets(self.n.as_deref())?, &octets(self.e.as_deref())?, self.kid)
            }
            ("EC", Some("P-256")) => {
                self.check_algorithm("ES256")?;
                let point =
                    [vec![0x04], coordinate(self.x.as_deref())?, coordinate(self.y.as_deref())?].concat();
                VerificationKey::p256(&point, self.kid)
            }
            ("OKP", Some("Ed25519")) => {
                self.check_algorithm("EdDSA")?;
                VerificationKey::ed25519(&coordinate(self.x.as_deref())?, self.kid)
            }
            _ => Err(KeyFault::Unsuitable),
        }
    }

    fn check_algorithm(&self, own: &str) -> Result<(), KeyFault> {
        if self.alg.as_deref().is_none_or(|alg| alg == own) { Ok(()) } else { Err(KeyFault::Purpose) }
    }
}

fn octets(text: Option<&str>) -> Result<Vec<u8>, KeyFault> {
    text.and_then(|text| URL_SAFE_NO_PAD.decode(text).ok()).ok_or(KeyFault::Unsuitable)
}

fn coordinate(text: Option<&str>) -> Result<Vec<u8>, KeyFault> {
    octets(text).and_then(|octets| {
        if octets.len() == COORDINATE_OCTETS { Ok(octets) } else { Err(KeyFault::Unsuitable) }
    })
}
