/// Prints one line of progress on standard error.
#[expect(clippy::print_stderr, reason = "developers read the steps of a task as they happen")]
pub fn report_progress(text: &str) {
    eprintln!("xtask: {text}");
}
