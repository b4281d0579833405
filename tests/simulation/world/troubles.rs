//! Troubles: at the office, on phones, at the server, and by somebody's ill will.

use super::*;

impl World {
    pub(super) async fn office(&mut self) {
        match self.rng.below(8) {
            0..5 => {
                let n = self.orders.len() as u64 + 1 + self.made * 1000;
                if let Some(order) = self.server.order(n, &mut self.rng).await {
                    self.say(format!("the office enters {order}"));
                    self.orders.push(order);
                }
            }
            5 | 6 => {
                if let Some(&order) = self.rng.of(&self.orders) {
                    let cancel = self.rng.once_in(3);
                    self.say(format!("the office takes {order} back, cancel: {cancel}"));
                    self.server.take_back(order, cancel).await;
                }
            }
            _ => {
                if let Some(app) = &self.server.app {
                    // The server may not be recovering.
                    let _: Result<bool, _> = vyezd_server::sync::confirm(app, "симуляция").await;
                }
            }
        }
    }

    pub(super) async fn trouble_on_a_phone(&mut self) {
        let here: Vec<usize> = (0..self.phones.len()).filter(|at| !self.phones[*at].gone).collect();
        let Some(&at) = self.rng.of(&here) else { return };
        let now = self.server.now();
        let name = self.phones[at].name.clone();
        match self.rng.below(14) {
            0..3 => {
                self.say(format!("{name} is killed"));
                self.phones[at].restart(&mut self.rng);
            }
            3 | 4 => self.phones[at].dies = Some(Dies::BeforeCommit),
            5 | 6 => self.phones[at].dies = Some(Dies::AfterCommit),
            7 => {
                self.say(format!("the disk of {name} is full"));
                self.phones[at].disk_full_until = now.plus_s(self.rng.below(1200) as i64);
            }
            8 => {
                let off = self.rng.below(2 * 86_400_000) as i64 - 86_400_000;
                self.say(format!("the clock of {name} is off by {off} ms"));
                self.phones[at].clock_off_ms = off;
            }
            9 => {
                self.phones[at].boot += 1;
                self.phones[at].restart(&mut self.rng);
            }
            10 => {
                self.say(format!("{name} is backed up"));
                self.phone_backups.push((at, self.phones[at].rows.clone()));
            }
            11 => self.restore_a_phone().await,
            12 => self.swap(at).await,
            _ => self.lose_a_table(at).await,
        }
    }

    /// An old copy comes back: with its marker (the same installation) or, as phones do it, without.
    async fn restore_a_phone(&mut self) {
        if self.phone_backups.is_empty() || self.in_disaster().await {
            return;
        }
        let pick = self.rng.below(self.phone_backups.len() as u64) as usize;
        let (at, rows) = self.phone_backups.swap_remove(pick);
        if self.phones[at].gone {
            return;
        }
        let fresh = self.rng.once_in(2);
        self.say(format!(
            "{} comes back from an old copy, new installation: {fresh}",
            self.phones[at].name
        ));
        self.backups.clear(); // two disasters at once are not promised
        self.phones[at].rows = rows;
        if fresh {
            self.phones[at].install = InstallId::new(self.server.now().0, self.rng.bytes());
            self.phones[at].restart(&mut self.rng);
            self.act(at, Input::Reinstalled);
        } else {
            self.phones[at].restart(&mut self.rng);
        }
        self.forget_lost().await;
    }

    /// Two disasters at once are not promised: while a server waits for its phones, none is lost.
    async fn in_disaster(&mut self) -> bool {
        let Some(app) = self.server.app.as_ref().filter(|app| !app.store.has_failed()) else {
            return true;
        };
        if self.disaster {
            for phone in self.phones.iter().filter(|phone| !phone.gone) {
                if phone.client.status().reconciling || agrees(app, phone, true).await.is_err() {
                    return true;
                }
            }
            self.disaster = false;
        }
        false
    }

    /// The phone is replaced; what was only on it is gone.
    async fn swap(&mut self, at: usize) {
        if self.phones.len() > 7 || !self.rng.once_in(3) || self.in_disaster().await {
            return;
        }
        let (person, name) = (self.phones[at].person, self.phones[at].name.clone());
        self.say(format!("{name} is drowned and replaced"));
        self.backups.clear();
        self.phones[at].gone = true;
        self.phones[at].rows.clear();
        self.forget_lost().await;
        let Some(app) = &self.server.app else { return };
        if let Ok(mut tx) = app.store.begin().await {
            let now = self.server.now().0;
            // A server that dies just now has not revoked it; nobody has the phone any more.
            let _: Result<bool, _> = tx.revoke_device(self.phones[at].device, now).await;
            let _: Result<(), _> = tx.commit().await;
        }
        self.enrol(person, &format!("{name}+")).await;
    }

    async fn forget_lost(&mut self) {
        if self.server.app.as_ref().is_none_or(|app| app.store.has_failed()) {
            self.server.die().await;
            self.server.start().await;
        }
        if let Some(app) = &self.server.app {
            self.checker.forget_lost(app, &self.phones).await;
        }
    }

    /// A table of the phone is gone: documents come back from the server.
    async fn lose_a_table(&mut self, at: usize) {
        use vyezd_core::client::Table;
        if self.phones[at].client.status().unsent > 0 || self.in_disaster().await {
            return; // work that is only here would be lost: no program can promise otherwise
        }
        self.say(format!("{} loses its documents", self.phones[at].name));
        self.phones[at].rows.retain(|(table, _), _| *table != Table::Doc);
        self.phones[at].restart(&mut self.rng);
    }

    pub(super) async fn trouble_at_the_server(&mut self) {
        match self.rng.below(8) {
            0..3 => {
                self.say("the server is killed".to_owned());
                self.server.die().await;
            }
            3..6 => {
                self.made += 1;
                if let Some(copy) = self.server.backup(self.made).await {
                    self.say("the server is backed up".to_owned());
                    self.backups.push(copy);
                }
            }
            6 if self.hostile.is_some() => {}
            6 => {
                let described = self.rng.once_in(2);
                // The newest copy, or the one before it where the newest is damaged: phones keep what is not in both.
                let newest = self.backups.len().saturating_sub(COPIES);
                if let Some(copy) = self.rng.of(&self.backups[newest..]).cloned() {
                    self.say(format!("the server comes back from an old copy, told: {described}"));
                    self.server.restore(&copy, described).await;
                    self.disaster = true;
                    self.restores += 1;
                    // Copies that are newer than the one in place belong to a future that is not.
                    self.backups.clear();
                }
            }
            _ => {
                if let Some(app) = &self.server.app {
                    // The server may be dying.
                    let _: Result<usize, _> = vyezd_server::timers::nightly(app).await;
                }
            }
        }
    }

    /// Bytes of an honest phone come again changed, or under another's name.
    pub(super) fn mangle(&mut self) {
        let here: Vec<usize> = (0..self.phones.len()).filter(|at| !self.phones[*at].gone).collect();
        let Some(&at) = self.rng.of(&here) else { return };
        let ups: Vec<Vec<u8>> = self
            .wire
            .iter()
            .filter_map(
                |(_, m)| if let Message::Up { bytes, .. } = m { Some(bytes.clone()) } else { None },
            )
            .collect();
        let Some(bytes) = self.rng.of(&ups).cloned() else { return };
        let Ok(mut plain) = unpack(&bytes, 8 << 20) else { return };
        match self.rng.below(3) {
            // Another's request under this phone's name.
            0 => {}
            // A changed byte.
            1 => {
                let place = self.rng.below(plain.len() as u64) as usize;
                plain[place] ^= 1 << self.rng.below(8);
            }
            // Batches whose bytes are changed, mark and digest invented.
            _ => {
                let Ok(mut request) = decode::<Request>(&plain) else { return };
                for change in request.batches.iter_mut().flat_map(|batch| batch.changes.iter_mut())
                {
                    let place = self.rng.below(change.len() as u64) as usize;
                    let mut bytes = change.as_wire().to_vec();
                    bytes[place] ^= 1 << self.rng.below(8);
                    *change = vyezd_core::doc::Unjudged::new(bytes);
                }
                if let Some(mark) = &mut request.mark {
                    mark.seq += 1_000_000;
                }
                plain = encode(&request);
            }
        }
        self.made += 1;
        let now = self.server.now();
        self.wire.push((now, Message::Up { phone: at, id: u64::MAX, bytes: pack(&plain) }));
    }
}
