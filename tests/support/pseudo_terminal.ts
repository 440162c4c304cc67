import { shellQuote } from "../../lib/run/command_line.ts";
import { Conversation } from "./conversation.ts";
import { permittedTest } from "./permitted_test.ts";
import { CLI } from "./run_deno.ts";

const CONFIG = new URL("../../deno.json", import.meta.url).pathname;

/** Registers a test that needs a pseudo-terminal, which is made by the `script` of util-linux. */
export function terminalTest(name: string, body: () => Promise<void>): void {
  const reason = findReason();
  if (reason === undefined) permittedTest(name, ["read", "write", "run"], body);
  else Deno.test.ignore(`${name} [ignored: ${reason}]`, body);
}

/** Starts the command line on a terminal of its own, for a user named ana. */
export function startOnTerminal(words: readonly string[], flags: readonly string[] = ["-A"]): Conversation {
  const run = ["run", "--no-check", "--quiet", "--config", CONFIG, ...flags, CLI, ...words];
  const command = new Deno.Command("script", {
    args: [
      "--quiet",
      "--flush",
      "--return",
      "--command",
      [Deno.execPath(), ...run].map(shellQuote).join(" "),
      "/dev/null",
    ],
    env: { USER: "ana", NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
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
