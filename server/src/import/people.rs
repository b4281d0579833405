//! People of the firm from a spreadsheet. A table carries no passwords, and makes no administrator.

use vyezd_core::model::{LegalDate, Phone, fold, phones};
use vyezd_core::texts::{lookalike_words, mended};

use super::table::{Columns, RawTable, Record, Table, TableError};
use super::{Flaw, RowProblem, Severity, dates};
use crate::limits::office::NAME_CHARS_MAX;
use crate::login_name::alike;
use crate::store::Role;

/// Name of the file in problems.
pub const FILE: &str = "сотрудники";
const COLUMNS: Columns = Columns {
    needed: &["фио", "имя_входа", "роль"],
    known: &["телефон", "аттестация_до", "районы"],
    synonyms: &[
        ("Ф.И.О.", "фио"),
        ("фамилия имя отчество", "фио"),
        ("сотрудник", "фио"),
        ("логин", "имя_входа"),
        ("имя для входа", "имя_входа"),
        ("должность", "роль"),
        ("тел.", "телефон"),
        ("мобильный", "телефон"),
        ("аттестация", "аттестация_до"),
        ("аттестован до", "аттестация_до"),
        ("район", "районы"),
    ],
    free_text: None,
    day: None,
    once: &[],
};
const ROLES: [(&str, Role); 9] = [
    ("поверитель", Role::Metrologist),
    ("метролог", Role::Metrologist),
    ("инженер", Role::Metrologist),
    ("metrologist", Role::Metrologist),
    ("офис", Role::Office),
    ("диспетчер", Role::Office),
    ("оператор", Role::Office),
    ("сотрудник офиса", Role::Office),
    ("office", Role::Office),
];

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonLine {
    pub line: u64,
    pub name: String,
    pub login: String,
    pub role: Role,
    pub phone: Option<Phone>,
    pub attested_until: Option<LegalDate>,
    pub districts: Vec<String>,
}

/// The columns that are read, for an empty table.
pub fn columns() -> impl Iterator<Item = &'static str> {
    COLUMNS.all()
}

/// The file as it is.
pub fn raw(bytes: &[u8]) -> Result<RawTable, TableError> {
    RawTable::read(FILE, bytes, &COLUMNS)
}

/// Reads the people of a table.
pub fn read(table: &Table) -> (Vec<PersonLine>, Vec<RowProblem>) {
    let mut people: Vec<PersonLine> = Vec::new();
    let mut problems = table.problems();
    for record in table.records() {
        let mut say = |severity, flaw: Flaw| {
            problems.push(flaw.problem(severity, FILE, record.line));
        };
        let login = record.get("имя_входа");
        let twin =
            people.iter().find(|other| alike(login, std::iter::once(&*other.login)).is_some());
        if let Some(twin) = twin {
            let words = format!(
                "имя входа «{login}» уже стоит в строке {} («{}») или на глаз не отличить: строка \
                 пропущена",
                twin.line, twin.login
            );
            say(Severity::Error, Flaw::at("имя_входа", words));
        }
        let person = one(record, &mut |flaw| say(Severity::Error, flaw));
        let Some(person) = person.filter(|_| twin.is_none()) else { continue };
        let twins = people.iter().find_map(|other| likeness(&person, other));
        for flaw in lookalikes(&person).into_iter().chain(twins).chain(without_offers(&person)) {
            say(Severity::Warning, flaw);
        }
        people.push(person);
    }
    problems.sort_by_key(|problem| problem.line);
    (people, problems)
}

/// Sentences about letters of another alphabet: a name stands on papers and in the Fund, a district finds orders.
fn lookalikes(person: &PersonLine) -> Vec<Flaw> {
    let districts = person.districts.iter().map(|of| ("районы", of));
    let texts = std::iter::once(("фио", &person.name)).chain(districts);
    let wrong = texts.filter_map(|(column, text)| {
        let right = mended(text);
        (right != *text).then(|| Flaw::at(column, lookalike_words(text, &right)))
    });
    wrong.collect()
}

/// Sentences about what a metrologist lacks without which nobody offers him an order.
fn without_offers(person: &PersonLine) -> Vec<Flaw> {
    let lacks = [
        ("аттестация_до", "срок аттестации не указан", person.attested_until.is_none()),
        ("районы", "районы не указаны", person.districts.is_empty()),
    ];
    let lacks =
        lacks.into_iter().filter(|(_, _, lacks)| *lacks && person.role == Role::Metrologist);
    lacks
        .map(|(column, words, _)| Flaw::at(column, format!("{words}: заявок не предложат")))
        .collect()
}

/// A sentence about an earlier row that may be the same person, or rings the same telephone.
fn likeness(person: &PersonLine, other: &PersonLine) -> Option<Flaw> {
    if fold(&mended(&other.name)) == fold(&mended(&person.name)) {
        let words = format!(
            "{} уже стоит в строке {} под другим именем входа: проверьте, не один ли это человек",
            person.name, other.line
        );
        return Some(Flaw::at("фио", words));
    }
    let same = person.phone.is_some() && other.phone == person.phone;
    same.then(|| {
        let words = format!("этот телефон у {} в строке {}: проверьте", other.name, other.line);
        Flaw::at("телефон", words)
    })
}

/// Reads a row; everything that stops it is said at once.
fn one(r: Record<'_>, say: &mut impl FnMut(Flaw)) -> Option<PersonLine> {
    let mut whole = true;
    for column in ["фио", "имя_входа"].into_iter().filter(|column| r.get(column).is_empty())
    {
        say(Flaw::at(column, format!("не указано {column}: строка пропущена")));
        whole = false;
    }
    let day = Some(r.get("аттестация_до")).filter(|text| !text.is_empty());
    let districts = r.get("районы").split([',', ';', '/', '\n']).map(str::trim);
    let districts: Vec<String> = districts.filter(|of| !of.is_empty()).map(str::to_owned).collect();
    if let Some(long) = districts.iter().find(|of| of.chars().count() > NAME_CHARS_MAX) {
        let words = format!("район «{long}» длиннее {NAME_CHARS_MAX} знаков: строка пропущена");
        say(Flaw::at("районы", words));
        whole = false;
    }
    let role = role(r.get("роль")).map_err(|words| say(Flaw::at("роль", words)));
    let phone = phone(r.get("телефон")).map_err(|words| say(Flaw::at("телефон", words)));
    let attested_until = day.map(|text| dates::day(text, None)).transpose();
    let attested_until = attested_until.map_err(|words| say(Flaw::at("аттестация_до", words)));
    let person = PersonLine {
        line: r.line,
        name: r.get("фио").to_owned(),
        login: r.get("имя_входа").to_owned(),
        role: role.ok()?,
        phone: phone.ok()?,
        attested_until: attested_until.ok()?,
        districts,
    };
    whole.then_some(person)
}

fn role(text: &str) -> Result<Role, String> {
    let key = fold(text);
    let found = ROLES.iter().find(|(word, _)| *word == key).map(|(_, role)| *role);
    found.ok_or_else(|| {
        format!(
            "роль «{text}»: нужно «поверитель» или «офис» (администратора заводят вручную); строка \
             пропущена"
        )
    })
}

/// One telephone: offers ring it, so nothing is guessed.
fn phone(text: &str) -> Result<Option<Phone>, String> {
    let read = phones::read(text);
    if let Some(problem) = read.problems.first() {
        return Err(format!("телефон: {problem}; строка пропущена"));
    }
    if read.phones.len() > 1 || !read.note.is_empty() {
        return Err(format!("телефон «{text}»: нужен один номер; строка пропущена"));
    }
    Ok(read.phones.into_iter().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_rows(rows: &str) -> (Vec<PersonLine>, Vec<String>) {
        let text = format!("ФИО;Логин;Должность;Телефон;Аттестован до;Районы\n{rows}");
        let (people, problems) = read(&raw(text.as_bytes()).unwrap().placed());
        (people, problems.into_iter().map(|of| format!("{}: {}", of.line, of.message)).collect())
    }

    #[test]
    fn people_are_read_as_offices_keep_them() {
        let (people, said) = read_rows(
            "Анохина Анна Сергеевна;anohina;Поверитель;8 900 100-00-01;31.12.2030;Октябрьский, Волжский\n\
             Смирнова Ольга;smirnova;диспетчер;;;\n",
        );
        assert_eq!(said, Vec::<String>::new());
        assert_eq!(people[0].phone.as_ref().unwrap().as_str(), "+79001000001");
        assert_eq!(people[0].attested_until.unwrap().to_string(), "2030-12-31");
        assert_eq!(people[0].districts, ["Октябрьский", "Волжский"]);
        assert_eq!((people[1].role, people[1].phone.clone()), (Role::Office, None));
        let (people, said) = read_rows("Анохина Анна;a1;поверитель;;;\n");
        assert_eq!((people.len(), said.len()), (1, 2), "no day, no district: {said:?}");
    }

    #[test]
    fn a_doubt_stops_the_row_and_harms_no_other() {
        let (people, said) = read_rows(
            ";a1;офис;;;\n\
             Б;b2;директор;;;\n\
             В;v3;офис;12-34;;\n\
             Г;g4;офис;+7 900 100-00-01, +7 900 100-00-02;;\n\
             Д;d5;поверитель;;31.02.2030;\n\
             Е;e6;офис;;;\n\
             Ж;E6;офис;;;\n\
             З;z7;администратор;;;\n",
        );
        assert_eq!(people.iter().map(|of| of.login.as_str()).collect::<Vec<_>>(), ["e6"]);
        let words =
            ["фио", "директор", "телефон", "один номер", "не читается", "строке 7", "вручную"];
        assert_eq!(said.len(), words.len(), "{said:?}");
        for (said, word) in said.iter().zip(words) {
            assert!(said.contains(word), "{said}");
        }
    }

    #[test]
    fn letters_of_another_alphabet_are_named() {
        let (people, said) = read_rows(
            "Сидоpов Пётр;s1;офис;;;\nИванов Иван;i1;поверитель;;31.12.2030;Oктябрьский\nИванoв Иван;i2;офис;;;\n",
        );
        assert_eq!((people.len(), said.len()), (3, 4), "{said:?}");
    }

    #[test]
    fn every_fault_of_a_row_is_said_at_once() {
        let (people, said) = read_rows("А;a1;офис;;;\n;A1;директор;12-34;31.02.2030;\n");
        assert_eq!((people.len(), said.len()), (1, 5), "{said:?}");
        for (said, word) in
            said.iter().zip(["строке 2", "фио", "директор", "телефон", "не читается"])
        {
            assert!(said.contains(word), "{said}");
        }
    }
}
