// deno-lint-ignore-file require-await -- what one store does at once, others have to wait for
import { basename } from "@std/path/basename";
import { dirname } from "@std/path/dirname";
import { fromFileUrl } from "@std/path/from-file-url";
import { join } from "@std/path/join";
import { resolve } from "@std/path/resolve";
import { findSameName } from "../text/suggest_name.ts";
import { attempt } from "../values/shape.ts";
import { FileStore } from "./file/file_store.ts";
import { isPermitted } from "./file/open_file.ts";
import type { Store } from "./store.ts";
import { quote, safeText } from "../text/escape.ts";

/** A journal or a scope, and the store that keeps it. */
export interface Located {
  readonly store: Store;
  /** Its name in the store: for files the absolute path. */
  readonly name: string;
}

/** What the default name of a new journal is made of. `now` is the present time by default. */
interface NewJournal {
  readonly id: string;
  readonly now?: Date;
}

/** One letter before a colon is a drive, and a file's name may have a colon too. */
const SCHEME = /^(?:file|sqlite|postgres|postgresql):|^[a-z][a-z0-9+.-]+:(?=\/\/)/i;

/** It would separate where the URL does not. */
const ENCODED_SEPARATOR = Deno.build.os === "windows" ? /%(?:2f|5c)/i : /%2f/i;

/** The journal or scope need not exist. A new journal whose locator is left out or ends in "/" gets a default name. */
export async function openStore(locator: string | URL = "./", created?: NewJournal): Promise<Located> {
  const path = toPath(locator);
  const store = new FileStore();
  if (created === undefined) return { store, name: findWritten(path) };
  return { store, name: /[/\\]$/.test(String(locator)) ? join(path, defaultName(created)) : path };
}

/** A file whose name is written with the same characters is meant, if there is none with the same bytes in its name. */
function findWritten(path: string): string {
  const [folder, name] = [dirname(path), basename(path)];
  const isPlain = !/[^ -~]/.test(name);
  if (isPlain || !isPermitted("read", folder)) return path;
  // If the folder cannot be read, the error of opening the journal will say why.
  const names = attempt(() => Array.from(Deno.readDirSync(folder), (entry) => entry.name)) ?? [];
  const found = names.includes(name) ? name : findSameName(name, names);
  return found === undefined ? path : join(folder, found);
}

function toPath(locator: unknown): string {
  if (typeof locator !== "string" && !(locator instanceof URL)) {
    const kind = typeof locator;
    throw new TypeError(`A journal is named by its path or its file: URL, and not by a value of type ${kind}`);
  }
  const scheme = typeof locator === "string" ? SCHEME.exec(locator)?.[0].toLowerCase() : locator.protocol;
  if (scheme === undefined) return resolve(String(locator));
  // The rest of the URL is not repeated: it may hold a password.
  if (scheme !== "file:") throw new TypeError(`Cannot open a ${scheme} URL as a journal: use a path or a file: URL`);
  try {
    const url = new URL(locator);
    decodeURIComponent(url.pathname);
    if (url.host !== "" && Deno.build.os !== "windows") throw new TypeError("it is on another machine");
    if (ENCODED_SEPARATOR.test(url.pathname)) throw new TypeError("a separator in it is encoded");
    if (url.pathname.includes("%00")) throw new TypeError("it contains a NUL");
    return fromFileUrl(url);
  } catch (error) {
    const message = `Cannot use ${quote(String(locator))}, which names no path: ${safeText(error)}`;
    throw new TypeError(message, { cause: error });
  }
}

function defaultName({ id, now = new Date() }: NewJournal): string {
  const [date = "", time = ""] = now.toISOString().split("T");
  return `transaction-${date.replaceAll("-", "")}-${time.slice(0, 8).replaceAll(":", "")}-${id.slice(0, 8)}.json`;
}

/** A journal of a scope, as the person who typed the scope's locator would type the journal's. */
export function shownName(scope: string, name: string): string {
  return SCHEME.test(scope) ? name : join(scope, basename(name));
}
