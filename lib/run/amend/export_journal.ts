import { DecisionRefused } from "../../errors/decision_errors.ts";
import { JournalExported, JournalIncomplete, JournalLocked, JournalTooNew } from "../../errors/opening_errors.ts";
import { JournalExists } from "../../errors/planning_errors.ts";
import { Fenced } from "../../errors/storage_errors.ts";
import { foldRecords } from "../../state/apply_event.ts";
import { State } from "../../state/state.ts";
import { createMovingFile, type MovingFile, openMovingFile } from "../../storage/moving_file.ts";
import type { Located } from "../../storage/locator.ts";
import type { OpenJournal } from "../../storage/open_journal.ts";
import { readState } from "../../storage/read_state.ts";
import type { Exported, Moves } from "../../storage/open_journal.ts";
import { quote } from "../../text/escape.ts";
import { releaseOf } from "../session/release.ts";
import { describeRunner } from "../session/session.ts";
import { settleRequests } from "./amend_journal.ts";
import { compareLines, firstLine } from "./moved_lines.ts";

/**
 * `moved`: the file has the transaction, and the database runs nothing of it. `copied`: it has finished, and the database keeps
 * it. `completed`: an earlier export had been cut short, and the file is whole now.
 */
export interface ExportEnd {
  readonly kind: "moved" | "copied" | "completed";
  readonly state: State;
}

/**
 * Moves a transaction from a database into a new file. The database is held first. Then the whole file is written, suspended;
 * then the transaction is exported; then the file is a journal: see `moving_file.ts` for what a crash leaves.
 */
export async function exportJournal({ store, name }: Located, path: string): Promise<ExportEnd> {
  const refuse = (why: string) => new DecisionRefused(name, "", `Cannot export ${quote(name)}: ${why}`);
  const { moves } = store;
  if (moves === undefined) throw refuse("it is a file already. To move it, move the file while no process runs it");
  const { state, read } = await readState(store, name, { keepsValues: false });
  if (read.isHeld) throw new JournalLocked(name, read.holder ?? state.runs.at(-1));
  if (read.unknown !== undefined) throw new JournalTooNew(name, read.unknown, state.library || undefined);
  if (!state.isReady) throw new JournalIncomplete(name);
  if (read.exported !== undefined) return await complete(moves, name, path, { state, exported: read.exported });
  const begun = new State({ keepsValues: false });
  const isCopy = state.status === "finished";
  const open = isCopy ? undefined : await store.open(name, foldRecords(name, begun));
  try {
    if (open !== undefined) await settleRequests(open, begun);
    using file = await beginFile(moves, name, path);
    try {
      for await (const lines of moves.readLines(name)) file.append(lines);
      await file.complete();
    } catch (error) {
      file.remove();
      throw error;
    }
    if (open !== undefined) await depart(moves, open, begun, file);
    file.publish();
    return { kind: isCopy ? "copied" : "moved", state: isCopy ? state : begun };
  } finally {
    await open?.close();
  }
}

async function depart(moves: Moves, open: OpenJournal, state: State, file: MovingFile): Promise<void> {
  const { host } = describeRunner();
  try {
    await moves.depart(open, { file: file.path, host }, releaseOf(state, { ending: "ended" }));
  } catch (error) {
    // After any other error, the database may have called it exported.
    if (error instanceof Fenced) file.remove();
    throw error;
  }
}

/** A new file; or what an export of this transaction has left that was cut short. No other file is written over. */
async function beginFile(moves: Moves, name: string, path: string): Promise<MovingFile> {
  const file = await createMovingFile(path).catch((error) => {
    if (error instanceof JournalExists) return undefined;
    throw error;
  });
  if (file !== undefined) return file;
  const taken = new DecisionRefused(
    name,
    "",
    `Cannot export ${quote(name)} to ${quote(path)}: that exists already. Choose another name`,
  );
  const left = await openMovingFile(path).catch((error) => {
    throw error instanceof JournalLocked ? error : taken;
  });
  try {
    if (!left.isEmpty && (!left.isSuspended || !await isOf(moves, name, left))) throw taken;
    left.begin();
    return left;
  } catch (error) {
    left[Symbol.dispose]();
    throw error;
  }
}

async function isOf(moves: Moves, name: string, file: MovingFile): Promise<boolean> {
  return file.first !== undefined && file.first.sum === (await firstLine(moves, name))?.sum;
}

/** The transaction was exported already: if that was cut short right before its end, only the first byte is missing. */
async function complete(
  moves: Moves,
  name: string,
  path: string,
  { state, exported }: { readonly state: State; readonly exported: Exported },
): Promise<ExportEnd> {
  const file = await openMovingFile(path).catch((error) => {
    throw error instanceof JournalLocked ? error : new JournalExported(name, exported);
  });
  try {
    if (!file.isSuspended) throw new JournalExported(name, exported);
    // Held, so that nothing else decides meanwhile which of the two is run.
    const open = await moves.openExported(name, () => {});
    try {
      const { kind } = await compareLines(moves.readLines(name), file.lines());
      if (kind !== "equal" && kind !== "file has more") throw new JournalExported(name, exported);
      file.publish();
    } finally {
      await open.close();
    }
    return { kind: "completed", state };
  } finally {
    file[Symbol.dispose]();
  }
}
