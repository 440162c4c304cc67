import { fromFileUrl } from "@std/path/from-file-url";
import { CLI, runDeno } from "../tests/support/run_deno.ts";
import { readProcessCost, REPORT_COST } from "./process_cost.ts";

const EMPTY = fromFileUrl(import.meta.resolve("./empty_program.ts"));

/** What a command cost in one round. */
export interface CommandCost {
  /** Milliseconds from its start to its end, less those of an empty program. */
  readonly ms: number;
  /** The most memory that it ever had, Deno's own included; nothing where that cannot be asked. */
  readonly megabytes: number | undefined;
}

/**
 * Runs the command line as a process of its own, and an empty Deno program before it, and tells by how much it takes
 * longer.
 *
 * @param rounds How often.
 * @param prepare Makes ready what the command needs, and returns the words behind its name. Is not timed.
 * @throws {Error} The command failed.
 */
export async function compareWithEmpty(
  rounds: number,
  prepare: () => readonly string[],
): Promise<readonly CommandCost[]> {
  const costs: CommandCost[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const words = prepare();
    const empty = await runMeasured(EMPTY, []);
    const own = await runMeasured(CLI, words);
    costs.push({ ms: own.ms - empty.ms, megabytes: own.megabytes });
  }
  return costs;
}

async function runMeasured(module: string, words: readonly string[]): Promise<CommandCost> {
  const begin = performance.now();
  const { code, stderr } = await runDeno(module, words, { flags: ["-A", ...REPORT_COST] });
  const ms = performance.now() - begin;
  if (code !== 0) throw new Error(`Cannot measure ${module} ${words.join(" ")}: it ended with code ${code}: ${stderr}`);
  return { ms, megabytes: readProcessCost(stderr).megabytes };
}
