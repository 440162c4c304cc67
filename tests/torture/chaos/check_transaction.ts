import type { JournalRecord } from "../../../lib/journal/encode_record.ts";
import type { Event } from "../../../lib/journal/event.ts";
import { applyEvent } from "../../../lib/state/apply_event.ts";
import { State } from "../../../lib/state/state.ts";
import type { StepState } from "../../../lib/state/step_state.ts";
import type { RecordFact } from "../../support/sql/history.ts";
import { actInDatabase, IN_DATABASE } from "./chaos_steps.ts";
import type { ChaosCounts } from "./chaos_counts.ts";
import type { Call, Effect, LogLine } from "./chaos_log.ts";

type Durable = Extract<LogLine, { kind: "durable" }> & { readonly process: string };
type ToldLine = Extract<LogLine, { kind: "told" }>;
/** `isAfterStop`: the very next thing that the process did after it was stopped. */
export type NotedCall = Call & { readonly process: string; readonly isAfterStop: boolean };

/** What processes have noted of a transaction, each in its own order. */
export interface Notes {
  readonly durable: Durable[];
  readonly calls: NotedCall[];
  readonly told: ToldLine[];
}

export function nothingNoted(): Notes {
  return { durable: [], calls: [], told: [] };
}

export interface TransactionStory {
  readonly id: string;
  /** In order. */
  readonly records: readonly RecordFact[];
  readonly effects: readonly Effect[];
  /** The steps whose effect happens once: an entry for each time that it did. */
  readonly once: readonly string[];
  readonly notes: Notes;
  readonly counts: ChaosCounts;
}

/** What only the processes can tell of a transaction that should have ended, beside what is true of every history. */
export function checkTransaction(story: TransactionStory): readonly string[] {
  const decoded: JournalRecord[] = story.records.map(({ data }) => JSON.parse(data));
  const state = new State({ keepsValues: true });
  try {
    for (const { at, events } of decoded) for (const event of events) applyEvent(state, event, at);
  } catch {
    // The checker of histories has more to say.
    return [];
  }
  const faults = [...checkOwners(story), ...checkCalls(story, decoded), ...checkSignals(story, decoded)];
  if (state.status !== "finished") return [...faults, `it does not end: its records say ${state.status}`];
  for (const step of state.byId.values()) {
    if (step.node.kind === "step") faults.push(...checkStep(step, story, decoded));
  }
  return [...faults, ...checkOnce(story, state)];
}

/** A step has that effect exactly once, however often it was called. */
function checkOnce({ once, counts }: TransactionStory, state: State): readonly string[] {
  const faults: string[] = [];
  for (const { node } of state.byId.values()) {
    if (node.kind !== "step" || !IN_DATABASE.has(node.export)) continue;
    const times = once.filter((step) => step === node.id).length;
    if (node.export === actInDatabase.name) counts.add("effects that are one with their record", times);
    if (times !== 1) {
      faults.push(`repeated or lost: the effect of step ${node.id}, which happens once, has happened ${times} times`);
    }
  }
  return faults;
}

/** What was durable is there, in its order and byte for byte. One epoch is one process. */
function checkOwners({ records, notes }: TransactionStory): readonly string[] {
  const faults: string[] = [];
  const owners = new Map<number, string>();
  for (const [process, own] of Map.groupBy(notes.durable, ({ process }) => process)) {
    let place = 0;
    let from = 0;
    for (const { event } of own) {
      while (place < records.length) {
        const found = records[place]?.data.indexOf(event, from) ?? -1;
        if (found >= 0) {
          from = found + event.length;
          break;
        }
        [place, from] = [place + 1, 0];
      }
      const record = records[place];
      if (record === undefined) {
        faults.push(`lost: ${event} was durable, as process ${process} was told`);
        break;
      }
      const other = owners.get(record.epoch);
      if (other !== undefined && other !== process) {
        faults.push(`${other} and ${process} are both owner ${record.epoch}`);
      }
      owners.set(record.epoch, process);
    }
  }
  return faults;
}

/** No call when another owner had begun. */
function checkCalls(
  { records, notes, counts }: TransactionStory,
  decoded: readonly JournalRecord[],
): readonly string[] {
  const faults: string[] = [];
  const starts = new Map<string, number>();
  for (const { seq, events } of decoded) {
    for (const event of events) {
      if (event.type === "started") starts.set(`${event.step} ${event.attempt}`, records[seq]?.epoch ?? 0);
    }
  }
  const begun = notes.durable.map(({ event, at, process }) => {
    const epoch = records.find(({ data }) => data.includes(event))?.epoch ?? 0;
    return { epoch, at, process };
  });
  for (const { at, process, step, attempt, isAfterStop } of notes.calls) {
    const epoch = starts.get(`${step} ${attempt}`) ?? 0;
    const later = begun.find((other) => other.epoch > epoch && other.process !== process && other.at < at);
    if (later === undefined) continue;
    if (isAfterStop) counts.add("calls that a stop has delayed past the lease");
    else {
      const ms = Math.round(at - later.at);
      faults.push(
        `${process} called step ${step}, attempt ${attempt}, ${ms} ms after ${later.process} had begun as owner ${later.epoch}`,
      );
    }
  }
  return faults;
}

/** How often a step may have its effect follows from what was recorded, and from what it says of interruptions. */
function checkStep(
  { node, status }: StepState,
  { effects, notes, counts }: TransactionStory,
  decoded: readonly JournalRecord[],
): readonly string[] {
  // It has an effect of the other kind alone.
  if (node.kind !== "step" || node.export === actInDatabase.name) return [];
  const own = effects.filter(({ step }) => step === node.id);
  const repeats = node.options?.interrupted === "retry";
  const judge = (some: readonly Effect[]): string | undefined => {
    if (some.length === 0) return `step ${node.id} is ${status} without an effect`;
    if (repeats) return findRepeated(node.id, some, decoded);
    const attempts = some.map(({ attempt, process }) => `${attempt} by ${process}`).join(", ");
    return some.length === 1 ? undefined : `repeated: step ${node.id} has the effects of attempts ${attempts}`;
  };
  const fault = judge(own);
  if (fault === undefined) return [];
  const isDelayed = ({ attempt, process }: Effect) =>
    notes.calls.some((call) =>
      call.isAfterStop && call.step === node.id && call.attempt === attempt && call.process === process
    );
  const inTime = own.filter((effect) => !isDelayed(effect));
  if (inTime.length === own.length || judge(inTime) !== undefined) return [fault];
  counts.add("effects that a stop has delayed past the lease");
  return [];
}

/** An attempt is followed by another one only if its end is not known. */
function findRepeated(step: string, effects: readonly Effect[], decoded: readonly JournalRecord[]): string | undefined {
  for (const { events } of decoded) {
    for (const event of events) {
      if (event.type !== "finished" || event.step !== step) continue;
      const later = effects.find(({ attempt }) => attempt > event.attempt);
      if (later !== undefined) {
        return `repeated: step ${step}, which had finished, was called as attempt ${later.attempt}`;
      }
    }
  }
  return undefined;
}

/** What was acknowledged was applied once, or is refused in the journal. What was not may be there, but not twice. */
function checkSignals({ notes, counts }: TransactionStory, decoded: readonly JournalRecord[]): readonly string[] {
  const faults: string[] = [];
  const events: readonly Event[] = decoded.flatMap(({ events }) => events);
  const applied = events.flatMap((event) => event.type === "signalled" ? [String(event.value)] : []);
  const refused = new Set(events.flatMap((event) => event.type === "refused" ? [event.id] : []));
  for (const value of new Set(applied)) {
    if (applied.indexOf(value) !== applied.lastIndexOf(value)) faults.push(`${value} was applied twice`);
  }
  for (const { value, said, id } of notes.told) {
    if (said === "missed") continue;
    counts.add("signals: told of");
    const isApplied = applied.includes(value);
    const isRefused = id !== undefined && refused.has(id);
    if (isApplied === isRefused) {
      faults.push(`lost: ${value} was ${said}, and is ${isApplied ? "both" : "neither"} applied and refused`);
    }
    if (said === "applied" && !isApplied) faults.push(`lost: ${value} was said to be applied`);
    if (said === "refused" && isApplied) faults.push(`${value} was said to be refused, and was applied`);
  }
  return faults;
}
