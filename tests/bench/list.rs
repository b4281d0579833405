//! The office's list of orders with very many of them: pages, counts, filters and searches.

use std::path::Path;
use std::time::Instant;

use anyhow::Context;
use vyezd_core::model::*;
use vyezd_server::app::App;
use vyezd_server::clock::Clock;
use vyezd_server::config::Config;
use vyezd_server::demo::Firm;
use vyezd_server::import::types::BUILT_IN;
use vyezd_server::store::{OrderFilter, OrderPlace, OrderState, search_words};
use vyezd_tests::FIRM;
use vyezd_tests::simulation::SimRng;

/// Orders of one transaction while the table is filled.
const AT_ONCE: usize = 5_000;
/// Days over which the orders are spread, up to a month after the last of them.
const DAYS: u64 = 1_100;
const STREETS: [&str; 12] = [
    "Тархова",
    "Чапаева",
    "Лермонтова",
    "Московская",
    "Рахова",
    "Советская",
    "Вольская",
    "Шелковичная",
    "Навашина",
    "Осипова",
    "Лебедева",
    "Антонова",
];
const NAMES: [&str; 10] = [
    "Кузнецова",
    "Лаптева",
    "Орлова",
    "Гостева",
    "Быкова",
    "Смирнова",
    "Иванова",
    "Петрова",
    "Жукова",
    "Соколова",
];

pub(crate) struct Plan {
    pub(crate) orders: usize,
    pub(crate) rounds: usize,
    pub(crate) database: Option<String>,
    pub(crate) data: std::path::PathBuf,
}

/// Fills an empty database, or uses the one that is there, and prints what each question costs.
pub(crate) fn run(plan: &Plan) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        std::fs::create_dir_all(&plan.data)?;
        let app = open(plan.database.as_deref(), &plan.data).await?;
        let there = app.store.read().await?.count_orders(&OrderFilter::default()).await?;
        let there: i64 = there.iter().map(|(_, count)| count).sum();
        if (there as usize) < plan.orders {
            fill(&app, there as usize, plan.orders).await?;
        }
        println!("{}, {} orders", app.store.kind(), plan.orders.max(there as usize));
        for (what, filter) in questions() {
            measure(&app, what, &filter, plan.rounds).await?;
        }
        Ok(())
    })
}

async fn open(database: Option<&str>, dir: &Path) -> anyhow::Result<App> {
    let config = Config::new(dir.to_owned(), database.map(str::to_owned), "http://bench");
    let app = App::open(config, Clock::system()).await?;
    if app.store.read().await?.entities().await?.is_empty() {
        let firm = Firm::parse(&app, FIRM)?;
        firm.create(&app, BUILT_IN.as_bytes()).await?;
    }
    Ok(app)
}

async fn fill(app: &App, from: usize, to: usize) -> anyhow::Result<()> {
    let entity = app.store.read().await?.entities().await?.first().context("an issuer")?.id;
    let mut rng = SimRng::new(7);
    for begin in (from..to).step_by(AT_ONCE) {
        let mut tx = app.store.begin().await?;
        for n in begin..to.min(begin + AT_ONCE) {
            let (card, state) = order(app, entity, n, &mut rng);
            tx.add_order(&card, app.now()).await?;
            tx.set_order_state(card.id, state).await?;
        }
        tx.commit().await?;
    }
    let mut tx = app.store.begin().await?;
    tx.analyze().await?;
    Ok(tx.commit().await?)
}

/// Most orders are done; few of the last days are not.
fn order(app: &App, entity: EntityId, n: usize, rng: &mut SimRng) -> (Card, OrderState) {
    let first = jiff::civil::date(2023, 9, 1);
    let ago = rng.below(DAYS);
    let day = first.checked_add(jiff::Span::new().days(ago as i64)).unwrap_or(first);
    let state = match rng.below(100) {
        _ if ago + 3 > DAYS => OrderState::New,
        _ if ago + 10 > DAYS => OrderState::Accepted,
        0..=3 => OrderState::Cancelled,
        4..=5 => OrderState::NotDone,
        6 => OrderState::Postponed,
        _ => OrderState::Done,
    };
    let street = STREETS[rng.below(STREETS.len() as u64) as usize];
    let name = NAMES[rng.below(NAMES.len() as u64) as usize];
    let (house, flat) = (rng.below(140) + 1, rng.below(200) + 1);
    let phone = Phone::parse(&format!("+7917{:07}", rng.below(10_000_000))).expect("a telephone");
    let meter = |at: u64, rng: &mut SimRng| ExpectedInstrument {
        id: app.id(InstrumentId::new),
        type_number: "16078-13".to_owned(),
        modification: "СХВ-15".to_owned(),
        serial_number: format!("{:08}{at}", rng.below(100_000_000)),
        year: Some(2020),
        water: Some(Water::Cold),
        position: Some(Position::Horizontal),
        last_reading: None,
    };
    let from = 9 + rng.below(10) as u16;
    let card = Card {
        id: app.id(OrderId::new),
        number: format!("{}", 100_000 + n),
        version: 1,
        entity,
        district: format!("Район {}", rng.below(20)),
        zone: Zone::MOSCOW,
        date: LegalDate(day),
        window: Window { from_min: from * 60, to_min: from * 60 + 120 },
        kind: "поверка".to_owned(),
        urgency: if rng.once_in(50) { Urgency::Emergency } else { Urgency::Planned },
        client: format!("{name} Анна Петровна"),
        phones: vec![phone],
        address: format!("г. Саратов, ул. {street}, д. {house}, кв. {flat}"),
        access: Access::default(),
        price_kop: 180_000,
        instruments: vec![meter(1, rng), meter(2, rng)],
        certificate: false,
        source: "office".to_owned(),
        place: None,
    };
    (card, state)
}

fn questions() -> Vec<(&'static str, OrderFilter)> {
    let limit = 100;
    let open = vec![OrderState::New, OrderState::Offered, OrderState::Calling, OrderState::Nobody];
    let over = vec![OrderState::Postponed, OrderState::NotDone, OrderState::Cancelled];
    let date = |year, month, day| Some(LegalDate(jiff::civil::date(year, month, day)));
    let found = |text: &str| OrderFilter { search: search_words(text), limit, ..newest() };
    let deep = OrderPlace {
        date: LegalDate(jiff::civil::date(2025, 1, 15)),
        window_from: 600,
        number: "5".to_owned(),
    };
    vec![
        ("new ones, the first page", OrderFilter { states: open, limit, ..OrderFilter::default() }),
        ("done, the newest", OrderFilter { states: vec![OrderState::Done], limit, ..newest() }),
        ("three states, the newest", OrderFilter { states: over, limit, ..newest() }),
        ("all, a page in the middle", OrderFilter { after: Some(deep), limit, ..newest() }),
        (
            "a district in a month",
            OrderFilter {
                district_key: Some("район 7".to_owned()),
                from: date(2025, 3, 1),
                to: date(2025, 3, 31),
                limit,
                ..newest()
            },
        ),
        ("emergencies", OrderFilter { urgency: Some("emergency".to_owned()), limit, ..newest() }),
        ("«Лермонтова 25-14»", found("Лермонтова 25-14")),
        ("«45-67»", found("45-67")),
        ("«Кузнецова»", found("Кузнецова")),
        ("part of a serial number", found("31907")),
        ("nothing is found", found("Несуществующая")),
        ("two letters", found("щ9")),
    ]
}

fn newest() -> OrderFilter {
    OrderFilter { newest_first: true, ..OrderFilter::default() }
}

/// A page, its counts and the districts, as one answer of the server needs them.
async fn measure(app: &App, what: &str, filter: &OrderFilter, rounds: usize) -> anyhow::Result<()> {
    #[expect(clippy::disallowed_methods, reason = "a benchmark")]
    let now = Instant::now;
    let mut times = [const { Vec::new() }; 3];
    let mut found = 0;
    for _ in 0..rounds {
        let mut tx = app.store.read().await?;
        let began = now();
        found = tx.orders(filter).await?.len();
        times[0].push(began.elapsed());
        let began = now();
        tx.count_orders(filter).await?;
        times[1].push(began.elapsed());
        let began = now();
        tx.districts().await?;
        times[2].push(began.elapsed());
    }
    let said = times.map(|mut times| {
        times.sort_unstable();
        let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e3;
        format!("{:.1} / {:.1}", at(0.5), at(0.99))
    });
    println!(
        "{what}: {found} rows; ms, median / 99 %: page {}, counts {}, districts {}",
        said[0], said[1], said[2]
    );
    Ok(())
}
