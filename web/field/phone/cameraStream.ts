// The camera's picture in the page, for as long as somebody looks at it.

/** Opens the back camera into `video`; the returned function closes it. */
export function openCamera(
  video: () => HTMLVideoElement | undefined,
  onOpened: (track: MediaStreamTrack | null) => void,
  onFailed: () => void,
): () => void {
  let current: MediaStream | null = null;
  let closed = false;
  const stop = (one: MediaStream) => one.getTracks().forEach((track) => track.stop());
  navigator.mediaDevices
    .getUserMedia({
      audio: false,
      video: { facingMode: { ideal: "environment" }, width: { ideal: 1920 }, height: { ideal: 1080 } },
    })
    .then((stream) => {
      current = stream;
      if (closed) return stop(stream);
      const target = video();
      if (target) target.srcObject = stream;
      onOpened(stream.getVideoTracks()[0] ?? null);
    }, onFailed);
  return () => {
    closed = true;
    if (current) stop(current);
  };
}
