import { readArguments, readValue } from "../../journal/stored_value.ts";
import { isGroup } from "../../plan/node.ts";
import type { InspectedStep } from "../data/inspected_step.ts";
import { growStepTree, type Selected, type StepBranch } from "../data/select_steps.ts";
import { formatLeftOut } from "../format/format_counts.ts";
import { formatError, formatErrorDetails, type SourceLines } from "../format/format_error.ts";
import { formatDuration } from "../../text/format_time.ts";
import { formatPretty } from "../format/format_value.ts";
import { STATUS_TONES } from "../text/paint.ts";
import type { StepDescription } from "../text/render_steps.ts";
import { type Markup, markup } from "./escape_html.ts";

interface PageStepsOptions extends StepDescription<InspectedStep> {
  readonly nameOf: (id: string) => string | undefined;
  readonly source: SourceLines | undefined;
}

/** Shows steps as a tree: what is in a group, or in a plan that a step has returned, is a list below it. */
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
  const timing = options.text(step);
  const name = markup`<span class="call"><span class="id">${id}</span>${call}</span>`;
  const badge = markup`<span class="status ${STATUS_TONES[status]}">${status}</span>`;
  const took = timing === "" ? undefined : markup`<span class="took">${timing}</span>`;
  const row = markup`<span class="row">${name}${badge}${took}</span>`;
  if (isGroup(step)) return markup`<div class="group">${row}</div>`;
  const open = status === "failed" || status === "unknown" ? markup` open` : undefined;
  const inside = describeInside(step, options);
  return markup`<details${open}><summary>${row}</summary><div class="inside">${inside}</div></details>`;
}

function describeInside(step: InspectedStep, { notes: notesFor, nameOf, source }: PageStepsOptions): readonly Markup[] {
  const { args, valueText, module, export: exported, failures } = step;
  const notes = notesFor({ ...step, failures: [] });
  return [
    notes.length === 0 ? markup`` : markup`<ul>${notes.map((note) => markup`<li>${note}</li>`)}</ul>`,
    module === undefined ? markup`` : markup`<p><code>${exported ?? ""}</code> of <code>${module}</code></p>`,
    ...(args === undefined ? [] : [part("Arguments", formatPretty(readArguments(step), nameOf))]),
    ...(valueText === undefined ? [] : [part("Value", valueLines(step, nameOf))]),
    ...failures.slice(-MAX_FAILURES).map(({ attempt, ms, error, undo }) =>
      part(`${undo === true ? "Undo attempt" : "Attempt"} ${attempt} failed after ${formatDuration(ms)}`, [
        formatError(error),
        ...formatErrorDetails(error, { all: true, source }).map((line) => `  ${line}`),
      ])
    ),
  ];
}

/** A value that was cut has only a text. */
function valueLines(
  step: InspectedStep,
  nameOf: PageStepsOptions["nameOf"],
): readonly string[] {
  const { value, valueText = "" } = step;
  const isCut = value === undefined && valueText !== "undefined";
  return isCut ? [valueText] : formatPretty(readValue(step), nameOf);
}

/** If a step was tried very often, only the last attempts are shown. */
const MAX_FAILURES = 10;

function part(title: string, lines: readonly string[]): Markup {
  return markup`<h3>${title}</h3>${preformatted(lines)}`;
}

/** Shows lines as they are. The keyboard reaches it, since it may scroll. */
export function preformatted(lines: readonly string[]): Markup {
  return markup`<pre tabindex="0">${lines.map((line) => markup`${line}\n`)}</pre>`;
}
