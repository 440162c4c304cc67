import type { Event } from "../../lib/journal/event.ts";
import { PlanBuilder } from "../../lib/plan/plan_builder.ts";
import { steps } from "../../lib/plan/steps.ts";
import { namePlan } from "../../lib/run/name_plan.ts";
import { resumeJournal } from "../../lib/run/resume_journal.ts";
import { rollbackJournal } from "../../lib/run/rollback_journal.ts";
import { startTransaction } from "../../lib/run/start_transaction.ts";
import type { DecisionRequest, StepProgress } from "../../lib/run/transaction_options.ts";
import type { State } from "../../lib/state/state.ts";
import { planMachine } from "./machine_plan.ts";
import type { MachineSpec } from "./machine_spec.ts";
import { MachineStore, type Moment } from "./machine_store.ts";
import { type Deed, type MachineWorld, stage } from "./machine_world.ts";
import { watchSessions } from "./watch_sessions.ts";

/** What a process does with the journal. */
export type LifeWork =
  | { readonly kind: "start" }
  | { readonly kind: "resume"; readonly decisions: readonly DecisionRequest[]; readonly now: boolean }
  /** `to`: the step that stays as it is, with all before it. `strict`: nothing else may stay. */
  | { readonly kind: "rollback"; readonly to?: string; readonly now: boolean; readonly strict: boolean };

/** How the work has ended. */
export type LifeEnd =
  | { readonly kind: "returned"; readonly value: unknown }
  | { readonly kind: "threw"; readonly error: unknown };

/** What is left of a process: records and deeds. */
export interface Remains {
  /** The events of the journal's records; none if there is no journal. */
  readonly records: readonly (readonly Event[])[];
  /** What was done to the world. */
  readonly deeds: readonly Deed[];
}

/** An event that the observer was told of. */
export interface Told {
  /** The event, as text. */
  readonly text: string;
  /** So many deeds were done by then. */
  readonly deeds: number;
  /** So many records had been handed over by then. */
  readonly records: number;
}

/** The life of one process. */
export interface Life {
  /** How its work has ended. */
  readonly end: LifeEnd;
  /** The records, with when they came. */
  readonly moments: readonly Moment[];
  /** What was done to the world. */
  readonly deeds: readonly Deed[];
  /** So many records it has found. */
  readonly found: number;
  /** The events that the observer was told of. */
  readonly told: readonly Told[];
  /** What the observer was told that steps have reported. */
  readonly progress: readonly StepProgress[];
  /** Pauses between attempts that it has found are not waited for. */
  readonly isHurried: boolean;
  /** How many records there were when the author gave it up, if that was so. */
  readonly givenUp: number | undefined;
}

/** How a life goes. */
export interface LifeOptions {
  /** The world, in which the remains are deeds already. */
  readonly world: MachineWorld;
  /** The records that it finds. */
  readonly records: Remains["records"];
  /** What it does. */
  readonly work: LifeWork;
  /** Is called with what the run takes for true whenever all of it was acknowledged. */
  readonly onDurable: (state: State, moments: readonly Moment[]) => void;
  /** After so many turns the author gives it up. */
  readonly cancelAfter: number | undefined;
}

/** The journal's name. */
export const JOURNAL = "machine";

const STEPS = import.meta.resolve("./machine_steps.ts");
const NAMED = steps<typeof import("./machine_steps.ts")>(STEPS);
const HOME = { url: STEPS, resolve: import.meta.resolve };
/** Turns without anything to let go: modules are loaded, or a sleep goes on. */
const QUICK_TURNS = 200;
const SLOW_TURNS = 10_000;

/** The run waits for something that never comes. To find that out takes seconds. */
export class NeverEnds extends Error {}

/** What a process works with. */
interface Tools {
  readonly store: MachineStore;
  readonly signal: AbortSignal;
  readonly observer: { readonly event: (event: unknown) => void; readonly progress: (report: StepProgress) => void };
}

/** Lives until the work has ended by itself. Where a crash would have cut it short is a matter of what is left of it. */
export async function live({ world, records, work, onDurable, cancelAfter }: LifeOptions): Promise<Life> {
  const store = new MachineStore(world);
  if (records.length > 0) await store.restore(JOURNAL, records);
  stage.world = world;
  const cancel = new AbortController();
  const told: Told[] = [];
  let givenUp: number | undefined;
  const event = (event: unknown): void => {
    told.push({ text: JSON.stringify(event), deeds: world.deeds.length, records: store.moments.length });
  };
  using _watch = watchSessions((state) => onDurable(state, store.moments));
  const progress: StepProgress[] = [];
  const observer = { event, progress: (report: StepProgress) => void progress.push(report) };
  const end = await settle(begin(work, world.spec, { store, signal: cancel.signal, observer }), (turn) => {
    if (turn === cancelAfter) {
      givenUp = store.moments.length;
      cancel.abort(new Error("The author has given up"));
    }
    return world.letGo();
  });
  const isHurried = work.kind !== "start" && work.now;
  const { moments } = store;
  return { end, moments, deeds: world.deeds, found: records.length, told, progress, isHurried, givenUp };
}

function begin(work: LifeWork, spec: MachineSpec, tools: Tools): Promise<unknown> {
  const { store, signal, observer } = tools;
  switch (work.kind) {
    case "start":
      return start(spec, tools);
    case "resume":
      return resumeJournal(store, JOURNAL, { decisions: work.decisions, now: work.now, keep: true, signal, observer });
    case "rollback":
      return rollbackJournal(store, JOURNAL, {
        observer,
        now: work.now,
        strict: work.strict,
        ...(work.to === undefined ? {} : { to: work.to }),
      });
    default:
      return work satisfies never;
  }
}

async function start(spec: MachineSpec, { store, signal, observer }: Tools): Promise<unknown> {
  const builder = new PlanBuilder();
  const plan = builder.seal(planMachine(builder.planner(spec.defaults), spec.parts, "", NAMED));
  const { names, known } = await namePlan(HOME, plan);
  const options = { keep: true, onFailure: spec.onFailure, signal, observer };
  return await startTransaction(store, { plan, names, known, home: HOME, id: "machine", journal: JOURNAL, options });
}

/** Lets those who have given way go on, turn by turn, until the work has ended. `onTurn` tells whether there were any. */
async function settle(work: Promise<unknown>, onTurn: (turn: number) => boolean): Promise<LifeEnd> {
  let end: LifeEnd | undefined;
  work.then((value) => end = { kind: "returned", value }, (error) => end = { kind: "threw", error });
  let idle = 0;
  for (let turn = 0; end === undefined; turn += 1) {
    await (idle < QUICK_TURNS ? nextTurn() : new Promise((resolve) => setTimeout(resolve, 1)));
    idle = onTurn(turn) ? 0 : idle + 1;
    if (idle > SLOW_TURNS) throw new NeverEnds("The run never ends: nobody is at work, and it waits all the same");
  }
  return end;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
