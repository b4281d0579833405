//! Telephone numbers as people write them: several in a field, words beside them, damage by
//! spreadsheets. A number that is not certain stays text.

use std::fmt;
use std::ops::Range;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::fold;
use crate::texts;

/// A Russian telephone number: `+7` and ten digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(transparent)]
#[serde(transparent)]
pub struct Phone(#[n(0)] String);

impl Phone {
    /// Reads one number with nothing beside it: `+7 917 000-10-01`, `8(917)000-10-02`,
    /// `79170001003`, `9170001003`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut read = read(text);
        let alone = read.phones.len() == 1 && read.note.is_empty() && read.problems.is_empty();
        read.phones.pop().filter(|_| alone)
    }

    /// Canonical form, `+79170001001`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Form for people, `+7 917 000-10-01`.
    pub fn for_people(&self) -> String {
        let part = |from: usize, to: usize| self.0.get(from..to).unwrap_or_default();
        format!("+7 {} {}-{}-{}", part(2, 5), part(5, 8), part(8, 10), part(10, 12))
    }
}

/// Numbers of a text, and everything else that the text says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PhonesRead {
    /// Numbers in the order of the text, each once.
    pub phones: Vec<Phone>,
    /// Words and digits that are no number, in one line: «мама», «доб. 12». The whole text where
    /// no number was read, or where words stand among several numbers.
    pub note: String,
    /// Digits that look like a number and are none.
    pub problems: Vec<PhoneProblem>,
}

/// A reason for which digits are no number of Russia. Each holds the digits as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PhoneProblem {
    /// A plus and another code than 7, or a code of Kazakhstan behind 7.
    OtherCountry(String),
    /// A decimal point or an exponent: a spreadsheet took the number for a sum.
    Spreadsheet(String),
    /// Another count of digits than ten or eleven.
    DigitCount(String),
    /// A code that no region and no operator has.
    Code(String),
    /// Anything else.
    NotANumber(String),
}

impl PhoneProblem {
    /// Stable code in snake case.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OtherCountry(_) => "phone_other_country",
            Self::Spreadsheet(_) => "phone_spreadsheet",
            Self::DigitCount(_) => "phone_digits",
            Self::Code(_) => "phone_code",
            Self::NotANumber(_) => "phone_unreadable",
        }
    }
}

impl fmt::Display for PhoneProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (text, why) = match self {
            Self::OtherCountry(text) => (text, "номер другой страны"),
            Self::Spreadsheet(text) => (text, "номер испорчен таблицей"),
            Self::DigitCount(text) => {
                (text, "в номере должно быть 11 цифр с 8 или +7 или 10 без них")
            }
            Self::Code(text) => (text, "такого кода в России нет"),
            Self::NotANumber(text) => (text, "не телефон"),
        };
        write!(f, "«{text}» — {why}")
    }
}

/// First two digits of the codes of Russia's regions (ABC: 3, 4, 8) and operators (DEF: 9).
const CODES: &[&str] = &[
    "30", "33", "34", "35", "36", "38", "39", "40", "41", "42", "47", "48", "49", "80", "81", "82",
    "83", "84", "85", "86", "87", "90", "91", "92", "93", "94", "95", "96", "97", "98", "99",
];
/// Words before digits that are no number of their own.
const NO_NUMBER_AFTER: &[&str] = &[
    "доб",
    "добавочный",
    "вн",
    "внутр",
    "внутренний",
    "ext",
    "инн",
    "паспорт",
    "снилс",
    "лс",
    "л/с",
    "счет",
    "договор",
    "полис",
    "кв",
    "дом",
    "сч",
    "дог",
    "огрн",
    "огрнип",
    "кпп",
    "бик",
    "окпо",
    "р/с",
    "к/с",
    "id",
    "счета",
    "счету",
    "договора",
    "договору",
    "лиц",
    "лицевой",
    "расчетный",
    "заказ",
    "заказа",
    "заявка",
    "заявки",
    "квитанция",
    "карта",
    "карты",
];
/// Beginnings of such words.
const NO_NUMBER_AFTER_STEMS: &[&str] = &["счетчик", "прибор", "серийн", "заводск"];
/// Words that only say «telephone».
const LABELS: &[&str] = &["тел", "телефон", "телефоны", "т", "tel", "phone"];
/// Words before the note of the telephones in a remark.
const NOTE_LABEL: &str = "при телефоне: ";
/// Digits from which a run is taken for a failed number rather than a flat or a floor.
const RUN_DIGITS_MIN: usize = 5;

/// Reads every number of a text. A plus decides the country; ten digits count only where spaces,
/// brackets and hyphens alone stand between them; several numbers are divided by `,`, `;`, `/`,
/// «и», a line end, or a space between two whole ones.
pub fn read(text: &str) -> PhonesRead {
    let text = texts::lines(text);
    let signs = with_points(text.chars().map(plain).collect());
    let mut found = PhonesRead::default();
    let mut taken: Vec<Range<usize>> = Vec::new();
    let runs = runs(&signs);
    let judged: Vec<Result<Phone, PhoneProblem>> =
        runs.iter().map(|run| judge(&signs, run)).collect();
    for (at, run) in runs.iter().enumerate() {
        let glued = is_glued(&signs, &runs, &judged, at);
        match &judged[at] {
            Ok(phone) if !glued => {
                taken.push(run.clone());
                if !found.phones.contains(phone) {
                    found.phones.push(phone.clone());
                }
            }
            Ok(_) => found.problems.push(PhoneProblem::NotANumber(shown(&signs, run))),
            Err(_) if follows_word(&signs, run) => {}
            Err(_) if digits(&signs, run).len() < RUN_DIGITS_MIN => {}
            Err(problem) => found.problems.push(problem.clone()),
        }
    }
    found.note = note(&text, &taken, found.phones.len());
    if found.phones.is_empty() && found.problems.is_empty() && !found.note.is_empty() {
        found.problems.push(PhoneProblem::NotANumber(found.note.clone()));
    }
    found
}

/// A remark of an order with the note of its telephones behind it.
pub fn beside(remark: &str, note: &str) -> String {
    match (remark.trim(), note) {
        (remark, "") => remark.to_owned(),
        ("", note) => format!("{NOTE_LABEL}{note}"),
        (remark, note) if remark.contains(note) => remark.to_owned(),
        (remark, note) => format!("{remark}; {NOTE_LABEL}{note}"),
    }
}

/// Spaces and dashes of any kind as one.
fn plain(sign: char) -> char {
    match sign {
        '\n' => '\n',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        other if other.is_whitespace() => ' ',
        other => other,
    }
}

/// A comma before the zeros of a spreadsheet, `89271102101,0`, as the point that it is.
fn with_points(mut signs: Vec<char>) -> Vec<char> {
    let count = |signs: &[char]| signs.iter().take_while(|sign| sign.is_ascii_digit()).count();
    for at in 0..signs.len() {
        let before = signs[..at].iter().rev().take_while(|sign| sign.is_ascii_digit()).count();
        let after = &signs[at + 1..];
        let zeros = count(after);
        let whole = (1..3).contains(&zeros) && after[..zeros].iter().all(|sign| *sign == '0');
        let ends = after.get(zeros).is_none_or(|sign| !sign.is_alphanumeric());
        if signs[at] == ',' && matches!(before, 10 | 11) && whole && ends {
            signs[at] = '.';
        }
    }
    signs
}

fn digits(signs: &[char], run: &Range<usize>) -> String {
    signs[run.clone()].iter().filter(|sign| sign.is_ascii_digit()).collect()
}

fn shown(signs: &[char], run: &Range<usize>) -> String {
    signs[run.clone()].iter().collect::<String>().trim().to_owned()
}

/// Runs of digits and separators, each from its first digit, plus or bracket to its last digit.
fn runs(signs: &[char]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < signs.len() {
        let from = at;
        let starts = signs[at].is_ascii_digit() || signs[at] == '+' || opens_code(signs, at, 0);
        if !starts {
            at += 1;
            continue;
        }
        let mut end = at;
        let mut seen = 0;
        let mut inside = false;
        while at < signs.len() {
            match signs[at] {
                sign if sign.is_ascii_digit() => {
                    seen += 1;
                    end = at + 1;
                }
                '+' if at > from => break,
                '+' | '-' => {}
                '(' if !opens_code(signs, at, seen) => break,
                '(' => inside = true,
                ')' if inside => inside = false,
                '.' if signs.get(at + 1).is_some_and(char::is_ascii_digit) => {}
                // Three spaces are a column, no gap within a number.
                ' ' if signs.get(at + 1..at + 3) != Some(&[' ', ' ']) => {}
                _ => break,
            }
            at += 1;
        }
        if seen > 0 {
            found.extend(whole_numbers(signs, from..end));
        }
        at = at.max(from + 1);
    }
    found
}

/// Whether a bracket holds an area code: three to five digits, after no digit but 7 or 8.
fn opens_code(signs: &[char], at: usize, seen: usize) -> bool {
    if signs[at] != '(' || seen > 1 {
        return false;
    }
    let inside = signs[at + 1..].iter().take_while(|sign| **sign != ')');
    let closed = signs[at + 1..].contains(&')');
    let code: Vec<&char> = inside.collect();
    let count = code.iter().filter(|sign| sign.is_ascii_digit()).count();
    closed
        && (3..=5).contains(&count)
        && code.iter().all(|sign| sign.is_ascii_digit() || matches!(sign, ' ' | '-'))
}

/// A run as several whole numbers with a space between them, or as it is.
fn whole_numbers(signs: &[char], run: Range<usize>) -> Vec<Range<usize>> {
    if digits(signs, &run).len() < 20 {
        return vec![run];
    }
    let spaces = run.clone().filter(|at| signs[*at] == ' ');
    let split = spaces.map(|at| (run.start..at, at + 1..run.end)).find_map(|(one, rest)| {
        judge_run(signs, &one).ok()?;
        let rest = whole_numbers(signs, rest);
        let whole = rest.iter().all(|one| judge_run(signs, one).is_ok());
        whole.then(|| [vec![one], rest].concat())
    });
    split.unwrap_or_else(|| vec![run])
}

/// A run with the signs beside it.
fn judge(signs: &[char], run: &Range<usize>) -> Result<Phone, PhoneProblem> {
    let before = run.start.checked_sub(1).map(|at| signs[at]);
    let rest = &signs[run.end..];
    let word = rest.iter().take_while(|sign| sign.is_alphabetic());
    let cyrillic = word.clone().all(|sign| ('а'..='я').contains(sign) || *sign == 'ё');
    let stands_after = match rest.first() {
        Some(sign) if sign.is_alphabetic() => cyrillic && word.count() >= 3,
        Some(sign) => sign.is_whitespace() || ",;/.:()«»\"'#-".contains(*sign),
        None => true,
    };
    let stands_before =
        before.is_none_or(|sign| sign.is_whitespace() || ",;/.:()«»\"'-".contains(sign));
    let exponent =
        |sign: Option<&char>| sign.is_some_and(|sign| matches!(sign, 'e' | 'E' | 'е' | 'Е'));
    if exponent(rest.first()) || exponent(before.as_ref()) {
        return Err(PhoneProblem::Spreadsheet(shown(signs, &with_exponent(signs, run))));
    }
    let phone = judge_run(signs, run)?;
    if !stands_before || !stands_after || follows_word(signs, run) || !is_apart(signs, run) {
        return Err(PhoneProblem::NotANumber(shown(signs, run)));
    }
    Ok(phone)
}

/// A run with the rest of the number that a spreadsheet wrote with an exponent: `8,92711E+10`.
fn with_exponent(signs: &[char], run: &Range<usize>) -> Range<usize> {
    let number = |sign: &&char| sign.is_ascii_digit() || matches!(sign, ',' | '.');
    let power = |sign: &&char| {
        sign.is_ascii_digit() || matches!(sign, 'e' | 'E' | 'е' | 'Е' | '+' | '-' | ',' | '.')
    };
    let start = run.start - signs[..run.start].iter().rev().take_while(number).count();
    start..run.end + signs[run.end..].iter().take_while(power).count()
}

/// Sizes of the groups of digits in a run.
fn groups(signs: &[char], run: &Range<usize>) -> Vec<usize> {
    let groups = signs[run.clone()].split(|sign| !sign.is_ascii_digit());
    groups.map(<[char]>::len).filter(|size| *size > 0).collect()
}

/// Ten or eleven digits behind which a spreadsheet wrote `.0`.
fn whole_of_decimal(text: &str) -> Option<String> {
    let (whole, zeros) = text.split_once('.')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|sign| sign.is_ascii_digit());
    let lossless = digits(whole) && digits(zeros) && zeros.bytes().all(|sign| sign == b'0');
    (lossless && matches!(whole.len(), 10 | 11) && zeros.len() < 3).then(|| whole.to_owned())
}

/// A run by itself: country, count of digits, code.
fn judge_run(signs: &[char], run: &Range<usize>) -> Result<Phone, PhoneProblem> {
    let as_typed = || shown(signs, run);
    let (digits, groups) = (digits(signs, run), groups(signs, run));
    let plus = signs[run.start] == '+';
    if plus && !digits.starts_with('7') {
        return Err(PhoneProblem::OtherCountry(as_typed()));
    }
    let whole = whole_of_decimal(&as_typed());
    let (digits, groups) = match &whole {
        Some(whole) => (whole.clone(), vec![whole.len()]),
        None => (digits, groups),
    };
    if whole.is_none() && signs[run.clone()].contains(&'.') && !dots_divide(signs, run, &groups) {
        return Err(PhoneProblem::Spreadsheet(as_typed()));
    }
    let ten = match (digits.len(), digits.as_bytes().first()) {
        (11, Some(b'7' | b'8')) => &digits[1..],
        // A digit is missing from eleven; a code that stands apart is one, «8452 22-33-44».
        (10, Some(b'7' | b'8')) if groups.len() == 1 => {
            return Err(PhoneProblem::DigitCount(as_typed()));
        }
        (10, _) if !plus && groups[0] >= 3 => &digits[..],
        (10, _) if !plus && groups == [2; 5] => &digits[..],
        _ => return Err(PhoneProblem::DigitCount(as_typed())),
    };
    if ten.starts_with('7') && digits.len() == 11 {
        return Err(PhoneProblem::OtherCountry(as_typed()));
    }
    let repeated = ten.bytes().all(|digit| digit == ten.as_bytes()[0]);
    if repeated || !CODES.contains(&&ten[..2]) {
        return Err(PhoneProblem::Code(as_typed()));
    }
    Ok(Phone(format!("+7{ten}")))
}

/// Whether dots divide the digits as in `8.927.110.21.01`, and nothing else does.
fn dots_divide(signs: &[char], run: &Range<usize>, groups: &[usize]) -> bool {
    let code = if groups[0] == 1 { groups.get(1) } else { groups.first() };
    groups.len() > 2
        && code == Some(&3)
        && signs[run.clone()].iter().all(|sign| sign.is_ascii_digit() || *sign == '.')
}

/// Whether the last digits of a run belong to the run rather than to a word behind it: in
/// «110-21-02 12 подъезд» they do not.
fn is_apart(signs: &[char], run: &Range<usize>) -> bool {
    let rest = signs[run.end..].iter().skip_while(|sign| **sign == ' ');
    let word = rest.take(1).any(|sign| sign.is_alphabetic());
    let last = signs[run.clone()].iter().rposition(|sign| !sign.is_ascii_digit());
    let spaced = last.is_some_and(|at| signs[run.start + at] == ' ');
    let hyphens = signs[run.clone()].contains(&'-');
    let bare_ten = digits(signs, run).len() == 10;
    let usual: [&[usize]; 8] =
        [&[10], &[3, 7], &[3, 3, 4], &[3, 3, 2, 2], &[4, 6], &[4, 2, 2, 2], &[5, 5], &[5, 1, 2, 2]];
    !word || !(spaced && hyphens) && (!bare_ten || usual.contains(&groups(signs, run).as_slice()))
}

/// Whether a word before a run says that the digits are an extension, a document or an account.
fn follows_word(signs: &[char], run: &Range<usize>) -> bool {
    let before: String = signs[..run.start].iter().collect();
    let before = before.trim_end_matches([' ', '.', ':', '№', '-']);
    let in_word = |sign: &char| sign.is_alphabetic() || *sign == '/';
    let word: Vec<char> = before.chars().rev().take_while(in_word).collect();
    let word = fold(&word.into_iter().rev().collect::<String>());
    // «сч./дог.»: of words with a slash between them the last one counts too.
    let last = word.rsplit('/').next().unwrap_or_default();
    let begins = |word: &str| NO_NUMBER_AFTER_STEMS.iter().any(|stem| word.starts_with(stem));
    let is_known = |word: &str| NO_NUMBER_AFTER.contains(&word) || begins(word);
    before.ends_with('#') || is_known(&word) || is_known(last)
}

/// Whether a comma or a slash without a space, or a country's code by itself, makes one text of two
/// runs: `7,9271102E+10`, `+49/9271102101`.
fn is_glued(
    signs: &[char],
    runs: &[Range<usize>],
    judged: &[Result<Phone, PhoneProblem>],
    at: usize,
) -> bool {
    let tight = |one: usize, two: usize| {
        let gap = &signs[runs[one].end..runs[two].start];
        matches!(gap, [',' | '/']).then(|| gap[0])
    };
    // Digits of a country's code, and a «(0)» behind it.
    let short = |run: &&Range<usize>| digits(signs, run).len() < RUN_DIGITS_MIN;
    let code_before = runs[..at].iter().rev().take_while(short).any(|run| signs[run.start] == '+');
    let left = at
        .checked_sub(1)
        .is_some_and(|before| tight(before, at).is_some() && judged[before].is_err());
    let right = runs.get(at + 1).is_some_and(|next| match tight(at, at + 1) {
        Some('/') => judged[at + 1].is_err() && digits(signs, next).len() > 4,
        Some(_) => judged[at + 1].is_err(),
        None => false,
    });
    code_before || left || right
}

/// Text beside the numbers.
fn note(text: &str, taken: &[Range<usize>], phones: usize) -> String {
    let mut rest: Vec<char> = text.chars().collect();
    for range in taken {
        rest[range.clone()].fill('\n');
    }
    let rest: String = rest.into_iter().collect();
    let pieces = rest.split(['\n', ',', ';']).map(|piece| {
        let piece = piece.trim_matches(|sign: char| sign.is_whitespace() || "/-:.".contains(sign));
        let bracketed = piece.strip_prefix('(').and_then(|inner| inner.strip_suffix(')'));
        bracketed.unwrap_or(piece).trim()
    });
    let says = |piece: &&str| {
        let word = fold(piece);
        let word = word.trim_matches(|sign: char| !sign.is_alphanumeric());
        !word.is_empty() && word != "и" && word != "или" && !LABELS.contains(&word)
    };
    let words: Vec<&str> = pieces.filter(says).collect();
    match (words.is_empty(), phones) {
        (true, _) if phones > 0 => String::new(),
        (false, 1) => words.join(", "),
        _ => texts::one_line(text),
    }
}
