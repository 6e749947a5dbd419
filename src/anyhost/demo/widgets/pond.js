const PERIOD = 1800; // milliseconds from crest to crest
const STEPS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** The wave of one moment: `now` and `later` are a quarter of a period apart, `phase` is an angle. */
function surface({ now, later, columns, rows }, phase, shade) {
  const cos = Math.cos(phase);
  const sin = Math.sin(phase);
  const level = (index) => now[index] * cos + later[index] * sin;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const index = row * columns + column;
      // Light falls from the upper left: what slopes away from it is brighter. Edges slope as what is next to them.
      const inner = Math.max(row, 1) * columns + Math.max(column, 1);
      const slope = level(inner) - level(inner - columns - 1);
      shade(index, 128 + level(index) + 1.6 * slope);
    }
  }
}

function energy({ now, later }, _phase, shade) {
  for (let index = 0; index < now.length; index++) shade(index, 2.4 * Math.hypot(now[index], later[index]));
}

const LOOKS = { surface, energy };

/** 256 colours between the three that the style sheet gives the canvas, whatever the colour scheme makes of them. */
function palette({ borderTopColor, backgroundColor, color }) {
  const strip = new OffscreenCanvas(256, 1).getContext("2d");
  const gradient = strip.createLinearGradient(0, 0, 256, 0);
  gradient.addColorStop(0, borderTopColor);
  gradient.addColorStop(0.5, backgroundColor);
  gradient.addColorStop(1, color);
  strip.fillStyle = gradient;
  strip.fillRect(0, 0, 256, 1);
  return new Uint32Array(strip.getImageData(0, 0, 256, 1).data.buffer);
}

function readField(model) {
  const columns = model.get("columns");
  const rows = model.get("rows");
  const cells = columns * rows;
  const { buffer, byteOffset, byteLength } = model.get("field");
  if (byteLength !== 2 * cells) return null;
  const now = new Int8Array(buffer, byteOffset, cells);
  const later = new Int8Array(buffer, byteOffset + cells, cells);
  return { columns, rows, now, later };
}

/** Draws the field on the canvas, and again whenever it changes, moves, or the colours do. */
function animate({ model, canvas, signal }) {
  const context = canvas.getContext("2d");
  const style = getComputedStyle(canvas);
  const stillness = matchMedia("(prefers-reduced-motion: reduce)");
  let field = readField(model);
  let changed = true;
  let scheme = "";
  let colours = null;
  let frame = requestAnimationFrame(draw);

  function draw(time) {
    frame = requestAnimationFrame(draw);
    const look = model.get("look");
    const nextScheme = style.backgroundColor + style.color + look;
    const moves = look === "surface" && !stillness.matches;
    if (!field || !(changed || moves || scheme !== nextScheme)) return;
    if (scheme !== nextScheme) colours = palette(style);
    scheme = nextScheme;
    changed = false;
    const image = context.createImageData(canvas.width, canvas.height);
    const pixels = new Uint32Array(image.data.buffer);
    const phase = moves ? (2 * Math.PI * time) / PERIOD : 0;
    LOOKS[look](field, phase, (index, shade) => {
      pixels[index] = colours[Math.max(0, Math.min(shade, 255)) | 0];
    });
    context.putImageData(image, 0, 0);
  }

  function take() {
    field = readField(model);
    changed = true;
  }

  // A pond that is scrolled out of sight rests.
  const watcher = new IntersectionObserver(([entry]) => {
    cancelAnimationFrame(frame);
    if (entry.isIntersecting) frame = requestAnimationFrame(draw);
  });
  watcher.observe(canvas);
  model.on("change:field", take);
  signal.addEventListener("abort", () => {
    watcher.disconnect();
    cancelAnimationFrame(frame);
    model.off("change:field", take);
  });
}

function readStones(model) {
  const bytes = model.get("stones");
  return Array.from({ length: bytes.byteLength / 8 }, (_, index) => ({
    x: bytes.getFloat32(8 * index, true),
    y: bytes.getFloat32(8 * index + 4, true),
  }));
}

function writeStones(model, stones) {
  const bytes = new DataView(new ArrayBuffer(8 * stones.length));
  stones.forEach(({ x, y }, index) => {
    bytes.setFloat32(8 * index, Math.max(0, Math.min(x, 1)), true);
    bytes.setFloat32(8 * index + 4, Math.max(0, Math.min(y, 1)), true);
  });
  model.set("stones", bytes);
  model.save_changes();
}

/** One stone, which mouse, finger and arrow keys move. */
function createStone({ model, box, index, signal }) {
  const stone = document.createElement("div");
  stone.className = "stone";
  stone.tabIndex = 0;
  stone.role = "slider";
  stone.ariaRoleDescription = "2D slider";
  stone.ariaLabel = `Stone ${index + 1}`;
  stone.ariaValueMin = 0;
  stone.ariaValueMax = 100;

  function move(x, y) {
    const stones = readStones(model);
    stones[index] = { x, y };
    writeStones(model, stones);
  }

  function drag(event) {
    if (!stone.hasPointerCapture(event.pointerId)) return;
    const { left, top, width, height } = box.getBoundingClientRect();
    move((event.clientX - left) / width, (event.clientY - top) / height);
  }

  function press(event) {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const times = event.shiftKey ? 5 : 1;
    const { x, y } = readStones(model)[index];
    move(x + (times * step[0]) / model.get("columns"), y + (times * step[1]) / model.get("rows"));
  }

  stone.addEventListener("pointerdown", (event) => stone.setPointerCapture(event.pointerId), { signal });
  stone.addEventListener("pointermove", drag, { signal });
  stone.addEventListener("keydown", press, { signal });
  return stone;
}

function render({ model, el, signal }) {
  const box = document.createElement("div");
  const canvas = document.createElement("canvas");
  box.className = `demo-pond ${model.get("look")}`;
  canvas.width = model.get("columns");
  canvas.height = model.get("rows");
  canvas.role = "img";
  canvas.ariaLabel = "Waves that spread from the stones and cross each other";
  box.style.aspectRatio = `${canvas.width} / ${canvas.height}`;
  box.append(canvas);
  el.append(box);
  const handles = [];

  function place() {
    const stones = readStones(model);
    for (const handle of handles.splice(stones.length)) handle.remove();
    stones.forEach(({ x, y }, index) => {
      handles[index] ??= box.appendChild(createStone({ model, box, index, signal }));
      handles[index].style.left = `${100 * x}%`;
      handles[index].style.top = `${100 * y}%`;
      handles[index].ariaValueNow = Math.round(100 * x);
      handles[index].ariaValueText = `${Math.round(100 * x)} % across, ${Math.round(100 * y)} % down`;
    });
  }

  model.on("change:stones", place);
  place();
  animate({ model, canvas, signal });

  return () => model.off("change:stones", place);
}

export default { render };
