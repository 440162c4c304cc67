import type { Decided, Event, EventType } from "../../lib/journal/event.ts";
import type { StoredError } from "../../lib/journal/stored.ts";
import type { PlanNode } from "../../lib/plan/node.ts";
import type { Json } from "../../lib/values/json.ts";

/** A type whose optional members are all there: a new member doesn't compile before it has a value below. */
type Complete<T> = [Json] extends [T] ? T
  : T extends StoredError ? Required<StoredError>
  : T extends readonly PlanNode[] ? T
  : T extends readonly (infer E)[] ? readonly Complete<E>[]
  : T extends object ? { readonly [K in keyof T]-?: Complete<Exclude<T[K], undefined>> }
  : T;

type DecidedBy<D> = Decided extends infer U
  ? U extends { readonly decision: infer W } ? D extends W ? Complete<U> & { readonly decision: D } : never : never
  : never;

type NodeOf<K> = PlanNode extends infer U
  ? U extends { readonly kind: infer W } ? K extends W ? Complete<U> & { readonly kind: K } : never : never
  : never;

const SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const UNTIL = "2026-12-24T18:00:00.000Z";
const RUNNER = { pid: 4711, host: "build-7", trace: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };
const MODULES = [{ url: "file:///srv/mail.ts", sha256: SHA256 }];
const REASON = { by: "ana", why: "seen in the \u202elog" };
const VALUE = { value: { list: [1, -2.5, null, true, "ä\u0007"], date: UNTIL }, valueMeta: { "date": "Date" } };
const ERROR = { name: "Error", message: "no route", stack: "at send (file:///srv/mail.ts:3:1)", code: "EHOSTUNREACH" };
const FAILURE = { ...ERROR, cause: { ...ERROR, cause: { name: "string", message: "socket" } } };

const NODES: { readonly [K in PlanNode["kind"]]: NodeOf<K> } = {
  step: {
    kind: "step",
    id: "1",
    name: "mail",
    module: 0,
    export: "send",
    args: ["ana@example.org", { attempts: 3 }],
    argsMeta: { "1.attempts": "bigint" },
    options: {
      retry: { maxAttempts: 5, delayMs: 100, factor: 2, maxDelayMs: 10_000, jitter: 0.5, nonRetryable: ["TypeError"] },
      timeoutMs: 30_000,
      database: true,
      interrupted: { module: 0, export: "wasSent" },
      undo: { module: 0, export: "recall" },
    },
  },
  sleep: { kind: "sleep", id: "2", name: "pause", ms: 1500.5, until: UNTIL },
  wait: { kind: "wait", id: "3", name: "ask", signal: "approval" },
  parallel: { kind: "parallel", id: "4", name: "both", limit: 2 },
  sequence: { kind: "sequence", id: "4.1", name: "first", limit: 1 },
};
const EVERY_NODE: readonly PlanNode[] = Object.values(NODES);
const SHORT_NODES: readonly PlanNode[] = [
  { kind: "step", id: "5", module: 0, export: "send", options: { interrupted: "ask" } },
  { kind: "step", id: "6", module: 0, export: "default", options: { interrupted: "retry" } },
];

const DECISIONS: { readonly [D in Decided["decision"]]: DecidedBy<D> } = {
  retry: { type: "decided", decision: "retry", step: "1", ...REASON },
  skip: { type: "decided", decision: "skip", step: "1", ...REASON },
  remove: { type: "decided", decision: "remove", step: "1", ...REASON },
  rewind: { type: "decided", decision: "rewind", step: "1", ...REASON },
  undecide: { type: "decided", decision: "undecide", step: "1", ...REASON },
  done: { type: "decided", decision: "done", step: "1", given: true, ...VALUE, ...REASON },
  edit: { type: "decided", decision: "edit", step: "1", args: [1], argsMeta: { "0": "bigint" }, ...REASON },
  insert: { type: "decided", decision: "insert", after: "1", nodes: SHORT_NODES, modules: MODULES, ...REASON },
  rollback: { type: "decided", decision: "rollback", to: "1", ...REASON },
};

/** One event of each type but `decided`, with all members that it may have. */
const EVENTS: { readonly [T in Exclude<EventType, "decided">]: Complete<Extract<Event, { readonly type: T }>> } = {
  opened: {
    type: "opened",
    format: 1,
    id: "3f9a2c1d",
    library: "0.1.0",
    home: "file:///srv/example.ts",
    modules: MODULES,
    options: { keep: true, onFailure: "rollback", retryFailed: 3 },
    name: "invoice 4711",
    queue: "invoices",
    priority: -5,
    dueAt: UNTIL,
    ...RUNNER,
  },
  planned: { type: "planned", nodes: EVERY_NODE },
  ready: { type: "ready", nodes: 5, ...VALUE },
  started: { type: "started", step: "1", attempt: 1, run: 1 },
  finished: {
    type: "finished",
    step: "4.1",
    attempt: 2,
    ms: 0.903,
    ...VALUE,
    dropped: { reason: "too large", bytes: 9_000_000 },
    expands: 1,
  },
  failed: { type: "failed", step: "1", attempt: 1, ms: 12, error: FAILURE, undo: true, rollback: true },
  retrying: { type: "retrying", step: "1", attempt: 2, until: UNTIL },
  expanded: { type: "expanded", step: "4.1", nodes: EVERY_NODE, modules: MODULES },
  waiting: { type: "waiting", step: "3", for: "signal", until: UNTIL, signal: "approval" },
  signalled: { type: "signalled", signal: "approval", by: "ana", id: "9b2e", ...VALUE },
  resumed: {
    type: "resumed",
    run: 2,
    library: "0.1.0",
    modules: [{ module: 0, url: "file:///opt/mail.ts", sha256: SHA256 }],
    recovered: { cutBytes: 512, savedAs: "example.json.torn-1" },
    retry: 1,
    part: true,
    ...RUNNER,
  },
  aborted: { type: "aborted", step: "1", error: FAILURE },
  cancelled: { type: "cancelled", id: "9b2f", ...REASON },
  stopped: { type: "stopped", id: "9b30", ...REASON },
  reclaimed: { type: "reclaimed", file: "/srv/ana.json", ...REASON },
  refused: { type: "refused", id: "9b31", request: "signal", signal: "approval", by: "ana", reason: "it is finished" },
  undoing: { type: "undoing", step: "1", attempt: 1, run: 2 },
  undone: { type: "undone", step: "1", attempt: 1, ms: 3 },
  ended: { type: "ended" },
};

/** Every type of event and every decision, each with all of its members; and some with few. */
export const EVERY_EVENT: readonly Event[] = [
  ...Object.values(EVENTS),
  ...Object.values(DECISIONS),
  { type: "opened", format: 1, id: "1", library: "0.1.0", home: "https://x/y.ts", modules: [], options: {} },
  {
    type: "opened",
    format: 1,
    id: "1",
    library: "1",
    home: "jsr:@x/y@1.2.3",
    modules: [],
    options: { onFailure: "stop" },
  },
  { type: "ready", nodes: 0 },
  { type: "waiting", step: "2", for: "time" },
  { type: "waiting", step: "1", for: "decision" },
  { type: "undone" },
];
