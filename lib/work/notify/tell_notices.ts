import type { Clock } from "../../run/session/clock.ts";
import { escapeJsonText, safeText } from "../../text/escape.ts";
import type { Report } from "../work_report.ts";
import type { Notice, NoticeSource } from "./notice_message.ts";
import type { NotifierCommand } from "./notify_options.ts";
import { NOTIFIER_LIMITS, type NotifierLimits, runNotifier } from "./run_notifier.ts";

export interface TellOptions {
  readonly sources: readonly NoticeSource[];
  readonly command: NotifierCommand;
  readonly clock: Clock;
  readonly report: Report;
  /** When it is aborted, nothing more is told. A notifier that is running may end. */
  readonly stop: AbortSignal;
  /** When it is aborted, what is there is told, once each, and then it ends. */
  readonly drain?: AbortSignal | undefined;
  /** From now on calls `arrived` when there may be something to tell. The function that is returned ends that. */
  readonly listen?: ((arrived: () => void) => () => void) | undefined;
  readonly limits?: NotifierLimits | undefined;
}

/** How many notifiers run at a time. */
const AT_ONCE = 4;
/** The pause between two looks when nothing has happened. */
const LOOK_MS = 2000;
/** Beyond the time that the notifier may take: reading the journal, and remembering that it was told. */
const CLAIM_MARGIN_MS = 60_000;
/** The pauses after a failure: the first, and the longest. */
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [1000, 300_000];
/** After this number of failures in a row, nothing more is tried before the worker ends. */
const MAX_DRAIN_FAILURES = 3;
/** The most notices of which it remembers how often each has failed. */
const MAX_FAILED = 10_000;

/**
 * Tells a person, by a program, what comes to rest: each once, unless a crash comes between telling and remembering. What the
 * program does or does not do never touches a transaction. Resolves when it was stopped, or all is told.
 */
export async function tellNotices(options: TellOptions): Promise<void> {
  await new NoticeLoop(options).run();
}

class NoticeLoop {
  readonly #options: TellOptions;
  readonly #limits: NotifierLimits;
  /** How often each has failed, by what it is about. */
  readonly #failed = new Map<string, number>();
  /** How often telling has failed in a row, whatever it was about. */
  #failures = 0;
  #storeFailures = 0;
  #isAwake = false;
  #alarm = new AbortController();

  constructor(options: TellOptions) {
    this.#options = options;
    this.#limits = options.limits ?? NOTIFIER_LIMITS;
  }

  async run(): Promise<void> {
    const { stop, drain, listen } = this.#options;
    const wake = () => this.#wake();
    const unlisten = listen?.(wake);
    for (const signal of [stop, drain]) signal?.addEventListener("abort", wake);
    try {
      while (!stop.aborted) {
        this.#isAwake = false;
        // Asked first: what came to rest before the drain began is found after it.
        const isDraining = drain?.aborted === true;
        const claimed = await this.#claim();
        await Promise.all((claimed ?? []).map((notice) => this.#tell(notice)));
        if (isDraining && (!claimed?.length || this.#failures >= MAX_DRAIN_FAILURES)) return;
        if (!isDraining) await this.#pause(claimed);
      }
    } finally {
      unlisten?.();
      for (const signal of [stop, drain]) signal?.removeEventListener("abort", wake);
    }
  }

  get #isEnding(): boolean {
    return this.#options.stop.aborted || this.#options.drain?.aborted === true;
  }

  #wake(): void {
    this.#isAwake = true;
    this.#alarm.abort();
  }

  /** Nothing if the store cannot be used. While the notifier fails, one is tried at a time. */
  async #claim(): Promise<readonly Notice[] | undefined> {
    const { sources, report } = this.#options;
    const { timeMs, graceMs } = this.#limits;
    const claimed: Notice[] = [];
    try {
      for (const source of sources) {
        const left = (this.#failures > 0 ? 1 : AT_ONCE) - claimed.length;
        if (left > 0) claimed.push(...await source.claim(left, timeMs + graceMs + CLAIM_MARGIN_MS));
      }
      this.#storeFailures = 0;
      return claimed;
    } catch (error) {
      this.#storeFailures += 1;
      if (this.#storeFailures === 1) report({ kind: "notice", reason: `Cannot notify: ${safeText(error)}` });
      // What was claimed is told by the worker that looks when that time is over.
      return claimed.length > 0 ? claimed : undefined;
    }
  }

  /** Never rejects: one notice must not stop the others. */
  async #tell(notice: Notice): Promise<void> {
    const { about } = notice;
    try {
      const failure = await this.#run(notice);
      if (failure === undefined) return;
      const count = (this.#failed.get(about) ?? 0) + 1;
      if (this.#failed.size >= MAX_FAILED) this.#failed.clear();
      this.#failed.set(about, count);
      this.#failures += 1;
      const ms = pauseAfter(count);
      this.#options.report({ kind: "notify failed", journal: about, reason: failure, ms });
      await notice.postpone(ms);
    } catch (error) {
      // It is told again when the claim is over.
      this.#options.report({ kind: "notice", journal: about, reason: `Cannot notify: ${safeText(error)}` });
    }
  }

  /** Returns why the notifier failed. */
  async #run(notice: Notice): Promise<string | undefined> {
    const { command, clock, report } = this.#options;
    const message = await notice.read();
    if ("againMs" in message) return void await notice.postpone(message.againMs);
    const input = `${escapeJsonText(JSON.stringify(message))}\n`;
    const failure = await runNotifier(command, input, { clock, limits: this.#limits });
    if (failure !== undefined) return failure;
    await notice.noteTold();
    this.#failures = 0;
    this.#failed.delete(notice.about);
    report({ kind: "notified", journal: notice.about, status: message.status });
    return undefined;
  }

  async #pause(claimed: readonly Notice[] | undefined): Promise<void> {
    const { clock } = this.#options;
    const failures = Math.max(this.#failures, this.#storeFailures);
    if (this.#isEnding) return;
    // There may be more, and what came while these were told counts.
    if (failures === 0 && (this.#isAwake || claimed?.length)) return;
    this.#alarm = new AbortController();
    if (failures === 0) return await clock.delay(LOOK_MS, this.#alarm.signal);
    const end = clock.elapsed() + pauseAfter(failures);
    // What comes to rest meanwhile does not make a notifier work.
    while (clock.elapsed() < end && !this.#isEnding) {
      this.#alarm = new AbortController();
      await clock.delay(end - clock.elapsed(), this.#alarm.signal);
    }
  }
}

function pauseAfter(failures: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1));
}
