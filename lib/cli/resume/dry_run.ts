import { type DryRun, dryRunJournal } from "../../inspect/dry_run/dry_run.ts";
import type { Located } from "../../storage/locator.ts";
import { escapeJsonText } from "../../text/escape.ts";
import type { CommandIo } from "../frame/command.ts";
import { EXIT } from "../frame/exit_code.ts";
import { dryRunStyle, renderDryRun } from "./render_dry_run.ts";
import { MAX_IDLE_MS, type ResumeCall } from "./resume_call.ts";

/**
 * Says what `resume` would do with a journal.
 *
 * @throws {JournalError} {@linkcode ModuleUnavailable} What it would refuse.
 */
export function dryRunOne({ store, name }: Located, call: ResumeCall): Promise<DryRun> {
  // Without --keep the journal says whether it stays.
  return dryRunJournal(store, name, { ...call, keep: call.keep ? true : undefined, maxIdleMs: MAX_IDLE_MS });
}

/** The exit code of a dry run: what the run would end with. */
export function dryRunCode({ refusal, finishes }: Pick<DryRun, "refusal" | "finishes">): number {
  if (refusal !== undefined) return EXIT.refused;
  return finishes ? EXIT.finished : EXIT.paused;
}

/**
 * Shows what resuming a journal would do.
 *
 * @returns The exit code that it would end with.
 */
export async function showDryRun(located: Located, call: ResumeCall, io: CommandIo): Promise<number> {
  const found = await dryRunOne(located, call);
  if (call.json) io.writeOut(`${escapeJsonText(JSON.stringify(found, null, 2))}\n`);
  else io.writeOut(renderDryRun(found, dryRunStyle(io)));
  return dryRunCode(found);
}
