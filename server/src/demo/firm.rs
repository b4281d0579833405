//! The firm of a demonstration: from a TOML file, or invented and stamped «ОБРАЗЕЦ».

use std::collections::BTreeSet;

use anyhow::{Context, ensure};
use serde::Deserialize;
use vyezd_core::model::{
    Entity, EntityId, KitId, LegalDate, Means, MeansId, MeansKind, MeansRole, NumberTemplates,
    PersonId, Phone, Window, Zone, check_template,
};

use super::PASSWORD;
use crate::app::App;
use crate::auth::hash_password;
use crate::dispatch::{ROUND_THE_CLOCK, WORKING_HOURS};
use crate::import::types;
use crate::limits::office::FIRM_TEXT_CHARS_MAX;
use crate::staff;
use crate::store::{PersonRow, Role};

pub struct Firm {
    pub entity: Entity,
    /// Hours in which people are asked.
    pub hours: Window,
    pub people: Vec<FirmPerson>,
    pub means: Vec<Means>,
    /// Kits by name.
    pub kits: Vec<(KitId, String)>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FirmPerson {
    /// Family name, given name, patronymic.
    pub name: String,
    pub districts: Vec<String>,
    #[serde(default)]
    pub phone: String,
    /// YYYY-MM-DD
    #[serde(default)]
    pub attested_until: Option<LegalDate>,
    /// Name of the kit that this person has.
    #[serde(default)]
    pub kit: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FirmFile {
    entity: EntityFile,
    metrologist: Vec<FirmPerson>,
    means: Vec<MeansFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EntityFile {
    name: String,
    address: String,
    accreditation: String,
    sign_cipher: String,
    code: String,
    #[serde(default)]
    head: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    zone: Option<Zone>,
    /// `08:00-21:00`
    #[serde(default)]
    hours: Option<String>,
    #[serde(default)]
    certificate_template: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MeansFile {
    kind: MeansKind,
    title: String,
    number: String,
    #[serde(default)]
    serial_number: String,
    valid_from: LegalDate,
    valid_until: LegalDate,
    /// What it measures, where kind and title do not say it.
    #[serde(default)]
    roles: Option<Vec<MeansRole>>,
    #[serde(default)]
    accuracy: Option<String>,
    #[serde(default)]
    certificate: Option<String>,
    /// Name of the kit that it is in.
    #[serde(default)]
    kit: Option<String>,
}

impl FirmFile {
    /// The same with every text as papers print it; a refusal names its field.
    fn printed(mut self) -> anyhow::Result<Self> {
        let line = |field: &str, text: &mut String, empty: bool| -> anyhow::Result<()> {
            if empty && text.trim().is_empty() {
                text.clear();
                return Ok(());
            }
            *text = staff::printed(text, FIRM_TEXT_CHARS_MAX).with_context(|| field.to_owned())?;
            Ok(())
        };
        let e = &mut self.entity;
        line("entity.name", &mut e.name, false)?;
        line("entity.address", &mut e.address, false)?;
        line("entity.accreditation", &mut e.accreditation, false)?;
        line("entity.code", &mut e.code, false)?;
        line("entity.head", &mut e.head, true)?;
        line("entity.phone", &mut e.phone, true)?;
        for person in &mut self.metrologist {
            line("metrologist.name", &mut person.name, false)?;
            line("metrologist.phone", &mut person.phone, true)?;
            for district in &mut person.districts {
                line("metrologist.districts", district, false)?;
            }
        }
        for kit in self.metrologist.iter_mut().filter_map(|of| of.kit.as_mut()) {
            line("metrologist.kit", kit, false)?;
        }
        for means in &mut self.means {
            for text in [&mut means.accuracy, &mut means.certificate, &mut means.kit] {
                text.as_mut()
                    .map_or(Ok(()), |text| line("means.accuracy, certificate, kit", text, false))?;
            }
            line("means.title", &mut means.title, false)?;
            line("means.number", &mut means.number, false)?;
            line("means.serial_number", &mut means.serial_number, true)?;
        }
        Ok(self)
    }
}

impl FirmFile {
    /// The kits that means name; each is of one person at most.
    fn kits(&self, app: &App) -> anyhow::Result<Vec<(KitId, String)>> {
        let names: BTreeSet<&String> = self.means.iter().filter_map(|of| of.kit.as_ref()).collect();
        let mut taken = BTreeSet::new();
        for name in self.metrologist.iter().filter_map(|of| of.kit.as_ref()) {
            ensure!(names.contains(name), "metrologist.kit: комплекта «{name}» нет");
            ensure!(taken.insert(name), "metrologist.kit: комплект «{name}» у двоих");
        }
        Ok(names.into_iter().map(|name| (app.id(KitId::new), name.clone())).collect())
    }
}

impl Firm {
    pub fn parse(app: &App, text: &str) -> anyhow::Result<Self> {
        let file: FirmFile = toml::from_str(text).context("файл организации не читается")?;
        let file = file.printed()?;
        let kits = file.kits(app)?;
        let e = file.entity;
        ensure!(
            Entity::sign_cipher_is_valid(&e.sign_cipher),
            "sign_cipher: нужны 1–3 прописные русские буквы"
        );
        let mut templates = NumberTemplates::default();
        if let Some(template) = e.certificate_template {
            check_template(&template, &e.code).context("certificate_template")?;
            templates.certificate = template;
        }
        ensure!(!file.metrologist.is_empty(), "нет ни одного [[metrologist]]");
        let kit_of = |name: &Option<String>| {
            let found = kits.iter().find(|(_, kit)| Some(kit) == name.as_ref());
            found.map(|(kit, _)| *kit)
        };
        let hours = e.hours.as_deref().map(|hours| Window::parse(hours).context("entity.hours"));
        Ok(Self {
            hours: hours.transpose()?.unwrap_or(WORKING_HOURS),
            entity: Entity {
                id: app.id(EntityId::new),
                name: e.name,
                address: e.address,
                accreditation: e.accreditation,
                sign_cipher: e.sign_cipher,
                code: e.code,
                templates,
                zone: e.zone.unwrap_or(Zone::MOSCOW),
                head: e.head,
                phone: e.phone,
                specimen: false,
            },
            people: file.metrologist,
            means: file
                .means
                .into_iter()
                .map(|m| Means {
                    id: app.id(MeansId::new),
                    kind: m.kind,
                    title: m.title,
                    number: m.number,
                    serial_number: m.serial_number,
                    valid_from: m.valid_from,
                    valid_until: m.valid_until,
                    held_by: None,
                    given_roles: m.roles,
                    accuracy: m.accuracy,
                    certificate: m.certificate,
                    kit: kit_of(&m.kit),
                })
                .collect(),
            kits,
        })
    }

    /// An invented firm: two metrologists a district, means valid on the days.
    pub fn invent(app: &App, districts: &[String], days: (LegalDate, LegalDate)) -> Self {
        let people = districts.iter().enumerate().flat_map(|(at, district)| {
            (0..2).map(move |second| {
                let n = at * 2 + second;
                FirmPerson {
                    name: invented_name(n),
                    districts: vec![district.clone()],
                    phone: format!("+7900{:07}", n + 1),
                    attested_until: Some(days.1),
                    kit: Some(format!("Комплект {}", n + 1)),
                }
            })
        });
        let people: Vec<FirmPerson> = people.collect();
        let kits: Vec<(KitId, String)> = people
            .iter()
            .filter_map(|person| Some((app.id(KitId::new), person.kit.clone()?)))
            .collect();
        // The first set is everybody's: whoever has no kit works with it.
        let sets = std::iter::once(None).chain(kits.iter().map(|(kit, _)| Some(*kit)));
        let means = sets.enumerate().flat_map(|(set, kit)| invented_means(app, (set, kit), days));
        let means = means.collect();
        Self {
            // An example is tried at any time of the day.
            hours: ROUND_THE_CLOCK,
            entity: Entity {
                id: app.id(EntityId::new),
                name: "ООО «Образцовая поверка»".to_owned(),
                address: "410000, г. Саратов, ул. Образцовая, д. 1".to_owned(),
                accreditation: "RA.RU.000000".to_owned(),
                sign_cipher: "ОБР".to_owned(),
                code: "ОП".to_owned(),
                templates: NumberTemplates::default(),
                zone: Zone::parse("Europe/Saratov").unwrap_or(Zone::MOSCOW),
                head: "Образцов О. О.".to_owned(),
                phone: "+7 800 000-00-00".to_owned(),
                specimen: true,
            },
            people,
            means,
            kits,
        }
    }

    /// Adds one more complete kit of invented means.
    pub fn add_kit(&mut self, app: &App, name: &str, days: (LegalDate, LegalDate)) {
        let (kit, set) = (app.id(KitId::new), self.kits.len() + 1);
        self.kits.push((kit, name.to_owned()));
        self.means.extend(invented_means(app, (set, Some(kit)), days));
    }

    /// Writes the firm and the catalogue into an empty installation; methods wait for approval.
    pub async fn create(&self, app: &App, catalogue: &[u8]) -> anyhow::Result<()> {
        let (lines, _) = types::parse(catalogue)?;
        let kinds: Vec<_> = lines.into_iter().map(|line| line.kind).collect();
        let mut tx = app.store.begin().await?;
        tx.put_entity(&self.entity).await?;
        tx.set_working_hours(self.entity.id, self.hours).await?;
        for (kit, name) in &self.kits {
            tx.put_kit(*kit, name).await?;
        }
        for means in &self.means {
            tx.put_means(means).await?;
        }
        tx.put_types(&kinds).await?;
        let today = LegalDate(Zone::MOSCOW.date(app.now()));
        for (at, person) in self.people.iter().enumerate() {
            let row = PersonRow {
                id: app.id(PersonId::new),
                login: format!("metrolog-{}", at + 1),
                name: person.name.clone(),
                role: Role::Metrologist,
                password_hash: None,
                phone: Phone::parse(&person.phone).map(|phone| phone.as_str().to_owned()),
                attested_until: person.attested_until,
                active: true,
                districts: person.districts.clone(),
            };
            tx.put_person(&row).await?;
            let kit = self.kits.iter().find(|(_, name)| Some(name) == person.kit.as_ref());
            if let Some((kit, _)) = kit {
                tx.hand_kit(*kit, Some(row.id), today).await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }

    /// As [`Firm::create`], with approved methods and the office's logins of a demonstration.
    pub async fn seed_example(&self, app: &App, catalogue: &[u8]) -> anyhow::Result<()> {
        self.create(app, catalogue).await?;
        let password = hash_password(PASSWORD)?;
        let mut tx = app.store.begin().await?;
        for mut method in tx.methods().await? {
            method.approved_by = Some("Главный метролог".to_owned());
            tx.put_method(&method).await?;
        }
        let staff = [
            ("admin", "Администратор", Role::Admin),
            ("office", "Петрова Ольга Сергеевна", Role::Office),
        ];
        for (login, name, role) in staff {
            let person = PersonRow {
                id: app.id(PersonId::new),
                login: login.to_owned(),
                name: name.to_owned(),
                role,
                password_hash: Some(password.clone()),
                phone: None,
                attested_until: None,
                active: true,
                districts: Vec::new(),
            };
            tx.put_person(&person).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

fn invented_name(n: usize) -> String {
    const FAMILY: [&str; 16] = [
        "Иванов",
        "Петров",
        "Сидоров",
        "Смирнов",
        "Волков",
        "Зайцев",
        "Морозов",
        "Лебедев",
        "Козлов",
        "Новиков",
        "Соколов",
        "Попов",
        "Фёдоров",
        "Егоров",
        "Орлов",
        "Макаров",
    ];
    const GIVEN: [&str; 4] =
        ["Иван Петрович", "Сергей Олегович", "Алексей Игоревич", "Дмитрий Павлович"];
    let family = FAMILY[n % FAMILY.len()];
    let given = GIVEN[(n / FAMILY.len() + n) % GIVEN.len()];
    match n / (FAMILY.len() * GIVEN.len()) {
        0 => format!("{family} {given}"),
        more => format!("{family}-{} {given}", more + 1),
    }
}

/// A complete set of invented means, in a kit or common. Set 0 has the rig 001.
fn invented_means(
    app: &App,
    (set, kit): (usize, Option<KitId>),
    days: (LegalDate, LegalDate),
) -> Vec<Means> {
    let kinds = [
        (MeansKind::Mieta, "Установка поверочная переносная УПСЖ-3П"),
        (MeansKind::Mis, "Термогигрометр ИВА-6Н-Д"),
        (MeansKind::Mis, "Барометр-анероид БАММ-1"),
        (MeansKind::Mis, "Термометр цифровой ТЦМ 9410"),
        (MeansKind::Mis, "Секундомер электронный СОП-1"),
    ];
    let one = |(at, (kind, title)): (usize, (MeansKind, &str))| Means {
        id: app.id(MeansId::new),
        kind,
        title: title.to_owned(),
        number: match kind {
            MeansKind::Mis => format!("0000{at}-00"),
            _ => format!("00000.00.3Р.{:08}", set + 1),
        },
        serial_number: format!("{:03}", set * kinds.len() + at + 1),
        valid_from: days.0,
        valid_until: days.1,
        held_by: None,
        given_roles: None,
        accuracy: None,
        certificate: None,
        kit,
    };
    kinds.into_iter().enumerate().map(one).collect()
}
