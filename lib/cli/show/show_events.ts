import { EventHistory, type TimedEvent } from "../../inspect/data/event_history.ts";
import { readState } from "../../inspect/data/read_state.ts";
import { formatCount } from "../../inspect/format/format_counts.ts";
import { redactEvent } from "../../inspect/redact/redact_event.ts";
import { describeEvent } from "../../inspect/text/describe_event.ts";
import { paintFor } from "../../inspect/text/paint.ts";
import { labelsOf, renderEvents } from "../../inspect/text/render_events.ts";
import type { Store } from "../../storage/store.ts";
import { escapeForTerminal, escapeJsonText } from "../../text/escape.ts";
import type { Encoded } from "../../values/json.ts";
import type { CommandIo } from "../frame/command.ts";

/** How a history is shown. */
interface ShowEventsOptions {
  /** As JSON. */
  readonly json: boolean;
  /** All events, however many there are. */
  readonly all: boolean;
  /** Takes out of a value what is not to be shown. */
  readonly redact: (encoded: Encoded) => Encoded;
}

/** JSON is written in pieces of about so many characters. */
const CHUNK = 64 * 1024;

/** `inspect --events`: shows the history of a transaction. */
export async function showEvents(
  store: Store,
  journal: string,
  io: CommandIo,
  options: ShowEventsOptions,
): Promise<void> {
  if (options.json) return await writeEvents(store, journal, io, options);
  const history = new EventHistory({ all: options.all });
  const { state, read } = await readState(store, journal, { observe: (_state, event) => history.add(event) });
  const entries = history.entries().map((entry) =>
    entry.kind === "gap" ? entry : { ...entry, event: hide(entry.event, options) }
  );
  const paint = paintFor(io.wantsColour);
  const isCut = entries.some(({ kind }) => kind === "gap");
  io.writeOut([
    ...renderEvents(entries, labelsOf(state), paint),
    "",
    `${formatCount(history.count)} events${isCut ? "; --all shows every one" : ""}`,
    ...(read.unknown === undefined
      ? []
      : [escapeForTerminal(`${read.unknown} is not known to this version, and left out`)]),
    "",
  ].join("\n"));
}

/** Writes every event as it is read, so that a journal of any length can be had as JSON. */
async function writeEvents(store: Store, journal: string, io: CommandIo, options: ShowEventsOptions): Promise<void> {
  let text = "[";
  let count = 0;
  await readState(store, journal, {
    observe: (state, event) => {
      const { seq, at, event: shown } = hide(event, options);
      const json = JSON.stringify({ seq, at, ...shown, text: describeEvent(shown, labelsOf(state)) });
      text += `${count === 0 ? "" : ","}\n  ${escapeJsonText(json)}`;
      count += 1;
      if (text.length < CHUNK) return;
      io.writeOut(text);
      text = "";
    },
  });
  io.writeOut(`${text}\n]\n`);
}

function hide({ seq, at, event }: TimedEvent, { redact }: ShowEventsOptions): TimedEvent {
  return { seq, at, event: redactEvent(event, redact) };
}
