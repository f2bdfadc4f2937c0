use crate::{
    invitation::{LinkKey, SecureId},
    port::LinkKeys,
};

/// Readable link keys: `generation.secure_id`.
#[derive(Debug, Default, Clone, Copy)]
pub struct PlainKeys;

impl LinkKeys for PlainKeys {
    fn key(&self, secure_id: &SecureId, generation: u32) -> LinkKey {
        LinkKey::new(format!("{generation}.{secure_id}"))
    }

    fn generation_of(&self, secure_id: &SecureId, presented: &str) -> Option<u32> {
        let (generation, id) = presented.split_once('.')?;
        if id == secure_id.as_str() { generation.parse().ok() } else { None }
    }
}
