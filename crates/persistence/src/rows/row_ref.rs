use usher_domain::port::StoreError;

/// Identifies a row in the error for a value that the domain cannot read.
#[derive(Debug, Clone, Copy)]
pub(super) struct RowRef {
    pub(super) table: &'static str,
    pub(super) id: i64,
}

impl RowRef {
    /// The value of a column. `None` and `Err` mean a value that the domain never writes.
    pub(super) fn value<T>(
        self,
        column: &'static str,
        parsed: impl IntoIterator<Item = T>,
    ) -> Result<T, StoreError> {
        parsed.into_iter().next().ok_or(StoreError::Corrupt { table: self.table, column, id: self.id })
    }

    /// Like [`Self::value`], for a nullable column.
    pub(super) fn optional<T, P: IntoIterator<Item = T>>(
        self,
        column: &'static str,
        parsed: Option<P>,
    ) -> Result<Option<T>, StoreError> {
        parsed.map(|parsed| self.value(column, parsed)).transpose()
    }
}
