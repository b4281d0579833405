//! A simulated person with a real phone: accepts, declines, works through a visit, lets the client
//! sign. All typed values come from the spreadsheet.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use vyezd_core::client::{Input, OfferOnPhone, OrderView};
use vyezd_core::codec::sha256;
use vyezd_core::doc::Edit;
use vyezd_core::doc::seal::{Signer, StrokePoint, Strokes};
use vyezd_core::frame::CommandKind;
use vyezd_core::model::{
    Check, CheckResult, Conditions, InstrumentId, ItemId, LegalDate, Measurement, MeasurementId,
    Money, Now, OfferId, OrderId, PayMethod, PersonId, Phase, SealId, Source, VisitId, VisitMoment,
    VisitOutcome, means_for,
};
use vyezd_phone::native::{DataKey, Link, Phone, PhoneError, Vault};

use crate::network::Network;
use crate::random_bytes;

/// A person with a phone and a network.
pub struct Metrologist {
    pub person: PersonId,
    pub name: String,
    pub network: Network,
    pub phone: Phone,
    made: u16,
}

/// The clocks of a phone.
pub type Clocks = Box<dyn FnMut() -> Now + Send>;

/// Values that a person typed for one instrument of one order: conditions, checks, and a row where
/// something was poured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readings {
    /// The order's number.
    pub order: String,
    pub serial_number: String,
    pub conditions: Conditions,
    /// The checks that have a result.
    pub checks: Vec<(Check, CheckResult)>,
    pub row: Option<Measurement>,
}

pub struct Visit<'a> {
    pub order: OrderId,
    pub readings: &'a [Readings],
    /// Sum paid by the client, kopecks; nothing: the sum of the card.
    pub received_kop: Option<i64>,
    /// The network is cut before the first edit and comes back after the signature.
    pub offline: bool,
    /// The code beside the client's signature.
    pub code: Option<&'a str>,
}

impl Metrologist {
    /// Enrols a phone in `dir` with a code from the office.
    pub fn enrol(
        (person, name): (PersonId, &str),
        network: Network,
        code: &str,
        dir: &Path,
        clocks: Clocks,
    ) -> anyhow::Result<Self> {
        let path = dir.join(format!("phone-{person}.db"));
        let vault = Vault { path, key: DataKey::new(random_bytes()) };
        let link = Link::new(&network.url());
        let title = format!("Телефон: {name}");
        let phone = Phone::enrol(vault, link, code, &title, clocks, random_bytes())?;
        Ok(Self { person, name: name.to_owned(), network, phone, made: 0 })
    }

    /// Talks to the server; a connection that broke meanwhile is opened again.
    pub fn sync(&mut self) -> anyhow::Result<()> {
        let mut last = Ok(());
        for _ in 0..3 {
            last = self.phone.sync();
            if last.is_ok() {
                break;
            }
        }
        last.with_context(|| format!("телефон «{}» не смог связаться с сервером", self.name))
    }

    /// Tries to talk to the server and does not mind when there is no network.
    pub fn try_sync(&mut self) -> bool {
        self.phone.sync().is_ok()
    }

    pub fn offers(&mut self) -> Vec<OfferOnPhone> {
        self.phone.client().open_offers()
    }

    /// Looks at an offer and answers it; nothing is sent yet.
    pub fn answer(&mut self, offer: OfferId, accept: bool, reason: &str) -> Result<(), PhoneError> {
        self.answer_with(offer, accept, reason, None)
    }

    /// Looks at an offer and passes it on to a colleague.
    pub fn forward(&mut self, offer: OfferId, to: PersonId) -> Result<(), PhoneError> {
        self.answer_with(offer, false, "", Some(to))
    }

    fn answer_with(
        &mut self,
        offer: OfferId,
        accept: bool,
        reason: &str,
        forward: Option<PersonId>,
    ) -> Result<(), PhoneError> {
        let seen = CommandKind::OfferSeen { offer };
        let id = self.id(ItemId::new);
        self.phone.handle(Input::Command { id, kind: seen })?;
        let kind = CommandKind::AnswerOffer { offer, accept, reason: reason.to_owned(), forward };
        let id = self.id(ItemId::new);
        self.phone.handle(Input::Command { id, kind })
    }

    pub fn order(&mut self, order: OrderId) -> Option<OrderView> {
        let now = self.phone.now();
        self.phone.client().order(now, order)
    }

    /// Works through a visit up to the signature. Returns how often the phone tried in vain to send.
    pub fn visit(&mut self, visit: &Visit<'_>) -> anyhow::Result<u32> {
        if visit.offline {
            self.network.cut();
        }
        let done = self.work(visit);
        if visit.offline {
            self.network.restore();
        }
        done
    }

    fn work(&mut self, work: &Visit<'_>) -> anyhow::Result<u32> {
        let order = work.order;
        let view = self.order(order).context("заявки нет на телефоне")?;
        let visit = view.visit.context("визит не назначен этому телефону")?;
        let card = view.line.card.clone();
        let mut fruitless = 0;
        self.mark(order, visit, VisitMoment::OnTheWay)?;
        self.mark(order, visit, VisitMoment::Arrived)?;
        for expected in &card.instruments {
            let mine: Vec<&Readings> = work
                .readings
                .iter()
                .filter(|line| line.serial_number == expected.serial_number)
                .collect();
            let identity = expected.identity(Source::Copied);
            let instrument = expected.id;
            self.edit(order, vec![Edit::Identify { visit, instrument, identity }])?;
            if mine.is_empty() {
                let reason = "показаний нет".to_owned();
                self.edit(order, vec![Edit::SkipInstrument { visit, instrument, reason }])?;
            } else {
                self.instrument(order, visit, instrument, card.date, &mine)?;
            }
            // In the middle of the work the phone may try to send; without a network it goes on.
            fruitless += u32::from(!self.try_sync());
        }
        self.skip(order, visit)?;
        let received = work.received_kop.unwrap_or(card.price_kop);
        let money = Money {
            due_kop: Some(card.price_kop),
            received_kop: Some(received),
            method: Some(PayMethod::Cash),
            reason: String::new(),
        };
        let finish = Edit::Finish { visit, outcome: VisitOutcome::Done, comment: String::new() };
        self.edit(order, vec![Edit::Pay { visit, money }, finish])?;
        let name =
            if card.client.is_empty() { "Клиент".to_owned() } else { card.client.clone() };
        let signer = Signer::Signed { name, relation: "собственник".to_owned() };
        let (strokes, code) = (signature(&card.number), work.code.map(str::to_owned));
        let seal = self.id(SealId::new);
        self.phone.handle(Input::Seal { order, visit, seal, signer, strokes, code })?;
        self.mark(order, visit, VisitMoment::Departed)?;
        Ok(fruitless)
    }

    /// Passes over instruments that cannot be finished on this day; the reason names the missing
    /// values.
    fn skip(&mut self, order: OrderId, visit: VisitId) -> anyhow::Result<()> {
        let mut reasons: BTreeMap<InstrumentId, Vec<String>> = BTreeMap::new();
        let lacking = self.order(order).map(|view| view.lacking).unwrap_or_default();
        for lack in lacking {
            if let Some(instrument) = lack.instrument {
                reasons.entry(instrument).or_default().push(lack.words);
            }
        }
        for (instrument, reasons) in reasons {
            let reason = reasons.join("; ");
            self.edit(order, vec![Edit::SkipInstrument { visit, instrument, reason }])?;
        }
        Ok(())
    }

    fn instrument(
        &mut self,
        order: OrderId,
        visit: VisitId,
        instrument: InstrumentId,
        date: LegalDate,
        lines: &[&Readings],
    ) -> anyhow::Result<()> {
        let means = means_for(self.phone.client().means(), date);
        let mut edits = vec![Edit::UseMeans { visit, instrument, means }];
        let forwards = conditions(lines.iter().map(|line| &line.conditions));
        let backwards = conditions(lines.iter().rev().map(|line| &line.conditions));
        for (phase, conditions) in [(Phase::Start, forwards), (Phase::End, backwards)] {
            edits.push(Edit::SetConditions { visit, instrument, phase, conditions });
        }
        // A check that failed in any row has failed.
        let mut checks: Vec<_> = lines.iter().flat_map(|line| line.checks.clone()).collect();
        checks.sort_by_key(|(check, result)| (*check, result.passed));
        checks.dedup_by_key(|(check, _)| *check);
        for (check, result) in checks {
            edits.push(Edit::SetCheck { visit, instrument, check, result });
        }
        self.edit(order, edits)?;
        for row in lines.iter().filter_map(|line| line.row.clone()) {
            let measurement = self.id(MeasurementId::new);
            self.edit(order, vec![Edit::Measure { visit, instrument, measurement, row }])?;
        }
        Ok(())
    }

    fn mark(&mut self, order: OrderId, visit: VisitId, moment: VisitMoment) -> anyhow::Result<()> {
        let now = self.phone.now();
        let at = self.phone.client().evidence(now);
        self.edit(order, vec![Edit::Mark { visit, moment, at }])
    }

    fn edit(&mut self, order: OrderId, edits: Vec<Edit>) -> anyhow::Result<()> {
        Ok(self.phone.handle(Input::Edit { order, edits })?)
    }

    /// A new id; ids of one millisecond ascend, so rows keep the order of their making.
    fn id<T>(&mut self, make: fn(i64, [u8; 10]) -> T) -> T {
        self.made = self.made.wrapping_add(1) % (1 << 12);
        let mut random_bytes: [u8; 10] = random_bytes();
        [random_bytes[0], random_bytes[1]] = self.made.to_be_bytes();
        make(self.phone.now().wall.0, random_bytes)
    }
}

/// Each condition as the first of these lines states it.
fn conditions<'a>(lines: impl Iterator<Item = &'a Conditions> + Clone) -> Conditions {
    Conditions {
        air_c: lines.clone().find_map(|c| c.air_c),
        humidity_percent: lines.clone().find_map(|c| c.humidity_percent),
        pressure_kpa: lines.clone().find_map(|c| c.pressure_kpa),
        water_c: lines.clone().find_map(|c| c.water_c),
        source: lines.clone().find_map(|c| c.source),
    }
}

/// A scribble: the same for the same order.
fn signature(seed: &str) -> Strokes {
    let hash = sha256(seed.as_bytes());
    let (width, height) = (1000, 320);
    let strokes = (0..3_u32)
        .map(|stroke| {
            (0..40_u32)
                .map(|n| {
                    let wave = u32::from(hash[((stroke * 7 + n / 4) % 32) as usize]);
                    StrokePoint {
                        x: 60 + stroke * 290 + n * 7,
                        y: 60 + (wave * 200 / 255 + n * 37 % 60) % 240,
                        t_ms: stroke * 600 + n * 12,
                        pressure: 500,
                    }
                })
                .collect()
        })
        .collect();
    Strokes { width, height, strokes }
}
