use std::collections::BTreeSet;

use usher_domain::{account::AccountName, principal::Principal};

use super::InvalidToken;

/// What an issuer's tokens count for. The operator of an issuer without a restriction can act for every person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IssuerBinding {
    /// The accounts in which its tokens give rights. Empty: all accounts.
    pub accounts: BTreeSet<AccountName>,
    /// The domains of the addresses that it vouches for, in lower-case ASCII (`EmailAddress::domain`). Empty: all domains.
    /// Subdomains are other domains.
    pub email_domains: BTreeSet<String>,
}

impl IssuerBinding {
    /// Whether the issuer may vouch for everyone, everywhere.
    #[must_use]
    pub fn is_unbound(&self) -> bool {
        self.accounts.is_empty() && self.email_domains.is_empty()
    }

    /// The principal with the restriction to these accounts. An address of another domain is rejected.
    pub(super) fn apply(&self, principal: Principal) -> Result<Principal, InvalidToken> {
        if !self.email_domains.is_empty() && !self.email_domains.contains(principal.email.domain()) {
            return Err(InvalidToken::EmailDomain);
        }
        let accounts = (!self.accounts.is_empty()).then(|| self.accounts.iter().cloned().collect());
        Ok(Principal { accounts, ..principal })
    }
}
