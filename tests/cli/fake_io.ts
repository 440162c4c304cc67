import type { CommandIo } from "../../lib/cli/frame/command.ts";
import { main } from "../../lib/cli/main.ts";

/** What the command line did. */
export interface FakeEnd {
  /** The exit code. */
  readonly code: number;
  /** What it wrote to standard output. */
  readonly out: string;
  /** What it wrote to standard error. */
  readonly error: string;
}

/** Runs the command line in this process, in a world of the test's own. */
export async function runMain(words: readonly string[], world: Partial<CommandIo> = {}): Promise<FakeEnd> {
  let [out, error] = ["", ""];
  const code = await main(words, {
    writeOut: (text) => void (out += text),
    writeError: (text) => void (error += text),
    wantsColour: false,
    now: () => new Date("2026-11-23T12:00:00.000Z"),
    readTextFile: () => {
      throw new Deno.errors.NotFound("There is no such file");
    },
    readVariable: () => undefined,
    ...world,
  });
  return { code, out, error };
}

/** Does that in a folder, which is the working folder of this process as long: nothing else may run beside it. */
export async function runMainIn(
  folder: string,
  words: readonly string[],
  world: Partial<CommandIo> = {},
): Promise<FakeEnd> {
  const before = Deno.cwd();
  Deno.chdir(folder);
  try {
    return await runMain(words, world);
  } finally {
    Deno.chdir(before);
  }
}
