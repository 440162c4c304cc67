import { runMainIn } from "../../cli/fake_io.ts";
import { maskOutput } from "../mask_output.ts";
import { denoCommand, type DenoOptions, type ProcessEnd, runCli, toProcessEnd } from "../run_deno.ts";

/** What a command wrote, masked, standard output first. */
export interface MaskedEnd {
  /** Its exit code. */
  readonly code: number;
  /** What it wrote. */
  readonly output: string;
}

/** A folder in which an example is played through. */
export class ExampleRun implements AsyncDisposable {
  /** Its path. */
  readonly folder: string;
  readonly #url: string;

  /** See {@linkcode ExampleRun.of}. */
  constructor(folder: string, url: string) {
    this.folder = folder;
    this.#url = url;
  }

  /** Makes an empty folder for an example, named without folder and extension. */
  static async of(example: string): Promise<ExampleRun> {
    const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "resumable_tx_" }));
    return new ExampleRun(folder, import.meta.resolve(`../../../examples/${example}.ts`));
  }

  /** The process of the example, not yet started. */
  command(): Deno.Command {
    return denoCommand(this.#url, [], this.#complete({}));
  }

  /** Runs the example to its end. */
  async run(options: DenoOptions = {}): Promise<MaskedEnd> {
    return this.mask(toProcessEnd(await denoCommand(this.#url, [], this.#complete(options)).output()));
  }

  /** Runs the command line on the example's journal; in a process of its own, if it may load modules. */
  async cli(command: string, args: readonly string[] = [], options?: DenoOptions): Promise<MaskedEnd> {
    const words = [command, await this.journal(), ...args];
    if (options === undefined && (command === "inspect" || command === "signal")) {
      const readVariable = (name: string) => name === "USER" ? "ana" : undefined;
      const { code, out, error } = await runMainIn(this.folder, words, { readVariable, now: () => new Date() });
      return this.mask({ code, stdout: out, stderr: error });
    }
    return this.mask(await runCli(words, this.#complete(options ?? {})));
  }

  /** Name of the only journal in the folder. */
  async journal(): Promise<string> {
    const [name, ...others] = (await this.listFiles()).filter((file) => file.endsWith(".json"));
    if (name === undefined || others.length > 0) throw new Error("There is no journal, or more than one");
    return name;
  }

  /** Names of the files in the folder, without those in folders. */
  async listFiles(): Promise<string[]> {
    const names: string[] = [];
    for await (const { name, isFile } of Deno.readDir(this.folder)) if (isFile) names.push(name);
    return names.sort();
  }

  /** Path of a file in the folder. */
  path(name: string): string {
    return `${this.folder}/${name}`;
  }

  /** Masks what a process wrote. */
  mask(end: ProcessEnd): MaskedEnd {
    return { code: end.code, output: maskOutput(end.stdout + end.stderr, { folder: this.folder }).trimEnd() };
  }

  /** Who runs an example is the same everywhere. */
  #complete(options: DenoOptions): DenoOptions {
    return { cwd: this.folder, ...options, env: { USER: "ana", ...options.env } };
  }

  /** Removes the folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}
