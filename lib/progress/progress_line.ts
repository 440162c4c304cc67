/** A terminal on which a line can be redrawn. */
export interface ProgressTerminal {
  /** Writes, to standard error. */
  readonly write: (text: string) => void;
  /** How wide it is now. */
  readonly readColumns: () => number;
  /** Whoever looks at it wants colours. */
  readonly wantsColour: boolean;
  /** Milliseconds since some fixed moment. */
  readonly readClock: () => number;
  /** Calls a function again and again, without keeping the process alive; what it returns ends that. */
  readonly every: (ms: number, tick: () => void) => () => void;
  /** Calls functions before and after this process writes to the terminal; what it returns ends that. */
  readonly aroundWrites: (before: () => void, after: () => void) => () => void;
}

/** How often the line is drawn by itself. What is over before is never shown: nothing flickers. */
const TICK_MS = 250;
/** How often it is drawn at most when something happens. */
const LEAST_PAUSE_MS = 100;

/** Erases from the cursor to the end of the screen. */
const ERASE_BELOW = "\x1b[J";
/** Goes down a line, making room at the end of the screen, and up again, in the same column. */
const MAKE_ROOM = "\x1bD\x1b[A";
const SAVE_CURSOR = "\x1b7";
const NEXT_LINE = "\x1b[B\r";
const RESTORE_CURSOR = "\x1b8";

/**
 * A line that says how far a run is, on a terminal to which the steps write as well. Before this process writes, the line
 * is taken away. What other processes write nobody is told: for them the line stands *below* the cursor, which stays where
 * they left it, so that their next line comes where it would without us. If such a process writes several lines at once
 * and one of them is shorter than ours, the rest of ours stays beside it; that is the limit. Keeping the last row of the
 * screen apart (a scroll region) would go without it, and leave a broken terminal behind a process that is killed.
 */
export class ProgressLine {
  readonly #terminal: ProgressTerminal;
  readonly #render: (columns: number) => string;
  #ends: readonly (() => void)[] | undefined;
  #hasBegun = false;
  #isVisible = false;
  #drawnAt = -Infinity;

  /** @param render Makes the text, ready for the terminal and narrower than it; nothing is drawn for an empty one. */
  constructor(terminal: ProgressTerminal, render: (columns: number) => string) {
    this.#terminal = terminal;
    this.#render = render;
  }

  /** Begins to draw the line, from the first tick on. Does nothing when it has begun. */
  start(): void {
    this.#ends ??= [
      this.#terminal.every(TICK_MS, () => this.#draw()),
      this.#terminal.aroundWrites(() => this.clear(), () => this.update()),
    ];
  }

  /** Draws the line anew if it was there: the step that begins now may keep this process too busy for ticks. */
  update(): void {
    if (this.#hasBegun && this.#terminal.readClock() - this.#drawnAt >= LEAST_PAUSE_MS) this.#draw();
  }

  /** Takes the line off the screen, before something else is written; it comes back by itself. */
  clear(): void {
    if (this.#isVisible) this.#terminal.write(ERASE_BELOW);
    this.#isVisible = false;
  }

  /** Takes the line off the screen for good. */
  stop(): void {
    this.#ends?.forEach((end) => end());
    this.#ends = undefined;
    this.#hasBegun = false;
    this.clear();
  }

  #draw(): void {
    const text = this.#render(this.#terminal.readColumns());
    this.#drawnAt = this.#terminal.readClock();
    if (text === "") return this.clear();
    this.#terminal.write(`${ERASE_BELOW}${MAKE_ROOM}${SAVE_CURSOR}${NEXT_LINE}${text}${RESTORE_CURSOR}`);
    this.#isVisible = true;
    this.#hasBegun = true;
  }
}
