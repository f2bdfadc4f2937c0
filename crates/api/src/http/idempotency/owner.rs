use usher_auth::sha256;
use usher_domain::{
    access_token::TokenDigest,
    idempotency::KeyDigest,
    invitation::SecureId,
    principal::{Actor, Credential, Principal},
};

/// Whose a key is: the same key of two owners is two keys.
#[derive(Debug, Clone, Copy)]
pub enum Owner<'a> {
    /// A person in an account, by whichever credential with the same scope.
    Member(&'a Actor),
    /// Somebody of a trusted issuer, whether Usher has met them or not.
    Principal(&'a Principal),
    /// Whoever has an access token, before it was looked up.
    AccessToken(&'a TokenDigest),
    /// Whoever has an invitation's link.
    Link(&'a SecureId),
}

impl<'a> Owner<'a> {
    /// Who presents a credential, before anything was looked up.
    #[must_use]
    pub fn presenting(credential: &'a Credential) -> Self {
        match credential {
            Credential::Principal(principal) => Self::Principal(principal),
            Credential::AccessToken(digest) => Self::AccessToken(digest),
        }
    }

    /// What is stored and compared of this owner's key.
    #[must_use]
    pub fn digest(&self, key: &str) -> KeyDigest {
        let mut text = Vec::new();
        for part in self.parts().iter().map(String::as_str).chain([key]) {
            // With the length in front, no part can run over into the next.
            text.extend_from_slice(&(part.len() as u64).to_be_bytes());
            text.extend_from_slice(part.as_bytes());
        }
        KeyDigest::new(sha256(&text))
    }

    /// The kind of owner, and which one.
    fn parts(&self) -> Vec<String> {
        match self {
            // With the scope: who may only read did not make what was made under the key.
            Self::Member(actor) => vec![
                "member".to_owned(),
                actor.account.id.to_string(),
                actor.person.id.to_string(),
                actor.scope.as_str().to_owned(),
            ],
            // With the number, where the credential carries one: an address may belong to somebody else one day.
            Self::Principal(principal) => vec![
                "principal".to_owned(),
                principal.email.key().to_owned(),
                principal.person_id.map(|id| id.to_string()).unwrap_or_default(),
                principal.account.as_ref().map(ToString::to_string).unwrap_or_default(),
            ],
            Self::AccessToken(digest) => vec!["access token".to_owned(), digest.as_str().to_owned()],
            Self::Link(secure_id) => vec!["link".to_owned(), secure_id.to_string()],
        }
    }
}

#[cfg(test)]
mod tests {
    use usher_domain::{account::AccountName, address::EmailAddress, id::PersonId};

    use super::*;

    fn principal(email: &str, person: Option<i64>, account: Option<&str>) -> Principal {
        Principal {
            email: EmailAddress::parse(email).unwrap(),
            email_verified: false,
            person_id: person.map(PersonId::new),
            account: account.map(|name| AccountName::parse(name).unwrap()),
            name: None,
        }
    }

    #[test]
    fn no_two_owners_share_a_key() {
        let principals = [
            principal("jane@example.com", None, None),
            principal("joe@example.com", None, None),
            principal("jane@example.com", Some(1), None),
            principal("jane@example.com", None, Some("onward")),
            principal("jane@example.com", None, Some("upside")),
        ];
        let (token, other_token) = (TokenDigest::new([1; 32]), TokenDigest::new([2; 32]));
        let link = SecureId::parse(&"x".repeat(30)).unwrap();
        let others = [Owner::AccessToken(&token), Owner::AccessToken(&other_token), Owner::Link(&link)];
        let owners: Vec<Owner<'_>> = principals.iter().map(Owner::Principal).chain(others).collect();
        let keys = owners.iter().flat_map(|owner| ["k", "kk"].map(|key| owner.digest(key)));
        let different: std::collections::HashSet<_> = keys.collect();
        assert_eq!(different.len(), 2 * owners.len());
    }

    #[test]
    fn an_address_is_the_same_however_it_is_typed() {
        let (typed, shouted) =
            (principal("jane@example.com", None, None), principal("JANE@EXAMPLE.COM", None, None));
        assert_eq!(Owner::Principal(&typed).digest("k"), Owner::Principal(&shouted).digest("k"));
    }
}
