import type * as Locator from "../../storage/locator.ts";
import { once } from "../../values/shape.ts";
import type * as Requests from "../amend/send_request.ts";
import type * as Plans from "../call/plan_nodes.ts";
import type { Observer } from "../options/observer.ts";
import type * as Continue from "./continue_journal.ts";
import type * as Enqueue from "./enqueue_transaction.ts";
import type * as Start from "./start_transaction.ts";
import type * as Wait from "./wait_for_end.ts";

// What a transaction calls is loaded when it is called: to load all of it takes as long as Deno needs to start.

const loadStores = once(() => import("../../storage/locator.ts"));
const loadRequests = once(() => import("../amend/send_request.ts"));
const loadPlans = once(() => import("../call/plan_nodes.ts"));
const loadObserver = once(() => import("../options/observer.ts"));
const loadContinue = once(() => import("./continue_journal.ts"));
const loadStart = once(() => import("./start_transaction.ts"));
const loadEnqueue = once(() => import("./enqueue_transaction.ts"));
const loadWait = once(() => import("./wait_for_end.ts"));

/** Options as a caller has them. */
type Observed<T> = Omit<T, "observer"> & { readonly observer?: Observer | undefined };

export const openStore: typeof Locator.openStore = onDemand(async () => (await loadStores()).openStore);
export const newId: () => Promise<string> = onDemand(async () => {
  const { newId } = await loadStores();
  return () => Promise.resolve(newId());
});
export const namePlan: typeof Plans.namePlan = onDemand(async () => (await loadPlans()).namePlan);
export const startOrResume: typeof Start.startOrResume = onDemand(async () => (await loadStart()).startOrResume);
export const enqueuePlan: typeof Enqueue.enqueuePlan = onDemand(async () => (await loadEnqueue()).enqueuePlan);
export const waitAt: typeof Wait.waitAt = onDemand(async () => (await loadWait()).waitAt);
export const signalJournal: typeof Requests.signalJournal = onDemand(async () => (await loadRequests()).signalJournal);
export const cancelJournal: typeof Requests.cancelJournal = onDemand(async () => (await loadRequests()).cancelJournal);
export const stopJournal: typeof Requests.stopJournal = onDemand(async () => (await loadRequests()).stopJournal);

function onDemand<A extends readonly unknown[], R>(
  load: () => Promise<(...args: A) => Promise<R>>,
): (...args: A) => Promise<R> {
  return async (...args) => await (await load())(...args);
}

export async function resumeJournal(
  store: Parameters<typeof Continue.resumeJournal>[0],
  name: string,
  options: Observed<Parameters<typeof Continue.resumeJournal>[2]>,
): ReturnType<typeof Continue.resumeJournal> {
  const { withEventObserver } = await loadObserver();
  return await (await loadContinue()).resumeJournal(store, name, withEventObserver(options));
}

export async function rollbackJournal(
  store: Parameters<typeof Continue.rollbackJournal>[0],
  name: string,
  options: Observed<Parameters<typeof Continue.rollbackJournal>[2]>,
): ReturnType<typeof Continue.rollbackJournal> {
  const { withEventObserver } = await loadObserver();
  return await (await loadContinue()).rollbackJournal(store, name, withEventObserver(options));
}
