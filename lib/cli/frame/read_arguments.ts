import { resolve } from "@std/path/resolve";
import { toFileUrl } from "@std/path/to-file-url";
import { ModuleUnavailable } from "../../errors/planning_errors.ts";
import { redactSecrets } from "../../inspect/redact/redact_secrets.ts";
import { findMissingPermission, toFlags } from "../../modules/module_permissions.ts";
import { readSource } from "../../modules/module_source.ts";
import { checkModuleUrl } from "../../plan/function_place.ts";
import { journalPath } from "../../run/start/journal_path.ts";
import type { Encoded } from "../../values/json.ts";
import { type CommandIo, type CommandRequest, UsageError } from "./command.ts";

/**
 * Finds the journal that a command is about: its first argument.
 *
 * @throws {UsageError} It is a URL that no path belongs to.
 */
export function readJournalArgument(request: CommandRequest): string {
  return readPath(request.arguments[0]);
}

/**
 * Turns a word that names a journal or a folder, a path or a `file:` URL, into its absolute path.
 *
 * @throws {UsageError} It is a URL that no path belongs to.
 */
export function readPath(word: string | undefined, command?: string): string {
  try {
    return journalPath(word);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new UsageError(`Cannot use ${JSON.stringify(word)}, which names no path: ${detail}`, command);
  }
}

/** Where a value on the command line stands. */
interface JsonPlace {
  /** What the value is, with its article. */
  readonly what: string;
  /** What stands before it, as in `--result `; empty before an argument. */
  readonly option: string;
  /** The command. */
  readonly command: string;
}

/**
 * Reads a value that is given as JSON, or as @FILE with JSON in it.
 *
 * @throws {UsageError} The file cannot be read, or there is no JSON.
 */
export function readJson(text: string, { what, option, command }: JsonPlace, io: CommandIo): unknown {
  const isFile = text.startsWith("@");
  const place = isFile ? `the file ${JSON.stringify(text.slice(1))}` : `${option}${JSON.stringify(text)}`;
  try {
    return JSON.parse(isFile ? io.readTextFile(text.slice(1)) : text);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    const hint = !isFile && error instanceof SyntaxError ? `. Text is written '"like this"'` : "";
    throw new UsageError(`Cannot read ${what} from ${place}: ${detail}${hint}`, command);
  }
}

/**
 * Finds where the program is now, if a command was told: its second argument.
 *
 * @throws {UsageError} It is no path, and no URL that a module may have.
 */
export function readModule(request: CommandRequest, command: string): string | undefined {
  const [, text] = request.arguments;
  return text === undefined ? undefined : parseModule(text, command);
}

/**
 * Turns a word that names a module, a path or a URL, into its URL.
 *
 * @throws {UsageError} It is no path, and no URL that a module may have.
 */
export function parseModule(text: string, command: string): string {
  try {
    // One letter before the colon is a drive.
    return checkModuleUrl(/^[a-z][a-z0-9+.-]+:/i.test(text) ? text : toFileUrl(resolve(text)));
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), command);
  }
}

/**
 * Checks that the program is there: a slip in its path must not get into the journal, also when no step of that very
 * module is left.
 *
 * @throws {ModuleUnavailable} It is not, or may not be read.
 */
export async function requireModule(home: string): Promise<void> {
  const missing = await findMissingPermission(home);
  if (missing === undefined) return void await readSource(home);
  const message = `Cannot read ${JSON.stringify(home)}: Deno has no permission to. Add ${toFlags([missing])}`;
  throw new ModuleUnavailable(home, undefined, message);
}

/** Takes secrets out of what is shown, unless `--show-secrets` was given. */
export function readRedaction(flags: ReadonlySet<string>): (encoded: Encoded) => Encoded {
  return flags.has("show-secrets") ? (encoded) => encoded : redactSecrets;
}

/** What says how a dry run is shown, and nothing else. */
const FLAGS: readonly string[] = ["load", "json", "show-secrets"];

/**
 * Refuses flags that only mean something with `--dry-run`, where that is not given.
 *
 * @throws {UsageError} There is one.
 */
export function requireDryRun({ flags }: CommandRequest, command: string): void {
  const lone = flags.has("dry-run") ? undefined : FLAGS.find((name) => flags.has(name));
  if (lone !== undefined) throw new UsageError(`--${lone} belongs to --dry-run`, command);
}
