import type { JournalUntrusted } from "../errors/opening_errors.ts";
import { inspectJournal } from "../inspect/inspect_journal.ts";
import type { InspectedStep, Inspection } from "../inspect/inspection.ts";
import type { FunctionName } from "../modules/function_name.ts";
import { FileStore } from "../storage/file_store.ts";
import { escapeForTerminal } from "../values/escape_for_terminal.ts";
import type { Ask } from "./ask_decision.ts";
import { SeenEvents } from "./seen_events.ts";

/** Of more steps than this only the modules are listed. */
const MAX_STEPS = 40;

/**
 * Shows what a journal would run that somebody else may have written, and asks whether to.
 *
 * @returns What was shown, if a person said yes to it.
 */
export async function askTrust(error: JournalUntrusted, ask: Ask): Promise<SeenEvents | undefined> {
  const seen = new SeenEvents();
  const inspection = await inspectJournal(seen.watch(new FileStore()), error.journal);
  const pending = inspection.steps.filter(({ status }) => status !== "finished" && status !== "skipped");
  const lines = pending.slice(0, MAX_STEPS).flatMap((step) => describeStep(inspection, step));
  const question = [
    `${error.reason}. Resuming it would run`,
    ...lines,
    ...describeRest(inspection, pending.slice(MAX_STEPS)),
    ...(lines.some((line) => line.includes("…")) ? ["What is cut (…), inspect --json shows in full"] : []),
    "Run that? [y/N] ",
  ].map(escapeForTerminal).join("\n");
  return /^y(es)?$/i.test(ask(question) ?? "") ? seen : undefined;
}

function describeStep(inspection: Inspection, step: InspectedStep): readonly string[] {
  const { id, call, module } = step;
  const probe = probeOf(inspection, step);
  return [
    `  ${id}  ${call}${module === undefined ? "" : `   ${module}`}`,
    ...(probe === undefined ? [] : [`  ${" ".repeat(id.length)}  its probe: ${probe.export}   ${probe.module}`]),
  ];
}

function probeOf({ modules }: Inspection, { options }: InspectedStep): FunctionName | undefined {
  const probe = options?.interrupted;
  return typeof probe === "object" ? { export: probe.export, module: modules[probe.module]?.url ?? "" } : undefined;
}

/** None of many steps shall hide the one module that matters. */
function describeRest(inspection: Inspection, rest: readonly InspectedStep[]): readonly string[] {
  if (rest.length === 0) return [];
  const modules = new Set(rest.flatMap((step) => [step.module, probeOf(inspection, step)?.module]));
  modules.delete(undefined);
  return [`  … and ${rest.length} more, of`, ...Array.from(modules, (module) => `       ${module}`)];
}
