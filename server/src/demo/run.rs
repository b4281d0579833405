//! Runs the days of the files from morning to the last package.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use vyezd_core::model::{LegalDate, OrderId, PersonId, Timestamp, Zone};
use vyezd_people::{Metrologist, Network, OfficeClient, Readings, Visit};

use super::firm::Firm;
use super::plan::{districts, morning, order_json, strangers, zone};
use super::{PASSWORD, clocks, report};
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::dispatch::ROUND_THE_CLOCK;
use crate::entropy::random_bytes;
use crate::import::orders::OrderLine;
use crate::import::readings::ReadingLine;
use crate::import::{RowProblem, Severity, orders, readings};
use crate::store::{OfferStatus, Role};
use crate::{http, timers};

/// Input of a run and the folder of the results.
pub struct Files {
    pub orders: Vec<u8>,
    pub readings: Vec<u8>,
    pub types: Vec<u8>,
    /// The firm, TOML; nothing: invented.
    pub firm: Option<String>,
    pub out: PathBuf,
    /// The database; nothing: SQLite.
    pub database_url: Option<String>,
}

/// No visit begins later, minutes of the day: a legal date must not slip into the next day.
const LAST_MIN: u16 = 23 * 60 + 30;
/// How far all visits of a day together move the clock at most, s.
const DAY_SPREAD_S: i64 = 2 * 3600;
/// How long a visit takes at most, s.
const VISIT_S_MAX: i64 = 600;

struct Show {
    app: App,
    office_client: OfficeClient,
    crew: Vec<Metrologist>,
    orders: BTreeMap<String, OrderId>,
    problems: Vec<RowProblem>,
    rung: bool,
    declined: bool,
    zone: Zone,
    outages: u32,
    offline_answers: u32,
    handle: tokio::runtime::Handle,
    bar: ProgressBar,
}

/// Runs everything. Only a file that cannot be used at all is an error.
pub async fn run(files: Files) -> anyhow::Result<()> {
    let (orders, mut problems) = orders::parse(&files.orders, None)?;
    let (readings, more) = readings::parse(&files.readings)?;
    problems.extend(more);
    let (_, more) = crate::import::types::parse(&files.types)?;
    problems.extend(more);
    strangers(&orders, &readings, &mut problems);
    std::fs::create_dir_all(&files.out).context("папка для результатов не создаётся")?;
    let dir = std::env::temp_dir()
        .join(format!("vyezd-demo-{}", vyezd_core::codec::hex(&random_bytes::<8>())));
    std::fs::create_dir_all(&dir)?;
    let done = in_dir(&files, &dir, orders, readings, problems).await;
    // Phones and server are gone; what they kept is not needed any more.
    let _: std::io::Result<()> = std::fs::remove_dir_all(&dir);
    done
}

async fn in_dir(
    files: &Files,
    dir: &Path,
    orders: Vec<OrderLine>,
    readings: Vec<ReadingLine>,
    problems: Vec<RowProblem>,
) -> anyhow::Result<()> {
    let days = orders.iter().map(|o| o.date).min().zip(orders.iter().map(|o| o.date).max());
    let today = LegalDate(Zone::MOSCOW.date(Clock::system().now()));
    let days = days.unwrap_or((today, today));
    // Before the firm is read: a day early in any zone.
    let clock = Clock::manual(Zone::MOSCOW.instant(days.0.0, 0).plus_s(-24 * 3600));
    let (app, address) = serve(files, dir, clock.clone()).await?;
    let firm = match &files.firm {
        // A demonstration plays its days from the tables, whatever the hour.
        Some(text) => Firm { hours: ROUND_THE_CLOCK, ..Firm::parse(&app, text)? },
        None => Firm::invent(&app, &districts(&orders), days),
    };
    firm.seed_example(&app, &files.types).await?;
    let base = format!("http://{address}");
    let mut networks = Vec::new();
    for _ in &firm.people {
        networks.push(Network::open(address).await?);
    }
    let people: Vec<(PersonId, String)> = app
        .store
        .read()
        .await?
        .people()
        .await?
        .into_iter()
        .filter(|person| person.role == Role::Metrologist)
        .map(|person| (person.id, person.name))
        .collect();
    let bar = ProgressBar::new(orders.len() as u64 * 2 + 1);
    bar.set_style(ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}")?);
    let mut show = Show {
        office_client: OfficeClient::new(&base, "admin", PASSWORD),
        app,
        crew: Vec::new(),
        orders: BTreeMap::new(),
        problems,
        rung: false,
        declined: false,
        zone: firm.entity.zone,
        outages: 0,
        offline_answers: 0,
        handle: tokio::runtime::Handle::current(),
        bar,
    };
    let (out, dir) = (files.out.clone(), dir.to_owned());
    tokio::task::spawn_blocking(move || {
        show.enrol(people, networks, &dir)?;
        show.work(&orders, &readings)?;
        show.finish(&orders, &readings, days, &out)
    })
    .await?
}

async fn serve(
    files: &Files,
    dir: &Path,
    clock: Clock,
) -> anyhow::Result<(App, std::net::SocketAddr)> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let url = format!("http://{address}");
    let mut config = Config::new(dir.to_owned(), files.database_url.clone(), &url);
    if config.database_url.starts_with("postgres") {
        config.schema = Some(format!("demo_{}", vyezd_core::codec::hex(&random_bytes::<6>())));
    }
    let app = App::open(config, clock).await?;
    let router = http::router(app.clone());
    let patience = app.config.patience.clone();
    tokio::spawn(crate::serve::serve(listener, router, patience, std::future::pending()));
    Ok((app, address))
}

impl Show {
    fn now(&self) -> Timestamp {
        self.app.now()
    }

    fn move_to(&self, to: Timestamp) -> anyhow::Result<()> {
        self.app.clock().move_to(to);
        self.tick()
    }

    fn tick(&self) -> anyhow::Result<()> {
        self.handle.block_on(timers::tick(&self.app)).map(drop)
    }

    fn enrol(
        &mut self,
        people: Vec<(PersonId, String)>,
        networks: Vec<Network>,
        dir: &Path,
    ) -> anyhow::Result<()> {
        for ((person, name), network) in people.into_iter().zip(networks) {
            // Codes may be tried ten times a minute, no oftener.
            self.move_to(self.now().plus_s(10))?;
            let code =
                self.office_client.post(&format!("/v1/people/{person}/enrol-code"), &json!({}))?;
            let code = code["code"].as_str().context("the office gives a code")?.to_owned();
            let clock = self.app.clock().clone();
            let mut metrologist =
                Metrologist::enrol((person, &name), network, &code, dir, clocks(clock))?;
            metrologist.sync()?;
            self.crew.push(metrologist);
        }
        Ok(())
    }

    fn work(&mut self, orders: &[OrderLine], readings: &[ReadingLine]) -> anyhow::Result<()> {
        let mut days: Vec<LegalDate> = orders.iter().map(|order| order.date).collect();
        days.sort_unstable();
        days.dedup();
        for day in days {
            self.bar.set_message(day.russian());
            self.move_to(morning(day, orders, self.zone))?;
            let mut today: Vec<&OrderLine> = orders.iter().filter(|o| o.date == day).collect();
            for order in &today {
                self.hand_out(order)?;
            }
            today.sort_by_key(|o| {
                (zone(o, self.zone).instant(o.date.0, o.window.from_min), o.number.clone())
            });
            let step = (DAY_SPREAD_S / today.len().max(1) as i64).min(VISIT_S_MAX);
            for (at, order) in today.into_iter().enumerate() {
                self.visit(order, readings, at, step)?;
            }
            for metrologist in &mut self.crew {
                metrologist.sync()?;
            }
            self.tick()?;
        }
        Ok(())
    }

    /// The office enters an order; it is offered and answered.
    fn hand_out(&mut self, line: &OrderLine) -> anyhow::Result<()> {
        let body = order_json(line);
        let page = match self.office_client.post("/v1/orders", &body) {
            Ok(page) => page,
            Err(error) => {
                let message = format!("заявка не создана: {error}");
                let problem = RowProblem::new(Severity::Error, orders::FILE, line.line, message);
                self.problems.push(problem.about(&line.number, ""));
                return Ok(());
            }
        };
        let order: OrderId = page["id"].as_str().unwrap_or_default().parse()?;
        self.orders.insert(line.number.clone(), order);
        self.bar.inc(1);
        if !self.rung && self.ring(order)? {
            return Ok(());
        }
        // The person who is asked looks at the phone; a refusal goes to the next one.
        for _ in 0..self.crew.len() {
            let Some(at) = self.asked(order)? else { break };
            let declines = !self.declined && self.orders.len() == 3 && self.another(line)?;
            self.declined |= declines;
            self.answer(at, order, !declines)?;
            if !declines {
                break;
            }
        }
        Ok(())
    }

    /// Whether a second person works in the district of an order.
    fn another(&self, line: &OrderLine) -> anyhow::Result<bool> {
        let people = self.handle.block_on(async { self.app.store.read().await?.people().await })?;
        let key = vyezd_core::model::fold(&line.district);
        let here = |d: &String| vyezd_core::model::fold(d) == key;
        Ok(people.iter().filter(|person| person.districts.iter().any(here)).count() > 1)
    }

    /// Nobody looks at the app for five minutes, so the telephone rings and key 1 accepts. `false`:
    /// the person who is asked has no telephone.
    fn ring(&mut self, order: OrderId) -> anyhow::Result<bool> {
        let has_telephone = self.handle.block_on(async {
            let mut tx = self.app.store.read().await?;
            let open =
                tx.offers(order).await?.into_iter().find(|offer| offer.state == OfferStatus::Open);
            let Some(offer) = open else { return Ok::<_, anyhow::Error>(false) };
            Ok(tx.person(offer.person).await?.is_some_and(|person| person.phone.is_some()))
        })?;
        if !has_telephone {
            return Ok(false);
        }
        self.move_to(self.now().plus_s(301))?;
        let ringing = self.office_client.get("/v1/calls")?;
        let call = ringing
            .as_array()
            .into_iter()
            .flatten()
            .find(|c| c["order"] == json!(order.to_string()));
        if let Some(id) = call.and_then(|call| call["id"].as_str()) {
            let heard =
                self.office_client.post(&format!("/v1/calls/{id}/keys"), &json!({ "key": "1" }))?;
            ensure!(heard["says"] == json!("Заявка ваша"), "телефон ответил: {heard}");
            self.rung = true;
        }
        Ok(self.rung)
    }

    /// The crew's index of the person whose phone shows an open offer of the order.
    fn asked(&mut self, order: OrderId) -> anyhow::Result<Option<usize>> {
        let offers =
            self.handle.block_on(async { self.app.store.read().await?.offers(order).await })?;
        let open = offers.iter().find(|offer| offer.state == OfferStatus::Open);
        let Some(at) = open.and_then(|o| self.crew.iter().position(|m| m.person == o.person))
        else {
            return Ok(None);
        };
        self.crew[at].sync()?;
        let seen = self.crew[at].offers().iter().any(|offer| offer.order == order);
        ensure!(seen, "the offer reached the phone");
        Ok(Some(at))
    }

    /// Every second answer is given without a network and travels a minute later.
    fn answer(&mut self, at: usize, order: OrderId, accept: bool) -> anyhow::Result<()> {
        let offline = self.orders.len().is_multiple_of(2);
        let now = self.now();
        let metrologist = &mut self.crew[at];
        let offers = metrologist.offers();
        let offer =
            offers.iter().find(|offer| offer.order == order).context("the offer is open")?.offer;
        if offline {
            metrologist.network.cut();
        }
        let reason = if accept { "" } else { "далеко" };
        metrologist.answer(offer, accept, reason)?;
        if offline {
            ensure!(!metrologist.try_sync(), "the network is cut");
            self.offline_answers += 1;
            metrologist.network.restore();
            self.app.clock().move_to(now.plus_s(60));
        }
        self.crew[at].sync()?;
        self.tick()
    }

    fn visit(
        &mut self,
        line: &OrderLine,
        readings: &[ReadingLine],
        at: usize,
        step_s: i64,
    ) -> anyhow::Result<()> {
        let place = zone(line, self.zone);
        let latest = place.instant(line.date.0, LAST_MIN);
        let begin = self.now().plus_s(step_s).max(place.instant(line.date.0, line.window.from_min));
        self.move_to(begin.min(latest))?;
        self.bar.inc(1);
        let Some(order) = self.orders.get(&line.number).copied() else { return Ok(()) };
        let holder =
            self.handle.block_on(async { self.app.store.read().await?.holder(order).await })?;
        let mut say = |message: String| {
            let problem = RowProblem::new(Severity::Error, orders::FILE, line.line, message);
            self.problems.push(problem.about(&line.number, ""));
        };
        let position =
            holder.and_then(|(holder, _)| self.crew.iter().position(|m| m.person == holder));
        let Some(who) = position else {
            say("никто не принял заявку: визит не проведён".to_owned());
            return Ok(());
        };
        let lines = readings.iter().filter(|typed| typed.order == line.number);
        let lines: Vec<&ReadingLine> = lines.collect();
        let mine: Vec<Readings> = lines.iter().map(|line| Readings::from(*line)).collect();
        if mine.is_empty() {
            say("показаний по заявке нет: визит не проведён".to_owned());
            return Ok(());
        }
        // Two visits of three happen in a basement.
        let offline = at % 3 != 2;
        self.crew[who].sync()?;
        let visit = Visit { order, readings: &mine, received_kop: None, offline, code: None };
        match self.crew[who].visit(&visit) {
            Ok(fruitless) => self.outages += fruitless,
            Err(error) => say(format!("лист не подписан: {error}")),
        }
        self.crew[who].sync()?;
        self.note_problems(who, order, line, &lines);
        self.tick()
    }

    /// Problems that the phone itself shows for the visit: doubts, and reasons for work that is not
    /// finished.
    fn note_problems(
        &mut self,
        who: usize,
        order: OrderId,
        line: &OrderLine,
        typed: &[&ReadingLine],
    ) {
        let Some(view) = self.crew[who].order(order) else { return };
        let order_number = line.number.clone();
        for (serial, point, text) in view.doubts {
            let key = vyezd_core::model::point_key(&point);
            let of_point = |row: &ReadingLine| {
                let row_point =
                    row.row.as_ref().map(|row| vyezd_core::model::point_key(&row.point));
                row.serial_number == serial
                    && (point.is_empty() || row_point.as_ref() == Some(&key))
            };
            // A warning quotes the flow or the volume of its row.
            let quoted = |row: &ReadingLine| {
                row.row.as_ref().is_some_and(|m| {
                    text.contains(&m.flow.with_comma()) || text.contains(&m.reference.with_comma())
                })
            };
            let of_point = || typed.iter().filter(|row| of_point(row));
            let line = of_point().find(|row| quoted(row)).or_else(|| of_point().next());
            let line_no = line.map_or(0, |row| row.line);
            let problem = RowProblem::new(Severity::Warning, readings::FILE, line_no, text);
            self.problems.push(problem.about(&order_number, &serial).at_point(&point));
        }
        let unfinished = view
            .preview
            .into_iter()
            .flat_map(|view| view.instruments)
            .filter(|i| i.result == vyezd_core::doc::view::SealedResult::NotFinished);
        for instrument in unfinished {
            let serial = &instrument.serial_number;
            let line_no = line
                .instruments
                .iter()
                .find(|i| i.serial_number == *serial)
                .map_or(line.line, |i| i.line);
            let message = format!("поверка не завершена: {}", instrument.reasons.join("; "));
            let problem = RowProblem::new(Severity::Error, orders::FILE, line_no, message);
            self.problems.push(problem.about(&line.number, serial));
        }
    }

    fn finish(
        mut self,
        orders: &[OrderLine],
        readings: &[ReadingLine],
        days: (LegalDate, LegalDate),
        out: &Path,
    ) -> anyhow::Result<()> {
        let mut counts = report::Counts::default();
        let views = self.handle.block_on(report::views(&self.app, &self.orders))?;
        let Self { office_client, problems, orders: ids, .. } = &mut self;
        report::papers(office_client, ids, out, &mut counts)?;
        report::packages(office_client, days, out, &mut counts, problems)?;
        report::results(orders, &views, problems, out, &mut counts)?;
        report::problems(problems, out)?;
        self.bar.finish_and_clear();
        let unsent: usize = self.crew.iter_mut().map(|m| m.phone.client().status().unsent).sum();
        println!("Дни: {}–{}", days.0.russian(), days.1.russian());
        println!("Заявок: {}, строк показаний: {}", orders.len(), readings.len());
        println!(
            "Приборов: пригодны {}, непригодны {}, не завершено {}",
            counts.fit, counts.unfit, counts.not_finished
        );
        println!(
            "Документы: протоколов {}, свидетельств {}, извещений {}, сервисных листов {}",
            counts.protocols, counts.certificates, counts.notices, counts.sheets
        );
        println!("Пакетов «Аршин»: {}, записей: {}", counts.packages, counts.records);
        println!(
            "Связь: ответов без сети {}, попыток отправить без сети {}, осталось неотправленным {unsent}",
            self.offline_answers, self.outages
        );
        println!("Замечаний: {} (problems.csv)", self.problems.len());
        println!("Результаты: {}", out.display());
        ensure!(unsent == 0, "на телефонах осталось неотправленное");
        Ok(())
    }
}
