//! Commands of phones: decisions that only the ledger may make. Each command is decided alone, so
//! that a failed one harms no other.

use serde_json::{Map, Value};
use vyezd_core::frame::{Command, CommandKind, Event, Receipt, ReceiptOutcome, SETTINGS_BYTES_MAX};
use vyezd_core::model::{ItemId, LeaseId, OfferId, OrderId, PersonId, Timestamp, short_name};
use vyezd_core::session::{self, DEVICE_REVOKED};
use vyezd_core::texts::{is_lines, one_line};

use super::caller::Caller;
use super::transfer;
use crate::app::App;
use crate::dispatch::{self, Answer, Channel};
use crate::incidents;
use crate::limits::phones::{COMMANDS_TOGETHER, HELP_OPEN_MAX};
use crate::store::{self, IncidentKind, NumberState, OfferRow, StoreError, Tx};

/// Decides the commands of a request, in transactions of their own, before any of its batches is looked at: an answer
/// given before a sheet was signed must count when the sheet is judged. Those beyond the phone's budget wait.
pub(super) async fn decide_all(
    app: &App,
    caller: &Caller,
    commands: &[Command],
) -> Result<Vec<Receipt>, StoreError> {
    let Some(_turn) = app.budgets.turn(caller.device).await else {
        return Ok(commands.iter().map(later).collect());
    };
    let taken = app.budgets.take_commands(caller.device, app.now(), commands.len());
    let (taken, rest) = commands.split_at(taken);
    let mut receipts = Vec::with_capacity(commands.len());
    for together in taken.chunks(COMMANDS_TOGETHER) {
        receipts.extend(decide_together(app, caller, together).await?);
    }
    receipts.extend(rest.iter().map(later));
    Ok(receipts)
}

/// A command that its phone brings again in a minute.
fn later(command: &Command) -> Receipt {
    let words = "телефон прислал слишком много сразу; повторит сам";
    session::receipt(command.id, ReceiptOutcome::RetryLater, "commands_budget", words)
}

async fn decide_together(
    app: &App,
    caller: &Caller,
    commands: &[Command],
) -> Result<Vec<Receipt>, StoreError> {
    let mut tx = app.store.begin().await?;
    tx.lock_device(caller.device).await?;
    let mut given = Vec::new();
    for command in commands {
        let receipt = decide_alone(app, &mut tx, caller, command.clone()).await?;
        if receipt.outcome == ReceiptOutcome::Refused && !caller.revoked {
            trace(app, &mut tx, caller, &receipt).await?;
        }
        if matches!(receipt.outcome, ReceiptOutcome::Ok | ReceiptOutcome::Refused) {
            tx.put_receipts(caller.receipts, &[&receipt], app.now().0).await?;
        }
        given.push(receipt);
    }
    tx.commit().await?;
    Ok(given)
}

/// Decides one command behind a savepoint.
async fn decide_alone(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    command: Command,
) -> Result<Receipt, StoreError> {
    let id = command.id;
    // The same request may have been here meanwhile; the phone's row is locked now.
    if let Some(earlier) = tx.receipts(caller.receipts, &[id]).await?.pop() {
        return Ok(session::repeated(&earlier));
    }
    if caller.revoked {
        let words = "доступ телефона отозван";
        return Ok(session::receipt(id, ReceiptOutcome::Refused, DEVICE_REVOKED, words));
    }
    tx.savepoint().await?;
    match decide(app, tx, caller, command).await {
        Ok(said) => {
            tx.release_savepoint().await?;
            Ok(said.receipt(id))
        }
        Err(error) if store::is_retryable_conflict(&error) => Err(error),
        Err(error) => {
            tracing::error!(%error, "a command failed; it is tried again");
            tx.rollback_to_savepoint().await?;
            if app.budgets.failed(id) {
                let words = "сервер не смог выполнить это; позвоните в офис";
                let code = "cannot_be_written";
                return Ok(session::receipt(id, ReceiptOutcome::Refused, code, words));
            }
            let words = "сервер не смог выполнить, повторите";
            Ok(session::receipt(id, ReceiptOutcome::RetryLater, "server_fault", words))
        }
    }
}

/// The ledger's answer to a command.
enum CommandOutcome {
    Done,
    Refused {
        code: &'static str,
        words: &'static str,
    },
    /// The phone brings the command again.
    Later {
        code: &'static str,
        words: &'static str,
    },
}

impl CommandOutcome {
    const fn refused(code: &'static str, words: &'static str) -> Self {
        Self::Refused { code, words }
    }

    fn receipt(self, id: ItemId) -> Receipt {
        match self {
            Self::Done => session::receipt(id, ReceiptOutcome::Ok, "", ""),
            Self::Refused { code, words } => {
                session::receipt(id, ReceiptOutcome::Refused, code, words)
            }
            Self::Later { code, words } => {
                session::receipt(id, ReceiptOutcome::RetryLater, code, words)
            }
        }
    }
}

/// Nobody sees or answers an offer before it is made, whatever the phone's clock says.
fn since_offered(offer: &OfferRow, at: Timestamp) -> Timestamp {
    at.max(Timestamp(offer.offered_at))
}

async fn decide(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    command: Command,
) -> Result<CommandOutcome, StoreError> {
    // A phone's clock is evidence; it cannot place an event in the future.
    let at = Timestamp(command.at.at.0.min(app.now().0));
    match command.kind {
        CommandKind::OfferDelivered { offer } => {
            let Some(row) = own_offer(tx, caller, offer).await? else { return Ok(NO_OFFER) };
            tx.note_delivered(row.id, since_offered(&row, at)).await?;
        }
        CommandKind::OfferSeen { offer } => {
            let Some(row) = own_offer(tx, caller, offer).await? else { return Ok(NO_OFFER) };
            tx.note_seen(row.id, since_offered(&row, at)).await?;
        }
        CommandKind::AnswerOffer { offer, accept, reason, forward } => {
            let Some(row) = own_offer(tx, caller, offer).await? else { return Ok(NO_OFFER) };
            let (reason, forwarded_to) = match forward.filter(|_| !accept) {
                Some(to) => forwarded(tx, to, &reason).await?,
                None => (words(&reason), None),
            };
            let at = since_offered(&row, at);
            let given = Answer { offer, accept, channel: Channel::App, at, reason, forwarded_to };
            dispatch::answer(app, tx, row.order, given).await?;
        }
        CommandKind::AcceptTransfer { transfer } => {
            return Ok(match transfer::take(app, tx, caller, &transfer).await? {
                transfer::TransferOutcome::Accepted => CommandOutcome::Done,
                transfer::TransferOutcome::Refused((code, words)) => {
                    CommandOutcome::refused(code, words)
                }
                transfer::TransferOutcome::Later => CommandOutcome::Later {
                    code: "recovering",
                    words: "сервер восстанавливает данные, повторите",
                },
            });
        }
        CommandKind::TransferConfirmed { order, to } => {
            transfer::given(app, tx, caller, (order, to)).await?;
        }
        CommandKind::TransferCancelled { visit, .. } => {
            tx.put_cancelled_transfer(visit, caller.person.id, app.now().0).await?;
        }
        CommandKind::Help { order, text } => help(app, tx, caller, order, &text).await?,
        CommandKind::KeepSettings { settings } => return keep_settings(tx, caller, settings).await,
        CommandKind::SpoilNumber { lease, number, reason } => {
            return spoil_number(tx, caller, (lease, number), &reason).await;
        }
    }
    Ok(CommandOutcome::Done)
}

const NO_OFFER: CommandOutcome = CommandOutcome::refused("offer_unknown", "такого предложения нет");

async fn own_offer(
    tx: &mut Tx,
    caller: &Caller,
    offer: OfferId,
) -> Result<Option<OfferRow>, StoreError> {
    Ok(tx.offer(offer).await?.filter(|row| row.person == caller.person.id))
}

/// The words of an answer that names a colleague, where there is such a person.
async fn forwarded(
    tx: &mut Tx,
    to: PersonId,
    reason: &str,
) -> Result<(String, Option<PersonId>), StoreError> {
    Ok(match tx.person(to).await? {
        Some(to) => (format!("предлагает спросить — {}", short_name(&to.name)), Some(to.id)),
        None => (words(reason), None),
    })
}

/// Keeps the newest settings only: a phone that is set up later gets them.
async fn keep_settings(
    tx: &mut Tx,
    caller: &Caller,
    settings: String,
) -> Result<CommandOutcome, StoreError> {
    let object = || serde_json::from_str::<Map<String, Value>>(&settings);
    let plain = || object().is_ok_and(|all| is_plain(&Value::Object(all)));
    if settings.len() > SETTINGS_BYTES_MAX || !is_lines(&settings) || !plain() {
        return Ok(CommandOutcome::refused("settings_refused", "настройки не читаются"));
    }
    tx.forget_settings(caller.person.id).await?;
    tx.enqueue_event(caller.person.id, Event::Settings { settings }).await?;
    Ok(CommandOutcome::Done)
}

async fn spoil_number(
    tx: &mut Tx,
    caller: &Caller,
    (lease, number): (LeaseId, u64),
    reason: &str,
) -> Result<CommandOutcome, StoreError> {
    let held = tx.lease(lease).await?.filter(|(lease, device)| {
        *device == caller.device && (lease.first..=lease.last).contains(&number)
    });
    let Some((lease, _)) = held else {
        return Ok(CommandOutcome::refused("number_not_yours", "номер не выдан этому телефону"));
    };
    if tx.use_number((lease.series(), number), NumberState::Spoiled, None, &words(reason)).await? {
        Ok(CommandOutcome::Done)
    } else {
        Ok(CommandOutcome::refused("number_used", "номер уже использован"))
    }
}

/// Reports a call for help. Each is an incident of its own while open; beyond the bound the last
/// one gets the newest words.
async fn help(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    order: Option<OrderId>,
    text: &str,
) -> Result<(), StoreError> {
    let about = match order {
        Some(order) => tx.order(order).await?.map(|row| row.card.number),
        None => None,
    };
    let about = about.map(|number| format!(" (заявка № {number})")).unwrap_or_default();
    let what = format!("{} просит помощи{about}: {}", caller.person.name, words(text));
    let person = caller.person.id.to_string();
    let open = tx.open_reports(IncidentKind::Help, &person).await?;
    let subject = format!("{person}/{}", open.min(HELP_OPEN_MAX - 1));
    // An id of the server's own: another phone may have used the command's.
    incidents::report_anew(app, tx, &IncidentKind::Help.about(&subject), &what).await
}

/// Reports a refused command to the office: the newest of each phone.
async fn trace(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    receipt: &Receipt,
) -> Result<(), StoreError> {
    let what = format!(
        "Команда телефона ({}) не выполнена: {} ({}).",
        caller.person.name, receipt.message, receipt.code
    );
    let subject = caller.device.to_string();
    incidents::report_anew(app, tx, &IncidentKind::CommandRefused.about(&subject), &what).await
}

/// Whether no key and no text of the value holds an invisible sign, escaped or not.
fn is_plain(value: &Value) -> bool {
    match value {
        Value::String(text) => is_lines(text),
        Value::Array(all) => all.iter().all(is_plain),
        Value::Object(all) => all.iter().all(|(name, value)| is_lines(name) && is_plain(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    }
}

/// A person's words, one line of them, cut.
fn words(text: &str) -> String {
    one_line(text).chars().take(500).collect()
}
