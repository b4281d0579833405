// A photo becomes small before it is kept: 1280 px on its longer side and about 250 kB.
// Drawing it anew leaves the camera's own records (EXIF) behind.
import * as w from "words/field/photos";

const SIDE = 1280;
const BYTES = 250 * 1024;

export async function shrinkPhoto(file: Blob): Promise<Blob> {
  const image = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => {
    throw new Error(w.notAPhoto);
  });
  const scale = Math.min(1, SIDE / Math.max(image.width, image.height));
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
    if (best.size <= BYTES) break;
    best = await canvas.convertToBlob({ type: "image/jpeg", quality });
  }
  return best;
}
