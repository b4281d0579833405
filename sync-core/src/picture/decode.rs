//! Pictures by their pixels: the frame may be whole and the middle lost.

use std::io::Cursor;

use image::{ImageReader, Limits};

use super::{Format, Picture, read};
use crate::limits::{DECODER_BYTES_MAX, PHOTO_PIXELS_MAX};

/// Reads a picture whole; `None` for one whose pixels cannot be decoded, or are more than
/// [`PHOTO_PIXELS_MAX`]. A JPEG with a lost middle decodes to a picture that is grey there, as in a browser;
/// HEIC is read by its frame only: no free decoder of it is written in Rust.
pub fn decode(bytes: &[u8]) -> Option<Picture> {
    let picture = read(bytes)?;
    let format = match picture.format {
        Format::Jpeg => image::ImageFormat::Jpeg,
        Format::Png => image::ImageFormat::Png,
        Format::Webp => image::ImageFormat::WebP,
        Format::Heic => return Some(picture),
    };
    let (width, height) = picture.size?;
    if u64::from(width) * u64::from(height) > PHOTO_PIXELS_MAX {
        return None;
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(DECODER_BYTES_MAX);
    reader.limits(limits);
    reader.decode().ok().map(|_| picture)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(format: image::ImageFormat) -> Vec<u8> {
        let noise = image::RgbImage::from_fn(64, 48, |x, y| {
            image::Rgb([(x * 37 + y * 91) as u8, (x * y) as u8, (x ^ (y * 5)) as u8])
        });
        let mut file = Cursor::new(Vec::new());
        noise.write_to(&mut file, format).expect("an image of 64 × 48");
        file.into_inner()
    }

    const FORMATS: [image::ImageFormat; 3] =
        [image::ImageFormat::Jpeg, image::ImageFormat::Png, image::ImageFormat::WebP];

    #[test]
    fn a_real_picture_is_decoded() {
        for format in FORMATS {
            let picture = decode(&encoded(format));
            assert_eq!(picture.and_then(|picture| picture.size), Some((64, 48)), "{format:?}");
        }
        let heic = b"\0\0\0\x10ftypheic\0\0\0\0\0\0\0\x0cmdat\x01\x02\x03\x04";
        assert_eq!(decode(heic).map(|picture| picture.format), Some(Format::Heic));
    }

    #[test]
    fn a_whole_frame_around_no_picture_is_refused() {
        for format in FORMATS {
            let mut bytes = encoded(format);
            // JPEG: the tables too, which stand behind the header of 20 bytes.
            let (from, to) = (21, bytes.len() - 12);
            bytes[from..to].fill(0);
            assert!(decode(&bytes).is_none(), "{format:?}");
        }
        let frame = [0xff, 0xc0, 0, 11, 8, 0, 240, 1, 64, 1, 0, 0, 0];
        let no_tables = [&[0xff, 0xd8][..], &frame, &[0xff, 0xda, 0, 2, 7, 7, 0xff, 0xd9]].concat();
        assert!(read(&no_tables).is_some() && decode(&no_tables).is_none());
    }

    #[test]
    fn a_lost_middle_of_png_and_webp_is_seen() {
        for format in &FORMATS[1..] {
            let bytes = encoded(*format);
            let lost = [&bytes[..bytes.len() / 2], &bytes[bytes.len() - 12..]].concat();
            assert!(decode(&lost).is_none(), "{format:?}");
        }
    }

    #[test]
    fn a_size_beyond_memory_is_refused_before_it_is_taken() {
        let mut png = encoded(image::ImageFormat::Png);
        png[16..24].copy_from_slice(&[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
        assert!(read(&png).is_some() && decode(&png).is_none());
    }
}
