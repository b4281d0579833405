//! Contradictions in meaning, found by a pure function of the document and the facts of the ledger.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vyezd_core::model::{
    Instrument, InstrumentId, Method, Order, PersonId, Timestamp, Visit, VisitId, VisitMoment,
    VisitOutcome, Window, Zone, point_key,
};

use crate::store::{ConflictKind as Kind, OrderState, SealState, SheetRow};

/// The question as people read it.
pub const fn question(kind: Kind) -> &'static str {
    match kind {
        Kind::TwoReadings => "Два показания для одного измерения: какое верно?",
        Kind::CancelledDone => "Заявка отменена, но работа сделана. Что считать?",
        Kind::Reassigned => {
            "Заявка передана другому, а прежний исполнитель работал. Чей визит считать?"
        }
        Kind::TwoSheets => "По заявке подписаны два листа. Какой считать?",
        Kind::MovedDone => "Заявка перенесена, но визит уже был. Что считать?",
        Kind::SheetHeld => "Подписанный лист не выпущен. Что с ним делать?",
        Kind::TwoTimes => "С клиентом согласовано другое время. Какое верно?",
    }
}

/// The name of a choice, stable over HTTP and in the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub enum Pick {
    /// The office's act stands.
    Office,
    /// The work of the visit stands.
    Visit,
    /// The sheet is checked once more.
    Recheck,
    Void,
    /// The reading or the sheet with this id.
    Id(String),
}

impl Pick {
    pub fn id<T: std::str::FromStr>(&self) -> Option<T> {
        match self {
            Self::Id(id) => id.parse().ok(),
            _ => None,
        }
    }
}

impl From<String> for Pick {
    fn from(word: String) -> Self {
        match word.as_str() {
            "office" => Self::Office,
            "visit" => Self::Visit,
            "recheck" => Self::Recheck,
            "void" => Self::Void,
            _ => Self::Id(word),
        }
    }
}

impl From<Pick> for String {
    fn from(pick: Pick) -> Self {
        match pick {
            Pick::Office => "office".to_owned(),
            Pick::Visit => "visit".to_owned(),
            Pick::Recheck => "recheck".to_owned(),
            Pick::Void => "void".to_owned(),
            Pick::Id(id) => id,
        }
    }
}

/// One way to decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "code": "visit", "who": "Анохина Анна Сергеевна", "at": 1_789_365_720_000_i64, "from": "телефон",
    "what": "лист подписан", "then": "заявка выполнена, перенос не считается"
}))]
pub struct Choice {
    /// Name of the choice, sent back with the decision.
    #[schema(value_type = String)]
    pub code: Pick,
    /// Whose word it is.
    pub who: String,
    /// When he said so, Unix time, ms.
    pub at: Option<i64>,
    /// From where it is known, in Russian: telephone, office.
    pub from: String,
    /// What it is, in Russian.
    pub what: String,
    /// What becomes of the rest, in Russian.
    pub then: String,
}

/// A conflict as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    pub kind: Kind,
    /// The subject of the conflict; order, kind and subject together are its name.
    pub subject: String,
    pub options: Vec<Choice>,
}

/// Facts of the ledger that the document does not hold.
#[derive(Debug, Clone)]
pub struct LedgerFacts {
    pub state: OrderState,
    /// The day on the card.
    pub date: String,
    /// The time of day on the card.
    pub window: Window,
    pub zone: Zone,
    /// Time and author of the office's move to that day.
    pub moved: Option<(i64, String)>,
    /// Time and author of the office's last cancellation, move or taking back.
    pub acted: Option<(i64, String)>,
    /// Visits with their person, and whether the order was ever assigned under each.
    pub visits: Vec<(VisitId, PersonId, String)>,
    /// Visits whose person transferred the order.
    pub transferred: Vec<VisitId>,
    /// The holder and the visit under which the order is held.
    pub holder: Option<(PersonId, VisitId)>,
    pub sheets: Vec<SheetRow>,
}

const ISSUED: &str = "заявка станет выполненной, документы выйдут";
const GIVEN_BACK: &str = "заявка вернётся к нему, лист пойдёт к выпуску";

/// All contradictions of an order.
pub fn detect(order: &Order, facts: &LedgerFacts, methods: &[Method]) -> Vec<Conflict> {
    let mut found = Vec::new();
    for (id, visit) in &order.visits {
        for (instrument, of) in &visit.instruments {
            found.extend(two_readings(facts, *id, (*instrument, of), methods));
        }
        if let Some((_, person, name)) = facts.visits.iter().find(|(visit, ..)| visit == id) {
            found.extend(of_visit(facts, (*id, visit), (*person, name)));
            found.extend(two_times(facts, (*id, visit), name));
        }
    }
    found.extend(two_sheets(facts));
    let held = facts.sheets.iter().filter(|sheet| sheet.waits());
    let asked = |sheet: &&SheetRow| {
        let about = |found: &Conflict| match found.kind {
            Kind::TwoSheets => found.subject == sheet.id.to_string(),
            Kind::CancelledDone | Kind::Reassigned => found.subject == sheet.visit.to_string(),
            _ => false,
        };
        !found.iter().any(about)
    };
    let held: Vec<Conflict> = held.filter(asked).map(|sheet| sheet_held(facts, sheet)).collect();
    found.extend(held);
    found
}

/// A sheet without any other question: a dispatcher may check the sheet again, or void it.
fn sheet_held(facts: &LedgerFacts, sheet: &SheetRow) -> Conflict {
    let name = facts.visits.iter().find(|(visit, ..)| *visit == sheet.visit);
    let recheck = Choice {
        code: Pick::Recheck,
        who: name.map_or_else(String::new, |(_, _, name)| name.clone()),
        at: Some(sheet.signed_at),
        from: "телефон".to_owned(),
        what: format!("лист подписан; {}", sheet.problem),
        then: "лист проверится ещё раз: сойдётся — выйдут документы".to_owned(),
    };
    let void = Choice {
        code: Pick::Void,
        who: "офис".to_owned(),
        at: None,
        from: "офис".to_owned(),
        what: "лист не считать".to_owned(),
        then: "документов по нему не будет; исполнителю скажут подписать лист заново".to_owned(),
    };
    let (kind, subject) = (Kind::SheetHeld, sheet.id.to_string());
    Conflict { kind, subject, options: vec![recheck, void] }
}

fn two_readings(
    facts: &LedgerFacts,
    visit: VisitId,
    (id, instrument): (InstrumentId, &Instrument),
    methods: &[Method],
) -> Vec<Conflict> {
    let who = |visit| {
        let of = facts.visits.iter().find(|(known, ..)| *known == visit);
        of.map_or_else(String::new, |(_, _, name)| name.clone())
    };
    let mut by_point: std::collections::BTreeMap<String, Vec<_>> =
        std::collections::BTreeMap::new();
    for (row, of) in instrument.rows_or_set_aside() {
        by_point.entry(point_key(&of.point)).or_default().push((row, of));
    }
    let mut found = Vec::new();
    by_point.retain(|_, rows| rows.len() > 1);
    for (key, rows) in by_point {
        let asked = methods.iter().flat_map(|method| &method.points);
        let asked = asked.filter(|point| point_key(&point.name) == key).map(|point| point.repeats);
        let most = usize::from(asked.max().unwrap_or(1).max(1));
        let differ = rows.windows(2).any(|pair| pair[0].1 != pair[1].1);
        if rows.len() <= most || !differ {
            continue;
        }
        let options = rows.iter().map(|(row, of)| Choice {
            code: Pick::Id(row.to_string()),
            who: who(visit),
            at: Some(row.unix_ms() as i64),
            from: of.source.russian().to_owned(),
            what: format!(
                "{}, прибор № {}: {} → {} м³, эталон {} м³",
                of.point, instrument.identity.serial_number, of.start, of.end, of.reference
            ),
            then: "остальные останутся в заявке, но не в протоколе".to_owned(),
        });
        let subject = format!("{visit}/{id}/{key}");
        found.push(Conflict { kind: Kind::TwoReadings, subject, options: options.collect() });
    }
    found
}

/// A visit with work, beside the ledger's view of the order.
struct Worked<'a> {
    facts: &'a LedgerFacts,
    id: VisitId,
    visit: &'a Visit,
    person: PersonId,
    name: &'a str,
    sheet: Option<&'a SheetRow>,
    arrived: Option<Timestamp>,
}

/// The question about a visit that the office's decisions contradict.
fn of_visit(
    facts: &LedgerFacts,
    (id, visit): (VisitId, &Visit),
    (person, name): (PersonId, &str),
) -> Option<Conflict> {
    let counts_or_waits =
        |sheet: &&SheetRow| sheet.visit == id && sheet.state != SealState::Superseded;
    let sheet = facts.sheets.iter().find(counts_or_waits);
    let arrived = visit.times.get(&VisitMoment::Arrived).map(|at| at.at);
    let done = visit.outcome == Some(VisitOutcome::Done);
    let worked = sheet.is_some() || arrived.is_some() || done;
    // Work that was begun before a transfer went on under the colleague's visit.
    if !worked || (sheet.is_none() && facts.transferred.contains(&id)) {
        return None;
    }
    let worked = Worked { facts, id, visit, person, name, sheet, arrived };
    if facts.state == OrderState::Cancelled {
        return Some(worked.cancelled());
    }
    worked.reassigned().or_else(|| worked.moved())
}

impl Worked<'_> {
    fn conflict(&self, kind: Kind, options: [Choice; 2]) -> Conflict {
        Conflict { kind, subject: self.id.to_string(), options: options.into() }
    }

    fn work(&self, then: &str) -> Choice {
        let arrived = self.arrived.map(|at| at.0);
        Choice {
            code: Pick::Visit,
            who: self.name.to_owned(),
            at: self.sheet.map(|sheet| sheet.signed_at).or(arrived),
            from: "телефон".to_owned(),
            what: match (self.sheet, self.visit.outcome) {
                (Some(_), _) => "визит проведён, лист подписан".to_owned(),
                (None, Some(outcome)) => format!("визит: {}", outcome.russian()),
                (None, None) => "визит начат".to_owned(),
            },
            then: then.to_owned(),
        }
    }

    fn office(&self, what: String, then: &str) -> Choice {
        let acted = self.facts.acted.as_ref();
        Choice {
            code: Pick::Office,
            who: acted.map_or_else(|| "офис".to_owned(), |(_, who)| who.clone()),
            at: acted.map(|(at, _)| *at),
            from: "офис".to_owned(),
            what,
            then: then.to_owned(),
        }
    }

    fn cancelled(&self) -> Conflict {
        let then = if self.sheet.is_some() {
            ISSUED
        } else {
            "заявка вернётся к исполнителю"
        };
        let kept = "работа и лист остаются в заявке, документы не выпускаются";
        let office = self.office("заявка отменена".to_owned(), kept);
        self.conflict(Kind::CancelledDone, [self.work(then), office])
    }

    fn held_by_other(&self) -> bool {
        self.facts.holder.is_none_or(|(_, held)| held != self.id)
    }

    fn reassigned(&self) -> Option<Conflict> {
        let facts = self.facts;
        let counted = self.sheet.is_some_and(SheetRow::counts);
        let unfinished = self.visit.outcome.is_none_or(|outcome| outcome == VisitOutcome::Done);
        let begun =
            self.sheet.is_none() && self.arrived.is_some() && unfinished && facts.holder.is_some();
        if !self.held_by_other() || counted || !(begun || sheet_waits(facts, self.id)) {
            return None;
        }
        let holder = facts.holder.and_then(|(holder, held)| {
            let of = facts.visits.iter().find(|(visit, ..)| *visit == held);
            of.filter(|_| holder != self.person).map(|(_, _, name)| name)
        });
        let what = match holder {
            Some(name) => format!("заявка у другого исполнителя: {name}"),
            None => "заявку у него забрали".to_owned(),
        };
        let then = if self.sheet.is_some() {
            GIVEN_BACK
        } else {
            "заявка вернётся к нему"
        };
        let stays = "его визит останется в заявке, документов по нему не будет";
        let options = [self.work(then), self.office(what, stays)];
        Some(self.conflict(Kind::Reassigned, options))
    }

    fn moved(&self) -> Option<Conflict> {
        let facts = self.facts;
        let day = facts.zone.date(self.arrived?).to_string();
        let other_day = facts.moved.is_some() && day != facts.date;
        if !other_day || !facts.state.is_open() || self.held_by_other() {
            return None;
        }
        let what = format!("заявка перенесена на {}", facts.date);
        let options = [
            self.work("день заявки снова станет днём визита"),
            self.office(what, "визит останется в заявке"),
        ];
        Some(self.conflict(Kind::MovedDone, options))
    }
}

/// Two agreed times: the card's, and the one of a call by the holder before the arrival.
fn two_times(facts: &LedgerFacts, (id, visit): (VisitId, &Visit), name: &str) -> Option<Conflict> {
    let call = visit.call.as_ref()?;
    let (date, window) = call.agreed()?;
    let mine = facts.holder.is_some_and(|(_, held)| held == id);
    let waits = mine && facts.state.is_open() && !visit.times.contains_key(&VisitMoment::Arrived);
    if !waits || (date.to_string() == facts.date && window == facts.window) {
        return None;
    }
    let agreed = Choice {
        code: Pick::Visit,
        who: name.to_owned(),
        at: Some(call.at.at.0),
        from: "телефон, звонок клиенту".to_owned(),
        what: format!("согласовано {} {window}", date.russian()),
        then: "на карточке будет согласованное время".to_owned(),
    };
    let acted = facts.acted.as_ref();
    let card = Choice {
        code: Pick::Office,
        who: acted.map_or_else(|| "офис".to_owned(), |(_, who)| who.clone()),
        at: acted.map(|(at, _)| *at),
        from: "карточка".to_owned(),
        what: format!("на карточке {} {}", facts.date, facts.window),
        then: "исполнитель увидит, что время осталось прежним".to_owned(),
    };
    // A later agreement is another question.
    let subject = format!("{id}/{date}/{}", window.from_min);
    Some(Conflict { kind: Kind::TwoTimes, subject, options: vec![agreed, card] })
}

fn sheet_waits(facts: &LedgerFacts, visit: VisitId) -> bool {
    facts.sheets.iter().any(|sheet| sheet.visit == visit && sheet.waits())
}

fn two_sheets(facts: &LedgerFacts) -> Option<Conflict> {
    let counted = facts.sheets.iter().find(|sheet| sheet.counts())?;
    let waiting =
        facts.sheets.iter().find(|sheet| sheet.waits() && sheet.visit != counted.visit)?;
    let choice = |sheet: &SheetRow, then: &str| Choice {
        code: Pick::Id(sheet.id.to_string()),
        who: facts
            .visits
            .iter()
            .find(|(visit, ..)| *visit == sheet.visit)
            .map_or_else(String::new, |(_, _, name)| name.clone()),
        at: Some(sheet.signed_at),
        from: "телефон".to_owned(),
        what: "подписанный лист".to_owned(),
        then: then.to_owned(),
    };
    Some(Conflict {
        kind: Kind::TwoSheets,
        subject: waiting.id.to_string(),
        options: vec![
            choice(counted, "второй лист останется в заявке без документов"),
            choice(waiting, "документы первого станут недействительны, выйдут по этому"),
        ],
    })
}
