// The page at the door: reads tickets with the camera, sends forms without loading the page again, and gives a sound and a
// vibration with each answer. Without this script the forms work, and hardware scanners that type do, too.

const answerPlace = document.querySelector("[data-answer]");
const codeForm = document.querySelector("[data-code-form]");
const codeField = codeForm.querySelector("[name=code]");

// Sound and vibration

// Frequency in hertz and length in seconds of each tone; vibration in milliseconds.
const SIGNALS = {
  good: { tones: [[880, 0.15]], vibration: [120] },
  warn: { tones: [[520, 0.14], [520, 0.14]], vibration: [120, 100, 120] },
  bad: { tones: [[190, 0.5]], vibration: [500] },
};
let sound = null;

// Browsers allow sound only after a click or a key.
const wakeSound = () => {
  sound ??= "AudioContext" in window ? new AudioContext() : null;
  sound?.resume();
};
for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, wakeSound);

const signal = (level) => {
  const { tones, vibration } = SIGNALS[level] ?? SIGNALS.bad;
  navigator.vibrate?.(vibration);
  if (!sound) return;
  let at = sound.currentTime;
  for (const [frequency, seconds] of tones) {
    const tone = sound.createOscillator();
    tone.frequency.value = frequency;
    tone.connect(sound.destination);
    tone.start(at);
    tone.stop(at + seconds);
    at += seconds + 0.1;
  }
};

// Answers

const show = (node, level) => {
  answerPlace.replaceChildren(node);
  answerPlace.scrollIntoView({ block: "nearest" });
  signal(level);
};

const showProblem = () => {
  const box = document.createElement("div");
  box.className = "door-answer door-answer--bad";
  const text = document.createElement("p");
  text.className = "door-answer__heading";
  text.textContent = answerPlace.dataset.offline;
  box.append(text);
  show(box, "bad");
};

let isSending = false;

const send = async (form, data) => {
  if (isSending) return;
  isSending = true;
  answerPlace.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(form.action, { method: "POST", body: data, headers: { "X-Door": "1" } });
    if (!response.ok) {
      // The link has ended, or the page is too old: loading it again says what is wrong.
      if ([403, 404].includes(response.status)) location.reload();
      throw new Error(String(response.status));
    }
    const found = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("[data-level]");
    show(document.adoptNode(found), found.dataset.level);
    document.querySelector("[data-count-place]").textContent = found.dataset.count;
  } catch {
    showProblem();
  } finally {
    isSending = false;
    answerPlace.removeAttribute("aria-busy");
  }
};

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-door-form]")) return;
  event.preventDefault();
  await send(form, new FormData(form, event.submitter));
  if (form === codeForm) codeField.value = "";
  codeField.focus();
});

// Camera

const camera = document.querySelector("[data-camera]");
const buttons = document.querySelector("[data-camera-buttons]");
const [start, stop] = [buttons.querySelector("[data-start]"), buttons.querySelector("[data-stop]")];
const problem = document.querySelector("[data-camera-problem]");
const video = camera.querySelector("video");
const INTERVAL = 150; // milliseconds between two pictures that are read
const SAME_CODE = 4000; // milliseconds for which the same code is not sent again
const MOST_PIXELS = 720; // longer side of the picture for the library
let stream = null;
let last = { code: "", at: 0 };

const loadScript = (address) =>
  new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });

// Returns a function that reads the code in the video's picture: the browser's own, or the library.
const makeReader = async () => {
  if ("BarcodeDetector" in window && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    return async () => (await detector.detect(video))[0]?.rawValue ?? "";
  }
  if (!window.jsQR) await loadScript(camera.dataset.jsqr);
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return async () => {
    const scale = Math.min(1, MOST_PIXELS / Math.max(video.videoWidth, video.videoHeight));
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const picture = context.getImageData(0, 0, canvas.width, canvas.height);
    return window.jsQR(picture.data, canvas.width, canvas.height, { inversionAttempts: "dontInvert" })?.data ?? "";
  };
};

const take = async (code) => {
  const now = Date.now();
  if (!code || (code === last.code && now - last.at < SAME_CODE)) return;
  last = { code, at: now };
  const data = new FormData(codeForm);
  data.set("code", code);
  await send(codeForm, data);
  // The participant takes the ticket away only after the answer.
  last.at = Date.now();
};

const showCamera = (isOn) => {
  camera.hidden = stop.hidden = !isOn;
  start.hidden = isOn;
};

const stopCamera = () => {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
  showCamera(false);
};

const startCamera = async () => {
  problem.hidden = true;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
    showCamera(true);
    video.srcObject = stream;
    await video.play();
    const read = await makeReader();
    while (stream) {
      if (!isSending && video.videoWidth) await take(await read());
      await new Promise((resolve) => setTimeout(resolve, INTERVAL));
    }
  } catch {
    stopCamera();
    problem.hidden = false;
  }
};

if (navigator.mediaDevices?.getUserMedia) {
  buttons.hidden = false;
  start.addEventListener("click", startCamera);
  stop.addEventListener("click", stopCamera);
  window.addEventListener("pagehide", stopCamera);
}
