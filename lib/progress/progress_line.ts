/** A terminal on which a line can be redrawn. */
export interface ProgressTerminal {
  readonly write: (text: string) => void;
  readonly readColumns: () => number;
  readonly wantsColour: boolean;
  /** Milliseconds since some fixed moment. */
  readonly readClock: () => number;
  /** Calls a function repeatedly, without keeping the process alive. The function that it returns ends this. */
  readonly every: (ms: number, tick: () => void) => () => void;
  /** Calls functions before and after this process writes to the terminal. The function that it returns ends this. */
  readonly aroundWrites: (before: () => void, after: () => void) => () => void;
}

/** How often the line is drawn by itself. A shorter run never shows it, so nothing flickers. */
const TICK_MS = 250;
/** The least time between two drawings because of events. */
const LEAST_PAUSE_MS = 100;

/** Erases from the cursor to the end of the screen. */
const ERASE_BELOW = "\x1b[J";
/** Moves down a line, scrolling at the end of the screen, and up again, in the same column. */
const MAKE_ROOM = "\x1bD\x1b[A";
const SAVE_CURSOR = "\x1b7";
const NEXT_LINE = "\x1b[B\r";
const RESTORE_CURSOR = "\x1b8";

/**
 * A line that shows the progress of a run, on a terminal to which the steps write as well. Before this process writes, the
 * line is erased. The output of child processes cannot be noticed. For them the line is *below* the cursor, which stays where
 * they left it, so their next line comes where it would without the progress line. Limit: if such a process writes several
 * lines at once and one of them is shorter than the progress line, the rest of the progress line stays beside it. A scroll
 * region would avoid that, but a process that is killed would leave a broken terminal.
 */
export class ProgressLine {
  readonly #terminal: ProgressTerminal;
  readonly #render: (columns: number) => string;
  #ends: readonly (() => void)[] | undefined;
  #hasBegun = false;
  #isVisible = false;
  #drawnAt = -Infinity;

  /** @param render Makes the text, escaped and narrower than the terminal. An empty text is not drawn. */
  constructor(terminal: ProgressTerminal, render: (columns: number) => string) {
    this.#terminal = terminal;
    this.#render = render;
  }

  /** Draws the line from the first tick on. Does nothing if it was started before. */
  start(): void {
    this.#ends ??= [
      this.#terminal.every(TICK_MS, () => this.#draw()),
      this.#terminal.aroundWrites(() => this.clear(), () => this.update()),
    ];
  }

  /** Draws the line again if it is visible: the step that begins may keep this process too busy for ticks. */
  update(): void {
    if (this.#hasBegun && this.#terminal.readClock() - this.#drawnAt >= LEAST_PAUSE_MS) this.#draw();
  }

  /** Erases the line before something else is written. The next tick draws it again. */
  clear(): void {
    if (this.#isVisible) this.#terminal.write(ERASE_BELOW);
    this.#isVisible = false;
  }

  /** Erases the line, and does not draw it again. */
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
