// Where the phone is, for a photo: asked only then, never waited for long, and nothing where the person said no.

export interface Place { lat_e6: number; lon_e6: number; accuracy_m: number }

/** A photo does not wait longer for it. */
const WAIT_MS = 3_000;
/** An older position than this is asked anew. */
const OLD_MS = 60_000;

export function whereNow(): Promise<Place | null> {
  return new Promise((resolve) => {
    if (!("geolocation" in navigator)) return resolve(null);
    setTimeout(() => resolve(null), WAIT_MS);
    const millionths = (degrees: number) => Math.round(degrees * 1e6);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ lat_e6: millionths(coords.latitude), lon_e6: millionths(coords.longitude), accuracy_m: Math.min(1_000_000, Math.round(coords.accuracy)) }),
      () => resolve(null),
      { enableHighAccuracy: true, maximumAge: OLD_MS, timeout: WAIT_MS },
    );
  });
}
