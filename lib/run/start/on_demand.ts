import { refuseWhileLoading } from "../../modules/import_namespace.ts";
import type * as Locator from "../../storage/locator.ts";
import { once } from "../../values/shape.ts";
import type * as Requests from "../amend/send_request.ts";
import type * as Plans from "../call/plan_nodes.ts";
import { checkOptions, checkResumeOptions, checkRollbackOptions } from "../options/transaction_options.ts";
import type { ResumeOptions, RollbackOptions } from "../options/transaction_options.ts";
import type * as Enqueue from "./enqueue_transaction.ts";
import type * as Start from "./start_transaction.ts";
import type * as Wait from "./wait_for_end.ts";

/**
 * Who asks a transaction to end, and why. Both are recorded.
 *
 * @example
 * ```ts
 * import { type RequestOptions, Transaction } from "@x/resumable-tx";
 *
 * export const stop = (journal: string, options: RequestOptions) => Transaction.stop(journal, options);
 * ```
 */
export interface RequestOptions {
  /** A name. */
  readonly by?: string;
  /** In words. */
  readonly why?: string;
}

// What a transaction calls is loaded when it is called: to load all of it takes as long as Deno needs to start.

const loadStores = once(() => import("../../storage/locator.ts"));
const loadRequests = once(() => import("../amend/send_request.ts"));
const loadPlans = once(() => import("../call/plan_nodes.ts"));
const loadObserver = once(() => import("../options/observer.ts"));
const loadContinue = once(() => import("./continue_journal.ts"));
const loadStart = once(() => import("./start_transaction.ts"));
const loadEnqueue = once(() => import("./enqueue_transaction.ts"));
const loadWait = once(() => import("./wait_for_end.ts"));

export const openStore: typeof Locator.openStore = onDemand(async () => (await loadStores()).openStore);
export const namePlan: typeof Plans.namePlan = onDemand(async () => (await loadPlans()).namePlan);
export const enqueuePlan: typeof Enqueue.enqueuePlan = onDemand(async () => (await loadEnqueue()).enqueuePlan);
export const waitAt: typeof Wait.waitAt = onDemand(async () => (await loadWait()).waitAt);

function onDemand<A extends readonly unknown[], R>(
  load: () => Promise<(...args: A) => Promise<R>>,
): (...args: A) => Promise<R> {
  return async (...args) => await (await load())(...args);
}

/** Runs a plan; with `ifExists: "resume"`, resumes the transaction whose journal exists already. */
export async function startAt(
  plan: Omit<Parameters<typeof Start.startOrResume>[1], "id" | "journal">,
): Promise<unknown> {
  const { journal, store } = plan.options;
  const id = (await loadStores()).newId();
  await using place = await openStore(journal, { created: { id }, store });
  const { startOrResume } = await loadStart();
  return await startOrResume(place.store, { ...plan, id, journal: place.name, name: place.given });
}

/** Resumes the transaction that a locator names. */
export async function resumeAt(locator: string | URL, options: ResumeOptions): Promise<unknown> {
  refuseWhileLoading();
  checkResumeOptions(options);
  await using place = await openStore(locator);
  const { withEventObserver } = await loadObserver();
  return await (await loadContinue()).resumeJournal(place.store, place.name, withEventObserver(options));
}

/** Rolls it back. @returns The ids of the steps that ran and are not undone. */
export async function rollbackAt(locator: string | URL, options: RollbackOptions): Promise<readonly string[]> {
  refuseWhileLoading();
  checkRollbackOptions(options);
  await using place = await openStore(locator);
  const { withEventObserver } = await loadObserver();
  const { rollbackJournal } = await loadContinue();
  const { left, rewound } = await rollbackJournal(place.store, place.name, withEventObserver(options));
  return [...new Set([...left, ...rewound])];
}

/** Sends it a signal. @returns Whether a step waits for that signal. */
export async function signalAt(
  locator: string | URL,
  sent: { readonly signal: string; readonly value: unknown },
  options: { readonly by?: string },
): Promise<boolean> {
  checkOptions("a signal", options, ["by"]);
  await using place = await openStore(locator);
  const { signalJournal } = await loadRequests();
  const { receipt } = await signalJournal(place.store, place.name, { ...sent, by: options.by });
  return receipt.taker !== undefined;
}

const REQUESTS = { cancel: "a cancellation", stop: "a stop" } as const;

/** Asks the process that runs it to end its run. */
export async function requestAt(
  request: keyof typeof REQUESTS,
  locator: string | URL,
  options: RequestOptions,
): Promise<Requests.RequestEnd["kind"]> {
  checkOptions(REQUESTS[request], options, ["by", "why"]);
  await using place = await openStore(locator);
  const { cancelJournal, stopJournal } = await loadRequests();
  const send = request === "cancel" ? cancelJournal : stopJournal;
  return (await send(place.store, place.name, options)).kind;
}
