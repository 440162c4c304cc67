import { JournalUntrusted } from "../../errors/opening_errors.ts";
import { inspectAll } from "../../inspect/data/inspect_state.ts";
import type { InspectedStep } from "../../inspect/data/inspected_step.ts";
import type { Inspection } from "../../inspect/data/inspection.ts";
import { readState } from "../../inspect/data/read_state.ts";
import { chainSum } from "../../journal/encode_record.ts";
import type { Event } from "../../journal/event.ts";
import type { FunctionName } from "../../modules/load_functions.ts";
import type { EventObserver } from "../../run/options/observer.ts";
import type { Store } from "../../storage/store.ts";
import { escapeForTerminal, squeezeBlanks } from "../../text/escape.ts";
import type { Ask } from "./ask_decision.ts";

/** The most steps that are listed. Of the others, only the modules are. */
const MAX_STEPS = 40;

/** Shows what a journal of another user would run, and asks whether to run it. If so, returns what was shown. */
export async function askTrust(
  error: JournalUntrusted,
  { store, isRollback }: { readonly store: Store; readonly isRollback: boolean },
  ask: Ask,
): Promise<SeenEvents | undefined> {
  const seen = new SeenEvents();
  const read = await readState(store, error.journal, { observe: ({ event }) => seen.add(event) });
  const inspection = inspectAll(read);
  const undoesOnly = isRollback || inspection.rollback !== undefined;
  const undoes = undoesOnly || inspection.options.onFailure === "rollback";
  const wanted = { runs: !undoesOnly, undoes };
  const steps = inspection.steps.map((step) => ({ step, code: codeOf(inspection, step, wanted) }))
    .filter(({ code }) => code.length > 0);
  const lines = steps.slice(0, MAX_STEPS).flatMap(describeStep);
  const isCut = lines.some((line) => line.includes("…"));
  const question = [
    `${squeezeBlanks(error.reason)}. ${isRollback ? "Rolling it back" : "Resuming it"} would run`,
    ...lines,
    ...describeRest(steps.slice(MAX_STEPS)),
    ...(isCut ? ["To see in full what is cut (…), use inspect --json --show-secrets"] : []),
    "Run that? [y/N] ",
  ].map(escapeForTerminal).join("\n");
  return /^y(es)?$/i.test(await ask(question) ?? "") ? seen : undefined;
}

/** A function that would be called. `what` is absent for the function of the step itself. */
interface WantedFunction extends FunctionName {
  readonly what?: "probe" | "undo";
}

interface WantedStep {
  readonly step: InspectedStep;
  readonly code: readonly WantedFunction[];
}

/** Finds what would be called: `runs` if the step has not finished, `undoes` if it has happened, or may have. */
function codeOf(
  { modules }: Inspection,
  { status, module, options, export: name }: InspectedStep,
  wanted: { readonly runs: boolean; readonly undoes: boolean },
): readonly WantedFunction[] {
  if (module === undefined || name === undefined || status === "skipped" || status === "undone") return [];
  const runs = wanted.runs && status !== "finished";
  const undo = wanted.undoes && (wanted.runs || status !== "pending") ? options?.undo : undefined;
  const isAsked = runs || (undo !== undefined && status !== "finished");
  const probe = isAsked && typeof options?.interrupted === "object" ? options.interrupted : undefined;
  const find = (code: typeof undo, what: "probe" | "undo") =>
    code === undefined ? [] : [{ module: modules[code.module]?.url ?? "", export: code.export, what }];
  return [...(runs ? [{ module, export: name }] : []), ...find(probe, "probe"), ...find(undo, "undo")];
}

function describeStep({ step: { id, call }, code }: WantedStep): readonly string[] {
  const own = code.find(({ what }) => what === undefined);
  return [
    `  ${id}  ${squeezeBlanks(call)}${own === undefined ? "" : `   ${squeezeBlanks(own.module)}`}`,
    ...code.filter((one) => one !== own).map(({ what, export: name, module }) =>
      `  ${" ".repeat(id.length)}  its ${what}: ${squeezeBlanks(name)}   ${squeezeBlanks(module)}`
    ),
  ];
}

/** Many steps must not hide the one module that matters. */
function describeRest(rest: readonly WantedStep[]): readonly string[] {
  if (rest.length === 0) return [];
  const modules = new Set(rest.flatMap(({ code }) => code.map(({ module }) => module)));
  return [`  … and ${rest.length} more, of`, ...Array.from(modules, (module) => `       ${squeezeBlanks(module)}`)];
}

/** Remembers what a person was shown of a journal, which could be replaced meanwhile, so that nothing else is run. */
export class SeenEvents {
  #sum = "";

  /** Notes an event that was shown, or that this process has written since. */
  readonly add = (event: Event): void => {
    this.#sum = chainSum(this.#sum, JSON.stringify(event));
  };

  /** Refuses a journal that holds anything else when it is opened. */
  watch(journal: string): Pick<EventObserver, "record" | "opened"> {
    const found = new SeenEvents();
    return {
      record: ({ events }) => events.forEach(found.add),
      opened: () => {
        if (found.#sum !== this.#sum) throw new JournalUntrusted(journal, "it was changed after it was shown");
      },
    };
  }
}
