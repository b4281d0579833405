//! The journal of the installation: changes of people, rights and the firm, downloads of papers. A
//! line and the change share a transaction, so neither is there without the other.

use vyezd_core::model::{ItemId, PersonId};

use crate::app::App;
use crate::store::{AuditEntry, PersonRow, StoreError, Tx};

/// The author of an act, with the address of the request.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Absent where the person is unknown.
    pub person: Option<PersonId>,
    /// The person's name, or the login that was typed.
    pub name: String,
    /// Source address of the request.
    pub address: Option<String>,
}

impl Actor {
    pub fn person(row: &PersonRow) -> Self {
        Self { person: Some(row.id), name: row.name.clone(), address: None }
    }

    /// Somebody at the machine itself, at the command line.
    pub fn machine() -> Self {
        Self { person: None, name: "командная строка".to_owned(), address: None }
    }

    pub fn system() -> Self {
        Self { person: None, name: "система".to_owned(), address: None }
    }

    /// Somebody who gave only a name.
    pub fn stranger(name: &str) -> Self {
        Self { person: None, name: name.to_owned(), address: None }
    }

    #[must_use]
    pub fn at(self, address: Option<String>) -> Self {
        Self { address, ..self }
    }
}

/// Every kind of line: the code for programs, and its heading for people.
pub const KINDS: &[(&str, &str)] = &[
    ("login.succeeded", "Вход"),
    ("login.failed", "Неудачный вход"),
    ("login.code_wrong", "Пароль верен, код из приложения — нет"),
    ("login.ended", "Выход, сеансы закрыты"),
    ("person.created", "Сотрудник заведён"),
    ("person.changed", "Сотрудник изменён"),
    ("person.role", "Роль изменена"),
    ("person.password", "Пароль изменён"),
    ("person.portrait", "Снимок сотрудника изменён"),
    ("person.portrait_removed", "Снимок сотрудника убран"),
    ("person.totp_on", "Вход с кодом из приложения включён"),
    ("person.totp_off", "Вход с кодом из приложения выключен"),
    ("person.switched_off", "Сотрудник отключён"),
    ("person.switched_on", "Сотрудник включён"),
    ("firm.changed", "Реквизиты изменены"),
    ("method.approved", "Методика утверждена"),
    ("means.changed", "Средство поверки изменено"),
    ("means.added", "Средство поверки добавлено"),
    ("kit.added", "Комплект собран"),
    ("kit.changed", "Комплект изменён или передан"),
    ("faq.changed", "Вопросы и ответы изменены"),
    ("device.code", "Код для телефона выдан"),
    ("device.enrolled", "Телефон подключён"),
    ("device.revoked", "Телефон отключён"),
    ("paper.downloaded", "Документ скачан"),
    ("papers.downloaded", "Архив документов скачан"),
    ("photo.downloaded", "Фото открыто"),
    ("package.made", "Пакет «Аршин» сформирован"),
    ("package.downloaded", "Пакет «Аршин» скачан"),
    ("package.sent", "Пакет «Аршин» отмечен отправленным"),
    ("fund.taken", "Номера Фонда приняты"),
    ("fund.undone", "Ответ Фонда отменён"),
    ("fund.again", "Запись с отказом готовится снова"),
    ("link.closed", "Ссылка клиента закрыта"),
    ("link.opened", "Ссылка клиента открыта"),
    ("link.paper", "Документ скачан по ссылке клиента"),
    ("readings.typed", "Показания введены с бумаги"),
    ("import.started", "Загрузка начата"),
    ("import.tried", "Таблица проверена"),
    ("import.stopped", "Загрузка остановлена"),
    ("import.ended", "Загрузка окончена"),
    ("import.repaired", "Строки загрузки исправлены"),
    ("import.undone", "Загрузка отменена"),
    ("decision.made", "Решение принято"),
    ("decision.undone", "Решение отменено"),
    ("quarantine.released", "Отложенное принято"),
    ("quarantine.dismissed", "Отложенное отклонено"),
    ("quarantine.reopened", "Отклонённое возвращено"),
    ("incident.settled", "Сообщение просмотрено"),
    ("recovery.confirmed", "Восстановление подтверждено"),
    ("recovery.begun", "База восстановлена из копии"),
    ("backup.made", "Копия снята"),
    ("marks.replaced", "Ключ отметок сделан заново"),
];

/// Writes a line in the caller's transaction.
pub async fn note(
    app: &App,
    tx: &mut Tx,
    by: &Actor,
    kind: &'static str,
    (subject, details): (&str, &str),
) -> Result<(), StoreError> {
    debug_assert!(KINDS.iter().any(|(known, _)| *known == kind), "{kind} is not in KINDS");
    let entry = AuditEntry {
        id: *app.id(ItemId::new).bytes(),
        at: app.now(),
        person: by.person,
        who: &by.name,
        kind,
        subject,
        details,
        address: by.address.as_deref(),
    };
    tx.audit(&entry).await
}

/// Writes a line of something that only read.
pub async fn note_alone(
    app: &App,
    by: &Actor,
    kind: &'static str,
    about: (&str, &str),
) -> Result<(), StoreError> {
    let mut tx = app.store.begin().await?;
    note(app, &mut tx, by, kind, about).await?;
    tx.commit().await
}
