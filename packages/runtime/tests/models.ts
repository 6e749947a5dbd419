import { Model } from "../src/model.ts";
import type { ErrorReport } from "../src/options.ts";
import { type Binding, ModelRegistry } from "../src/registry.ts";
import { Pace } from "../src/writes.ts";
import { RecordingConnection } from "./wire.ts";

/** A model without a host around it, and what it sends and reports. */
export function createModel(state: Record<string, unknown> = {}, connection = new RecordingConnection()) {
  const reports: unknown[] = [];
  const pace = new Pace();
  const report = (_model: Model, _phase: string, error: unknown) => reports.push(error);
  return { model: new Model("m", state, { connection, pace, report }), connection, pace, reports };
}

/** Listen as a widget would; returns what was heard. */
export function hear(model: Model, names: string, owner: object = {}): unknown[][] {
  const heard: unknown[][] = [];
  for (const name of names.split(" ")) {
    model.events.on(name, (_model: unknown, value: unknown) => heard.push([name, value]), owner);
  }
  return heard;
}

/** A binding that does nothing but what a test tells it. */
export class FakeBinding implements Binding {
  readonly log: string[] = [];
  readonly #settled: () => void;
  pending = false;
  visible = false;

  constructor(settled: () => void) {
    this.#settled = settled;
  }

  settle(): void {
    this.pending = false;
    this.#settled();
  }
  start(): void {
    this.log.push("start");
  }
  replace(module: { url: string } | null): void {
    if (module) this.log.push(`replace ${module.url}`);
  }
  rebind(): void {
    this.log.push("rebind");
  }
  fail(error: unknown): void {
    this.log.push(`fail ${(error as Error).name}`);
  }
  reconnect(): void {
    this.log.push("reconnect");
  }
  lose(): void {
    this.log.push("lose");
  }
  close(): void {
    this.log.push("close");
  }
}

/** A registry whose bindings are fakes: no DOM, no code. */
export class FakeRegistry extends ModelRegistry {
  readonly bindings = new Map<string, FakeBinding>();
  /** Whether bindings begin as `pending`. */
  pending = false;

  protected override bind(model: Model, settled: () => void): Binding {
    const binding = new FakeBinding(settled);
    binding.pending = this.pending;
    this.bindings.set(model.id, binding);
    return binding;
  }
}

export function createRegistry() {
  const connection = new RecordingConnection();
  const reports: ErrorReport[] = [];
  const life = new AbortController();
  const registry = new FakeRegistry({ connection, report: (report) => reports.push(report) }, life.signal);
  return { registry, connection, reports, life };
}
