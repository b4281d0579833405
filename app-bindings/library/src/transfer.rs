//! Transfer of an order from phone to phone offline: one shows codes, the other's camera reads
//! them.

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
    /// Id for [`VyezdPhone::begin_transfer`].
    pub id: String,
    /// Фамилия, имя, отчество.
    pub name: String,
    /// Telephone; may be empty.
    pub phone: String,
}

/// Progress of reading a colleague's screen.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Scanned {
    /// Number of codes read.
    pub got: u32,
    /// Number of codes needed; 0 before the first code and after the last.
    pub of: u32,
    /// Order opened by the last code: on this phone now.
    pub order: Option<String>,
}

#[uniffi::export]
impl VyezdPhone {
    /// Other metrologists of the firm. Works offline.
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

    /// Starts a transfer to a colleague standing near. The giver holds the order until the
    /// receiver's phone has read the codes; then call [`VyezdPhone::end_transfer`].
    ///
    /// # Errors
    ///
    /// [`VyezdError::Refused`] with `handover_signed`, `handover_unsettled`, `handover_too_large`
    /// or `colleague_unknown`.
    pub async fn begin_transfer(&self, order: String, colleague: String) -> Result<(), VyezdError> {
        let (order, to) = (id::<OrderId>("order", &order)?, id("colleague", &colleague)?);
        self.write(move |phone| {
            let visit = VisitId::new(wall_ms(), random_bytes()?);
            Ok(phone.handle(Input::BeginTransfer { order, to, visit })?)
        })
        .await
    }

    /// Texts of the QR codes, to be shown in a loop at about four a second.
    ///
    /// # Errors
    ///
    /// [`VyezdError::Refused`] with `order_unknown` if no transfer is open.
    pub async fn transfer_codes(&self, order: String) -> Result<Vec<String>, VyezdError> {
        let order: OrderId = id("order", &order)?;
        self.with(move |phone| {
            let codes = phone.client().transfer_codes(order);
            Ok(codes.map_err(vyezd_phone::native::PhoneError::from)?)
        })
        .await
    }

    /// Ends a transfer: the colleague's phone shows the order (`confirmed`), or the giver keeps it.
    /// The server decides who holds the order once the receiver's phone speaks.
    ///
    /// # Errors
    ///
    /// [`VyezdError::Refused`] with `order_unknown` if no transfer is open.
    pub async fn end_transfer(&self, order: String, confirmed: bool) -> Result<(), VyezdError> {
        let order: OrderId = id("order", &order)?;
        self.write(move |phone| {
            let id = ItemId::new(wall_ms(), random_bytes()?);
            Ok(phone.handle(Input::EndTransfer { id, order, confirmed })?)
        })
        .await
    }

    /// Takes one code read by the camera, in any order and repeatedly. With the last one the order
    /// is on this phone and open for work at once.
    ///
    /// # Errors
    ///
    /// [`VyezdError::Refused`] with `handover_unreadable`, `handover_not_yours` or
    /// `handover_already`.
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
