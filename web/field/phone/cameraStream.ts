// The camera's picture in the page, for as long as somebody looks at it.

/** Opens the back camera into `video`; the returned function closes it. */
export function stream(
  video: () => HTMLVideoElement | undefined,
  opened: (track: MediaStreamTrack | null) => void,
  failed: () => void,
): () => void {
  let live: MediaStream | null = null;
  let over = false;
  const stop = (one: MediaStream) => one.getTracks().forEach((track) => track.stop());
  navigator.mediaDevices
    .getUserMedia({
      audio: false,
      video: { facingMode: { ideal: "environment" }, width: { ideal: 1920 }, height: { ideal: 1080 } },
    })
    .then((found) => {
      live = found;
      if (over) return stop(found);
      const place = video();
      if (place) place.srcObject = found;
      opened(found.getVideoTracks()[0] ?? null);
    }, failed);
  return () => {
    over = true;
    if (live) stop(live);
  };
}
