// An offer is heard while the app is open: a short tone and a buzz, again and again until it is answered.
// A browser that has not been touched yet keeps silent; the telephone rings then.
import { ignoreUnsupported } from "../../shared/errors";

const TONE_HZ = 880;
const TONE_S = 0.35;
const REPEAT_MS = 2_500;

/** The returned function ends it. */
export function startRinging(): () => void {
  let audio: AudioContext | null = null;
  const sound = () => {
    navigator.vibrate?.([300, 150, 300]);
    try {
      audio ??= new AudioContext();
      const [tone, volume] = [audio.createOscillator(), audio.createGain()];
      tone.frequency.value = TONE_HZ;
      volume.gain.value = 0.25;
      tone.connect(volume).connect(audio.destination);
      tone.start();
      tone.stop(audio.currentTime + TONE_S);
    } catch {
      // No sound here: the buzz and the telephone are left.
    }
  };
  sound();
  const timer = setInterval(sound, REPEAT_MS);
  return () => {
    clearInterval(timer);
    navigator.vibrate?.(0);
    void audio?.close().catch(ignoreUnsupported);
  };
}
