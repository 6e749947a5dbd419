/** A function of a widget's. What it gets depends on the event. */
// biome-ignore lint/suspicious/noExplicitAny: a widget's own function takes what it likes.
export type Listener = (...args: any[]) => unknown;

interface Registration {
  readonly callback: Listener;
  readonly owner: object;
}

/**
 * The listeners of one model. Each has an owner: what one owner registers, only that owner can take
 * away again (F8), and everything of an owner goes with it (C10).
 */
export class Events {
  readonly #registrations = new Map<string, readonly Registration[]>();
  readonly #report: (error: unknown) => void;

  /** `report` gets what a listener throws, or what its promise rejects with. */
  constructor(report: (error: unknown) => void) {
    this.#report = report;
  }

  /** How many registrations there are: for counting. */
  get size(): number {
    return [...this.#registrations.values()].reduce((sum, list) => sum + list.length, 0);
  }

  /** Call back on each of these events, named in one string with spaces between them (F6). */
  on(names: string, callback: Listener, owner: object): void {
    if (typeof callback !== "function") return;
    for (const name of words(names)) {
      this.#registrations.set(name, [...this.#of(name), { callback, owner }]);
    }
  }

  /** Undo registrations of this owner: all of them, those of an event, of a callback, or of both (F8, F9). */
  off(names: string | null | undefined, callback: Listener | null | undefined, owner: object): void {
    for (const name of names ? words(names) : [...this.#registrations.keys()]) {
      const kept = this.#of(name).filter(
        (one) => one.owner !== owner || (callback && one.callback !== callback),
      );
      if (kept.length) this.#registrations.set(name, kept);
      else this.#registrations.delete(name);
    }
  }

  /**
   * Call everyone who listens at this moment: who comes during it is not called, who goes still is
   * (F10). What one throws is reported, and the rest are called (F12).
   */
  emit(name: string, argumentsFor: (owner: object) => readonly unknown[]): void {
    for (const { callback, owner } of this.#of(name)) {
      try {
        const result = callback(...argumentsFor(owner));
        if (result instanceof Promise) result.catch((error: unknown) => this.#report(error));
      } catch (error) {
        this.#report(error);
      }
    }
  }

  #of(name: string): readonly Registration[] {
    return this.#registrations.get(name) ?? [];
  }
}

function words(names: string): string[] {
  return names.split(/\s+/).filter(Boolean);
}
