import { readValue, storeValue } from "../../journal/stored_value.ts";
import { undoneOf } from "../../state/progress.ts";
import { leftSteps } from "../../state/rollback.ts";
import { findStep, type State, type Wait } from "../../state/state.ts";
import type { StepState } from "../../state/step_state.ts";
import { walkSteps } from "../../state/walk_steps.ts";
import type { Store } from "../../storage/store.ts";
import type { Encoded } from "../../values/json.ts";
import { formatValue } from "../format/format_value.ts";
import { type DerivedStatuses, deriveStatuses } from "./derive_statuses.ts";
import type { History, ToldSignal } from "./history.ts";
import { inspectStep } from "./inspect_step.ts";
import type { InspectedAbort, InspectedRun, InspectedSignal, Inspection, InspectionStatus } from "./inspection.ts";
import { nextCommands } from "./next_commands.ts";
import { type ReadState, readState } from "./read_state.ts";

/** What is said of a state, and how. */
interface InspectStateOptions {
  /** Chooses the steps to say something of, in the order of the plan. */
  readonly choose: (known: { readonly state: State; readonly statuses: DerivedStatuses }) => Iterable<StepState>;
  /** Takes out of a value what is not to be shown. */
  readonly redact: (encoded: Encoded) => Encoded;
}

/** Says as plain data what is true of a transaction. */
export function inspectState(source: ReadState, options: InspectStateOptions): Inspection {
  const { state, story, read } = source;
  const { choose, redact } = options;
  const statuses = deriveStatuses(state, read.isHeld);
  const known = { state, story, statuses, redact, cut: source.cut };
  const steps = Array.from(choose(known), (step) => inspectStep(known, step));
  const status = statusOf(state, read.isHeld);
  const aborted = status === "aborted" ? abortOf(state) : undefined;
  const inspection: Omit<Inspection, "next"> = {
    journal: read.journal,
    id: state.id,
    library: state.library,
    format: source.format,
    home: state.home,
    status,
    isHeld: read.isHeld,
    isPlanned: state.isReady,
    options: state.options,
    openedAt: state.openedAt,
    ...timesOf(state),
    runs: state.runs.map((run) => inspectRun(run, story)),
    modules: state.modules,
    steps,
    counts: statuses.counts,
    waits: status === "waiting" ? state.waits.map(withoutType) : [],
    ...(aborted === undefined ? {} : { aborted }),
    ...cancelledOf(source),
    ...rollbackOf(state),
    decisions: story.decisions,
    signals: story.untaken(state).map((told) => inspectSignal(told, redact)),
    tornBytes: read.tornBytes ?? 0,
    ...(read.unknown === undefined ? {} : { unknown: read.unknown }),
  };
  return { ...inspection, next: nextCommands(state, read) };
}

/** Whatever it waited for, a run that died beside that has been interrupted. One that a step outlasted has ended. */
function statusOf({ status, running }: State, isHeld: boolean): InspectionStatus {
  const isRunning = status === "started" || (status === "waiting" && running.size > 0);
  if (!isRunning) return status;
  if (isHeld) return "started";
  const isOutlasted = status === "waiting" && [...running].every(({ marks }) => marks?.isOverdue === true);
  return isOutlasted ? "waiting" : "interrupted";
}

function timesOf({ startedAt, lastAt }: State): Pick<Inspection, "startedAt" | "ms" | "lastAt"> {
  if (startedAt === undefined) return { lastAt };
  return { startedAt, ms: Math.max(0, Date.parse(lastAt) - Date.parse(startedAt)), lastAt };
}

function abortOf(state: State): InspectedAbort | undefined {
  if (state.aborted === undefined) return undefined;
  const { step, error } = state.aborted;
  const thrown = error ?? findStep(state, step)?.failures?.at(-1)?.error;
  return thrown === undefined ? { step } : { step, error: thrown };
}

function inspectRun(run: State["runs"][number], { moduleChanges }: History): InspectedRun {
  const { run: number, at, library, pid, host, recovered } = run;
  const modules = moduleChanges.get(number);
  return {
    number,
    at,
    library,
    ...(pid === undefined ? {} : { pid }),
    ...(host === undefined ? {} : { host }),
    ...(recovered === undefined ? {} : { recovered }),
    ...(modules === undefined ? {} : { modules }),
  };
}

/** The state keeps whole events; only what they say is of interest. */
function withoutType(waiting: Wait): Wait {
  const { step, for: reason, until, signal } = waiting;
  return {
    step,
    for: reason,
    ...(until === undefined ? {} : { until }),
    ...(signal === undefined ? {} : { signal }),
  };
}

function cancelledOf({ state, story }: ReadState): Pick<Inspection, "cancelled"> {
  if (state.cancelled === undefined) return {};
  const { by, why } = state.cancelled;
  return {
    cancelled: {
      at: story.cancelledAt ?? state.lastAt,
      ...(by === undefined ? {} : { by }),
      ...(why === undefined ? {} : { why }),
    },
  };
}

function rollbackOf(state: State): Pick<Inspection, "rollback"> {
  if (state.rollback === undefined) return {};
  const { to, queue } = state.rollback;
  const { done, all, kept } = undoneOf(queue);
  return {
    rollback: {
      ...(to === undefined ? {} : { to }),
      done: done - kept.length,
      left: all - done,
      staying: [...leftSteps(state, to), ...kept],
    },
  };
}

function inspectSignal({ at, event }: ToldSignal, redact: (encoded: Encoded) => Encoded): InspectedSignal {
  const { signal, by } = event;
  const shown = redact(readValue(event));
  return {
    signal,
    at,
    ...(by === undefined ? {} : { by }),
    ...storeValue(shown),
    valueText: formatValue(shown),
  };
}

/**
 * Reads a journal and says all that is in it. Takes no lock, writes nothing and imports no user code; the transaction may
 * be running. What a newer version wrote is left out and named.
 *
 * @throws {JournalNotFound} {@linkcode JournalRefused} There is none, or it may not be read.
 * @throws {JournalDamaged} It cannot be read.
 * @throws {JournalTooNew} Its format as a whole is a newer one.
 */
export async function inspectJournal(store: Store, journal: string): Promise<Inspection> {
  return inspectState(await readState(store, journal), {
    // A program has use for what is secret; whoever shows it to people conceals it.
    redact: (encoded) => encoded,
    choose: ({ state }) => walkSteps(state.root),
  });
}
