/**
 * The curve is drawn in a box of WIDTH by HEIGHT units, with its first crest at x = wavelength. Its height, from
 * 0 to 1, reaches from the middle of the box to TOP below its upper edge.
 */
const WIDTH = 36;
const HEIGHT = 10;
const TOP = 0.8;
const STEPS = { ArrowRight: [0.25, 0], ArrowLeft: [-0.25, 0], ArrowUp: [0, 0.02], ArrowDown: [0, -0.02] };

const MARKUP = `
  <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">
    <line x1="0" x2="${WIDTH}" y1="${HEIGHT / 2}" y2="${HEIGHT / 2}" />
    <path />
  </svg>
  <div class="crest" tabindex="0" role="slider" aria-roledescription="2D slider" aria-label="Crest of the wave"></div>
`;

function curve(wavelength, height) {
  const points = Array.from({ length: 4 * WIDTH + 1 }, (_, index) => {
    const x = index / 4;
    return `${x},${toY(height * Math.cos((2 * Math.PI * x) / wavelength)).toFixed(3)}`;
  });
  return `M${points.join("L")}`;
}

function toY(height) {
  return HEIGHT / 2 - height * (HEIGHT / 2 - TOP);
}

function toHeight(y) {
  return (HEIGHT / 2 - y) / (HEIGHT / 2 - TOP);
}

function render({ model, el, signal }) {
  const box = document.createElement("div");
  box.className = "demo-wave";
  box.innerHTML = MARKUP;
  el.append(box);
  const path = box.querySelector("path");
  const crest = box.querySelector(".crest");

  function draw() {
    const wavelength = model.get("wavelength");
    const height = model.get("height");
    const [shortest, longest] = model.get("limits").wavelength;
    path.setAttribute("d", curve(wavelength, height));
    crest.style.left = `${(100 * wavelength) / WIDTH}%`;
    crest.style.top = `${(100 * toY(height)) / HEIGHT}%`;
    crest.ariaValueMin = shortest;
    crest.ariaValueMax = longest;
    crest.ariaValueNow = wavelength;
    crest.ariaValueText = `wavelength ${wavelength.toFixed(1)}, height ${height.toFixed(2)}`;
  }

  function write(wavelength, height) {
    const limits = model.get("limits");
    model.set("wavelength", clamp(wavelength, limits.wavelength));
    model.set("height", clamp(height, limits.height));
    model.save_changes();
  }

  // Where in the crest the pointer took hold, so that it does not jump.
  let hold = { x: 0, y: 0 };

  function grab(event) {
    const { left, top, width, height } = crest.getBoundingClientRect();
    hold = { x: event.clientX - (left + width / 2), y: event.clientY - (top + height / 2) };
    crest.setPointerCapture(event.pointerId);
  }

  function drag(event) {
    if (!crest.hasPointerCapture(event.pointerId)) return;
    const { left, top, width, height } = box.getBoundingClientRect();
    const x = (WIDTH * (event.clientX - hold.x - left)) / width;
    const y = (HEIGHT * (event.clientY - hold.y - top)) / height;
    write(x, toHeight(y));
  }

  function press(event) {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const times = event.shiftKey ? 5 : 1;
    write(model.get("wavelength") + times * step[0], model.get("height") + times * step[1]);
  }

  crest.addEventListener("pointerdown", grab, { signal });
  crest.addEventListener("pointermove", drag, { signal });
  crest.addEventListener("keydown", press, { signal });
  model.on("change:wavelength", draw);
  model.on("change:height", draw);
  draw();

  return () => {
    model.off("change:wavelength", draw);
    model.off("change:height", draw);
  };
}

function clamp(value, [low, high]) {
  return Math.max(low, Math.min(value, high));
}

export default { render };
