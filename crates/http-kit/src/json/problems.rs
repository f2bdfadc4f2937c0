use std::fmt;

/// Problems that one response names. A body of 64 KiB can have thousands.
const MAX_NAMED: usize = 20;

/// Everything wrong with the members of a body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems {
    texts: Vec<String>,
    /// The number of problems that are not in `texts`.
    more: usize,
    any_missing: bool,
}

impl Problems {
    /// Adds a problem that belongs to no single member.
    pub fn note(&mut self, problem: impl fmt::Display) {
        if self.texts.len() < MAX_NAMED {
            self.texts.push(problem.to_string());
        } else {
            self.more += 1;
        }
    }

    /// Adds a required member that is absent.
    pub(super) fn missing(&mut self, path: &str) {
        self.any_missing = true;
        self.note(format_args!("{path} is missing"));
    }

    /// Whether there are no problems.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Whether any problem is an absent required member.
    #[must_use]
    pub const fn any_missing(&self) -> bool {
        self.any_missing
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.texts.join("; "))?;
        if self.more > 0 { write!(f, "; and {} more", self.more) } else { Ok(()) }
    }
}
