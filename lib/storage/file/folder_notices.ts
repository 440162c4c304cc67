import { basename } from "@std/path/basename";
import { dirname } from "@std/path/dirname";
import { restOf } from "../../state/state.ts";
import { attempt, isObject } from "../../values/shape.ts";
import {
  ENDINGS,
  LONGEST_CLAIM_MS,
  NOTICED,
  type NoticeRequest,
  type Notices,
  type SkipsOf,
  type Untold,
} from "../notices.ts";
import { readState } from "../read_state.ts";
import type { Store } from "../store.ts";
import type { FolderIndex } from "./folder_index.ts";
import { lockWorkFile, readWorkFile, writeWorkFile } from "./work_folder.ts";

const FILE = "notices.json";

/** What `notices.json` holds: for each transaction that is at rest, of which time a person was told. */
interface Kept {
  /** The endings that a notifier asks for. What had ended before was noted as told when the first one asked. */
  readonly endings: readonly string[];
  /** By the id of the transaction: it may have another file, and the file another transaction. */
  readonly told: ReadonlyMap<string, Told>;
  /** Of what each schedule has skipped, up to which mark a person was told. */
  readonly skips: ReadonlyMap<string, string>;
  /** Until when another process tells it, in milliseconds since 1970; of a schedule, by `schedule` and its name. */
  readonly telling: ReadonlyMap<string, number>;
}

interface Told {
  readonly file: string;
  readonly mark: string;
}

/** A journal that is at rest. */
interface Rest {
  readonly id: string;
  readonly rest: string;
}

/** See `Notices`. Who was told is kept beside the journals, which it never changes. */
export class FolderNotices implements Notices {
  readonly #store: Store;
  readonly #index: FolderIndex;
  readonly #now: () => number;

  constructor(store: Store, index: FolderIndex, now: () => number = () => Date.now()) {
    this.#store = store;
    this.#index = index;
    this.#now = now;
  }

  async claim(request: NoticeRequest): Promise<readonly Untold[]> {
    const { scope, limit, forMs } = request;
    const looked = await this.#look();
    const known = readKept(scope);
    const isNew = hasNewEndings(known, request);
    if (!isNew && this.#findUntold(looked, known, request).length === 0) return [];
    using _lock = await lockWorkFile(scope, FILE);
    const kept = isNew ? addEndings(readKept(scope), request, looked) : readKept(scope);
    const claimed: Untold[] = [];
    for (const untold of this.#findUntold(looked, kept, request)) {
      if (claimed.length === limit) break;
      if (await this.#isAtRest(untold)) claimed.push(untold);
    }
    if (claimed.length === 0 && !isNew) return [];
    const until = claimed.map(({ id }) => [id, this.#now() + forMs] as const);
    const left = this.#forget(kept);
    await writeKept(scope, { ...left, telling: new Map([...left.telling, ...until]) });
    return claimed;
  }

  async noteTold({ journal, id, mark }: Untold): Promise<void> {
    await this.#change(dirname(journal), ({ told, telling, ...kept }) => ({
      ...kept,
      told: new Map([...told, [id, { file: basename(journal), mark }]]),
      telling: without(telling, id),
    }));
  }

  async postpone({ journal, id }: Untold, ms: number): Promise<void> {
    await this.#postpone(dirname(journal), id, ms);
  }

  async claimSkips({ scope, schedule, mark }: SkipsOf, ms: number): Promise<string | undefined> {
    const id = `schedule ${schedule}`;
    const isUntold = ({ skips, telling }: Kept) =>
      (skips.get(schedule) ?? "") < mark && !this.#isClaimed(telling.get(id) ?? 0);
    if (!isUntold(readKept(scope))) return undefined;
    using _lock = await lockWorkFile(scope, FILE);
    const kept = readKept(scope);
    if (!isUntold(kept)) return undefined;
    await writeKept(scope, { ...kept, telling: new Map([...kept.telling, [id, this.#now() + ms]]) });
    return kept.skips.get(schedule) ?? "";
  }

  async noteSkipsTold({ scope, schedule, mark }: SkipsOf): Promise<void> {
    await this.#change(scope, ({ skips, telling, ...kept }) => ({
      ...kept,
      skips: new Map([...skips, [schedule, mark]]),
      telling: without(telling, `schedule ${schedule}`),
    }));
  }

  async postponeSkips({ scope, schedule }: SkipsOf, ms: number): Promise<void> {
    await this.#postpone(scope, `schedule ${schedule}`, ms);
  }

  async #postpone(folder: string, id: string, ms: number): Promise<void> {
    const until = this.#now() + ms;
    await this.#change(folder, ({ telling, ...kept }) => ({ ...kept, telling: new Map([...telling, [id, until]]) }));
  }

  async #change(folder: string, change: (kept: Kept) => Kept): Promise<void> {
    using _lock = await lockWorkFile(folder, FILE);
    await writeKept(folder, change(readKept(folder)));
  }

  /** Leaves out what is said of journals that are gone, and claims that are over. */
  #forget({ told, telling, ...kept }: Kept): Kept {
    const files = new Set(Array.from(this.#index.entries, ({ journal }) => basename(journal)));
    const now = this.#now();
    return {
      ...kept,
      told: new Map(told.entries().filter(([, { file }]) => files.has(file))),
      telling: new Map(telling.entries().filter(([, until]) => until > now)),
    };
  }

  #findUntold(looked: ReadonlyMap<string, Rest>, { told, telling }: Kept, { statuses }: NoticeRequest): Untold[] {
    return Array.from(looked).flatMap(([journal, { id, rest }]): readonly Untold[] => {
      if (told.get(id)?.mark === rest || !isOneOf(rest, statuses)) return [];
      if (this.#isClaimed(telling.get(id) ?? 0)) return [];
      return [{ journal, id, shown: journal, mark: rest }];
    });
  }

  /** A claim that ends later than any can was made before the clock was set back. */
  #isClaimed(until: number): boolean {
    const now = this.#now();
    return until > now && until <= now + LONGEST_CLAIM_MS;
  }

  /** By path. What no worker may run is reported, and not told. */
  async #look(): Promise<ReadonlyMap<string, Rest>> {
    await this.#index.refresh();
    const looked = new Map<string, Rest>();
    for (const { journal, summary } of this.#index.entries) {
      if (summary?.rest === undefined || summary.status === "unusable") continue;
      looked.set(journal, { id: summary.id, rest: summary.rest });
    }
    return looked;
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

function isOneOf(rest: string, statuses: NoticeRequest["statuses"]): boolean {
  return NOTICED.some((status) => statuses.has(status) && rest.startsWith(`${status} `));
}

function hasNewEndings({ endings }: Kept, { statuses }: NoticeRequest): boolean {
  return [...statuses].some((status) => ENDINGS.has(status) && !endings.includes(status));
}

/** What has ended in a way that nobody asked for until now counts as told. */
function addEndings(kept: Kept, { statuses }: NoticeRequest, looked: ReadonlyMap<string, Rest>): Kept {
  const added = new Set([...statuses].filter((status) => ENDINGS.has(status) && !kept.endings.includes(status)));
  const told = new Map(kept.told);
  for (const [journal, { id, rest }] of looked) {
    if (isOneOf(rest, added)) told.set(id, { file: basename(journal), mark: rest });
  }
  return { ...kept, endings: [...kept.endings, ...added], told };
}

/** A file that is damaged tells nothing: what is at rest is told again. */
function readKept(folder: string): Kept {
  const text = readWorkFile(folder, FILE);
  const json: unknown = attempt(() => JSON.parse(text ?? ""));
  const { endings, told, skips, telling }: Readonly<Record<string, unknown>> = isObject(json) ? json : {};
  return {
    endings: Array.isArray(endings) ? endings.filter((ending) => typeof ending === "string") : [],
    told: membersOf(told, isTold),
    skips: membersOf(skips, (value) => typeof value === "string"),
    telling: membersOf(telling, (value) => typeof value === "number"),
  };
}

function isTold(value: unknown): value is Told {
  return isObject(value) && typeof value["file"] === "string" && typeof value["mark"] === "string";
}

/** No object: an id of a hostile journal may be any word. */
function membersOf<T>(value: unknown, isOne: (value: unknown) => value is T): ReadonlyMap<string, T> {
  const entries = Object.entries(isObject(value) ? value : {});
  return new Map(entries.flatMap(([id, member]) => isOne(member) ? [[id, member] as const] : []));
}

function without<T>(map: ReadonlyMap<string, T>, key: string): ReadonlyMap<string, T> {
  return new Map(map.entries().filter(([other]) => other !== key));
}

async function writeKept(folder: string, { endings, ...maps }: Kept): Promise<void> {
  const [told, skips, telling] = [maps.told, maps.skips, maps.telling].map((map) => Object.fromEntries(map));
  await writeWorkFile(folder, FILE, `${JSON.stringify({ version: 1, endings, told, skips, telling }, undefined, 2)}\n`);
}
