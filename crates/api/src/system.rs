//! The real clock and the real generator: the only places that ask the operating system for time and randomness.

use std::cell::RefCell;

use chrono::SubsecRound as _;
use usher_domain::{
    Timestamp,
    port::{Clock, Entropy},
};

/// The machine's clock.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the port's implementation")]
    fn now(&self) -> Timestamp {
        let since_epoch =
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let seconds = i64::try_from(since_epoch.as_secs()).unwrap_or(i64::MAX);
        Timestamp::from_timestamp(seconds, since_epoch.subsec_nanos()).unwrap_or_default().trunc_subsecs(6)
    }
}

/// The operating system's generator. Each thread draws some more at once than it is asked for: a call of the system costs as much as
/// a short statement of SQLite, and an invitation needs three.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        DRAWN.with_borrow_mut(|drawn| bytes.chunks_mut(AT_ONCE).for_each(|bytes| drawn.take(bytes)));
    }
}

/// Bytes of one draw.
const AT_ONCE: usize = 512;

thread_local! {
    static DRAWN: RefCell<Drawn> = const { RefCell::new(Drawn { bytes: [0; AT_ONCE], left: 0 }) };
}

/// What was drawn and not given out yet: the first ones. What was given out is nowhere else.
struct Drawn {
    bytes: [u8; AT_ONCE],
    left: usize,
}

impl Drawn {
    /// Gives out as many as there is room for, [`AT_ONCE`] at most.
    fn take(&mut self, room: &mut [u8]) {
        if self.left < room.len() {
            draw(&mut self.bytes);
            self.left = AT_ONCE;
        }
        let end = self.left;
        self.left = end.saturating_sub(room.len());
        let given = self.bytes.get_mut(self.left..end).unwrap_or_default();
        room.copy_from_slice(given);
        given.fill(0);
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the port's implementation")]
#[expect(clippy::panic, reason = "without randomness every secret would be a guess: nothing may go on")]
fn draw(bytes: &mut [u8]) {
    if let Err(error) = getrandom::fill(bytes) {
        panic!("the operating system gives no randomness: {error}");
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn nothing_is_given_out_twice() {
        let mut seen = HashSet::new();
        for length in [16, 48, 512, 40, 500, 1300].into_iter().cycle().take(600) {
            let mut bytes = vec![0; length];
            SystemEntropy.fill(&mut bytes);
            // Every eight bytes, wherever they were in a draw.
            assert!(bytes.chunks_exact(8).all(|some| seen.insert(some.to_vec())), "{length} bytes");
        }
    }

    #[test]
    fn what_was_given_out_is_kept_nowhere() {
        let mut drawn = Drawn { bytes: [0; AT_ONCE], left: 0 };
        let mut bytes = [0; 48];
        drawn.take(&mut bytes);
        assert_eq!(drawn.left, AT_ONCE - 48);
        assert!(drawn.bytes.iter().skip(drawn.left).all(|byte| *byte == 0));
        assert!(bytes.iter().any(|byte| *byte != 0));
        assert!(drawn.bytes.iter().take(drawn.left).any(|byte| *byte != 0));
    }
}
