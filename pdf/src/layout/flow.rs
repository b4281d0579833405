//! Text that flows down pages.

use super::{Face, Fonts, Item, MARGIN, PAGE, Page};

/// A writer that goes down the page and opens the next one by itself.
pub struct Flow {
    pub fonts: Fonts,
    pages: Vec<Page>,
    y: f32,
    footer: String,
    stamp: Option<String>,
}

/// The line height, as a multiple of the size.
pub(super) const LEADING: f32 = 1.25;

impl Flow {
    /// An empty flow; the footer stands on each page beside «стр. n из m».
    pub fn new(footer: &str, stamp: Option<&str>) -> Self {
        let mut flow = Self {
            fonts: Fonts::default(),
            pages: Vec::new(),
            y: 0.0,
            // The slanted word is for eyes; this one is found by a search too.
            footer: stamp.map_or_else(|| footer.to_owned(), |word| format!("{word} · {footer}")),
            stamp: stamp.map(str::to_owned),
        };
        flow.page_break();
        flow
    }

    /// The width between the margins.
    pub const fn width() -> f32 {
        PAGE.0 - MARGIN.0 - MARGIN.1
    }

    /// Where the next thing begins.
    pub const fn y(&self) -> f32 {
        self.y
    }

    /// Begins a page.
    pub fn page_break(&mut self) {
        let mut page = Page::default();
        page.items.extend(self.stamp.clone().map(|text| Item::Stamp { text }));
        self.pages.push(page);
        self.y = PAGE.1 - MARGIN.2;
    }

    /// Makes sure that `height` points are free on this page.
    pub fn need(&mut self, height: f32) {
        if self.y - height < MARGIN.3 {
            self.page_break();
        }
    }

    /// Leaves a gap.
    pub fn gap(&mut self, height: f32) {
        self.y -= height;
    }

    /// Puts a thing on the current page.
    pub fn put(&mut self, item: Item) {
        if let Some(page) = self.pages.last_mut() {
            page.items.push(item);
        }
    }

    /// Text at a place of the current page.
    pub fn text_at(&mut self, x: f32, y: f32, face: Face, size: f32, text: &str) {
        let text = self.fonts.printable(face, text);
        if !text.trim().is_empty() {
            self.put(Item::Text { x, y, size, face, grey: 0.0, text });
        }
    }

    /// A paragraph over the whole width.
    pub fn paragraph(&mut self, face: Face, size: f32, text: &str) {
        self.block(face, size, text, |_| 0.0);
    }

    /// A centred paragraph.
    pub fn centred(&mut self, face: Face, size: f32, text: &str) {
        self.block(face, size, text, |line_width| (Self::width() - line_width) / 2.0);
    }

    fn block(&mut self, face: Face, size: f32, text: &str, indent: impl Fn(f32) -> f32) {
        for line in self.fonts.lines(face, text, size, Self::width()) {
            self.need(size * LEADING);
            self.y -= size * LEADING;
            let x = MARGIN.0 + indent(self.fonts.width(face, &line, size));
            self.text_at(x, self.y + size * 0.28, face, size, &line);
        }
    }

    /// A name and a value: «Заводской номер: 0012».
    pub fn field(&mut self, name: &str, value: &str) {
        let (size, name_width) = (9.5, 168.0);
        let name_lines = self.fonts.lines(Face::Regular, name, size, name_width - 8.0);
        let value_lines = self.fonts.lines(Face::Bold, value, size, Self::width() - name_width);
        let lines = name_lines.len().max(value_lines.len());
        self.need(lines as f32 * size * LEADING);
        for at in 0..lines {
            self.y -= size * LEADING;
            let base = self.y + size * 0.28;
            if let Some(line) = name_lines.get(at) {
                self.text_at(MARGIN.0, base, Face::Regular, size, line);
            }
            if let Some(line) = value_lines.get(at) {
                self.text_at(MARGIN.0 + name_width, base, Face::Bold, size, line);
            }
        }
    }

    /// A thin line across the page.
    pub fn rule(&mut self) {
        self.gap(3.0);
        let y = self.y;
        let points = vec![(MARGIN.0, y), (MARGIN.0 + Self::width(), y)];
        self.put(Item::Line { points, width: 0.6, grey: 0.3 });
        self.gap(3.0);
    }

    /// The pages, each with its footer.
    pub fn finish(mut self) -> Vec<Page> {
        let total = self.pages.len();
        for (at, page) in self.pages.iter_mut().enumerate() {
            let number = format!("стр. {} из {total}", at + 1);
            let size = 8.0;
            let right = PAGE.0 - MARGIN.1 - self.fonts.width(Face::Regular, &number, size);
            let footer = self.fonts.printable(Face::Regular, &self.footer);
            let footer =
                self.fonts.lines(Face::Regular, &footer, size, Self::width() - 80.0).swap_remove(0);
            for (x, text) in [(MARGIN.0, footer), (right, number)] {
                if !text.is_empty() {
                    let y = MARGIN.3 - 18.0;
                    page.items.push(Item::Text {
                        x,
                        y,
                        size,
                        face: Face::Regular,
                        grey: 0.35,
                        text,
                    });
                }
            }
        }
        self.pages
    }
}
