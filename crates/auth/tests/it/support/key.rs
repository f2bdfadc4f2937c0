use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED_SIGNING,
        EcdsaKeyPair, Ed25519KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256,
        RSA_PSS_SHA384, RSA_PSS_SHA512, RsaKeyPair,
    },
};
use rcgen::{
    KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ECDSA_P521_SHA512, PKCS_ED25519,
    PKCS_RSA_SHA256, RsaKeySize,
};
use serde_json::{Value, json};

use super::base64;

pub(crate) fn hmac_sha256(key: &[u8], message: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message).as_ref().to_vec()
}

/// All algorithms of public keys, and the second name of one.
pub(crate) const ALGORITHMS: [&str; 11] =
    ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"];

/// An issuer's key pair.
pub(crate) struct TestKey {
    pair: KeyPair,
    /// The value of `alg` in its tokens.
    pub(crate) algorithm: &'static str,
}

impl TestKey {
    /// A key for any of the algorithms of public keys.
    pub(crate) fn of(algorithm: &'static str) -> Self {
        let pair = match algorithm {
            "ES256" => KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256),
            "ES384" => KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384),
            "ES512" => KeyPair::generate_for(&PKCS_ECDSA_P521_SHA512),
            "EdDSA" | "Ed25519" => KeyPair::generate_for(&PKCS_ED25519),
            _ => KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048),
        };
        Self { pair: pair.unwrap(), algorithm }
    }

    pub(crate) fn es256() -> Self {
        Self::of("ES256")
    }

    pub(crate) fn eddsa() -> Self {
        Self::of("EdDSA")
    }

    pub(crate) fn rs256() -> Self {
        Self::of("RS256")
    }

    pub(crate) fn each() -> [Self; 3] {
        [Self::rs256(), Self::es256(), Self::eddsa()]
    }

    /// A key for each algorithm of public keys. The algorithms of RSA share one, because a new one takes a while.
    pub(crate) fn every() -> Vec<Self> {
        let rsa = Self::rs256().private_pem();
        let key = |algorithm: &'static str| {
            if algorithm.starts_with(['R', 'P']) {
                Self { pair: KeyPair::from_pem(&rsa).unwrap(), algorithm }
            } else {
                Self::of(algorithm)
            }
        };
        ALGORITHMS.into_iter().map(key).collect()
    }

    /// The public key.
    pub(crate) fn pem(&self) -> String {
        self.pair.public_key_pem()
    }

    pub(crate) fn private_pem(&self) -> String {
        self.pair.serialize_pem()
    }

    /// The public key as a JSON Web Key.
    pub(crate) fn jwk(&self, kid: &str) -> Value {
        let raw = self.pair.public_key_raw();
        let mut jwk = match self.algorithm {
            // RSAPublicKey in DER: two headers, a zero octet, 2048 bits of modulus, a header, the exponent 65537.
            "EdDSA" | "Ed25519" => json!({ "kty": "OKP", "crv": "Ed25519", "x": base64(raw) }),
            "ES256" => curve_jwk("P-256", raw),
            "ES384" => curve_jwk("P-384", raw),
            "ES512" => curve_jwk("P-521", raw),
            _ => json!({ "kty": "RSA", "n": base64(&raw[9..265]), "e": base64(&raw[267..]) }),
        };
        jwk["kid"] = kid.into();
        jwk["use"] = "sig".into();
        jwk["alg"] = self.algorithm.into();
        jwk
    }

    /// A token whose header names the key's own algorithm.
    pub(crate) fn token(&self, kid: Option<&str>, claims: &Value) -> String {
        let mut header = json!({ "alg": self.algorithm, "typ": "JWT" });
        if let Some(kid) = kid {
            header["kid"] = kid.into();
        }
        self.token_with(&header, claims)
    }

    /// A token with this header, which may contradict the key.
    pub(crate) fn token_with(&self, header: &Value, claims: &Value) -> String {
        let input = format!("{}.{}", base64(header.to_string()), base64(claims.to_string()));
        format!("{input}.{}", base64(self.sign(input.as_bytes())))
    }

    fn sign(&self, input: &[u8]) -> Vec<u8> {
        let pkcs8 = self.pair.serialized_der();
        let random = SystemRandom::new();
        let by_curve = |algorithm| {
            let key = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8).unwrap();
            key.sign(&random, input).unwrap().as_ref().to_vec()
        };
        let by_rsa = |encoding| {
            let key = RsaKeyPair::from_pkcs8(pkcs8).unwrap();
            let mut signature = vec![0; key.public_modulus_len()];
            key.sign(encoding, &random, input, &mut signature).unwrap();
            signature
        };
        match self.algorithm {
            "RS256" => by_rsa(&RSA_PKCS1_SHA256),
            "RS384" => by_rsa(&RSA_PKCS1_SHA384),
            "RS512" => by_rsa(&RSA_PKCS1_SHA512),
            "PS256" => by_rsa(&RSA_PSS_SHA256),
            "PS384" => by_rsa(&RSA_PSS_SHA384),
            "PS512" => by_rsa(&RSA_PSS_SHA512),
            "ES256" => by_curve(&ECDSA_P256_SHA256_FIXED_SIGNING),
            "ES384" => by_curve(&ECDSA_P384_SHA384_FIXED_SIGNING),
            "ES512" => by_curve(&ECDSA_P521_SHA512_FIXED_SIGNING),
            _ => Ed25519KeyPair::from_pkcs8(pkcs8).unwrap().sign(input).as_ref().to_vec(),
        }
    }
}

/// The point has an octet for its form and two coordinates of equal size.
fn curve_jwk(name: &str, point: &[u8]) -> Value {
    let (x, y) = point[1..].split_at(point.len() / 2);
    json!({ "kty": "EC", "crv": name, "x": base64(x), "y": base64(y) })
}

/// An RSA key of 1024 bits. The libraries of these tests cannot generate it.
pub(crate) const WEAK_RSA: &str = "\
-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDJyyie+DCJ8wQKrB/5i26da38L
PbWK71dOnBzN2uq5YjVlpjjRVR2p/hxJPa0vbzkD6TTT5nUZ+31qLpvaNBA9Ys2w
ndq8Pq4ra0RwiQyNDauv1X808Ov+x+a2FLwmWEFUyOSqge9g1V41LNupe7oCB5l0
AtpRSW0KC3N4UorSMQIDAQAB
-----END PUBLIC KEY-----";

/// The same key in PKCS #1 form.
pub(crate) const WEAK_RSA_PKCS1: &str = "\
-----BEGIN RSA PUBLIC KEY-----
MIGJAoGBAMnLKJ74MInzBAqsH/mLbp1rfws9tYrvV06cHM3a6rliNWWmONFVHan+
HEk9rS9vOQPpNNPmdRn7fWoum9o0ED1izbCd2rw+ritrRHCJDI0Nq6/VfzTw6/7H
5rYUvCZYQVTI5KqB72DVXjUs26l7ugIHmXQC2lFJbQoLc3hSitIxAgMBAAE=
-----END RSA PUBLIC KEY-----";
