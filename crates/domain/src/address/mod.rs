//! E-mail addresses: which are accepted, how two are compared, and how one is shown to strangers.

mod error;
mod host;
mod local;

pub use error::AddressError;

/// Maximum octets of an address in SMTP (RFC 5321, 4.5.3.1.3, less the angle brackets).
const MAX_OCTETS: usize = 254;

/// The local part of [`ERASED`].
const ERASED_LOCAL: &str = "erased";
/// The address in place of one that was erased.
pub const ERASED: &str = "erased@erased.invalid";

/// The address of a mailbox: as it was typed, and its key for comparison. White space around it, quotes without a meaning, and
/// characters of the domain that IDNA ignores or maps are not kept.
#[derive(Debug, Clone)]
pub struct EmailAddress {
    shown: String,
    local_octets: usize,
    /// Set if it differs from `shown`. That is rare, and pages have many addresses.
    key: Option<String>,
}

impl EmailAddress {
    /// Parses an address. Surrounding white space is removed. Plus-tags and dots are significant.
    ///
    /// The text is not normalized, because NFC would turn KELVIN SIGN into `K`, and so one mailbox into another. Letters in
    /// decomposed form are rejected instead.
    pub fn parse(input: &str) -> Result<Self, AddressError> {
        let typed = input.trim();
        if typed.len() > MAX_OCTETS {
            return Err(AddressError::TooLong);
        }
        let (local, domain) = typed.split_once('@').ok_or(AddressError::Shape)?;
        if local.is_empty() || domain.is_empty() || domain.contains('@') {
            return Err(AddressError::Shape);
        }
        let ascii = host::ascii(domain);
        let local = local::check(local, ascii.as_deref().unwrap_or_default())?;
        let ascii = ascii.ok_or(AddressError::Domain)?;
        let key = format!("{}@{ascii}", fold(local));
        let shown = format!("{local}@{}", host::shown(domain, &ascii));
        if key == ERASED {
            // An invitation to it would count as erased.
            return Err(AddressError::Domain);
        }
        if key.len() > MAX_OCTETS || shown.len() > MAX_OCTETS {
            return Err(AddressError::TooLong);
        }
        Ok(Self { local_octets: local.len(), key: (key != shown).then_some(key), shown })
    }

    /// Wraps a stored address and its stored key. The check is weaker than [`EmailAddress::parse`], so that rows stay readable
    /// when the rules become stricter. Returns `None` if the text cannot be an address.
    #[must_use]
    pub fn from_stored(shown: &str, key: &str) -> Option<Self> {
        let valid =
            |text: &str| text.contains('@') && !text.chars().any(|c| c.is_control() || c.is_whitespace());
        let key = Some(key).filter(|key| *key != shown);
        let local_octets = shown.find('@')?;
        let all_valid = valid(shown) && key.is_none_or(valid);
        all_valid.then(|| Self { shown: shown.to_owned(), local_octets, key: key.map(str::to_owned) })
    }

    /// The address in place of one that was erased. It receives no mail (RFC 2606).
    #[must_use]
    pub fn erased() -> Self {
        Self { shown: ERASED.to_owned(), local_octets: ERASED_LOCAL.len(), key: None }
    }

    /// The form to store and to show: as typed, without invisible characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.shown
    }

    /// The form for comparison and indexes: the domain in lower-case ASCII (IDNA), the local part case-folded. Look-alikes stay
    /// distinct: a letter outside ASCII never folds to an ASCII letter (KELVIN SIGN is not `k`).
    #[must_use]
    pub fn key(&self) -> &str {
        self.key.as_deref().unwrap_or(&self.shown)
    }

    /// The address for SMTP and for mail headers: the local part as typed, quoted if it has dots where the standards have none, and
    /// the domain as A-labels.
    #[must_use]
    pub fn envelope(&self) -> String {
        format!("{}@{}", local::quoted_if_necessary(self.local()), self.domain())
    }

    /// The domain in lower-case ASCII.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.key().rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// A hint that only the owner of the address understands: `j***@example.com`.
    #[must_use]
    pub fn masked(&self) -> String {
        let first = self.shown.chars().next().unwrap_or('*');
        format!("{first}***@{}", self.domain())
    }

    fn local(&self) -> &str {
        self.shown.get(..self.local_octets).unwrap_or_default()
    }
}

/// Two addresses are equal if their keys are equal: they reach the same mailbox.
impl PartialEq for EmailAddress {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for EmailAddress {}

impl std::hash::Hash for EmailAddress {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl std::fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.shown.fmt(f)
    }
}

fn fold(local: &str) -> String {
    local.chars().map(fold_character).collect()
}

fn fold_character(c: char) -> String {
    if c.is_ascii() {
        return c.to_ascii_lowercase().to_string();
    }
    let folded = caseless::default_case_fold_str(c.encode_utf8(&mut [0; 4]));
    if folded.chars().any(|f| f.is_ascii()) { c.to_string() } else { folded }
}
