//! Batches that were not admitted: refused and quarantined ones, until a person decides.

use vyezd_core::frame::Batch;
use vyezd_core::model::ItemId;

use super::{HeldState, StoreError, Tx, on, record};
use crate::limits::phones::LISTED_AT_ONCE;

/// A batch that was not admitted.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct HeldBatch {
    pub item: Vec<u8>,
    /// The order that the batch names.
    pub order_id: Vec<u8>,
    /// The order's number, where there is such an order.
    pub number: Option<String>,
    /// Name of the phone's person, where the phone is known.
    pub person: Option<String>,
    pub at: i64,
    #[sqlx(try_from = "String")]
    pub state: HeldState,
    pub code: String,
    pub message: String,
    pub body: Vec<u8>,
    pub decided_by: Option<String>,
    pub decided_at: Option<i64>,
}

impl HeldBatch {
    pub fn batch(&self) -> Result<Batch, StoreError> {
        record(&self.body)
    }
}

const SELECT: &str = "select r.item, r.order_id, o.number, p.name as person, r.at, r.state, r.code,
        r.message, r.body, r.decided_by, r.decided_at
     from refused_batch r
     left join orders o on o.id = r.order_id
     left join device d on d.id = r.device_id
     left join person p on p.id = d.person_id";

impl Tx {
    /// Batches that wait for a decision, from behind the last one shown: quarantined before
    /// refused, each the newest first.
    pub async fn held_batches(
        &mut self,
        after: Option<ItemId>,
    ) -> Result<Vec<HeldBatch>, StoreError> {
        let last = match after {
            Some(after) => self.held_batch(after).await?,
            None => None,
        };
        let (state, at, item) = match last {
            Some(row) => (row.state.as_str().to_owned(), row.at, row.item),
            None if after.is_some() => return Ok(Vec::new()),
            None => (String::new(), i64::MAX, Vec::new()),
        };
        let sql = sqlx::AssertSqlSafe(format!(
            "{SELECT} where r.state in ('refused', 'quarantined')
                 and (r.state > $1 or (r.state = $1 and (r.at < $2 or (r.at = $2 and r.item > $3))))
             order by r.state, r.at desc, r.item limit $4"
        ));
        on!(self, |conn| sqlx::query_as(sql)
            .bind(state)
            .bind(at)
            .bind(item)
            .bind(LISTED_AT_ONCE)
            .fetch_all(conn)
            .await)
    }

    /// Batches decided since then, the newest first.
    pub async fn decided_batches(&mut self, since: i64) -> Result<Vec<HeldBatch>, StoreError> {
        let sql = sqlx::AssertSqlSafe(format!(
            "{SELECT} where r.state not in ('refused', 'quarantined') and r.decided_at > $1
             order by r.decided_at desc, r.item limit $2"
        ));
        on!(self, |conn| sqlx::query_as(sql).bind(since).bind(LISTED_AT_ONCE).fetch_all(conn).await)
    }

    pub async fn held_batch(&mut self, item: ItemId) -> Result<Option<HeldBatch>, StoreError> {
        let sql = sqlx::AssertSqlSafe(format!("{SELECT} where r.item = $1"));
        on!(self, |conn| sqlx::query_as(sql)
            .bind(item.bytes().as_slice())
            .fetch_optional(conn)
            .await)
    }

    /// Records a decision. `false`: the batch is not in the state that the decider saw.
    pub async fn decide_batch(
        &mut self,
        item: ItemId,
        (from, to): (HeldState, HeldState),
        who: &str,
        now: i64,
    ) -> Result<bool, StoreError> {
        let done: Option<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "update refused_batch set state = $3, decided_at = $4, decided_by = $5
             where item = $1 and state = $2 returning item"
        )
        .bind(item.bytes().as_slice())
        .bind(from.as_str())
        .bind(to.as_str())
        .bind(now)
        .bind(who)
        .fetch_optional(conn)
        .await)?;
        Ok(done.is_some())
    }
}
