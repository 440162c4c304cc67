/** Stories of transactions that got stuck, as an administrator lives through them: every word is typed as a person would. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runMainIn } from "../../cli/fake_io.ts";
import { inFolder } from "../../support/in_folder.ts";
import { permittedTest, type TestPermission } from "../../support/permitted_test.ts";
import { type DenoOptions, type ProcessEnd, runCli, runDeno } from "../../support/run_deno.ts";

/** What somebody types, and what is expected of it. */
export interface Typed {
  /** The exit code, or those that may be. */
  readonly code?: number | readonly number[];
  /** What it writes, standard output and errors, must contain. */
  readonly says?: readonly string[];
}

/** Commands that load modules, which nothing loads a second time in the same process. */
const LOADING: readonly string[] = ["resume", "rollback", "insert"];

/** One stuck transaction in a folder of its own; its journal is `j.json`. */
export class Story {
  /** The folder. */
  readonly folder: string;

  /** Begins. */
  constructor(folder: string) {
    this.folder = folder;
  }

  /** Starts the program that plans the transaction. */
  async start(expected: Typed, options: DenoOptions = {}): Promise<ProcessEnd> {
    return check(await runDeno(`${this.folder}/program.ts`, [], { cwd: this.folder, ...options }), expected);
  }

  /**
   * Types a command for a user, the journal being the first argument. With options, and where it may run a step, a process
   * is started for it; what only looks or decides is done in this one.
   */
  async type(user: string, words: readonly string[], expected: Typed, options?: DenoOptions): Promise<ProcessEnd> {
    const [command = "", ...rest] = words;
    const line = [command, "j.json", ...rest];
    if (options === undefined && !LOADING.includes(command)) {
      const { code, out, error } = await runMainIn(this.folder, line, {
        readVariable: (name) => name === "USER" ? user : undefined,
        readTextFile: Deno.readTextFileSync,
        now: () => new Date(),
      });
      return check({ code, stdout: out, stderr: error }, expected);
    }
    const env = { USER: user, ...options?.env };
    return check(await runCli(line, { cwd: this.folder, ...options, env }), expected);
  }

  /** Writes a file. */
  async write(name: string, text: string): Promise<void> {
    await Deno.writeTextFile(`${this.folder}/${name}`, text);
  }

  /** Reads a file; nothing if there is none. */
  async read(name: string): Promise<string> {
    try {
      return await Deno.readTextFile(`${this.folder}/${name}`);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "";
      throw error;
    }
  }

  /** Checks that `inspect` tells all this, in this order; times are not compared. */
  async tells(...lines: readonly string[]): Promise<void> {
    const { stdout } = await this.type("eve", ["inspect", "--all"], { code: 0 });
    const told = stdout.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}( UTC)?/g, "TIME");
    let rest = told;
    for (const line of lines) {
      const at = rest.indexOf(line);
      assert(at !== -1, `${JSON.stringify(line)} is not told, or too early, in\n${told}`);
      rest = rest.slice(at + line.length);
    }
  }
}

/** Registers a story. */
export function story(
  name: string,
  files: Readonly<Record<string, string>>,
  body: (story: Story) => Promise<void>,
  more: readonly TestPermission[] = [],
): void {
  permittedTest(
    name,
    ["read", "write", "run", "sys", ...more],
    () => inFolder(files, (folder) => body(new Story(folder))),
  );
}

/** A program that plans a transaction of the steps in `steps.ts`, whose journal is kept. */
export function programOf(build: string): string {
  return `
import { env, plan, steps, Transaction } from "@x/resumable-tx";
import * as s from "./steps.ts";
if (import.meta.main) {
  await Transaction.run(import.meta, (t) => {${build}}, { journal: "j.json", keep: true });
}
void [env, plan, steps, s];
`;
}

function check(end: ProcessEnd, { code = 0, says = [] }: Typed): ProcessEnd {
  const codes = [code].flat();
  assertEquals(codes.includes(end.code) ? codes : [end.code], codes, `${end.stdout}${end.stderr}`);
  for (const text of says) assertStringIncludes(end.stdout + end.stderr, text);
  return end;
}
