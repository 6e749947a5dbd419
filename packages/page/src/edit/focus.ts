/** Where the focus is to go once the page is drawn: a cell that was just added has no element before. */

export type Place = "cell" | "start" | "end" | "same" | number;

export class Focus {
  #wanted: { cellId: string; at: Place } | null = null;

  want(cellId: string, at: Place): void {
    this.#wanted = { cellId, at };
  }

  /** Takes what is wanted; null when nothing is. */
  take(): { cellId: string; at: Place } | null {
    const wanted = this.#wanted;
    this.#wanted = null;
    return wanted;
  }
}
