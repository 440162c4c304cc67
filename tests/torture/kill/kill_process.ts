import { fromFileUrl } from "@std/path/from-file-url";
import { CLI, denoCommand, type ProcessEnd, toProcessEnd } from "../../support/run_deno.ts";
import type { KillPlan } from "./kill_plan.ts";

const HOOKS = fromFileUrl(import.meta.resolve("./kill_hooks.ts"));
const PROGRAM = fromFileUrl(import.meta.resolve("./kill_program.ts"));

/** What a shell says of a process that SIGKILL has ended. */
export const KILLED = 137;

/** Runs the program of the kill loop or the command line, in a wrapper if there is one, and kills it as planned. */
export async function runAndKill(
  program: "program" | "cli",
  args: readonly string[],
  plan: KillPlan,
  wrapper: readonly string[] = [],
): Promise<ProcessEnd> {
  const isHooked = plan.kind === "inside" || plan.kind === "marked";
  const command = denoCommand(program === "cli" ? CLI : PROGRAM, args, {
    flags: isHooked ? ["-A", "--preload", HOOKS] : ["-A"],
    env: { KILL_AT: isHooked ? plan.hook : "" },
    wrapper,
  });
  switch (plan.kind) {
    case "never":
    case "inside":
      return toProcessEnd(await command.output());
    case "timed": {
      const child = command.spawn();
      const timer = setTimeout(() => killIfAlive(child), plan.delayMs);
      const end = toProcessEnd(await child.output());
      clearTimeout(timer);
      return end;
    }
    case "marked":
      return await killMarked(command, plan.delayMs);
    default:
      return plan satisfies never;
  }
}

/** A process that ends before it has reached the place ends by itself. */
async function killMarked(command: Deno.Command, delayMs: number): Promise<ProcessEnd> {
  const child = command.spawn();
  const reader = child.stdout.getReader();
  const stderr = new Response(child.stderr).bytes();
  const first = await reader.read();
  if (!first.done) {
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    killIfAlive(child);
  }
  while (!(await reader.read()).done);
  const { code } = await child.status;
  return toProcessEnd({ code, stdout: new Uint8Array(), stderr: await stderr });
}

function killIfAlive(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}
