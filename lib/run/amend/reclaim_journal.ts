import { DecisionRefused } from "../../errors/decision_errors.ts";
import { JournalLocked, JournalTooNew } from "../../errors/opening_errors.ts";
import type { Reason } from "../../journal/event.ts";
import { foldRecords } from "../../state/apply_event.ts";
import { State } from "../../state/state.ts";
import { type MovingFile, openMovingFile } from "../../storage/moving_file.ts";
import type { Located } from "../../storage/locator.ts";
import { readState } from "../../storage/read_state.ts";
import type { Exported, Moves } from "../../storage/open_journal.ts";
import { quote } from "../../text/escape.ts";
import { describeRunner } from "../session/session.ts";
import { toReason } from "../start/plan_rollback.ts";
import { endWith } from "./amend_journal.ts";
import { firstLine } from "./moved_lines.ts";

/** What a person is asked before an exported transaction is run by the database again. */
export interface Reclaimable {
  readonly state: State;
  readonly exported: Exported;
}

/** Reads a transaction that was exported. Throws `DecisionRefused` if it was not, or if its file is still there. */
export async function readReclaimable({ store, name }: Located): Promise<Reclaimable> {
  const refuse = (why: string) => new DecisionRefused(name, "", `Cannot reclaim ${quote(name)}: ${why}`);
  const { moves } = store;
  if (moves === undefined) throw refuse("it is a file: only a database exports transactions");
  const { state, read } = await readState(store, name, { keepsValues: false });
  if (read.unknown !== undefined) throw new JournalTooNew(name, read.unknown, state.library || undefined);
  if (read.isHeld) throw new JournalLocked(name, read.holder);
  if (read.exported === undefined) throw refuse("it is not exported. The database runs it");
  return { state, exported: read.exported };
}

/**
 * Lets a database run a transaction again whose file is gone. The journal says so, so that the file is another one from then
 * on, should it come back: what it has done since it was written is not known here.
 */
export async function reclaimJournal(located: Located, given: Reason): Promise<State> {
  const { store, name } = located;
  const refuse = (why: string) => new DecisionRefused(name, "", `Cannot reclaim ${quote(name)}: ${why}`);
  const { exported } = await readReclaimable(located);
  const { moves } = store;
  if (moves === undefined) throw refuse("it is a file");
  const reason = toReason(given, refuse);
  if ((reason.why ?? "") === "") throw refuse("say with --why how you know that the file is gone");
  const left = await findFile(moves, name, exported);
  try {
    if (left !== undefined && !left.isSuspended) {
      throw refuse(`the file ${quote(left.path)} is still there, and has it. Import it, or remove it`);
    }
    const state = new State({ keepsValues: false });
    const open = await moves.openExported(name, foldRecords(name, state));
    try {
      await endWith(open, state, { type: "reclaimed", file: exported.file?.slice(0, 8192), ...reason });
    } finally {
      await open.close();
    }
    // It has nothing that the database does not have.
    left?.remove();
    return state;
  } finally {
    left?.[Symbol.dispose]();
  }
}

/** The file, if it is on this machine and has this transaction. Locked: a process that is still exporting is waited for by nobody. */
async function findFile(moves: Moves, name: string, { file, host }: Exported): Promise<MovingFile | undefined> {
  const own = describeRunner().host;
  if (file === undefined || (host !== undefined && own !== undefined && host !== own)) return undefined;
  let found: MovingFile;
  try {
    found = await openMovingFile(file);
  } catch (error) {
    if (error instanceof JournalLocked) throw error;
    return undefined;
  }
  const isSame = found.first !== undefined && found.first.sum === (await firstLine(moves, name))?.sum;
  if (isSame) return found;
  found[Symbol.dispose]();
  return undefined;
}
