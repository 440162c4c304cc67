import { basename } from "@std/path/basename";
import { join } from "@std/path/join";
import { JournalDamaged, JournalNotFound } from "../../errors/opening_errors.ts";
import { JournalExists } from "../../errors/planning_errors.ts";
import { attempt, boolean, dateText, isObject, list, objectOf, text, wholeNumber } from "../../values/shape.ts";
import { prettyJson } from "../../values/json.ts";
import { readState } from "../read_state.ts";
import {
  fileOfFiring,
  type FireAnswer,
  type Firing,
  positionOf,
  readFiringFile,
  readMemory,
  type ScheduleChange,
  type ScheduleMemory,
  type Schedules,
  type ScheduleTable,
  type StoredSchedule,
} from "../schedules.ts";
import type { Store } from "../store.ts";
import { lockWorkFile, readWorkFile, workFile, writeWorkFile } from "./work_folder.ts";

const FILE = "schedules.json";
/** Of the file. A newer one is refused. */
const VERSION = 1;

/** A schedule as the file has it. Dates are as ISO writes them. */
interface FileSchedule {
  readonly definition: string;
  readonly nextAt?: string | undefined;
  readonly lastAt?: string | undefined;
  readonly paused: boolean;
  readonly version: number;
  readonly memory: ScheduleMemory;
  /** Names of the files of firings that were not over when somebody looked. */
  readonly open: readonly string[];
}

type FileTable = Readonly<Record<string, FileSchedule>>;

const SCHEDULE = objectOf<FileSchedule>({
  definition: text(1_000_000),
  "nextAt?": dateText,
  "lastAt?": dateText,
  paused: boolean,
  version: wholeNumber(1, Number.MAX_SAFE_INTEGER),
  memory: (value: unknown) =>
    readMemory(value) === undefined ? { path: "", reason: "is no memory of a schedule", isNew: false } : undefined,
  open: list(text(1000)),
});

/**
 * The schedules of a folder, in a file in it. A firing creates the journal first, under a name that only one can create, and
 * advances the schedule then. After a crash between both, the next try finds the journal. Only one process changes the file.
 */
export class FolderSchedules implements Schedules {
  readonly #folder: string;
  readonly #files: Store;
  readonly #now: () => number;

  /** @param files Creates and reads the journals of the folder. */
  constructor(folder: string, files: Store, now: () => number = () => Date.now()) {
    this.#folder = folder;
    this.#files = files;
    this.#now = now;
  }

  // deno-lint-ignore require-await -- a server takes longer
  async list(): Promise<ScheduleTable> {
    const table = this.#read();
    const schedules = Object.keys(table).toSorted().flatMap((name) => toStored(name, table[name]) ?? []);
    return { now: this.#now(), schedules };
  }

  define({ definition, ...change }: ScheduleChange & Pick<StoredSchedule, "definition">): Promise<boolean> {
    return this.#changing(change.name, (found) => {
      if ((found?.version ?? 0) !== change.version) return undefined;
      return { ...changed(found ?? { definition, paused: false, version: 0, open: [] }, change), definition };
    });
  }

  advance(change: ScheduleChange): Promise<boolean> {
    return this.#changing(change.name, (found) => {
      return found?.version === change.version ? changed(found, change) : undefined;
    });
  }

  async hasOpen(name: string): Promise<boolean> {
    return (await this.#findOpen(this.#read()[name])).length > 0;
  }

  setPaused(name: string, paused: boolean): Promise<boolean> {
    return this.#changing(name, (found) => {
      if (found === undefined || found.paused === paused) return found;
      const resumedAt = paused ? found.memory.resumedAt : new Date(this.#now()).toISOString();
      return { ...found, paused, version: found.version + 1, memory: { ...found.memory, resumedAt } };
    });
  }

  async remove(name: string): Promise<boolean> {
    if (this.#read()[name] === undefined) return false;
    using _lock = await lockWorkFile(this.#folder, FILE);
    const { [name]: found, ...others } = this.#read();
    if (found !== undefined) await this.#write(others);
    return found !== undefined;
  }

  journalOf(transaction: string): string {
    return join(this.#folder, fileOfFiring(transaction));
  }

  async fire({ at: _at, transaction, overlaps, records, release: _release, ...change }: Firing): Promise<FireAnswer> {
    const file = fileOfFiring(transaction);
    const journal = this.journalOf(transaction);
    using _lock = await lockWorkFile(this.#folder, FILE);
    const table = this.#read();
    const found = table[change.name];
    if (found?.version !== change.version) return "passed";
    // If an earlier try has made it, it counts, whatever has happened since.
    const isPresent = await this.#isRecorded(journal);
    if (!isPresent && found.paused) return "passed";
    const open = await this.#findOpen(found);
    if (!isPresent && !overlaps && open.length > 0) return "open";
    if (!isPresent) await this.#record(journal, records);
    const next = { ...changed(found, change), open: [...open.filter((other) => other !== file), file] };
    await this.#write({ ...table, [change.name]: next });
    return isPresent ? "present" : "fired";
  }

  // deno-lint-ignore require-await -- a server takes longer
  async findUnpassed(journals: readonly string[]): Promise<ReadonlySet<string>> {
    const table = this.#read();
    return new Set(journals.filter((journal) => {
      const firing = readFiringFile(basename(journal));
      const found = firing && toStored(firing.schedule, table[firing.schedule]);
      return found !== undefined && firing !== undefined && firing.at >= positionOf(found);
    }));
  }

  /** Whether its journal is there, and whole. What a crash has left of a large plan is removed. */
  async #isRecorded(journal: string): Promise<boolean> {
    if (attempt(() => Deno.lstatSync(journal)) === undefined) return false;
    try {
      const { state, read } = await readState(this.#files, journal, { keepsValues: false });
      if (state.isReady || read.isHeld) return true;
    } catch (error) {
      if (error instanceof JournalNotFound) return false;
      // Nobody else has this name: a person has to look at it.
      return true;
    }
    await (await this.#files.open(journal, () => {})).close({ remove: true });
    return false;
  }

  async #record(journal: string, [first = [], ...others]: Firing["records"]): Promise<void> {
    const open = await this.#files.create(journal, first).catch((error) => {
      // A file that is no journal, or one that was made at this moment.
      if (error instanceof JournalExists) return undefined;
      throw error;
    });
    if (open === undefined) return;
    try {
      for (const events of others) await open.append(events, { stepsInFlight: 0 });
    } catch (error) {
      // An incomplete plan is useless. This error says more than one of closing the journal.
      await open.close({ remove: true }).catch(() => {});
      throw error;
    }
    await open.close();
  }

  /** Those that are not over. What cannot be read needs a person. */
  async #findOpen(schedule: FileSchedule | undefined): Promise<readonly string[]> {
    const open: string[] = [];
    for (const file of schedule?.open ?? []) {
      try {
        const { state } = await readState(this.#files, join(this.#folder, file), { keepsValues: false });
        if (!["finished", "cancelled", "undone"].includes(state.status)) open.push(file);
      } catch (error) {
        if (!(error instanceof JournalNotFound)) open.push(file);
      }
    }
    return open;
  }

  /** False if `change` gives nothing. What stays the same is not written. */
  async #changing(
    name: string,
    change: (found: FileSchedule | undefined) => FileSchedule | undefined,
  ): Promise<boolean> {
    using _lock = await lockWorkFile(this.#folder, FILE);
    const table = this.#read();
    const next = change(table[name]);
    if (next !== undefined && next !== table[name]) await this.#write({ ...table, [name]: next });
    return next !== undefined;
  }

  #read(): FileTable {
    const content = readWorkFile(this.#folder, FILE);
    if (content === undefined) return {};
    const parsed: unknown = attempt(() => JSON.parse(content));
    const path = workFile(this.#folder, FILE);
    const version = isObject(parsed) ? parsed["version"] : undefined;
    const table = isObject(parsed) ? parsed["schedules"] : undefined;
    const advice = "Move it away, and all schedules begin anew from the present time";
    if (version !== VERSION || !isObject(table)) {
      const what = typeof version === "number" && version > VERSION
        ? `a newer version of resumable-tx wrote it (${version}). Use that version`
        : `it is no list of schedules. ${advice}`;
      throw new JournalDamaged(path, 0, what);
    }
    for (const [name, schedule] of Object.entries(table)) {
      const fault = SCHEDULE(schedule);
      if (fault !== undefined) {
        throw new JournalDamaged(
          path,
          0,
          `its schedule ${JSON.stringify(name)}${fault.path} ${fault.reason}. ${advice}`,
        );
      }
    }
    return Object.assign(Object.create(null), table);
  }

  async #write(table: FileTable): Promise<void> {
    await writeWorkFile(this.#folder, FILE, `${prettyJson({ version: VERSION, schedules: table })}\n`);
  }
}

/** A schedule after a change. */
function changed(found: Omit<FileSchedule, "memory">, { nextAt, lastAt, memory }: ScheduleChange): FileSchedule {
  return {
    ...found,
    nextAt: nextAt === undefined ? undefined : new Date(nextAt).toISOString(),
    lastAt: lastAt === undefined ? found.lastAt : new Date(lastAt).toISOString(),
    version: found.version + 1,
    memory,
  };
}

function toStored(name: string, found: FileSchedule | undefined): StoredSchedule | undefined {
  if (found === undefined) return undefined;
  const { definition, nextAt, lastAt, paused, version, memory } = found;
  return {
    name,
    definition,
    nextAt: nextAt === undefined ? undefined : Date.parse(nextAt),
    lastAt: lastAt === undefined ? undefined : Date.parse(lastAt),
    isPaused: paused,
    version,
    memory,
  };
}
