import { basename } from "@std/path/basename";
import { join } from "@std/path/join";

/** What to visit and what to report. */
export interface WalkOptions {
  /** How deep to go; 0 is the root alone. @default {Infinity} */
  maxDepth?: number;
  /** Whether files are reported. @default {true} */
  includeFiles?: boolean;
  /** Whether folders are reported. @default {true} */
  includeDirs?: boolean;
  /** Whether symbolic links, which are never followed here, are reported. @default {true} */
  includeSymlinks?: boolean;
  /** Reports only paths that end in one of these. */
  exts?: string[];
  /** Reports only paths that match one of these. */
  match?: RegExp[];
  /** Neither reports nor enters paths that match one of these. */
  skip?: RegExp[];
}

/** A path that was met on the way. */
export interface WalkEntry extends Deno.DirEntry {
  /** The path, as the root was given. */
  path: string;
}

/** Visits a folder and all that is in it, a folder before its members. */
export async function* walk(root: string | URL, options: WalkOptions = {}): AsyncIterableIterator<WalkEntry> {
  const path = join(root);
  const info = await Deno.lstat(path);
  const { isFile, isDirectory, isSymlink } = info;
  yield* visit({ path, name: basename(path), isFile, isDirectory, isSymlink }, options, options.maxDepth ?? Infinity);
}

async function* visit(entry: WalkEntry, options: WalkOptions, depth: number): AsyncIterableIterator<WalkEntry> {
  if (depth < 0 || options.skip?.some((pattern) => pattern.test(entry.path))) return;
  if (isWanted(entry, options)) yield entry;
  if (!entry.isDirectory || depth < 1) return;
  for await (const member of Deno.readDir(entry.path)) {
    yield* visit({ ...member, path: join(entry.path, member.name) }, options, depth - 1);
  }
}

function isWanted(entry: WalkEntry, options: WalkOptions): boolean {
  const { includeFiles = true, includeDirs = true, includeSymlinks = true, exts, match } = options;
  if (entry.isDirectory && !includeDirs) return false;
  if (entry.isFile && !includeFiles) return false;
  if (entry.isSymlink && !includeSymlinks) return false;
  if (exts && !exts.some((ext) => entry.path.endsWith(ext.startsWith(".") ? ext : `.${ext}`))) return false;
  return !match || match.some((pattern) => pattern.test(entry.path));
}
