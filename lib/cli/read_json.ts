import type { CommandIo } from "./command_io.ts";
import { UsageError } from "./usage_error.ts";

/** Where a value on the command line stands. */
export interface JsonPlace {
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
