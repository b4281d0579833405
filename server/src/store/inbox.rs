//! Orders and phones that wait for a person of the office.

use vyezd_core::model::{Card, DeviceId, LegalDate, OrderId, PersonId, Window};

use super::orders::Raw;
use super::{OrderRow, StoreError, Tx, id, on, record};
use crate::limits::office::INBOX_MAX;

/// An order of the inbox.
#[derive(Debug, Clone)]
pub struct InboxOrder {
    pub row: OrderRow,
    /// How the last visit ended, as the history says it; empty before the first.
    pub ending: String,
}

/// A person with visits today whose phones have been silent.
#[derive(Debug, Clone)]
pub struct SilentPerson {
    pub person: PersonId,
    pub name: String,
    pub phone: Option<String>,
    /// Unix ms; absent where no phone ever spoke.
    pub seen_at: Option<i64>,
    pub orders: i64,
    pub devices: Vec<DeviceId>,
}

/// The orders that wait, on a day: nobody took it; its new day has come; the visit did not take place; its day is
/// over. Emergencies come first, then the earliest day.
const WAITING: &str = "
    from orders o
    left join assignment a on a.order_id = o.id and a.until is null
    left join person p on p.id = a.person_id
    where (o.state = 'nobody'
        or (o.state = 'postponed' and o.date <= $1)
        or (o.state = 'accepted' and o.date < $1)
        or (o.state = 'not_done' and not exists
            (select 1 from inbox_settled s where s.order_id = o.id and s.kind = o.state)))";

/// Phones of people who hold orders of the day, silent since an instant.
const SILENT: &str = "
    from person p
    join assignment a on a.person_id = p.id and a.until is null
    join orders o on o.id = a.order_id and o.state = 'accepted' and o.date = $1
    where not exists (select 1 from device d
        where d.person_id = p.id and d.revoked_at is null and d.seen_at >= $2)";

impl Tx {
    /// Orders that wait for a person, at most [`INBOX_MAX`].
    pub async fn inbox_orders(&mut self, today: LegalDate) -> Result<Vec<InboxOrder>, StoreError> {
        let sql = format!(
            "select o.card, o.state, o.created_at, o.dispatch_started_at, o.offers_from,
                    a.person_id as holder, p.name as holder_name,
                    a.visit_id as held, o.moved_at, o.moved_by {WAITING}
             order by case when o.state = 'nobody' and o.urgency = 'emergency' then 0 else 1 end,
                      o.date, o.window_from, o.number limit $2"
        );
        let raw: Vec<Raw> = on!(&mut *self, |conn| sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(today.to_string())
            .bind(INBOX_MAX)
            .fetch_all(conn)
            .await)?;
        let mut orders = Vec::with_capacity(raw.len());
        for raw in raw {
            let row = OrderRow::try_from(raw)?;
            let ending = self.last_ending(row.card.id).await?;
            orders.push(InboxOrder { row, ending });
        }
        Ok(orders)
    }

    async fn last_ending(&mut self, order: OrderId) -> Result<String, StoreError> {
        let line: Option<String> = on!(self, |conn| sqlx::query_scalar(
            "select what from history where order_id = $1 and what like 'Визит: %'
             order by seq desc limit 1"
        )
        .bind(order.bytes().as_slice())
        .fetch_optional(conn)
        .await)?;
        Ok(line.unwrap_or_default().trim_start_matches("Визит: ").to_owned())
    }

    /// People with visits today whose phones have not spoken since an instant, as far as the database knows, at most
    /// [`INBOX_MAX`].
    pub async fn silent_people(
        &mut self,
        today: LegalDate,
        since: i64,
    ) -> Result<Vec<SilentPerson>, StoreError> {
        type Raw = (Vec<u8>, String, Option<String>, Option<i64>, i64);
        let sql = format!(
            "select p.id, p.name, p.phone,
                    (select max(d.seen_at) from device d
                     where d.person_id = p.id and d.revoked_at is null), count(*) {SILENT}
             group by p.id, p.name, p.phone order by p.name limit $3"
        );
        let raw: Vec<Raw> = on!(&mut *self, |conn| sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(today.to_string())
            .bind(since)
            .bind(INBOX_MAX)
            .fetch_all(conn)
            .await)?;
        let mut people = Vec::with_capacity(raw.len());
        for (person, name, phone, seen_at, orders) in raw {
            let person = id(&person, PersonId::from_bytes)?;
            let devices = self.open_devices(person).await?;
            people.push(SilentPerson { person, name, phone, seen_at, orders, devices });
        }
        Ok(people)
    }

    async fn open_devices(&mut self, person: PersonId) -> Result<Vec<DeviceId>, StoreError> {
        let ids: Vec<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "select id from device where person_id = $1 and revoked_at is null"
        )
        .bind(person.bytes().as_slice())
        .fetch_all(conn)
        .await)?;
        ids.iter().map(|bytes| id(bytes, DeviceId::from_bytes)).collect()
    }

    /// How many orders wait.
    pub async fn inbox_count(&mut self, today: LegalDate) -> Result<i64, StoreError> {
        let sql = format!("select count(*) {WAITING}");
        on!(self, |conn| sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .bind(today.to_string())
            .fetch_one(conn)
            .await)
    }

    /// How many emergencies nobody took.
    pub async fn emergencies_of_nobody(&mut self) -> Result<i64, StoreError> {
        on!(self, |conn| sqlx::query_scalar(
            "select count(*) from orders where state = 'nobody' and urgency = 'emergency'"
        )
        .fetch_one(conn)
        .await)
    }

    /// Windows of the orders that a person holds on a day.
    pub async fn windows_on(
        &mut self,
        person: PersonId,
        date: LegalDate,
    ) -> Result<Vec<Window>, StoreError> {
        let cards: Vec<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "select o.card from orders o
             join assignment a on a.order_id = o.id and a.until is null
             where a.person_id = $1 and o.date = $2 and o.state = 'accepted'"
        )
        .bind(person.bytes().as_slice())
        .bind(date.to_string())
        .fetch_all(conn)
        .await)?;
        cards.iter().map(|bytes| record::<Card>(bytes).map(|card| card.window)).collect()
    }

    /// Notes that a person looked at an order that is in a state; the order leaves the inbox.
    pub async fn settle_in_inbox(
        &mut self,
        order: OrderId,
        kind: &str,
        (now, by): (i64, &str),
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "insert into inbox_settled (order_id, kind, settled_at, settled_by)
             values ($1, $2, $3, $4) on conflict do nothing"
        )
        .bind(order.bytes().as_slice())
        .bind(kind)
        .bind(now)
        .bind(by)
        .execute(conn)
        .await
        .map(drop))
    }

    /// An order that goes on may come into the inbox again.
    pub async fn forget_settled(&mut self, order: OrderId) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query("delete from inbox_settled where order_id = $1")
            .bind(order.bytes().as_slice())
            .execute(conn)
            .await
            .map(drop))
    }
}
