//! The rows of an answer, for diesel.

use std::{num::NonZeroU32, ops::Range, rc::Rc};

use diesel::{
    QueryResult,
    backend::Backend,
    pg::{Pg, PgValue, TypeOidLookup},
    row::{Field, PartialRow, Row, RowIndex, RowSealed},
};

use crate::ffi::Answer;

/// Iterates over the rows of an answer.
pub struct Rows {
    answer: Rc<Answer>,
    rows: Range<usize>,
}

impl Rows {
    pub(crate) fn new(answer: Answer) -> Self {
        Self { rows: 0..answer.rows(), answer: Rc::new(answer) }
    }
}

impl Iterator for Rows {
    type Item = QueryResult<PostgresRow>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.rows.next()?;
        Some(Ok(PostgresRow { answer: Rc::clone(&self.answer), row }))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.rows.size_hint()
    }
}

impl ExactSizeIterator for Rows {}

/// A row of an answer.
#[derive(Clone)]
pub struct PostgresRow {
    answer: Rc<Answer>,
    row: usize,
}

impl RowSealed for PostgresRow {}

impl<'a> Row<'a, Pg> for PostgresRow {
    type Field<'f>
        = PostgresField<'f>
    where
        'a: 'f,
        Self: 'f;
    type InnerPartialRow = Self;

    fn field_count(&self) -> usize {
        self.answer.columns()
    }

    fn get<'b, I>(&'b self, index: I) -> Option<Self::Field<'b>>
    where
        'a: 'b,
        Self: RowIndex<I>,
    {
        let column = self.idx(index)?;
        Some(PostgresField { answer: &self.answer, row: self.row, column })
    }

    fn partial_row(&self, range: Range<usize>) -> PartialRow<'_, Self::InnerPartialRow> {
        PartialRow::new(self, range)
    }
}

impl RowIndex<usize> for PostgresRow {
    fn idx(&self, index: usize) -> Option<usize> {
        (index < self.answer.columns()).then_some(index)
    }
}

impl<'a> RowIndex<&'a str> for PostgresRow {
    fn idx(&self, name: &'a str) -> Option<usize> {
        (0..self.answer.columns()).find(|column| self.answer.name(*column) == Some(name))
    }
}

/// A value in a row.
pub struct PostgresField<'a> {
    answer: &'a Answer,
    row: usize,
    column: usize,
}

impl<'a> Field<'a, Pg> for PostgresField<'a> {
    fn field_name(&self) -> Option<&str> {
        self.answer.name(self.column)
    }

    fn value(&self) -> Option<<Pg as Backend>::RawValue<'_>> {
        let value = self.answer.value(self.row, self.column)?;
        Some(PgValue::new(value, self))
    }
}

impl TypeOidLookup for PostgresField<'_> {
    fn lookup(&self) -> NonZeroU32 {
        // The number 0 is not used for any type.
        NonZeroU32::new(self.answer.type_of(self.column)).unwrap_or(NonZeroU32::MAX)
    }
}
