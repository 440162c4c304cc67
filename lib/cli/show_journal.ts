import { inspectionJson } from "../inspect/inspection_json.ts";
import { paintFor } from "../inspect/paint.ts";
import { readState } from "../inspect/read_state.ts";
import { renderInspection } from "../inspect/render_inspection.ts";
import { viewJournal } from "../inspect/view_journal.ts";
import type { Store } from "../storage/store.ts";
import { escapeJsonText } from "../values/escape_text.ts";
import type { Encoded } from "../values/json.ts";
import type { CommandIo } from "./command_io.ts";
import { readSourceLine } from "./read_source_line.ts";

/** How a journal is shown. */
export interface ShowJournalOptions {
  /** As JSON. */
  readonly json: boolean;
  /** Every step, however many there are. */
  readonly all: boolean;
  /** Takes out of a value what is not to be shown. */
  readonly conceal: (encoded: Encoded) => Encoded;
}

/** `inspect`: shows what has happened, the steps, and what to type next. */
export async function showJournal(
  store: Store,
  journal: string,
  io: CommandIo,
  options: ShowJournalOptions,
): Promise<void> {
  if (options.json) {
    const read = await readState(store, journal);
    for (const piece of inspectionJson(read, options.conceal)) io.writeOut(escapeJsonText(piece));
    return;
  }
  const paint = paintFor(io.wantsColour);
  const { inspection, selected } = await viewJournal(store, journal, options);
  const source = readSourceLine(inspection.modules);
  const width = io.readColumns?.();
  io.writeOut(renderInspection(inspection, { selected, paint, source, ...(width === undefined ? {} : { width }) }));
}
