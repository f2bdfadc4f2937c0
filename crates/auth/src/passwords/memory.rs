//! The memory that argon2 works in.

use std::sync::{Mutex, MutexGuard, PoisonError};

use argon2::Block;
use usher_domain::port::HashingError;

/// Buffers that calls return for the next call.
///
/// An allocator keeps freed memory for the thread that allocated it, and the pool of blocking threads is large: buffers
/// that are allocated per call would in the end occupy memory on each of these threads.
pub(super) struct HashingMemory {
    /// Blocks per buffer.
    blocks: usize,
    free: Mutex<Vec<Vec<Block>>>,
}

impl HashingMemory {
    /// Buffers of `blocks` blocks. The first calls allocate them.
    pub(super) fn new(blocks: usize) -> Self {
        Self { blocks, free: Mutex::default() }
    }

    /// Lends a buffer of at least `blocks` blocks: a free one, or else a new one.
    pub(super) fn lend(&self, blocks: usize) -> Result<LentMemory<'_>, HashingError> {
        if blocks > self.blocks {
            return Ok(LentMemory { owner: self, blocks: allocate(blocks)? });
        }
        let free = self.free().pop();
        let blocks = match free {
            Some(blocks) => blocks,
            None => allocate(self.blocks)?,
        };
        Ok(LentMemory { owner: self, blocks })
    }

    /// A panic while the lock is held is impossible, apart from a lack of memory; the buffers are valid anyway.
    pub(super) fn free(&self) -> MutexGuard<'_, Vec<Vec<Block>>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A buffer that one call uses. Dropping this returns it.
pub(super) struct LentMemory<'a> {
    owner: &'a HashingMemory,
    blocks: Vec<Block>,
}

impl LentMemory<'_> {
    /// The buffer. Its content is arbitrary: argon2 writes each block before it reads it.
    pub(super) fn blocks(&mut self) -> &mut [Block] {
        &mut self.blocks
    }
}

impl Drop for LentMemory<'_> {
    fn drop(&mut self) {
        // A larger buffer was for a hash with other parameters, and is not kept.
        if self.blocks.len() == self.owner.blocks {
            let blocks = std::mem::take(&mut self.blocks);
            self.owner.free().push(blocks);
        }
    }
}

/// A new buffer, or an error instead of an abort when there is no memory.
fn allocate(blocks: usize) -> Result<Vec<Block>, HashingError> {
    let mut buffer = Vec::new();
    buffer.try_reserve_exact(blocks).map_err(|error| HashingError(error.to_string()))?;
    buffer.resize(blocks, Block::new());
    Ok(buffer)
}
