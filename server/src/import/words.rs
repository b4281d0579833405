//! Words of people in tables: times of day, urgencies, waters, positions, sources, answers.

use vyezd_core::model::{Position, Source, Urgency, Water, Window, fold};

/// The hours of a day without a window (the working day of the firms asked).
pub(super) const WHOLE_DAY: Window = Window { from_min: 9 * 60, to_min: 21 * 60 };

/// Words and what they mean; points, and the blanks around them, do not count.
type Words<T> = [(&'static str, T)];

const URGENCIES: [(&str, Urgency); 18] = [
    ("план", Urgency::Planned),
    ("планово", Urgency::Planned),
    ("плановый", Urgency::Planned),
    ("обычная", Urgency::Planned),
    ("обычно", Urgency::Planned),
    ("не срочно", Urgency::Planned),
    ("несрочно", Urgency::Planned),
    ("платно", Urgency::Paid),
    ("платный", Urgency::Paid),
    ("авария", Urgency::Emergency),
    ("аварийно", Urgency::Emergency),
    ("аварийный", Urgency::Emergency),
    ("авар", Urgency::Emergency),
    ("срочно", Urgency::Emergency),
    ("срочная", Urgency::Emergency),
    ("срочный", Urgency::Emergency),
    ("экстренно", Urgency::Emergency),
    ("экстренная", Urgency::Emergency),
];

const WATERS: [(&str, Water); 12] = [
    ("хол", Water::Cold),
    ("хол вода", Water::Cold),
    ("холод", Water::Cold),
    ("холодная вода", Water::Cold),
    ("холодное", Water::Cold),
    ("холодный", Water::Cold),
    ("гор", Water::Hot),
    ("гор вода", Water::Hot),
    ("горяч", Water::Hot),
    ("горячая вода", Water::Hot),
    ("горячее", Water::Hot),
    ("горячий", Water::Hot),
];

const POSITIONS: [(&str, Position); 10] = [
    ("гор", Position::Horizontal),
    ("горизонт", Position::Horizontal),
    ("горизонтальный", Position::Horizontal),
    ("горизонтальная", Position::Horizontal),
    ("вертик", Position::Vertical),
    ("вертикальный", Position::Vertical),
    ("вертикальная", Position::Vertical),
    ("наклонное", Position::Vertical),
    ("наклонный", Position::Vertical),
    ("накл", Position::Vertical),
];

const SOURCES: [(&str, Source); 20] = [
    ("введено", Source::Typed),
    ("вручную введено", Source::Typed),
    ("введено вручную", Source::Typed),
    ("руками", Source::Typed),
    ("по фото", Source::Photo),
    ("с фото", Source::Photo),
    ("фотография", Source::Photo),
    ("по фотографии", Source::Photo),
    ("с фотографии", Source::Photo),
    ("с установки", Source::Rig),
    ("по установке", Source::Rig),
    ("с эталона", Source::Rig),
    ("по эталону", Source::Rig),
    ("с датчика", Source::Sensor),
    ("скопировано", Source::Copied),
    ("с бумаги", Source::Paper),
    ("по бумаге", Source::Paper),
    ("бумажный", Source::Paper),
    ("бумажный бланк", Source::Paper),
    ("с бланка", Source::Paper),
];

const ANSWERS: [(&str, bool); 27] = [
    ("да", true),
    ("+", true),
    ("1", true),
    ("✓", true),
    ("✔", true),
    ("истина", true),
    ("true", true),
    ("yes", true),
    ("соответствует", true),
    ("соотв", true),
    ("годен", true),
    ("норма", true),
    ("в норме", true),
    ("герметично", true),
    ("герметичен", true),
    ("нет", false),
    ("-", false),
    ("–", false),
    ("−", false),
    ("0", false),
    ("ложь", false),
    ("false", false),
    ("no", false),
    ("не соответствует", false),
    ("не соотв", false),
    ("не годен", false),
    ("негоден", false),
];

/// The key of a word: its case, its points and the blanks around them do not count.
fn word(text: &str) -> String {
    fold(&text.replace('.', " "))
}

fn known<T: Copy>(words: &Words<T>, text: &str) -> Option<T> {
    let key = word(text);
    words.iter().find(|(known, _)| *known == key).map(|(_, meaning)| *meaning)
}

pub(super) fn urgency(text: &str) -> Option<Urgency> {
    urgency_alone(text).or_else(|| {
        // «АВАРИЯ!!! течёт»; of «не авария» nobody is certain.
        let folded = fold(text);
        let words = || folded.split(|sign: char| !sign.is_alphabetic());
        let shouted = words().any(|word| word.starts_with("авари"));
        let denied = words().any(|word| matches!(word, "не" | "нет" | "без"));
        (shouted && !denied).then_some(Urgency::Emergency)
    })
}

/// The urgency of a cell that says nothing else.
pub(super) fn urgency_alone(text: &str) -> Option<Urgency> {
    Urgency::parse(&word(text)).or_else(|| known(&URGENCIES, text))
}

pub(super) fn water(text: &str) -> Option<Water> {
    Water::parse(&word(text)).or_else(|| known(&WATERS, text))
}

pub(super) fn position(text: &str) -> Option<Position> {
    Position::parse(&word(text)).or_else(|| known(&POSITIONS, text))
}

/// A year, also «2020 г.».
pub(super) fn year(text: &str) -> Option<u16> {
    fold(text).trim_end_matches('.').trim_end_matches('г').trim_end().parse().ok()
}

pub(super) fn source(text: &str) -> Option<Source> {
    Source::parse(&word(text)).or_else(|| known(&SOURCES, text))
}

pub(super) fn answer(text: &str) -> Option<bool> {
    known(&ANSWERS, text)
}

/// Why a window is none.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NoWindow {
    /// Not understood: the whole day stands for it.
    Unread,
    /// Understood, and the end is not after the beginning.
    Backwards,
}

/// Reads «с 14 до 16», «14-16», «14.00–16.00», «до 12», «после 18», «весь день».
pub(super) fn window(text: &str) -> Result<Window, NoWindow> {
    let text = fold(text).replace(['–', '—', '−'], "-");
    if ["весь день", "целый день", "любое время", "в любое время", "в течение дня", "день"]
        .contains(&text.as_str())
    {
        return Ok(WHOLE_DAY);
    }
    let words: Vec<&str> = text
        .split(' ')
        .filter(|word| !matches!(word.trim_end_matches('.'), "час" | "часа" | "часов" | "ч"))
        .collect();
    let text = words.join(" ");
    let (from, to) = halves(&text).ok_or(NoWindow::Unread)?;
    let minutes = |part: Option<&str>, otherwise| part.map_or(Some(otherwise), time);
    let from_min = minutes(from, WHOLE_DAY.from_min).ok_or(NoWindow::Unread)?;
    let to_min = minutes(to, WHOLE_DAY.to_min).ok_or(NoWindow::Unread)?;
    if from_min < to_min { Ok(Window { from_min, to_min }) } else { Err(NoWindow::Backwards) }
}

/// The beginning and the end of a window; one of them may be missing.
fn halves(text: &str) -> Option<(Option<&str>, Option<&str>)> {
    let beginning =
        ["между ", "с ", "c ", "от ", "со "].iter().find_map(|word| text.strip_prefix(word));
    for between in [" до ", " по ", " и "] {
        if let Some((from, to)) = beginning.unwrap_or(text).split_once(between) {
            return Some((Some(from), Some(to)));
        }
    }
    if let Some(to) = text.strip_prefix("до ") {
        return Some((None, Some(to)));
    }
    if let Some(from) = text.strip_prefix("после ") {
        return Some((Some(from), None));
    }
    let rest = beginning.unwrap_or(text);
    // «10-00-12-00» has its dash in the middle.
    let dashes: Vec<usize> = rest.match_indices('-').map(|(at, _)| at).collect();
    match (dashes.as_slice(), beginning) {
        ([], Some(from)) => Some((Some(from), None)),
        ([at] | [_, at, _], _) => Some((rest.get(..*at), rest.get(at + 1..))),
        _ => None,
    }
}

/// Minutes of `14`, `14:00`, `14.00`, `14-00`, `14 00`, `14:00:00`; the end of 24:00 is 23:59.
fn time(text: &str) -> Option<u16> {
    let mut parts = text.trim().split([':', '.', '-', ' ']);
    let number = |text: &str| {
        let short = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if short { text.parse::<u16>().ok() } else { None }
    };
    let hour = number(parts.next()?)?;
    // «9.5» may be half past nine or five past.
    let two = |text: &str| number(text).filter(|_| text.len() == 2);
    let minute = parts.next().map_or(Some(0), two)?;
    let second = parts.next().map_or(Some(0), two)?;
    let whole = minute < 60 && second == 0 && parts.next().is_none();
    let within = hour < 24 || (hour, minute) == (24, 0);
    (whole && within).then(|| (hour * 60 + minute).min(24 * 60 - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day_are_understood() {
        for (text, hours) in [
            ("09:00-11:00", "09:00–11:00"),
            ("с 14 до 16", "14:00–16:00"),
            ("С 14:30 ДО 16 часов", "14:30–16:00"),
            ("14-16", "14:00–16:00"),
            ("14:00–16:00", "14:00–16:00"),
            ("14.00 — 16.00", "14:00–16:00"),
            ("10-00-12-00", "10:00–12:00"),
            ("9:00:00-11:00:00", "09:00–11:00"),
            ("с 9 по 11", "09:00–11:00"),
            ("между 9 и 11 ч.", "09:00–11:00"),
            ("от 9 до 24", "09:00–23:59"),
            ("до 12", "09:00–12:00"),
            ("после 18", "18:00–21:00"),
            ("с 18", "18:00–21:00"),
            ("Весь день", "09:00–21:00"),
        ] {
            assert_eq!(window(text).map(|w| w.to_string()), Ok(hours.to_owned()), "{text}");
        }
        for text in ["18:00-12:00", "с 16 до 14", "до 9", "после 21", "10-10"] {
            assert_eq!(window(text), Err(NoWindow::Backwards), "{text}");
        }
        for text in ["", "утром", "25-26", "14", "1-2-3-4-5", "10:75-12", "с утра до 12"]
        {
            assert_eq!(window(text), Err(NoWindow::Unread), "{text}");
        }
    }

    #[test]
    fn words_of_people_are_understood() {
        assert_eq!(urgency("Авария"), Some(Urgency::Emergency));
        assert_eq!(urgency("план."), Some(Urgency::Planned));
        assert_eq!((year("2020 г."), year("2020"), year("20-й")), (Some(2020), Some(2020), None));
        assert_eq!(urgency(""), Some(Urgency::Planned));
        assert_eq!((water("хол."), water("ГВС")), (Some(Water::Cold), Some(Water::Hot)));
        assert_eq!((water("гор."), water("х.")), (Some(Water::Hot), Some(Water::Cold)));
        let both = (position("гор."), position("верт."));
        assert_eq!(both, (Some(Position::Horizontal), Some(Position::Vertical)));
        assert_eq!(
            (source("с бумаги"), source("По фото")),
            (Some(Source::Paper), Some(Source::Photo))
        );
        assert_eq!(
            (answer("ИСТИНА"), answer("не соотв."), answer("+")),
            (Some(true), Some(false), Some(true))
        );
        assert_eq!(
            (water("тёплая"), position("криво"), source("слух"), answer("да?")),
            (None, None, None, None)
        );
    }
}
