import type { JournalRecord } from "../../../lib/journal/encode_record.ts";
import type { Event } from "../../../lib/journal/event.ts";
import { PlanBuilder } from "../../../lib/plan/plan_builder.ts";
import type { Planner } from "../../../lib/plan/planner.ts";
import { namePlan } from "../../../lib/run/call/plan_nodes.ts";
import type { StepHost } from "../../../lib/run/call/step_host.ts";
import { withEventObserver } from "../../../lib/run/options/observer.ts";
import type { ResumeOptions, TransactionOptions } from "../../../lib/run/options/transaction_options.ts";
import type { Clock } from "../../../lib/run/session/clock.ts";
import { resumeJournal } from "../../../lib/run/start/continue_journal.ts";
import { startTransaction } from "../../../lib/run/start/start_transaction.ts";
import type { Store } from "../../../lib/storage/store.ts";

/** URL of the module that the samples take their steps from. */
export const STEPS_URL = import.meta.resolve("./sample_steps.ts");

const HOME = { url: import.meta.url, resolve: import.meta.resolve };

/** Plans and runs a transaction in a store, under a fixed id. */
export async function runSample(
  store: Store,
  journal: string,
  build: (t: Planner) => unknown,
  { clock, host, ...options }: TransactionOptions & { readonly clock?: Clock; readonly host?: StepHost } = {},
  steps: string = STEPS_URL,
): Promise<unknown> {
  const builder = new PlanBuilder();
  const plan = builder.seal(build(builder.planner(options.defaults ?? {})));
  const home = { url: steps, resolve: HOME.resolve };
  const named = await namePlan(home, plan);
  return await startTransaction(store, { ...named, home, id: "sample", journal, options, clock, host });
}

/** Resumes a journal in a store. */
export function resumeSample(store: Store, journal: string, options: ResumeOptions = {}): Promise<unknown> {
  return resumeJournal(store, journal, withEventObserver(options));
}

/** All events of a journal. */
export async function eventsOf(store: Store, journal: string): Promise<readonly Event[]> {
  const records: JournalRecord[] = [];
  await store.read(journal, (record) => void records.push(record));
  return records.flatMap((record) => record.events);
}

/** The types of all events of a journal, a record to a line. */
export async function historyOf(store: Store, journal: string): Promise<readonly string[]> {
  const lines: string[] = [];
  await store.read(journal, (record) => {
    lines.push(record.events.map((event) => ("step" in event ? `${event.type} ${event.step}` : event.type)).join(", "));
  });
  return lines;
}

/** The first events of a journal whose plan calls `note` once per given text. */
export function plannedNotes(
  texts: readonly string[],
  options: { readonly interrupted?: "ask" | "retry" } = {},
): Event[] {
  const nodes = texts.map((text, index) => ({
    id: String(index + 1),
    kind: "step" as const,
    module: 0,
    export: "note",
    args: [text],
    ...(options.interrupted === undefined ? {} : { options }),
  }));
  return [
    {
      type: "opened",
      format: 1,
      id: "sample",
      library: "0.1.0",
      home: STEPS_URL,
      modules: [{ url: STEPS_URL }],
      options: {},
    },
    { type: "planned", nodes },
    { type: "ready", nodes: nodes.length },
  ];
}
