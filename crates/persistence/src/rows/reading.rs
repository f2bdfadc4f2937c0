use usher_domain::port::StoreError;

/// Reads every row, or returns the error of the first row that cannot be read.
pub(crate) fn read_all<Row, T>(rows: Vec<Row>) -> Result<Vec<T>, StoreError>
where
    T: TryFrom<Row, Error = StoreError>,
{
    rows.into_iter().map(T::try_from).collect()
}

/// Reads the rows that can be read. The log names the others.
pub(crate) fn read_or_skip<Row, T>(rows: Vec<Row>) -> Vec<T>
where
    T: TryFrom<Row, Error = StoreError>,
{
    let read = |row| T::try_from(row).inspect_err(|error| tracing::error!(%error, "a row was skipped"));
    rows.into_iter().filter_map(|row| read(row).ok()).collect()
}

/// Reads an optional row.
pub(crate) fn read_optional<Row, T>(row: Option<Row>) -> Result<Option<T>, StoreError>
where
    T: TryFrom<Row, Error = StoreError>,
{
    row.map(T::try_from).transpose()
}
