//! Aligned columns.

use std::fmt;

use crate::human::one_line;

/// Between two columns.
const GAP: usize = 2;

/// A head and rows of as many cells. The last column is as wide as it likes.
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(head: &[&str]) -> Self {
        Self { rows: vec![head.iter().map(|&title| title.to_owned()).collect()] }
    }

    /// Cells that are empty are shown as `-`.
    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        let shown = |cell: String| {
            let line = one_line(&cell);
            if line.is_empty() { "-".to_owned() } else { line }
        };
        self.rows.push(cells.into_iter().map(shown).collect());
    }

    fn widths(&self) -> Vec<usize> {
        let mut widths = Vec::new();
        for row in &self.rows {
            widths.resize(widths.len().max(row.len()), 0);
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        widths
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.widths();
        for (index, row) in self.rows.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            let padded = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:<width$}"));
            let line = padded.collect::<Vec<_>>().join(&" ".repeat(GAP));
            write!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let mut table = Table::new(&["NAME", "N", "TEXT"]);
        table.row(["a".to_owned(), "12".to_owned(), "one\ntwo".to_owned()]);
        table.row(["grüße-agent".to_owned(), String::new(), String::new()]);
        assert_eq!(
            table.to_string(),
            "NAME         N   TEXT\n\
             a            12  one two\n\
             grüße-agent  -   -"
        );
    }
}
