//! Papers of a signed sheet, made in the browser with the server's own code. The module is
//! separate, so that the first load of the page does without it.

#[cfg(target_arch = "wasm32")]
mod web {
    use js_sys::{Array, Uint8Array};
    use vyezd_core::codec::decode;
    use vyezd_core::doc::signed::SignedSheet;
    use wasm_bindgen::prelude::*;

    /// Papers of a sheet (CBOR of `SignedSheet`), as arrays `[kind, title, file name, bytes]`.
    #[wasm_bindgen(
        unchecked_return_type = "[kind: string, title: string, name: string, pdf: Uint8Array<ArrayBuffer>][]"
    )]
    pub fn papers(signed: &[u8]) -> Result<Array, JsError> {
        let signed: SignedSheet = decode(signed).map_err(|e| JsError::new(&e.to_string()))?;
        let one = |printed: vyezd_pdf::Printed| -> JsValue {
            let bytes = Uint8Array::from(&printed.paper.bytes()[..]);
            let texts = [printed.kind.code(), &printed.paper.title, &printed.file_name];
            let parts: Array = texts.into_iter().map(JsValue::from).collect();
            parts.push(&bytes);
            parts.into()
        };
        Ok(vyezd_pdf::papers(&signed, &[]).into_iter().map(one).collect())
    }
}
