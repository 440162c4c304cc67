import { formatCall } from "../../inspect/format/format_call.ts";
import { type Redact, redactText } from "../../inspect/redact/redact_secrets.ts";
import { JournalNotFound } from "../../errors/opening_errors.ts";
import { describeRest, type SummarizedState, summarizeState } from "../../messages/summarize_state.ts";
import { findStep, nextRetry, openAbort, restOf, type State } from "../../state/state.ts";
import { LONGEST_CLAIM_MS, NOTICED, type NoticedStatus, type Notices, type Untold } from "../../storage/notices.ts";
import { readState } from "../../storage/read_state.ts";
import type { Store } from "../../storage/store.ts";
import { cutText } from "../../text/escape.ts";
import { withoutUndefined } from "../../values/json.ts";
import type { Notice, NoticeSource, TransactionMessage } from "./notice_message.ts";

export interface TransactionNoticesOptions {
  readonly store: Store;
  readonly notices: Notices;
  /** The locator of the database, or the path of the folder. */
  readonly scope: string;
  readonly statuses: ReadonlySet<NoticedStatus>;
  /** Workers try what is aborted again so often. Nobody is told before that is over. */
  readonly retryFailed?: number | undefined;
  readonly redact: Redact;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const MAX_TEXT = 1000;
/** What is about to continue is looked at again. */
const LOOK_AGAIN_MS = 5000;

/** Transactions that are at rest, and nobody was told. */
export class TransactionNotices implements NoticeSource {
  readonly #options: TransactionNoticesOptions;

  constructor(options: TransactionNoticesOptions) {
    this.#options = options;
  }

  async claim(limit: number, forMs: number): Promise<readonly Notice[]> {
    const { notices, scope, statuses } = this.#options;
    if (statuses.size === 0) return [];
    const found = await notices.claim({ scope, statuses, limit, forMs });
    return found.map((untold) => ({
      about: untold.shown,
      read: () => this.#read(untold),
      noteTold: () => notices.noteTold(untold),
      postpone: (ms) => notices.postpone(untold, ms),
    }));
  }

  async #read({ journal, shown, mark, reason }: Untold): ReturnType<Notice["read"]> {
    try {
      const { state, read } = await readState(this.#options.store, journal, { keepsValues: false });
      const summary = summarizeState(state, { ...read, journal: shown });
      const place = { journal: shown, mark };
      if (read.isHeld) return { againMs: LOOK_AGAIN_MS };
      // No run has recorded that it ended: the store has given it up.
      if (reason !== undefined) return this.#toMessage(state, { ...summary, status: "aborted", reason }, place);
      const status = NOTICED.find((status) => status === summary.status);
      if (status === undefined || restOf(state) !== mark) return { againMs: LOOK_AGAIN_MS };
      const againMs = this.#retryMs(state);
      return againMs === undefined ? this.#toMessage(state, { ...summary, status }, place) : { againMs };
    } catch (error) {
      if (error instanceof JournalNotFound) return { againMs: LOOK_AGAIN_MS };
      throw error;
    }
  }

  /** In what time workers will have tried it again. It has not failed for good before that. */
  #retryMs(state: State): number | undefined {
    const { retryFailed = 0, now } = this.#options;
    const retry = nextRetry(state);
    if (retry === undefined || retry.number > retryFailed) return undefined;
    return Math.min(LONGEST_CLAIM_MS, Math.max(0, retry.at - now()) + LOOK_AGAIN_MS);
  }

  #toMessage(
    state: State,
    summary: SummarizedState & { readonly status: NoticedStatus },
    { journal, mark }: { readonly journal: string; readonly mark: string },
  ): TransactionMessage {
    const { status, name, home, queued, openedAt, lastAt, progress, next } = summary;
    const reason = summary.reason === undefined ? undefined : safe(summary.reason);
    const node = findStep(state, summary.step?.id ?? "")?.node;
    const call = node === undefined ? "" : safe(formatCall(state, node, this.#options.redact));
    const step = summary.step && { ...summary.step, name: safe(summary.step.name), call };
    return withoutUndefined<TransactionMessage>({
      version: 1,
      key: `${state.id} ${mark}`,
      text: describeRest({ ...summary, journal, reason, step }),
      at: new Date(this.#options.now()).toISOString(),
      status,
      journal,
      id: state.id,
      name,
      home,
      queued,
      openedAt,
      lastAt,
      progress,
      step,
      reason,
      error: errorOf(state),
      next,
    });
  }
}

function errorOf(state: State): TransactionMessage["error"] {
  const aborted = openAbort(state);
  if (aborted === undefined || state.status !== "aborted") return undefined;
  const error = aborted.error ?? findStep(state, aborted.step)?.failures?.at(-1)?.error;
  return error && withoutUndefined({ name: error.name, message: safe(error.message), code: error.code });
}

function safe(text: string): string {
  return redactText(cutText(text, MAX_TEXT));
}
