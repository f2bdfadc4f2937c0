//! The contract of every [`Store`]: suites that test each obligation in the documentation of the ports.
//!
//! A suite is a function on an empty store. An adapter's test lists them all with [`store_contract!`], one test each:
//!
//! ```
//! use usher_domain::testkit::memory::MemoryStore;
//!
//! /// Returns a value that dereferences to the store and keeps it alive.
//! fn empty_store() -> Box<MemoryStore> {
//!     Box::default()
//! }
//!
//! usher_domain::store_contract!(empty_store);
//! # fn main() {}
//! ```
//!
//! To add a suite, write a function in the module of its kind and add its name to the list below. The compiler reports a
//! function that is missing from the list.
//!
//! [`Store`]: crate::port::Store
//! [`store_contract!`]: crate::store_contract

mod access_tokens;
mod accounts;
mod audit;
mod backlog;
mod idempotency;
mod invitation_history;
mod invitation_lists;
mod invitation_updates;
mod invitations;
mod leases;
mod mail_quotas;
mod memberships;
mod open_parts;
mod outbox;
mod people;
mod sample;
mod several;
mod sign_ins;
mod unit;
mod write_counts;

use crate::port::StoreError;

/// The result of a suite: an unexpected error of the store. A violated obligation is a panic.
pub(crate) type Outcome = Result<(), StoreError>;

/// Defines a public function per suite and the macro [`crate::store_contract!`] from one list. The dollar sign is an argument,
/// because a macro that defines a macro cannot write it otherwise.
macro_rules! suites {
    ($dollar:tt $($kind:ident { $($suite:ident,)* })*) => {
        /// The suites; see [`crate::store_contract!`].
        #[doc(hidden)]
        pub mod suites {
            $(
                pub mod $kind {
                    use crate::port::{Store, StoreError};
                    $(
                        pub fn $suite(store: &dyn Store) -> Result<(), StoreError> {
                            super::super::$kind::$suite(store)
                        }
                    )*
                }
            )*
        }

        /// Expands to one `#[test]` per suite of the store's contract, in modules named after their subjects.
        ///
        /// The argument is the name of a function without arguments in the same module. Its result dereferences to an empty
        /// store that no other test uses, and may own the resources of that store.
        #[macro_export]
        macro_rules! store_contract {
            ($dollar make:ident) => {
                $(
                    mod $kind {
                        use super::$dollar make;

                        $(
                            #[test]
                            fn $suite() {
                                let store = $dollar make();
                                if let Err(error) = $crate::testkit::contract::suites::$kind::$suite(&*store) {
                                    panic!("the store failed: {error}");
                                }
                            }
                        )*
                    }
                )*
            };
        }
    };
}

suites! { $
    unit {
        a_committed_unit_is_seen_by_the_next,
        a_rejection_leaves_nothing,
        an_error_of_the_store_leaves_nothing,
        a_unit_reads_what_it_wrote,
        a_contended_unit_runs_again,
        a_unit_that_stays_contended_ends_so,
        a_failed_unit_stays_failed,
        a_reading_unit_cannot_write,
    }
    accounts {
        an_account_is_found_by_number_and_name,
        names_are_unique,
        public_ids_are_unique,
        accounts_are_listed_by_name,
        only_an_account_that_exists_can_be_locked,
    }
    memberships {
        a_membership_is_found_by_account_and_person,
        a_person_is_once_in_an_account,
        the_accounts_of_a_person_come_by_number,
        a_membership_can_end_and_begin_again,
        both_ends_have_to_be_there,
        an_update_replaces_the_grant,
        members_come_by_address,
    }
    people {
        a_person_is_found_by_number_and_address,
        addresses_are_unique_however_they_are_typed,
        look_alike_addresses_are_different_people,
        public_ids_are_unique,
        an_update_writes_name_verification_and_password,
        an_update_of_an_old_version_is_contended,
        a_deleted_person_leaves_no_reference,
    }
    invitations {
        a_new_invitation_is_pending_and_whole,
        every_text_and_moment_comes_back_as_it_was,
        one_is_pending_for_an_account_and_address,
        random_ids_are_unique,
        the_account_and_the_sponsor_have_to_be_there,
        other_accounts_see_nothing,
    }
    invitation_updates {
        an_update_writes_what_changes_in_a_life,
        an_update_of_an_old_version_is_contended,
        an_ended_one_frees_the_address,
        an_ended_one_is_found_but_not_pending,
        a_renewal_beside_another_pending_one_conflicts,
    }
    invitation_lists {
        many_overdue_invitations_are_not_counted,
        histories_tell_what_matters_to_an_address,
        ended_invitations_are_erased_the_earliest_end_first,
        open_ones_come_by_number_in_pages,
        the_newest_can_come_first,
        a_part_is_the_same_from_either_end,
        open_ends_at_the_exact_moment,
        ended_ones_and_those_of_other_accounts_are_left_out,
        overdue_ones_come_by_their_end,
        those_to_an_address_are_deleted_with_their_mails,
    }
    invitation_history {
        every_status_comes_the_newest_first,
        a_reopened_one_is_open_again,
    }
    open_parts {
        parts_begin_behind_any_invitation_of_the_account,
        few_open_ones_among_many_overdue_are_listed,
        a_place_that_the_account_never_had_is_not_known,
        lists_of_every_kind_are_answered_at_once,
        the_count_follows_every_change,
    }
    several {
        callers_are_found_in_their_places,
        addressees_are_judged_in_their_places,
        invitations_are_written_but_for_those_that_are_taken,
        many_invitations_are_written_at_once,
    }
    outbox {
        a_mail_is_queued_whole,
        mails_of_an_invitation_come_the_oldest_first,
        references_are_unique,
        a_relayed_mail_is_done,
        a_mail_to_retry_waits_for_its_time,
        a_mail_given_up_is_done,
        a_cancelled_mail_is_done,
        the_next_moment_is_known,
        dead_mails_are_retried_like_new_ones,
        mails_are_listed_the_newest_first,
        old_mails_are_deleted_unless_they_are_queued,
    }
    leases {
        mails_are_claimed_the_earliest_due_first,
        accounts_take_turns,
        mails_to_left_out_destinations_wait,
        a_mail_whose_lease_is_over_keeps_its_place,
        one_process_has_the_lease_on_work,
        a_mail_is_claimed_from_its_moment_on,
        a_claimed_mail_is_nobody_elses,
        a_lease_ends_at_its_exact_moment,
        only_the_holder_settles,
        a_lost_lease_settles_nothing,
        a_lapsed_lease_counts_until_it_is_lost,
    }
    mail_quotas {
        quotas_are_inserted_and_replaced,
        old_quotas_are_deleted_unless_they_block,
        concurrent_counts_add_up,
    }
    backlog {
        waiting_mails_are_counted_up_to_a_maximum,
        settled_counts_leave_no_changes,
    }
    access_tokens {
        a_token_is_found_by_its_digest_with_its_holder,
        tokens_are_listed_the_oldest_first,
        a_token_is_revoked_once,
        digests_and_ids_are_unique,
        a_token_is_a_members_and_ends_with_the_membership,
    }
    write_counts {
        writes_are_counted_by_person_and_window,
        a_clock_that_is_behind_counts_on_in_the_next_window,
        a_clock_that_was_far_ahead_locks_nobody_out,
        both_credentials_of_a_person_count_together,
        what_is_nobodys_is_not_counted,
        several_writers_are_counted_at_once,
        several_writes_of_a_person_get_numbers_of_their_own,
        a_rejected_write_counts,
        a_unit_that_runs_again_is_counted_once,
        concurrent_writes_get_numbers_of_their_own,
    }
    sign_ins {
        counters_are_inserted_replaced_and_deleted,
        a_known_network_belongs_to_a_person,
        what_is_forgotten_is_deleted_in_parts,
    }
    idempotency {
        a_key_is_taken_once_and_then_has_an_answer,
        a_unit_that_fails_leaves_the_key_as_it_was,
        every_answer_comes_back_as_it_was,
        a_stale_answer_gives_way,
        only_a_key_that_was_taken_gets_an_answer,
        the_account_has_to_be_there,
        stale_answers_are_forgotten_the_oldest_first,
    }
    audit {
        old_entries_are_deleted,
        entries_come_the_oldest_first,
        entries_keep_everything,
        other_accounts_see_nothing,
        the_newest_of_an_account_or_a_person_come_first,
    }
}
