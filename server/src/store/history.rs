//! The history of an order, for people.

use vyezd_core::model::{OrderId, Timestamp};
use vyezd_core::texts::lines;

use super::{LineKind, StoreError, Tx, on};
use crate::limits::phones::LINES_OF_A_PERSON_MAX;

/// A line of an order's history.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct HistoryRow {
    pub at: i64,
    /// A name, or «система».
    pub who: String,
    #[sqlx(try_from = "String")]
    pub kind: LineKind,
    /// A sentence in Russian.
    pub what: String,
}

#[derive(Debug, Clone, Copy)]
pub enum By<'a> {
    System,
    /// A person, by name.
    Person(&'a str),
}

impl<'a> By<'a> {
    const fn name(self) -> &'a str {
        match self {
            Self::System => "система",
            Self::Person(name) => name,
        }
    }
}

impl Tx {
    pub async fn note(
        &mut self,
        order: OrderId,
        now: Timestamp,
        by: By<'_>,
        what: &str,
    ) -> Result<(), StoreError> {
        self.note_act(order, now, by, (LineKind::Note, what)).await
    }

    /// Writes a line of a kind that is looked up later.
    pub async fn note_act(
        &mut self,
        order: OrderId,
        now: Timestamp,
        by: By<'_>,
        (kind, what): (LineKind, &str),
    ) -> Result<(), StoreError> {
        let seq = self.next_seq().await?;
        on!(self, |conn| {
            sqlx::query(
            "insert into history (seq, order_id, at, who, what, kind) values ($1, $2, $3, $4, $5, $6)"
        )
        .bind(seq)
        .bind(order.bytes().as_slice())
        .bind(now.0)
        .bind(lines(by.name()))
        .bind(lines(what))
        .bind(kind.as_str())
        .execute(conn)
        .await
        .map(drop)
        })
    }

    /// Writes a line about something that a phone sent, unless the person's phones left
    /// [`LINES_OF_A_PERSON_MAX`] there already.
    pub async fn note_of_phone(
        &mut self,
        order: OrderId,
        now: Timestamp,
        who: &str,
        what: &str,
    ) -> Result<(), StoreError> {
        let there: i64 = on!(&mut *self, |conn| sqlx::query_scalar(
            "select count(*) from history where order_id = $1 and who = $2"
        )
        .bind(order.bytes().as_slice())
        .bind(lines(who))
        .fetch_one(conn)
        .await)?;
        if there >= LINES_OF_A_PERSON_MAX {
            return Ok(());
        }
        self.note(order, now, By::Person(who), what).await
    }

    /// How many lines of an order begin so, since an instant.
    pub async fn lines_since(
        &mut self,
        order: OrderId,
        begins: &str,
        since: i64,
    ) -> Result<i64, StoreError> {
        on!(self, |conn| sqlx::query_scalar(
            "select count(*) from history where order_id = $1 and at >= $2 and what like $3"
        )
        .bind(order.bytes().as_slice())
        .bind(since)
        .bind(format!("{begins}%"))
        .fetch_one(conn)
        .await)
    }

    /// How many lines of a kind an order has.
    pub async fn lines_of_kind(
        &mut self,
        order: OrderId,
        kind: LineKind,
    ) -> Result<i64, StoreError> {
        on!(self, |conn| sqlx::query_scalar(
            "select count(*) from history where order_id = $1 and kind = $2"
        )
        .bind(order.bytes().as_slice())
        .bind(kind.as_str())
        .fetch_one(conn)
        .await)
    }

    /// The last two lines about acts of the office that close an order or take it from its performer, or about ways
    /// back, the newest first.
    pub async fn last_acts(&mut self, order: OrderId) -> Result<Vec<HistoryRow>, StoreError> {
        on!(self, |conn| sqlx::query_as(
            "select at, who, what, kind from history
             where order_id = $1
               and kind in ('cancelled', 'taken_away', 'returned', 'import_undone')
             order by seq desc limit 2"
        )
        .bind(order.bytes().as_slice())
        .fetch_all(conn)
        .await)
    }

    /// The history of an order, oldest first.
    pub async fn history(&mut self, order: OrderId) -> Result<Vec<HistoryRow>, StoreError> {
        on!(self, |conn| sqlx::query_as(
            "select at, who, what, kind from history where order_id = $1 order by seq"
        )
        .bind(order.bytes().as_slice())
        .fetch_all(conn)
        .await)
    }
}
