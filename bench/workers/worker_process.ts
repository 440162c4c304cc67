import { fromFileUrl } from "@std/path/from-file-url";
import { CLI, CONFIG } from "../../tests/support/run_deno.ts";
import type { OwnProcesses } from "../fresh/own_processes.ts";

const STEPS = fromFileUrl(import.meta.resolve("./worker_steps.ts"));
const TICKS_PER_SECOND = 100;
const BYTES_PER_KIBIBYTE = 1024;

/** A `work` that runs, as a user starts it. */
export class WorkerProcess {
  readonly #processes: OwnProcesses;
  readonly #child: Deno.ChildProcess;

  constructor(processes: OwnProcesses, scope: string, options: readonly string[] = []) {
    this.#processes = processes;
    const modules = scope.includes(":") ? [`--modules=${STEPS}`] : [];
    this.#child = processes.spawn(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--quiet", "--config", CONFIG, CLI, "work", scope, ...modules, ...options],
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    });
  }

  /** Resolves when it ends by itself. */
  get ended(): Promise<Deno.CommandStatus> {
    return this.#child.status;
  }

  async stop(): Promise<void> {
    await this.#processes.stop(this.#child);
  }

  /** Processor time of it and its children so far, in seconds (Linux). */
  cpuSeconds(): number {
    const ticks = this.#pids().map((pid) => {
      const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).replace(/^.*\) /s, "").split(" ");
      return Number(fields[11]) + Number(fields[12]);
    });
    return ticks.reduce((sum, one) => sum + one, 0) / TICKS_PER_SECOND;
  }

  /** The most memory that any of its children has ever had, in bytes (Linux). */
  peakBytes(): number {
    const peaks = this.#pids().slice(1).map((pid) => {
      const status = Deno.readTextFileSync(`/proc/${pid}/status`);
      return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * BYTES_PER_KIBIBYTE;
    });
    return Math.max(...peaks);
  }

  /** Its own first. */
  #pids(): readonly number[] {
    const own = this.#child.pid;
    const pids = [own];
    for (const { name } of Deno.readDirSync("/proc")) {
      if (!/^\d+$/.test(name)) continue;
      try {
        if (Deno.readTextFileSync(`/proc/${name}/cmdline`).includes(`--child=${own}\0`)) pids.push(Number(name));
      } catch {
        // It has ended meanwhile.
      }
    }
    return pids;
  }
}
