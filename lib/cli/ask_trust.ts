import type { JournalUntrusted } from "../errors.ts";
import { inspectJournal } from "../inspect/inspect_journal.ts";
import { FileStore } from "../storage/file_store.ts";
import { escapeForTerminal } from "../values/escape_for_terminal.ts";
import type { Ask } from "./ask_decision.ts";

/** More steps than this are only counted. */
const MAX_STEPS = 40;

/**
 * Shows what a journal would run that somebody else may have written, and asks whether to.
 *
 * @returns Whether a person said yes.
 */
export async function askTrust(error: JournalUntrusted, ask: Ask): Promise<boolean> {
  const { steps } = await inspectJournal(new FileStore(), error.journal);
  const pending = steps.filter(({ status }) => status !== "finished" && status !== "skipped");
  const shown = pending.slice(0, MAX_STEPS).map((step) => {
    const module = step.module === undefined ? "" : `   ${escapeForTerminal(step.module)}`;
    return `  ${step.id}  ${step.call}${module}\n`;
  });
  const rest = pending.length > MAX_STEPS ? `  … and ${pending.length - MAX_STEPS} more\n` : "";
  const reason = escapeForTerminal(`${error.reason}.`);
  const question = `${reason} Resuming it would run\n${shown.join("")}${rest}Run that? [y/N] `;
  return /^y(es)?$/i.test(ask(question) ?? "");
}
