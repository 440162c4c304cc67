import { unicodeWidth } from "@std/cli/unicode-width";

/** What a terminal shows of a stream: as much of one as programs need that write line by line, and redraw the last. */
export class Screen {
  readonly #columns: number;
  readonly #height: number;
  #rows: string[][] = [[]];
  #row = 0;
  #column = 0;
  #saved: readonly [row: number, column: number] = [0, 0];

  /** Makes an empty screen. */
  constructor(columns: number, height: number) {
    this.#columns = columns;
    this.#height = height;
  }

  /** Writes a text. Refuses control sequences that it does not know. */
  write(text: string): this {
    // deno-lint-ignore no-control-regex -- that is what is looked for
    for (const [token] of text.matchAll(/\x1b\[[\d;]*[A-Za-z]|\x1b[\s\S]|[\s\S]/gu)) this.#take(token);
    return this;
  }

  /** The lines that are shown, without trailing blanks. */
  lines(): readonly string[] {
    const lines = this.#rows.slice(-this.#height).map((cells) => Array.from(cells, (cell) => cell ?? " ").join(""));
    while (lines.at(-1)?.trim() === "") lines.pop();
    return lines.map((line) => line.trimEnd());
  }

  #take(token: string): void {
    switch (token) {
      case "\r":
        this.#column = 0;
        return;
      case "\n":
      case "\x1bD":
        return this.#goDown();
      case "\x1b7":
        this.#saved = [this.#row, this.#column];
        return;
      case "\x1b8":
        [this.#row, this.#column] = this.#saved;
        return;
      case "\x1b[A":
        this.#row = Math.max(0, this.#rows.length - this.#height, this.#row - 1);
        return;
      case "\x1b[B":
        this.#row = Math.min(this.#rows.length - 1, this.#row + 1);
        return;
      case "\x1b[J":
        this.#rows[this.#row] = (this.#rows[this.#row] ?? []).slice(0, this.#column);
        for (let row = this.#row + 1; row < this.#rows.length; row += 1) this.#rows[row] = [];
        return;
      default:
        // deno-lint-ignore no-control-regex -- that is what is looked for
        if (/^\x1b\[[\d;]*m$/.test(token)) return;
        if (token.startsWith("\x1b")) throw new TypeError(`This screen does not know ${JSON.stringify(token)}`);
        return this.#put(token);
    }
  }

  #goDown(): void {
    this.#row += 1;
    if (this.#row === this.#rows.length) this.#rows.push([]);
  }

  #put(character: string): void {
    const width = unicodeWidth(character);
    if (this.#column + width > this.#columns) {
      this.#column = 0;
      this.#goDown();
    }
    const cells = this.#rows[this.#row] ?? [];
    while (cells.length < this.#column) cells.push(" ");
    // A wide character takes two cells; the second shows nothing of its own.
    cells.splice(this.#column, width, character, ...Array.from({ length: Math.max(0, width - 1) }, () => ""));
    this.#rows[this.#row] = cells;
    this.#column += width;
  }
}
