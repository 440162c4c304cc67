/**
 * The program of DBOS on PostgreSQL.
 *
 * @module
 */
import { readTask, runAtOnce, work } from "./task.ts";

/** As much of `@dbos-inc/dbos-sdk` as is used here. */
interface Library {
  readonly DBOS: {
    setConfig(config: Readonly<Record<string, string>>): void;
    registerWorkflow(run: () => Promise<void>, options: { readonly name: string }): () => Promise<void>;
    runStep<T>(body: () => Promise<T>, options: { readonly name: string }): Promise<T>;
    launch(): Promise<void>;
    startWorkflow(
      run: () => Promise<void>,
      options?: { readonly workflowID: string },
    ): () => Promise<WorkflowHandle>;
    retrieveWorkflow(id: string): WorkflowHandle;
  };
}

/** A workflow that was started. */
interface WorkflowHandle {
  getResult(options?: { readonly pollingIntervalMs: number }): Promise<void>;
}

const NAME = { library: "@dbos-inc/dbos-sdk" };
/** It looks once a second unless it is told otherwise. */
const POLLING_INTERVAL_MS = 5;

const task = readTask();
const { DBOS }: Library = await import(NAME.library);
DBOS.setConfig({
  name: "bench",
  systemDatabaseUrl: task.places["database"] ?? "",
  applicationVersion: "1",
  logLevel: "error",
});
const workflow = DBOS.registerWorkflow(async () => {
  for (let index = 1; index <= task.steps; index += 1) {
    await DBOS.runStep(() => Promise.resolve(work(task, index)), { name: String(index) });
  }
}, { name: "bench" });
// Starts what is left of the workflows of a process that died.
await DBOS.launch();

const workflowID = task.folder;
if (task.kind === "resume") {
  await DBOS.retrieveWorkflow(workflowID).getResult({ pollingIntervalMs: POLLING_INTERVAL_MS });
} else {
  await runAtOnce(task, async () => {
    const handle = await DBOS.startWorkflow(workflow, task.kind === "die" ? { workflowID } : undefined)();
    await handle.getResult();
  });
}
Deno.exit();
