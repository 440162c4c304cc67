import { readArguments, readValue } from "../../journal/stored_value.ts";
import { isGroup } from "../../plan/node.ts";
import type { Placeholder } from "../../values/json.ts";
import type { InspectedStep } from "../data/inspected_step.ts";
import type { Inspection } from "../data/inspection.ts";
import { growStepTree, type Selected, type StepBranch } from "../data/select_steps.ts";
import { formatLeftOut } from "../format/format_counts.ts";
import { formatPlaceholder } from "../format/format_call.ts";
import { formatError, formatErrorDetails, type SourceLines } from "../format/format_error.ts";
import { describeTiming, formatDuration } from "../format/format_time.ts";
import { formatPretty } from "../format/format_value.ts";
import { describeNotes } from "../text/describe_notes.ts";
import { STATUS_TONES } from "../text/paint.ts";
import { type Markup, markup } from "./markup.ts";

/** What a page knows beside the steps. */
interface PageStepsOptions {
  /** The transaction. */
  readonly inspection: Inspection;
  /** The author's name for a step. */
  readonly nameOf: (id: string) => string | undefined;
  /** Finds the lines of source that errors were thrown at. */
  readonly source: SourceLines | undefined;
}

/** Shows steps as a tree: what is in a group, or in a plan that a step has returned, stands in a list below it. */
export function pageSteps(selected: readonly Selected<InspectedStep>[], options: PageStepsOptions): Markup {
  const tree = growStepTree(selected).map((branch) => renderBranch(branch, options));
  return markup`<section aria-labelledby="steps"><h2 id="steps">Steps</h2><ol class="tree">${tree}</ol></section>\n`;
}

function renderBranch(branch: StepBranch, options: PageStepsOptions): Markup {
  if (branch.kind === "gap") return markup`<li class="gap">… ${formatLeftOut(branch.counts)} …</li>\n`;
  const inside = branch.inside.map((child) => renderBranch(child, options));
  const list = inside.length === 0 ? undefined : markup`<ol>${inside}</ol>`;
  return markup`<li>${renderStep(branch.step, options)}${list}</li>\n`;
}

function renderStep(step: InspectedStep, options: PageStepsOptions): Markup {
  const { id, call, status } = step;
  const timing = describeTiming(step);
  const name = markup`<span class="call"><span class="id">${id}</span>${call}</span>`;
  const badge = markup`<span class="status ${STATUS_TONES[status]}">${status}</span>`;
  const took = timing === "" ? undefined : markup`<span class="took">${timing}</span>`;
  const row = markup`<span class="row">${name}${badge}${took}</span>`;
  if (isGroup(step)) return markup`<div class="group">${row}</div>`;
  const open = status === "failed" || status === "unknown" ? markup` open` : undefined;
  const inside = describeInside(step, options);
  return markup`<details${open}><summary>${row}</summary><div class="inside">${inside}</div></details>`;
}

function describeInside(step: InspectedStep, { inspection, nameOf, source }: PageStepsOptions): readonly Markup[] {
  const { args, valueText, module, export: exported, failures } = step;
  const notes = describeNotes({ ...step, failures: [] }, inspection);
  const showPlaceholder = (placeholder: Placeholder) => formatPlaceholder(placeholder, nameOf);
  return [
    notes.length === 0 ? markup`` : markup`<ul>${notes.map((note) => markup`<li>${note}</li>`)}</ul>`,
    module === undefined ? markup`` : markup`<p><code>${exported ?? ""}</code> of <code>${module}</code></p>`,
    ...(args === undefined ? [] : [part("Arguments", formatPretty(readArguments(step), { showPlaceholder }))]),
    ...(valueText === undefined ? [] : [part("Value", valueLines(step, showPlaceholder))]),
    ...failures.slice(-MAX_FAILURES).map(({ attempt, ms, error, undo }) =>
      part(`${undo === true ? "Undo attempt" : "Attempt"} ${attempt} failed after ${formatDuration(ms)}`, [
        formatError(error),
        ...formatErrorDetails(error, { all: true, source }).map((line) => `  ${line}`),
      ])
    ),
  ];
}

/** Of a value that was cut there is only the text. */
function valueLines(
  step: InspectedStep,
  showPlaceholder: (placeholder: Placeholder) => string,
): readonly string[] {
  const { value, valueText = "" } = step;
  const isCut = value === undefined && valueText !== "undefined";
  return isCut ? [valueText] : formatPretty(readValue(step), { showPlaceholder });
}

/** Of a step that is tried over and over only the last attempts are told. */
const MAX_FAILURES = 10;

/** A heading and lines below it. */
export function part(title: string, lines: readonly string[]): Markup {
  return markup`<h3>${title}</h3>${preformatted(lines)}`;
}

/** Lines as they are. Reached with the keyboard, since it may scroll. */
export function preformatted(lines: readonly string[]): Markup {
  return markup`<pre tabindex="0">${lines.map((line) => markup`${line}\n`)}</pre>`;
}
