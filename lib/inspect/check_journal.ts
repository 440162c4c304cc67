import { JournalDamaged, JournalTooNew } from "../errors/opening_errors.ts";
import { emptyState } from "../state/state.ts";
import type { ReadJournal, Store } from "../storage/store.ts";
import { foldLeniently, type LenientFold } from "./fold_leniently.ts";

/** What is wrong with a journal, and what is worth knowing about it. */
export interface CheckReport {
  /** The journal's absolute path, or its name in a store that has no paths. */
  readonly journal: string;
  /** Nothing is wrong: it can be inspected and resumed. */
  readonly isSound: boolean;
  /** How many records were read. */
  readonly records: number;
  /** How many steps the plan has. */
  readonly steps: number;
  /** What is wrong, in the order of the file. */
  readonly faults: readonly JournalFault[];
  /** What is no fault. */
  readonly notes: readonly string[];
}

/** Something wrong with a journal. */
export interface JournalFault {
  /** Line of the file, counted from 1; 0 when the file as a whole is meant. */
  readonly line: number;
  /** What is wrong. */
  readonly reason: string;
}

/**
 * Reads a journal and reports everything that is wrong with it. Takes no lock, writes nothing and imports no user code.
 *
 * @throws {JournalNotFound} {@linkcode JournalRefused} There is none, or it may not be read.
 */
export async function checkJournal(store: Store, journal: string): Promise<CheckReport> {
  const state = emptyState({ keepsValues: false });
  const { apply, met } = foldLeniently(state);
  const faults: JournalFault[] = [];
  const { read, fault } = await readThrough(store, journal, apply);
  if ((read?.unknown ?? met.unknown) === undefined) faults.push(...met.contradictions);
  if (fault !== undefined) faults.push(fault);
  if (read !== undefined) faults.push(...judge(read, state.isReady, met));
  return {
    journal,
    isSound: faults.length === 0,
    records: met.records,
    steps: state.byId.size,
    faults: faults.toSorted((a, b) => (a.line || Infinity) - (b.line || Infinity)),
    notes: read === undefined ? [] : describeRead(read),
  };
}

interface Reading {
  readonly read?: ReadJournal;
  readonly fault?: JournalFault;
}

async function readThrough(store: Store, journal: string, apply: LenientFold["apply"]): Promise<Reading> {
  try {
    return { read: await store.read(journal, apply) };
  } catch (error) {
    if (error instanceof JournalDamaged) return { fault: { line: error.line, reason: error.reason } };
    if (error instanceof JournalTooNew) return { fault: newer(error.unknown) };
    throw error;
  }
}

function judge(read: ReadJournal, isReady: boolean, met: LenientFold["met"]): readonly JournalFault[] {
  const unknown = read.unknown ?? met.unknown;
  if (unknown !== undefined) return [newer(unknown)];
  if (isReady || read.isHeld) return [];
  return [{ line: 0, reason: "the plan was never completed, so no step ever ran; the file may be deleted" }];
}

function newer(unknown: string): JournalFault {
  return { line: 0, reason: `${unknown} is not known to this version; a newer one wrote it` };
}

function describeRead({ isHeld, tornBytes }: ReadJournal): readonly string[] {
  const torn = `a crash left ${tornBytes} bytes of an append at the end; the next resume cuts them off`;
  return [...(isHeld ? ["it is being run at this moment"] : []), ...(tornBytes > 0 ? [torn] : [])];
}
