//! The fonts have what `vyezd_core::texts::PRINTABLE` promises.

use vyezd_core::texts::{PRINTABLE, unprintable};
use vyezd_pdf::layout::{Face, Fonts};

#[test]
fn every_printable_sign_has_a_glyph_in_both_faces() {
    let fonts = Fonts::default();
    for (from, to) in PRINTABLE {
        for sign in from..=to {
            for face in [Face::Regular, Face::Bold] {
                let printed = fonts.printable(face, &sign.to_string());
                let expected = if sign == '?' { "?" } else { "" };
                assert!(printed != "?" || expected == "?", "{sign:?} U+{:04X}", sign as u32);
            }
        }
    }
    assert_eq!(fonts.printable(Face::Regular, "7′ „А“ и\u{306}"), "7’ „А“ й");
    assert_eq!(unprintable("漢"), Some('漢'));
}
