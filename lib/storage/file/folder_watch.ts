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
  #callsAt = Infinity;
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

  /** The index was refreshed. What the process that has written it still holds comes later. */
  lookAgain(): void {
    const ms = this.#index.nextLookMs;
    if (ms !== undefined) this.#call(ms);
  }

  /** Without a watcher, a look at the whole folder is all there is. */
  #look(): void {
    if (identify(this.#folder) !== this.#watched || this.#watcher === undefined) {
      this.#end();
      this.#begin();
      this.#index.noteAll();
      this.#call(0);
    }
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
    for await (const { kind, paths, flag } of watcher) {
      // The folder itself: another one of its name may follow, perhaps with the same number.
      if (kind === "remove" && paths.includes(this.#folder)) return this.#end();
      if (flag === "rescan") this.#index.noteAll();
      const pauses = paths.flatMap((path) => this.#index.noteChange(path) ?? []);
      if (flag === "rescan" || pauses.length > 0) this.#call(flag === "rescan" ? 0 : Math.min(...pauses));
    }
  }

  /** After a number of milliseconds, or sooner if something else comes before that. */
  #call(ms: number): void {
    const now = performance.now();
    const at = Math.max(now + Math.max(FIRST_PAUSE_MS, ms), this.#calledAt + LEAST_PAUSE_MS);
    if (this.#callsAt <= at) return;
    clearTimeout(this.#timer);
    this.#callsAt = at;
    this.#timer = setTimeout(() => {
      this.#callsAt = Infinity;
      this.#calledAt = performance.now();
      this.#arrived();
    }, at - now);
  }
}

function identify(folder: string): string | undefined {
  const info = attempt(() => Deno.statSync(folder));
  return info && `${info.dev} ${info.ino}`;
}
