use usher_domain::{
    access_token::TokenDigest,
    account::AccountName,
    idempotency::KeyDigest,
    invitation::SecureId,
    port::RequestFingerprints,
    principal::{Actor, Credential, Principal},
};

/// The owner of a key. The same key used by two owners counts as two keys.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Owner<'a> {
    /// A person in an account, with any credential of the same scope.
    Member(&'a Actor),
    /// A principal of a trusted issuer, known to Usher or not.
    Principal(&'a Principal),
    /// The holder of an access token, before the token is looked up.
    AccessToken(&'a TokenDigest),
    /// The holder of an invitation's link.
    Link(&'a SecureId),
}

impl<'a> Owner<'a> {
    /// The owner who presents a credential, before the credential is looked up.
    pub(crate) fn presenting(credential: &'a Credential) -> Self {
        match credential {
            Credential::Principal(principal) => Self::Principal(principal),
            Credential::AccessToken(digest) => Self::AccessToken(digest),
        }
    }

    /// The digest of this owner's key, which is stored and compared.
    pub(crate) fn digest(&self, fingerprints: &dyn RequestFingerprints, key: &str) -> KeyDigest {
        let parts = self.parts();
        let parts: Vec<&[u8]> = parts.iter().map(String::as_bytes).chain([key.as_bytes()]).collect();
        fingerprints.key_digest(&parts)
    }

    /// The kind of owner, and the values that identify the owner.
    fn parts(&self) -> Vec<String> {
        match self {
            // The scope is included, because a read-only credential cannot have created what was created under the key.
            Self::Member(actor) => vec![
                "member".to_owned(),
                actor.account.id.to_string(),
                actor.person.id.to_string(),
                actor.scope.as_str().to_owned(),
            ],
            // The person's number is included if the credential carries one, because an address may change hands.
            // The issuer's accounts are included, because an issuer cannot vouch for people in other accounts.
            Self::Principal(principal) => vec![
                "principal".to_owned(),
                principal.email.key().to_owned(),
                principal.person_id.map(|id| id.to_string()).unwrap_or_default(),
                principal.account.as_ref().map(ToString::to_string).unwrap_or_default(),
                principal.accounts.as_deref().map(joined).unwrap_or_default(),
            ],
            Self::AccessToken(digest) => vec!["access token".to_owned(), digest.as_str().to_owned()],
            Self::Link(secure_id) => vec!["link".to_owned(), secure_id.to_string()],
        }
    }
}

/// Names of accounts contain no comma.
fn joined(accounts: &[AccountName]) -> String {
    accounts.iter().map(AccountName::as_str).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use usher_domain::{
        id::PersonId,
        testkit::{self, PlainFingerprints},
    };

    use super::*;

    fn principal(email: &str, person: Option<i64>, account: Option<&str>) -> Principal {
        Principal {
            person_id: person.map(PersonId::new),
            account: account.map(|name| AccountName::parse(name).unwrap()),
            ..testkit::principal(email)
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
            Principal {
                accounts: Some(vec![AccountName::parse("upside").unwrap()]),
                ..principal("jane@example.com", None, None)
            },
        ];
        let (token, other_token) = (TokenDigest::new([1; 32]), TokenDigest::new([2; 32]));
        let link = SecureId::parse(&"x".repeat(30)).unwrap();
        let others = [Owner::AccessToken(&token), Owner::AccessToken(&other_token), Owner::Link(&link)];
        let owners: Vec<Owner<'_>> = principals.iter().map(Owner::Principal).chain(others).collect();
        let keys =
            owners.iter().flat_map(|owner| ["k", "kk"].map(|key| owner.digest(&PlainFingerprints, key)));
        let different: std::collections::HashSet<_> = keys.collect();
        assert_eq!(different.len(), 2 * owners.len());
    }

    #[test]
    fn an_address_is_the_same_however_it_is_typed() {
        let (typed, shouted) =
            (principal("jane@example.com", None, None), principal("JANE@EXAMPLE.COM", None, None));
        assert_eq!(Owner::Principal(&typed).parts(), Owner::Principal(&shouted).parts());
    }
}
