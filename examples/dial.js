const SWEEP = 270; // degrees between the ends

function render({ model, el, signal }) {
  el.innerHTML = `
    <div class="dial" role="slider" tabindex="0" aria-valuemin="0" aria-valuemax="100">
      <svg viewBox="-50 -50 100 100" aria-hidden="true">
        <circle r="44" class="dial-track" pathLength="360" stroke-dasharray="${SWEEP} 360" transform="rotate(135)" />
        <circle r="44" class="dial-value" pathLength="360" transform="rotate(135)" />
        <line x1="0" y1="-18" x2="0" y2="-34" class="dial-hand" />
      </svg>
      <span class="dial-label"></span>
    </div>`;
  const dial = el.querySelector(".dial");
  const value = el.querySelector(".dial-value");
  const hand = el.querySelector(".dial-hand");

  function draw() {
    const at = model.get("value");
    value.setAttribute("stroke-dasharray", `${at * SWEEP} 360`);
    hand.setAttribute("transform", `rotate(${(at - 0.5) * SWEEP})`);
    el.querySelector(".dial-label").textContent = model.get("label");
    dial.setAttribute("aria-label", model.get("label") || "dial");
    dial.setAttribute("aria-valuenow", String(Math.round(at * 100)));
  }

  function turn(to) {
    model.set("value", Math.min(1, Math.max(0, to)));
    model.save_changes();
  }

  dial.addEventListener(
    "pointerdown",
    (down) => {
      const from = model.get("value");
      dial.setPointerCapture(down.pointerId);
      dial.focus();
      const ended = new AbortController();
      dial.addEventListener(
        "pointermove",
        (move) => turn(from + (move.clientX - down.clientX + down.clientY - move.clientY) / 200),
        { signal: AbortSignal.any([signal, ended.signal]) },
      );
      for (const end of ["pointerup", "pointercancel"]) {
        dial.addEventListener(end, () => ended.abort(), { signal: AbortSignal.any([signal, ended.signal]) });
      }
    },
    { signal },
  );
  const steps = { ArrowUp: 0.02, ArrowRight: 0.02, ArrowDown: -0.02, ArrowLeft: -0.02, PageUp: 0.1, PageDown: -0.1 };
  dial.addEventListener(
    "keydown",
    (event) => {
      if (!(event.key in steps)) return;
      event.preventDefault();
      turn(model.get("value") + steps[event.key]);
    },
    { signal },
  );
  model.on("change", draw);
  draw();
}

export default { render };
