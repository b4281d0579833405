//! The office's list of orders: filters, pages behind an order, counts, the districts for the filter.

use vyezd_core::model::{LegalDate, fold};

use super::order_search::condition;
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

/// A value of a statement.
enum Bound {
    Text(String),
    Number(i64),
}

/// The conditions of a filter that are there, and what is bound to their marks.
#[derive(Default)]
struct Where {
    sql: String,
    bound: Vec<Bound>,
}

impl Where {
    /// Adds a condition; `{}` are its marks.
    fn and(&mut self, condition: &str, values: impl IntoIterator<Item = Bound>) {
        self.sql.push_str(" and ");
        let mut pieces = condition.split("{}");
        self.sql.push_str(pieces.next().unwrap_or_default());
        for (value, piece) in values.into_iter().zip(pieces) {
            self.bound.push(value);
            self.sql.push_str(&format!("${}{piece}", self.bound.len()));
        }
    }

    /// All of a filter but its states and its place.
    fn of(f: &OrderFilter, has_index: bool) -> Self {
        let text = |text: &String| [Bound::Text(text.clone())];
        let mut all = Self::default();
        if let Some(urgency) = &f.urgency {
            all.and("o.urgency = {}", text(urgency));
        }
        if let Some(district) = &f.district_key {
            all.and("o.district_key = {}", text(district));
        }
        if let Some(from) = &f.from {
            all.and("o.date >= {}", text(&from.to_string()));
        }
        if let Some(to) = &f.to {
            all.and("o.date <= {}", text(&to.to_string()));
        }
        let (sql, texts) = condition(&f.search, has_index, all.bound.len());
        all.sql.push_str(&sql);
        all.bound.extend(texts.into_iter().map(Bound::Text));
        all
    }
}

/// The ids of a page. Each state is read in the order of the list from an index of its own, and the pages of the
/// states make one: orders that are done, nearly all of them, are not passed through on the way to the open ones.
fn page(f: &OrderFilter, has_index: bool) -> Where {
    let (way, behind) = if f.newest_first { ("desc", "<") } else { ("asc", ">") };
    let mut all = Where::of(f, has_index);
    if let Some(OrderPlace { date, window_from, number }) = &f.after {
        let place = [
            Bound::Text(date.to_string()),
            Bound::Number(i64::from(*window_from)),
            Bound::Text(number.clone()),
        ];
        all.and(&format!("(o.date, o.window_from, o.number) {behind} ({{}}, {{}}, {{}})"), place);
    }
    let order = |of: &str| format!("{of}date {way}, {of}window_from {way}, {of}number {way}");
    let limit = f.limit;
    let shared = all.sql;
    let of = |state: &str| {
        let sort = order("o.");
        format!(
            "select o.id, o.date, o.window_from, o.number from orders o where {state}{shared}
             order by {sort} limit {limit}"
        )
    };
    let states = f.states.iter().map(|state| format!("o.state = '{}'", state.code()));
    let sql = match f.states.len() {
        0 => of("1 = 1"),
        _ => {
            let parts: Vec<String> =
                states.map(|state| format!("select * from ({}) as of_state", of(&state))).collect();
            let (all, sort) = (parts.join(" union all "), order(""));
            format!("select * from ({all}) as of_all order by {sort} limit {limit}")
        }
    };
    Where { sql, bound: all.bound }
}

impl Tx {
    /// The orders asked for, by day and window.
    pub async fn orders(&mut self, f: &OrderFilter) -> Result<Vec<OrderRow>, StoreError> {
        let Where { sql, bound } = page(f, self.is_alone());
        let way = if f.newest_first { "desc" } else { "asc" };
        let sql = format!(
            "select o.card, o.state, o.created_at, o.dispatch_started_at, o.offers_from,
                    a.person_id as holder, p.name as holder_name,
                    a.visit_id as held, o.moved_at, o.moved_by
             from ({sql}) as one
             join orders o on o.id = one.id
             left join assignment a on a.order_id = o.id and a.until is null
             left join person p on p.id = a.person_id
             order by one.date {way}, one.window_from {way}, one.number {way}"
        );
        let raw: Vec<Raw> = on!(self, |conn| {
            let mut query = sqlx::query_as(sqlx::AssertSqlSafe(sql));
            for value in bound {
                query = match value {
                    Bound::Text(text) => query.bind(text),
                    Bound::Number(number) => query.bind(number),
                };
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
        let Where { sql, bound } = Where::of(f, self.is_alone());
        let sql = format!(
            "select o.state, count(*) from orders o where 1 = 1{sql} group by o.state order by o.state"
        );
        on!(self, |conn| {
            let mut query = sqlx::query_as(sqlx::AssertSqlSafe(sql));
            for value in bound {
                query = match value {
                    Bound::Text(text) => query.bind(text),
                    Bound::Number(number) => query.bind(number),
                };
            }
            query.fetch_all(conn).await
        })
    }

    /// The districts of orders and of people who work, each once in whatever case, the first
    /// [`DISTRICTS_SHOWN_MAX`]. One step of an index a district: the orders are not looked through.
    pub async fn districts(&mut self) -> Result<Vec<String>, StoreError> {
        let mut found: Vec<String> = on!(&mut *self, |conn| sqlx::query_scalar(
            "with recursive step (key) as (
                 select min(district_key) from orders
                 union all
                 select (select min(o.district_key) from orders o where o.district_key > step.key)
                 from step where step.key is not null)
             select (select o.district from orders o where o.district_key = step.key limit 1)
             from step where step.key is not null limit $1"
        )
        .bind(DISTRICTS_SHOWN_MAX)
        .fetch_all(conn)
        .await)?;
        let of_people: Vec<String> = on!(self, |conn| sqlx::query_scalar(
            "select distinct d.district from person_district d
             join person p on p.id = d.person_id and p.active order by 1 limit $1"
        )
        .bind(DISTRICTS_SHOWN_MAX)
        .fetch_all(conn)
        .await)?;
        for district in of_people {
            if found.iter().all(|known| fold(known) != fold(&district)) {
                found.push(district);
            }
        }
        found.sort_unstable();
        found.truncate(DISTRICTS_SHOWN_MAX as usize);
        Ok(found)
    }
}
