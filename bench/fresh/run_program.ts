import type { OwnProcesses } from "./own_processes.ts";

/** A program that is measured may not take longer than this. */
const LONGEST_MS = 300_000;

/** A program that is measured, and how it is started. */
export interface Program {
  /** Path or URL of its module. */
  readonly module: string;
  /** Flags of `deno run`: the configuration and the lock file, so that Deno finds everything as it does for a user. */
  readonly flags: readonly string[];
  /** Its arguments. */
  readonly args: readonly string[];
}

/** How a program ended. */
export interface ProgramEnd {
  /** Milliseconds from its start to its end. */
  readonly ms: number;
  /** When it was started, as `Date.now()` tells it. */
  readonly startedAt: number;
  /** Its exit code. */
  readonly code: number;
  /** What it wrote to standard output. */
  readonly stdout: string;
  /** What it wrote to standard error. */
  readonly stderr: string;
}

/** Runs a program with `deno run` and waits for its end. */
export async function runProgram(processes: OwnProcesses, { module, flags, args }: Program): Promise<ProgramEnd> {
  const startedAt = Date.now();
  const begin = performance.now();
  const child = processes.spawn(Deno.execPath(), {
    args: ["run", "--no-check", "--quiet", "--no-prompt", "-A", ...flags, module, ...args],
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), LONGEST_MS);
  const { code, stdout, stderr } = await child.output();
  const ms = performance.now() - begin;
  clearTimeout(timer);
  const decoder = new TextDecoder();
  return { ms, startedAt, code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
