//! Log-ins of the office: a session, and its family of refresh tokens.

use vyezd_core::model::PersonId;

use super::{StoreError, Tx, id, on};

#[derive(Debug, Clone)]
pub struct SessionRow {
    /// The family of the session's refresh tokens.
    pub id: [u8; 16],
    pub person: PersonId,
    pub began_at: i64,
    /// Time of the last renewal of tokens.
    pub seen_at: i64,
    /// End of the session, however busy.
    pub ends_at: i64,
    /// User agent of the browser.
    pub agent: String,
    /// Address of the last renewal.
    pub address: String,
}

#[derive(Debug, Clone)]
pub struct RefreshRow {
    /// The session of the token, if open.
    pub session: SessionRow,
    pub expires_at: i64,
    pub used_at: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: Vec<u8>,
    person_id: Vec<u8>,
    began_at: i64,
    seen_at: i64,
    ends_at: i64,
    agent: String,
    address: String,
}

impl TryFrom<Raw> for SessionRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        Ok(Self {
            id: id(&raw.id, |bytes| bytes)?,
            person: id(&raw.person_id, PersonId::from_bytes)?,
            began_at: raw.began_at,
            seen_at: raw.seen_at,
            ends_at: raw.ends_at,
            agent: raw.agent,
            address: raw.address,
        })
    }
}

impl Tx {
    /// A person logs in; of more than `most` open sessions the longest unused ends.
    pub async fn begin_session(&mut self, s: &SessionRow, most: i64) -> Result<(), StoreError> {
        on!(&mut *self, |conn| sqlx::query(
            "insert into session (id, person_id, began_at, seen_at, ends_at, agent, address)
             values ($1, $2, $3, $4, $5, $6, $7)"
        )
        .bind(s.id.as_slice())
        .bind(s.person.bytes().as_slice())
        .bind(s.began_at)
        .bind(s.seen_at)
        .bind(s.ends_at)
        .bind(&s.agent)
        .bind(&s.address)
        .execute(conn)
        .await
        .map(drop))?;
        on!(self, |conn| sqlx::query(
            "update session set ended_at = $2
             where person_id = $1 and ended_at is null and id not in
                 (select id from session where person_id = $1 and ended_at is null
                  order by seen_at desc, id limit $3)"
        )
        .bind(s.person.bytes().as_slice())
        .bind(s.began_at)
        .bind(most)
        .execute(conn)
        .await
        .map(drop))
    }

    /// The person of a session, if the session is open.
    pub async fn session_of(
        &mut self,
        session: [u8; 16],
        now: i64,
    ) -> Result<Option<PersonId>, StoreError> {
        let person: Option<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "select person_id from session where id = $1 and ended_at is null and ends_at > $2"
        )
        .bind(session.as_slice())
        .bind(now)
        .fetch_optional(conn)
        .await)?;
        person.map(|bytes| id(&bytes, PersonId::from_bytes)).transpose()
    }

    /// The open sessions of a person, the last used first.
    pub async fn sessions(
        &mut self,
        person: PersonId,
        now: i64,
    ) -> Result<Vec<SessionRow>, StoreError> {
        let raw: Vec<Raw> = on!(self, |conn| sqlx::query_as(
            "select id, person_id, began_at, seen_at, ends_at, agent, address from session
             where person_id = $1 and ended_at is null and ends_at > $2 order by seen_at desc, id"
        )
        .bind(person.bytes().as_slice())
        .bind(now)
        .fetch_all(conn)
        .await)?;
        raw.into_iter().map(SessionRow::try_from).collect()
    }

    /// Ends a session: its access tokens and all that renew them. `false`: the session was over.
    pub async fn end_session(&mut self, session: [u8; 16], now: i64) -> Result<bool, StoreError> {
        let done: Option<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "update session set ended_at = $2 where id = $1 and ended_at is null returning id"
        )
        .bind(session.as_slice())
        .bind(now)
        .fetch_optional(conn)
        .await)?;
        Ok(done.is_some())
    }

    /// The addresses that a person's sessions of late began at.
    pub async fn logged_in_from(
        &mut self,
        person: PersonId,
        since: i64,
    ) -> Result<Vec<String>, StoreError> {
        on!(self, |conn| sqlx::query_scalar(
            "select distinct address from session where person_id = $1 and began_at >= $2"
        )
        .bind(person.bytes().as_slice())
        .bind(since)
        .fetch_all(conn)
        .await)
    }

    /// Ends all sessions of a person.
    pub async fn end_sessions(&mut self, person: PersonId, now: i64) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "update session set ended_at = $2 where person_id = $1 and ended_at is null"
        )
        .bind(person.bytes().as_slice())
        .bind(now)
        .execute(conn)
        .await
        .map(drop))
    }

    pub async fn put_refresh(
        &mut self,
        hash: &[u8],
        (session, person): ([u8; 16], PersonId),
        expires_at: i64,
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "insert into refresh_token (hash, family, person_id, expires_at, revoked)
             values ($1, $2, $3, $4, false) on conflict (hash) do nothing"
        )
        .bind(hash)
        .bind(session.as_slice())
        .bind(person.bytes().as_slice())
        .bind(expires_at)
        .execute(conn)
        .await
        .map(drop))
    }

    /// A refresh token of an open session.
    pub async fn refresh(
        &mut self,
        hash: &[u8],
        now: i64,
    ) -> Result<Option<RefreshRow>, StoreError> {
        let token: Option<(Vec<u8>, i64, Option<i64>)> = on!(&mut *self, |conn| sqlx::query_as(
            "select family, expires_at, used_at from refresh_token where hash = $1"
        )
        .bind(hash)
        .fetch_optional(conn)
        .await)?;
        let Some((family, expires_at, used_at)) = token else { return Ok(None) };
        let raw: Option<Raw> = on!(self, |conn| sqlx::query_as(
            "select id, person_id, began_at, seen_at, ends_at, agent, address from session
             where id = $1 and ended_at is null and ends_at > $2"
        )
        .bind(family)
        .bind(now)
        .fetch_optional(conn)
        .await)?;
        let session = raw.map(SessionRow::try_from).transpose()?;
        Ok(session.map(|session| RefreshRow { session, expires_at, used_at }))
    }

    /// Marks a refresh token as used, of which only the first use counts, and its session as seen.
    pub async fn use_refresh(
        &mut self,
        hash: &[u8],
        (session, address): ([u8; 16], &str),
        now: i64,
    ) -> Result<(), StoreError> {
        on!(&mut *self, |conn| sqlx::query(
            "update refresh_token set used_at = $2 where hash = $1 and used_at is null"
        )
        .bind(hash)
        .bind(now)
        .execute(conn)
        .await
        .map(drop))?;
        on!(self, |conn| sqlx::query("update session set seen_at = $2, address = $3 where id = $1")
            .bind(session.as_slice())
            .bind(now)
            .bind(address)
            .execute(conn)
            .await
            .map(drop))
    }

    /// Forgets credentials that can let nobody in any more: tokens, sessions, codes, challenges.
    pub async fn forget_credentials(&mut self, now: i64) -> Result<(), StoreError> {
        for sql in [
            "delete from refresh_token where expires_at <= $1 or family in
                 (select id from session where ended_at is not null or ends_at <= $1)",
            "delete from session where ended_at is not null or ends_at <= $1",
            "delete from enrol_code where used_at is not null or expires_at <= $1",
            "delete from challenge where expires_at <= $1",
            "delete from live_ticket where expires_at <= $1",
        ] {
            on!(&mut *self, |conn| sqlx::query(sql).bind(now).execute(conn).await.map(drop))?;
        }
        Ok(())
    }
}
