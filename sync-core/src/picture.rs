//! Pictures by their frame: a photo is a JPEG, PNG, WebP or HEIC that has a size and its end, whatever
//! its name says. Whether the pixels between them can be decoded says `decode`, with the feature `pixels`.

#[cfg(feature = "pixels")]
mod decode;

#[cfg(feature = "pixels")]
pub use decode::decode;

/// Format of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JPEG, baseline or progressive.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    Webp,
    /// HEIC or HEIF; its size stands deep in the file and is not read.
    Heic,
}

/// Format and size in pixels of a picture; the size of a HEIC is absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Picture {
    /// Format by the header.
    pub format: Format,
    /// Width and height, neither of them zero.
    pub size: Option<(u32, u32)>,
}

impl Format {
    /// Media type, for `content-type`.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Heic => "image/heic",
        }
    }
}

/// Reads the frame of a picture; `None` for anything that is none, an empty size or a lost end
/// included.
pub fn read(bytes: &[u8]) -> Option<Picture> {
    let (format, size) = if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        (Format::Jpeg, Some(jpeg_size(bytes)?))
    } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        (Format::Png, Some(png_size(bytes)?))
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12)? == b"WEBP" {
        (Format::Webp, Some(webp_size(bytes)?))
    } else if bytes.get(4..8)? == b"ftyp" && is_heic(bytes.get(8..12)?) {
        (Format::Heic, None)
    } else {
        return None;
    };
    let seen = size.is_none_or(|(width, height)| width > 0 && height > 0);
    (seen && is_whole(format, bytes)).then_some(Picture { format, size })
}

/// Whether the end is there. Cameras write records behind the end, so it is looked for, not expected
/// at the last byte.
fn is_whole(format: Format, bytes: &[u8]) -> bool {
    let has = |bytes: &[u8], end: &[u8]| bytes.windows(end.len()).rev().any(|window| window == end);
    match format {
        // The thumbnail in the records before the scan has an end of its own.
        Format::Jpeg => scan(bytes).is_some_and(|scan| has(scan, &[0xff, 0xd9])),
        Format::Png => has(bytes, b"IEND"),
        // RIFF counts what stands behind its first eight bytes.
        Format::Webp => bytes.get(4..8).is_some_and(|n| little(n) as usize + 8 <= bytes.len()),
        Format::Heic => has_boxes(bytes),
    }
}

/// Whether the boxes of a HEIC follow each other to the end of the file, and hold image data.
fn has_boxes(bytes: &[u8]) -> bool {
    let (mut at, mut data) = (0, 0);
    while let Some(head) = bytes.get(at..at + 8) {
        let size = match number(&head[..4]) {
            // To the end of the file, and a size of 64 bits.
            0 => bytes.len() - at,
            1 => match bytes
                .get(at + 8..at + 16)
                .map(|size| (number(&size[..4]), number(&size[4..])))
            {
                Some((0, size)) => size as usize,
                _ => return false,
            },
            size => size as usize,
        };
        if size < 8 || at.checked_add(size).is_none_or(|end| end > bytes.len()) {
            return false;
        }
        if matches!(&head[4..], b"mdat" | b"idat") {
            data += size - 8;
        }
        at += size;
    }
    at == bytes.len() && data > 0
}

fn is_heic(brand: &[u8]) -> bool {
    [&b"heic"[..], b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"].contains(&brand)
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |sum, byte| (sum << 8) | u32::from(*byte))
}

fn little(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |sum, byte| (sum << 8) | u32::from(*byte))
}

/// Size in the first frame header; a file without a frame shows nothing.
fn jpeg_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let of_frame = |marker| matches!(marker, 0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf);
    let frame = segment(bytes, of_frame)?.get(5..9)?;
    Some((number(&frame[2..]), number(&frame[..2])))
}

/// Bytes from the first scan on.
fn scan(bytes: &[u8]) -> Option<&[u8]> {
    segment(bytes, |marker| marker == 0xda)
}

/// Bytes of a JPEG from the first segment of a kind on; `None` where the scan or the end comes before.
fn segment(bytes: &[u8], wanted: impl Fn(u8) -> bool) -> Option<&[u8]> {
    let mut at = 2;
    loop {
        while *bytes.get(at)? == 0xff && *bytes.get(at + 1)? == 0xff {
            at += 1;
        }
        let marker = bytes.get(at..at + 2)?;
        if marker[0] != 0xff {
            return None;
        }
        match marker[1] {
            kind if wanted(kind) => return bytes.get(at..),
            0x01 | 0xd0..=0xd8 => at += 2,
            0xd9 | 0xda => return None,
            _ => at += 2 + (number(bytes.get(at + 2..at + 4)?) as usize).max(2),
        }
    }
}

fn png_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let header = bytes.get(12..24)?;
    header.starts_with(b"IHDR").then(|| (number(&header[4..8]), number(&header[8..])))
}

fn webp_size(bytes: &[u8]) -> Option<(u32, u32)> {
    match bytes.get(12..16)? {
        b"VP8X" => {
            let size = bytes.get(24..30)?;
            Some((little(&size[..3]) + 1, little(&size[3..]) + 1))
        }
        b"VP8L" => {
            let bits = little(bytes.get(21..25)?);
            (bytes[20] == 0x2f).then_some(((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1))
        }
        b"VP8 " => {
            let frame = bytes.get(23..30)?;
            let size = (little(&frame[3..5]) & 0x3fff, little(&frame[5..]) & 0x3fff);
            frame.starts_with(&[0x9d, 0x01, 0x2a]).then_some(size)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jpeg(width: u8, height: u8) -> Vec<u8> {
        let comment = [0xff, 0xfe, 0, 4, 1, 2];
        let frame = [0xff, 0xc0, 0, 11, 8, 1, height, 2, width, 1, 0, 0, 0];
        [&[0xff, 0xd8][..], &comment, &frame, &[0xff, 0xda, 0, 2, 7, 0xff, 0xd9, 0]].concat()
    }

    /// The end in a record before the scan, and none behind the scan.
    fn thumbnail_only() -> Vec<u8> {
        let thumbnail = [0xff, 0xe1, 0, 6, 0xff, 0xd8, 0xff, 0xd9];
        let frame = [0xff, 0xc0, 0, 11, 8, 1, 4, 2, 3, 1, 0, 0, 0];
        [&[0xff, 0xd8][..], &thumbnail, &frame, &[0xff, 0xda, 0, 2, 7, 7, 7]].concat()
    }

    #[test]
    fn pictures_are_read_by_their_headers() {
        let of = |bytes: &[u8]| read(bytes).map(|picture| (picture.format, picture.size));
        assert_eq!(of(&jpeg(3, 4)), Some((Format::Jpeg, Some((515, 260)))));
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x02\x80\0\0\x01\xe0\x08\x02IEND\xaeB`\x82";
        assert_eq!(of(png), Some((Format::Png, Some((640, 480)))));
        let webp = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x7f\x02\0\xdf\x01\0";
        assert_eq!(of(webp), Some((Format::Webp, Some((640, 480)))));
        let lossy = b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a\x80\x02\xe0\x01";
        assert_eq!(of(lossy), Some((Format::Webp, Some((640, 480)))));
        let lossless = b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f\x7f\xc2\x77\0\0";
        assert_eq!(of(lossless), Some((Format::Webp, Some((640, 480)))));
        assert_eq!(
            of(b"\0\0\0\x10ftypheic\0\0\0\0\0\0\0\x0cmdat\x01\x02\x03\x04"),
            Some((Format::Heic, None))
        );
    }

    #[test]
    fn what_shows_nothing_is_no_picture() {
        let empty = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\0\0\0\x01\xe0\x08\x02IEND";
        for bytes in [
            &b""[..],
            b"photo",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"%PDF-1.7 1 0 obj",
            b"\x89PNG\r\n\x1a\n",
            empty,
            &[0xff, 0xd8, 0xff],
            &[0xff, 0xd8, 0xff, 0xd9],
            &jpeg(3, 4)[..12],
            // Cut off while it was written.
            &jpeg(3, 4)[..jpeg(3, 4).len() - 2],
            b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x02\x80\0\0\x01\xe0\x08\x02",
            b"RIFF\xff\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x7f\x02\0\xdf\x01\0",
            &[0xff, 0xd8, 0xff, 0xfe, 0, 0, 0xff, 0xfe, 0, 0],
            b"RIFF\0\0\0\0WAVEfmt ",
            b"\0\0\0\x10ftypmp42\0\0\0\0\0\0\0\x0cmdat\x01\x02\x03\x04",
            b"\0\0\0\x10ftypheic\0\0\0\0mdat1234",
            b"\0\0\0\x10ftypheic\0\0\0\0\0\0\0\x0cmdat\x01\x02",
            b"\0\0\0\x10ftypheic\0\0\0\0\0\0\0\x08mdat",
            &thumbnail_only(),
        ] {
            assert_eq!(read(bytes), None, "{bytes:?}");
        }
    }
}
