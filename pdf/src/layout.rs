//! Text, tables and pages become boxes at points. Everything here is a value that tests can look at.

mod flow;
mod font;
mod table;

pub use flow::Flow;
pub(crate) use font::{BOLD, REGULAR, WIDE_BOLD, WIDE_REGULAR};
pub use font::{Face, Fonts};
pub use table::{Align, Column, Table};

/// A4, in points.
pub const PAGE: (f32, f32) = (595.28, 841.89);
/// The margins, in points: left, right, top, bottom.
pub const MARGIN: (f32, f32, f32, f32) = (51.0, 37.0, 40.0, 46.0);

/// What is drawn on one page; the origin is the lower left corner, units are points.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// In drawing order.
    pub items: Vec<Item>,
}

/// One thing on a page.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A run of text; `y` is the base line.
    Text {
        /// Left.
        x: f32,
        /// Base line.
        y: f32,
        size: f32,
        face: Face,
        /// Black is 0, white is 1.
        grey: f32,
        text: String,
    },
    /// A stroke through points.
    Line {
        points: Vec<(f32, f32)>,
        width: f32,
        /// Black is 0, white is 1.
        grey: f32,
    },
    /// A filled rectangle: left, bottom, width, height.
    Fill {
        /// Left, bottom, width, height.
        rect: (f32, f32, f32, f32),
        /// Black is 0, white is 1.
        grey: f32,
    },
    /// Dark squares of one size: a QR code.
    Squares {
        /// Lower left corners.
        corners: Vec<(f32, f32)>,
        side: f32,
    },
    /// A large word across the page, under everything.
    Stamp {
        /// The word.
        text: String,
    },
}

impl Item {
    /// The smallest box around it: left, bottom, right, top.
    pub fn bounds(&self, fonts: &Fonts) -> (f32, f32, f32, f32) {
        match self {
            Self::Text { x, y, size, face, text, .. } => {
                (*x, y - size * 0.25, x + fonts.width(*face, text, *size), y + size * 0.75)
            }
            Self::Line { points, .. } => around(points.iter().copied(), 0.0),
            Self::Fill { rect: (x, y, w, h), .. } => (*x, *y, x + w, y + h),
            Self::Squares { corners, side } => around(corners.iter().copied(), *side),
            Self::Stamp { .. } => (0.0, 0.0, PAGE.0, PAGE.1),
        }
    }
}

fn around(points: impl Iterator<Item = (f32, f32)>, side: f32) -> (f32, f32, f32, f32) {
    points.fold((f32::MAX, f32::MAX, f32::MIN, f32::MIN), |(l, b, r, t), (x, y)| {
        (l.min(x), b.min(y), r.max(x + side), t.max(y + side))
    })
}
