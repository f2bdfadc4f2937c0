//! `cargo xtask fuzz`

use std::{fs, process::Command};

use clap::Args;
use usher_tooling::{Failure, cargo, provide_programs, quietly, step, workspace};

/// The runs of each target: a few seconds of work, and the same work on every machine.
const SHORT_RUNS: u32 = 10_000;
const LONG_RUNS: u32 = 1_000_000;

#[derive(Args)]
pub(crate) struct FuzzArguments {
    /// Runs each target 1,000,000 times instead of 10,000 times, with new random inputs, and keeps the inputs that reach new
    /// code in target/fuzz.
    #[arg(long)]
    long: bool,
    /// Runs only this target: the name of a folder in fuzz/corpus.
    target: Option<String>,
}

/// Builds the fuzzer, and runs its targets. Stops at the first input that breaks a promise; libFuzzer prints its path.
pub(crate) fn run(arguments: &FuzzArguments) -> Result<(), Failure> {
    let targets = targets(arguments.target.as_deref())?;
    // For libFuzzer itself.
    provide_programs(&["g++"])?;
    step("building the fuzzer", fuzzer().arg("--no-run"))?;
    targets.iter().try_for_each(|target| fuzz(target, arguments.long))
}

/// The short form of all targets.
pub(crate) fn run_short() -> Result<(), Failure> {
    run(&FuzzArguments { long: false, target: None })
}

/// All targets, or the one of this name.
fn targets(chosen: Option<&str>) -> Result<Vec<String>, Failure> {
    let corpus = workspace().join("fuzz/corpus");
    let entries =
        fs::read_dir(&corpus).map_err(|error| format!("cannot read {}: {error}", corpus.display()))?;
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<String> = names.collect();
    names.sort();
    match chosen {
        None => Ok(names),
        Some(chosen) if names.iter().any(|name| name == chosen) => Ok(vec![chosen.to_owned()]),
        Some(chosen) => Err(format!("there is no target {chosen}; there are {}", names.join(", ")).into()),
    }
}

/// The command that builds and runs the fuzzer. Cargo builds it for this machine, with code that fuzz/rustc-instrumented prepares.
fn fuzzer() -> Command {
    let mut test =
        cargo(&["test", "--quiet", "--workspace", "--features", "usher-fuzz/fuzzer", "--test", "fuzzer"]);
    test.env("RUSTC_WORKSPACE_WRAPPER", workspace().join("fuzz/rustc-instrumented"));
    test
}

fn fuzz(target: &str, long: bool) -> Result<(), Failure> {
    let findings = workspace().join("target/fuzz");
    let folder = findings.join(target);
    fs::create_dir_all(&folder).map_err(|error| format!("cannot create {}: {error}", folder.display()))?;
    let runs = if long { LONG_RUNS } else { SHORT_RUNS };
    let mut command = fuzzer();
    command.env("USHER_FUZZ_TARGET", target).args(["--", &format!("-runs={runs}")]);
    // An input that takes this many seconds is a finding, too.
    command.args(["-timeout=10", "-rss_limit_mb=2048", "-max_len=4096", "-print_final_stats=1"]);
    command.arg(format!("-artifact_prefix={}/finding-", findings.display()));
    if long {
        command.arg(&folder).arg(workspace().join("fuzz/corpus").join(target));
        return step(&format!("fuzzing {target}"), &mut command);
    }
    // The same inputs in each run. Without a folder to write to, libFuzzer would add to the corpus.
    let scratch = findings.join("short").join(target);
    let _absent = fs::remove_dir_all(&scratch);
    fs::create_dir_all(&scratch).map_err(|error| format!("cannot create {}: {error}", scratch.display()))?;
    command.arg("-seed=1").arg(&scratch).arg(workspace().join("fuzz/corpus").join(target));
    quietly(&format!("fuzzing {target}"), &mut command)
}
