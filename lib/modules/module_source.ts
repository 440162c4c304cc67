import { cutText, safeText } from "../text/escape.ts";
import { ModuleUnavailable } from "../errors/planning_errors.ts";
import { checkModuleUrl, type Home } from "../plan/function_place.ts";
import { LOAD_LIMIT_MS, withDeadline } from "./import_namespace.ts";
import { processSlot } from "../process/process_slot.ts";
import { sha256 } from "../process/sha256.ts";
import { attempt, succeeds } from "../values/shape.ts";
import { VERSION } from "../version.ts";

/** Does not run the module. Also works while it is being evaluated, when an import would never settle. */
export async function readSource(url: string, limitMs = LOAD_LIMIT_MS): Promise<string> {
  let text: unknown;
  try {
    text = await withDeadline(
      importText(url),
      limitMs,
      () =>
        new TypeError(`it was not read within ${limitMs / 1000} seconds. Check that its server answers, and try again`),
    );
  } catch (error) {
    if (error instanceof ModuleUnavailable) throw error;
    const message = `Cannot read ${JSON.stringify(url)}: ${reasonOf(error)}`;
    throw new ModuleUnavailable(url, undefined, message, { cause: error });
  }
  if (typeof text === "string") return text;
  throw new ModuleUnavailable(url, undefined, `Cannot read ${JSON.stringify(url)}: it is not text`);
}

async function importText(url: string): Promise<unknown> {
  // Also makes Deno use the character set that the server names, as it does when it runs the module.
  await requireAllowedRedirect(url);
  const imported: { readonly default?: unknown } = await import(url, { with: { type: "text" } });
  return imported.default;
}

/** The line of Deno's message about a module of another kind than expected that says where it was found. */
const FOUND_AT = /^\s*Specifier: (\S+)$/m;

/**
 * Refuses a remote module whose server redirects to a place that no step module may have. Only Deno knows that place. It
 * names it when code is imported as JSON, which runs nothing.
 */
export async function requireAllowedRedirect(url: string): Promise<void> {
  if (!/^https?:/.test(url)) return;
  // What else is wrong with the module is reported by what reads or imports it next.
  const message = await import(url, { with: { type: "json" } }).then(() => "", (error) => safeText(error));
  const place = FOUND_AT.exec(message)?.[1];
  if (place === undefined || place === url) return;
  try {
    checkModuleUrl(place);
  } catch (cause) {
    const text = `Refused to load ${JSON.stringify(url)}: its server redirects elsewhere. ${reasonOf(cause)}`;
    throw new ModuleUnavailable(url, undefined, text, { cause });
  }
}

interface HashOptions {
  /** Hash what an import has left in Deno's cache. */
  readonly isLoaded?: boolean | undefined;
  readonly limitMs?: number | undefined;
}

/**
 * Computes the SHA-256 of a module's source in hex, without its imports; nothing for `npm:`, where the exact version is
 * enough. Of a local module that is no UTF-8 (WebAssembly, UTF-16), these are its bytes: as a text, others may look the same.
 */
export async function hashModule(url: string, options: HashOptions = {}): Promise<string | undefined> {
  if (url.startsWith("npm:")) return undefined;
  const found = findingsOf("hash", url, (): { sha256?: Promise<string> | undefined } => ({}));
  found.sha256 ??= hashSource(url, options);
  try {
    return await found.sha256;
  } catch (error) {
    found.sha256 = undefined;
    throw error;
  }
}

async function hashSource(url: string, options: HashOptions): Promise<string> {
  const bytes = url.startsWith("file:") ? await readUnlessText(url) : undefined;
  return bytes === undefined ? await hashText(url, options) : sha256(bytes).toHex();
}

const MAX_FILES = 1000;

/**
 * Gives what was found out about a module in this process, as long as its file is the same and was not changed; otherwise
 * what `make` makes. A process that runs many transactions reads few modules. `kind` says what was looked for.
 */
export function findingsOf<T extends object>(kind: string, url: string, make: () => T): T {
  const stamp = stampOf(url);
  if (stamp === undefined) return make();
  // Another version of the library may keep other data.
  const findings = processSlot(
    `module-${kind}@${VERSION}`,
    (value) => value instanceof Map,
    () => new Map<string, { readonly stamp: string; readonly found: T }>(),
  );
  const known = findings.get(url);
  if (known?.stamp === stamp) return known.found;
  const found = make();
  if (findings.size >= MAX_FILES) findings.clear();
  findings.set(url, { stamp, found });
  return found;
}

/** No file system has times that are less exact. */
const TIME_STEP_MS = 3000;

/** Changes when a file is changed or replaced. Nothing if it may not be looked at, was changed right now, or is no file. */
function stampOf(url: string): string | undefined {
  if (!url.startsWith("file:")) return undefined;
  const info = attempt(() => {
    const path = new URL(url);
    return Deno.permissions.querySync({ name: "read", path }).state === "granted" ? Deno.statSync(path) : undefined;
  });
  const changedAt = Math.max(info?.mtime?.getTime() ?? Infinity, info?.ctime?.getTime() ?? 0);
  // Another change would not show if the file system gave it the same time.
  if (info === undefined || Date.now() - changedAt < TIME_STEP_MS) return undefined;
  return [info.dev, info.ino, info.size, changedAt].join();
}

/** As `hashModule`, but always of the text that Deno gives. It is the pin of every module in older journals. */
export async function hashText(url: string, { isLoaded, limitMs }: HashOptions = {}): Promise<string> {
  // This process does not read a URL a second time. The fragment makes another URL for the same file.
  const place = isLoaded === true ? `${url}${url.includes("#") ? "" : "#"}resumable-tx` : url;
  return sha256(new TextEncoder().encode(await readSource(place, limitMs))).toHex();
}

/** Reads a file that is no UTF-8. Nothing if it is, or if it may not be read, as it is with a module that is loaded already. */
async function readUnlessText(url: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const path = new URL(url);
  if ((await Deno.permissions.query({ name: "read", path })).state !== "granted") return undefined;
  const bytes = await Deno.readFile(path).catch(() => undefined);
  return succeeds(() => new TextDecoder("utf-8", { fatal: true }).decode(bytes)) ? undefined : bytes;
}

/** Refuses devices and named pipes, because reading one may never end. What does not exist is refused by the import. */
export async function requireRegularFiles(modules: readonly string[]): Promise<void> {
  const isFile = async (module: string) => (await Deno.stat(new URL(module))).isFile;
  for (const module of modules.filter((url) => url.startsWith("file:"))) {
    if (await isFile(module).catch(() => true)) continue;
    throw new ModuleUnavailable(module, undefined, `Cannot load ${JSON.stringify(module)}: it is not a regular file`);
  }
}

/** Moves modules with their home: `file:` modules keep their place relative to it, remote ones stay. */
export function relocateModules(modules: readonly string[], oldHome: string, newHome: string): readonly string[] {
  return modules.map((module) => {
    if (module === oldHome) return newHome;
    const path = findRelativePath(oldHome, module);
    return path === undefined ? module : new URL(path, newHome).href;
  });
}

function findRelativePath(from: string, to: string): string | undefined {
  // A journal may contain any text. What is not a URL is refused when it is loaded.
  const [source, target] = [URL.parse(from), URL.parse(to)];
  if (source?.protocol !== "file:" || target?.protocol !== "file:" || source.host !== target.host) return undefined;
  const folders = source.pathname.split("/").slice(0, -1);
  const parts = target.pathname.split("/");
  let shared = 0;
  while (shared < folders.length && shared < parts.length - 1 && folders[shared] === parts[shared]) shared++;
  const up = "../".repeat(folders.length - shared);
  return `./${up}${parts.slice(shared).join("/")}${target.search}${target.hash}`;
}

/** Makes a home of a loaded module, for what its steps return. Bare specifiers are resolved as in this program. */
export function homeAt(url: string): Home {
  const resolve = (specifier: string) =>
    /^\.{0,2}\//.test(specifier) ? new URL(specifier, url).href : import.meta.resolve(specifier);
  return { url, resolve, main: false };
}

/** The first line of an error, for our own messages, without the full stop that Deno may add. */
export function reasonOf(error: unknown): string {
  return (safeText(error).split("\n")[0] ?? "").replace(/\.$/, "");
}

/** Deno's words for a bare specifier that is in no import map. */
const NOT_MAPPED = /\bnot a dependency\b|\bnot in import map\b|\bnot prefixed with\b/;
const LIBRARY = new URL("../", import.meta.url).href;

/** Wraps why a module cannot be loaded, with the file, the line and the excerpt that Deno gives. */
export function toUnavailable(module: string, error: unknown): ModuleUnavailable {
  if (error instanceof ModuleUnavailable) return error;
  const [first = "", ...others] = safeText(error).split("\n");
  const hint = NOT_MAPPED.test(first)
    ? ". If the program's deno.json maps it, name that file before the command: deno run --config=PATH/deno.json"
    : "";
  const lines = [first.replace(/\.$/, "") + hint, ...(others.length > 0 ? others : placeOf(error))];
  const message = `Cannot load ${JSON.stringify(module)}: ${lines.join("\n")}`;
  return new ModuleUnavailable(module, undefined, message, { cause: error });
}

/** The line of the stack where a module's own code threw. */
function placeOf(error: unknown): readonly string[] {
  const stack: unknown = error instanceof Error ? error.stack : undefined;
  const line = typeof stack === "string" ? /^ {4}at .*:\d+:\d+\)?$/m.exec(stack)?.[0] : undefined;
  return line === undefined || line.includes(LIBRARY) || !/\b(?:file|https?):/.test(line) ? [] : [cutText(line, 1000)];
}
