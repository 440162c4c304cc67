import { basename } from "@std/path/basename";
import { DecisionRefused } from "../../errors/decision_errors.ts";
import { JournalIncomplete, JournalTooNew, JournalUntrusted } from "../../errors/opening_errors.ts";
import type { Recovered } from "../../journal/stored.ts";
import { foldRecords } from "../../state/apply_event.ts";
import { isClosed, State } from "../../state/state.ts";
import { type MovingFile, openMovingFile, shareMovingFile } from "../../storage/moving_file.ts";
import { type Located, locatorOf } from "../../storage/locator.ts";
import type { OpenJournal } from "../../storage/open_journal.ts";
import type { Store } from "../../storage/store.ts";
import type { Arrival, Moves, RecordLine } from "../../storage/open_journal.ts";
import { quote } from "../../text/escape.ts";
import { releaseOf } from "../session/release.ts";
import { describeRunner } from "../session/session.ts";
import { settleRequests } from "./amend_journal.ts";
import { compareLines, firstLine } from "./moved_lines.ts";

export interface ImportOptions {
  /** Its name in the database. @default the name that its author gave it, or else the file's name without ".json" */
  readonly name?: string | undefined;
  /** The file stays, suspended. Otherwise it is removed. */
  readonly keep?: boolean;
  /** The file may be one that another user has written. */
  readonly trust?: boolean;
}

/** `completed`: an earlier import, or an export, had been cut short, and the database has all of it. */
export interface ImportEnd {
  readonly kind: "moved" | "completed";
  /** The transaction in the database, as commands take it. */
  readonly journal: string;
  readonly state: State;
  /** What a crash had left after the last record of the file, and was cut off. */
  readonly recovered: Recovered | undefined;
}

/** The file, held by this process, and what it says. */
interface Source {
  readonly file: MovingFile;
  readonly state: State;
  /** Absent for a file that is suspended already. */
  readonly open: OpenJournal | undefined;
}

/**
 * Moves a transaction from a file into a database. The file is held first. The database gets every record of a transaction that
 * it calls exported; then the file is suspended; then the database may run it, and the file goes: see `moving_file.ts` for
 * what a crash leaves.
 */
export async function importJournal(
  from: Located,
  locateTarget: () => Promise<Located>,
  options: ImportOptions = {},
): Promise<ImportEnd> {
  const path = from.name;
  const refuse = (why: string) => new DecisionRefused(path, "", `Cannot import ${quote(path)}: ${why}`);
  const source = await openSource(from);
  try {
    const { state, open } = source;
    if (!state.isReady) throw new JournalIncomplete(path);
    if (open?.distrust !== undefined && options.trust !== true) throw new JournalUntrusted(path, open.distrust.reason);
    const { store, name: scope } = await locateTarget();
    const { moves } = store;
    if (moves === undefined) throw refuse("the store keeps files. To move it there, move the file");
    const { journal, isThere } = await findPlace({ store, moves, scope, source, options }, refuse);
    const wrote = open !== undefined && await settleRequests(open, state);
    const recovered = wrote || open?.isAtRest !== false ? undefined : await open.recover();
    const isExported = !isThere || (await store.read(journal, () => {})).exported !== undefined;
    if (isExported) await arrive({ moves, journal, isThere, source });
    await endSource(source, options.keep === true);
    return { kind: open === undefined ? "completed" : "moved", journal, state, recovered };
  } finally {
    // If the file is still there, and is a journal, it stays as it is.
    await source.open?.close();
    source.file[Symbol.dispose]();
  }
}

async function openSource({ store, name: path }: Located): Promise<Source> {
  const state = new State({ keepsValues: false });
  const isMoving = await isSuspendedFile(store, path);
  const open = isMoving ? undefined : await store.open(path, foldRecords(path, state));
  const file = isMoving ? await openMovingFile(path) : shareMovingFile(path);
  try {
    if (open !== undefined) return { file, open, state };
    const fold = foldRecords(path, state);
    for (
      const _page of file.lines((record) => {
        if (record.unknown !== undefined) throw new JournalTooNew(path, record.unknown);
        fold(record);
      })
    );
    return { file, open, state };
  } catch (error) {
    file[Symbol.dispose]();
    await open?.close();
    throw error;
  }
}

/** Looked at without its lock: who then takes it finds out the rest. */
async function isSuspendedFile(store: Store, path: string): Promise<boolean> {
  const { isJournal } = await store.examine?.(path) ?? {};
  if (isJournal !== false) return false;
  using file = shareMovingFile(path);
  return file.isSuspended;
}

interface Search {
  readonly store: Store;
  readonly moves: Moves;
  readonly scope: string;
  readonly source: Source;
  readonly options: ImportOptions;
}

/** Finds the transaction in the database, or the name that it will have. */
async function findPlace(
  { store, moves, scope, source, options }: Search,
  refuse: (why: string) => DecisionRefused,
): Promise<{ readonly journal: string; readonly isThere: boolean }> {
  const { file, state, open } = source;
  const named = locatorOf(scope, options.name ?? state.name ?? basename(file.path).replace(/\.json$/, ""));
  for (const journal of [named, locatorOf(scope, state.id)]) {
    if (await store.kindOf(journal) === undefined) continue;
    if ((await firstLine(moves, journal))?.sum !== file.first?.sum) continue;
    const { exported, isHeld } = await store.read(journal, () => {});
    const { kind, common } = await compareLines(moves.readLines(journal), file.lines());
    const isPart = kind === "equal" || kind === "store has more";
    // It has been moved, or never was: the file is what is left of that.
    if (exported === undefined && open === undefined && isPart) return { journal, isThere: true };
    if (exported === undefined) {
      throw refuse(`the transaction is in the database, which has not exported it: ${journal}`);
    }
    if (isHeld) throw refuse(`another process is moving it: ${journal}`);
    if (kind === "equal" || kind === "file has more") return { journal, isThere: true };
    const which = kind === "store has more" ? "the file is older: it ends after" : "they differ after";
    throw refuse(`${which} record ${common} of the one that was exported, ${journal}`);
  }
  if (open === undefined) {
    throw refuse("an earlier move of it was cut short. Name the database from which, or to which, it was moved");
  }
  if (await store.kindOf(named) === undefined) return { journal: named, isThere: false };
  throw refuse(`another transaction has the name ${named}. Choose one with --name`);
}

interface Arriving {
  readonly moves: Moves;
  readonly journal: string;
  readonly isThere: boolean;
  readonly source: Source;
}

async function arrive({ moves, journal, isThere, source }: Arriving): Promise<void> {
  const { file, state } = source;
  let open = isThere ? await moves.openExported(journal, () => {}) : undefined;
  try {
    const stored = isThere ? (await compareLines(moves.readLines(journal), file.lines())).common : 0;
    for (const page of file.lines()) {
      const lines = page.filter(({ seq }) => seq >= stored);
      const [first, ...rest] = lines;
      if (first !== undefined && open === undefined) {
        open = await moves.createExported(journal, arrivalOf(source, first));
        await moves.appendLines(open, rest);
      } else if (open !== undefined) await moves.appendLines(open, lines);
    }
    if (open === undefined) throw new TypeError("A journal without records cannot be moved");
  } catch (error) {
    // Nothing of it is needed: the file has everything.
    await open?.close({ remove: !isThere }).catch(() => {});
    throw error;
  }
  try {
    // If this fails, whether the file is still a journal is unknown: the database keeps what it has.
    if (source.open !== undefined) file.suspend();
    const endedAt = isClosed(state.status) ? Date.parse(state.lastAt) : undefined;
    await moves.settle(open, releaseOf(state, { ending: "ended" }), endedAt);
  } finally {
    await open.close();
  }
}

function arrivalOf({ file, state }: Source, first: RecordLine): Arrival {
  const { id, home, library, queued, openedAt } = state;
  const from = { file: file.path, host: describeRunner().host };
  return { id, home, library, queued, createdAt: Date.parse(openedAt), from, first };
}

async function endSource({ file, open }: Source, keep: boolean): Promise<void> {
  if (keep) return;
  if (open === undefined) file.remove();
  else await open.close({ remove: true });
}
