import type { Event } from "./event.ts";
import {
  boolean,
  type Fault,
  json,
  list,
  type Members,
  number,
  object,
  objectOr,
  onlyTrue,
  type ShapeCheck,
  text,
  variants,
  wholeNumber,
  word,
} from "./shape.ts";

/** The most nodes a plan may have, records a journal may have, attempts a step may have. */
export const MAX_COUNT = 10_000_000;

const MAX_TEXT = 1_000_000;
const MAX_MS = 1e15;
const MAX_ERROR_DEPTH = 8;

const stepId = text(200, /^[1-9][0-9]{0,7}(\.[1-9][0-9]{0,7})*$/);
const name = text(200);
const fileName = text(255);
const sentence = text(MAX_TEXT);
const count = wholeNumber(0, MAX_COUNT);
const attempt = wholeNumber(1, MAX_COUNT);
const milliseconds = number(0, MAX_MS);
const instant = text(24, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const url = text(8192, /^[a-z][a-z0-9+.-]*:/i);
const sha256 = text(64, /^[0-9a-f]{64}$/);

const storedValue = { "value?": json, "valueMeta?": json } satisfies Members;
const runner = { "pid?": wholeNumber(0, 2 ** 32), "host?": name, "trace?": name } satisfies Members;
const reason = { "by?": name, "why?": sentence } satisfies Members;

const code = object({ module: count, export: name });
const moduleEntry = object({ url, "sha256?": sha256 });
const moduleEntries = list(moduleEntry);
const storedError = errorOfDepth(MAX_ERROR_DEPTH);

const retry = object({
  "maxAttempts?": attempt,
  "delayMs?": milliseconds,
  "factor?": number(0, 1e6),
  "maxDelayMs?": milliseconds,
  "jitter?": number(0, 1),
  "nonRetryable?": list(name),
});
const nodeOptions = object({
  "retry?": retry,
  "timeoutMs?": milliseconds,
  "interrupted?": objectOr(code, word("ask", "retry")),
  "undo?": code,
});
const node = { id: stepId, "name?": name, kind: json } satisfies Members;
const nodes = list(
  variants("kind", {
    step: object({
      ...node,
      module: count,
      export: name,
      "args?": list(json),
      "argsMeta?": json,
      "options?": nodeOptions,
    }),
    sleep: object({ ...node, "ms?": milliseconds, "until?": instant }),
    wait: object({ ...node, signal: name }),
    parallel: object({ ...node, "limit?": attempt }),
    sequence: object({ ...node, "limit?": attempt }),
  }),
);

const decidedPlain = decided({ step: stepId });
const checkEvent: ShapeCheck = variants("type", {
  opened: event({
    format: attempt,
    id: name,
    library: name,
    home: url,
    modules: moduleEntries,
    options: object({ "keep?": boolean, "onFailure?": word("stop", "rollback") }),
    ...runner,
  }),
  planned: event({ nodes }),
  ready: event({ nodes: count, ...storedValue }),
  started: event({ step: stepId, attempt, run: attempt }),
  finished: event({
    step: stepId,
    attempt,
    ms: milliseconds,
    ...storedValue,
    "dropped?": object({ reason: sentence, "bytes?": number(0, 2 ** 53) }),
    "expands?": count,
  }),
  failed: event({ step: stepId, attempt, ms: milliseconds, error: storedError, "undo?": onlyTrue }),
  retrying: event({ step: stepId, attempt, until: instant }),
  expanded: event({ step: stepId, nodes, "modules?": moduleEntries }),
  waiting: event({ step: stepId, for: word("signal", "time", "decision"), "until?": instant, "signal?": name }),
  signalled: event({ signal: name, ...storedValue, "by?": name }),
  decided: variants("decision", {
    retry: decidedPlain,
    skip: decidedPlain,
    remove: decidedPlain,
    rewind: decidedPlain,
    undecide: decidedPlain,
    done: decided({ step: stepId, ...storedValue, "given?": onlyTrue }),
    edit: decided({ step: stepId, args: list(json), "argsMeta?": json }),
    insert: decided({ "after?": stepId, nodes, "modules?": moduleEntries }),
    rollback: decided({ "to?": stepId }),
  }),
  resumed: event({
    run: attempt,
    library: name,
    "modules?": list(object({ module: count, "url?": url, "sha256?": sha256 })),
    "recovered?": object({ cutBytes: number(0, 2 ** 53), "savedAs?": fileName }),
    ...runner,
  }),
  aborted: event({ step: stepId, "error?": storedError }),
  cancelled: event({ ...reason }),
  undoing: event({ step: stepId, attempt, run: attempt }),
  undone: event({ "step?": stepId, "attempt?": attempt, "ms?": milliseconds }),
  ended: event({}),
});

/** A checked event, or why it is none. */
type ParsedEvent = { readonly event: Event } | { readonly fault: Fault };

/** Checks that a parsed JSON value is an event of this format, with no member too few or too many. */
export function parseEvent(value: unknown): ParsedEvent {
  const fault = checkEvent(value);
  // The one cast in the reader: the table above follows the union in event.ts member by member.
  return fault === undefined ? { event: value as Event } : { fault };
}

function event(members: Members): ShapeCheck {
  return object({ type: json, ...members });
}

function decided(members: Members): ShapeCheck {
  return event({ decision: json, ...members, ...reason });
}

function errorOfDepth(depth: number): ShapeCheck {
  const members: Members = { name, message: sentence, "stack?": sentence, "code?": name };
  return depth === 0 ? object(members) : object({ ...members, "cause?": errorOfDepth(depth - 1) });
}

/**
 * Refuses events that a reader would refuse: once they are in a journal, nobody can go on with it.
 *
 * @throws {TypeError} An event is not of its form, or there is none.
 */
export function checkEvents(events: readonly Event[]): void {
  if (events.length === 0) throw new TypeError("Cannot write a record without events");
  for (const event of events) {
    const parsed = parseEvent(event);
    if ("event" in parsed) continue;
    const { path, reason } = parsed.fault;
    throw new TypeError(`Cannot write an event of type ${JSON.stringify(event.type)}: event${path} ${reason}`);
  }
}
