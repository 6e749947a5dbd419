// @vitest-environment happy-dom
import type { ModelRequest, Notification } from "@anyhost/protocol";
import { type Connection, handleModelLifecycle, Registry } from "@anyhost/runtime";
import { options } from "preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Tools } from "../../src/dev/tools.tsx";

/** Tools over a real registry, and a far end that keeps what is sent and says what it is told to. */
class Stage {
  readonly sent: { modelId: string; message: ModelRequest }[] = [];
  readonly tools: Tools;
  readonly registry: Registry;

  constructor(signal: AbortSignal) {
    const connection: Connection = { send: (modelId, message) => this.sent.push({ modelId, message }) };
    this.tools = new Tools(signal);
    const report = this.tools.reported.bind(this.tools);
    const importModule = async () => ({ default: {} });
    this.registry = new Registry({ connection: this.tools.tapped(connection), report, importModule }, signal);
    this.tools.open(this.registry);
  }

  say(notification: Partial<Notification> & { op: string }): void {
    const whole = { seq: 1, ...notification } as Notification;
    this.tools.received(whole);
    if (whole.op === "model-lifecycle") handleModelLifecycle(this.registry, whole);
    else if (whole.op === "model-ack") this.registry.handleAck(whole);
  }

  opens(model_id: string, state: Record<string, unknown>): void {
    const module = { url: `modules/${model_id}.js`, hash: model_id };
    const parts = { buffer_paths: [], buffers: [], floats: [], module, style: null };
    this.say({ op: "model-lifecycle", model_id, message: { method: "open", state, ...parts } });
  }

  /** Python's answer to the last question to the inspector. */
  describes(traits: Record<string, object>): void {
    const question = this.sent.findLast(({ modelId }) => modelId === "inspector")?.message;
    if (question?.method !== "custom") throw new Error("expected a question, got none");
    const { id } = question.content as { id: string };
    const content = { id, kind: "anywidget-command-response", response: traits };
    const message = { method: "custom" as const, content, buffers: [], floats: [] };
    this.say({ op: "model-lifecycle", model_id: "inspector", message });
  }

  answers(more: object): void {
    const parts = { status: "accepted", state: {}, buffer_paths: [], buffers: [], floats: [], error: null };
    this.say({ op: "model-ack", model_id: "m", command_id: this.sent.length, ...parts, ...more } as never);
  }
}

const COUNTER = {
  _model_module: "anywidget",
  _anywidget_id: "w.Counter",
  count: 3,
  fixed: "1.2",
  label: "a\nb",
};
const INT = { type: "Int", help: "How often", read_only: false };
const DESCRIBED = {
  count: INT,
  fixed: { type: "Unicode", help: "", read_only: true },
  label: { type: "Unicode | None", help: "", read_only: false },
  _anywidget_id: { type: "Unicode", help: "", read_only: true },
  _model_module: { type: "Unicode", help: "", read_only: true },
};

const frame = () => new Promise((done) => requestAnimationFrame(done));
const find = (selector: string) => document.body.querySelector<HTMLElement>(selector);
const field = (name: string) => find(`textarea[aria-label="${name}"]`) as HTMLTextAreaElement;
const row = (name: string) =>
  [...document.body.querySelectorAll(".tools-traits tr")].find(
    (each) => each.firstChild?.textContent === name,
  );

let end: AbortController;
let stage: Stage;

beforeEach(async () => {
  options.debounceRendering = (run) => run();
  vi.spyOn(console, "error").mockImplementation(() => {});
  end = new AbortController();
  stage = new Stage(end.signal);
  stage.opens("inspector", { _model_module: "anyhost", _model_name: "InspectorModel" });
  stage.opens("m", { ...COUNTER });
  await vi.waitFor(() => expect(stage.sent).toHaveLength(1)); // it asks about the widget
});

afterEach(() => {
  end.abort();
  document.body.replaceChildren();
  vi.restoreAllMocks();
});

async function described(): Promise<void> {
  stage.describes(DESCRIBED);
  await new Promise((done) => setTimeout(done)); // the answer is a promise's
  await frame();
}

async function typed(name: string, text: string, key = "Enter"): Promise<void> {
  const place = field(name);
  place.value = text;
  place.dispatchEvent(new Event("input", { bubbles: true }));
  place.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  await frame();
}

test("nothing can be written before Python has said what may be", async () => {
  expect(document.body.querySelectorAll("textarea")).toHaveLength(0);
  expect(row("count")?.textContent).toBe("count3");
  await described();
  expect(field("count").value).toBe("3");
  expect(row("count")?.children[1]?.textContent).toBe("Int");
  expect(row("count")?.children[0]?.getAttribute("title")).toBe("How often");
});

test("a trait that is read only has its value, says so, and has no field", async () => {
  await described();
  expect(row("fixed")?.textContent).toBe("fixedUnicode1.2 read only");
  expect(field("fixed")).toBeNull();
});

test("what is typed is written as the widget's own code would", async () => {
  await described();
  await typed("count", "5");
  expect(stage.sent.at(-1)).toMatchObject({
    modelId: "m",
    message: { method: "update", state: { count: 5 } },
  });
  expect(field("count").value).toBe("5");
});

test("a text keeps its lines, Escape takes back, and None is at hand", async () => {
  await described();
  expect(field("label").value).toBe("a\nb");
  await typed("label", "other", "Escape");
  expect(field("label").value).toBe("a\nb");
  find('button[aria-label="label: None"]')?.click();
  expect(stage.sent.at(-1)?.message).toMatchObject({ state: { label: null } });
});

test("what is no value is refused in its place, and not sent", async () => {
  await described();
  const before = stage.sent.length;
  await typed("count", "five");
  expect(row("count")?.querySelector('[role="alert"]')?.textContent).toContain("SyntaxError");
  expect(stage.sent).toHaveLength(before);
});

test("a correction is told at the trait (promise 4)", async () => {
  await described();
  await typed("count", "99");
  stage.answers({ status: "corrected", state: { count: 10 } });
  await frame();
  expect(field("count").value).toBe("10");
  expect(row("count")?.querySelector('[role="status"]')?.textContent).toBe("Python holds 10");
  // The next change makes it old.
  const parts = { buffer_paths: [], buffers: [], floats: [], module: null, style: null };
  stage.say({
    op: "model-lifecycle",
    model_id: "m",
    message: { method: "update", state: { count: 11 }, ...parts },
  });
  await frame();
  expect(field("count").value).toBe("11");
  expect(row("count")?.querySelector('[role="status"]')?.textContent).toBe("");
});

test("what Python raised is told at the trait, and is no error in JavaScript", async () => {
  await described();
  await typed("count", "4");
  stage.answers({ error: "ValueError: no" });
  await frame();
  expect(row("count")?.textContent).toContain("Python raised ValueError: no");
  expect(stage.tools.problems.list).toEqual([]);
});

test("errors of the widget's code, and those that nobody caught, are listed", async () => {
  stage.registry.find("m")?.events.on("change:count", () => { throw new Error("in a listener"); }, {}); // biome-ignore format: one line
  stage.tools.write("m", "count", 4);
  window.dispatchEvent(new ErrorEvent("error", { error: new TypeError("in a handler") }));
  await frame();
  const errors = [...document.body.querySelectorAll(".tools-error")].map((each) => each.textContent);
  expect(errors[0]).toContain("uncaught: TypeError: in a handler");
  expect(errors[1]).toContain("listener: Error: in a listener");
  find(".tools-error")?.closest("section")?.querySelector("button")?.click();
  await frame();
  expect(document.body.querySelectorAll(".tools-error")).toHaveLength(0);
});

test("messages are listed, but not those of the tools themselves", async () => {
  await described();
  await typed("count", "4");
  const rows = [...document.body.querySelectorAll(".tools-messages tbody tr")];
  expect(rows.map((each) => [...each.children].slice(1, 4).map((cell) => cell.textContent))).toEqual([
    ["to Python", "Counter", "update"],
    ["from Python", "Counter", "open"],
  ]);
});

test("a widget that gets another trait is asked about again", async () => {
  await described();
  const before = stage.sent.length;
  const parts = { buffer_paths: [], buffers: [], floats: [], module: null, style: null };
  const message = { method: "update" as const, state: { later: 1 }, ...parts };
  stage.say({ op: "model-lifecycle", model_id: "m", message });
  await frame();
  expect(stage.sent).toHaveLength(before + 1);
  stage.describes({ ...DESCRIBED, later: INT });
  await new Promise((done) => setTimeout(done));
  await frame();
  expect(field("later").value).toBe("1");
});

test("nothing listens to the window when the page has ended (promise 10)", () => {
  end.abort();
  window.dispatchEvent(new ErrorEvent("error", { error: new Error("late") }));
  expect(stage.tools.problems.list).toEqual([]);
});

test("a classic widget has its traits there, too, and its layout, its style and a link do not", async () => {
  const classic = { _model_module: "@jupyter-widgets/controls", _view_module: "@jupyter-widgets/controls" };
  const base = { _model_module: "@jupyter-widgets/base", _view_module: "@jupyter-widgets/base" };
  const others = {
    layout: { ...base, _model_name: "LayoutModel", _view_name: "LayoutView" },
    style: {
      ...classic,
      _view_module: base._view_module,
      _model_name: "SliderStyleModel",
      _view_name: "StyleView",
    },
    link: { ...classic, _model_name: "LinkModel", _view_name: null },
  };
  stage.opens("slider", { ...classic, _model_name: "IntSliderModel", _view_name: "IntSliderView", value: 7 });
  for (const [id, state] of Object.entries(others)) stage.opens(id, state);
  await frame();
  expect(row("value")?.textContent).toBe("value7");
  expect(document.body.querySelectorAll("option")).toHaveLength(2);
});
