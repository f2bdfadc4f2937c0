use diesel::QueryResult;

/// Runs a statement for each key, and returns the rows of all.
pub(super) fn rows_of_each_key<K: Copy, T>(
    keys: &[K],
    mut statement: impl FnMut(K) -> QueryResult<Vec<T>>,
) -> QueryResult<Vec<T>> {
    let mut all = Vec::new();
    for key in keys {
        all.append(&mut statement(*key)?);
    }
    Ok(all)
}
