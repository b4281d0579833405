//! An order from phone to phone with no network: one shows codes, the other's camera reads them.

use vyezd_core::client::Input;
use vyezd_core::model::{ItemId, OrderId, VisitId};

use crate::clocks::wall_ms;
use crate::error::VyezdError;
use crate::phone::VyezdPhone;
use crate::records::id;
use crate::store_thread::random_bytes;

/// Another metrologist of the firm.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Colleague {
    /// Who: for [`VyezdPhone::begin_transfer`].
    pub id: String,
    /// Фамилия, имя, отчество.
    pub name: String,
    /// His telephone; may be empty.
    pub phone: String,
}

/// How far the reading of a colleague's screen is.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Scanned {
    /// So many codes are here.
    pub got: u32,
    /// Of so many; 0 before the first, and after the last.
    pub of: u32,
    /// The order, once it was read whole: it is on this phone now.
    pub order: Option<String>,
}

#[uniffi::export]
impl VyezdPhone {
    /// The other metrologists. Works without a network.
    pub async fn colleagues(&self) -> Result<Vec<Colleague>, VyezdError> {
        self.with(|phone| {
            let all = phone.client().colleagues().iter().cloned();
            let plain = |c: vyezd_core::model::Colleague| Colleague {
                id: c.id.to_string(),
                name: c.name,
                phone: c.phone,
            };
            Ok(all.map(plain).collect())
        })
        .await
    }

    /// Hands an order over to a colleague who stands beside. Nothing changes until his phone has read the
    /// codes; then say so with [`VyezdPhone::end_transfer`].
    pub async fn begin_transfer(&self, order: String, colleague: String) -> Result<(), VyezdError> {
        let (order, to) = (id::<OrderId>("order", &order)?, id("colleague", &colleague)?);
        self.write(move |phone| {
            let visit = VisitId::new(wall_ms(), random_bytes()?);
            Ok(phone.handle(Input::BeginTransfer { order, to, visit })?)
        })
        .await
    }

    /// The texts of the codes: shown as QR codes one after another, about four a second, again and again.
    pub async fn transfer_codes(&self, order: String) -> Result<Vec<String>, VyezdError> {
        let order: OrderId = id("order", &order)?;
        self.with(move |phone| {
            let codes = phone.client().transfer_codes(order);
            Ok(codes.map_err(vyezd_phone::native::PhoneError::from)?)
        })
        .await
    }

    /// The colleague's phone shows the order (`confirmed`), or the person keeps it after all. Who holds it the
    /// server decides when the colleague's phone speaks to it.
    pub async fn end_transfer(&self, order: String, confirmed: bool) -> Result<(), VyezdError> {
        let order: OrderId = id("order", &order)?;
        self.write(move |phone| {
            let id = ItemId::new(wall_ms(), random_bytes()?);
            Ok(phone.handle(Input::EndTransfer { id, order, confirmed })?)
        })
        .await
    }

    /// One code that the camera read on a colleague's screen, in any order, again and again. With the last
    /// one the order is on this phone and may be worked on at once.
    pub async fn scan(&self, text: String) -> Result<Scanned, VyezdError> {
        self.write(move |phone| {
            let id = ItemId::new(wall_ms(), random_bytes()?);
            phone.handle(Input::Scan { id, text })?;
            let scanned = phone.client().scanned();
            let order = scanned.order.map(|order| order.to_string());
            Ok(Scanned { got: scanned.got as u32, of: scanned.of as u32, order })
        })
        .await
    }
}
