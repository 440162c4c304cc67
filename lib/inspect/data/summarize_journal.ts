import type { NextCommand } from "../../errors/journal_error.ts";
import { JournalDamaged, JournalRefused, JournalTooNew } from "../../errors/opening_errors.ts";
import { JournalUnwritable } from "../../errors/storage_errors.ts";
import { isGroup } from "../../plan/node.ts";
import { doneOf } from "../../state/progress.ts";
import type { Store } from "../../storage/store.ts";
import { formatError } from "../format/format_error.ts";
import { redactSecrets } from "../redact/redact_secrets.ts";
import type { InspectedStep } from "./inspected_step.ts";
import type { Inspection, InspectionStatus } from "./inspection.ts";
import { viewJournal } from "./view_journal.ts";

/** What a list of journals says about each. Text in it is as the journal has it, and may be hostile. */
export interface JournalSummary {
  /** The journal's absolute path, or its name in a store that has no paths. */
  readonly journal: string;
  /** Its status. */
  readonly status: SummaryStatus;
  /** A process holds the journal: it is being run. */
  readonly isHeld: boolean;
  /** URL of the home module, where it is now. */
  readonly home?: string;
  /** When the journal was made, as an ISO date. */
  readonly openedAt?: string;
  /** When the last record was written, as an ISO date. */
  readonly lastAt?: string;
  /** How far it is. */
  readonly progress?: {
    /** How many steps are finished or left out. */
    readonly done: number;
    /** How many there are. */
    readonly all: number;
  };
  /** The step that failed, asks or runs. */
  readonly step?: {
    /** Its id. */
    readonly id: string;
    /** The author's name for it, or its function's. */
    readonly name: string;
    /** Its status. */
    readonly status: InspectedStep["status"];
  };
  /** Why it does not go on, in a few words. */
  readonly reason?: string;
  /** What to type next, in the order to consider it. */
  readonly next: readonly NextCommand[];
}

/**
 * What a transaction's journal shows at a glance: its status, or why there is none. `damaged`: it cannot be read.
 * `newer`: a newer version wrote in it. `incomplete`: its plan was never completed, so no step ever ran. `unreadable`: it
 * may not be read, or the disk failed.
 */
export type SummaryStatus = InspectionStatus | "incomplete" | "damaged" | "newer" | "unreadable";

/**
 * Reads a journal and sums it up. What makes it unreadable is part of the answer, so that one bad journal spoils no list.
 *
 * @throws {JournalNotFound} There is none.
 */
export async function summarizeJournal(store: Store, journal: string): Promise<JournalSummary> {
  try {
    const { inspection } = await viewJournal(store, journal, { all: false, redact: redactSecrets });
    const summary = summarize(inspection);
    // A text that was cut out of a larger one keeps that alive, and of thousands of journals all would pile up.
    return structuredClone(summary);
  } catch (error) {
    const unread = { journal, isHeld: false, next: [] };
    if (error instanceof JournalDamaged) {
      const place = error.line === 0 ? "" : `line ${error.line}: `;
      return { ...unread, status: "damaged", reason: `${place}${error.reason}` };
    }
    if (error instanceof JournalTooNew) return { ...unread, status: "newer", reason: newer(error.unknown) };
    if (error instanceof JournalRefused || error instanceof JournalUnwritable) {
      return { ...unread, status: "unreadable", reason: error.message };
    }
    throw error;
  }
}

function summarize(inspection: Inspection): JournalSummary {
  const { journal, isHeld, home, openedAt, lastAt, counts, next } = inspection;
  const step = stepOf(inspection);
  const reason = reasonOf(inspection, step);
  return {
    journal,
    status: statusOf(inspection),
    isHeld,
    // What was cut short before its first record tells nothing.
    ...(openedAt === "" ? {} : { home, openedAt, lastAt }),
    progress: doneOf(counts),
    ...(step === undefined
      ? {}
      : { step: { id: step.id, name: step.name ?? step.export ?? step.kind, status: step.status } }),
    ...(reason === undefined ? {} : { reason }),
    next,
  };
}

function statusOf({ status, unknown, isPlanned, isHeld }: Inspection): SummaryStatus {
  if (unknown !== undefined) return "newer";
  return isPlanned || isHeld ? status : "incomplete";
}

function stepOf({ status, steps, waits, aborted }: Inspection): InspectedStep | undefined {
  const find = (id: string | undefined) => steps.find((step) => step.id === id);
  // A group has the status of what is in it, and that is what there is to say something of.
  const first = (wanted: InspectedStep["status"]) => steps.find((step) => step.status === wanted && !isGroup(step));
  switch (status) {
    case "waiting":
      return find(waits[0]?.step);
    case "aborted":
      return find(aborted?.step);
    case "started":
      return first("started");
    case "interrupted":
      return first("unknown");
    default:
      return undefined;
  }
}

function reasonOf(inspection: Inspection, step: InspectedStep | undefined): string | undefined {
  const { status, unknown, aborted, waits: [waiting], cancelled } = inspection;
  if (unknown !== undefined) return newer(unknown);
  if (statusOf(inspection) === "incomplete") return "no step ever ran; the file may be deleted";
  switch (status) {
    case "aborted":
      return aborted?.error === undefined ? undefined : formatError(aborted.error);
    case "interrupted":
      return step === undefined || step.isApproved ? undefined : unknownEnd(step);
    case "waiting":
      if (waiting?.for === "signal") {
        const isThere = inspection.signals.some(({ signal }) => signal === waiting.signal);
        return `${isThere ? "has got" : "waits for"} the signal ${JSON.stringify(waiting.signal ?? "")}`;
      }
      if (waiting?.for === "time") return `waits${waiting.until === undefined ? "" : ` until ${waiting.until}`}`;
      return step?.status === "finished" || step?.status === "skipped" ? "its value is missing" : unknownEnd(step);
    case "cancelled":
      return cancelled?.why;
    default:
      return undefined;
  }
}

function unknownEnd(step: InspectedStep | undefined): string {
  return `nobody knows whether it ${step?.undo?.isUnderWay === true ? "was undone" : "happened"}`;
}

function newer(unknown: string): string {
  return `${unknown} is not known to this version`;
}
