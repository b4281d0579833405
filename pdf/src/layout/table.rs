//! Tables: a head that repeats on every page, rows that are never cut.

use super::flow::{Flow, LEADING};
use super::{Face, Item, MARGIN};

/// How a column is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Numbers and short marks.
    Centre,
}

#[derive(Debug, Clone)]
pub struct Column {
    /// Its head.
    pub title: String,
    /// Its share of the width.
    pub share: f32,
    /// How it is set.
    pub align: Align,
}

impl Column {
    /// A column.
    pub fn new(title: &str, share: f32, align: Align) -> Self {
        Self { title: title.to_owned(), share, align }
    }
}

pub struct Table {
    pub columns: Vec<Column>,
    /// The rows, a cell a column.
    pub rows: Vec<Vec<String>>,
    /// The size of the text.
    pub size: f32,
}

const PAD: f32 = 3.0;

impl Table {
    /// Writes it into the flow.
    pub fn write(&self, flow: &mut Flow) {
        let head: Vec<String> = self.columns.iter().map(|column| column.title.clone()).collect();
        let head_height = self.height(flow, Face::Bold, &head);
        let first = self.rows.first().map_or(0.0, |row| self.height(flow, Face::Regular, row));
        flow.need(head_height + first);
        self.row(flow, Face::Bold, &head);
        for row in &self.rows {
            let before = flow.y();
            flow.need(self.height(flow, Face::Regular, row));
            if flow.y() > before {
                self.row(flow, Face::Bold, &head);
            }
            self.row(flow, Face::Regular, row);
        }
    }

    fn widths(&self) -> Vec<f32> {
        let all: f32 = self.columns.iter().map(|column| column.share).sum();
        self.columns.iter().map(|column| Flow::width() * column.share / all).collect()
    }

    fn cells(&self, flow: &Flow, face: Face, row: &[String]) -> Vec<Vec<String>> {
        self.widths()
            .iter()
            .zip(row)
            .map(|(width, text)| flow.fonts.lines(face, text, self.size, width - 2.0 * PAD))
            .collect()
    }

    fn height(&self, flow: &Flow, face: Face, row: &[String]) -> f32 {
        let lines = self.cells(flow, face, row).iter().map(Vec::len).max().unwrap_or(1);
        lines as f32 * self.size * LEADING + 2.0 * PAD
    }

    fn row(&self, flow: &mut Flow, face: Face, row: &[String]) {
        let height = self.height(flow, face, row);
        let top = flow.y();
        let bottom = top - height;
        if face == Face::Bold {
            let rect = (MARGIN.0, bottom, Flow::width(), height);
            flow.put(Item::Fill { rect, grey: 0.93 });
        }
        let mut x = MARGIN.0;
        let cells = self.cells(flow, face, row);
        for ((width, column), lines) in self.widths().into_iter().zip(&self.columns).zip(cells) {
            let block = lines.len() as f32 * self.size * LEADING;
            let mut y = top - (height - block) / 2.0;
            for line in lines {
                y -= self.size * LEADING;
                let free = width - flow.fonts.width(face, &line, self.size);
                let left = match column.align {
                    Align::Left => PAD,
                    Align::Centre => free / 2.0,
                };
                flow.text_at(x + left, y + self.size * 0.28, face, self.size, &line);
            }
            let corners =
                vec![(x, top), (x + width, top), (x + width, bottom), (x, bottom), (x, top)];
            flow.put(Item::Line { points: corners, width: 0.4, grey: 0.45 });
            x += width;
        }
        flow.gap(height);
    }
}
