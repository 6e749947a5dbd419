const STEPS = { ArrowRight: 0.02, ArrowLeft: -0.02, Home: -1, End: 1 };

const MARKUP = `
  <div class="layer left" role="group"></div>
  <div class="layer right" role="group"></div>
  <div class="divider" tabindex="0" role="separator" aria-orientation="vertical" aria-valuemin="0" aria-valuemax="100"
    aria-label="Divider"></div>
`;

/** Keeps the widget that a trait refers to in a layer: Python may put another one there at any time. */
function createSlot({ model, host, name, layer, signal }) {
  let current = new AbortController();

  async function show() {
    current.abort();
    current = new AbortController();
    const ended = AbortSignal.any([signal, current.signal]);
    layer.ariaLabel = model.get(`${name}_label`);
    layer.dataset.label = layer.ariaLabel;
    layer.replaceChildren();
    const reference = model.get(name);
    if (reference === null) return;
    const child = await host.getWidget(reference);
    if (ended.aborted) return;
    const place = layer.appendChild(document.createElement("div"));
    await child.render({ el: place, signal: ended });
  }

  const showAgain = () => show().catch((error) => layer.replaceChildren(String(error)));
  const events = [`change:${name}`, `change:${name}_label`];
  for (const event of events) model.on(event, showAgain);
  signal.addEventListener("abort", () => {
    for (const event of events) model.off(event, showAgain);
  });
  return show();
}

async function render({ model, el, host, signal }) {
  const box = document.createElement("div");
  box.className = "demo-compare";
  box.innerHTML = MARKUP;
  el.append(box);
  const divider = box.querySelector(".divider");
  const layers = { left: box.querySelector(".left"), right: box.querySelector(".right") };

  function draw() {
    const percent = Math.round(1000 * model.get("position")) / 10;
    box.style.setProperty("--position", `${percent}%`);
    divider.ariaValueNow = Math.round(percent);
    divider.ariaValueText = `${Math.round(percent)} % ${model.get("left_label")}`;
  }

  function write(position) {
    model.set("position", Math.max(0, Math.min(position, 1)));
    model.save_changes();
  }

  function across(clientX) {
    const { left, width } = box.getBoundingClientRect();
    return (clientX - left) / width;
  }

  function drag(event) {
    if (divider.hasPointerCapture(event.pointerId)) write(across(event.clientX));
  }

  function press(event) {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    write(model.get("position") + step * (event.shiftKey ? 5 : 1));
  }

  /** What has the focus must be seen: the divider makes way for it. */
  function reveal(event) {
    if (!event.target.matches(":focus-visible")) return;
    const { left, right } = event.target.getBoundingClientRect();
    const position = model.get("position");
    const margin = 0.02;
    if (layers.left.contains(event.target) && across(right) > position) write(across(right) + margin);
    if (layers.right.contains(event.target) && across(left) < position) write(across(left) - margin);
  }

  divider.addEventListener("pointerdown", (event) => divider.setPointerCapture(event.pointerId), { signal });
  divider.addEventListener("pointermove", drag, { signal });
  divider.addEventListener("keydown", press, { signal });
  box.addEventListener("focusin", reveal, { signal });
  model.on("change:position", draw);
  signal.addEventListener("abort", () => model.off("change:position", draw));
  draw();
  await Promise.all(
    Object.entries(layers).map(([name, layer]) => createSlot({ model, host, name, layer, signal })),
  );
}

export default { render };
