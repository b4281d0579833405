//! Whether a number of the Fund can be that of a verification.

use vyezd_core::model::FundNumber;

use crate::store::Verified;

/// Why a number cannot be that of the verification, for people; `None` where it can.
pub fn objection(of: &Verified, number: &FundNumber) -> Option<String> {
    if number.cipher() != of.cipher {
        return Some(format!(
            "в номере {number} шифр «{}», а у нас «{}»",
            number.cipher(),
            of.cipher
        ));
    }
    if number.date() != of.date {
        return Some(format!(
            "в номере {number} дата {}, а прибор № {} поверен {}",
            number.date().russian(),
            of.serial_number,
            of.date.russian()
        ));
    }
    if number.is_fit() != of.is_fit {
        let (is, letter) =
            if of.is_fit { ("пригоден", "С") } else { ("непригоден", "И") };
        return Some(format!(
            "прибор № {} {is}, и его номер начинался бы с «{letter}», а не {number}",
            of.serial_number
        ));
    }
    let known = of.known.as_ref().filter(|known| *known != number)?;
    Some(format!("у прибора № {} уже есть номер {known}, а здесь {number}", of.serial_number))
}

#[cfg(test)]
mod tests {
    use vyezd_core::model::{InstrumentId, LegalDate, OrderId, SealId};

    use super::*;

    #[test]
    fn a_number_of_another_day_firm_or_verdict_is_refused() {
        let of = Verified {
            seal: SealId::from_bytes([1; 16]),
            instrument: InstrumentId::from_bytes([2; 16]),
            order: OrderId::from_bytes([3; 16]),
            order_number: "7".to_owned(),
            type_number: "16078-13".to_owned(),
            serial_number: "0045".to_owned(),
            date: LegalDate::parse("2026-09-14").unwrap(),
            is_fit: true,
            cipher: "ВМ".to_owned(),
            known: None,
        };
        let number = |text: &str| FundNumber::parse(text).unwrap();
        let right = number("С-ВМ/14-09-2026/1");
        assert_eq!(objection(&of, &right), None);
        for (wrong, word) in [
            ("С-ГД/14-09-2026/1", "шифр"),
            ("С-ВМ/13-09-2026/1", "13.09.2026"),
            ("И-ВМ/14-09-2026/1", "начинался"),
        ] {
            let words = objection(&of, &number(wrong)).unwrap();
            assert!(words.contains(word), "{words}");
        }
        let known = Verified { known: Some(right.clone()), ..of };
        assert_eq!(objection(&known, &right), None);
        assert!(objection(&known, &number("С-ВМ/14-09-2026/2")).is_some());
    }
}
