import { shellQuote } from "../../../lib/text/escape.ts";
import { Conversation } from "./conversation.ts";
import { permittedTest } from "../permitted_test.ts";
import { CLI } from "../run_deno.ts";

const CONFIG = new URL("../../../deno.json", import.meta.url).pathname;

/** Registers a test that needs a pseudo-terminal, which is made by the `script` of util-linux. */
export function terminalTest(name: string, body: () => Promise<void>): void {
  const reason = findReason();
  if (reason === undefined) permittedTest(name, ["read", "write", "run"], body);
  else Deno.test.ignore(`${name} [ignored: ${reason}]`, body);
}

/** How a terminal is. */
export interface TerminalOptions {
  /**
   * Deno's permissions and other flags.
   *
   * @default ["-A"]
   */
  readonly flags?: readonly string[];
  /** How wide it is; then no echo shows what is typed, and lines can be redrawn. Otherwise it is as dumb as a printer. */
  readonly columns?: number;
  /**
   * Its user wants no colours.
   *
   * @default true
   */
  readonly noColour?: boolean;
  /** The working folder. */
  readonly cwd?: string;
  /** More variables of its environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts the command line on a terminal of its own, for a user named ana. */
export function startOnTerminal(words: readonly string[], options: TerminalOptions = {}): Conversation {
  const { flags = ["-A"], columns, noColour = true, cwd } = options;
  const run = ["run", "--no-check", "--quiet", "--config", CONFIG, ...flags, CLI, ...words];
  const line = [Deno.execPath(), ...run].map(shellQuote).join(" ");
  return startLine(columns === undefined ? line : `stty cols ${columns} rows 24 -echo && exec ${line}`, {
    ...(cwd === undefined ? {} : { cwd }),
    env: {
      USER: "ana",
      NO_COLOR: noColour ? "1" : "",
      TERM: columns === undefined ? "dumb" : "xterm",
      ...options.env,
    },
  });
}

/** Starts a line of shell on a dumb terminal of its own. */
export function startLine(
  line: string,
  { cwd, env = {} }: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Conversation {
  const command = new Deno.Command("script", {
    args: ["--quiet", "--flush", "--return", "--command", line, "/dev/null"],
    ...(cwd === undefined ? {} : { cwd }),
    env: { TERM: "dumb", DENO_NO_UPDATE_CHECK: "1", ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
  return new Conversation(command, { types: true });
}

function findReason(): string | undefined {
  if (Deno.build.os !== "linux") return "needs the script command of Linux";
  // A missing permission is named by the other wrapper.
  if (Deno.permissions.querySync({ name: "run" }).state !== "granted") return undefined;
  try {
    const { stdout } = new Deno.Command("script", { args: ["--version"] }).outputSync();
    return new TextDecoder().decode(stdout).includes("util-linux") ? undefined : "needs the script of util-linux";
  } catch {
    return "needs the script of util-linux";
  }
}
