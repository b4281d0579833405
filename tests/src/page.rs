//! An order as the office sees it: the fields that stories ask for, typed. A field that is renamed or gone breaks them
//! all at once, here.

use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Page {
    pub id: String,
    pub number: String,
    pub version: u64,
    pub state: String,
    pub holder: Option<String>,
    /// `YYYY-MM-DD`.
    pub date: String,
    pub window: String,
    /// `51.533120, 46.034450`; empty where nobody knows.
    pub place: String,
    pub client_code: String,
    pub expected: Vec<Value>,
    pub offers: Vec<Offer>,
    pub history: Vec<Line>,
    pub papers: Vec<Paper>,
    pub sheets: Vec<Sheet>,
    pub refused: Vec<Value>,
    pub photos: Vec<Value>,
    pub before_visit: Vec<Value>,
    pub remarks: Vec<Value>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Offer {
    pub person: String,
    pub state: String,
    pub delivered_at: Option<i64>,
    pub seen_at: Option<i64>,
    pub answered_at: Option<i64>,
    pub answered_by: Option<String>,
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Line {
    pub at: i64,
    pub who: String,
    pub what: String,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Paper {
    pub id: String,
    pub kind: String,
    pub number: String,
    pub file_name: String,
    pub bytes: i64,
    pub void: bool,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Sheet {
    pub id: String,
    pub state: String,
    pub problem: String,
    pub link: String,
    pub code_right: Option<bool>,
    pub typed_by: Option<String>,
    pub instruments: Vec<Value>,
}

impl Page {
    /// Name of the holder; empty where nobody holds the order.
    pub fn holder(&self) -> &str {
        self.holder.as_deref().unwrap_or_default()
    }

    /// Whether a line of the history says so.
    pub fn says(&self, words: &str) -> bool {
        self.history.iter().any(|line| line.what.contains(words))
    }

    /// Texts of the history's lines, one under another.
    pub fn lines(&self) -> String {
        self.history.iter().map(|line| line.what.as_str()).collect::<Vec<_>>().join("\n")
    }

    /// The kinds of the papers, sorted.
    pub fn kinds(&self) -> Vec<&str> {
        let mut kinds: Vec<&str> = self.papers.iter().map(|paper| paper.kind.as_str()).collect();
        kinds.sort_unstable();
        kinds
    }
}
