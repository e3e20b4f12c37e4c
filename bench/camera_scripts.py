"""What the camera's benchmark runs inside the page."""

# The product's camera, worker and loop, to the first card; the decoder loaded before, or with the camera.
OURS = """async (loaded) => {
  const video = document.querySelector("#film");
  const { Camera } = await import("/static/x/js/camera/camera.js");
  const { Scanner } = await import("/static/x/js/scanning/scanner.js");
  const { Decoder } = await import("/static/x/js/decoder/decoder.js");
  const before = loaded ? new Decoder() : null;
  await before?.ready;
  const began = performance.now();
  const on = { state: () => undefined, trouble: () => undefined };
  const preferences = { get: (_, fallback) => fallback, set: () => undefined };
  const camera = new Camera(video, { mediaDevices: navigator.mediaDevices, preferences, on });
  return new Promise((resolve) => {
    const card = () => resolve(performance.now() - began);
    new Scanner({ video, camera, decoder: before ?? new Decoder(), on: { card } });
    void camera.start();
  });
}"""
# The same engine in a plain loop, nothing around it.
BARE = """async (loaded) => {
  const video = document.querySelector("#film");
  const { startZxing } = await import("/static/x/js/decoder/engines.js");
  const { parsePayload } = await import("/static/x/js/payload/payload.js");
  const before = loaded ? await startZxing() : null;
  const began = performance.now();
  const size = { width: { ideal: 1920 }, height: { ideal: 1080 }, facingMode: "environment" };
  const opening = navigator.mediaDevices.getUserMedia({ video: size });
  const [reader, stream] = await Promise.all([before ?? startZxing(), opening]);
  video.srcObject = stream;
  await video.play();
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  for (;;) {
    await new Promise((next) => video.requestVideoFrameCallback(next));
    context.drawImage(video, 0, 0);
    const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
    const grey = new Uint8Array(width * height);
    for (let at = 0; at < grey.length; at++) {
      grey[at] = (306 * data[4 * at] + 601 * data[4 * at + 1] + 117 * data[4 * at + 2]) >> 10;
    }
    const symbols = reader.read({ data: grey, width, height }, {});
    if (symbols.some(({ text }) => text !== null && "escn" in parsePayload(text))) {
      return performance.now() - began;
    }
  }
}"""
# Looks one after the other for three seconds, whether or not the film has moved on.
RATE = """async () => {
  const video = document.querySelector("#film");
  const { Decoder } = await import("/static/x/js/decoder/decoder.js");
  const size = { width: { ideal: 1920 }, height: { ideal: 1080 } };
  video.srcObject = await navigator.mediaDevices.getUserMedia({ video: size });
  await video.play();
  const decoder = new Decoder();
  await decoder.ready;
  await decoder.read(video);
  const began = performance.now();
  let looks = 0;
  while (performance.now() - began < 3000) {
    looks += (await decoder.read(video)) === null ? 0 : 1;
  }
  return (1000 * looks) / (performance.now() - began);
}"""
# The longest task of the page in five seconds of scanning; the browser reports only those over 50 ms.
BLOCKED = """async () => {
  await new Promise((next) => setTimeout(next, 1000));
  let longest = 0;
  new PerformanceObserver((list) => {
    longest = Math.max(longest, ...list.getEntries().map(({ duration }) => duration));
  }).observe({ type: "longtask" });
  await new Promise((next) => setTimeout(next, 5000));
  return longest;
}"""
# The worker's own look, on the page's thread, where Chromium can slow it: milliseconds of each.
LOOK_HERE = """async () => {
  const video = document.querySelector("#film");
  const { startZxing } = await import("/static/x/js/decoder/engines.js");
  const { createFrameConverter } = await import("/static/x/js/decoder/luminance.js");
  const { createFrameReader } = await import("/static/x/js/decoder/frame_reader.js");
  const size = { width: { ideal: 1920 }, height: { ideal: 1080 } };
  video.srcObject = await navigator.mediaDevices.getUserMedia({ video: size });
  await video.play();
  const now = () => performance.now();
  const wait = (ms) => new Promise((next) => setTimeout(next, ms));
  const { convert } = createFrameConverter();
  const look = createFrameReader({ reader: await startZxing(), native: null, now, wait, convert });
  const took = [];
  for (let frame = 0; frame < 90; frame++) {
    await new Promise((next) => video.requestVideoFrameCallback(next));
    const began = now();
    await look(new VideoFrame(video));
    took.push(now() - began);
  }
  return took.slice(10);
}"""
RAW_WORKER = """async () => {
  const { scriptUrl } = await import("/static/x/js/trusted.js");
  window.reader = new Worker(scriptUrl("/static/x/js/decoder/worker.js"), { type: "module" });
  await new Promise((next) => window.reader.addEventListener("message", next, { once: true }));
}"""
PICTURE = """async (picture) => {
  const image = new Image();
  image.src = picture;
  await image.decode();
  const frame = await createImageBitmap(image);
  const seen = new Promise((next) => window.reader.addEventListener("message", next, { once: true }));
  window.reader.postMessage({ id: 1, frame }, [frame]);
  return (await seen).data.seen;
}"""
