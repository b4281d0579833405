//! Columns of tables by the fields of a card or a person.

/// The column of a field of an order or a person; empty where none is meant.
pub(super) fn column(field: &str) -> &'static str {
    match field {
        "number" | "заявка" => "заявка",
        "date" | "дата" => "дата",
        "window" => "окно",
        "kind" => "вид",
        "urgency" => "срочность",
        "client" => "клиент",
        "phone" | "phones" => "телефон",
        "district" => "район",
        "address" | "zone" => "адрес",
        "place" => "координаты",
        "entrance" => "подъезд",
        "floor" => "этаж",
        "intercom" => "домофон",
        "note" => "комментарий",
        "price_kop" => "цена_руб",
        "type_number" => "рег_номер",
        "modification" => "модификация",
        "serial_number" | "instruments" => "заводской_номер",
        "year" => "год_выпуска",
        "water" => "вода",
        "position" => "положение",
        "name" => "фио",
        "login" => "имя_входа",
        "role" => "роль",
        "attested_until" => "аттестация_до",
        "districts" => "районы",
        "method" => "method",
        "means" | "средства" => "средства",
        "дата_поверки" => "дата_поверки",
        _ => "",
    }
}
