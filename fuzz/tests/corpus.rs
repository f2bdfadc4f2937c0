//! The inputs of the corpus, which are few and short.

use std::{fs, path::Path};

use usher_fuzz::TARGETS;

/// Keeps the repository small. Larger corpora belong into target/fuzz.
const MAX_OCTETS: u64 = 16 * 1024;

#[test]
fn the_corpus_breaks_no_promise() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut octets = 0;
    for target in &TARGETS {
        let mut inputs = 0;
        for entry in fs::read_dir(corpus.join(target.name)).unwrap() {
            let input = fs::read(entry.unwrap().path()).unwrap();
            (octets, inputs) = (octets + input.len() as u64, inputs + 1);
            (target.run)(&input);
        }
        assert!(inputs > 0, "{} has no inputs", target.name);
    }
    assert!(octets <= MAX_OCTETS, "the corpus has {octets} bytes");
}
