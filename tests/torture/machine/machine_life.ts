import type { Event } from "../../../lib/journal/event.ts";
import { PlanBuilder } from "../../../lib/plan/plan_builder.ts";
import { steps } from "../../../lib/plan/steps.ts";
import { namePlan } from "../../../lib/run/call/plan_nodes.ts";
import type { StepProgress } from "../../../lib/run/options/observer.ts";
import type { DecisionRequest } from "../../../lib/run/options/transaction_options.ts";
import type { Clock } from "../../../lib/run/session/clock.ts";
import { resumeJournal, rollbackJournal } from "../../../lib/run/start/continue_journal.ts";
import { startTransaction } from "../../../lib/run/start/start_transaction.ts";
import { type Progress, progressOf } from "../../../lib/state/progress.ts";
import type { State } from "../../../lib/state/state.ts";
import { watchLoads } from "../watch_loads.ts";
import { watchRejections } from "../watch_rejections.ts";
import { watchSessions } from "../watch_sessions.ts";
import { planMachine } from "./machine_plan.ts";
import type { MachineSpec } from "./machine_spec.ts";
import { MachineStore, type Moment } from "./machine_store.ts";
import { type Deed, type MachineWorld, stage } from "./machine_world.ts";

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

/** An event that the observer received. */
export interface Told {
  /** The event, as text. */
  readonly text: string;
  /** How many deeds were done by then. */
  readonly deeds: number;
  /** How many records had been appended by then. */
  readonly records: number;
}

/** The life of one process. */
export interface Life {
  /** How its work has ended. */
  readonly end: LifeEnd;
  /** The journal, a record to a line. */
  readonly journal: string;
  /** The records, with when they came. */
  readonly moments: readonly Moment[];
  /** What was done to the world. */
  readonly deeds: readonly Deed[];
  /** How many records it has found. */
  readonly found: number;
  /** The events that the observer was told of. */
  readonly told: readonly Told[];
  /** What the observer was told that steps have reported. */
  readonly progress: readonly StepProgress[];
  /** Pauses between attempts that it has found are not waited for. */
  readonly skipsRetryDelay: boolean;
  /** How many records there were when the author gave it up, if that was so. */
  readonly givenUp: number | undefined;
  /** When it has ended, in milliseconds since 1970. */
  readonly endedAt: number;
}

/** How a life goes. */
export interface LifeOptions {
  /** The world, in which the remains are deeds already. */
  readonly world: MachineWorld;
  /** The records that it finds. */
  readonly records: Remains["records"];
  /** What it does. */
  readonly work: LifeWork;
  /** Is called with what the run takes for true, and what it has shown its observer, whenever all of it was acknowledged. */
  readonly onDurable: (state: State, moments: readonly Moment[], shown: Progress | undefined) => void;
  /** After this number of turns the author cancels it: 0 before anything, 1 as soon as the journal is about to be created. */
  readonly cancelAfter: number | undefined;
}

/** The journal's name. */
export const JOURNAL = "machine";

const STEPS = import.meta.resolve("./machine_steps.ts");
const NAMED = steps<typeof import("./machine_steps.ts")>(STEPS);
const HOME = { url: STEPS, resolve: import.meta.resolve };
/** A run that does nothing for this number of turns in a row never ends. */
const IDLE_TURNS = 100;

/** The run waits for something that never comes. */
export class NeverEnds extends Error {}

/** What a process works with. */
interface Tools {
  readonly store: MachineStore;
  readonly signal: AbortSignal;
  readonly observer: {
    readonly event: (event: unknown, seen: State | (() => Progress)) => void;
    readonly progress: (report: StepProgress) => void;
  };
  readonly clock: Clock;
}

/**
 * Lives until the run has ended by itself, and every call that still runs has ended, if it ever does. A crash is simulated by
 * using only a part of what is left.
 */
export async function live({ world, records, work, onDurable, cancelAfter }: LifeOptions): Promise<Life> {
  const cancel = new AbortController();
  let givenUp: number | undefined;
  const onTurn = (turn: number): void => {
    if (turn !== cancelAfter) return;
    givenUp = store.moments.length;
    cancel.abort(new Error("The author has given up"));
  };
  const store = new MachineStore(world, () => onTurn(1));
  if (records.length > 0) await store.restore(JOURNAL, records);
  stage.world = world;
  const told: Told[] = [];
  let shown: Progress | undefined;
  const event = (event: unknown, seen: State | (() => Progress)): void => {
    if (world.isOver) return;
    shown = typeof seen === "function" ? seen() : progressOf(seen);
    told.push({ text: JSON.stringify(event), deeds: world.deeds.length, records: store.moments.length });
  };
  using _sessions = watchSessions((state) => world.isOver || onDurable(state, store.moments, shown));
  using _loads = watchLoads(world);
  const rejected: unknown[] = [];
  using _rejections = watchRejections((reason) => rejected.push(reason));
  const progress: StepProgress[] = [];
  const observer = { event, progress: (report: StepProgress) => void progress.push(report) };
  await world.gate.enter(store);
  onTurn(0);
  const { clock } = world;
  const end = await settle(
    begin(work, world.spec, { store, signal: cancel.signal, observer, clock }),
    store,
    world,
    onTurn,
  );
  world.end();
  await nextTurn();
  if (rejected.length > 0) throw new Error(`Rejections without a handler: ${rejected.join("; ")}`);
  const skipsRetryDelay = work.kind !== "start" && work.now;
  const { moments } = store;
  const { deeds } = world;
  const journal = await store.text(JOURNAL);
  return {
    end,
    journal,
    moments,
    deeds,
    found: records.length,
    told,
    progress,
    skipsRetryDelay,
    givenUp,
    endedAt: clock.time,
  };
}

function begin(work: LifeWork, spec: MachineSpec, tools: Tools): Promise<unknown> {
  const { store, signal, observer, clock } = tools;
  switch (work.kind) {
    case "start":
      return start(spec, tools);
    case "resume":
      return resumeJournal(store, JOURNAL, {
        decisions: work.decisions,
        now: work.now,
        keep: true,
        signal,
        observer,
        clock,
      });
    case "rollback":
      return rollbackJournal(store, JOURNAL, {
        observer,
        clock,
        now: work.now,
        strict: work.strict,
        ...(work.to === undefined ? {} : { to: work.to }),
      });
    default:
      return work satisfies never;
  }
}

async function start(spec: MachineSpec, { store, signal, observer, clock }: Tools): Promise<unknown> {
  const builder = new PlanBuilder();
  const plan = builder.seal(planMachine(builder.planner(spec.defaults), spec.parts, "", NAMED));
  const named = await namePlan(HOME, plan);
  const options = { keep: true, onFailure: spec.onFailure, signal, observer };
  return await startTransaction(store, {
    ...named,
    home: HOME,
    id: "machine",
    journal: JOURNAL,
    options,
    clock,
  });
}

/** Lets all calls continue, turn by turn, until the run has ended and no call can continue. */
async function settle(
  work: Promise<unknown>,
  store: MachineStore,
  world: MachineWorld,
  onTurn: (turn: number) => void,
): Promise<LifeEnd> {
  const { gate } = world;
  let end: LifeEnd | undefined;
  const settled = work.then<LifeEnd, LifeEnd>(
    (value) => ({ kind: "returned", value }),
    (error) => ({ kind: "threw", error }),
  );
  settled.then((how) => {
    end = how;
    gate.leave(store);
  });
  for (let turn = 2, idle = 0; idle < IDLE_TURNS;) {
    await nextTurn();
    if (gate.isBusy) continue;
    onTurn(turn);
    turn += 1;
    if (world.goOn()) idle = 0;
    else if (end !== undefined) return end;
    else idle += 1;
  }
  throw new NeverEnds("The run never ends: no call runs, and it still waits");
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
