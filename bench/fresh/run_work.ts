import { type ProcessCost, readProcessCost, REPORT_COST } from "../process_cost.ts";
import type { OwnProcesses } from "./own_processes.ts";
import { runProgram } from "./run_program.ts";
import type { System } from "./system.ts";
import type { Report, Task } from "./task.ts";

const SIGKILL_CODE = 137;

/** What the program of any system can be told to do. */
export type Work = Pick<Task, "kind" | "transactions" | "steps"> & {
  /** Whether memory and processor time are measured, too, which takes a little time. */
  readonly isCosted?: boolean;
};

/** What a process did and cost. */
export interface WorkEnd extends ProcessCost {
  /** Milliseconds from its start to its end. */
  readonly ms: number;
  /** Milliseconds from its start to the start of the second step. */
  readonly firstStepMs: number;
  /** Milliseconds from the first call to the last end. */
  readonly ownMs: number;
  /** When that was, as `Date.now()` tells it. */
  readonly from: number;
  readonly to: number;
}

/** What is needed to run programs. */
interface WorkOptions {
  readonly processes: OwnProcesses;
  readonly folder: string;
}

/**
 * Lets the program of a system work: one process after the other, with a folder that is removed in the end.
 *
 * @returns What the last process did.
 * @throws {Error} A program failed, or did not die where it was told to.
 */
export async function runWork(options: WorkOptions, system: System, works: readonly Work[]): Promise<WorkEnd> {
  const folder = Deno.makeTempDirSync({ dir: options.folder });
  try {
    let end: WorkEnd | undefined;
    for (const work of works) end = await runOne(options.processes, system, work, folder);
    if (end === undefined) throw new TypeError("There is nothing to do");
    return end;
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

async function runOne(processes: OwnProcesses, system: System, work: Work, folder: string): Promise<WorkEnd> {
  const { isCosted = false, ...rest } = work;
  const task: Task = { ...rest, folder, places: system.places };
  const module = work.kind === "resume" ? system.resumeModule ?? system.module : system.module;
  const flags = isCosted ? [...system.flags, ...REPORT_COST] : system.flags;
  const end = await runProgram(processes, { module, flags, args: [JSON.stringify(task)] });
  if (end.code !== (work.kind === "die" ? SIGKILL_CODE : 0)) {
    const detail = end.stderr.trim() || end.stdout.trim();
    throw new Error(`Cannot ${work.kind} with ${system.name}: it ended with code ${end.code}: ${detail}`);
  }
  const lines = end.stdout.split("\n").filter((line) => line.startsWith("{"));
  const report: Report = Object.assign({}, ...lines.map((line) => JSON.parse(line)));
  const { at = NaN, ms = NaN, from = NaN, to = NaN } = report;
  return { ms: end.ms, firstStepMs: at - end.startedAt, ownMs: ms, from, to, ...readProcessCost(end.stderr) };
}
