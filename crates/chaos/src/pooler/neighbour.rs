use std::sync::atomic::{AtomicBool, Ordering};

use usher_tooling::Failure;

use crate::session::DatabaseSession;

/// What Usher could leave behind in a server connection: every setting that it uses, and prepared statements.
const LEFTOVERS: &str = "SELECT concat_ws(',', (SELECT string_agg(name || '=' || setting, ',' ORDER BY name) FROM pg_settings
    WHERE name IN ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'transaction_read_only',
    'default_transaction_isolation', 'plan_cache_mode', 'jit', 'synchronous_commit') OR name LIKE 'enable\\_%'),
    (SELECT count(*) || ' prepared' FROM pg_prepared_statements))";

/// A statement that takes longer than Usher permits its own.
const SLOW: &str = "SELECT 'slept' FROM pg_sleep(1.2)";

/// Fast statements between two slow ones.
const FAST: u32 = 40;

/// Another client of the same pool.
pub(super) struct Neighbour {
    session: DatabaseSession,
    expected: Vec<String>,
    /// Fast and slow statements so far.
    pub(super) statements: u32,
    pub(super) violations: Vec<String>,
}

impl Neighbour {
    /// `pooled` leads through the pool, `direct` to the server, whose settings are the right ones.
    pub(super) fn new(pooled: DatabaseSession, direct: &mut DatabaseSession) -> Result<Self, Failure> {
        let expected = direct.rows(LEFTOVERS)?;
        Ok(Self { session: pooled, expected, statements: 0, violations: Vec::new() })
    }

    /// Runs statements until `is_over`, and looks at the settings that they run with.
    pub(super) fn run(&mut self, is_over: &AtomicBool) {
        while !is_over.load(Ordering::Relaxed) && self.violations.is_empty() {
            let slow = self.statements.is_multiple_of(FAST);
            self.statements += 1;
            if slow {
                if let Err(failure) = self.session.rows(SLOW) {
                    self.violations.push(failure.at("another client's slow statement").reason());
                }
                continue;
            }
            match self.session.rows(LEFTOVERS) {
                Ok(found) if found == self.expected => {}
                Ok(found) => {
                    self.violations.push(format!(
                        "another client of the pool found {found:?} instead of {:?}",
                        self.expected
                    ));
                }
                Err(failure) => self.violations.push(failure.at("another client's statement").reason()),
            }
        }
    }
}
