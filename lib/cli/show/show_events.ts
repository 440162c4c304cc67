import { JournalDamaged } from "../../errors/opening_errors.ts";
import { EventHistory, type TimedEvent, timedEvent } from "../../inspect/data/event_history.ts";
import { readState } from "../../inspect/data/read_state.ts";
import { formatCount } from "../../inspect/format/format_counts.ts";
import { redactEvent } from "../../inspect/redact/redact_secrets.ts";
import { describeEvent, eventLine, renderEvents } from "../../inspect/text/render_events.ts";
import { paintFor } from "../../inspect/text/paint.ts";
import { inspectCommand } from "../../messages/next_commands.ts";
import { State, type TransactionStatus } from "../../state/state.ts";
import { foldLeniently } from "../../storage/read_state.ts";
import type { Store } from "../../storage/store.ts";
import { escapeForTerminal, escapeJsonText } from "../../text/escape.ts";
import { type CommandIo, UsageError, writeLines } from "../frame/command.ts";
import { EXIT } from "../frame/exit_code.ts";
import type { ShowOptions } from "./show_journal.ts";

/** JSON is written in pieces of about this many characters. */
const CHUNK = 64 * 1024;

/** `inspect --events`: shows the history of a transaction. */
export async function showEvents(
  store: Store,
  journal: string,
  io: CommandIo,
  options: ShowOptions,
): Promise<void> {
  if (options.json) return await writeEvents(store, journal, io, options);
  const history = new EventHistory({ all: options.all });
  const { read } = await readState(store, journal, { observe: (event) => history.add(event) });
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
async function writeEvents(store: Store, journal: string, io: CommandIo, options: ShowOptions): Promise<void> {
  let text = "[";
  let count = 0;
  await readState(store, journal, {
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
const WIDTHS = { seq: 5, id: 6 };
/** The exit code for a transaction that no process runs any more. */
const CODES: Readonly<Record<TransactionStatus, number>> = {
  finished: EXIT.finished,
  aborted: EXIT.failed,
  undone: EXIT.failed,
  cancelled: EXIT.failed,
  waiting: EXIT.paused,
  pending: EXIT.paused,
  started: EXIT.paused,
};

/**
 * `inspect --follow`: shows each event when it is recorded, until no process runs the transaction any more.
 *
 * @returns The exit code for its status then.
 */
export async function followJournal(
  store: Store,
  journal: string,
  io: CommandIo,
  options: ShowOptions,
): Promise<number> {
  if (store.follow === undefined) throw new UsageError("Cannot follow a journal in this store", "inspect");
  const state = new State({ keepsValues: false });
  const lines = new FollowedLines(io, options);
  let before: TimedEvent[] = [];
  let count = 0;
  let isLive = options.all;
  const fold = foldLeniently(state, (_state, event, record) => {
    const timed = timedEvent(state, event, record);
    count += 1;
    if (isLive) return lines.show(timed);
    before.push(timed);
    // Cut now and then, not each time.
    if (before.length > 100 * BEFORE) before = before.slice(-BEFORE);
  });
  for await (const { isHeld, isGone } of store.follow(journal, fold.apply)) {
    const { contradictions: [contradiction], unknown } = fold.met;
    if (contradiction !== undefined && unknown === undefined) {
      throw new JournalDamaged(journal, contradiction.line, contradiction.reason);
    }
    if (!isLive) {
      before = before.slice(-BEFORE);
      if (count > before.length) io.writeError(`… ${formatCount(count - before.length)} events before …\n`);
      for (const event of before) lines.show(event);
      isLive = true;
    }
    if (!isHeld || isGone) break;
  }
  const status = state.status === "started" ? "interrupted" : state.status;
  const hint = state.status === "finished" ? [] : [`  ${inspectCommand(state, journal).command}`];
  writeLines(io, [`${status}: no process runs the transaction`, ...hint]);
  return CODES[state.status];
}

/** Writes events one after the other. */
class FollowedLines {
  readonly #io: CommandIo;
  readonly #options: ShowOptions;
  #day = "";

  constructor(io: CommandIo, options: ShowOptions) {
    this.#io = io;
    this.#options = options;
  }

  show(timed: TimedEvent): void {
    this.#io.writeOut(`${this.#options.json ? eventJson(timed, this.#options) : this.#line(timed)}\n`);
  }

  #line(timed: TimedEvent): string {
    const paint = paintFor(this.#io.wantsColour);
    const line = eventLine(redacted(timed, this.#options), { ...WIDTHS, day: this.#day, paint });
    this.#day = timed.at.slice(0, 10);
    return line;
  }
}

function eventJson(timed: TimedEvent, options: ShowOptions): string {
  const shown = redacted(timed, options);
  const { seq, at, event } = shown;
  return escapeJsonText(JSON.stringify({ seq, at, ...event, text: describeEvent(shown) }));
}

function redacted(timed: TimedEvent, { redact }: ShowOptions): TimedEvent {
  return { ...timed, event: redactEvent(timed.event, redact) };
}
