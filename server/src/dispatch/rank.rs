//! In which order people are asked.

use vyezd_core::model::PersonId;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub person: PersonId,
    pub name: String,
    pub phone: Option<String>,
    /// Orders that the person holds on that day, and open offers.
    pub load: i64,
    /// A phone of the person has synced at least once, so the app can ask.
    pub has_app: bool,
}

/// The fewest orders first; then by name, so that the same facts give the same answer.
pub fn rank(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    candidates.sort_by(|a, b| (a.load, &a.name, a.person).cmp(&(b.load, &b.name, b.person)));
    candidates
}
