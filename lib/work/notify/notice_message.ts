import type { NextCommand } from "../../errors/journal_error.ts";
import type { Queued } from "../../state/state.ts";
import type { StepStatus } from "../../state/step_state.ts";

/** Where notices come from: transactions at rest, and what schedules skip. */
export interface NoticeSource {
  /** Finds what is to be told, and keeps it from other workers for a number of milliseconds. */
  claim(limit: number, forMs: number): Promise<readonly Notice[]>;
}

/** One thing of which a person is told once. */
export interface Notice {
  /** What it is about, as a person would type it. */
  readonly about: string;
  /** What the notifier gets. If there is nothing to tell yet: in how many milliseconds there may be. */
  read(): Promise<NoticeMessage | { readonly againMs: number }>;
  /** Remembers that it was told. Durable when it resolves. */
  noteTold(): Promise<void>;
  /** It is claimed again after a number of milliseconds. */
  postpone(ms: number): Promise<void>;
}

/** What a notifier gets as JSON: about a transaction, or about a schedule that did not fire. */
export type NoticeMessage = TransactionMessage | SkipMessage;

interface AnyMessage {
  readonly version: 1;
  /** The same each time that this is told: a crash may be the reason that it is told twice. */
  readonly key: string;
  /** One line for a person. */
  readonly text: string;
  /** When it is told, as an ISO date. */
  readonly at: string;
}

export interface TransactionMessage extends AnyMessage {
  readonly status: "waiting" | "aborted" | "finished" | "cancelled" | "undone";
  /** Locator of the journal, without a password. */
  readonly journal: string;
  readonly id: string;
  readonly name?: string | undefined;
  readonly home?: string | undefined;
  readonly queued?: Queued | undefined;
  readonly openedAt?: string | undefined;
  /** When it came to rest. */
  readonly lastAt?: string | undefined;
  readonly progress?: { readonly done: number; readonly all: number } | undefined;
  /** The step that failed or needs a decision. `call` is as `inspect` shows it. */
  readonly step?:
    | { readonly id: string; readonly name: string; readonly status: StepStatus; readonly call: string }
    | undefined;
  /** Why it does not continue, in a few words. */
  readonly reason?: string | undefined;
  readonly error?: { readonly name: string; readonly message: string; readonly code?: string | undefined } | undefined;
  /** What to type next. */
  readonly next: readonly NextCommand[];
}

export interface SkipMessage extends AnyMessage {
  readonly status: "skipped";
  readonly schedule: string;
  /** The first and the last time for which it did not fire, and how many they are. */
  readonly from: string;
  readonly to: string;
  readonly count: number;
  readonly reason: string;
}
