import { withoutUndefined } from "../../values/json.ts";
import { JournalDamaged, JournalNotFound, JournalRefused, JournalTooNew } from "../../errors/opening_errors.ts";
import { JournalUnwritable } from "../../errors/storage_errors.ts";
import { isGroup } from "../../plan/node.ts";
import { doneOf } from "../../state/progress.ts";
import type { Store } from "../../storage/store.ts";
import { formatTime } from "../../text/format_time.ts";
import { formatError } from "../format/format_error.ts";
import { redactSecrets } from "../redact/redact_secrets.ts";
import { hasPlanStatus } from "./inspect_step.ts";
import type { InspectedStep } from "./inspected_step.ts";
import type { Inspection, InspectionStatus } from "./inspection.ts";
import { viewJournal } from "./view_journal.ts";

/** What a list of journals says about each. Its text is as the journal has it, and may be hostile. */
export interface JournalSummary
  extends Pick<Inspection, "journal" | "isHeld" | "next">, Partial<Pick<Inspection, "home" | "openedAt" | "lastAt">> {
  readonly status: SummaryStatus;
  /** How many steps are finished or left out, of how many. */
  readonly progress?: { readonly done: number; readonly all: number };
  /** The step that failed, needs a decision, or runs, by its name or its function's. */
  readonly step?: { readonly id: string; readonly name: string; readonly status: InspectedStep["status"] };
  /** Why it does not continue, in a few words. */
  readonly reason?: string;
}

/**
 * The status of a transaction, or why there is none. `newer`: a newer version wrote in it. `incomplete`: its plan was never
 * completed, so no step ever ran. `unreadable`: it may not be read, is too large, or the disk failed.
 */
export type SummaryStatus = InspectionStatus | "incomplete" | "damaged" | "newer" | "unreadable";

/** Summarizes a journal, even one that cannot be read: it must not break a list. Nothing if there is none (any more). */
export async function summarizeJournal(store: Store, journal: string): Promise<JournalSummary | undefined> {
  try {
    const { inspection } = await viewJournal(store, journal, { all: false, redact: redactSecrets });
    // A text that was cut out of a larger one keeps that alive: with thousands of journals, this would add up.
    return structuredClone(summarize(inspection));
  } catch (error) {
    const unread = (status: SummaryStatus, reason: string) => ({ journal, isHeld: false, next: [], status, reason });
    if (error instanceof JournalNotFound) return undefined;
    if (error instanceof JournalDamaged) {
      return unread("damaged", `${error.line === 0 ? "" : `line ${error.line}: `}${error.reason}`);
    }
    if (error instanceof JournalTooNew) return unread("newer", newer(error.unknown));
    if (error instanceof JournalRefused || error instanceof JournalUnwritable) {
      return unread("unreadable", error.message);
    }
    // A text, list or map would be larger than any can be.
    if (error instanceof RangeError) return unread("unreadable", `too large: ${error.message}`);
    throw error;
  }
}

function summarize(inspection: Inspection): JournalSummary {
  const { journal, isHeld, home, openedAt, lastAt, counts, next } = inspection;
  const step = stepOf(inspection);
  return withoutUndefined<JournalSummary>({
    journal,
    status: statusOf(inspection),
    isHeld,
    // A journal that was cut short before its first record tells nothing.
    ...(openedAt === "" ? {} : { home, openedAt, lastAt }),
    progress: doneOf(counts),
    step: step && { id: step.id, name: step.name ?? step.export ?? step.kind, status: step.status },
    reason: reasonOf(inspection, step),
    next,
  });
}

function statusOf({ status, unknown, isPlanned, isHeld }: Inspection): SummaryStatus {
  if (unknown !== undefined) return "newer";
  return isPlanned || isHeld ? status : "incomplete";
}

function stepOf({ status, steps, waits, aborted }: Inspection): InspectedStep | undefined {
  const find = (id: string | undefined) => steps.find((step) => step.id === id);
  // A group, and a step that has returned a plan, only have the status of a step that is in them.
  const first = (wanted: InspectedStep["status"]) =>
    steps.find((step) => step.status === wanted && !isGroup(step) && !hasPlanStatus(step));
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
  if (statusOf(inspection) === "incomplete") return "no step ever ran; prune --incomplete removes it";
  switch (status) {
    case "aborted":
      return aborted?.error === undefined ? undefined : formatError(aborted.error);
    case "interrupted":
      return step === undefined || step.isApproved ? undefined : unknownOutcome(step);
    case "waiting":
      if (waiting?.for === "signal") {
        const isThere = inspection.signals.some(({ signal }) => signal === waiting.signal);
        return `${isThere ? "has received" : "waits for"} the signal ${JSON.stringify(waiting.signal ?? "")}`;
      }
      if (waiting?.for === "time") {
        return `waits${waiting.until === undefined ? "" : ` until ${formatTime(waiting.until)}`}`;
      }
      return step?.status === "finished" || step?.status === "skipped" ? "its value is missing" : unknownOutcome(step);
    case "cancelled":
      return cancelled?.why;
    default:
      return undefined;
  }
}

function unknownOutcome(step: InspectedStep | undefined): string {
  return step?.undo?.isUnderWay === true ? "outcome of its undo unknown" : "outcome unknown";
}

function newer(unknown: string): string {
  return `${unknown} is not known to this version`;
}
