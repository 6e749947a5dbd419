/**
 * Backbone's model, as little of it as events need: a reference to compare ours with. `set` follows
 * Backbone 1.4 line by line; values are compared with `===`.
 */
export class BackboneModel {
  readonly attributes: Record<string, unknown>;
  #changing = false;
  #pending = false;
  readonly #listeners = new Map<string, ((value: unknown) => void)[]>();

  constructor(attributes: Record<string, unknown>) {
    this.attributes = { ...attributes };
  }

  on(name: string, callback: (value: unknown) => void): void {
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), callback]);
  }

  set(attrs: Record<string, unknown>): void {
    const changes: string[] = [];
    const changing = this.#changing;
    this.#changing = true;
    for (const [attr, val] of Object.entries(attrs)) {
      if (this.attributes[attr] !== val) changes.push(attr);
      this.attributes[attr] = val;
    }
    if (changes.length) this.#pending = true;
    for (const attr of changes) this.#trigger(`change:${attr}`, this.attributes[attr]);
    if (changing) return;
    while (this.#pending) {
      this.#pending = false;
      this.#trigger("change");
    }
    this.#pending = false;
    this.#changing = false;
  }

  #trigger(name: string, value?: unknown): void {
    for (const callback of this.#listeners.get(name) ?? []) callback(value);
  }
}
