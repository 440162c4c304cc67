/** What a process did. */
export interface ProcessEnd {
  /** Exit code; 128 and the signal's number if a signal ended it. */
  readonly code: number;
  /** What it wrote to standard output. */
  readonly stdout: string;
  /** What it wrote to standard error. */
  readonly stderr: string;
}

/** How a process is started. */
export interface DenoOptions {
  /** Its working folder. */
  readonly cwd?: string;
  /**
   * Permissions and other flags.
   *
   * @default ["-A"]
   */
  readonly flags?: readonly string[];
  /** Variables of its environment, beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Its standard input.
   *
   * @default "null"
   */
  readonly stdin?: "null" | "piped";
  /** A command that runs the process: the words before it. */
  readonly wrapper?: readonly string[];
}

/** Path of this project's configuration. */
export const CONFIG = new URL("../../deno.json", import.meta.url).pathname;

/** URL of the command line. */
export const CLI = import.meta.resolve("../../cli.ts");

/** A Deno process that runs a module with this project's configuration, unchecked, for it is checked elsewhere. */
export function denoCommand(module: string, args: readonly string[], options: DenoOptions = {}): Deno.Command {
  const flags = options.flags ?? ["-A"];
  const run = ["run", "--no-check", "--quiet", "--no-prompt", "--config", CONFIG, ...flags, module, ...args];
  const [command = "", ...words] = [...options.wrapper ?? [], Deno.execPath(), ...run];
  return new Deno.Command(command, {
    args: words,
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", ...options.env },
    stdin: options.stdin ?? "null",
    stdout: "piped",
    stderr: "piped",
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
}

/** Runs a module and waits for its end. */
export async function runDeno(module: string, args: readonly string[], options: DenoOptions = {}): Promise<ProcessEnd> {
  return toProcessEnd(await denoCommand(module, args, options).output());
}

/** Runs the command line and waits for its end. */
export function runCli(args: readonly string[], options: DenoOptions = {}): Promise<ProcessEnd> {
  return runDeno(CLI, args, options);
}

/** Decodes what a process wrote. */
export function toProcessEnd(output: Pick<Deno.CommandOutput, "code" | "stdout" | "stderr">): ProcessEnd {
  const decoder = new TextDecoder();
  return { code: output.code, stdout: decoder.decode(output.stdout), stderr: decoder.decode(output.stderr) };
}
