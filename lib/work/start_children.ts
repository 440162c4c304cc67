import { attempt } from "../values/shape.ts";

/** How this program is started again with other arguments: the command, and what precedes them. */
export interface SameProgram {
  readonly command: string;
  readonly args: readonly string[];
}

/** What is needed for it; `undefined` for what may not be read. */
export interface ProcessFacts {
  readonly execPath: string;
  readonly mainModule: string;
  readonly isCompiled: boolean;
  /** The arguments of the program. */
  readonly args: readonly string[];
  /** The whole command line, with Deno's own flags. */
  readonly commandLine: readonly string[] | undefined;
  /** The flags of the permissions that are granted as a whole. */
  readonly granted: readonly string[];
}

/**
 * Finds how to start a child with the same permissions and settings. On Linux the system knows Deno's own flags. Elsewhere, or
 * where that may not be read, a child gets the permissions that this process has as a whole, and `extra` flags.
 */
export function sameProgram(facts: ProcessFacts, extra: readonly string[] = []): SameProgram {
  const { execPath, mainModule, isCompiled, args, commandLine, granted } = facts;
  if (isCompiled) return { command: execPath, args: [] };
  const own = commandLine?.slice(1, commandLine.length - args.length);
  const isKnown = own !== undefined && own[0] === "run" &&
    args.every((arg, index) => commandLine?.[commandLine.length - args.length + index] === arg);
  if (isKnown) return { command: execPath, args: [...own.slice(0, -1), ...extra, ...own.slice(-1)] };
  return { command: execPath, args: ["run", "--no-prompt", ...granted, ...extra, mainModule] };
}

export function readFacts(): ProcessFacts {
  const kinds = ["read", "write", "net", "env", "run", "sys", "ffi", "import"] as const;
  const isGranted = (name: typeof kinds[number]) => Deno.permissions.querySync({ name }).state === "granted";
  const granted = kinds.filter(isGranted);
  return {
    execPath: Deno.execPath(),
    mainModule: Deno.mainModule,
    isCompiled: Deno.build.standalone,
    args: Deno.args,
    commandLine: readCommandLine(),
    granted: granted.length === kinds.length ? ["-A"] : granted.map((name) => `--allow-${name}`),
  };
}

/** Deno lets only those read it who may do everything. */
function readCommandLine(): readonly string[] | undefined {
  if (Deno.build.os !== "linux") return undefined;
  return attempt(() => Deno.readTextFileSync("/proc/self/cmdline").split("\0").slice(0, -1));
}
