//! The office's list of orders: filters, pages behind an order, counts, the districts for the filter.

use vyezd_core::model::LegalDate;

use super::orders::Raw;
use super::{OrderRow, OrderState, SearchWord, StoreError, Tx, on};
use crate::limits::office::DISTRICTS_SHOWN_MAX;

#[derive(Debug, Clone, Default)]
pub struct OrderFilter {
    /// Of one of these states; empty for any.
    pub states: Vec<OrderState>,
    pub urgency: Option<String>,
    /// Of this district, folded.
    pub district_key: Option<String>,
    pub from: Option<LegalDate>,
    /// To this day, included.
    pub to: Option<LegalDate>,
    /// Words in number, client, address, telephone or serial number.
    pub search: Vec<SearchWord>,
    /// The newest day first.
    pub newest_first: bool,
    /// Behind this order; none from the beginning.
    pub after: Option<OrderPlace>,
    pub limit: i64,
}

/// Place of an order in the list: its page goes on behind it, whatever has come or gone meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderPlace {
    pub date: LegalDate,
    /// Minute of the day at which the window begins.
    pub window_from: u16,
    pub number: String,
}

impl Tx {
    /// The orders asked for, by day and window.
    pub async fn orders(&mut self, f: &OrderFilter) -> Result<Vec<OrderRow>, StoreError> {
        let (searched, words) = search_condition(&f.search, 9);
        let (way, behind) = if f.newest_first { ("desc", "<") } else { ("asc", ">") };
        let sql = format!(
            "select o.card, o.state, o.created_at, o.dispatch_started_at,
                    a.person_id as holder, p.name as holder_name,
                    a.visit_id as held, o.moved_at, o.moved_by
             from orders o
             left join assignment a on a.order_id = o.id and a.until is null
             left join person p on p.id = a.person_id
             where ($1 = '' or $1 like '%,' || o.state || ',%')
               and ($2 is null or o.urgency = $2)
               and ($3 is null or o.district_key = $3)
               and ($4 is null or o.date >= $4)
               and ($5 is null or o.date <= $5)
               and ($6 is null or (o.date, o.window_from, o.number) {behind} ($6, $7, $8)){searched}
             order by o.date {way}, o.window_from {way}, o.number {way}
             limit $9"
        );
        let after = f.after.as_ref();
        let raw: Vec<Raw> = on!(self, |conn| {
            let mut query = sqlx::query_as(sqlx::AssertSqlSafe(sql))
                .bind(states(f))
                .bind(&f.urgency)
                .bind(&f.district_key)
                .bind(f.from.map(|date| date.to_string()))
                .bind(f.to.map(|date| date.to_string()))
                .bind(after.map(|of| of.date.to_string()))
                .bind(after.map(|of| i64::from(of.window_from)))
                .bind(after.map(|of| of.number.clone()))
                .bind(f.limit);
            for word in words {
                query = query.bind(word);
            }
            query.fetch_all(conn).await
        })?;
        raw.into_iter().map(OrderRow::try_from).collect()
    }

    /// How many orders there are in each state, under the filter without its states.
    pub async fn count_orders(
        &mut self,
        f: &OrderFilter,
    ) -> Result<Vec<(String, i64)>, StoreError> {
        let (searched, words) = search_condition(&f.search, 4);
        let sql = format!(
            "select o.state, count(*) from orders o
             where ($1 is null or o.urgency = $1)
               and ($2 is null or o.district_key = $2)
               and ($3 is null or o.date >= $3)
               and ($4 is null or o.date <= $4){searched}
             group by o.state order by o.state"
        );
        on!(self, |conn| {
            let mut query = sqlx::query_as(sqlx::AssertSqlSafe(sql))
                .bind(&f.urgency)
                .bind(&f.district_key)
                .bind(f.from.map(|date| date.to_string()))
                .bind(f.to.map(|date| date.to_string()));
            for word in words {
                query = query.bind(word);
            }
            query.fetch_all(conn).await
        })
    }

    /// The districts of orders and of people who work, the first [`DISTRICTS_SHOWN_MAX`].
    pub async fn districts(&mut self) -> Result<Vec<String>, StoreError> {
        on!(self, |conn| sqlx::query_scalar(
            "select district from orders
             union
             select d.district from person_district d
             join person p on p.id = d.person_id and p.active
             order by 1 limit $1"
        )
        .bind(DISTRICTS_SHOWN_MAX)
        .fetch_all(conn)
        .await)
    }
}

fn states(f: &OrderFilter) -> String {
    let codes: String = f.states.iter().map(|state| format!("{},", state.code())).collect();
    if codes.is_empty() { codes } else { format!(",{codes}") }
}

/// The conditions of all words, their marks numbered after `after`, and what is bound to them.
fn search_condition(words: &[SearchWord], after: usize) -> (String, Vec<String>) {
    let (mut sql, mut bound) = (String::new(), Vec::new());
    for word in words {
        let (condition, texts) = word.condition(after + bound.len());
        sql.push_str(&format!(" and {condition}"));
        bound.extend(texts);
    }
    (sql, bound)
}
