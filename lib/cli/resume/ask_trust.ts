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

/** Which functions of a journal would be called. */
interface Wanted {
  /** Steps that have not finished. */
  readonly runs: boolean;
  /** Undo functions of steps that have happened, or may have. */
  readonly undoes: boolean;
}

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
  const wanted = { runs: !undoesOnly, undoes: undoesOnly || inspection.options.onFailure === "rollback" };
  const steps = inspection.steps.filter((step) => functionsOf(inspection, step, wanted).length > 0);
  const lines = steps.slice(0, MAX_STEPS).flatMap((step) => describeStep(inspection, step, wanted));
  const question = [
    `${squeezeBlanks(error.reason)}. ${isRollback ? "Rolling it back" : "Resuming it"} would run`,
    ...lines,
    ...describeRest(inspection, steps.slice(MAX_STEPS), wanted),
    ...(lines.some((line) => line.includes("…"))
      ? ["To see in full what is cut (…), use inspect --json --show-secrets"]
      : []),
    "Run that? [y/N] ",
  ].map(escapeForTerminal).join("\n");
  return /^y(es)?$/i.test(await ask(question) ?? "") ? seen : undefined;
}

/** A function that would be called. `what` is absent for the function of the step itself. */
interface WantedFunction extends FunctionName {
  readonly what?: "probe" | "undo";
}

function functionsOf(
  { modules }: Inspection,
  { status, module, options, export: name }: InspectedStep,
  wanted: Wanted,
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

function describeStep(inspection: Inspection, step: InspectedStep, wanted: Wanted): readonly string[] {
  const { id, call } = step;
  const functions = functionsOf(inspection, step, wanted);
  const own = functions.find(({ what }) => what === undefined);
  return [
    `  ${id}  ${squeezeBlanks(call)}${own === undefined ? "" : `   ${squeezeBlanks(own.module)}`}`,
    ...functions.filter(({ what }) => what !== undefined).map(({ what, export: name, module }) =>
      `  ${" ".repeat(id.length)}  its ${what}: ${squeezeBlanks(name)}   ${squeezeBlanks(module)}`
    ),
  ];
}

/** Many steps must not hide the one module that matters. */
function describeRest(inspection: Inspection, rest: readonly InspectedStep[], wanted: Wanted): readonly string[] {
  if (rest.length === 0) return [];
  const modules = new Set(rest.flatMap((step) => functionsOf(inspection, step, wanted).map(({ module }) => module)));
  return [`  … and ${rest.length} more, of`, ...Array.from(modules, (module) => `       ${squeezeBlanks(module)}`)];
}

/**
 * Remembers what a person was shown of a journal that another user may write, so that nothing else is run: the journal could
 * be replaced while the question is on the screen.
 */
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
