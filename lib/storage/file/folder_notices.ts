import { restOf, type State } from "../../state/state.ts";
import { attempt, isObject } from "../../values/shape.ts";
import { ENDINGS, LONGEST_CLAIM_MS, NOTICED, type NoticeRequest, type Notices, type Untold } from "../notices.ts";
import { readState } from "../read_state.ts";
import type { Store } from "../store.ts";
import { lockWorkFile, readWorkFile, writeWorkFile } from "./work_folder.ts";

const FILE = "notices.json";

/** What `notices.json` holds: for each transaction that is at rest, of which time a person was told. */
interface Kept {
  /** The endings that a notifier asks for. What had ended before was noted as told when the first one asked. */
  readonly endings: readonly string[];
  /** By the id of the transaction. */
  readonly told: ReadonlyMap<string, string>;
  /** Until when another process tells it, in milliseconds since 1970. */
  readonly telling: ReadonlyMap<string, number>;
}

/** What is known of a journal, as long as its file stays as it is. */
interface Looked {
  /** The time, size and number of the file. */
  readonly file: string;
  readonly id: string;
  /** Nothing if it is not at rest, or cannot be read. */
  readonly rest: string | undefined;
}

/** See `Notices`. Who was told is kept beside the journals, which it never changes. */
export class FolderNotices implements Notices {
  readonly #store: Store;
  readonly #now: () => number;
  /** By path. Only what has changed is read again. */
  #looked = new Map<string, Looked>();
  /** Where the journals that were claimed are. */
  readonly #folders = new Map<string, string>();

  constructor(store: Store, now: () => number = () => Date.now()) {
    this.#store = store;
    this.#now = now;
  }

  async claim(request: NoticeRequest): Promise<readonly Untold[]> {
    const { scope, limit, forMs } = request;
    const looked = await this.#look(scope);
    const found = this.#findUntold(looked, readKept(scope), request);
    const isNew = hasNewEndings(readKept(scope), request);
    if (found.length === 0 && !isNew) return [];
    using _lock = await lockWorkFile(scope, FILE);
    const kept = isNew ? addEndings(readKept(scope), request, looked) : readKept(scope);
    const claimed: Untold[] = [];
    for (const untold of this.#findUntold(looked, kept, request)) {
      if (claimed.length === limit) break;
      if (await this.#isAtRest(untold)) claimed.push(untold);
    }
    if (claimed.length === 0 && !isNew) return [];
    const until = claimed.map(({ id }) => [id, this.#now() + forMs] as const);
    const present = forget(kept, new Set(Array.from(looked.values(), ({ id }) => id)));
    await writeKept(scope, { ...present, telling: new Map([...present.telling, ...until]) });
    for (const { journal } of claimed) this.#folders.set(journal, scope);
    return claimed;
  }

  async noteTold({ journal, id, mark }: Untold): Promise<void> {
    await this.#change(journal, ({ told, telling, ...kept }) => ({
      ...kept,
      told: new Map([...told, [id, mark]]),
      telling: new Map(telling.entries().filter(([other]) => other !== id)),
    }));
  }

  async postpone({ journal, id }: Untold, ms: number): Promise<void> {
    const until = this.#now() + ms;
    await this.#change(journal, ({ telling, ...kept }) => ({
      ...kept,
      telling: new Map([...telling, [id, until]]),
    }));
  }

  async #change(journal: string, change: (kept: Kept) => Kept): Promise<void> {
    const folder = this.#folders.get(journal);
    if (folder === undefined) throw new TypeError(`The notice of ${journal} was not claimed`);
    using _lock = await lockWorkFile(folder, FILE);
    await writeKept(folder, change(readKept(folder)));
    this.#folders.delete(journal);
  }

  #findUntold(looked: ReadonlyMap<string, Looked>, { told, telling }: Kept, { statuses }: NoticeRequest): Untold[] {
    const now = this.#now();
    return Array.from(looked).flatMap(([journal, { id, rest }]): readonly Untold[] => {
      if (rest === undefined || told.get(id) === rest || !isOneOf(rest, statuses)) return [];
      const until = telling.get(id) ?? 0;
      // A claim that ends later than any can was made before the clock was set back.
      if (until > now && until <= now + LONGEST_CLAIM_MS) return [];
      return [{ journal, id, shown: journal, mark: rest }];
    });
  }

  async #look(folder: string): Promise<ReadonlyMap<string, Looked>> {
    const looked = new Map<string, Looked>();
    for await (const journal of this.#store.list(folder)) {
      const file = attempt(() => describeFile(journal));
      if (file === undefined) continue;
      const known = this.#looked.get(journal);
      looked.set(journal, known?.file === file ? known : { file, ...await this.#read(journal) });
    }
    return this.#looked = looked;
  }

  async #read(journal: string): Promise<Omit<Looked, "file">> {
    const state = await this.#readState(journal);
    return { id: state?.id ?? "", rest: state && restOf(state) };
  }

  /** Nothing if it cannot be read: workers report that. */
  async #readState(journal: string): Promise<State | undefined> {
    try {
      const { state, read } = await readState(this.#store, journal, { keepsValues: false });
      return read.unknown === undefined ? state : undefined;
    } catch {
      return undefined;
    }
  }

  /** Nobody runs it, and nobody else may have written it. */
  async #isAtRest({ journal, mark }: Untold): Promise<boolean> {
    try {
      const { state, read } = await readState(this.#store, journal, { keepsValues: false });
      if (read.isHeld || restOf(state) !== mark) return false;
      return (await this.#store.examine?.(journal))?.distrust?.isKnown !== true;
    } catch {
      return false;
    }
  }
}

function describeFile(path: string): string {
  const { mtime, size, ino } = Deno.statSync(path);
  return `${mtime?.getTime()} ${size} ${ino}`;
}

function isOneOf(rest: string, statuses: NoticeRequest["statuses"]): boolean {
  return NOTICED.some((status) => statuses.has(status) && rest.startsWith(`${status} `));
}

function hasNewEndings({ endings }: Kept, { statuses }: NoticeRequest): boolean {
  return [...statuses].some((status) => ENDINGS.has(status) && !endings.includes(status));
}

/** What has ended in a way that nobody asked for until now counts as told. */
function addEndings(kept: Kept, { statuses }: NoticeRequest, looked: ReadonlyMap<string, Looked>): Kept {
  const added = new Set([...statuses].filter((status) => ENDINGS.has(status) && !kept.endings.includes(status)));
  const told = new Map(kept.told);
  for (const { id, rest } of looked.values()) if (rest !== undefined && isOneOf(rest, added)) told.set(id, rest);
  return { ...kept, endings: [...kept.endings, ...added], told };
}

/** Leaves out what is said of journals that are gone. */
function forget({ endings, told, telling }: Kept, ids: ReadonlySet<string>): Kept {
  const present = <T>(of: ReadonlyMap<string, T>) => new Map(of.entries().filter(([id]) => ids.has(id)));
  return { endings, told: present(told), telling: present(telling) };
}

/** A file that is damaged tells nothing: what is at rest is told again. */
function readKept(folder: string): Kept {
  const text = readWorkFile(folder, FILE);
  const json: unknown = attempt(() => JSON.parse(text ?? ""));
  const { endings, told, telling }: Readonly<Record<string, unknown>> = isObject(json) ? json : {};
  return {
    endings: Array.isArray(endings) ? endings.filter((ending) => typeof ending === "string") : [],
    told: membersOf(told, (value) => typeof value === "string"),
    telling: membersOf(telling, (value) => typeof value === "number"),
  };
}

/** No object: an id of a hostile journal may be any word. */
function membersOf<T>(value: unknown, isOne: (value: unknown) => value is T): ReadonlyMap<string, T> {
  const entries = Object.entries(isObject(value) ? value : {});
  return new Map(entries.flatMap(([id, member]) => isOne(member) ? [[id, member] as const] : []));
}

async function writeKept(folder: string, { endings, told, telling }: Kept): Promise<void> {
  const kept = { version: 1, endings, told: Object.fromEntries(told), telling: Object.fromEntries(telling) };
  await writeWorkFile(folder, FILE, `${JSON.stringify(kept, undefined, 2)}\n`);
}
