import type { BrandData } from "./brand.ts";
import { escapeForTerminal } from "./escape_for_terminal.ts";
import { formatPath, type PathSegment } from "./format_path.ts";
import { MAX_DEPTH } from "./max_depth.ts";
import { ValueTooLarge } from "./value_too_large.ts";

// Of one number, word, pair of quotes or brackets, with its comma or colon.
const MAX_NODE_BYTES = 26;
const MAX_CHARACTER_BYTES = 6;
const MAX_ANNOTATION_BYTES = 48;
const MAX_INDEX_BYTES = 12;

/** Copies what is at the walk's current place. Handed to those who meet containers, so that files form no cycle. */
export type CopyPart = (walk: ValueWalk, value: unknown) => unknown;

/** How a walk is set up. */
export interface ValueWalkOptions {
  /** What messages call the value. */
  readonly root: string;
  /** Size at which the value is too large. */
  readonly maxBytes: number;
  /** Called with each ref that is met. */
  readonly onRef: ((ref: BrandData["ref"]) => void) | undefined;
}

/** Where a walk through a value is, and what it has seen so far. */
export class ValueWalk {
  /** The way from the root to where the walk is. Changed by those who walk. */
  readonly path: PathSegment[] = [];
  /** Whether there was something that JSON has no word for. */
  isRich = false;
  readonly #options: ValueWalkOptions;
  readonly #parents: object[] = [];
  #depth = 0;
  #characters = 0;
  #nodes = 0;
  #annotationBytes = 0;

  /** Starts at the root. */
  constructor(options: ValueWalkOptions) {
    this.#options = options;
  }

  /** No fewer bytes than the value, and the note beside it, can have as escaped JSON. */
  get maxSize(): number {
    return this.#characters * MAX_CHARACTER_BYTES + this.#nodes * MAX_NODE_BYTES + this.#annotationBytes;
  }

  /** Counts a leaf or a key of so many characters. Twice the limit ends the walk: shared parts can grow without end. */
  count(characters: number): void {
    this.#characters += characters;
    this.#nodes++;
    if (this.#characters + this.#nodes > 2 * this.#options.maxBytes) this.#refuseTooLarge();
  }

  /** Notes that the value at the current place needs a word beside it. */
  markRich(): void {
    this.isRich = true;
    this.#annotationBytes += MAX_ANNOTATION_BYTES;
    for (const segment of this.path) {
      this.#annotationBytes += MAX_INDEX_BYTES;
      if (typeof segment === "string") this.#annotationBytes += segment.length * MAX_CHARACTER_BYTES;
    }
  }

  /** Goes into a container that is so many levels deep in JSON. */
  enter(container: object, levels = 1): void {
    if (this.#parents.includes(container)) throw new TypeError(`${this.#place()} contains itself`);
    this.#depth += levels;
    if (this.#depth > MAX_DEPTH) this.refuse(`nested deeper than ${MAX_DEPTH} levels`);
    this.#parents.push(container);
    this.count(0);
  }

  /** Comes out of the container that was entered last, with the same levels. */
  leave(levels = 1): void {
    this.#parents.pop();
    this.#depth -= levels;
  }

  /** Reports a ref. */
  meetRef(ref: BrandData["ref"]): void {
    this.#options.onRef?.(ref);
  }

  /** Ends the walk. `what` follows "… is". */
  refuse(what: string): never {
    throw new TypeError(`${this.#place()} is ${escapeForTerminal(what)}`);
  }

  #refuseTooLarge(): never {
    throw new ValueTooLarge(this.#options.root, this.#characters + this.#nodes, this.#options.maxBytes);
  }

  #place(): string {
    return formatPath(this.#options.root, this.path);
  }
}
