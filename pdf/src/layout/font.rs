//! Widths of glyphs, and what to do with characters that the fonts do not have.

use ttf_parser::Face as Ttf;
use unicode_normalization::UnicodeNormalization as _;

/// The two faces. Both are cut to what the forms need (`scripts/cut-fonts.py`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Face {
    /// For text.
    Regular,
    /// For headings and key values.
    Bold,
}

pub(crate) const REGULAR: &[u8] = include_bytes!("../../fonts/VyezdSans-Regular.ttf");
pub(crate) const BOLD: &[u8] = include_bytes!("../../fonts/VyezdSans-Bold.ttf");
/// The same with the letters of the languages of Russia's peoples and of Latin alphabets; their widths are the same.
pub(crate) const WIDE_REGULAR: &[u8] = include_bytes!("../../fonts/VyezdSansWide-Regular.ttf");
pub(crate) const WIDE_BOLD: &[u8] = include_bytes!("../../fonts/VyezdSansWide-Bold.ttf");

/// The parsed faces.
pub struct Fonts {
    regular: Ttf<'static>,
    bold: Ttf<'static>,
    narrow: Ttf<'static>,
}

impl Default for Fonts {
    fn default() -> Self {
        let parse = |bytes| Ttf::parse(bytes, 0).expect("the embedded fonts are parsed by a test");
        Self { regular: parse(WIDE_REGULAR), bold: parse(WIDE_BOLD), narrow: parse(REGULAR) }
    }
}

impl Fonts {
    const fn face(&self, face: Face) -> &Ttf<'static> {
        match face {
            Face::Regular => &self.regular,
            Face::Bold => &self.bold,
        }
    }

    /// Whether a text needs the wide faces, which make a paper 30 kB larger.
    pub fn is_wide(&self, text: &str) -> bool {
        text.chars().any(|c| self.narrow.glyph_index(c).is_none())
    }

    /// The width of a text, in points.
    pub fn width(&self, face: Face, text: &str, size: f32) -> f32 {
        let face = self.face(face);
        let units: u32 = text
            .chars()
            .filter_map(|c| face.glyph_index(c))
            .filter_map(|glyph| face.glyph_hor_advance(glyph))
            .map(u32::from)
            .sum();
        units as f32 * size / f32::from(face.units_per_em())
    }

    /// The text with letters put together, and signs that the face lacks replaced by their nearest kin; what has none
    /// by «?» (never on a paper: `vyezd_core::texts::unprintable` is asked before), controls by a blank.
    pub fn printable(&self, face: Face, text: &str) -> String {
        let face = self.face(face);
        text.nfc()
            .map(|c| match c {
                '\u{2009}' | '\u{202f}' => '\u{a0}',
                '\u{2010}' => '-',
                '\u{2012}' => '–',
                '\u{201f}' => '“',
                '′' => '’',
                '″' => '”',
                c if c.is_control() => ' ',
                c if face.glyph_index(c).is_some() => c,
                _ => '?',
            })
            .collect()
    }

    /// Breaks a text into lines that are not wider than `width`; a word that is too long is cut.
    pub fn lines(&self, face: Face, text: &str, size: f32, width: f32) -> Vec<String> {
        let mut lines = vec![String::new()];
        for word in self.printable(face, text).split(' ').filter(|word| !word.is_empty()) {
            for piece in self.pieces(face, word, size, width) {
                let line = lines.last_mut().expect("there is always a line");
                let tried = if line.is_empty() { piece.clone() } else { format!("{line} {piece}") };
                if line.is_empty() || self.width(face, &tried, size) <= width {
                    *line = tried;
                } else {
                    lines.push(piece);
                }
            }
        }
        lines
    }

    fn pieces(&self, face: Face, word: &str, size: f32, width: f32) -> Vec<String> {
        if self.width(face, word, size) <= width {
            return vec![word.to_owned()];
        }
        let mut pieces = vec![String::new()];
        for c in word.chars() {
            let piece = pieces.last_mut().expect("there is always a piece");
            let mut tried = piece.clone();
            tried.push(c);
            if piece.is_empty() || self.width(face, &tried, size) <= width {
                *piece = tried;
            } else {
                pieces.push(c.to_string());
            }
        }
        pieces
    }
}
