import type { NextCommand } from "../../errors/journal_error.ts";
import { withoutUndefined } from "../../values/json.ts";
import { readValue, storeValue } from "../../journal/stored_value.ts";
import { seenStatus, undoneOf } from "../../state/progress.ts";
import { exportedCommands, nextCommands } from "../../messages/next_commands.ts";
import { retryOf } from "../../messages/summarize_state.ts";
import { leftSteps } from "../../state/rollback.ts";
import { findStep, openAbort, type State, type Wait } from "../../state/state.ts";
import type { StepState } from "../../state/step_state.ts";
import { walkSteps } from "../../state/walk_steps.ts";
import type { Store } from "../../storage/store.ts";
import { formatValue } from "../format/format_value.ts";
import { type Redact, redactNothing } from "../redact/redact_secrets.ts";
import { type ReadState, readState, type ToldSignal } from "./read_state.ts";
import { inspectRequests } from "./inspect_requests.ts";
import { type Inspectable, inspectStep, toInspectable } from "./inspect_step.ts";
import type { InspectedAbort, InspectedSignal, Inspection } from "./inspection.ts";

/** Describes a transaction, and some of its steps, as plain data. */
export function inspectState(source: Inspectable, steps: Iterable<StepState>): Inspection {
  const { state, story, read, redact } = source;
  const status = seenStatus(state, read.isHeld);
  const { startedAt, lastAt, ranAt } = state;
  return withoutUndefined<Inspection>({
    journal: read.journal,
    id: state.id,
    library: state.library,
    format: source.format,
    home: state.home,
    status,
    isHeld: read.isHeld,
    isPlanned: state.isReady,
    options: state.options,
    name: state.name,
    queued: state.queued,
    openedAt: state.openedAt,
    startedAt,
    ms: startedAt === undefined ? undefined : msBetween(startedAt, ranAt),
    lastAt,
    runs: state.runs.map(({ run: number, at, library, pid, host, recovered, retry }) =>
      withoutUndefined({ number, at, library, pid, host, recovered, retry, modules: story.moduleChanges.get(number) })
    ),
    modules: state.modules,
    steps: Array.from(steps, (step) => inspectStep(source, step)),
    counts: source.statuses.counts,
    waits: status === "waiting" ? Array.from(state.waits.values(), inspectWait) : [],
    aborted: status === "aborted" ? abortOf(state) : undefined,
    retry: status === "aborted" ? retryOf(state) : undefined,
    cancelled: cancelledOf(source),
    rollback: rollbackOf(state),
    decisions: story.decisions,
    signals: Array.from(story.untaken, (told) => inspectSignal(told, redact)),
    requests: inspectRequests(source),
    tornBytes: read.tornBytes ?? 0,
    unknown: read.unknown,
    exported: read.exported && withoutUndefined({ ...read.exported }),
    next: nextOf(source),
  });
}

/** What to type next: for the whole transaction, or because of a node. */
export function nextOf({ state, read }: ReadState, about?: string): readonly NextCommand[] {
  const { journal, isHeld, isAtRest, unknown, exported } = read;
  if (exported !== undefined) return isHeld || about !== undefined ? [] : exportedCommands(journal, exported);
  return isHeld || unknown !== undefined || !state.isReady ? [] : nextCommands(state, journal, { isAtRest, about });
}

/** Nothing if the clock was set back between two times, or shows a day that no calendar has. */
function msBetween(start: string, end: string): number | undefined {
  const ms = Date.parse(end) - Date.parse(start);
  return ms >= 0 ? ms : undefined;
}

function abortOf(state: State): InspectedAbort | undefined {
  const aborted = openAbort(state);
  if (aborted === undefined) return undefined;
  const { step, error } = aborted;
  return withoutUndefined({ step, error: error ?? findStep(state, step)?.failures?.at(-1)?.error });
}

/** The state keeps whole events. */
function inspectWait({ step, for: reason, until, signal }: Wait): Inspection["waits"][number] {
  return withoutUndefined({ step, for: reason, until, signal });
}

function cancelledOf({ state, story }: ReadState): Inspection["cancelled"] {
  if (state.cancelled === undefined) return undefined;
  const { by, why } = state.cancelled;
  return withoutUndefined({ at: story.cancelledAt ?? state.lastAt, by, why });
}

function rollbackOf(state: State): Inspection["rollback"] {
  if (state.rollback === undefined) return undefined;
  const { to, queue } = state.rollback;
  const { done, all, kept } = undoneOf(queue);
  return withoutUndefined({
    to,
    done: done - kept.length,
    left: all - done,
    staying: [...leftSteps(state, to), ...kept],
  });
}

function inspectSignal({ at, event }: ToldSignal, redact: Redact): InspectedSignal {
  const { signal, by } = event;
  const shown = redact(readValue(event));
  return withoutUndefined({ signal, at, by, ...storeValue(shown), valueText: formatValue(shown) });
}

/** Describes a transaction with all its steps, and hides nothing. */
export function inspectAll(read: ReadState): Inspection {
  const inspection = inspectState(toInspectable(read, redactNothing), walkSteps(read.state.root));
  return { ...inspection, steps: inspection.steps.map((step) => withoutUndefined(step)) };
}

/** Reads a journal and describes it. What a newer version wrote is left out and named. */
export async function inspectJournal(store: Store, journal: string): Promise<Inspection> {
  return inspectAll(await readState(store, journal));
}
