use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
    },
};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ED25519, PKCS_RSA_SHA256, RsaKeySize};
use serde_json::{Value, json};

use super::base64;

pub(crate) fn hmac_sha256(key: &[u8], message: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message).as_ref().to_vec()
}

/// An issuer's key pair.
pub(crate) struct TestKey {
    pair: KeyPair,
    /// The value of `alg` in its tokens.
    pub(crate) algorithm: &'static str,
}

impl TestKey {
    pub(crate) fn es256() -> Self {
        Self { pair: KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap(), algorithm: "ES256" }
    }

    pub(crate) fn eddsa() -> Self {
        Self { pair: KeyPair::generate_for(&PKCS_ED25519).unwrap(), algorithm: "EdDSA" }
    }

    pub(crate) fn rs256() -> Self {
        let pair = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
        Self { pair, algorithm: "RS256" }
    }

    pub(crate) fn each() -> [Self; 3] {
        [Self::rs256(), Self::es256(), Self::eddsa()]
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
            "RS256" => json!({ "kty": "RSA", "n": base64(&raw[9..265]), "e": base64(&raw[267..]) }),
            "ES256" => {
                json!({ "kty": "EC", "crv": "P-256", "x": base64(&raw[1..33]), "y": base64(&raw[33..]) })
            }
            _ => json!({ "kty": "OKP", "crv": "Ed25519", "x": base64(raw) }),
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
        match self.algorithm {
            "RS256" => {
                let key = RsaKeyPair::from_pkcs8(pkcs8).unwrap();
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, input, &mut signature).unwrap();
                signature
            }
            "ES256" => {
                let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).unwrap();
                key.sign(&random, input).unwrap().as_ref().to_vec()
            }
            _ => Ed25519KeyPair::from_pkcs8(pkcs8).unwrap().sign(input).as_ref().to_vec(),
        }
    }
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
