import type { State } from "../state/state.ts";
import type { Encoded } from "../values/json.ts";
import { concealEvent } from "./conceal_event.ts";
import { describeEvent } from "./describe_event.ts";
import type { HistoryEntry } from "./event_history.ts";
import { formatCount } from "./format_counts.ts";
import { formatTime } from "./format_time.ts";
import { type Markup, markup } from "./markup.ts";
import { labelsOf } from "./render_events.ts";

/** So many rows are shown without having to ask for them. */
const OPEN_ROWS = 40;

/** Shows the history as a table. */
export function pageHistory(
  state: State,
  history: readonly HistoryEntry[],
  conceal: (encoded: Encoded) => Encoded,
): Markup | undefined {
  if (history.length === 0) return undefined;
  const labels = labelsOf(state);
  const rows = history.map((entry) => {
    if (entry.kind === "gap") {
      return markup`<tr><td colspan="5" class="gap">… ${formatCount(entry.count)} events …</td></tr>\n`;
    }
    const { seq, at, event } = entry.event;
    const [day = "", time = ""] = formatTime(at).split(" ");
    const cells = [
      markup`<td class="number">${seq}</td>`,
      markup`<td class="number"><span class="day">${day} </span>${time}</td>`,
      markup`<td>${event.type}</td>`,
      markup`<td>${"step" in event ? event.step : undefined}</td>`,
      markup`<td>${describeEvent(concealEvent(event, conceal), labels)}</td>`,
    ];
    return markup`<tr>${cells}</tr>\n`;
  });
  const open = history.length <= OPEN_ROWS ? markup` open` : undefined;
  const head = markup`<thead><tr><th>#</th><th>time</th><th>event</th><th>step</th><th>what</th></tr></thead>`;
  const table = markup`<div class="scroll" tabindex="0"><table>${head}<tbody>${rows}</tbody></table></div>`;
  return markup`<section aria-labelledby="history"><h2 id="history">History</h2>
<details${open}><summary>${history.length} rows</summary>${table}</details></section>\n`;
}
