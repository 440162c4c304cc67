import { walk } from "@std/fs/walk";
import { basename } from "@std/path/basename";
import { globToRegExp } from "@std/path/glob-to-regexp";
import { join } from "@std/path/join";
import { relative } from "@std/path/relative";
import { resolve } from "@std/path/resolve";
import { JournalError } from "../../errors/journal_error.ts";
import { JournalNotFound } from "../../errors/opening_errors.ts";
import { beginsLikeJournal } from "../../storage/file/classify_tail.ts";
import { openError } from "../../storage/file/open_error.ts";
import type { Store } from "../../storage/store.ts";
import { readPath, requirePermission } from "../frame/journal_argument.ts";

/** A file that is, or was said to be, a journal. */
export interface FoundJournal {
  /** Its absolute path. */
  readonly journal: string;
  /** The same, as the person who named it or its folder would write it. */
  readonly shown: string;
}

/** Finds the journals that words name. */
interface FindOptions {
  /** Lists the journals of a folder. */
  readonly store: Store;
  /** Told what cannot be found or listed; the other words are looked at all the same. */
  readonly onProblem: (problem: JournalError) => void;
}

const WILDCARD = /[*?[\]{}]/;

/**
 * Finds journals: of a folder all that are in it, of a pattern in quotes those that match, and each file that is named,
 * whatever is in it. No file is found twice, and none is read.
 *
 * @throws {UsageError} A word is a URL that no path belongs to.
 */
export async function* findJournals(words: readonly string[], options: FindOptions): AsyncIterable<FoundJournal> {
  const seen = new Set<string>();
  for (const word of words) {
    const path = readPath(word, "list");
    try {
      for await (const found of findWord(word, path, options.store)) {
        if (seen.has(found.journal)) continue;
        seen.add(found.journal);
        yield found;
      }
    } catch (error) {
      options.onProblem(toProblem(path, error));
    }
  }
}

/** Walking wraps what the operating system says. */
function toProblem(path: string, error: unknown): JournalError {
  if (error instanceof JournalError) return error;
  const problem = openError(path, error instanceof Error ? error.cause ?? error : error, "read");
  if (problem instanceof JournalError) return problem;
  throw error;
}

async function* findWord(word: string, path: string, store: Store): AsyncIterable<FoundJournal> {
  const kind = kindOf(path);
  if (kind === "folder") return yield* listFolder(word, path, store);
  if (kind === "file") return yield { journal: path, shown: word };
  if (!WILDCARD.test(word)) throw new JournalNotFound(path);
  yield* matchPattern(word, store);
}

function kindOf(path: string): "folder" | "file" | undefined {
  if (WILDCARD.test(path) && !isReadable(path)) return undefined;
  requirePermission(path, "read");
  try {
    return Deno.statSync(path).isDirectory ? "folder" : "file";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw openError(path, error, "read");
  }
}

/** A pattern is no path: permission for it is asked for the folder in which it begins. */
function isReadable(path: string): boolean {
  return Deno.permissions.querySync({ name: "read", path }).state === "granted";
}

async function* listFolder(word: string, path: string, store: Store): AsyncIterable<FoundJournal> {
  for await (const journal of store.list(path)) {
    yield { journal, shown: /^file:/i.test(word) ? journal : join(word, basename(journal)) };
  }
}

async function* matchPattern(word: string, store: Store): AsyncIterable<FoundJournal> {
  const parts = word.split(Deno.build.os === "windows" ? /[/\\]/ : "/");
  const start = parts.findIndex((part) => WILDCARD.test(part));
  const rest = parts.slice(start);
  const base = parts.slice(0, start).join("/") || (word.startsWith("/") ? "/" : ".");
  const folder = resolve(base);
  const depth = rest.includes("**") ? Infinity : rest.length;
  const pattern = globToRegExp(rest.join("/"), { globstar: true });
  if (kindOf(folder) !== "folder") throw new JournalNotFound(folder);
  for await (const entry of walk(folder, { maxDepth: depth, includeSymlinks: false })) {
    const name = relative(folder, entry.path);
    if (!pattern.test(name)) continue;
    if (entry.isDirectory) yield* listFolder(join(base, name), entry.path, store);
    else if (entry.isFile && beginsLikeJournal(entry.path)) {
      yield { journal: entry.path, shown: join(base, name) };
    }
  }
}
