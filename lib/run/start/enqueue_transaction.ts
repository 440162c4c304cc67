import { JournalLocked, JournalNotFound } from "../../errors/opening_errors.ts";
import { JournalExists } from "../../errors/planning_errors.ts";
import { type Event, HIGHEST_PRIORITY, LOWEST_PRIORITY } from "../../journal/event.ts";
import { dateText, once, wholeNumber } from "../../values/shape.ts";
import { applyEvent } from "../../state/apply_event.ts";
import { State } from "../../state/state.ts";
import { newId, openStore } from "../../storage/locator.ts";
import { isOfDatabase } from "../../storage/locator_scheme.ts";
import type { Home } from "../../plan/function_place.ts";
import type { Plan } from "../../plan/plan_builder.ts";
import { readState } from "../../storage/read_state.ts";
import type { Release } from "../../storage/open_journal.ts";
import type { Store } from "../../storage/store.ts";
import { quote } from "../../text/escape.ts";
import { VERSION } from "../../version.ts";
import { InProcessHost } from "../call/in_process_host.ts";
import { functionsOf, namePlan } from "../call/plan_nodes.ts";
import {
  checkChoice,
  checkOptions,
  checkRetryFailed,
  type TransactionOptions,
} from "../options/transaction_options.ts";
import { SYSTEM_CLOCK } from "../session/clock.ts";
import { releaseOf } from "../session/release.ts";
import { RunTrace } from "../trace/run_trace.ts";
import {
  firstEvents,
  type PlannedTransaction,
  requireTransactions,
  storedOptions,
  takeSmall,
} from "./start_transaction.ts";
import { waitAt, type WaitOptions } from "./wait_for_end.ts";

/**
 * Options of a transaction that is recorded and not run.
 *
 * @example
 * ```ts
 * import type { EnqueueOptions } from "@x/resumable-tx";
 *
 * export const TONIGHT: EnqueueOptions = {
 *   journal: "postgres://tx@db.example.com/tx#invoice%204711",
 *   queue: "invoices",
 *   priority: 10,
 *   dueAt: "2026-12-24T22:00:00Z",
 *   ifExists: "return",
 * };
 * ```
 */
export interface EnqueueOptions
  extends Pick<TransactionOptions, "journal" | "store" | "defaults" | "onFailure" | "retryFailed"> {
  /**
   * The queue from which a process takes it.
   *
   * @default "default"
   */
  readonly queue?: string;

  /**
   * A whole number from -32768 to 32767. In a queue, lower ones come first.
   *
   * @default 0
   */
  readonly priority?: number;

  /**
   * It is not run before this time: a date, an ISO date with its time and zone, or milliseconds since 1970.
   *
   * @default now
   */
  readonly dueAt?: Date | string | number;

  /**
   * What to do if the name is taken. `"return"`: record nothing, and return the transaction that has it, whatever its status:
   * so a name is enqueued once, however often that is tried. Its plan must name the same functions in the same order.
   *
   * @default "error"
   */
  readonly ifExists?: "error" | "return";
}

/**
 * A transaction that was enqueued. Its value has the type `V`.
 *
 * @example
 * ```ts
 * import { type QueuedTransaction, Transaction } from "@x/resumable-tx";
 *
 * export function add(a: number, b: number): number {
 *   return a + b;
 * }
 *
 * export async function enqueueSum(): Promise<QueuedTransaction<number>> {
 *   return await Transaction.enqueue(import.meta, (t) => t.do(add, 1, 2), { journal: "sqlite:tx.db#sum" });
 * }
 * ```
 */
export interface QueuedTransaction<V> {
  /** Its id. */
  readonly id: string;
  /** Where its journal is: a path, or a locator without a password. */
  readonly journal: string;
  /** False if it existed already (`ifExists: "return"`). */
  readonly isNew: boolean;
  /** Waits until a process has finished it. See {@linkcode Transaction.wait}. */
  readonly wait: (options?: WaitOptions) => Promise<V>;
}

const KEYS = ["journal", "store", "defaults", "onFailure", "retryFailed", "queue", "priority", "dueAt", "ifExists"];
const MAX_QUEUE = 200;

/** When a transaction is to run, as its journal says it. */
interface QueuePlace {
  readonly queue: string;
  readonly priority: number | undefined;
  readonly dueAt: string | undefined;
}

/** Checks what the type checker cannot see in plain JavaScript, and what it never sees. */
export function checkEnqueueOptions(options: EnqueueOptions): QueuePlace {
  checkOptions("an enqueued transaction", options, KEYS);
  const { queue = "default", priority, ifExists, dueAt }: EnqueueOptions = options;
  checkChoice("ifExists", ifExists, "error", "return");
  checkRetryFailed(options);
  if (typeof queue !== "string" || queue.trim() === "" || queue.length > MAX_QUEUE) {
    throw new TypeError(`The option queue is a name of 1 to ${MAX_QUEUE} characters`);
  }
  if (priority !== undefined && wholeNumber(LOWEST_PRIORITY, HIGHEST_PRIORITY)(priority) !== undefined) {
    throw new RangeError(`The option priority is a whole number from ${LOWEST_PRIORITY} to ${HIGHEST_PRIORITY}`);
  }
  return { queue: queue.toWellFormed(), priority, dueAt: dueAt === undefined ? undefined : toInstant(dueAt) };
}

/** With its zone: without one, it is another time on each machine. */
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/;

function toInstant(given: unknown): string {
  const isTime = given instanceof Date || typeof given === "number" || (typeof given === "string" && ISO.test(given));
  const ms = isTime ? new Date(given).getTime() : NaN;
  const text = Number.isNaN(ms) ? "" : new Date(ms).toISOString();
  if (dateText(text) === undefined) return text;
  const forms = 'a Date, milliseconds since 1970, or an ISO date with its zone, as "2026-12-24T18:00:00Z"';
  const what = typeof given === "string" ? quote(given) : given instanceof Date ? "an invalid Date" : String(given);
  throw new RangeError(`The option dueAt is ${forms}, up to the year 9999; it was ${what}`);
}

/** Records a plan at the place that the options name. Its functions are named before anything is written. */
export async function enqueuePlan(
  home: Home,
  options: EnqueueOptions,
  build: (shared: TransactionOptions) => Plan,
): Promise<QueuedTransaction<unknown>> {
  checkEnqueueOptions(options);
  const { journal, store, defaults, onFailure, retryFailed } = options;
  const named = await namePlan(home, build({ journal, store, defaults, onFailure, retryFailed }));
  const id = newId();
  await using place = await openStore(journal, { created: { id }, store });
  const request = { ...named, home, id, journal: place.name, name: place.given, options };
  const queued = await enqueueTransaction(place.store, request);
  const again = locatorAgain(options, place.name, queued.id);
  return { ...queued, journal: place.name, wait: (how = {}) => waitAt(again, { ...how, store }) };
}

/** As the caller has named the store, perhaps with a password, and the transaction by its id. */
function locatorAgain({ journal, store }: EnqueueOptions, name: string, id: string): string {
  if (store !== undefined) return id;
  return isOfDatabase(journal) ? `${String(journal).replace(/#.*$/s, "")}#${id}` : name;
}

interface EnqueueRequest extends PlannedTransaction {
  readonly options: EnqueueOptions;
  /** Records it in another way than a store does for itself: gets the events, record by record. */
  readonly record?: (records: readonly (readonly Event[])[], release: Release) => Promise<void>;
}

/** Another process that records the same plan, or removes it, needs less time for it. */
const MAX_ATTEMPTS = 100;
const PAUSE_MS = 30;

/** Records a plan that any process may run. Modules are loaded first: if one is missing, nothing is left behind. */
export async function enqueueTransaction(
  store: Store,
  request: EnqueueRequest,
): Promise<Pick<QueuedTransaction<unknown>, "id" | "isNew">> {
  const { id, journal, known, clock = SYSTEM_CLOCK, options, home: { url: home } } = request;
  const host = request.host ?? new InProcessHost({ clock, known, isResumed: false });
  requireTransactions(store, request);
  await host.prepare(functionsOf(request));
  const trace = await RunTrace.begin({ transactionId: id, home, journal, run: 1, library: VERSION });
  try {
    const events = await firstEvents(request, {
      options: storedOptions({ ...options, keep: true, ifExists: undefined }),
      trace: trace.traceparent,
      ...checkEnqueueOptions(options),
    });
    for (let attempt = 1;; attempt += 1) {
      try {
        await record(store, request, events);
        return { id, isNew: true };
      } catch (error) {
        if (!(error instanceof JournalExists) || options.ifExists !== "return") throw error;
      }
      const found = await findSame(store, request, attempt === MAX_ATTEMPTS);
      if (found !== undefined) return { id: found, isNew: false };
      await clock.delay(PAUSE_MS, new AbortController().signal);
    }
  } finally {
    trace.end("enqueued");
  }
}

/** A store gets a plan at once, if it can, or a large one piece by piece: then it is complete, and free, with the last one. */
async function record(
  store: Store,
  { journal, record }: Pick<EnqueueRequest, "journal" | "record">,
  events: readonly Event[],
): Promise<void> {
  const state = new State({ keepsValues: false });
  for (const event of events) applyEvent(state, event, "");
  const release = () => releaseOf(state, { ending: "enqueued" });
  const first = takeSmall(events);
  const isPartial = first.length < events.length;
  if (record !== undefined) {
    return await record([first, ...events.slice(first.length).map((event) => [event])], release());
  }
  if (!isPartial && store.enqueue !== undefined) return await store.enqueue(journal, events, release());
  const open = await store.create(journal, first, { isPartial });
  try {
    for (const [index, event] of events.entries()) {
      const isLast = index === events.length - 1;
      if (index >= first.length) {
        await open.append([event], { stepsInFlight: 0, release: isLast ? release : undefined });
      }
    }
  } catch (error) {
    // An incomplete plan is useless. This error says more than one of closing the journal.
    await open.close({ remove: true }).catch(() => {});
    throw error;
  }
  await open.close({ release });
}

const loadAdmission = once(() => import("./admission.ts"));

/** The id of the transaction that has the name, if its plan is complete. One that a crash has left incomplete is removed. */
async function findSame(
  store: Store,
  { journal, home, nodes, modules }: EnqueueRequest,
  isLast: boolean,
): Promise<string | undefined> {
  try {
    const { state, read } = await readState(store, journal, { keepsValues: false });
    if (!state.isReady && !read.isHeld) return await removeIncomplete(store, journal);
    if (!state.isReady) {
      if (isLast) throw new JournalLocked(journal, state.runs.at(-1));
      return undefined;
    }
    const { requireSamePlan } = await loadAdmission();
    requireSamePlan(journal, state, { home: home.url, nodes, modules });
    return state.id;
  } catch (error) {
    // Another process removes it, or takes it because it is incomplete.
    if (!isLast && (error instanceof JournalNotFound || error instanceof JournalLocked)) return undefined;
    throw error;
  }
}

async function removeIncomplete(store: Store, journal: string): Promise<undefined> {
  let isReady = false;
  const open = await store.open(journal, ({ events }) => {
    isReady ||= events.some(({ type }) => type === "ready");
  });
  await open.close({ remove: !isReady });
}
