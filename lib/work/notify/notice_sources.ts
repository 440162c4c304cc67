import { redactSecrets } from "../../inspect/redact/redact_secrets.ts";
import { NOTICED, type NoticedStatus } from "../../storage/notices.ts";
import type { WorkStore } from "../../storage/work_store.ts";
import type { NoticeSource } from "./notice_message.ts";
import type { NoticeWord } from "./notice_words.ts";
import { TransactionNotices } from "./transaction_notices.ts";

/** Where the notices come from that a person wants. A store without a place for them has none. */
export function noticeSources(
  { store, scope, on, now }: {
    readonly store: WorkStore;
    readonly scope: string;
    readonly on: ReadonlySet<NoticeWord>;
    /** Milliseconds since 1970. */
    readonly now: () => number;
  },
): readonly NoticeSource[] {
  const { notices } = store;
  if (notices === undefined) return [];
  const statuses = new Set<NoticedStatus>(NOTICED.filter((status) => on.has(status)));
  return [new TransactionNotices({ store, notices, scope, statuses, redact: redactSecrets, now })];
}
