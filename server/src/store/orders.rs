//! Orders: the card and what the ledger knows of its state.

use std::collections::BTreeMap;

use vyezd_core::codec::encode;
use vyezd_core::model::{Card, LegalDate, OrderId, PersonId, Timestamp, VisitId, fold};

use super::order_search::search_texts;
use super::{StoreError, Tx, id, listed, on, record};

/// Digits of a serial number by which other orders are looked for; fewer stand in every telephone.
const SERIAL_DIGITS_MIN: usize = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderState {
    /// Not offered yet.
    New,
    Offered,
    Calling,
    /// Nobody took it: a person must look.
    Nobody,
    Accepted,
    /// Signed and done.
    Done,
    /// The visit ended otherwise.
    NotDone,
    /// Moved to another day.
    Postponed,
    /// Called off.
    Cancelled,
}

impl OrderState {
    const ALL: [Self; 9] = [
        Self::New,
        Self::Offered,
        Self::Calling,
        Self::Nobody,
        Self::Accepted,
        Self::Done,
        Self::NotDone,
        Self::Postponed,
        Self::Cancelled,
    ];

    pub const fn code(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Offered => "offered",
            Self::Calling => "calling",
            Self::Nobody => "nobody",
            Self::Accepted => "accepted",
            Self::Done => "done",
            Self::NotDone => "not_done",
            Self::Postponed => "postponed",
            Self::Cancelled => "cancelled",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether an order in this state may still be offered, changed, called off.
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Done | Self::NotDone | Self::Cancelled)
    }
}

#[derive(Debug, Clone)]
pub struct OrderRow {
    pub card: Card,
    pub state: OrderState,
    /// The person and the name.
    pub holder: Option<(PersonId, String)>,
    pub held: Option<VisitId>,
    /// Time and author of the office's move to the order's day.
    pub moved: Option<(i64, String)>,
    pub created_at: i64,
    pub dispatch_started_at: Option<i64>,
    /// People are asked from this instant on, unix ms; none: at once.
    pub offers_from: Option<i64>,
}

/// An order with counts of its parts: a part with count 0 needs no query.
#[derive(Debug, Clone)]
pub struct OrderAtHand {
    pub row: OrderRow,
    pub sheets: i64,
    pub visits: i64,
    /// How many questions to the dispatcher, answered ones too.
    pub conflicts: i64,
    /// How many photos are known to be named.
    pub photos: i64,
}

#[derive(sqlx::FromRow)]
struct RawAtHand {
    #[sqlx(flatten)]
    row: Raw,
    sheets: i64,
    visits: i64,
    conflicts: i64,
    photos: i64,
}

/// An order with its holder, as the list and a page select it.
#[derive(sqlx::FromRow)]
pub(super) struct Raw {
    card: Vec<u8>,
    state: String,
    created_at: i64,
    dispatch_started_at: Option<i64>,
    offers_from: Option<i64>,
    holder: Option<Vec<u8>>,
    holder_name: Option<String>,
    held: Option<Vec<u8>>,
    moved_at: Option<i64>,
    moved_by: Option<String>,
}

impl TryFrom<Raw> for OrderRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let holder = match (raw.holder, raw.holder_name) {
            (Some(person), Some(name)) => Some((id(&person, PersonId::from_bytes)?, name)),
            _ => None,
        };
        Ok(Self {
            card: record(&raw.card)?,
            state: OrderState::parse(&raw.state)
                .ok_or_else(|| StoreError::Decode("unknown state of an order".into()))?,
            holder,
            held: raw.held.map(|visit| id(&visit, VisitId::from_bytes)).transpose()?,
            moved: raw.moved_at.map(|at| (at, raw.moved_by.unwrap_or_default())),
            created_at: raw.created_at,
            dispatch_started_at: raw.dispatch_started_at,
            offers_from: raw.offers_from,
        })
    }
}

impl Tx {
    /// Adds an order. `false`: the number is taken.
    pub async fn add_order(&mut self, card: &Card, now: Timestamp) -> Result<bool, StoreError> {
        let seq = self.next_seq().await?;
        let (text, words) = search_texts(card);
        let made: Option<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "insert into orders
                 (id, number, version, entity_id, state, urgency, district, district_key, date,
                  window_from, search_key, search_words, search_row, card, card_seq, created_at)
             values ($1, $2, $3, $4, 'new', $5, $6, $7, $8, $9, $10, $14, $12, $11, $12, $13)
             on conflict (number) do nothing returning id"
        )
        .bind(card.id.bytes().as_slice())
        .bind(&card.number)
        .bind(card.version as i64)
        .bind(card.entity.bytes().as_slice())
        .bind(card.urgency.code())
        .bind(&card.district)
        .bind(fold(&card.district))
        .bind(card.date.to_string())
        .bind(i64::from(card.window.from_min))
        .bind(&text)
        .bind(encode(card))
        .bind(seq)
        .bind(now.0)
        .bind(&words)
        .fetch_optional(conn)
        .await)?;
        if made.is_some() {
            self.index_for_search(seq, (&text, &words)).await?;
            self.keep_card_version(card, seq).await?;
        }
        Ok(made.is_some())
    }

    /// Keeps a version of a card: sheets are compared with what their phones had been told.
    async fn keep_card_version(&mut self, card: &Card, seq: i64) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "insert into card_version (order_id, version, seq, card) values ($1, $2, $3, $4)
             on conflict (order_id, version) do update
                 set seq = excluded.seq, card = excluded.card"
        )
        .bind(card.id.bytes().as_slice())
        .bind(card.version as i64)
        .bind(seq)
        .bind(encode(card))
        .execute(conn)
        .await
        .map(drop))
    }

    /// The versions of a card that a phone can have had: the newest at or before a place, and all later ones.
    pub async fn card_versions(
        &mut self,
        order: OrderId,
        from: i64,
    ) -> Result<Vec<Card>, StoreError> {
        let rows: Vec<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "select card from card_version where order_id = $1 and seq >= coalesce(
                 (select max(seq) from card_version where order_id = $1 and seq <= $2), 0)
             order by seq desc"
        )
        .bind(order.bytes().as_slice())
        .bind(from)
        .fetch_all(conn)
        .await)?;
        rows.iter().map(|card| record(card)).collect()
    }

    /// Changes a card from the version that the writer saw. `false`: somebody was faster.
    pub async fn change_card(&mut self, card: &Card, seen: u64) -> Result<bool, StoreError> {
        let seq = self.next_seq().await?;
        let (text, words) = search_texts(card);
        let row: Option<Option<i64>> = on!(&mut *self, |conn| sqlx::query_scalar(
            "update orders set
                 version = $2, urgency = $3, district = $4, district_key = $5, date = $6,
                 window_from = $7, search_key = $8, card = $9, card_seq = $10, number = $12,
                 search_words = $13
             where id = $1 and version = $11 returning search_row"
        )
        .bind(card.id.bytes().as_slice())
        .bind(card.version as i64)
        .bind(card.urgency.code())
        .bind(&card.district)
        .bind(fold(&card.district))
        .bind(card.date.to_string())
        .bind(i64::from(card.window.from_min))
        .bind(&text)
        .bind(encode(card))
        .bind(seq)
        .bind(seen as i64)
        .bind(&card.number)
        .bind(&words)
        .fetch_optional(conn)
        .await)?;
        if let Some(row) = row {
            if let Some(row) = row {
                self.index_for_search(row, (&text, &words)).await?;
            }
            self.keep_card_version(card, seq).await?;
            self.move_order(card.id, seq).await?;
        }
        Ok(row.is_some())
    }

    pub async fn set_order_state(
        &mut self,
        order: OrderId,
        state: OrderState,
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query("update orders set state = $2 where id = $1")
            .bind(order.bytes().as_slice())
            .bind(state.code())
            .execute(conn)
            .await
            .map(drop))
    }

    /// Sets or clears the beginning of an order's dispatch.
    pub async fn set_dispatch_started(
        &mut self,
        order: OrderId,
        at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query("update orders set dispatch_started_at = $2 where id = $1")
            .bind(order.bytes().as_slice())
            .bind(at.map(|at| at.0))
            .execute(conn)
            .await
            .map(drop))
    }

    /// From when on people are asked about an order; none: at once.
    pub async fn set_offers_from(
        &mut self,
        order: OrderId,
        from: Option<i64>,
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query("update orders set offers_from = $2 where id = $1")
            .bind(order.bytes().as_slice())
            .bind(from)
            .execute(conn)
            .await
            .map(drop))
    }

    /// Whether the office chose the zone of the place.
    pub async fn zone_chosen(&mut self, order: OrderId) -> Result<bool, StoreError> {
        let chosen: Option<bool> =
            on!(self, |conn| sqlx::query_scalar("select zone_chosen from orders where id = $1")
                .bind(order.bytes().as_slice())
                .fetch_optional(conn)
                .await)?;
        Ok(chosen.unwrap_or_default())
    }

    pub async fn note_zone_chosen(
        &mut self,
        order: OrderId,
        chosen: bool,
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query("update orders set zone_chosen = $2 where id = $1")
            .bind(order.bytes().as_slice())
            .bind(chosen)
            .execute(conn)
            .await
            .map(drop))
    }

    /// The colleague whom a decline outside working hours named.
    pub async fn named_colleague(
        &mut self,
        order: OrderId,
    ) -> Result<Option<PersonId>, StoreError> {
        let named: Option<Option<Vec<u8>>> = on!(self, |conn| sqlx::query_scalar(
            "select named_person_id from orders where id = $1"
        )
        .bind(order.bytes().as_slice())
        .fetch_optional(conn)
        .await)?;
        named.flatten().map(|person| id(&person, PersonId::from_bytes)).transpose()
    }

    pub async fn name_colleague(
        &mut self,
        order: OrderId,
        named: Option<PersonId>,
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query("update orders set named_person_id = $2 where id = $1")
            .bind(order.bytes().as_slice())
            .bind(named.map(|person| person.bytes().to_vec()))
            .execute(conn)
            .await
            .map(drop))
    }

    pub async fn order(&mut self, order: OrderId) -> Result<Option<OrderRow>, StoreError> {
        let raw: Option<Raw> = on!(self, |conn| sqlx::query_as(
            "select o.card, o.state, o.created_at, o.dispatch_started_at, o.offers_from,
                    a.person_id as holder, p.name as holder_name,
                    a.visit_id as held, o.moved_at, o.moved_by
             from orders o
             left join assignment a on a.order_id = o.id and a.until is null
             left join person p on p.id = a.person_id
             where o.id = $1"
        )
        .bind(order.bytes().as_slice())
        .fetch_optional(conn)
        .await)?;
        raw.map(OrderRow::try_from).transpose()
    }

    /// Cards of other orders of a day that may have an instrument: the longest run of digits of its number is in them.
    pub async fn orders_with_serial(
        &mut self,
        (date, serial_number): (LegalDate, &str),
        but: OrderId,
    ) -> Result<Vec<Card>, StoreError> {
        let digits = serial_number.split(|sign: char| !sign.is_ascii_digit());
        let digits = digits.map(|run| run.trim_start_matches('0')).max_by_key(|run| run.len());
        let digits = digits.unwrap_or_default();
        if digits.len() < SERIAL_DIGITS_MIN {
            return Ok(Vec::new());
        }
        let rows: Vec<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "select card from orders
             where date = $1 and id <> $2 and state <> 'cancelled' and search_key like $3"
        )
        .bind(date.to_string())
        .bind(but.bytes().as_slice())
        .bind(format!("%{digits}%"))
        .fetch_all(conn)
        .await)?;
        rows.iter().map(|card| record(card)).collect()
    }

    /// One order with the counts of its parts.
    pub async fn order_at_hand(
        &mut self,
        order: OrderId,
    ) -> Result<Option<OrderAtHand>, StoreError> {
        Ok(self.orders_at_hand(&[order]).await?.remove(&order))
    }

    /// Orders with the counts of their parts.
    pub async fn orders_at_hand(
        &mut self,
        orders: &[OrderId],
    ) -> Result<BTreeMap<OrderId, OrderAtHand>, StoreError> {
        let rows: Vec<RawAtHand> = listed!(
            self,
            orders,
            "select o.card, o.state, o.created_at, o.dispatch_started_at, o.offers_from,
                    a.person_id as holder, p.name as holder_name,
                    a.visit_id as held, o.moved_at, o.moved_by,
                    (select count(*) from seal s where s.order_id = o.id) as sheets,
                    (select count(*) from visit v where v.order_id = o.id) as visits,
                    (select count(*) from conflict c where c.order_id = o.id) as conflicts,
                    (select count(*) from blob_ref b where b.order_id = o.id) as photos
             from orders o
             left join assignment a on a.order_id = o.id and a.until is null
             left join person p on p.id = a.person_id
             where o.id in ({})"
        );
        let mut all = BTreeMap::new();
        for RawAtHand { row, sheets, visits, conflicts, photos } in rows {
            let row = OrderRow::try_from(row)?;
            let order = row.card.id;
            all.insert(order, OrderAtHand { row, sheets, visits, conflicts, photos });
        }
        Ok(all)
    }

    pub async fn order_by_number(&mut self, number: &str) -> Result<Option<OrderId>, StoreError> {
        let found: Option<Vec<u8>> =
            on!(self, |conn| sqlx::query_scalar("select id from orders where number = $1")
                .bind(number)
                .fetch_optional(conn)
                .await)?;
        found.map(|bytes| id(&bytes, OrderId::from_bytes)).transpose()
    }

    /// Locks an order until the commit. Orders are locked before their documents.
    pub async fn lock_order(&mut self, order: OrderId) -> Result<(), StoreError> {
        if self.is_alone() {
            return Ok(());
        }
        on!(self, |conn| sqlx::query("update orders set state = state where id = $1")
            .bind(order.bytes().as_slice())
            .execute(conn)
            .await
            .map(drop))
    }

    /// The next number of an order that nobody gave one.
    pub async fn next_order_number(&mut self) -> Result<String, StoreError> {
        const LAST: &str = "last_order_number";
        self.meta_once(LAST, &0_i64.to_be_bytes()).await?;
        on!(&mut *self, |conn| sqlx::query("update meta set value = value where key = $1")
            .bind(LAST)
            .execute(conn)
            .await
            .map(drop))?;
        let last = self.meta(LAST).await?.and_then(|v| v.as_slice().try_into().ok());
        let mut number = last.map_or(0, i64::from_be_bytes).max(self.last_order_number().await?);
        loop {
            number = number.saturating_add(1);
            if self.order_by_number(&number.to_string()).await?.is_none() {
                self.set_meta(LAST, &number.to_be_bytes()).await?;
                return Ok(number.to_string());
            }
        }
    }

    /// The greatest order number that is a plain number, among the longest ones: where to begin.
    async fn last_order_number(&mut self) -> Result<i64, StoreError> {
        let numbers: Vec<String> = on!(self, |conn| sqlx::query_scalar(
            "select number from orders order by length(number) desc, number desc limit 50"
        )
        .fetch_all(conn)
        .await)?;
        Ok(numbers
            .iter()
            .filter(|n| n.len() < 12)
            .filter_map(|n| n.parse().ok())
            .max()
            .unwrap_or(0))
    }

    /// Orders that a person holds on a day, and offers of any day that wait for an answer: a file of
    /// orders is spread before anybody has answered.
    pub async fn load_on(&mut self, person: PersonId, date: LegalDate) -> Result<i64, StoreError> {
        on!(self, |conn| sqlx::query_scalar(
            "select (select count(*) from assignment a join orders o on o.id = a.order_id
                     where a.person_id = $1 and a.until is null and o.date = $2)
                  + (select count(*) from offer where person_id = $1
                     and state in ('open', 'calling'))"
        )
        .bind(person.bytes().as_slice())
        .bind(date.to_string())
        .fetch_one(conn)
        .await)
    }
}
