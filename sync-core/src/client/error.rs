//! Why the machine did not do what it was asked.

use crate::doc::{Denied, DocumentError};
use crate::model::OrderId;
use crate::sheet::complete::Lacking;

/// Why the machine did not do what it was asked. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// No such order on this phone.
    #[error("заявки нет на этом телефоне")]
    NoOrder(OrderId),
    /// The order's document is not here yet.
    #[error("документ заявки ещё не загружен")]
    NoDocument(OrderId),
    /// The visit is not this person's.
    #[error("этот визит ведёт другой сотрудник")]
    NotYourVisit,
    /// The offer is unknown or already answered.
    #[error("предложение уже закрыто")]
    OfferClosed,
    /// The visit cannot be signed yet.
    #[error("нельзя подписать: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Lacking(Vec<Lacking>),
    /// What was drawn cannot be a signature.
    #[error("подпись пуста или слишком длинна")]
    Strokes,
    /// A frozen value of a signed visit; a new signature is needed.
    #[error("лист подписан: нужна новая подпись")]
    Frozen,
    /// The server would refuse this: it writes where it must not, or too much.
    #[error("нельзя записать: {0}")]
    Denied(#[from] Denied),
    /// The document refused.
    #[error("не удалось записать: {0}")]
    Document(#[from] DocumentError),
    /// The photo has more bytes than the server takes.
    #[error("фото больше {} МБ", .0 / 1024 / 1024)]
    PhotoTooLarge(u64),
    /// The order has as many photos as it may have.
    #[error("в заявке уже {0} фото, больше нельзя")]
    TooManyPhotos(u64),
    /// Nobody knows what the photo is said to show.
    #[error("вид фото «{0}» неизвестен: serial, reading, before:ТОЧКА или after:ТОЧКА")]
    PhotoKindUnknown(String),
    /// The same bytes are a photo of another order.
    #[error("это фото уже приложено к другой заявке: снимите заново")]
    PhotoOfAnother,
    /// A signed order is done; there is nothing to hand over.
    #[error("лист подписан: передавать уже нечего")]
    TransferOfSigned,
    /// The office does not know yet that the order is here.
    #[error("офис ещё не знает, что заявка у вас: сначала нужна связь")]
    TransferUnsettled,
    /// What a colleague shows is on this phone already.
    #[error("заявка уже ваша")]
    AlreadyYours,
    /// Nobody of that id among the colleagues.
    #[error("такого коллеги нет: обновите список при связи")]
    ColleagueUnknown,
    /// The order is larger than codes on a screen can carry.
    #[error("в заявке слишком много данных для передачи с экрана: передайте через диспетчера")]
    TransferTooLarge,
    /// Another colleague is meant.
    #[error("эту заявку передают не вам{}", if .0.is_empty() { String::new() } else { format!(", а: {}", .0) })]
    TransferNotForYou(String),
    /// Who its person is the phone does not know yet.
    #[error("этот телефон ещё не говорил с офисом: сначала нужна связь")]
    NoContact,
    /// What was read is no order.
    #[error("код не читается: это не передача заявки")]
    TransferUnreadable,
    /// The server's answer cannot be read.
    #[error("ответ сервера не читается")]
    Answer,
    /// The server speaks another protocol.
    #[error("версия сервера не подходит: обновите приложение")]
    Protocol,
}

impl ClientError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoOrder(_) => "order_unknown",
            Self::NoDocument(_) => "document_missing",
            Self::NotYourVisit => "visit_not_yours",
            Self::OfferClosed => "offer_closed",
            Self::Lacking(_) => "visit_incomplete",
            Self::Strokes => "signature_empty",
            Self::Frozen => "visit_signed",
            Self::PhotoTooLarge(_) => "photo_too_large",
            Self::TooManyPhotos(_) => "photos_too_many",
            Self::PhotoKindUnknown(_) => "photo_kind_unknown",
            Self::PhotoOfAnother => "photo_of_another",
            Self::TransferOfSigned => "handover_signed",
            Self::TransferUnsettled => "handover_unsettled",
            Self::AlreadyYours => "handover_already",
            Self::ColleagueUnknown => "colleague_unknown",
            Self::TransferTooLarge => "handover_too_large",
            Self::TransferNotForYou(_) => "handover_not_yours",
            Self::NoContact => "no_contact_yet",
            Self::TransferUnreadable => "handover_unreadable",
            Self::Denied(denied) => denied.code(),
            Self::Document(_) => "document_refused",
            Self::Answer => "answer_unreadable",
            Self::Protocol => "protocol_unknown",
        }
    }
}
