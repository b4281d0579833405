//! The world: what happens next, by the dice.

mod cellar;
mod ground;
mod hostile;
mod troubles;
mod words;

use std::path::PathBuf;
use std::time::Duration;

use ed25519_dalek::SigningKey;
use hostile::Hostile;
use vyezd_core::client::Input;
use vyezd_core::codec::{decode, encode};
use vyezd_core::doc::Edit;
use vyezd_core::frame::compress::{pack, unpack};
use vyezd_core::frame::{CommandKind, Request, Response};
use vyezd_core::model::{DeviceId, InstallId, ItemId, OrderId, PersonId, Timestamp};
use vyezd_server::store::{EnrolledPhone, Role};
use words::{described, said};

use super::SimRng;
use super::checker::{Broken, Checker, DRAINS, Fact, agrees, harmed};
use super::phone::{Dies, Phone, Rows};
use super::server::{HOSTILE, Server};

#[derive(Debug, Default, Clone, Copy)]
pub struct Report {
    pub steps: u64,
    /// Requests that reached the server.
    pub requests: u64,
    /// Virtual milliseconds.
    pub virtual_ms: i64,
    /// Facts that were followed to their end.
    pub facts: usize,
    /// Signed sheets at the server.
    pub seals: usize,
}

#[derive(Debug)]
pub struct Fault {
    pub seed: u64,
    pub step: u64,
    pub invariant: &'static str,
    pub what: String,
    pub trace: Vec<String>,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(
            f,
            "seed {}, step {}: «{}» broke: {}",
            self.seed, self.step, self.invariant, self.what
        )?;
        self.trace.iter().try_for_each(|line| writeln!(f, "  {line}"))
    }
}

enum Message {
    Up { phone: usize, id: u64, bytes: Vec<u8> },
    Down { phone: usize, id: u64, bytes: Vec<u8>, restores: u64 },
}

/// Of how many copies one may be damaged.
const COPIES: usize = 2;

/// Messages of one round of the end; an honest one has a dozen.
const ROUNDS_MAX: u32 = 600;

struct World {
    rng: SimRng,
    server: Server,
    phones: Vec<Phone>,
    wire: Vec<(Timestamp, Message)>,
    hostile: Option<Hostile>,
    checker: Checker,
    orders: Vec<OrderId>,
    made: u64,
    requests: u64,
    backups: Vec<PathBuf>,
    phone_backups: Vec<(usize, Rows)>,
    /// The server came back from an old copy, and not every phone has healed it yet.
    disaster: bool,
    restores: u64,
    calm: bool,
    trace: bool,
    log: Vec<String>,
}

/// Runs one seed for so many steps. `trace` prints every step.
pub fn run(seed: u64, steps: u64, trace: bool) -> Result<Report, Fault> {
    super::server::prepare();
    super::quiet_gate();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let mut world = World::new(seed, trace).await;
        let mut step = 0;
        let ended = loop {
            if step == steps {
                break world.end().await;
            }
            step += 1;
            if let Err(broken) = world.step(step).await {
                break Err(broken);
            }
        };
        match ended {
            Ok(report) => Ok(Report { steps, ..report }),
            Err(Broken { invariant, what }) => {
                let from = world.log.len().saturating_sub(60);
                let trace = world.log.split_off(from);
                Err(Fault { seed, step, invariant, what, trace })
            }
        }
    })
}

impl World {
    async fn new(seed: u64, trace: bool) -> Self {
        let mut world = Self {
            rng: SimRng::new(seed),
            server: Server::new(seed).await,
            phones: Vec::new(),
            wire: Vec::new(),
            hostile: None,
            checker: Checker::default(),
            orders: Vec::new(),
            made: 0,
            requests: 0,
            backups: Vec::new(),
            phone_backups: Vec::new(),
            disaster: false,
            restores: 0,
            calm: false,
            trace,
            log: Vec::new(),
        };
        let people = world.people().await;
        for (person, name) in &people {
            // A phone that means ill gives nothing back to a server that lost it: that is a lost phone beside a
            // lost database, two disasters at once. A world has one or the other.
            if name == HOSTILE {
                if !seed.is_multiple_of(2) {
                    world.enrol_hostile(*person).await;
                }
            } else {
                world.enrol(*person, name).await;
            }
        }
        // Two phones on one account.
        let (person, name) = people[0].clone();
        world.enrol(person, &format!("{name}, второй")).await;
        world
    }

    fn say(&mut self, what: String) {
        let line =
            format!("{:>9} {what}", (self.server.now().0 - super::server::morning().0) / 1000);
        if self.trace {
            println!("{line}");
        }
        self.log.push(line);
    }

    async fn people(&self) -> Vec<(PersonId, String)> {
        let Some(app) = &self.server.app else { return Vec::new() };
        let people = app.store.read().await.expect("a transaction").people().await.expect("people");
        let mut all: Vec<(PersonId, String)> = people
            .into_iter()
            .filter(|person| person.role == Role::Metrologist)
            .map(|person| (person.id, person.name))
            .collect();
        all.sort_by(|a, b| a.1.cmp(&b.1));
        all
    }

    async fn enrol(&mut self, person: PersonId, name: &str) {
        let Some((phone, key)) = self.enrolled(person, name).await else { return };
        let ids = (phone.id, key, phone.install);
        let who = (name.to_owned(), person);
        self.phones.push(Phone::open(who, ids, Rows::new(), &mut self.rng));
    }

    async fn enrolled(
        &mut self,
        person: PersonId,
        name: &str,
    ) -> Option<(EnrolledPhone, SigningKey)> {
        let now = self.server.now();
        let key = SigningKey::from_bytes(&self.rng.bytes());
        let phone = EnrolledPhone {
            id: DeviceId::new(now.0, self.rng.bytes()),
            person,
            name: name.to_owned(),
            key: key.verifying_key().to_bytes(),
            install: InstallId::new(now.0, self.rng.bytes()),
        };
        let mut tx = self.server.app.as_ref()?.store.begin().await.ok()?;
        tx.put_device(&phone, now.0).await.ok()?;
        tx.commit().await.ok()?;
        Some((phone, key))
    }

    async fn step(&mut self, step: u64) -> Result<(), Broken> {
        let wait = self.rng.below(20_000) as i64;
        self.pass(wait).await;
        match self.rng.below(100) {
            0..40 => self.deliver().await?,
            40..72 => self.somebody_acts(),
            72..78 => self.office().await,
            78..84 => {
                let wait = self.rng.below(8 * 60_000) as i64;
                self.pass(wait).await;
            }
            84..90 => self.trouble_on_a_phone().await,
            90..95 => self.trouble_at_the_server().await,
            _ if self.rng.once_in(3) => self.mangle(),
            _ => Box::pin(self.attack()).await?,
        }
        if self.server.app.as_ref().is_some_and(|app| app.store.has_failed()) {
            self.say("the server died between two commits".to_owned());
            self.server.die().await;
        }
        if self.server.app.is_none() && self.rng.once_in(3) {
            self.say("the server starts".to_owned());
            self.server.start().await;
        }
        if step.is_multiple_of(20) {
            self.check().await?;
        }
        Ok(())
    }

    async fn check(&mut self) -> Result<(), Broken> {
        for phone in self.phones.iter().filter(|phone| !phone.gone) {
            self.checker.phone(phone)?;
        }
        match &self.server.app {
            Some(app) if !app.store.has_failed() => {
                let hostile = self.hostile.as_ref();
                self.checker.server(app).await?;
                harmed(&self.phones)?;
                match hostile {
                    Some(hostile) => hostile.came_to_nothing(app).await,
                    None => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    /// Time passes; what is due is done; phones that waited long enough ask again.
    async fn pass(&mut self, ms: i64) {
        let to = self.server.now().plus_ms(ms);
        self.server.clock.move_to(to);
        self.server.tick().await;
        for at in 0..self.phones.len() {
            if !self.phones[at].gone
                && self.phones[at].wake_at <= to
                && self.phones[at].wake_at.0 > 0
            {
                self.phones[at].wake_at = Timestamp(0);
                self.act(at, Input::SyncDue);
            }
        }
    }

    /// Gives an input to a phone and sends what it wants to say.
    fn act(&mut self, at: usize, input: Input) -> bool {
        let now = self.server.now();
        let went = self.phones[at].handle(now, input, &mut self.rng);
        for bytes in std::mem::take(&mut self.phones[at].outgoing) {
            self.made += 1;
            let id = self.made;
            self.phones[at].asked = Some(id);
            let delay = self.rng.below(3_000) as i64;
            let lost = !self.calm && self.rng.once_in(6);
            if lost {
                // The phone will notice by itself.
                self.phones[at].wake_at = now.plus_ms(60_000);
            } else {
                self.wire.push((
                    now.plus_ms(delay),
                    Message::Up { phone: at, id, bytes: bytes.clone() },
                ));
            }
            if !self.calm && self.rng.once_in(10) {
                let later = now.plus_ms(self.rng.below(600_000) as i64);
                self.wire.push((later, Message::Up { phone: at, id, bytes }));
            }
        }
        went.durable
    }

    /// Some message arrives: any of those that may.
    async fn deliver(&mut self) -> Result<(), Broken> {
        let now = self.server.now();
        let ready: Vec<usize> = (0..self.wire.len()).filter(|at| self.wire[*at].0 <= now).collect();
        let Some(&at) = self.rng.of(&ready) else {
            // Nothing arrives: a phone that waits gives up.
            self.wait_in_vain();
            return Ok(());
        };
        match self.wire.swap_remove(at).1 {
            Message::Up { phone, id, bytes } => self.arrives(phone, id, bytes).await,
            Message::Down { phone, id, bytes, restores } => {
                self.answered((phone, id), &bytes, restores).await?;
            }
        }
        Ok(())
    }

    fn wait_in_vain(&mut self) {
        let waiting: Vec<usize> = (0..self.phones.len())
            .filter(|at| !self.phones[*at].gone && self.phones[*at].asked.is_some())
            .collect();
        if let Some(&at) = self.rng.of(&waiting) {
            self.say(format!("{} waits in vain", self.phones[at].name));
            self.phones[at].asked = None;
            self.act(at, Input::NoAnswer);
        }
    }

    async fn arrives(&mut self, phone: usize, id: u64, bytes: Vec<u8>) {
        if !self.calm
            && self.rng.once_in(25)
            && let Some(app) = &self.server.app
        {
            app.store.fail_after_commits(self.rng.below(4) as i64);
        }
        let device = self.phones[phone].device;
        self.requests += 1;
        let answer = self.server.handle_sync_request(device, &bytes).await;
        self.say(format!("{} → server: {}", self.phones[phone].name, said(&bytes)));
        self.say(match &answer {
            Some(answer) => format!("  server: {}", described(answer)),
            None => "  no answer".to_owned(),
        });
        let Some(mut answer) = answer else {
            self.phones[phone].wake_at = self.server.now().plus_ms(30_000);
            return;
        };
        let lost = !self.calm && self.rng.once_in(6);
        if lost {
            self.say("  the answer is lost".to_owned());
            self.phones[phone].wake_at = self.server.now().plus_ms(60_000);
            return;
        }
        if !self.calm && self.rng.once_in(20) {
            self.say("  the answer is cut".to_owned());
            let at = self.rng.below(answer.len() as u64) as usize;
            answer.truncate(at);
        }
        let delay = self.server.now().plus_ms(self.rng.below(3_000) as i64);
        self.wire
            .push((delay, Message::Down { phone, id, bytes: answer, restores: self.restores }));
    }

    async fn answered(
        &mut self,
        (at, id): (usize, u64),
        bytes: &[u8],
        restores: u64,
    ) -> Result<(), Broken> {
        if self.phones[at].asked != Some(id) || self.phones[at].gone {
            return Ok(()); // a connection that is no more
        }
        self.phones[at].asked = None;
        let response =
            unpack(bytes, 16 << 20).ok().and_then(|plain| decode::<Response>(&plain).ok());
        // A server that was restored meanwhile has lost what it said; the end of the run looks at that.
        if let (Some(response), Some(app)) = (&response, &self.server.app)
            && !app.store.has_failed()
            && restores == self.restores
        {
            self.checker.answer(app, &self.phones[at], response).await?;
        }
        self.act(at, Input::Answered(bytes.to_vec()));
        Ok(())
    }

    fn somebody_acts(&mut self) {
        let here: Vec<usize> = (0..self.phones.len()).filter(|at| !self.phones[*at].gone).collect();
        let Some(&at) = self.rng.of(&here) else { return };
        if let Some(input) = self.phones[at].script.pop_front() {
            let facts = facts_of(&input);
            if self.act(at, input) {
                self.checker.facts.extend(facts);
            } else {
                self.phones[at].script.clear();
            }
            return;
        }
        match self.rng.below(10) {
            0..3 => drop(self.act(at, Input::SyncDue)),
            3..6 => self.answer_an_offer(at),
            6..8 => self.begin_a_visit(at),
            8 if self.rng.once_in(2) => self.begin_transfer(at),
            8 => self.sign_again(at),
            9 if self.rng.once_in(2) => self.is_somewhere(at),
            _ => self.write_a_note(at),
        }
    }

    fn answer_an_offer(&mut self, at: usize) {
        let offers = self.phones[at].client.open_offers();
        let Some(offer) = self.rng.of(&offers) else { return };
        let (accept, reason) = (!self.rng.once_in(4), "занят".to_owned());
        let colleagues = self.phones[at].client.colleagues().to_vec();
        let forward = self.rng.of(&colleagues).map(|colleague| colleague.id);
        let forward = forward.filter(|_| self.rng.once_in(3));
        let kind = CommandKind::AnswerOffer { offer: offer.offer, accept, reason, forward };
        let id = ItemId::new(self.server.now().0, self.rng.bytes());
        self.say(format!("{} answers {accept}", self.phones[at].name));
        self.act(at, Input::Command { id, kind });
    }

    fn begin_a_visit(&mut self, at: usize) {
        let now = self.server.now();
        let lines = self.phones[at].client.orders();
        let open: Vec<OrderId> = lines
            .iter()
            .filter(|line| !line.sealed && !line.visits.is_empty())
            .map(|line| line.card.id)
            .collect();
        let Some(&order) = self.rng.of(&open) else { return };
        self.say(format!("{} begins a visit of {order}", self.phones[at].name));
        self.phones[at].plan_visit(order, now, &mut self.rng);
    }

    fn sign_again(&mut self, at: usize) {
        let now = self.server.now();
        let signed: Vec<OrderId> = (self.phones[at].client.orders().iter())
            .filter(|line| line.sealed)
            .map(|line| line.card.id)
            .collect();
        let Some(&order) = self.rng.of(&signed) else { return };
        self.say(format!("{} has {order} signed again", self.phones[at].name));
        self.phones[at].plan_signing_again(order, now, &mut self.rng);
    }

    fn write_a_note(&mut self, at: usize) {
        let now = self.server.now();
        let lines = self.phones[at].client.orders();
        let Some(line) = self.rng.of(&lines) else { return };
        let order = line.card.id;
        let (note, edit) = self.phones[at].note(now, &mut self.rng);
        if self.act(at, Input::Edit { order, edits: vec![edit] }) {
            self.say(format!("{} notes {note} in {order}", self.phones[at].name));
            self.checker.facts.push(Fact { order, mark: note.to_string() });
        }
    }

    /// Everything is healed and sent; then everything is looked at.
    async fn end(&mut self) -> Result<Report, Broken> {
        self.calm = true;
        self.say("calm".to_owned());
        self.server.die().await;
        self.server.start().await;
        self.wire.clear();
        for at in 0..self.phones.len() {
            let phone = &mut self.phones[at];
            (phone.dies, phone.asked) = (None, None);
            phone.disk_full_until = Timestamp(0);
            phone.clock_off_ms = 0;
            phone.script.clear();
            if !phone.gone {
                phone.restart(&mut self.rng);
            }
        }
        for round in 0..24 {
            self.pass(30_000).await;
            if round == 8
                && let Some(app) = &self.server.app
            {
                let confirmed = vyezd_server::sync::confirm(app, "симуляция").await;
                confirmed
                    .map_err(|e| Broken { invariant: "the server answers", what: e.to_string() })?;
            }
            for at in 0..self.phones.len() {
                if !self.phones[at].gone && self.phones[at].asked.is_none() {
                    self.act(at, Input::SyncDue);
                }
            }
            let mut rounds = 0;
            while !self.wire.is_empty() {
                self.pass(3_000).await;
                self.deliver().await?;
                rounds += 1;
                if rounds > ROUNDS_MAX {
                    return Err(Broken {
                        invariant: DRAINS,
                        what: "they talk without end".to_owned(),
                    });
                }
            }
        }
        let Some(app) = &self.server.app else {
            return Err(Broken { invariant: "the server lives", what: String::new() });
        };
        for phone in self.phones.iter().filter(|phone| !phone.gone) {
            agrees(app, phone, self.restores > 0).await?;
        }
        self.checker.everything_is_there(app, &self.phones, self.restores > 0).await?;
        let facts = self.checker.facts.len();
        self.check().await?;
        let Some(app) = &self.server.app else { return Ok(Report::default()) };
        let mut seals = 0;
        let mut tx = app
            .store
            .read()
            .await
            .map_err(|e| Broken { invariant: "the server answers", what: e.to_string() })?;
        for order in tx.all_docs().await.unwrap_or_default() {
            seals += tx.seals(order).await.unwrap_or_default().len();
        }
        drop(tx);
        let virtual_ms = self.server.now().0 - super::server::morning().0;
        tokio::time::timeout(Duration::from_secs(5), self.server.die()).await.ok();
        Ok(Report { steps: 0, requests: self.requests, virtual_ms, facts, seals })
    }
}

/// Facts of an input, by the ids in it.
fn facts_of(input: &Input) -> Vec<Fact> {
    match input {
        Input::Edit { order, edits } => edits
            .iter()
            .filter_map(|edit| match edit {
                Edit::Measure { measurement, .. } => Some(measurement.to_string()),
                Edit::AddNote { note, .. } => Some(note.to_string()),
                _ => None,
            })
            .map(|mark| Fact { order: *order, mark })
            .collect(),
        Input::Seal { order, seal, .. } => vec![Fact { order: *order, mark: seal.to_string() }],
        _ => Vec::new(),
    }
}
