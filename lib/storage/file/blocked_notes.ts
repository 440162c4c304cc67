import { join } from "@std/path/join";
import { attempt, object, text } from "../../values/shape.ts";
import { lockWorkFile, readWorkFile, writeWorkFile } from "./work_folder.ts";

/** `{ "NAME.json": { "reason", "stamp" }, … }`: why no worker could run a journal, as long as its file is the same. */
const NAME = "blocked.json";
/** Longer reasons are cut. */
const MAX_REASON = 2000;

interface Note {
  readonly reason: string;
  /** How the file was. */
  readonly stamp: string;
}

const isNote = object({ reason: text(MAX_REASON), stamp: text(200) });

/** Notes why workers cannot run some journals of a folder, so that a list can say it. */
export class BlockedNotes {
  readonly #folder: string;
  #waiting = new Map<string, Note>();
  #writing: Promise<void> | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Those that come while others are written share a write. */
  async add(name: string, reason: string): Promise<void> {
    const stamp = stampOf(join(this.#folder, name));
    if (stamp === undefined) return;
    this.#waiting.set(name, { reason: reason.slice(0, MAX_REASON), stamp });
    while (this.#waiting.has(name)) {
      await (this.#writing ??= this.#write().finally(() => this.#writing = undefined));
    }
  }

  async #write(): Promise<void> {
    using _lock = await lockWorkFile(this.#folder, NAME);
    const waiting = this.#waiting;
    this.#waiting = new Map();
    const known = readNotes(this.#folder);
    const isNew = waiting.entries().some(([name, { reason, stamp }]) => {
      const before = known.get(name);
      return before?.reason !== reason || before.stamp !== stamp;
    });
    if (!isNew) return;
    const valid = [...known, ...waiting].filter(([name, { stamp }]) => stampOf(join(this.#folder, name)) === stamp);
    await writeWorkFile(this.#folder, NAME, `${JSON.stringify(Object.fromEntries(valid))}\n`);
  }
}

/** Why no worker can run the journals of a folder, by their names. */
export function findBlocked(folder: string): ReadonlyMap<string, string> {
  const valid = [...readNotes(folder)].filter(([name, { stamp }]) => stampOf(join(folder, name)) === stamp);
  return new Map(valid.map(([name, { reason }]) => [name, reason]));
}

/** What a person has broken by hand is as good as none: it is only told. */
function readNotes(folder: string): ReadonlyMap<string, Note> {
  const parsed: unknown = attempt(() => JSON.parse(readWorkFile(folder, NAME) ?? "{}"));
  const entries = typeof parsed === "object" && parsed !== null ? Object.entries(parsed) : [];
  return new Map(entries.filter((entry): entry is [string, Note] => isNote(entry[1]) === undefined));
}

function stampOf(journal: string): string | undefined {
  const info = attempt(() => Deno.lstatSync(journal));
  return info && `${info.ino} ${info.size} ${info.mtime?.getTime()}`;
}
