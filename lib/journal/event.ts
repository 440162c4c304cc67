import { ATTEMPT, COUNT, INSTANT, MILLISECONDS, NAME, PLAN_NODES, STEP_ID } from "../plan/node.ts";
import type { Json } from "../values/json.ts";
import {
  boolean,
  type Fault,
  json,
  list,
  number,
  object,
  type ObjectOf,
  objectOf,
  onlyTrue,
  type Shape,
  type ShapeOf,
  text,
  variants,
  wholeNumber,
  word,
} from "../values/shape.ts";
import type { Dropped, ModuleEntry, Recovered, StoredError, StoredOptions } from "./stored.ts";

/** The format that this version writes, and the newest that it reads. */
export const FORMAT = 1;

const MAX_ERROR_DEPTH = 8;

const sentence = text(1_000_000);
const byteCount = number(0, 2 ** 53);
const url = text(8192, /^[a-z][a-z0-9+.-]*:/i);
const sha256 = text(64, /^[0-9a-f]{64}$/);
const args: Shape<Json> = list(json);
const modules = list(objectOf<ModuleEntry>({ url, "sha256?": sha256 }));
/** A module that is elsewhere, or has changed, since the plan was made: what is new about it. */
const moduleChange = object({ module: COUNT, "url?": url, "sha256?": sha256 });
const storedError = errorOfDepth(MAX_ERROR_DEPTH);

/** A value as `stored_value.ts` describes it. */
export const STORED_VALUE: Readonly<Record<"value?" | "valueMeta?", Shape<Json>>> = {
  "value?": json,
  "valueMeta?": json,
};
/** Who runs a transaction: enough to find the process. Each member is left out when its permission is not granted. */
const runner = { "pid?": wholeNumber(0, 2 ** 32), "host?": NAME, "trace?": NAME };
/** The request of another process that an event answers. Its id is a UUID, but nothing depends on that. */
const answered = { "id?": NAME };
/** Who decided, a user's name or `probe`, and why. */
export const REASON: Readonly<Record<"by?" | "why?", Shape<string>>> = { "by?": NAME, "why?": sentence };
/** Of the priorities that a transaction in a queue may have. */
export const LOWEST_PRIORITY = -32_768;
export const HIGHEST_PRIORITY = 32_767;
/** What its author has recorded for any process to run, and in which order. Only a transaction with a queue is one. */
const queued = { "queue?": NAME, "priority?": wholeNumber(LOWEST_PRIORITY, HIGHEST_PRIORITY), "dueAt?": INSTANT };
/** How often workers may try a transaction again. */
export const MAX_RETRIES = 1000;
const step = { step: STEP_ID };
/** An attempt that ended, and how long it took. */
const ended = { ...step, attempt: ATTEMPT, ms: MILLISECONDS };
/** An attempt that begins: written before the function is called. */
const begun = { ...step, attempt: ATTEMPT, run: ATTEMPT };

/** What an administrator, or a probe, decided. */
const decided = variants("decision", {
  /** Run it (again). */
  retry: step,
  /** Leave it out. */
  skip: step,
  /** Take it out of the plan. */
  remove: step,
  /** Run again from it on. */
  rewind: step,
  /** Undo the last decision about it. */
  undecide: step,
  /** It counts as finished, with this value. `given` tells a given `undefined` from no value. */
  done: { ...step, ...STORED_VALUE, "given?": onlyTrue },
  /** It gets other arguments. */
  edit: { ...step, args, "argsMeta?": json },
  /** These nodes are planned after a node; before all others if none is named. The modules are added to the table. */
  insert: { "after?": STEP_ID, nodes: PLAN_NODES, "modules?": modules },
  /** Undo what has happened, in reverse order, back to the step that stays; everything if none is named. */
  rollback: { "to?": STEP_ID },
}, { type: word("decided"), ...REASON });

/** The file format: a golden journal holds each of these shapes, and one changes only by a new format number. */
const EVENT = variants("type", {
  /** The journal was created. Always the first event. */
  opened: {
    format: ATTEMPT,
    id: NAME,
    library: NAME,
    home: url,
    modules,
    options: objectOf<StoredOptions>({
      "keep?": boolean,
      "onFailure?": word("stop", "rollback"),
      "retryFailed?": wholeNumber(1, MAX_RETRIES),
    }),
    /** The author's name for the transaction in its store. */
    "name?": NAME,
    ...queued,
    ...runner,
  },
  /** A part of the plan, in order. Large plans take several. */
  planned: { nodes: PLAN_NODES },
  /** The plan is complete and has this number of nodes. Without this event, nothing ever ran. The value may have refs in it. */
  ready: { nodes: COUNT, ...STORED_VALUE },
  /** An attempt begins. Runs are counted from 1, one for each resume. */
  started: begun,
  /** An attempt ended well. The step never runs again. */
  finished: {
    ...ended,
    ...STORED_VALUE,
    /** In place of a value that could not be stored. */
    "dropped?": objectOf<Dropped>({ reason: sentence, "bytes?": byteCount }),
    /** The step returned a plan. The number of `expanded` events that hold it; the value may have refs to its nodes. */
    "expands?": COUNT,
  },
  /** An attempt ended with an error; with `undo`, an attempt to undo the step. */
  failed: { ...ended, error: storedError, "undo?": onlyTrue, "rollback?": onlyTrue },
  /** Another attempt will be made, not before this time. */
  retrying: { ...step, attempt: ATTEMPT, until: INSTANT },
  /** A part of the plan that a step returned. Void unless the step's `finished` counts it. */
  expanded: { ...step, nodes: PLAN_NODES, "modules?": modules },
  /** The transaction cannot continue by itself. */
  waiting: { ...step, for: word("signal", "time", "decision"), "until?": INSTANT, "signal?": NAME },
  /** A signal arrived. It is kept until a wait takes it. */
  signalled: { signal: NAME, ...STORED_VALUE, "by?": NAME, ...answered },
  decided,
  /** A process continues the journal. Every step that was started before and has no end is `unknown` from here on. */
  resumed: {
    run: ATTEMPT,
    library: NAME,
    "modules?": list(moduleChange),
    "recovered?": objectOf<Recovered>({ cutBytes: byteCount, "savedAs?": text(255) }),
    /** A worker tries again what has failed: the number of this try, since a person has helped. */
    "retry?": ATTEMPT,
    /** Only a part of the plan is to run. */
    "part?": onlyTrue,
    ...runner,
  },
  /** The run has ended because of this step: it failed and is not retried, or could not be started, with this error. */
  aborted: { ...step, "error?": storedError },
  /** Nothing further will run. */
  cancelled: { ...REASON, ...answered },
  /** A request: the run ends before the next step, and a resume continues. */
  stopped: { ...REASON, ...answered },
  /** A request that could not be met any more, and why. */
  refused: { id: NAME, request: word("signal", "cancel", "stop"), "signal?": NAME, "by?": NAME, reason: sentence },
  /** The file that had the transaction is gone: the database runs it again, from what it had when it was exported. */
  reclaimed: { "file?": text(8192), ...REASON },
  /** The step's undo function begins. */
  undoing: begun,
  /** The step was undone; without a step, the rollback as a whole is complete. */
  undone: { "step?": STEP_ID, "attempt?": ATTEMPT, "ms?": MILLISECONDS },
  /** All steps are finished or skipped. */
  ended: {},
});

export type Event = ShapeOf<typeof EVENT>;
export type EventType = Event["type"];
export type EventOf<T extends EventType> = Extract<Event, { readonly type: T }>;
export type Decided = EventOf<"decided">;
export type DecidedAs<D extends Decided["decision"]> = Extract<Decided, { readonly decision: D }>;
export type Reason = ObjectOf<typeof REASON>;
export type Runner = ObjectOf<typeof runner>;
export type ModuleChange = ShapeOf<typeof moduleChange>;

function errorOfDepth(depth: number): Shape<StoredError> {
  const members = { name: NAME, message: sentence, "stack?": sentence, "code?": NAME };
  return depth === 0 ? object(members) : objectOf<StoredError>({ ...members, "cause?": errorOfDepth(depth - 1) });
}

/** Checks that a parsed JSON value is an event of this format, with no member too few or too many. */
export function parseEvent(value: unknown): { readonly event: Event } | { readonly fault: Fault } {
  const fault = EVENT(value);
  // The one cast in the reader: the type follows from the shape.
  return fault === undefined ? { event: value as Event } : { fault };
}

/** Refuses events that a reader would refuse: a journal that holds one can never be continued. */
export function checkEvents(events: readonly Event[]): void {
  if (events.length === 0) throw new TypeError("Cannot write a record without events");
  for (const event of events) {
    const fault = EVENT(event);
    if (fault === undefined) continue;
    const { path, reason } = fault;
    throw new TypeError(`Cannot write an event of type ${JSON.stringify(event.type)}: event${path} ${reason}`);
  }
}

/** The same outcome of a step, where there is no room for its value. */
export function withoutValue(event: Event): Event {
  if (event.type !== "finished" || event.value === undefined) return event;
  const { value: _value, valueMeta: _meta, ...rest } = event;
  return { ...rest, dropped: { reason: "there was no room for it in the journal" } };
}
