//! Phones that say where they are, or stop saying it. No invariant is about that: it must harm nothing else.

use vyezd_core::client::Input;
use vyezd_core::model::Place;

use super::World;

impl World {
    /// Somebody is somewhere, shares it or not, and may look at where the others are.
    pub(super) fn is_somewhere(&mut self, at: usize) {
        let lines = self.phones[at].client.orders();
        let order = self.rng.of(&lines).map(|line| line.card.id);
        let spot = |below: u64| i32::try_from(below).expect("small");
        let (lat_e6, lon_e6) = (spot(self.rng.below(99_000_000)), spot(self.rng.below(99_000_000)));
        let place = Place { lat_e6, lon_e6, accuracy_m: spot(self.rng.below(200)).unsigned_abs() };
        let share = !self.rng.once_in(4);
        let place = Some(place).filter(|_| share || self.rng.once_in(2));
        self.say(format!("{} is at {place:?}, shared: {share}", self.phones[at].name));
        self.act(at, Input::ReportLocation { place, order, share });
        if self.rng.once_in(2) {
            self.act(at, Input::RefreshColleagues);
        }
    }
}
