use chrono::{Datelike as _, NaiveDateTime, Timelike as _};
use diesel::{
    expression::AsExpression,
    pg::Pg,
    serialize::{IsNull, Output, Result, ToSql},
    sql_types,
    sqlite::Sqlite,
};
use usher_domain::Timestamp;

/// A moment in a new row. It is stored as diesel stores a `NaiveDateTime`, but its text for SQLite is made without reading a
/// format each time: a creation binds about ten moments.
#[derive(Debug, Clone, Copy, AsExpression)]
#[diesel(sql_type = sql_types::Timestamp)]
pub(crate) struct StoredTime(NaiveDateTime);

impl From<Timestamp> for StoredTime {
    fn from(moment: Timestamp) -> Self {
        Self(moment.naive_utc())
    }
}

impl StoredTime {
    /// `2026-12-01 09:30:00.123456`, without a fraction that is zero. A fraction has three or six digits.
    /// Moments of the domain are in microseconds.
    fn text(self) -> String {
        let Self(moment) = self;
        if !(0..=9999).contains(&moment.year()) {
            return moment.to_string();
        }
        let mut text = String::with_capacity("2026-12-01 09:30:00.123456".len());
        push_digits::<4>(&mut text, moment.year().unsigned_abs());
        push_digits::<2>(after(&mut text, '-'), moment.month());
        push_digits::<2>(after(&mut text, '-'), moment.day());
        push_digits::<2>(after(&mut text, ' '), moment.hour());
        push_digits::<2>(after(&mut text, ':'), moment.minute());
        push_digits::<2>(after(&mut text, ':'), moment.second());
        match moment.nanosecond() / 1000 {
            0 => {}
            micros if micros % 1000 == 0 => push_digits::<3>(after(&mut text, '.'), micros / 1000),
            micros => push_digits::<6>(after(&mut text, '.'), micros),
        }
        text
    }
}

/// Writes the separator in front of the next part.
fn after(text: &mut String, separator: char) -> &mut String {
    text.push(separator);
    text
}

/// The last `N` decimal digits of a number.
fn push_digits<const N: usize>(text: &mut String, mut number: u32) {
    let mut digits = ['0'; N];
    for digit in digits.iter_mut().rev() {
        *digit = char::from_digit(number % 10, 10).unwrap_or('0');
        number /= 10;
    }
    text.extend(digits);
}

impl ToSql<sql_types::Timestamp, Pg> for StoredTime {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> Result {
        ToSql::<sql_types::Timestamp, Pg>::to_sql(&self.0, out)
    }
}

impl ToSql<sql_types::Timestamp, Sqlite> for StoredTime {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> Result {
        out.set_value(self.text());
        Ok(IsNull::No)
    }
}

#[cfg(test)]
mod tests {
    use diesel::prelude::*;

    use super::*;

    #[test]
    fn sqlite_gets_the_text_that_diesel_writes() {
        let mut connection = SqliteConnection::establish(":memory:").unwrap();
        for nanoseconds in [0, 1_000, 120_000_000, 123_456_000, 999_999_000] {
            let moment = chrono::DateTime::from_timestamp(1_700_000_000, nanoseconds).unwrap();
            let own = StoredTime::from(moment).into_sql::<sql_types::Timestamp>();
            let is_equal = diesel::select(own.eq(moment.naive_utc()));
            assert!(is_equal.get_result::<bool>(&mut connection).unwrap(), "{moment}");
        }
    }
}
