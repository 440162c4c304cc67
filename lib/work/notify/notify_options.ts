import { JournalRefused } from "../../errors/opening_errors.ts";
import { escapeForTerminal, quote } from "../../text/escape.ts";
import { NOTICED } from "../../storage/notices.ts";
import { suggestName } from "../../text/suggest_name.ts";
import { attempt } from "../../values/shape.ts";

/** A program that tells a person, with its arguments. */
export interface NotifierCommand {
  readonly executable: string;
  readonly args: readonly string[];
}

/**
 * Splits a command into words as a shell does: at blanks, with quotes and backslashes. Nothing else has a meaning: no
 * variables, patterns, pipes or redirections. Who wants those names the shell: `sh -c '…'`.
 *
 * @throws {SyntaxError} It names no program, or a quote is not closed.
 */
export function parseCommand(text: string): NotifierCommand {
  const words: string[] = [];
  // A part in quotes, a character after a backslash, or anything else that is no blank. What is not closed matches nothing.
  const part = /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^\s'"\\]+)/sy;
  for (let at = 0; at < text.length;) {
    at += /^\s*/.exec(text.slice(at))?.[0].length ?? 0;
    if (at === text.length) break;
    let word = "";
    for (; at < text.length && !/\s/.test(text.charAt(at)); at = part.lastIndex) {
      part.lastIndex = at;
      const [found, single, double, escaped, plain] = part.exec(text) ?? [];
      if (found === undefined) throw new SyntaxError("a quote is not closed, or a backslash is the last character");
      word += single ?? double?.replace(/\\(["\\$`])/g, "$1") ?? escaped ?? plain ?? "";
    }
    words.push(word);
  }
  const [executable = "", ...args] = words;
  if (executable === "") throw new SyntaxError("it names no program");
  if (text.includes("\0")) throw new SyntaxError("it contains a NUL");
  return { executable, args };
}

/**
 * Checks, before anything runs, that the program can be started.
 *
 * @throws {JournalRefused} `scope` is what the worker works on: Deno has no permission, or the path names no program.
 */
export function requireNotifier(scope: string, { executable }: NotifierCommand): void {
  const name = quote(executable);
  if (Deno.permissions.querySync({ name: "run", command: executable }).state !== "granted") {
    const flag = `--allow-run=${escapeForTerminal(executable)}`;
    throw new JournalRefused(scope, `Deno has no permission to run the notifier ${name}. Add ${flag}`);
  }
  // What is found by PATH, the first try shows.
  if (!/[/\\]/.test(executable)) return;
  if (Deno.permissions.querySync({ name: "read", path: executable }).state !== "granted") return;
  const info = attempt(() => Deno.statSync(executable));
  const isProgram = info?.isFile === true && (info.mode === null || (info.mode & 0o111) !== 0);
  if (!isProgram) throw new JournalRefused(scope, `the notifier ${name} is no file that can be run`);
}

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
