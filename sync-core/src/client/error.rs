//! Reasons for which the machine does not carry an input out.

use crate::doc::{Denied, DocumentError};
use crate::model::OrderId;
use crate::rules::sense::Finding;
use crate::sheet::complete::Lacking;

/// Reasons for which the machine does not carry an input out. Nothing was written to the store.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// No card or no open transfer of this order is on the phone.
    #[error("заявки нет на этом телефоне")]
    NoOrder(OrderId),
    /// The document of the order is not here yet, or cannot be opened.
    #[error("документ заявки ещё не загружен")]
    NoDocument(OrderId),
    /// The visit belongs to another person, or this person has none in the order.
    #[error("этот визит ведёт другой сотрудник")]
    NotYourVisit,
    /// The offer is unknown, answered or ended.
    #[error("предложение уже закрыто")]
    OfferClosed,
    /// The visit lacks these parts for a signature.
    #[error("нельзя подписать: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Lacking(Vec<Lacking>),
    /// A value that no room, rig or dial can show: the person types it anew.
    #[error("{0}")]
    Impossible(Finding),
    /// The drawing is no line, too short a one, or has too many points.
    #[error("подпись пуста, слишком коротка или слишком длинна")]
    Strokes,
    /// The signer's name or the reason for a refusal is blank, or no paper can print a sign of it.
    #[error("укажите имя подписавшего или причину отказа буквами, без непечатных знаков")]
    Signer,
    /// A sealed value of a signed visit; changing it needs a new signature.
    #[error("лист подписан: нужна новая подпись")]
    Frozen,
    /// The server would refuse the edit: a path of others, or too much.
    #[error("нельзя записать: {0}")]
    Denied(#[from] Denied),
    /// The document cannot be changed as asked.
    #[error("не удалось записать: {0}")]
    Document(#[from] DocumentError),
    /// The photo is empty or larger than this many bytes.
    #[error("фото больше {} МБ", .0 / 1024 / 1024)]
    PhotoTooLarge(u64),
    /// The bytes are no picture, see [`picture::read`](crate::picture::read).
    #[error("это не фотография или файл повреждён: снимите заново")]
    PhotoUnreadable,
    /// The order has this many photos, the most allowed.
    #[error("в заявке уже {0} фото, больше нельзя")]
    TooManyPhotos(u64),
    /// The kind of the photo is none that [`is_photo_kind`](crate::doc::content::is_photo_kind)
    /// accepts.
    #[error("вид фото «{0}» неизвестен: serial, reading, door, before:ТОЧКА или after:ТОЧКА")]
    PhotoKindUnknown(String),
    /// A photo of another order has the same bytes.
    #[error("это фото уже приложено к другой заявке: снимите заново")]
    PhotoOfAnother,
    /// A signed order is done and cannot be transferred.
    #[error("лист подписан: передавать уже нечего")]
    TransferOfSigned,
    /// The server does not know yet that this phone received the order.
    #[error("офис ещё не знает, что заявка у вас: сначала нужна связь")]
    TransferUnsettled,
    /// The order of the codes is held by this person already.
    #[error("заявка уже ваша")]
    AlreadyYours,
    /// No colleague of this id is in the reference data.
    #[error("такого коллеги нет: обновите список при связи")]
    ColleagueUnknown,
    /// The order does not fit into the codes of one transfer.
    #[error("в заявке слишком много данных для передачи с экрана: передайте через диспетчера")]
    TransferTooLarge,
    /// The transfer names another receiver; holds the receiver's short name, or nothing if unknown.
    #[error("эту заявку передают не вам{}", if .0.is_empty() { String::new() } else { format!(", а: {}", .0) })]
    TransferNotForYou(String),
    /// The phone has no reference data yet and does not know its owner.
    #[error("этот телефон ещё не говорил с офисом: сначала нужна связь")]
    NoContact,
    /// The text is no code of a transfer, or the codes do not add up to one.
    #[error("код не читается: это не передача заявки")]
    TransferUnreadable,
    /// The answer of the server does not decode.
    #[error("ответ сервера не читается")]
    Answer,
    /// The server speaks another version of the protocol.
    #[error("версия сервера не подходит: обновите приложение")]
    Protocol,
}

impl ClientError {
    /// Stable code of `docs/errors.md`; that of [`Denied::code`] for a denied edit.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoOrder(_) => "order_unknown",
            Self::NoDocument(_) => "document_missing",
            Self::NotYourVisit => "visit_not_yours",
            Self::OfferClosed => "offer_closed",
            Self::Lacking(_) => "visit_incomplete",
            Self::Impossible(_) => "value_impossible",
            Self::Strokes => "signature_empty",
            Self::Signer => "signer_blank",
            Self::Frozen => "visit_signed",
            Self::PhotoTooLarge(_) => "photo_too_large",
            Self::PhotoUnreadable => "photo_unreadable",
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
