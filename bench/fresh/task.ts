/** What a program that is measured does. It is the same for the program of each system. */
export interface Task {
  /**
   * - `"prepare"`: sets up what the system needs once, and runs one transaction.
   * - `"run"`: runs the transactions and reports how long they took.
   * - `"first"`: runs them; the second step reports when it started, because the first one is durable then.
   * - `"die"`: runs them and kills its own process in the last step.
   * - `"resume"`: completes the transaction of a process that died.
   */
  readonly kind: "prepare" | "run" | "first" | "die" | "resume";
  /** How many transactions run at once. */
  readonly transactions: number;
  /** How many steps each of them has. */
  readonly steps: number;
  /** A folder for files. Only a process that died and the one that resumes share it. */
  readonly folder: string;
  /** Where the system keeps its data: URLs or paths. */
  readonly places: Readonly<Record<string, string>>;
}

/** What a program reports, in one line of JSON. */
export interface Report {
  /** Milliseconds from the first call to the last end. */
  readonly ms?: number;
  /** When the second step started, as `Date.now()` tells it. */
  readonly at?: number;
  /** When the first call was made, and when the last one ended, as `Date.now()` tells it. */
  readonly from?: number;
  readonly to?: number;
}

/** What each step returns: 80 bytes. */
const RESULT = "r".repeat(80);

/** Reads the task from the command line of this program. */
export function readTask(): Task {
  return JSON.parse(Deno.args[0] ?? "");
}

/** Whether this step is the one in which the process dies. */
export function isLast({ kind, steps }: Task, step: number): boolean {
  return kind === "die" && step === steps;
}

/** What every step does. */
export function work(task: Task, step: number): string {
  if (task.kind === "first" && step === 2) report({ at: Date.now() });
  if (isLast(task, step)) Deno.kill(Deno.pid, "SIGKILL");
  return RESULT;
}

/** Runs the transactions of a task at once, and reports how long they took. */
export async function runAtOnce({ transactions }: Task, run: (index: number) => Promise<unknown>): Promise<void> {
  const from = Date.now();
  const begin = performance.now();
  await Promise.all(Array.from({ length: transactions }, (_, index) => run(index)));
  report({ ms: performance.now() - begin, from, to: Date.now() });
}

/** Writes a report to standard output. */
export function report(figures: Report): void {
  console.log(JSON.stringify(figures));
}
