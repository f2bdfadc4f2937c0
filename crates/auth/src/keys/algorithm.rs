use jsonwebtoken::Algorithm as LibraryAlgorithm;

/// A signature algorithm that Usher accepts (RFC 7518, 3.1; RFC 8037, 3.1). There is no variant for `none`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Hs256,
    Rs256,
    Rs384,
    Rs512,
    Ps256,
    Ps384,
    Ps512,
    Es256,
    Es384,
    Es512,
    EdDsa,
}

impl Algorithm {
    /// The algorithm with this name in `alg`. RFC 9864 renames `EdDSA` with an Ed25519 key to `Ed25519`.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "HS256" => Self::Hs256,
            "RS256" => Self::Rs256,
            "RS384" => Self::Rs384,
            "RS512" => Self::Rs512,
            "PS256" => Self::Ps256,
            "PS384" => Self::Ps384,
            "PS512" => Self::Ps512,
            "ES256" => Self::Es256,
            "ES384" => Self::Es384,
            "ES512" => Self::Es512,
            "EdDSA" | "Ed25519" => Self::EdDsa,
            _ => return None,
        })
    }

    /// Whether its keys are pairs, so that the verifying key may be public.
    pub(crate) fn is_asymmetric(self) -> bool {
        self != Self::Hs256
    }

    /// The algorithm in jsonwebtoken; `None` for ES512, which jsonwebtoken lacks.
    pub(super) fn in_library(self) -> Option<LibraryAlgorithm> {
        Some(match self {
            Self::Hs256 => LibraryAlgorithm::HS256,
            Self::Rs256 => LibraryAlgorithm::RS256,
            Self::Rs384 => LibraryAlgorithm::RS384,
            Self::Rs512 => LibraryAlgorithm::RS512,
            Self::Ps256 => LibraryAlgorithm::PS256,
            Self::Ps384 => LibraryAlgorithm::PS384,
            Self::Ps512 => LibraryAlgorithm::PS512,
            Self::Es256 => LibraryAlgorithm::ES256,
            Self::Es384 => LibraryAlgorithm::ES384,
            Self::Es512 => return None,
            Self::EdDsa => LibraryAlgorithm::EdDSA,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fails when a new version of jsonwebtoken knows ES512; `es512.rs` can go then.
    #[test]
    fn the_library_knows_every_algorithm_but_es512() {
        let names = "HS256 RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 EdDSA";
        for name in names.split(' ') {
            let algorithm = Algorithm::parse(name).and_then(Algorithm::in_library);
            assert_eq!(algorithm, Some(name.parse().unwrap()), "{name}");
        }
        assert!("ES512".parse::<LibraryAlgorithm>().is_err());
        assert_eq!(Algorithm::parse("ES512").and_then(Algorithm::in_library), None);
    }
}
