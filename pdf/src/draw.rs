//! Boxes become bytes. The only file that names printpdf.
//!
//! What makes the bytes the same each time: font ids of our own, our own deflate (never the
//! library's, whose encoder depends on the build), an `/ID` that is a hash of the content, dates
//! from the caller. Tested natively and, by the golden hash, in wasm.

use printpdf::{
    Color, FontId, Greyscale, Line, LineCapStyle, LineJoinStyle, LinePoint, Op, PaintMode,
    ParsedFont, PdfDocument, PdfFont, PdfFontHandle, PdfPage, PdfSaveOptions, Point, Polygon,
    PolygonRing, Pt, Rect, TextItem, TextMatrix, WindingOrder,
};
use sha2::{Digest, Sha256};

use crate::layout::{self, Face, Fonts, Item, PAGE, Page};

/// Pages as a PDF file. `date` is a PDF date: `D:20260826143000+04'00'`.
pub fn render(title: &str, date: &str, pages: &[Page]) -> Vec<u8> {
    let mut pdf = PdfDocument::new(title);
    "Vyezd".clone_into(&mut pdf.metadata.info.producer);
    let fonts = Fonts::default();
    let is_wide = |item: &Item| match item {
        Item::Text { text, .. } | Item::Stamp { text } => fonts.is_wide(text),
        _ => false,
    };
    let faces = if pages.iter().flat_map(|page| &page.items).any(is_wide) {
        [
            (Face::Regular, layout::WIDE_REGULAR, "VyezdSansWide-Regular"),
            (Face::Bold, layout::WIDE_BOLD, "VyezdSansWide-Bold"),
        ]
    } else {
        [
            (Face::Regular, layout::REGULAR, "VyezdSans-Regular"),
            (Face::Bold, layout::BOLD, "VyezdSans-Bold"),
        ]
    };
    for (face, bytes, name) in faces {
        let mut font = ParsedFont::from_bytes(bytes, 0, &mut Vec::new())
            .expect("the embedded fonts are parsed by a test");
        font.font_name = Some(name.to_owned());
        pdf.resources.fonts.map.insert(font_id(face), PdfFont::new(font));
    }
    pdf.pages = pages
        .iter()
        .map(|page| {
            let sheet = Rect::from_wh(Pt(PAGE.0), Pt(PAGE.1));
            PdfPage {
                media_box: sheet.clone(),
                trim_box: sheet.clone(),
                crop_box: sheet,
                ops: page.items.iter().flat_map(|item| ops(&fonts, item)).collect(),
            }
        })
        .collect();
    write(&pdf, date)
}

fn font_id(face: Face) -> FontId {
    // Not «F1»: those names belong to the built-in fonts.
    FontId(
        match face {
            Face::Regular => "VR",
            Face::Bold => "VB",
        }
        .to_owned(),
    )
}

fn grey(value: f32) -> Color {
    Color::Greyscale(Greyscale::new(value, None))
}

/// A hundredth of a point is finer than any printer.
fn pt(value: f32) -> Pt {
    Pt((value * 100.0).round() / 100.0)
}

fn point((x, y): (f32, f32)) -> LinePoint {
    LinePoint { p: Point { x: pt(x), y: pt(y) }, bezier: false }
}

fn ops(fonts: &Fonts, item: &Item) -> Vec<Op> {
    match item {
        Item::Text { x, y, size, face, grey: shade, text } => {
            text_ops(*face, *size, TextMatrix::Translate(pt(*x), pt(*y)), *shade, text)
        }
        Item::Line { points, width, grey: shade } => vec![
            Op::SetOutlineColor { col: grey(*shade) },
            Op::SetOutlineThickness { pt: Pt(*width) },
            Op::SetLineCapStyle { cap: LineCapStyle::Round },
            Op::SetLineJoinStyle { join: LineJoinStyle::Round },
            Op::DrawLine {
                line: Line {
                    points: points.iter().copied().map(point).collect(),
                    is_closed: false,
                },
            },
        ],
        Item::Fill { rect: (x, y, w, h), grey: shade } => vec![
            Op::SetFillColor { col: grey(*shade) },
            Op::DrawRectangle {
                rectangle: Rect {
                    x: pt(*x),
                    y: pt(*y),
                    width: pt(*w),
                    height: pt(*h),
                    mode: Some(PaintMode::Fill),
                    winding_order: None,
                },
            },
        ],
        Item::Squares { corners, side } => {
            let ring = |(x, y): (f32, f32)| PolygonRing {
                points: [(x, y), (x + side, y), (x + side, y + side), (x, y + side)]
                    .map(point)
                    .to_vec(),
            };
            let polygon = Polygon {
                rings: corners.iter().copied().map(ring).collect(),
                mode: PaintMode::Fill,
                winding_order: WindingOrder::NonZero,
            };
            vec![Op::SetFillColor { col: grey(0.0) }, Op::DrawPolygon { polygon }]
        }
        Item::Stamp { text } => {
            // Constants: the platform's sine and cosine may differ in the last bit.
            const COS: f32 = 0.573_576_45; // 55°
            const SIN: f32 = 0.819_152_06;
            let size = 96.0;
            let (w, cap) = (fonts.width(Face::Bold, text, size), 0.7 * size);
            let x = PAGE.0 / 2.0 - COS * w / 2.0 + SIN * cap / 2.0;
            let y = PAGE.1 / 2.0 - SIN * w / 2.0 - COS * cap / 2.0;
            let matrix = TextMatrix::Raw([COS, SIN, -SIN, COS, pt(x).0, pt(y).0]);
            text_ops(Face::Bold, size, matrix, 0.9, text)
        }
    }
}

fn text_ops(face: Face, size: f32, matrix: TextMatrix, shade: f32, text: &str) -> Vec<Op> {
    vec![
        Op::StartTextSection,
        Op::SetFont { font: PdfFontHandle::External(font_id(face)), size: Pt(size) },
        Op::SetFillColor { col: grey(shade) },
        Op::SetTextMatrix { matrix },
        Op::ShowText { items: vec![TextItem::Text(text.to_owned())] },
        Op::EndTextSection,
    ]
}

fn write(pdf: &PdfDocument, date: &str) -> Vec<u8> {
    let options = PdfSaveOptions {
        optimize: false,
        subset_fonts: false,
        secure: true,
        image_optimization: None,
    };
    let mut doc = pdf.to_lopdf_document(&options, &mut Vec::new());
    "1.7".clone_into(&mut doc.version);
    // In wasm the library writes 1970; the other keys are empty.
    let info = doc.trailer.get(b"Info").and_then(|info| info.as_reference());
    if let Ok(id) = info
        && let Ok(info) = doc.get_dictionary_mut(id)
    {
        for key in [b"CreationDate".as_slice(), b"ModDate".as_slice()] {
            if let Ok(value) = info.get_mut(key)
                && let Ok(text) = value.as_str_mut()
            {
                *text = date.as_bytes().to_vec();
            }
        }
        for key in [b"Trapped".as_slice(), b"GTS_PDFXVersion".as_slice(), b"Identifier".as_slice()]
        {
            info.remove(key);
        }
    }
    for object in doc.objects.values_mut() {
        let Ok(stream) = object.as_stream_mut() else { continue };
        if stream.dict.has(b"Filter") {
            continue;
        }
        let packed = miniz_oxide::deflate::compress_to_vec_zlib(&stream.content, 9);
        if packed.len() < stream.content.len() {
            stream.dict.set("Filter", "FlateDecode");
            stream.set_content(packed);
        }
    }
    let mut save = |id: &str| {
        if let Ok(ids) = doc.trailer.get_mut(b"ID")
            && let Ok(ids) = ids.as_array_mut()
        {
            for text in ids.iter_mut().filter_map(|id| id.as_str_mut().ok()) {
                *text = id.as_bytes().to_vec();
            }
        }
        let mut out = Vec::new();
        doc.save_to(&mut out).expect("writing to memory does not fail");
        out
    };
    let draft = save(&"0".repeat(32));
    let hash: String = Sha256::digest(&draft).iter().take(16).map(|b| format!("{b:02x}")).collect();
    save(&hash)
}
