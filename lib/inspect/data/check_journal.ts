import { JournalDamaged, JournalTooNew } from "../../errors/opening_errors.ts";
import type { JournalRecord } from "../../journal/encode_record.ts";
import { State } from "../../state/state.ts";
import { foldLeniently } from "../../storage/read_state.ts";
import type { FaultyLine, ReadJournal, ReadOptions, Store } from "../../storage/store.ts";

export interface CheckReport {
  readonly journal: string;
  /** It has no faults: it can be inspected and resumed. */
  readonly isSound: boolean;
  /** How many records were read, up to the first damaged line. */
  readonly records: number;
  readonly steps: number;
  /** The first hundred faults, in the order of the file. */
  readonly faults: readonly JournalFault[];
  readonly moreFaults: number;
  /** What is worth knowing, but no fault. */
  readonly notes: readonly string[];
}

/** Lines are counted from 1; 0 is the whole file. */
type JournalFault = Pick<FaultyLine, "line" | "reason">;

/** If nothing in a journal is intact, a list of all its lines would not help. */
const MAX_FAULTS = 100;

/** Reads a journal and reports everything that is wrong with it. Takes no lock, writes nothing and imports no user code. */
export async function checkJournal(store: Store, journal: string): Promise<CheckReport> {
  try {
    return await readAndCheck(store, journal, {});
  } catch (error) {
    if (!(error instanceof JournalDamaged)) throw error;
    // Of a long journal more was passed on than what precedes the damage.
    return await readAndCheck(store, journal, { verifiesFirst: true });
  }
}

/** Damage becomes part of the report only if nothing after the damage was passed on. */
async function readAndCheck(store: Store, journal: string, how: ReadOptions): Promise<CheckReport> {
  const check = new JournalCheck();
  try {
    check.judge(await store.read(journal, (record) => check.fold(record), how));
  } catch (error) {
    if (error instanceof JournalTooNew) check.refuse(error.unknown);
    else if (error instanceof JournalDamaged && how.verifiesFirst === true) await check.survey(error, store);
    else throw error;
  }
  return check.report(journal);
}

class JournalCheck {
  readonly #state = new State({ keepsValues: false });
  readonly #lenient = foldLeniently(this.#state);
  readonly #faults: JournalFault[] = [];
  readonly #notes: string[] = [];
  #moreFaults = 0;
  /** The first line after which events may only seem to contradict each other. */
  #obscureLine: number | undefined;

  fold(record: JournalRecord): void {
    const { apply, met } = this.#lenient;
    apply(record);
    // Removed at once: a hostile journal may have millions.
    const contradictions = met.contradictions.splice(0);
    if (record.unknown !== undefined) this.#addNew(record.seq + 1, record.unknown);
    if (this.#obscureLine === undefined) { for (const fault of contradictions) this.#add(fault); }
  }

  judge({ unknown, isHeld, tornBytes = 0 }: ReadJournal): void {
    if (unknown !== undefined && this.#obscureLine === undefined) this.#addNew(0, unknown);
    this.#noteObscure(this.#lenient.met.records);
    if (this.#obscureLine === undefined && !this.#state.isReady && !isHeld) {
      this.#add({
        line: 0,
        reason: "the plan was never completed, so no step ever ran; prune --incomplete removes it",
      });
    }
    if (isHeld) this.#notes.push("a process is running it now");
    const torn = `a crash left ${tornBytes} bytes of an incomplete record at the end; the next resume removes them`;
    if (tornBytes > 0) this.#notes.push(torn);
  }

  /** Notes that the whole format is newer: nothing else can be judged. */
  refuse(unknown: string): void {
    this.#faults.splice(0, Infinity, newer(1, unknown));
    this.#moreFaults = 0;
  }

  async survey({ journal, line, reason }: JournalDamaged, store: Store): Promise<void> {
    // Line 0 means that it is not a file.
    if (line === 0 || store.findFaults === undefined) return this.#add({ line, reason });
    let found = 0;
    const count = await store.findFaults(journal, (fault: FaultyLine) => {
      if (fault.isNew && fault.line <= this.#lenient.met.records) return;
      found += 1;
      this.#obscureLine ??= fault.line;
      if (fault.isNew) this.#addNew(fault.line, fault.reason);
      else this.#add(fault);
    });
    if (found === 0) this.#add({ line, reason });
    this.#noteObscure(count);
  }

  report(journal: string): CheckReport {
    return {
      journal,
      isSound: this.#faults.length === 0,
      records: this.#lenient.met.records,
      steps: this.#state.byId.size,
      faults: this.#faults,
      moreFaults: this.#moreFaults,
      notes: this.#notes,
    };
  }

  #add({ line, reason }: JournalFault): void {
    if (this.#faults.length < MAX_FAULTS) this.#faults.push({ line, reason });
    else this.#moreFaults += 1;
  }

  #addNew(line: number, unknown: string): void {
    this.#obscureLine ??= line;
    this.#add(newer(line, unknown));
  }

  #noteObscure(lines: number): void {
    const line = this.#obscureLine;
    if (line === undefined || line >= lines) return;
    this.#notes.push(`after line ${line}, check cannot tell whether events contradict each other`);
  }
}

function newer(line: number, unknown: string): JournalFault {
  const place = line === 0 ? "" : `record ${line - 1}: `;
  return { line, reason: `${place}${unknown} is not known to this version; a newer one wrote it` };
}
