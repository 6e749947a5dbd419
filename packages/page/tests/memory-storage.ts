/** A tab's storage, with room for so many characters. */
export class MemoryStorage extends Map<string, string> {
  static create(room = Number.POSITIVE_INFINITY): Storage {
    return new MemoryStorage(room) as unknown as Storage;
  }

  constructor(readonly room: number) {
    super();
  }

  getItem(key: string) {
    return this.get(key) ?? null;
  }

  setItem(key: string, value: string) {
    if (value.length > this.room) throw new DOMException("full", "QuotaExceededError");
    this.set(key, value);
  }

  removeItem(key: string) {
    this.delete(key);
  }
}
