//! Numbers of stored rows. They are positive, below 2^53 (JavaScript clients read them as doubles), and stable for the life of
//! the row.

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i64);

        impl $name {
            /// Wraps a number from the store or from a caller.
            #[must_use]
            pub const fn new(value: i64) -> Self {
                Self(value)
            }

            /// The number.
            #[must_use]
            pub const fn get(self) -> i64 {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id! {
    /// The number of an [`Account`](crate::account::Account).
    AccountId
}
id! {
    /// The number of a [`Person`](crate::person::Person).
    PersonId
}
id! {
    /// The number of an [`Invitation`](crate::invitation::Invitation), which Landscape's clients see.
    InvitationId
}
id! {
    /// The number of an [`AccessToken`](crate::access_token::AccessToken).
    AccessTokenId
}
id! {
    /// The number of a [`Mail`](crate::outbox::Mail) in the outbox.
    MailId
}
