// A photo becomes small before it is kept. Drawing it anew leaves the camera's own records (EXIF) behind.
import * as w from "words/shared/photos";

/** Pixels of the longer side, and about how many bytes. */
export interface PhotoSize {
  side: number;
  bytes: number;
}

export async function shrinkPhoto(file: Blob, { side, bytes }: PhotoSize): Promise<Blob> {
  const image = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => {
    throw new Error(w.notAPhoto);
  });
  const scale = Math.min(1, side / Math.max(image.width, image.height));
  const canvas = new OffscreenCanvas(
    Math.max(1, Math.round(image.width * scale)),
    Math.max(1, Math.round(image.height * scale)),
  );
  const context = canvas.getContext("2d");
  if (!context) throw new Error(w.notProcessed);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  let best = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.85 });
  for (const quality of [0.7, 0.55, 0.4]) {
    if (best.size <= bytes) break;
    best = await canvas.convertToBlob({ type: "image/jpeg", quality });
  }
  return best;
}
