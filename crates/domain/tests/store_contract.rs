//! The contract of the store, shown for the one in memory.

use usher_domain::testkit::memory::MemoryStore;

fn empty_store() -> Box<MemoryStore> {
    Box::default()
}

usher_domain::store_contract!(empty_store);
