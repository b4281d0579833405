//! In which order people are asked.

use vyezd_core::model::PersonId;

/// Somebody who may be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub person: PersonId,
    pub name: String,
    /// His telephone.
    pub phone: Option<String>,
    /// How many orders he holds on that day.
    pub load: i64,
    /// His phone was here: he can be asked in the app.
    pub has_app: bool,
}

/// The fewest orders first; then by name, so that the same facts give the same answer.
pub fn rank(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    candidates.sort_by(|a, b| (a.load, &a.name, a.person).cmp(&(b.load, &b.name, b.person)));
    candidates
}
