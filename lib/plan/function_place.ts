import { cutText, quote } from "../text/escape.ts";

/**
 * The module that plans a transaction. Pass its `import.meta`.
 *
 * @example
 * ```ts
 * import { type Home, Transaction } from "@x/resumable-tx";
 *
 * // Plans for other modules, whose functions are the steps: each passes its own import.meta.
 * export function beginMove(home: Home, user: string): Transaction {
 *   return new Transaction(home, { journal: `/var/lib/move-user/${user}.json` });
 * }
 * const t = beginMove(import.meta, "ana");
 * ```
 */
export type Home = Pick<ImportMeta, "url" | "resolve"> & Partial<Pick<ImportMeta, "main">>;

const VERSION = String.raw`\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?`;
const PACKAGE_NAME = String.raw`[\w~-][\w.~-]*`;
const EXACT_NPM = new RegExp(`^npm:/?(?:@${PACKAGE_NAME}/)?${PACKAGE_NAME}@${VERSION}(?=/|$)`);
const EXACT_JSR = new RegExp(`^jsr:/?@${PACKAGE_NAME}/${PACKAGE_NAME}@${VERSION}(?=/|$)`);
/** `URL` resolves no ".." in these two, and programs differ in what an escape in them means. */
const PLAIN_SUB_PATH = /^(?:\/(?!\.\.?(?:\/|$))[^/\\%?#]+)*$/;
const ESCAPED_SEPARATOR = /%(?:2f|5c)/i;
/** Where Deno keeps npm packages: `…/npm/`, the registry's host, `/name/1.2.3/`. */
const NPM_CACHE = new RegExp(`/npm/[^/]*[._][^/]*/((?:@[^/]+/)?[^/]+)/(${VERSION})(?:_\\d+)?/`);
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
/** `URL` drops most of these: a text that contains one is not the URL that would be imported. */
// deno-lint-ignore no-control-regex
const UNPRINTABLE = /[\u0000-\u001f\u007f]|^ | $/;

/**
 * Checks that a URL may name a step module, and returns it as text. Allowed are `file:`, `https:`, `jsr:` and `npm:`
 * with an exact version, and `http:` to this machine: modules that another process can load, and compare with what they
 * were, but never code that is part of the URL.
 */
export function checkModuleUrl(url: string | URL): string {
  const text = String(url);
  const parsed = UNPRINTABLE.test(text) ? null : URL.parse(text);
  if (parsed === null) {
    throw new TypeError(
      `Cannot use ${quote(text)} as a step module: it is not an absolute URL. For a local module, use ` +
        `import.meta.resolve("./name.ts")`,
    );
  }
  const problem = findProblem(parsed);
  if (problem === undefined) return parsed.href;
  const { href } = Object.assign(new URL(parsed), { username: "", password: "" });
  // A data: URL may hold a whole program.
  throw new TypeError(`Cannot use ${quote(cutText(href, 201))} as a step module: ${problem}`);
}

function findProblem(url: URL): string | undefined {
  if (url.username !== "" || url.password !== "") return "a journal must not hold its user name or password";
  switch (url.protocol) {
    case "file:":
      return findFileProblem(url) ?? findCacheProblem(url);
    case "https:":
      return undefined;
    case "http:":
      return LOOPBACK.test(url.hostname) ? undefined : "http: is allowed to this machine only. Use https:";
    case "jsr:":
      return findPackageProblem(url, EXACT_JSR, "jsr:@scope/name@1.2.3");
    case "npm:":
      return findPackageProblem(url, EXACT_NPM, "npm:name@1.2.3");
    default:
      return `${url.protocol} is not among file:, https:, jsr: and npm:. Export your own function that calls it`;
  }
}

/** Windows would load `file://host/share/steps.ts` from that host; some programs take an escaped slash for a folder. */
function findFileProblem(url: URL): string | undefined {
  if (url.host !== "") return "it is on another machine. Copy it to this one";
  return ESCAPED_SEPARATOR.test(url.pathname) ? "its path contains an escaped slash or backslash" : undefined;
}

function findPackageProblem(url: URL, exact: RegExp, example: string): string | undefined {
  const [start] = exact.exec(url.href) ?? [];
  if (start === undefined) return `it needs an exact version, as in ${example}`;
  return PLAIN_SUB_PATH.test(url.href.slice(start.length)) ? undefined : "its path leaves the package, or may leave it";
}

/** `import.meta.resolve` returns a path in the cache for a loaded package. */
function findCacheProblem(url: URL): string | undefined {
  const [, name, version] = NPM_CACHE.exec(url.pathname) ?? [];
  if (name === undefined) return undefined;
  return `it is in Deno's cache of npm packages, which differs elsewhere. Name its functions with ` +
    `steps<typeof import("npm:${name}@${version}")>("npm:${name}@${version}")`;
}

/** Names that no step function may have: `then` replaces its module in `await import()`, others lead to prototypes. */
const RESERVED: ReadonlySet<string> = new Set(["then", "__proto__", "constructor", "prototype"]);

/** Whether an export of this name can be a step function. `default` can. */
export function isUsableExportName(name: string): boolean {
  return !RESERVED.has(name);
}

export function checkExportName(name: string): void {
  if (isUsableExportName(name)) return;
  throw new TypeError(
    `Cannot use the export ${JSON.stringify(name)} as a step: the name is reserved. Export it under another name`,
  );
}
