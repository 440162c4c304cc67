import { walk } from "@std/fs/walk";
import { globToRegExp } from "@std/path/glob-to-regexp";
import { basename } from "@std/path/basename";
import { dirname } from "@std/path/dirname";
import { join } from "@std/path/join";
import { relative } from "@std/path/relative";
import { resolve } from "@std/path/resolve";
import { JournalError } from "../errors/journal_error.ts";
import { JournalNotFound } from "../errors/opening_errors.ts";
import { attempt } from "../values/shape.ts";
import { findBlocked } from "./file/blocked_notes.ts";
import { beginsLikeJournal } from "./file/classify_tail.ts";
import { isPermitted, openError, TEMPORARY, WORK_FOLDER } from "./file/open_file.ts";
import { isOfDatabase } from "./locator_scheme.ts";
import { type Located, type OpenedPlace, shownName } from "./locator.ts";
import type { Store } from "./store.ts";

/** A journal, or a file that the user says is one. */
export interface FoundJournal extends Located {
  /** Its locator, as the person who typed the word would type it. */
  readonly shown: string;
  /** Why workers cannot run it, where the folder says that. */
  readonly blocked?: string | undefined;
}

const WILDCARD = /[*?[\]{}]/;

/** Those in a scope, those that match a pattern, or the one that is named. */
export async function* findJournals({ store, name, shown: word }: OpenedPlace): AsyncIterable<FoundJournal> {
  try {
    const kind = await kindOf(store, name);
    if (kind === "scope") yield* listScope(word, { store, name });
    else if (kind === "journal") {
      yield { store, name, shown: word, blocked: blockedIn(dirname(name)).get(basename(name)) };
    } else if (isPattern(word)) yield* matchPattern(word, store);
    else throw new JournalNotFound(name);
  } catch (error) {
    if (error instanceof JournalError) throw error;
    // `walk` wraps the errors of the operating system.
    const problem = openError(name, error instanceof Error ? error.cause ?? error : error, "read");
    throw problem instanceof JournalError ? problem : error;
  }
}

function isPattern(word: string): boolean {
  return WILDCARD.test(word) && !isOfDatabase(word);
}

/** A pattern is no path: the permission that it needs is that for the folder in which it begins. */
async function kindOf(store: Store, name: string): Promise<"journal" | "scope" | undefined> {
  if (isPattern(name) && !isPermitted("read", name)) return undefined;
  await store.requireAccess?.(name, "read");
  return await store.kindOf(name);
}

async function* listScope(scope: string, { store, name }: Located): AsyncIterable<FoundJournal> {
  const blocked = blockedIn(name);
  for await (const journal of store.list(name)) {
    yield { store, name: journal, shown: shownName(scope, journal), blocked: blocked.get(basename(journal)) };
  }
}

/** What may not be looked at says nothing. */
function blockedIn(folder: string): ReadonlyMap<string, string> {
  const found = isOfDatabase(folder) || !isPermitted("read", folder) ? undefined : attempt(() => findBlocked(folder));
  return found ?? new Map();
}

/** What workers remember is no journal, and perhaps only they may look at it. */
const SKIPPED = new RegExp(`[/\\\\]\\${WORK_FOLDER}$`);

async function* matchPattern(word: string, store: Store): AsyncIterable<FoundJournal> {
  const parts = word.split(Deno.build.os === "windows" ? /[/\\]/ : "/");
  const start = parts.findIndex((part) => WILDCARD.test(part));
  const rest = parts.slice(start);
  const base = parts.slice(0, start).join("/") || (word.startsWith("/") ? "/" : ".");
  const folder = resolve(base);
  const depth = rest.includes("**") ? Infinity : rest.length;
  const pattern = globToRegExp(rest.join("/"), { globstar: true });
  if (await kindOf(store, folder) !== "scope") throw new JournalNotFound(folder);
  const options = { maxDepth: depth, includeSymlinks: false, skip: [SKIPPED] };
  for await (const { path, isDirectory, isFile } of walk(folder, options)) {
    const place = relative(folder, path);
    if (!pattern.test(place) || basename(path).startsWith(TEMPORARY)) continue;
    const shown = join(base, place);
    if (isDirectory) yield* listScope(shown, { store, name: path });
    else if (isFile && beginsLikeJournal(path)) yield { store, name: path, shown };
  }
}
