//! What a person changed in the card of an order, from what to what, for its history.

use vyezd_core::model::{
    Access, Card, ExpectedInstrument, Phone, Position, Urgency, Water, rubles,
};

/// Characters of a value that a line of the history shows.
const SHOWN_CHARS: usize = 60;
/// Changes that a line of the history names; the rest is counted.
const NAMED_MAX: usize = 12;

/// A sentence about the differences of two versions of a card.
pub(super) fn sentence(old: &Card, new: &Card) -> String {
    let mut said = of_texts(old, new);
    said.extend(of_instruments(&old.instruments, &new.instruments));
    match said.len() {
        0 => "Карточка сохранена без изменений".to_owned(),
        more if more > NAMED_MAX => {
            said.truncate(NAMED_MAX);
            format!("Карточка изменена: {}; и ещё: {}", said.join("; "), more - NAMED_MAX)
        }
        _ => format!("Карточка изменена: {}", said.join("; ")),
    }
}

fn of_texts(old: &Card, new: &Card) -> Vec<String> {
    let texts = |card: &Card| {
        let Access { entrance, floor, intercom, note } = card.access.clone();
        let phones: Vec<String> = card.phones.iter().map(Phone::for_people).collect();
        [
            ("дата", card.date.russian()),
            ("время", card.window.to_string()),
            ("вид", card.kind.clone()),
            ("срочность", urgency(card.urgency).to_owned()),
            ("клиент", card.client.clone()),
            ("телефон", phones.join(", ")),
            ("район", card.district.clone()),
            ("адрес", card.address.clone()),
            ("часовой пояс", card.zone.russian()),
            ("координаты", card.place.map(|place| place.to_string()).unwrap_or_default()),
            ("подъезд", entrance),
            ("этаж", floor),
            ("домофон", intercom),
            ("комментарий", note),
            ("цена", rubles(card.price_kop)),
            ("свидетельство", if card.certificate { "нужно" } else { "не нужно" }.to_owned()),
        ]
    };
    let both = texts(old).into_iter().zip(texts(new));
    both.filter_map(|((name, was), (_, is))| change(name, &was, &is)).collect()
}

fn of_instruments(old: &[ExpectedInstrument], new: &[ExpectedInstrument]) -> Vec<String> {
    let title = |of: &ExpectedInstrument| match of.serial_number.as_str() {
        "" => "прибор без номера".to_owned(),
        serial => format!("прибор № {}", shown(serial)),
    };
    let removed = old.iter().filter(|was| new.iter().all(|is| is.id != was.id));
    let mut said: Vec<String> = removed.map(|was| format!("{} убран", title(was))).collect();
    for is in new {
        let Some(was) = old.iter().find(|was| was.id == is.id) else {
            said.push(format!("{} добавлен", title(is)));
            continue;
        };
        let both = texts(was).into_iter().zip(texts(is));
        let changes = both.filter_map(|((name, was), (_, is))| change(name, &was, &is));
        said.extend(changes.map(|change| format!("{}: {change}", title(was))));
    }
    said
}

fn texts(of: &ExpectedInstrument) -> [(&'static str, String); 6] {
    [
        ("тип", of.type_number.clone()),
        ("модификация", of.modification.clone()),
        ("номер", of.serial_number.clone()),
        ("год", of.year.map(|year| year.to_string()).unwrap_or_default()),
        (
            "вода",
            match of.water {
                Some(Water::Cold) => "холодная".to_owned(),
                Some(Water::Hot) => "горячая".to_owned(),
                None => String::new(),
            },
        ),
        (
            "положение",
            match of.position {
                Some(Position::Horizontal) => "горизонтально".to_owned(),
                Some(Position::Vertical) => "вертикально".to_owned(),
                None => String::new(),
            },
        ),
    ]
}

fn change(name: &str, was: &str, is: &str) -> Option<String> {
    (was != is).then(|| format!("{name} {} → {}", shown(was), shown(is)))
}

/// A value in one line; an empty one is a dash.
fn shown(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.chars().count() {
        0 => "—".to_owned(),
        size if size > SHOWN_CHARS => {
            format!("{}…", line.chars().take(SHOWN_CHARS).collect::<String>())
        }
        _ => line,
    }
}

const fn urgency(of: Urgency) -> &'static str {
    match of {
        Urgency::Planned => "плановая",
        Urgency::Paid => "платная",
        Urgency::Emergency => "аварийная",
    }
}
