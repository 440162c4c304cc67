import { shellQuote } from "../../lib/text/escape.ts";
import { CLI, denoCommand } from "./run_deno.ts";

const CONFIG = new URL("../../deno.json", import.meta.url).pathname;
const PROMPT = "$ tx ";

/**
 * Plays a page through in a folder: its first TypeScript block is a program that is run, and each line of a console block
 * that begins with `$ tx ` a command, whose output takes the place of the lines below it.
 *
 * @returns The page as it would have to be.
 */
export async function playPage(page: string, folder: string, program: string): Promise<string> {
  const [, source = ""] = /^```ts\n(.*?)^```$/ms.exec(page) ?? [];
  await Deno.writeTextFile(`${folder}/${program}`, source);
  await denoCommand(`${folder}/${program}`, [], { cwd: folder, env: { MAIL_KEY: "k1" } }).output();
  const parts = page.split(/^(```console\n.*?^```$)/ms);
  const played: string[] = [];
  for (const part of parts) played.push(part.startsWith("```console") ? await playBlock(part, folder) : part);
  return played.join("");
}

async function playBlock(block: string, folder: string): Promise<string> {
  const lines: string[] = [];
  for (const line of block.split("\n").filter((text) => text.startsWith(PROMPT))) {
    lines.push(line, await typeCommand(line.slice(PROMPT.length), folder));
  }
  return ["```console", ...lines, "```"].join("\n");
}

/** What a shell shows of a command: both streams, as they come. */
async function typeCommand(words: string, folder: string): Promise<string> {
  const run = [Deno.execPath(), "run", "--no-check", "--quiet", "--config", CONFIG, "-A", CLI].map(shellQuote).join(
    " ",
  );
  const { stdout } = await new Deno.Command("bash", {
    args: ["-c", `exec 2>&1; ${run} ${words}`],
    cwd: folder,
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", USER: "eve" },
    stdin: "null",
  }).output();
  return new TextDecoder().decode(stdout).trimEnd();
}
