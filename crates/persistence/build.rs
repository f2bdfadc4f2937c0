//! Tells Cargo what the embedded migrations are made of: the macro that embeds them notices changed files, but not new
//! ones.

#[expect(clippy::print_stdout, reason = "this is how a build script speaks to Cargo")]
fn main() {
    println!("cargo::rerun-if-changed=../../migrations");
}
