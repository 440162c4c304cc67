import { fromFileUrl } from "@std/path/from-file-url";
import type { SourceLines } from "../../inspect/format/format_error.ts";
import type { ModuleEntry } from "../../journal/stored.ts";
import { sha256 } from "../../process/sha256.ts";

/** Larger files are not read. */
const MAX_BYTES = 4 * 1024 * 1024;
/** A journal may name any file: only those that look like a program are shown. */
const SOURCE = /\.[cm]?[jt]sx?$/i;

interface Source {
  readonly lines: readonly string[];
  readonly sha256: string;
}

/** Makes a function that reads lines of local source files that Deno may read already. It never asks and never fails. */
export function readSourceLine(modules: readonly ModuleEntry[]): SourceLines {
  const pins = new Map(modules.map(({ url, sha256 }) => [url, sha256]));
  const sources = new Map<string, Source | undefined>();
  return ({ url, line }) => {
    if (!sources.has(url)) sources.set(url, readSource(url));
    const source = sources.get(url);
    const text = source?.lines[line - 1];
    if (source === undefined || text === undefined) return undefined;
    const pin = pins.get(url);
    return { text, isChanged: pin !== undefined && pin !== source.sha256 };
  };
}

function readSource(url: string): Source | undefined {
  try {
    const { protocol, host, pathname } = new URL(url);
    if (protocol !== "file:" || host !== "" || !SOURCE.test(pathname)) return undefined;
    const path = fromFileUrl(url);
    if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") return undefined;
    // A journal of another user could name a link to a file that only this user may read.
    const info = Deno.lstatSync(path);
    if (!info.isFile || info.size > MAX_BYTES) return undefined;
    using file = Deno.openSync(path);
    const opened = file.statSync();
    if (opened.ino !== info.ino || opened.dev !== info.dev) return undefined;
    const bytes = new Uint8Array(opened.size);
    for (let filled = 0; filled < bytes.length;) {
      const count = file.readSync(bytes.subarray(filled));
      if (count === null) return undefined;
      filled += count;
    }
    return { lines: new TextDecoder().decode(bytes).split(/\r?\n/), sha256: sha256(bytes).toHex() };
  } catch {
    return undefined;
  }
}
