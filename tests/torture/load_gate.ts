/**
 * Lets calls load modules or read sources one at a time: how long that takes, and which is ready first, does not follow from
 * a seed. While one is in, all others wait.
 */
export class LoadGate {
  #inside: unknown;
  readonly #waiting: { readonly who: unknown; readonly enter: () => void }[] = [];

  /** A call is in. */
  get isBusy(): boolean {
    return this.#inside !== undefined;
  }

  /** Waits until it is one's turn. */
  async enter(who: unknown): Promise<void> {
    if (this.#inside === undefined) this.#inside = who;
    else await new Promise<void>((enter) => this.#waiting.push({ who, enter }));
  }

  /** Lets the next one in. Nothing happens unless one is in. */
  leave(who: unknown): void {
    if (this.#inside !== who) return;
    const next = this.#waiting.shift();
    this.#inside = next?.who;
    next?.enter();
  }
}
