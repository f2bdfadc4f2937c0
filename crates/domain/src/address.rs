//! E-mail addresses: which are accepted, how two are compared, and how one is shown to strangers.

/// Maximum octets of an address in SMTP (RFC 5321, 4.5.3.1.3, less the angle brackets).
const MAX_OCTETS: usize = 254;
/// Maximum octets before the `@` (RFC 5321, 4.5.3.1.1).
const MAX_LOCAL_OCTETS: usize = 64;

/// The local part of [`ERASED`].
const ERASED_LOCAL: &str = "erased";
/// The address in place of one that was erased.
pub const ERASED: &str = "erased@erased.invalid";

/// Why a string is not accepted as an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// No `@`, several, or an empty part before or after it.
    #[error("must be one e-mail address such as name@example.com")]
    Shape,
    /// Longer than RFC 5321 allows.
    #[error("is too long for an e-mail address")]
    TooLong,
    /// White space, control characters, quotes, brackets or routing characters before the `@`.
    #[error("has a character before the @ that is not accepted in an e-mail address")]
    Local,
    /// Not a domain that receives mail: a single label, an address literal, or invalid under IDNA.
    #[error("needs a full domain such as example.com after the @")]
    Domain,
}

/// The address of a mailbox: as it was typed, trimmed, and its key for comparison.
#[derive(Debug, Clone)]
pub struct EmailAddress {
    typed: String,
    local_octets: usize,
    /// Set if it differs from `typed`. That is rare, and pages have many addresses.
    key: Option<String>,
}

impl EmailAddress {
    /// Parses an address. Surrounding white space is removed. Plus-tags and dots are significant.
    ///
    /// The text is not normalized, because NFC would turn KELVIN SIGN into `K`, and so one mailbox into another. Letters in
    /// decomposed form are rejected instead.
    pub fn parse(input: &str) -> Result<Self, AddressError> {
        let typed = input.trim().to_owned();
        if typed.len() > MAX_OCTETS {
            return Err(AddressError::TooLong);
        }
        let (local, domain) = typed.split_once('@').ok_or(AddressError::Shape)?;
        if local.is_empty() || domain.is_empty() || domain.contains('@') {
            return Err(AddressError::Shape);
        }
        if local.len() > MAX_LOCAL_OCTETS {
            return Err(AddressError::TooLong);
        }
        if !is_local_part(local) {
            return Err(AddressError::Local);
        }
        let ascii = ascii_domain(domain).ok_or(AddressError::Domain)?;
        let key = format!("{}@{ascii}", fold(local));
        if key.len() > MAX_OCTETS {
            return Err(AddressError::TooLong);
        }
        Ok(Self { local_octets: local.len(), key: (key != typed).then_some(key), typed })
    }

    /// Wraps a stored address and its stored key. The check is weaker than [`EmailAddress::parse`], so that rows stay readable
    /// when the rules become stricter. Returns `None` if the text cannot be an address.
    #[must_use]
    pub fn from_stored(typed: &str, key: &str) -> Option<Self> {
        let valid =
            |text: &str| text.contains('@') && !text.chars().any(|c| c.is_control() || c.is_whitespace());
        let key = Some(key).filter(|key| *key != typed);
        let local_octets = typed.find('@')?;
        let all_valid = valid(typed) && key.is_none_or(valid);
        all_valid.then(|| Self { typed: typed.to_owned(), local_octets, key: key.map(str::to_owned) })
    }

    /// The address in place of one that was erased. It receives no mail (RFC 2606).
    #[must_use]
    pub fn erased() -> Self {
        Self { typed: ERASED.to_owned(), local_octets: ERASED_LOCAL.len(), key: None }
    }

    /// As typed, trimmed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.typed
    }

    /// The form for comparison and indexes: the domain in lower-case ASCII (IDNA), the local part case-folded. Look-alikes stay
    /// distinct: a letter outside ASCII never folds to an ASCII letter (KELVIN SIGN is not `k`).
    #[must_use]
    pub fn key(&self) -> &str {
        self.key.as_deref().unwrap_or(&self.typed)
    }

    /// The address for SMTP: the local part as typed, the domain as A-labels.
    #[must_use]
    pub fn envelope(&self) -> String {
        format!("{}@{}", self.local(), self.domain())
    }

    /// The domain in lower-case ASCII.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.key().rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// A hint that only the owner of the address understands: `j***@example.com`.
    #[must_use]
    pub fn masked(&self) -> String {
        let first = self.typed.chars().next().unwrap_or('*');
        format!("{first}***@{}", self.domain())
    }

    fn local(&self) -> &str {
        self.typed.get(..self.local_octets).unwrap_or_default()
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
        self.typed.fmt(f)
    }
}

/// RFC 5321's dot-string, with letters outside ASCII as in RFC 6531. The routing characters `%` and `!` are not accepted, nor
/// the beginning of an encoded word (RFC 2047), because programs that decode it would write to another address.
fn is_local_part(local: &str) -> bool {
    !local.contains("=?")
        && local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_local_character))
}

fn is_local_character(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphanumeric() || "#$&'*+-/=?^_`{|}~".contains(c)
    } else {
        c.is_alphanumeric()
    }
}

/// The domain as A-labels, if it can receive mail: at least two labels of letters, digits and hyphens, and the last is not a
/// number.
fn ascii_domain(domain: &str) -> Option<String> {
    let ascii = idna::domain_to_ascii_cow(domain.as_bytes(), idna::AsciiDenyList::STD3).ok()?;
    let labels: Vec<&str> = ascii.split('.').collect();
    let valid = labels.len() >= 2
        && ascii.len() <= 253
        && labels.iter().all(|label| is_label(label))
        && labels.last().is_some_and(|top| top.bytes().any(|b| b.is_ascii_alphabetic()));
    valid.then(|| ascii.into_owned())
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
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
