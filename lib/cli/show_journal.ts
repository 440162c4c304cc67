import { inspectJournal } from "../inspect/inspect_journal.ts";
import { paintForTerminal, paintNothing } from "../inspect/paint.ts";
import { renderInspection } from "../inspect/render_inspection.ts";
import { viewJournal, type ViewOptions } from "../inspect/view_journal.ts";
import type { Store } from "../storage/store.ts";
import { escapeJsonText } from "../values/escape_text.ts";
import type { CommandIo } from "./command_io.ts";
import { readSourceLine } from "./read_source_line.ts";

/** How a journal is shown. */
export interface ShowJournalOptions extends ViewOptions {
  /** As JSON. */
  readonly json: boolean;
}

/** `inspect`: shows what has happened, the steps, and what to type next. */
export async function showJournal(
  store: Store,
  journal: string,
  io: CommandIo,
  options: ShowJournalOptions,
): Promise<void> {
  if (options.json) {
    const inspection = await inspectJournal(store, journal, options);
    io.writeOut(`${escapeJsonText(JSON.stringify(inspection, null, 2))}\n`);
    return;
  }
  const paint = io.wantsColour ? paintForTerminal : paintNothing;
  const { inspection, selected } = await viewJournal(store, journal, options);
  io.writeOut(renderInspection(inspection, { selected, paint, source: readSourceLine(inspection.modules) }));
}
