import { JournalDamaged } from "../../errors/opening_errors.ts";
import type { TimedEvent } from "../../inspect/data/event_history.ts";
import { formatCount } from "../../inspect/format/format_counts.ts";
import { redactEvent } from "../../inspect/redact/redact_event.ts";
import { describeEvent } from "../../inspect/text/describe_event.ts";
import { paintFor } from "../../inspect/text/paint.ts";
import { eventLine, labelsOf } from "../../inspect/text/render_events.ts";
import type { JournalRecord } from "../../journal/encode_record.ts";
import { commandLine } from "../../messages/command_line.ts";
import { emptyState, type State, type TransactionStatus } from "../../state/state.ts";
import { foldLeniently } from "../../storage/read_state.ts";
import type { Store } from "../../storage/store.ts";
import { escapeJsonText } from "../../text/escape.ts";
import type { Encoded } from "../../values/json.ts";
import type { CommandIo } from "../frame/command.ts";
import { EXIT } from "../frame/exit_code.ts";

/** How a transaction is followed. */
interface FollowOptions {
  /** Each event as a line of JSON. */
  readonly json: boolean;
  /** From the beginning, and not from the last events on. */
  readonly all: boolean;
  /** Takes out of a value what is not to be shown. */
  readonly redact: (encoded: Encoded) => Encoded;
}

/** So many of the events that are there already are shown. */
const BEFORE = 10;
const WIDTHS = { seq: 5, id: 6 };
/** What becomes of a transaction that nobody runs any more. */
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
 * `inspect --follow`: shows each event when it is written, until no process runs the transaction any more.
 *
 * @returns The exit code that tells how it stands then.
 */
export async function followJournal(
  store: Store,
  journal: string,
  io: CommandIo,
  options: FollowOptions,
): Promise<number> {
  const state = emptyState({ keepsValues: false });
  const fold = foldLeniently(state);
  const lines = new FollowedLines(state, io, options);
  let before: TimedEvent[] = [];
  let count = 0;
  let isLive = options.all;
  const apply = (record: JournalRecord) => {
    fold.apply(record);
    for (const event of record.events) {
      const timed = { seq: record.seq, at: record.at, event };
      count += 1;
      if (isLive) lines.show(timed);
      else before.push(timed);
    }
    // Cut now and then, not each time.
    if (before.length > 100 * BEFORE) before = before.slice(-BEFORE);
  };
  for await (const { isHeld, isGone } of store.follow?.(journal, apply) ?? []) {
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
  const hint = state.status === "finished" ? "" : `\n  ${commandLine(state.library, "inspect", journal)}`;
  io.writeError(`${status}: no process runs the transaction${hint}\n`);
  return CODES[state.status];
}

/** Writes events one after the other. */
class FollowedLines {
  readonly #state: State;
  readonly #io: CommandIo;
  readonly #options: FollowOptions;
  #day = "";

  constructor(state: State, io: CommandIo, options: FollowOptions) {
    this.#state = state;
    this.#io = io;
    this.#options = options;
  }

  show({ seq, at, event }: TimedEvent): void {
    const shown = redactEvent(event, this.#options.redact);
    const labels = labelsOf(this.#state);
    if (this.#options.json) {
      const json = JSON.stringify({ seq, at, ...shown, text: describeEvent(shown, labels) });
      return this.#io.writeOut(`${escapeJsonText(json)}\n`);
    }
    const paint = paintFor(this.#io.wantsColour);
    const line = eventLine({ seq, at, event: shown }, labels, { ...WIDTHS, day: this.#day, paint });
    this.#day = at.slice(0, 10);
    this.#io.writeOut(`${line}\n`);
  }
}
