/**
 * Runs a transaction of very many steps: `large_program.ts run JOURNAL STEPS` until the process kills itself in the middle of
 * it, `large_program.ts resume JOURNAL STEP` from there. Prints what it took as JSON. `large_program.ts fail JOURNAL STEPS`
 * runs one that stops at a failing step in its middle; the command line resumes it.
 *
 * @module
 */
import { dirname } from "@std/path/dirname";
import { existsSync } from "node:fs";
import { Transaction } from "@x/resumable-tx";

let calls = 0;

/** A step that counts itself. */
export function countUp(): void {
  calls += 1;
}

/** A step that appends its number to a log, and fails where the log's folder has a file `STEP.broken`. */
export function note(log: string, step: number): void {
  if (existsSync(`${dirname(log)}/${step}.broken`)) throw new Error(`step ${step} is broken`);
  Deno.writeTextFileSync(log, `${step}\n`, { append: true });
}

async function fail(journal: string, steps: number): Promise<void> {
  const log = `${dirname(journal)}/log.txt`;
  await Deno.writeTextFile(`${dirname(journal)}/${Math.ceil(steps / 2)}.broken`, "");
  await Transaction.run(import.meta, (t) => {
    for (let step = 1; step <= steps; step += 1) t.do(note, log, step);
  }, { journal, keep: true });
}

async function run(journal: string, steps: number): Promise<void> {
  let started = 0;
  const begin = performance.now();
  const event = ({ type }: { readonly type: string }) => {
    if (type === "started") started += 1;
    if (started < steps / 2) return;
    print(begin, started);
    Deno.kill(Deno.pid, "SIGKILL");
  };
  await Transaction.run(import.meta, (t) => {
    for (let step = 0; step < steps; step += 1) t.do(countUp);
  }, { journal, keep: true, observer: { event } });
}

async function resume(journal: string, step: string): Promise<void> {
  const begin = performance.now();
  // In PostgreSQL, the lease of the process that was killed is not over.
  await Transaction.resume(journal, { decisions: [{ step, decision: "retry" }], takeOver: true });
  print(begin, calls);
}

function print(begin: number, count: number): void {
  const ms = performance.now() - begin;
  console.log(JSON.stringify({ ms, count, peak: readPeak() }));
}

/** The most memory that this process ever had, in bytes; elsewhere than on Linux, what it has now. */
function readPeak(): number {
  if (Deno.build.os !== "linux") return Deno.memoryUsage().rss;
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(Deno.readTextFileSync("/proc/self/status"))?.[1]) * 1024;
}

if (import.meta.main) {
  const [command, journal = "", number = ""] = Deno.args;
  if (command === "fail") await fail(journal, Number(number));
  else await (command === "run" ? run(journal, Number(number)) : resume(journal, number));
}
