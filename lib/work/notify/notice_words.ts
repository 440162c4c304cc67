import { NOTICED } from "../../storage/notices.ts";
import { suggestName } from "../../text/suggest_name.ts";

/** Of what a person can be told: statuses of a list, and what a schedule has skipped. */
export const NOTICE_WORDS = [...NOTICED, "skipped"] as const;

export type NoticeWord = (typeof NOTICE_WORDS)[number];

/** What needs a person, and what did not happen. */
export const DEFAULT_NOTICES: readonly NoticeWord[] = ["waiting", "aborted", "skipped"];

/**
 * Reads a list of these words, with commas between them.
 *
 * @throws {SyntaxError} It names none, or another word.
 */
export function parseNoticeWords(text: string): ReadonlySet<NoticeWord> {
  const words = text.split(",").map((word) => word.trim().toLowerCase()).filter((word) => word !== "");
  if (words.length === 0) throw new SyntaxError(`it names none: use ${NOTICE_WORDS.join(", ")}`);
  return new Set(words.map((word) => {
    const known = NOTICE_WORDS.find((one) => one === word);
    if (known !== undefined) return known;
    const near = suggestName(word, NOTICE_WORDS);
    const hint = near === undefined ? `: use ${NOTICE_WORDS.join(", ")}` : `. Did you mean ${near}?`;
    throw new SyntaxError(`${JSON.stringify(word)} is unknown${hint}`);
  }));
}
