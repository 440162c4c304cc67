/**
 * Resumable transactions: lists of steps. If something goes wrong, they are completed later, not rolled back.
 *
 * A transaction is a list of calls of exported functions. Each call is recorded in a journal, a JSON file, before and after
 * it runs. If a step fails or the process is killed, the journal remains. An administrator inspects it, fixes the cause, and
 * runs the rest, later, elsewhere, and without the program that planned it:
 *
 * ```sh
 * deno run -A jsr:@x/resumable-tx/cli inspect transaction-20261123-021500-3f9a2c1d.json
 * deno run -A jsr:@x/resumable-tx/cli resume transaction-20261123-021500-3f9a2c1d.json
 * ```
 *
 * A finished step never runs again. If the process dies while a step is running, the outcome of the step is `unknown`: you
 * are asked, unless the author has said that it may be repeated.
 *
 * @example
 * ```ts
 * import { Transaction } from "@x/resumable-tx";
 *
 * export async function createFile(path: string, text: string): Promise<void> {
 *   await Deno.writeTextFile(path, text, { createNew: true });
 * }
 * export function readFile(path: string): Promise<string> {
 *   return Deno.readTextFile(path);
 * }
 *
 * if (import.meta.main) {
 *   const text = await Transaction.run(import.meta, (t) => {
 *     t.do(createFile, "/tmp/our_test_file", "Hello World");
 *     return t.do(readFile, "/tmp/our_test_file");
 *   });
 *   console.log(text);
 * }
 * ```
 *
 * @module
 */

export { Transaction } from "./lib/transaction.ts";
export { steps } from "./lib/plan/steps.ts";
export type { StepFunctions } from "./lib/plan/steps.ts";
export { plan } from "./lib/plan/sub_plan.ts";
export { env } from "./lib/plan/ref.ts";
export { context } from "./lib/process/step_context.ts";
export type { StepContext, StepDatabase, StepRows } from "./lib/process/step_context.ts";
export type { Home } from "./lib/plan/function_place.ts";
export type { AnyFunction, Arg, Args, Opaque, PartKey, Ref, StepValue, SubPlan, Value } from "./lib/plan/ref.ts";
export type { Planner, Step } from "./lib/plan/planner.ts";
export type { GroupOptions } from "./lib/plan/node_options.ts";
export type { NameOption } from "./lib/plan/node_options.ts";
export type { NotAsync } from "./lib/plan/plan_scopes.ts";
export type { RetryOptions } from "./lib/plan/retry_options.ts";
export type { Probe, ProbeAnswer, SharedOptions, StepOptions, Undo } from "./lib/plan/step_options.ts";
export type { JournalEvent, Notice, Observer, StepProgress } from "./lib/run/options/observer.ts";
export type { Progress } from "./lib/state/progress.ts";
export type { RequestOptions } from "./lib/run/start/on_demand.ts";
export type { RollbackOptions } from "./lib/run/options/transaction_options.ts";
export type { EnqueueOptions, QueuedTransaction } from "./lib/run/start/enqueue_transaction.ts";
export type { WaitOptions } from "./lib/run/start/wait_for_end.ts";
export type { StoreConnection } from "./lib/storage/store.ts";
export type { DecisionRequest, ResumeOptions, TransactionOptions } from "./lib/run/options/transaction_options.ts";
export type { InspectedStep } from "./lib/inspect/data/inspected_step.ts";
export type {
  InspectedAbort,
  InspectedRequest,
  InspectedRollback,
  InspectedRun,
  InspectedSignal,
  Inspection,
  InspectionStatus,
} from "./lib/inspect/data/inspection.ts";
export type { Dropped, ModuleEntry, Recovered, StoredError, StoredOptions } from "./lib/journal/stored.ts";
export type { Code, NodeOptions } from "./lib/plan/node.ts";
export type { Json, JsonObject } from "./lib/values/json.ts";
export type { Decision, Failure, StepStatus } from "./lib/state/step_state.ts";
export type { TransactionStatus, Wait } from "./lib/state/state.ts";
export * from "./lib/errors/decision_errors.ts";
export { JournalError, type NextCommand } from "./lib/errors/journal_error.ts";
export * from "./lib/errors/opening_errors.ts";
export * from "./lib/errors/planning_errors.ts";
export * from "./lib/errors/running_errors.ts";
export * from "./lib/errors/storage_errors.ts";
