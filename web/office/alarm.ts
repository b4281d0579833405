// A sound for an emergency that nobody took: two short tones, once for each that comes.

/** Pitches, Hz, and how long each lasts, s. */
const TONES = [880, 660];
const TONE_S = 0.18;
const LOUDNESS = 0.2;
let context: AudioContext | null = null;

/** Sounds; a browser that lets no page sound before somebody has pressed a key in it stays silent. */
export function soundAlarm(): void {
  context ??= new AudioContext();
  const begin = context.currentTime;
  TONES.forEach((pitch, at) => {
    if (!context) return;
    const [tone, volume] = [context.createOscillator(), context.createGain()];
    tone.frequency.value = pitch;
    volume.gain.value = LOUDNESS;
    tone.connect(volume).connect(context.destination);
    tone.start(begin + at * TONE_S);
    tone.stop(begin + (at + 1) * TONE_S);
  });
}

const KEY = "vyezd-alarm";

/** Whether this browser sounds; it does until somebody says otherwise. */
export function isLoud(): boolean {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true;
  }
}

export function setLoud(loud: boolean): void {
  try {
    localStorage.setItem(KEY, loud ? "on" : "off");
  } catch {
    // A browser that keeps nothing sounds again next time.
  }
}

/** Whether there are more emergencies than when it was last asked; the first answer is no news. */
export function isNews(before: number | null, now: number): boolean {
  return before !== null && now > before;
}
