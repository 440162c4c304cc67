import { fromFileUrl } from "@std/path/from-file-url";
import type { SourceLines } from "../../inspect/format/format_error.ts";
import type { ModuleEntry } from "../../journal/stored.ts";
import { sha256 } from "../../process/sha256.ts";

/** Larger files are not looked at. */
const MAX_BYTES = 4 * 1024 * 1024;
/** A journal may name any file. What it names to be shown must at least look like a program. */
const SOURCE = /\.[cm]?[jt]sx?$/i;

/** What was read of a file. */
interface Source {
  readonly lines: readonly string[];
  readonly sha256: string;
}

/**
 * Makes a function that reads lines of source files: of local ones alone, that look like programs, and that Deno permits to
 * read already. It never asks, and never fails.
 *
 * @param modules The journal's modules, with the hashes of their sources.
 */
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
    const info = Deno.statSync(path);
    if (!info.isFile || info.size > MAX_BYTES) return undefined;
    const bytes = Deno.readFileSync(path);
    return {
      lines: new TextDecoder().decode(bytes).split(/\r?\n/),
      sha256: sha256(bytes).toHex(),
    };
  } catch {
    return undefined;
  }
}
