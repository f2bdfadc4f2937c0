use serde_json::{Map, Value};

use super::{
    Algorithm, KeyFault, KeyType, VerificationKey,
    number::{fixed, number, octets},
};

/// The length of an Ed25519 key in octets.
const ED25519_OCTETS: usize = 32;

/// A published key (RFC 7517, 4; RFC 7518, 6; RFC 8037, 2). Members that Usher does not need may have any value.
///
/// It ignores `x5u` and `x5c`: the authenticated connection to the issuer already vouches for the key.
pub(crate) struct Jwk<'a>(Option<&'a Map<String, Value>>);

impl<'a> Jwk<'a> {
    pub(crate) fn new(key: &'a Value) -> Self {
        Self(key.as_object())
    }

    /// The `kid`, if it is a text.
    pub(crate) fn kid(&self) -> Option<&'a str> {
        self.text("kid")
    }

    /// The key, if it can verify tokens.
    pub(crate) fn to_key(&self) -> Result<VerificationKey, KeyFault> {
        let members = self.0.ok_or(KeyFault::NotJwk)?;
        if members.get("kid").is_some_and(|kid| !kid.is_string() && !kid.is_null()) {
            return Err(KeyFault::NotJwk);
        }
        let kty = self.text("kty").ok_or(KeyFault::NotJwk)?;
        self.check_purpose()?;
        let kid = self.kid().map(str::to_owned);
        match (kty, self.text("crv")) {
            ("RSA", _) => {
                let algorithms = self.narrowed(KeyType::Rsa)?;
                let [modulus, exponent] = ["n", "e"].map(|name| self.text(name).and_then(number));
                let modulus = modulus.ok_or(KeyFault::Unsuitable)?;
                VerificationKey::rsa(&modulus, &exponent.ok_or(KeyFault::Unsuitable)?, algorithms, kid)
            }
            ("EC", Some("P-256")) => self.curve_key(KeyType::P256, 32, kid),
            ("EC", Some("P-384")) => self.curve_key(KeyType::P384, 48, kid),
            ("EC", Some("P-521")) => self.curve_key(KeyType::P521, 66, kid),
            ("OKP", Some("Ed25519")) => {
                let algorithms = self.narrowed(KeyType::Ed25519)?;
                let key = self.text("x").and_then(octets).filter(|key| key.len() == ED25519_OCTETS);
                VerificationKey::public(KeyType::Ed25519, &key.ok_or(KeyFault::Unsuitable)?, algorithms, kid)
            }
            ("oct", _) => Err(KeyFault::Symmetric),
            _ => Err(KeyFault::Type),
        }
    }

    fn curve_key(
        &self,
        curve: KeyType,
        size: usize,
        kid: Option<String>,
    ) -> Result<VerificationKey, KeyFault> {
        let algorithms = self.narrowed(curve)?;
        let coordinate =
            |name| self.text(name).and_then(|text| fixed(text, size)).ok_or(KeyFault::Unsuitable);
        let point = [vec![0x04], coordinate("x")?, coordinate("y")?].concat();
        VerificationKey::public(curve, &point, algorithms, kid)
    }

    /// Keys for encryption are in many sets, next to the keys for signatures.
    fn check_purpose(&self) -> Result<(), KeyFault> {
        let usage = self.text("use").is_none_or(|usage| usage == "sig");
        let operations = self.0.and_then(|members| members.get("key_ops")).and_then(Value::as_array);
        let operations = operations.is_none_or(|operations| operations.iter().any(|name| name == "verify"));
        let encryption = self.text("alg").is_some_and(is_for_encryption);
        if usage && operations && !encryption { Ok(()) } else { Err(KeyFault::Purpose) }
    }

    /// The algorithms of the key's type, or the one of them that `alg` names.
    fn narrowed(&self, key_type: KeyType) -> Result<Vec<Algorithm>, KeyFault> {
        let of_type = key_type.algorithms();
        let Some(name) = self.text("alg") else { return Ok(of_type.to_vec()) };
        let algorithm = Algorithm::parse(name).filter(|algorithm| of_type.contains(algorithm));
        algorithm.map(|algorithm| vec![algorithm]).ok_or(KeyFault::Algorithm)
    }

    /// A member that is a text. An empty text counts as absent.
    fn text(&self, name: &str) -> Option<&'a str> {
        self.0?.get(name)?.as_str().filter(|text| !text.is_empty())
    }
}

/// RFC 7518, 4.1: `RSA1_5`, `RSA-OAEP`, `RSA-OAEP-256`, `ECDH-ES`, `ECDH-ES+A128KW` and so on.
fn is_for_encryption(alg: &str) -> bool {
    ["RSA1_5", "RSA-OAEP", "ECDH-ES"].iter().any(|prefix| alg.starts_with(prefix))
}
