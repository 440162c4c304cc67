import { attempt } from "../../values/shape.ts";
import type { FolderIndex } from "./folder_index.ts";

/** Notices that come close together lead to one look. */
const FIRST_PAUSE_MS = 10;
const LEAST_PAUSE_MS = 100;
/** Some file systems send no notice, and a folder that was made again is another one. */
const POLL_MS = 1000;

/** Calls a function when something in a folder may have become due. */
export class FolderWatch {
  readonly #folder: string;
  readonly #index: FolderIndex;
  readonly #arrived: () => void;
  readonly #poll: ReturnType<typeof setInterval>;
  #watcher: Deno.FsWatcher | undefined;
  #watched = "";
  #timer: ReturnType<typeof setTimeout> | undefined;
  #calledAt = -Infinity;

  constructor(folder: string, index: FolderIndex, arrived: () => void) {
    this.#folder = folder;
    this.#index = index;
    this.#arrived = arrived;
    this.#begin();
    this.#poll = setInterval(() => this.#look(), POLL_MS);
  }

  close(): void {
    clearInterval(this.#poll);
    clearTimeout(this.#timer);
    this.#end();
  }

  /** Without a watcher, a look at the whole folder is all there is. */
  #look(): void {
    if (identify(this.#folder) !== this.#watched || this.#watcher === undefined) {
      this.#end();
      this.#begin();
      this.#index.noteAll();
    }
    if (this.#watcher === undefined || this.#index.hasChanges) this.#arrived();
  }

  #begin(): void {
    // Before it is watched: if it is replaced meanwhile, the next look notices.
    this.#watched = identify(this.#folder) ?? "";
    const watcher = attempt(() => Deno.watchFs(this.#folder, { recursive: false }));
    this.#watcher = watcher;
    if (watcher !== undefined) this.#listen(watcher).catch(() => this.#end());
  }

  #end(): void {
    const watcher = this.#watcher;
    this.#watcher = undefined;
    attempt(() => watcher?.close());
  }

  async #listen(watcher: Deno.FsWatcher): Promise<void> {
    for await (const { paths, flag } of watcher) {
      if (flag === "rescan") this.#index.noteAll();
      const matters = paths.map((path) => this.#index.noteChange(path));
      if (flag === "rescan" || matters.includes("at once")) this.#call();
    }
  }

  #call(): void {
    if (this.#timer !== undefined) return;
    const ms = Math.max(FIRST_PAUSE_MS, this.#calledAt + LEAST_PAUSE_MS - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#calledAt = performance.now();
      this.#arrived();
    }, ms);
  }
}

function identify(folder: string): string | undefined {
  const info = attempt(() => Deno.statSync(folder));
  return info && `${info.dev} ${info.ino}`;
}
