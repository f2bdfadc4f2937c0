//! The fuzzer. libFuzzer has the main function, and calls the target that `USHER_FUZZ_TARGET` names.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use usher_fuzz::Target;

static TARGET: LazyLock<&Target> = LazyLock::new(|| {
    #[expect(clippy::disallowed_methods, reason = "libFuzzer reads the arguments")]
    let name = std::env::var("USHER_FUZZ_TARGET").unwrap_or_default();
    let target = usher_fuzz::target(&name);
    target.unwrap_or_else(|| panic!("USHER_FUZZ_TARGET names no target: {name:?}"))
});

fuzz_target!(|input: &[u8]| (TARGET.run)(input));
