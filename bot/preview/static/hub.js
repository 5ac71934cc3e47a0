// The page around the simulated server: what is chosen lives here, what happened is asked of the server.

const KEY = window.location.hash.slice(1);
const POLL_MS = 1500;
const find = (id) => document.getElementById(id);
const state = { place: "", person: "", places: [], busy: false };

async function ask(path, options = {}) {
  const response = await fetch(path, { ...options, headers: { "X-Preview-Key": KEY } });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error || `The preview answered ${response.status}.`);
  return answer;
}

const send = (path, value) => ask(path, { method: "POST", body: value instanceof FormData ? value : JSON.stringify(value) });

function entry(text, className, action) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = text;
  button.title = text;
  button.className = className;
  button.addEventListener("click", action);
  item.append(button);
  return item;
}

async function whileBusy(says, work) {
  if (state.busy) return;
  state.busy = true;
  find("status").textContent = says;
  document.querySelectorAll("aside button, aside select").forEach((control) => { control.disabled = true; });
  try {
    await work();
    find("status").textContent = "";
  } catch (error) {
    find("status").textContent = error.message;
  } finally {
    state.busy = false;
    document.querySelectorAll("aside button, aside select").forEach((control) => { control.disabled = false; });
  }
}

const MARKS = { forum: "▤ ", thread: "↳ ", direct: "@ ", text: "# " };

function drawPlaces() {
  const enter = (place) => () => whileBusy("Opening…", () => show(place.id));
  find("places").replaceChildren(...state.places.map((place) => {
    const item = entry(MARKS[place.kind] + place.name, place.kind, enter(place));
    item.firstChild.dataset.place = place.id;
    item.firstChild.setAttribute("aria-current", String(place.id === state.place));
    return item;
  }));
  const posts = state.places.filter((place) => place.parent === state.place);
  find("posts").querySelector("ul").replaceChildren(...posts.map((place) => entry(place.name, "", enter(place))));
}

async function show(place) {
  const { url } = await send("/api/show", { place, person: state.person });
  state.place = place;
  find("frame").hidden = !url;
  find("posts").hidden = Boolean(url);
  // A new element: the frame's history stays out of the page's.
  const frame = find("frame").cloneNode();
  if (url) frame.src = url; else frame.removeAttribute("src");
  find("frame").replaceWith(frame);
  drawPlaces();
}

async function post(form) {
  form.set("place", state.place);
  form.set("person", state.person);
  const { thread } = await send("/api/post", form);
  await refresh();
  if (thread) await show(thread);
}

function postSample(number) {
  const form = new FormData();
  form.set("sample", number);
  return whileBusy("Posting; the bot reads…", () => post(form));
}

async function refresh() {
  const { places } = await ask("/api/server");
  if (JSON.stringify(places) !== JSON.stringify(state.places)) {
    state.places = places;
    drawPlaces();
  }
}

async function poll() {
  if (!state.busy) await refresh().catch((error) => { find("status").textContent = error.message; });
  setTimeout(poll, POLL_MS);
}

async function start() {
  const { places, people, samples } = await ask("/api/server");
  state.places = places;
  find("person").replaceChildren(...people.map(({ name, about }) => new Option(`${name} (${about})`, name)));
  state.person = people[0].name;
  find("samples").replaceChildren(...samples.filter((sample) => sample.picked).map((sample) => {
    const item = entry("", "", () => postSample(sample.number));
    const title = document.createElement("span");
    title.textContent = sample.title;
    item.firstChild.title = sample.title;
    item.firstChild.append(title);
    const expects = document.createElement("small");
    expects.textContent = `expect ${sample.expects}`;
    item.firstChild.append(expects);
    return item;
  }));
  find("more").append(...samples.filter((sample) => !sample.picked).map(({ title, number }) => new Option(title, number)));
  find("more").addEventListener("change", () => {
    if (find("more").value) postSample(find("more").value);
    find("more").value = "";
  });
  find("person").addEventListener("change", () => {
    state.person = find("person").value;
    whileBusy("Opening…", () => show(state.place));
  });
  find("own").addEventListener("submit", (event) => {
    event.preventDefault();
    const form = event.target;
    whileBusy("Posting; the bot reads…", async () => { await post(new FormData(form)); form.reset(); });
  });
  await whileBusy("Opening…", () => show(places[0].id));
  poll();
}

start().catch((error) => { find("status").textContent = error.message; });
