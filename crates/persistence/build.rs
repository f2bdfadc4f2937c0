//! Tells Cargo what the embedded migrations are made of: the macro that embeds them notices changed files, but not new
//! ones.

fn main() {
    println!("cargo::rerun-if-changed=../../migrations");
}
