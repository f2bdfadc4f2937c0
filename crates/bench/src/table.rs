//! Tables of figures, in Markdown.

use std::fmt::Write as _;

use crate::stats::Series;

/// Rows under a title, with notes between the two.
pub(crate) struct Table {
    title: String,
    notes: Vec<String>,
    columns: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(title: impl Into<String>, columns: &[&'static str]) -> Self {
        Self { title: title.into(), notes: Vec::new(), columns: columns.to_vec(), rows: Vec::new() }
    }

    pub(crate) fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Appends the table as aligned Markdown, which also reads well in a terminal.
    pub(crate) fn markdown(&self, out: &mut String) {
        let widths: Vec<usize> = (0..self.columns.len()).map(|column| self.width(column)).collect();
        let line = |cells: &mut dyn Iterator<Item = &str>| {
            let cells = cells.zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
            format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
        };
        let _ = write!(out, "## {}\n\n", self.title);
        for note in &self.notes {
            let _ = write!(out, "{note}\n\n");
        }
        out.push_str(&line(&mut self.columns.iter().copied()));
        let rules: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
        out.push_str(&line(&mut rules.iter().map(String::as_str)));
        for row in &self.rows {
            out.push_str(&line(&mut row.iter().map(String::as_str)));
        }
        out.push('\n');
    }

    fn width(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        let title = self.columns.get(column).map_or(0, |title| title.chars().count());
        cells.max().unwrap_or(0).max(title).max(3)
    }
}

/// The cell of a figure that does not exist.
pub(crate) fn no_figure() -> String {
    "–".to_owned()
}

/// A number, rounded to three significant digits or to an integer.
pub(crate) fn rounded(number: f64) -> String {
    match number.abs() {
        size if size >= 100.0 => format!("{number:.0}"),
        size if size >= 10.0 => format!("{number:.1}"),
        _ => format!("{number:.2}"),
    }
}

/// The median of a series; with several rounds also its minimum and maximum.
pub(crate) fn spread(series: &Series) -> String {
    if series.0.len() < 2 {
        return rounded(series.median());
    }
    format!("{} ({}–{})", rounded(series.median()), rounded(series.min()), rounded(series.max()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let mut table = Table::new("Title", &["a", "b"]);
        table.row(["long cell".to_owned(), "≥ 1".to_owned()]);
        let mut out = String::new();
        table.markdown(&mut out);
        assert_eq!(out, "## Title\n\n| a         | b   |\n| --------- | --- |\n| long cell | ≥ 1 |\n\n");
    }
}
