/**
 * The program of openworkflow on SQLite: a client and a worker in one process, as in its own benchmark.
 *
 * @module
 */
import { isLast, readTask, report, work } from "./task.ts";

/** As much of `openworkflow` as is used here. */
interface Library {
  readonly OpenWorkflow: new (options: { readonly backend: Backend }) => {
    defineWorkflow(spec: { readonly name: string }, run: (context: Context) => Promise<void>): {
      run(): Promise<{ readonly workflowRun: { readonly id: string } }>;
    };
    newWorker(options: { readonly concurrency: number }): { start(): Promise<void> };
  };
}

/** As much of `openworkflow/sqlite` as is used here. */
interface Storage {
  readonly BackendSqlite: { connect(path: string): Backend };
}

/** Where the runs are kept. */
interface Backend {
  getWorkflowRun(run: { readonly workflowRunId: string }): Promise<WorkflowRun | null>;
  extendWorkflowRunLease(
    lease: { readonly workflowRunId: string; readonly workerId: string; readonly leaseDurationMs: number },
  ): Promise<unknown>;
}

/** A run of a workflow. */
interface WorkflowRun {
  readonly status: string;
  readonly workerId: string | null;
}

/** What a workflow is called with. */
interface Context {
  readonly run: { readonly id: string };
  readonly step: { run<T>(options: { readonly name: string }, body: () => Promise<T>): Promise<T> };
}

const NAMES = { library: "openworkflow", storage: "openworkflow/sqlite" };

const task = readTask();
const { OpenWorkflow }: Library = await import(NAMES.library);
const { BackendSqlite }: Storage = await import(NAMES.storage);
const backend = BackendSqlite.connect(task.places["database"] ?? "");
const client = new OpenWorkflow({ backend });
const ended: string[] = [];
const allEnded = Promise.withResolvers<void>();

const workflow = client.defineWorkflow({ name: "bench" }, async ({ run, step }) => {
  for (let index = 1; index <= task.steps; index += 1) {
    await step.run({ name: String(index) }, async () => {
      if (isLast(task, index)) await endLease(run.id);
      return work(task, index);
    });
  }
  if (ended.push(run.id) === task.transactions) allEnded.resolve();
});

/** The next process shall not have to wait until the lease of the one that dies has expired, which takes 30 s. */
async function endLease(id: string): Promise<void> {
  const workerId = (await backend.getWorkflowRun({ workflowRunId: id }))?.workerId ?? "";
  await backend.extendWorkflowRunLease({ workflowRunId: id, workerId, leaseDurationMs: 0 });
}

/** `result()` of a run looks once a second; this looks as often as it can. */
async function waitForEnd(): Promise<void> {
  await allEnded.promise;
  for (const workflowRunId of ended) {
    while ((await backend.getWorkflowRun({ workflowRunId }))?.status !== "completed") {
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
}

const begin = performance.now();
if (task.kind !== "resume") {
  await Promise.all(Array.from({ length: task.transactions }, () => workflow.run()));
}
// After the runs, so that it finds them when it looks for the first time.
await client.newWorker({ concurrency: task.transactions }).start();
await waitForEnd();
report({ ms: performance.now() - begin });
Deno.exit();
