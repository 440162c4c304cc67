import { JournalDamaged } from "../../errors/opening_errors.ts";
import { EventHistory, type TimedEvent, timedEvent } from "../../inspect/data/event_history.ts";
import { readState } from "../../inspect/data/read_state.ts";
import { formatCount } from "../../inspect/format/format_counts.ts";
import { redactEvent } from "../../inspect/redact/redact_secrets.ts";
import { describeEvent, eventLines, renderEvents } from "../../inspect/text/render_events.ts";
import { paintFor } from "../../inspect/text/paint.ts";
import { inspectCommand } from "../../messages/next_commands.ts";
import { State, type TransactionStatus } from "../../state/state.ts";
import { foldLeniently } from "../../storage/read_state.ts";
import type { Located } from "../../storage/locator.ts";
import { escapeForTerminal, escapeJsonText } from "../../text/escape.ts";
import { type CommandIo, UsageError, writeLines } from "../frame/command.ts";
import { EXIT } from "../frame/exit_code.ts";
import type { ShowOptions } from "./show_journal.ts";

/** JSON is written in pieces of about this many characters. */
const CHUNK = 64 * 1024;

/** `inspect --events`: shows the history of a transaction. */
export async function showEvents({ store, name }: Located, io: CommandIo, options: ShowOptions): Promise<void> {
  if (options.json) return await writeEvents({ store, name }, io, options);
  const history = new EventHistory({ all: options.all });
  const { read } = await readState(store, name, { observe: (event) => history.add(event) });
  const entries = history.entries().map((entry) =>
    entry.kind === "gap" ? entry : { ...entry, event: redacted(entry.event, options) }
  );
  const paint = paintFor(io.wantsColour);
  const isCut = entries.some(({ kind }) => kind === "gap");
  io.writeOut([
    ...renderEvents(entries, paint),
    "",
    `${formatCount(history.count)} events${isCut ? "; --all shows every one" : ""}`,
    ...(read.unknown === undefined
      ? []
      : [escapeForTerminal(`${read.unknown} is unknown to this version, and left out`)]),
    "",
  ].join("\n"));
}

/** Writes each event as it is read: the journal may be of any length. */
async function writeEvents({ store, name }: Located, io: CommandIo, options: ShowOptions): Promise<void> {
  let text = "[";
  let count = 0;
  await readState(store, name, {
    observe: (event) => {
      text += `${count === 0 ? "" : ","}\n  ${eventJson(event, options)}`;
      count += 1;
      if (text.length < CHUNK) return;
      io.writeOut(text);
      text = "";
    },
  });
  io.writeOut(`${text}\n]\n`);
}

/** This many of the events that are already there are shown. */
const BEFORE = 10;
const FAILED: ReadonlySet<TransactionStatus> = new Set(["aborted", "undone", "cancelled"]);

/** `inspect --follow`: shows each event when it is recorded, until no process runs the transaction any more. */
export async function followJournal({ store, name }: Located, io: CommandIo, options: ShowOptions): Promise<number> {
  if (store.follow === undefined) throw new UsageError("Cannot follow a journal in this store");
  const state = new State({ keepsValues: false });
  const lineOf = eventLines({ seq: 5, id: 6, paint: paintFor(io.wantsColour) });
  const show = (timed: TimedEvent) =>
    io.writeOut(`${options.json ? eventJson(timed, options) : lineOf(redacted(timed, options))}\n`);
  let before: TimedEvent[] = [];
  let count = 0;
  let isLive = options.all;
  const fold = foldLeniently(state, (_state, event, record) => {
    const timed = timedEvent(state, event, record);
    count += 1;
    if (isLive) return show(timed);
    before.push(timed);
    // Cut now and then, not each time.
    if (before.length > 100 * BEFORE) before = before.slice(-BEFORE);
  });
  for await (const { isHeld, isGone } of store.follow(name, fold.apply)) {
    const { contradictions: [contradiction], unknown } = fold.met;
    if (contradiction !== undefined && unknown === undefined) {
      throw new JournalDamaged(name, contradiction.line, contradiction.reason);
    }
    if (!isLive) {
      before = before.slice(-BEFORE);
      if (count > before.length) io.writeError(`… ${formatCount(count - before.length)} events before …\n`);
      before.forEach(show);
      isLive = true;
    }
    if (!isHeld || isGone) break;
  }
  const status = state.status === "started" ? "interrupted" : state.status;
  const hint = state.status === "finished" ? [] : [`  ${inspectCommand(state, name).command}`];
  writeLines(io, [`${status}: no process runs the transaction`, ...hint]);
  if (state.status === "finished") return EXIT.finished;
  return FAILED.has(state.status) ? EXIT.failed : EXIT.paused;
}

function eventJson(timed: TimedEvent, options: ShowOptions): string {
  const shown = redacted(timed, options);
  const { seq, at, event } = shown;
  return escapeJsonText(JSON.stringify({ seq, at, ...event, text: describeEvent(shown) }));
}

function redacted(timed: TimedEvent, { redact }: ShowOptions): TimedEvent {
  return { ...timed, event: redactEvent(timed.event, redact) };
}
