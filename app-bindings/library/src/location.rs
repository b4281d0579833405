//! Places of the phone and of colleagues, and ways between them. The app reports a place when the
//! person presses a button; the library reads no sensor.

use vyezd_core::client::{self as core, Input};
use vyezd_core::model::OrderId;

use crate::error::VyezdError;
use crate::phone::VyezdPhone;
use crate::records::{Place, id};

/// Estimated way to a place, found without a map: show «около».
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct Eta {
    /// Straight line, metres.
    pub metres: u32,
    /// Estimate, whole minutes, at least one.
    pub minutes: u32,
    /// Whether the minutes are a walk's; else a car's.
    pub on_foot: bool,
    /// Age of the phone's own place, seconds; to be shown beside the estimate.
    pub age_s: i64,
}

/// A colleague with the last known place.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ColleagueNearby {
    /// Id for [`VyezdPhone::forward`] and [`VyezdPhone::begin_transfer`].
    pub id: String,
    /// Фамилия, имя, отчество.
    pub name: String,
    /// Telephone; may be empty.
    pub phone: String,
    /// Place, if the colleague shares one.
    pub place: Option<Place>,
    /// Age of the place, seconds; to be shown beside the place.
    pub age_s: Option<i64>,
    /// Way from the last place of this phone.
    pub eta: Option<Eta>,
}

/// Colleagues, the nearest first.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ColleaguesNearby {
    /// Every colleague, those without a known place last.
    pub all: Vec<ColleagueNearby>,
    /// Age of the server's answer, seconds; `None` before the first.
    pub age_s: Option<i64>,
}

impl From<core::EtaFromHere> for Eta {
    fn from(there: core::EtaFromHere) -> Self {
        let eta = there.eta;
        let (metres, minutes, on_foot) = (eta.metres, eta.minutes, eta.on_foot);
        Self { metres, minutes, on_foot, age_s: there.age_s }
    }
}

impl From<core::ColleagueNearby> for ColleagueNearby {
    fn from(seen: core::ColleagueNearby) -> Self {
        Self {
            id: seen.colleague.id.to_string(),
            name: seen.colleague.name,
            phone: seen.colleague.phone,
            place: seen.place.map(Into::into),
            age_s: seen.age_s,
            eta: seen.eta.map(Into::into),
        }
    }
}

#[uniffi::export]
impl VyezdPhone {
    /// Reports the place of the phone when the person presses a button (accepts, arrives, signs),
    /// never by a timer. `arrived_at`: order at whose address the person has just arrived. With
    /// `share` colleagues and office may know the newest place for twelve hours; without, the place
    /// serves [`VyezdPhone::eta`] alone.
    ///
    /// # Errors
    ///
    /// [`VyezdError::Invalid`] for a malformed id.
    pub async fn report_location(
        &self,
        place: Place,
        arrived_at: Option<String>,
        share: bool,
    ) -> Result<(), VyezdError> {
        let order = arrived_at.map(|order| id::<OrderId>("arrived_at", &order)).transpose()?;
        let place = Some(place.into());
        self.write(move |phone| Ok(phone.handle(Input::ReportLocation { place, order, share })?))
            .await
    }

    /// Stops sharing: the server deletes the known place once it hears of this.
    pub async fn stop_sharing(&self) -> Result<(), VyezdError> {
        let input = Input::ReportLocation { place: None, order: None, share: false };
        self.write(move |phone| Ok(phone.handle(input)?)).await
    }

    /// Asks the server for the places of colleagues; the observer is called after the answer.
    pub async fn refresh_colleagues(&self) -> Result<(), VyezdError> {
        self.write(|phone| Ok(phone.handle(Input::RefreshColleagues)?)).await
    }

    /// Colleagues with their last known places, the nearest first. Works offline.
    pub async fn colleagues_nearby(&self) -> Result<ColleaguesNearby, VyezdError> {
        self.with(|phone| {
            let now = phone.now();
            let colleagues_nearby = phone.client().colleagues_nearby(now);
            let all = colleagues_nearby.all.into_iter().map(Into::into).collect();
            Ok(ColleaguesNearby { all, age_s: colleagues_nearby.age_s })
        })
        .await
    }

    /// Way to an order from the phone's last place; `None` while either place is unknown or the own
    /// one is older than two hours.
    ///
    /// # Errors
    ///
    /// [`VyezdError::Invalid`] for a malformed id.
    pub async fn eta(&self, order: String) -> Result<Option<Eta>, VyezdError> {
        let order: OrderId = id("order", &order)?;
        self.with(move |phone| {
            let now = phone.now();
            Ok(phone.client().eta(now, order).map(Into::into))
        })
        .await
    }
}
