//! Where the phone is, where colleagues are, how far it is to the next address. The app says where it is when its
//! person presses a button; the library asks no sensor.

use vyezd_core::client::{self as core, Input};
use vyezd_core::model::OrderId;

use crate::error::VyezdError;
use crate::phone::VyezdPhone;
use crate::records::{Place, id};

/// A rough idea of the way to somewhere, found without a map: say «около».
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct Eta {
    /// The straight line, metres.
    pub metres: u32,
    /// An estimate, minutes.
    pub minutes: u32,
    /// That is on foot; else by car.
    pub on_foot: bool,
    /// How old the phone's own place is by which this was found, seconds: show it.
    pub age_s: i64,
}

/// A colleague and where he was.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ColleagueNearby {
    /// Who.
    pub id: String,
    /// Фамилия, имя, отчество.
    pub name: String,
    /// His telephone; may be empty.
    pub phone: String,
    /// Where he was, if he lets it be known.
    pub place: Option<Place>,
    /// How long ago, seconds: show it.
    pub age_s: Option<i64>,
    /// The way to him.
    pub eta: Option<Eta>,
}

/// The colleagues, the nearest first.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ColleaguesNearby {
    /// Everybody.
    pub all: Vec<ColleagueNearby>,
    /// How long ago the server told where they are, seconds; nothing: never.
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
    /// The phone is here: said when its person presses a button — accepts, arrives, signs — and never all the
    /// time. `arrived_at`: the order at whose address he has just arrived. With `share` colleagues and office
    /// may know, for twelve hours, only the newest; without it the place serves [`VyezdPhone::eta`] alone.
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

    /// The person lets nobody know any more: what the server knows is forgotten.
    pub async fn stop_sharing(&self) -> Result<(), VyezdError> {
        let input = Input::ReportLocation { place: None, order: None, share: false };
        self.write(move |phone| Ok(phone.handle(input)?)).await
    }

    /// Asks the server where the colleagues are; the observer hears of the answer.
    pub async fn refresh_colleagues(&self) -> Result<(), VyezdError> {
        self.write(|phone| Ok(phone.handle(Input::RefreshColleagues)?)).await
    }

    /// The colleagues and where they were, as the server told last. Works without a network.
    pub async fn colleagues_nearby(&self) -> Result<ColleaguesNearby, VyezdError> {
        self.with(|phone| {
            let now = phone.now();
            let colleagues_nearby = phone.client().colleagues_nearby(now);
            let all = colleagues_nearby.all.into_iter().map(Into::into).collect();
            Ok(ColleaguesNearby { all, age_s: colleagues_nearby.age_s })
        })
        .await
    }

    /// The way to an order from where the phone was last; nothing while one of the two is not known.
    pub async fn eta(&self, order: String) -> Result<Option<Eta>, VyezdError> {
        let order: OrderId = id("order", &order)?;
        self.with(move |phone| {
            let now = phone.now();
            Ok(phone.client().eta(now, order).map(Into::into))
        })
        .await
    }
}
