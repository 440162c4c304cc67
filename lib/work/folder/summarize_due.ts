import { JournalError } from "../../errors/journal_error.ts";
import { JournalDamaged, JournalNotFound, JournalTooNew } from "../../errors/opening_errors.ts";
import { describeNewer } from "../../messages/summarize_state.ts";
import { standingOf } from "../../run/session/release.ts";
import { firstDueAt, nextRetry, restOf, type State } from "../../state/state.ts";
import type { FolderSummary, FolderTools } from "../../storage/folder_summary.ts";
import { readState } from "../../storage/read_state.ts";
import type { Store } from "../../storage/store.ts";
import type { Report } from "../work_report.ts";

const NOTHING = { id: "", isHeld: false, dueAt: 0, home: "", queue: "default", priority: 0, awaits: [] };

/** What `openWork` needs for a folder. What no worker may run before a person has looked at it is reported once. */
export function folderTools(store: Store, report?: Report): FolderTools {
  return {
    summarize: (journal) => summarizeDue(store, journal),
    report: (journal, reason) => report?.({ kind: "blocked", journal, reason }),
  };
}

/** Says of a journal in a folder what the columns of a database would say, so that both agree on what is due. */
export async function summarizeDue(store: Store, journal: string): Promise<FolderSummary | undefined> {
  try {
    const { state, read } = await readState(store, journal, { keepsValues: false });
    const { unknown, isHeld } = read;
    if (unknown !== undefined) return { ...NOTHING, status: "unusable", trouble: describeNewer(unknown) };
    // A plan that is not complete says nothing about when it is due.
    if (!state.isReady) return { ...NOTHING, isHeld, status: "unusable" };
    return { ...summaryOf(state), isHeld };
  } catch (error) {
    if (error instanceof JournalNotFound) return undefined;
    return { ...NOTHING, status: "unusable", trouble: describeTrouble(error) };
  }
}

function summaryOf(state: State): Omit<FolderSummary, "isHeld"> {
  const { id, home, queued, waits, status } = state;
  const { status: standing = "asking", dueAt } = standingOf(state);
  const awaited = [...waits.values()];
  const isAnswerable = status === "waiting" && !awaited.some((wait) => wait.for === "decision");
  return {
    id,
    status: standing,
    dueAt: dueAt ?? Date.parse(firstDueAt(state) ?? state.lastAt),
    home,
    queue: queued?.queue ?? "default",
    priority: queued?.priority ?? 0,
    rest: restOf(state),
    retry: nextRetry(state),
    awaits: isAnswerable ? awaited.flatMap(({ signal }) => signal?.normalize() ?? []) : [],
  };
}

function describeTrouble(error: unknown): string {
  if (error instanceof JournalDamaged) return error.line === 0 ? error.reason : `line ${error.line}: ${error.reason}`;
  if (error instanceof JournalTooNew) return describeNewer(error.unknown);
  if (error instanceof JournalError) return error.message;
  // A text, list or map would be larger than any can be.
  if (error instanceof RangeError) return `too large: ${error.message}`;
  throw error;
}
