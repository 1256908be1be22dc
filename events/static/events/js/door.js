// The page at the door: reads tickets with the camera, sends forms without reloading the page, and gives a sound and a
// vibration with each answer. Without this script, the forms and hardware scanners that type still work.

const answerPlace = document.querySelector("[data-answer]");
const codeForm = document.querySelector("[data-code-form]");
const codeField = codeForm.querySelector("[name=code]");

// People without a registration. Each form has a key, so that the server adds nobody twice, even if its answer comes
// late.
const walkInPlace = document.querySelector("[data-walk-in]");
const renewWalkIn = (form) => {
  form.reset();
  form.elements.key.value = crypto.randomUUID();
};

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

// Without a connection

let offline = null;

const startOffline = async (box) => {
  // The addresses of the modules contain hashes, so they cannot be imported by name.
  const [{ openStore, ...sending }, lists, { Offline }] = await Promise.all(
    [box.dataset.store, box.dataset.list, box.dataset.script].map((address) => import(address)),
  );
  const { token } = JSON.parse(document.getElementById("door-settings").textContent);
  const found = new Offline({ box, store: await openStore(token), tools: { ...sending, ...lists }, show });
  await found.start();
  box.hidden = false;
  offline = found;
  if (found.isKept) showKeptPage();
};

// The page that the worker has stored. The list provides the values that otherwise come from the server.
const showKeptPage = () => {
  const query = new URLSearchParams(location.search);
  const places = ["data-no-list", "data-points", "data-results", "data-latest"];
  const [noList, points, results, latest] = places.map((name) => document.querySelector(`[${name}]`));
  noList.hidden = Boolean(offline.list);
  if (!offline.list) return;
  const chosen = { day: query.get("day") ?? offline.list.today, point: query.get("at") ?? "" };
  for (const [day, value, , label] of offline.list.points) {
    points.add(new Option(label, `${day} ${value}`, false, day === chosen.day && value === chosen.point));
  }
  walkInPlace.hidden = false;
  renewWalkIn(walkInPlace.querySelector("form"));
  const choose = () => {
    [chosen.day, chosen.point] = points.value.split(" ");
    for (const field of document.querySelectorAll("[data-day]")) field.value = chosen.day;
    for (const field of document.querySelectorAll("[data-at]")) field.value = chosen.point;
    if (query.get("q")) offline.showResults(results, query.get("q"), chosen);
  };
  points.addEventListener("change", choose);
  choose();
  document.querySelector("[data-search]").value = query.get("q") ?? "";
  offline.onRender = () => offline.showLatest(latest);
  offline.onRender();
};

const offlineBox = document.querySelector("[data-offline-box]");
const isPossible = offlineBox && "indexedDB" in window && "serviceWorker" in navigator && window.crypto?.subtle;
if (isPossible) startOffline(offlineBox).catch(() => {});

// Returns whether the device has answered without the server.
const answerHere = async (data) => Boolean(offline) && offline.answer(data);

let isSending = false;

// Status codes of the answer to a form for a person without a registration. The answer is the whole page, which shows
// the errors.
const ANSWERS_OF_WALK_IN = [409, 422, 429];

const sendToServer = async (form, data) => {
  const isWalkIn = data.has("walk_in");
  const response = await fetch(form.action, { method: "POST", body: data, headers: { "X-Door": "1" }, signal: offline?.signal });
  if (!response.ok && !(isWalkIn && ANSWERS_OF_WALK_IN.includes(response.status))) {
    // The link has ended, or the page is too old. The reloaded page states which.
    if ([403, 404].includes(response.status)) location.reload();
    throw new Error(String(response.status));
  }
  const made = new DOMParser().parseFromString(await response.text(), "text/html");
  const found = made.querySelector("[data-level]");
  if (isWalkIn) walkInPlace.replaceChildren(...document.adoptNode(made.querySelector("[data-walk-in]")).childNodes);
  if (!found) {
    answerPlace.replaceChildren();
    return signal("warn");
  }
  show(document.adoptNode(found), found.dataset.level);
  document.querySelector("[data-count-place]").textContent = found.dataset.count;
  await offline?.noteAnswer(data, found.dataset.level);
};

const send = async (form, data) => {
  if (isSending) return;
  isSending = true;
  answerPlace.setAttribute("aria-busy", "true");
  try {
    // Only the device can undo scans that it has not sent, and answer the buttons that it has made.
    const isHere = data.has("scan") || data.has("here") || offline?.isCutOff;
    if (!(isHere && (await answerHere(data)))) await sendToServer(form, data);
  } catch {
    offline?.failed();
    if (!(await answerHere(data))) showProblem();
  } finally {
    isSending = false;
    answerPlace.removeAttribute("aria-busy");
  }
};

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const isWalkIn = walkInPlace?.contains(form);
  // Without a list, the form is sent in the usual way and the page is reloaded.
  if (isWalkIn ? !offline?.list : !form.matches("[data-door-form]")) return;
  event.preventDefault();
  // The server shows errors beside the fields. Without it, the browser checks them.
  if (isWalkIn && offline.isCutOff && !form.reportValidity()) return;
  await send(form, new FormData(form, event.submitter));
  if (form === codeForm) codeField.value = "";
  // The device has saved the person, so the form is emptied. After an answer of the server, the form is new already.
  if (isWalkIn && form.isConnected && answerPlace.querySelector(".door-answer:not([data-level])")) renewWalkIn(form);
  if (!walkInPlace?.querySelector(".field--error, [role=alert]")) codeField.focus();
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

// Returns a function that reads the code in the picture of the video, with the browser's own detector or the library.
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
  // Counted from the answer on, because the participant removes the ticket only then.
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
