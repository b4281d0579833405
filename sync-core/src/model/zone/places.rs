//! Regions of Russia by zone, and the places whose zone is not their region's.

/// Kind of a region, as the word beside the region's name says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Область, the autonomous one too.
    Oblast,
    /// Край.
    Krai,
    /// Республика.
    Republic,
    /// Автономный округ.
    Okrug,
}

use Kind::{Krai, Oblast, Okrug, Republic};

/// A zone's name, the kind of the regions, the regions' names folded and without hyphens.
type Regions = (&'static str, Kind, &'static [&'static str]);

/// Main zone of each region; federal cities are among the towns.
pub(super) const REGIONS: &[Regions] = &[
    ("Europe/Kaliningrad", Oblast, &["калининградская"]),
    (
        "Europe/Moscow",
        Oblast,
        &[
            "архангельская",
            "белгородская",
            "брянская",
            "владимирская",
            "вологодская",
            "воронежская",
            "донецкая",
            "запорожская",
            "ивановская",
            "калужская",
            "костромская",
            "курская",
            "ленинградская",
            "липецкая",
            "луганская",
            "московская",
            "мурманская",
            "нижегородская",
            "новгородская",
            "орловская",
            "пензенская",
            "псковская",
            "ростовская",
            "рязанская",
            "смоленская",
            "тамбовская",
            "тверская",
            "тульская",
            "херсонская",
            "ярославская",
        ],
    ),
    ("Europe/Moscow", Krai, &["краснодарский", "ставропольский"]),
    (
        "Europe/Moscow",
        Republic,
        &[
            "адыгея",
            "дагестан",
            "днр",
            "донецкая",
            "ингушетия",
            "кабардино балкарская",
            "кабардино балкария",
            "калмыкия",
            "калмыцкая",
            "карачаево черкесская",
            "карачаево черкесия",
            "карелия",
            "коми",
            "лнр",
            "луганская",
            "марий эл",
            "мордовия",
            "северная осетия",
            "северная осетия алания",
            "татарстан",
            "чеченская",
            "чечня",
            "чувашская",
            "чувашия",
        ],
    ),
    ("Europe/Moscow", Okrug, &["ненецкий"]),
    ("Europe/Simferopol", Republic, &["крым"]),
    ("Europe/Kirov", Oblast, &["кировская"]),
    ("Europe/Volgograd", Oblast, &["волгоградская"]),
    ("Europe/Astrakhan", Oblast, &["астраханская"]),
    ("Europe/Saratov", Oblast, &["саратовская"]),
    ("Europe/Ulyanovsk", Oblast, &["ульяновская"]),
    ("Europe/Samara", Oblast, &["самарская"]),
    ("Europe/Samara", Republic, &["удмуртская", "удмуртия"]),
    (
        "Asia/Yekaterinburg",
        Oblast,
        &["курганская", "оренбургская", "свердловская", "тюменская", "челябинская"],
    ),
    ("Asia/Yekaterinburg", Krai, &["пермский"]),
    ("Asia/Yekaterinburg", Republic, &["башкортостан", "башкирия"]),
    ("Asia/Yekaterinburg", Okrug, &["ханты мансийский", "ямало ненецкий", "коми пермяцкий"]),
    (
        "Asia/Krasnoyarsk",
        Okrug,
        &["таймырский", "таймырский долгано ненецкий", "долгано ненецкий", "эвенкийский"],
    ),
    ("Asia/Irkutsk", Okrug, &["усть ордынский", "усть ордынский бурятский"]),
    ("Asia/Chita", Okrug, &["агинский", "агинский бурятский"]),
    ("Asia/Kamchatka", Okrug, &["корякский"]),
    ("Asia/Omsk", Oblast, &["омская"]),
    ("Asia/Novosibirsk", Oblast, &["новосибирская"]),
    ("Asia/Barnaul", Krai, &["алтайский"]),
    ("Asia/Barnaul", Republic, &["алтай"]),
    ("Asia/Tomsk", Oblast, &["томская"]),
    ("Asia/Novokuznetsk", Oblast, &["кемеровская"]),
    ("Asia/Krasnoyarsk", Krai, &["красноярский"]),
    ("Asia/Krasnoyarsk", Republic, &["хакасия", "хакасская", "тыва", "тува", "тывинская"]),
    ("Asia/Irkutsk", Oblast, &["иркутская"]),
    ("Asia/Irkutsk", Republic, &["бурятия"]),
    ("Asia/Chita", Krai, &["забайкальский"]),
    ("Asia/Yakutsk", Oblast, &["амурская"]),
    ("Asia/Yakutsk", Republic, &["саха", "саха якутия", "якутия"]),
    ("Asia/Vladivostok", Oblast, &["еврейская"]),
    ("Asia/Vladivostok", Krai, &["приморский", "хабаровский"]),
    ("Asia/Magadan", Oblast, &["магаданская"]),
    ("Asia/Sakhalin", Oblast, &["сахалинская"]),
    ("Asia/Kamchatka", Krai, &["камчатский"]),
    ("Asia/Anadyr", Okrug, &["чукотский"]),
];

/// Regions that are named without a word for their kind: an abbreviation that begins a piece.
pub(super) const SHORT: &[(&str, &str)] = &[
    ("янао", "Asia/Yekaterinburg"),
    ("хмао", "Asia/Yekaterinburg"),
    ("еао", "Asia/Vladivostok"),
    ("рс я", "Asia/Yakutsk"),
];

/// Names of regions that begin an address without a word for their kind, before a town.
pub(super) const LEADING: &[(&str, &str)] = &[
    ("кузбасс", "Asia/Novokuznetsk"),
    ("татарстан", "Europe/Moscow"),
    ("чувашия", "Europe/Moscow"),
    ("мордовия", "Europe/Moscow"),
    ("карелия", "Europe/Moscow"),
    ("дагестан", "Europe/Moscow"),
    ("крым", "Europe/Simferopol"),
    ("удмуртия", "Europe/Samara"),
    ("башкортостан", "Asia/Yekaterinburg"),
    ("башкирия", "Asia/Yekaterinburg"),
    ("хакасия", "Asia/Krasnoyarsk"),
    ("тыва", "Asia/Krasnoyarsk"),
    ("бурятия", "Asia/Irkutsk"),
    ("якутия", "Asia/Yakutsk"),
];

/// Second names of regions, as in «Республика Саха (Якутия)».
pub(super) const SECOND: &[&str] =
    &["якутия", "югра", "кузбасс", "алания", "чувашия", "татарстан", "тува", "тыва", "я"];

/// Settlements of the east of Yakutia and of the north of the Kurils, whose zone is not their
/// region's.
pub(super) const APART: &[(&str, &str)] = &[
    ("хандыга", "Asia/Khandyga"),
    ("верхоянск", "Asia/Vladivostok"),
    ("батагай", "Asia/Vladivostok"),
    ("столбы", "Asia/Vladivostok"),
    ("депутатский", "Asia/Vladivostok"),
    ("усть куйга", "Asia/Vladivostok"),
    ("усть нера", "Asia/Ust-Nera"),
    ("томтор", "Asia/Ust-Nera"),
    ("оймякон", "Asia/Ust-Nera"),
    ("среднеколымск", "Asia/Srednekolymsk"),
    ("зырянка", "Asia/Srednekolymsk"),
    ("черский", "Asia/Srednekolymsk"),
    ("походск", "Asia/Srednekolymsk"),
    ("чокурдах", "Asia/Srednekolymsk"),
    ("белая гора", "Asia/Srednekolymsk"),
    ("хонуу", "Asia/Srednekolymsk"),
    ("северо курильск", "Asia/Srednekolymsk"),
];

/// Districts of the same places: улусы of Yakutia, and a district of the Kurils.
pub(super) const DISTRICTS_APART: &[(&str, &str)] = &[
    ("томпонский", "Asia/Khandyga"),
    ("верхоянский", "Asia/Vladivostok"),
    ("усть янский", "Asia/Vladivostok"),
    ("оймяконский", "Asia/Ust-Nera"),
    ("абыйский", "Asia/Srednekolymsk"),
    ("аллаиховский", "Asia/Srednekolymsk"),
    ("верхнеколымский", "Asia/Srednekolymsk"),
    ("момский", "Asia/Srednekolymsk"),
    ("нижнеколымский", "Asia/Srednekolymsk"),
    ("среднеколымский", "Asia/Srednekolymsk"),
    ("северо курильский", "Asia/Srednekolymsk"),
];
