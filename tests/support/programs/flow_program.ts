import { CliProcess } from "../cli_process.ts";
import { inFolder } from "../in_folder.ts";
import { denoCommand, type ProcessEnd, runDeno } from "../run_deno.ts";

/** What a program's steps do is a line in `done.txt`. With a file named after its text, a step does not end. */
const STEPS = `
import { plan, Transaction } from "@x/resumable-tx";
const write = (line: string) => Deno.writeTextFileSync("done.txt", line + "\\n", { append: true });
const isThere = (name: string) => { try { Deno.statSync(name); return true; } catch { return false; } };
async function hang(): Promise<void> {
  setInterval(() => {}, 1000);
  await new Promise(() => {});
}
export async function add(text: string): Promise<string> {
  if (isThere("fail-" + text)) throw new RangeError("no " + text);
  write("+" + text);
  console.log("did", text);
  if (isThere("hang-" + text)) await hang();
  return text;
}
export async function remove(_value: string, text: string): Promise<void> {
  if (isThere("fail-undo-" + text)) throw new RangeError("no way back from " + text);
  write("-" + text);
  console.log("undid", text);
  if (isThere("hang-undo-" + text)) await hang();
}
export function addEach(texts: string[]) {
  return plan((t) => texts.map((text) => t.do(add, text).with({ undo: remove })));
}
export function tell(value: unknown): void {
  console.log("told", JSON.stringify(value));
}
`;

/** A program in a folder of its own. */
export interface FlowProgram {
  /** The folder. */
  readonly folder: string;
  /** Makes a file. */
  readonly make: (name: string) => Promise<void>;
  /** Removes it. */
  readonly remove: (name: string) => Promise<void>;
  /** Its process, not yet started. */
  readonly program: () => Deno.Command;
  /** Runs it to its end. */
  readonly run: () => Promise<ProcessEnd>;
  /** Runs the command line on its journal, for a user named ana; all calls go to one process. */
  readonly cli: (command: string, ...words: readonly string[]) => Promise<ProcessEnd>;
  /** What was done since the last time. */
  readonly takeDone: () => Promise<readonly string[]>;
  /** The status of each step by its id, and under the empty id that of the transaction. */
  readonly statuses: () => Promise<Record<string, string>>;
}

/**
 * Gives a test a program that runs one transaction, with the journal `j.json`.
 *
 * @param plan Source of what plans it, with `t`.
 * @param options Source of further options, each with a comma before it.
 */
export function inFlowProgram(
  plan: string,
  test: (setting: FlowProgram) => Promise<void>,
  options = "",
): Promise<void> {
  const program = `${STEPS}
if (import.meta.main) {
  await Transaction.run(import.meta, (t) => {
${plan}
  }, { journal: "j.json"${options} });
}
`;
  return inFolder({ "program.ts": program, "done.txt": "" }, async (folder) => {
    const cwd = folder;
    const path = (name: string) => `${folder}/${name}`;
    await using process = new CliProcess({ cwd, env: { USER: "ana" } });
    await test({
      folder,
      make: (name) => Deno.writeTextFile(path(name), ""),
      remove: (name) => Deno.remove(path(name)),
      program: () => denoCommand(path("program.ts"), [], { cwd }),
      run: () => runDeno(path("program.ts"), [], { cwd }),
      cli: (command, ...words) => process.run([command, "j.json", ...words]),
      takeDone: async () => {
        const text = await Deno.readTextFile(path("done.txt"));
        await Deno.writeTextFile(path("done.txt"), "");
        return text.trim().split("\n").filter((line) => line !== "");
      },
      statuses: async () => {
        const { stdout } = await process.run(["inspect", "j.json", "--json"]);
        const { status, steps } = JSON.parse(stdout);
        const kinds = steps.filter(({ kind }: { kind: string }) => kind !== "parallel" && kind !== "sequence");
        return Object.fromEntries([
          ["", status],
          ...kinds.map((step: { id: string; status: string }) => [step.id, step.status]),
        ]);
      },
    });
  });
}
