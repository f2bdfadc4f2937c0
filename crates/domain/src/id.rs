//! Numbers that name stored rows. They are positive, below 2^53 (JavaScript clients read them as doubles) and stable
//! for the life of the row.

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i64);

        impl $name {
            /// Wraps a number that the store gave out, or that a caller claims it did.
            #[must_use]
            pub const fn new(value: i64) -> Self {
                Self(value)
            }

            /// The bare number.
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
    /// Names an [`Account`](crate::account::Account).
    AccountId
}
id! {
    /// Names a [`Person`](crate::person::Person).
    PersonId
}
id! {
    /// Names an [`Invitation`](crate::invitation::Invitation) towards Landscape's clients.
    InvitationId
}
id! {
    /// Names an [`AccessToken`](crate::access_token::AccessToken).
    AccessTokenId
}
id! {
    /// Names a [`Mail`](crate::outbox::Mail) in the outbox.
    MailId
}
