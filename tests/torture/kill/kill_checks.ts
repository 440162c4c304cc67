import { JournalDamaged, JournalIncomplete, JournalNotFound } from "../../../lib/errors/opening_errors.ts";
import type { JournalRecord } from "../../../lib/journal/encode_record.ts";
import { foldRecords } from "../../../lib/state/apply_event.ts";
import { State } from "../../../lib/state/state.ts";
import { isComplete, type StepState } from "../../../lib/state/step_state.ts";
import { readJournalFile } from "../../../lib/storage/file/read_journal_file.ts";
import { describeEvent } from "../describe_event.ts";
import type { TortureReport } from "../torture_report.ts";
import type { KillSpec } from "./kill_spec.ts";
import { type Effect, readLines, readLog } from "./kill_steps.ts";

/** What a kill has left. */
export interface Remains {
  /** What the journal says; absent when there is none, or none with a record. */
  readonly state: State | undefined;
  /** The journal's records. */
  readonly records: readonly JournalRecord[];
  /** The file is there. */
  readonly isThere: boolean;
  /** How many bytes of an append lie after the last record. */
  readonly tornBytes: number;
  /** What the steps have done. */
  readonly effects: readonly Effect[];
}

/** Compares, after each kill, what a journal says with what the steps have done, and with what it said before. */
export class KillChecks {
  readonly #spec: KillSpec;
  readonly #report: TortureReport;
  readonly #name: string;
  #records: readonly string[] = [];
  /** How many effects each finished step had when it was first seen finished. */
  readonly #finished = new Map<string, number>();

  /** Begins with a transaction that is not there yet. `name` tells in a report which one it is. */
  constructor(spec: KillSpec, report: TortureReport, name: string) {
    this.#spec = spec;
    this.#report = report;
    this.#name = name;
  }

  /** Looks at what is there now. */
  async look(): Promise<Remains> {
    const effects = readLog(this.#spec.log);
    const state = new State({ keepsValues: true });
    const records: JournalRecord[] = [];
    const fold = foldRecords(this.#spec.journal, state);
    try {
      const { tornBytes = 0 } = await readJournalFile(this.#spec.journal, (record) => {
        records.push(record);
        fold(record);
      });
      this.#checkRecords(records);
      if (records.length === 0) return { state: undefined, records, isThere: true, tornBytes, effects };
      // Moves the cursor over what is done.
      isComplete(state.root);
      this.#checkEffects(state, effects);
      return { state, records, isThere: true, tornBytes, effects };
    } catch (error) {
      return this.#withoutState(error, records.length, effects);
    }
  }

  /** All is done: each effect is there once, or, where it may be repeated, once for each attempt at most. */
  checkEnd(effects: readonly Effect[]): void {
    this.#spec.steps.forEach((step, index) => {
      const id = String(index + 1);
      const count = effects.filter((effect) => effect.step === id).length;
      if (count === 0) this.#report.breach("other promises broken", `${this.#name}: step ${id} never happened`);
      if (count > 1) this.#report.count("effects repeated where retry allows it", count - 1);
      if (count > 1 && step.policy !== "retry") {
        this.#report.breach("finished steps repeated", `${this.#name}: step ${id} happened ${count} times`);
      }
    });
  }

  #withoutState(error: unknown, records: number, effects: readonly Effect[]): Remains {
    const isCutShort = error instanceof JournalDamaged && records === 0 && effects.length === 0;
    if (error instanceof JournalNotFound) {
      const steps = new Set(effects.map(({ step }) => step)).size;
      if (steps > 0 && steps < this.#spec.steps.length) {
        this.#report.breach("acknowledged records lost", `${this.#name}: the journal is gone after ${steps} steps`);
      }
      return { state: undefined, records: [], isThere: false, tornBytes: 0, effects };
    }
    if (!isCutShort && !(error instanceof JournalIncomplete)) {
      const detail = error instanceof Error ? error.message : String(error);
      this.#report.breach("journals refused that a crash alone made", `${this.#name}: ${detail}`);
    }
    return { state: undefined, records: [], isThere: true, tornBytes: 0, effects };
  }

  /** What was there before is there now, and so is what was acknowledged since. */
  #checkRecords(records: readonly JournalRecord[]): void {
    const texts = records.map((record) => JSON.stringify(record));
    if (!this.#records.every((text, index) => text === texts[index])) {
      this.#report.breach("acknowledged records lost", `${this.#name}: other records than before`);
    }
    this.#records = texts;
    const events = records.flatMap((record) => record.events.map(describeEvent));
    let place = 0;
    for (const word of readLines(this.#spec.acknowledged)) {
      place = events.indexOf(word, place) + 1;
      if (place > 0) continue;
      this.#report.breach("acknowledged records lost", `${this.#name}: "${word}" was acknowledged`);
      return;
    }
  }

  #checkEffects(state: State, effects: readonly Effect[]): void {
    for (const step of state.root.children) {
      const own = effects.filter((effect) => effect.step === step.node.id);
      this.#checkStep(step, own);
      if (step.status !== "finished") continue;
      const before = this.#finished.get(step.node.id);
      if (before !== undefined && before !== own.length) {
        this.#report.breach("finished steps repeated", `${this.#name}: step ${step.node.id} after it had finished`);
      }
      this.#finished.set(step.node.id, own.length);
    }
    const order = effects.map(({ step }) => Number(step));
    if (order.some((id, index) => id < (order[index - 1] ?? 0))) {
      this.#report.breach("other promises broken", `${this.#name}: effects out of order: ${order.join()}`);
    }
  }

  #checkStep(step: StepState, own: readonly Effect[]): void {
    const { id } = step.node;
    const attempts = own.map(({ attempt }) => attempt);
    const last = attempts.at(-1) ?? 0;
    const complain = (detail: string) =>
      this.#report.breach("other promises broken", `${this.#name}: step ${id} ${detail}: ${attempts.join()}`);
    if (new Set(attempts).size < attempts.length) complain("has two effects of one attempt");
    if (last > step.attempts) complain(`has an effect and only ${step.attempts} attempts in the journal`);
    if (step.status === "finished" && step.decisions === undefined && last !== step.attempts) {
      complain(`has finished attempt ${step.attempts} without an effect`);
    }
    if (step.status === "finished" && own.length === 0) complain("has finished without an effect");
    const policy = this.#spec.steps[Number(id) - 1]?.policy;
    if (policy !== "retry" && own.length > 1) {
      this.#report.breach("finished steps repeated", `${this.#name}: step ${id}, which is ${step.status}`);
    }
  }
}
