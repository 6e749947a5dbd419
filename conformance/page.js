// The end of the harness that lives in the page; it is there before any script of the host's.
//
// It gives cases `log`, `slot`, `slotOf`, `id` and `told`, and keeps the lines until the runner takes them. `connect` is
// called by the front end of the harness's widget (inside.py) as soon as the host has initialized it.
(() => {
  const PAUSE_MS = 10;
  const QUIET_ROUNDS = 4;
  const lines = [];
  const pythonLines = [];
  const questions = new Map();
  let models = {};
  let serial = 0;
  let connected;
  const control = new Promise((resolve) => {
    connected = resolve;
  });

  globalThis.log = (...values) => {
    lines.push(values.map((value) => (typeof value === "string" ? value : formatted(value))).join(" "));
  };
  // What a person can read in the console: errors, warnings, and what no one has caught.
  const told = [];
  for (const level of ["error", "warn"]) {
    const write = console[level].bind(console);
    console[level] = (...values) => {
      told.push(values.map(plain).join(" "));
      write(...values);
    };
  }
  addEventListener("unhandledrejection", (event) => told.push(plain(event.reason)));
  addEventListener("error", (event) => told.push(plain(event.error ?? event.message)));
  globalThis.told = (text) => told.some((line) => line.includes(text));

  globalThis.slot = (name) => document.querySelector(`[data-slot="${name}"]`);
  globalThis.slotOf = (el) => el.closest("[data-slot]")?.dataset.slot ?? "nowhere";
  globalThis.id = (name) => models[name];

  globalThis.conformance = {
    host: null, // what shows views here: the adapter sets it, { show(modelId, slot), remove(slot) }

    connect(model) {
      model.on("msg:custom", (answer) => questions.get(answer?.id)?.(answer));
      connected(model);
    },

    get connected() {
      return control.then(() => true);
    },

    async ask(question) {
      const model = await control;
      const id = ++serial;
      const answer = await new Promise((resolve) => {
        questions.set(id, resolve);
        model.send({ ...question, id });
      });
      questions.delete(id);
      models = answer.models;
      pythonLines.push(...answer.lines);
    },

    // Until neither end has said anything for a few rounds between them; offline, the page alone.
    async settle(offline) {
      for (let quiet = 0; quiet < QUIET_ROUNDS; quiet++) {
        const before = lines.length + pythonLines.length;
        if (!offline) await conformance.ask({});
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
        if (lines.length + pythonLines.length !== before) quiet = -1;
      }
    },

    take() {
      return { page: lines.splice(0), python: pythonLines.splice(0), models };
    },

    show(name, slotName) {
      const stage = document.querySelector("#stage") ?? document.body.appendChild(element("stage"));
      const slot = document.createElement("div");
      slot.dataset.slot = slotName;
      stage.append(slot);
      conformance.host.show(models[name], slot);
    },

    remove(slotName) {
      conformance.host.remove(slot(slotName));
    },
  };

  function element(id) {
    const made = document.createElement("div");
    made.id = id;
    return made;
  }

  function plain(value) {
    if (value instanceof Error)
      return `${value.name}: ${value.message}\n${value.stack}\n${value.cause ?? ""}`;
    return typeof value === "object" ? formatted(value) : String(value);
  }

  function formatted(value) {
    if (value === undefined) return "undefined";
    if (typeof value === "string") return JSON.stringify(value);
    if (typeof value === "bigint") return `${value}n`;
    if (typeof value === "function") return "function";
    if (value === null || typeof value !== "object") return String(value);
    if (value instanceof Error || value instanceof DOMException) return `${value.name}: ${value.message}`;
    if (ArrayBuffer.isView(value)) {
      const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
      return `${value.constructor.name}(${hex(bytes)})`;
    }
    if (value instanceof ArrayBuffer) return `ArrayBuffer(${hex(new Uint8Array(value))})`;
    if (Array.isArray(value)) return `[${Array.from(value, formatted).join(", ")}]`;
    if (value instanceof Node) return `<${value.nodeName.toLowerCase()}>`;
    const name = value.constructor?.name ?? "Object";
    const members = Object.entries(value).map(([key, member]) => `${key}: ${formatted(member)}`);
    return `${name === "Object" ? "" : name}{${members.join(", ")}}`;
  }

  function hex(bytes) {
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  }
})();
