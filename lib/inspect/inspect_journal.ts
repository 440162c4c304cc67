import { JournalDamaged } from "../errors/opening_errors.ts";
import { emptyState, type State } from "../state/state.ts";
import type { ReadJournal, Store } from "../storage/store.ts";
import { foldLeniently } from "./fold_leniently.ts";
import { inspectStep } from "./inspect_step.ts";
import type { InspectedAbort, InspectedRun, InspectedStep, Inspection, InspectionStatus } from "./inspection.ts";
import { nextCommands } from "./next_commands.ts";

/**
 * Reads a journal and says what is in it. Takes no lock, writes nothing and imports no user code; the transaction may be
 * running. What a newer version wrote is left out and named.
 *
 * @throws {JournalNotFound} {@linkcode JournalRefused} There is none, or it may not be read.
 * @throws {JournalDamaged} It cannot be read.
 * @throws {JournalTooNew} Its format as a whole is a newer one.
 */
export async function inspectJournal(store: Store, journal: string): Promise<Inspection> {
  const state = emptyState({ keepsValues: true });
  const { apply, met } = foldLeniently(state);
  const read = await store.read(journal, apply);
  const unknown = read.unknown ?? met.unknown;
  const [contradiction] = met.contradictions;
  if (contradiction !== undefined && unknown === undefined) {
    throw new JournalDamaged(journal, contradiction.line, contradiction.reason);
  }
  return assemble(state, { ...read, ...(unknown === undefined ? {} : { unknown }) }, met.format);
}

function assemble(state: State, read: ReadJournal, format: number): Inspection {
  const steps = state.steps.map((step) => inspectStep(state, step, read.isHeld));
  const status = statusOf(state, read.isHeld);
  const { startedAt, waiting, cancelled } = state;
  const aborted = status === "aborted" ? abortOf(state) : undefined;
  const inspection: Omit<Inspection, "next"> = {
    journal: read.journal,
    id: state.id,
    library: state.library,
    format,
    home: state.home,
    status,
    isHeld: read.isHeld,
    isPlanned: state.isReady,
    options: state.options,
    openedAt: state.openedAt,
    ...(startedAt === undefined
      ? {}
      : { startedAt, ms: Math.max(0, Date.parse(state.lastAt) - Date.parse(startedAt)) }),
    lastAt: state.lastAt,
    runs: state.runs.map(inspectRun),
    modules: state.modules,
    steps,
    counts: countStatuses(steps),
    ...(status !== "waiting" || waiting === undefined ? {} : { waiting: withoutType(waiting) }),
    ...(aborted === undefined ? {} : { aborted }),
    ...(cancelled === undefined ? {} : { cancelled: reasonOf(cancelled) }),
    tornBytes: read.tornBytes,
    ...(read.unknown === undefined ? {} : { unknown: read.unknown }),
  };
  return { ...inspection, next: nextCommands(inspection) };
}

function statusOf(state: State, isHeld: boolean): InspectionStatus {
  return state.status === "started" && !isHeld ? "interrupted" : state.status;
}

function abortOf(state: State): InspectedAbort | undefined {
  if (state.aborted === undefined) return undefined;
  const { step, error } = state.aborted;
  const thrown = error ?? state.steps[state.positions.get(step) ?? -1]?.failures?.at(-1)?.error;
  return thrown === undefined ? { step } : { step, error: thrown };
}

function inspectRun(run: State["runs"][number]): InspectedRun {
  const { run: number, at, library, pid, host, recovered } = run;
  return {
    number,
    at,
    library,
    ...(pid === undefined ? {} : { pid }),
    ...(host === undefined ? {} : { host }),
    ...(recovered === undefined ? {} : { recovered }),
  };
}

function countStatuses(steps: readonly InspectedStep[]): Inspection["counts"] {
  const counts: { -readonly [K in keyof Inspection["counts"]]: Inspection["counts"][K] } = {};
  for (const { status } of steps) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** The state keeps whole events; only what they say is of interest. */
function withoutType(waiting: NonNullable<State["waiting"]>): NonNullable<Inspection["waiting"]> {
  const { step, for: reason, until, signal } = waiting;
  return {
    step,
    for: reason,
    ...(until === undefined ? {} : { until }),
    ...(signal === undefined ? {} : { signal }),
  };
}

function reasonOf(cancelled: NonNullable<State["cancelled"]>): NonNullable<Inspection["cancelled"]> {
  const { by, why } = cancelled;
  return { ...(by === undefined ? {} : { by }), ...(why === undefined ? {} : { why }) };
}
