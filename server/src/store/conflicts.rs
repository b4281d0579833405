//! Conflicts and their decisions.

use vyezd_core::model::{ItemId, OrderId};

use super::{ConflictKind, StoreError, Tx, on};
use crate::limits::phones::LISTED_AT_ONCE;

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ConflictRow {
    pub id: Vec<u8>,
    pub order_id: Vec<u8>,
    /// The order's number.
    pub number: String,
    #[sqlx(try_from = "String")]
    pub kind: ConflictKind,
    pub subject: String,
    /// Choices, JSON.
    pub options: String,
    pub at: i64,
    /// Code of the choice.
    pub choice: Option<String>,
    pub decided_by: Option<String>,
    pub decided_at: Option<i64>,
    /// Values that an undo puts back, JSON.
    pub before: Option<String>,
    /// Time at which the contradiction was gone without a decision.
    pub gone_at: Option<i64>,
}

const SELECT: &str =
    "select c.id, c.order_id, o.number, c.kind, c.subject, c.options, c.at, c.choice,
        c.decided_by, c.decided_at, c.before, c.gone_at
     from conflict c join orders o on o.id = c.order_id";

impl Tx {
    /// Writes a conflict down. `true`: it is new, or had gone away.
    pub async fn put_conflict(
        &mut self,
        id: ItemId,
        (order, kind, subject): (OrderId, ConflictKind, &str),
        options: &str,
        now: i64,
    ) -> Result<bool, StoreError> {
        let again: Option<Vec<u8>> = on!(&mut *self, |conn| sqlx::query_scalar(
            "update conflict set gone_at = null, at = $4, options = $5
             where order_id = $1 and kind = $2 and subject = $3 and gone_at is not null
                 and choice is null
             returning id"
        )
        .bind(order.bytes().as_slice())
        .bind(kind.as_str())
        .bind(subject)
        .bind(now)
        .bind(options)
        .fetch_optional(conn)
        .await)?;
        if again.is_some() {
            return Ok(true);
        }
        let made: Option<Vec<u8>> = on!(&mut *self, |conn| sqlx::query_scalar(
            "insert into conflict (id, order_id, kind, subject, options, at)
             values ($1, $2, $3, $4, $5, $6) on conflict (order_id, kind, subject) do nothing
             returning id"
        )
        .bind(id.bytes().as_slice())
        .bind(order.bytes().as_slice())
        .bind(kind.as_str())
        .bind(subject)
        .bind(options)
        .bind(now)
        .fetch_optional(conn)
        .await)?;
        if made.is_none() {
            // More choices may be known by now.
            on!(self, |conn| sqlx::query(
                "update conflict set options = $4
                 where order_id = $1 and kind = $2 and subject = $3 and choice is null"
            )
            .bind(order.bytes().as_slice())
            .bind(kind.as_str())
            .bind(subject)
            .bind(options)
            .execute(conn)
            .await
            .map(drop))?;
        }
        Ok(made.is_some())
    }

    pub async fn conflicts_of(&mut self, order: OrderId) -> Result<Vec<ConflictRow>, StoreError> {
        let sql =
            sqlx::AssertSqlSafe(format!("{SELECT} where c.order_id = $1 order by c.at, c.id"));
        on!(self, |conn| sqlx::query_as(sql).bind(order.bytes().as_slice()).fetch_all(conn).await)
    }

    /// Conflicts that wait for a decision, oldest first, from behind the last one shown.
    pub async fn conflicts(
        &mut self,
        after: Option<ItemId>,
    ) -> Result<Vec<ConflictRow>, StoreError> {
        let (at, last) = match after {
            Some(after) => {
                let row = self.conflict(after).await?;
                (row.map_or(i64::MAX, |row| row.at), after.bytes().to_vec())
            }
            None => (i64::MIN, Vec::new()),
        };
        let sql = sqlx::AssertSqlSafe(format!(
            "{SELECT} where c.gone_at is null and c.choice is null
                 and (c.at > $1 or (c.at = $1 and c.id > $2))
             order by c.at, c.id limit $3"
        ));
        on!(self, |conn| sqlx::query_as(sql)
            .bind(at)
            .bind(last)
            .bind(LISTED_AT_ONCE)
            .fetch_all(conn)
            .await)
    }

    /// Conflicts decided since then, the newest first.
    pub async fn decided_conflicts(&mut self, since: i64) -> Result<Vec<ConflictRow>, StoreError> {
        let sql = sqlx::AssertSqlSafe(format!(
            "{SELECT} where c.gone_at is null and c.choice is not null and c.decided_at > $1
             order by c.decided_at desc, c.id limit $2"
        ));
        on!(self, |conn| sqlx::query_as(sql).bind(since).bind(LISTED_AT_ONCE).fetch_all(conn).await)
    }

    /// Whether a question of a kind waits about an order.
    pub async fn is_asked(
        &mut self,
        order: OrderId,
        kind: ConflictKind,
    ) -> Result<bool, StoreError> {
        let open: i64 = on!(self, |conn| sqlx::query_scalar(
            "select count(*) from conflict
             where order_id = $1 and kind = $2 and choice is null and gone_at is null"
        )
        .bind(order.bytes().as_slice())
        .bind(kind.as_str())
        .fetch_one(conn)
        .await)?;
        Ok(open > 0)
    }

    /// How much waits for a person: questions, work that was not taken, incidents.
    pub async fn waiting_for_people(&mut self) -> Result<i64, StoreError> {
        on!(self, |conn| sqlx::query_scalar(
            "select (select count(*) from conflict where choice is null and gone_at is null)
                  + (select count(*) from refused_batch where state in ('refused', 'quarantined'))
                  + (select count(*) from incident where settled_at is null)"
        )
        .fetch_one(conn)
        .await)
    }

    pub async fn conflict(&mut self, id: ItemId) -> Result<Option<ConflictRow>, StoreError> {
        let sql = sqlx::AssertSqlSafe(format!("{SELECT} where c.id = $1"));
        on!(self, |conn| sqlx::query_as(sql).bind(id.bytes().as_slice()).fetch_optional(conn).await)
    }

    /// Decides, or takes a decision back. `false`: somebody was faster.
    pub async fn decide_conflict(
        &mut self,
        id: ItemId,
        (from, to): (Option<&str>, Option<&str>),
        (who, before): (&str, Option<&str>),
        now: i64,
    ) -> Result<bool, StoreError> {
        let done: Option<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "update conflict set choice = $3, decided_by = $4, decided_at = $5, before = $6
             where id = $1 and coalesce(choice, '') = $2 and gone_at is null returning id"
        )
        .bind(id.bytes().as_slice())
        .bind(from.unwrap_or_default())
        .bind(to)
        .bind(who)
        .bind(now)
        .bind(before)
        .fetch_optional(conn)
        .await)?;
        Ok(done.is_some())
    }

    /// A decided question is asked again.
    pub async fn reopen_conflict(&mut self, id: &[u8]) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "update conflict set choice = null, decided_by = null, decided_at = null, before = null
             where id = $1"
        )
        .bind(id)
        .execute(conn)
        .await
        .map(drop))
    }

    /// The contradiction is gone without a decision.
    pub async fn conflict_gone(&mut self, id: &[u8], at: Option<i64>) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query("update conflict set gone_at = $2 where id = $1")
            .bind(id)
            .bind(at)
            .execute(conn)
            .await
            .map(drop))
    }

    /// Of an order's questions that went away by themselves the newest are remembered.
    pub async fn forget_gone_conflicts(
        &mut self,
        order: OrderId,
        most: i64,
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "delete from conflict where order_id = $1 and gone_at is not null and choice is null
                 and id not in (select id from conflict where order_id = $1
                     order by case when gone_at is null then 0 else 1 end, gone_at desc, id desc
                     limit $2)"
        )
        .bind(order.bytes().as_slice())
        .bind(most)
        .execute(conn)
        .await
        .map(drop))
    }

    /// The office moves an order; nothing takes that back.
    pub async fn set_moved(
        &mut self,
        order: OrderId,
        by: Option<(i64, &str)>,
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "update orders set moved_at = $2, moved_by = $3 where id = $1"
        )
        .bind(order.bytes().as_slice())
        .bind(by.map(|(at, _)| at))
        .bind(by.map(|(_, who)| who))
        .execute(conn)
        .await
        .map(drop))
    }
}
