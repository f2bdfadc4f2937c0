//! Usher's pages for people: the page behind an invitation's link, and the development mailbox.
