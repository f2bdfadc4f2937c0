use std::collections::BTreeMap;

/// Rows by ascending number, and the last number used.
#[derive(Debug, Clone)]
pub(super) struct Table<T> {
    rows: BTreeMap<i64, T>,
    last: i64,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), last: 0 }
    }
}

impl<T: Clone> Table<T> {
    /// Inserts the row that `make` builds from its number, and returns a copy.
    pub(super) fn insert(&mut self, make: impl FnOnce(i64) -> T) -> T {
        self.last += 1;
        let row = make(self.last);
        self.rows.insert(self.last, row.clone());
        row
    }

    pub(super) fn get(&self, id: i64) -> Option<&T> {
        self.rows.get(&id)
    }

    pub(super) fn get_mut(&mut self, id: i64) -> Option<&mut T> {
        self.rows.get_mut(&id)
    }

    /// Deletes the rows that do not match.
    pub(super) fn retain(&mut self, fits: impl Fn(&T) -> bool) {
        self.rows.retain(|_, row| fits(row));
    }

    /// Changes every row.
    pub(super) fn for_each(&mut self, change: impl FnMut(&mut T)) {
        self.rows.values_mut().for_each(change);
    }

    /// Every row, by number.
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.rows.values()
    }

    /// Copies of the rows that match, by number.
    pub(super) fn filtered(&self, fits: impl Fn(&T) -> bool) -> Vec<T> {
        self.iter().filter(|row| fits(row)).cloned().collect()
    }

    /// The first row that matches.
    pub(super) fn find(&self, fits: impl Fn(&T) -> bool) -> Option<T> {
        self.iter().find(|row| fits(row)).cloned()
    }

    pub(super) fn has(&self, fits: impl Fn(&T) -> bool) -> bool {
        self.iter().any(fits)
    }
}
