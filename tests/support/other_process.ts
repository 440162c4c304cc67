import { fromFileUrl } from "@std/path/from-file-url";

const PROGRAM = fromFileUrl(new URL("./programs/journal_program.ts", import.meta.url));
const CONFIG = fromFileUrl(new URL("../../deno.json", import.meta.url));

/** Another process that works on a journal, until the block that declared it with `await using` ends. */
export interface OtherProcess extends AsyncDisposable {
  /** Its process id. */
  readonly pid: number;
  /** Kills it without a warning. */
  readonly kill: () => Promise<void>;
}

/** Starts a process that holds a journal, or appends to it all the time; it does so when the promise resolves. */
export async function startOtherProcess(command: "hold" | "write", journal: string): Promise<OtherProcess> {
  const child = programCommand(["--allow-read", "--allow-write"], [command, journal], "piped").spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  reader.releaseLock();
  const end = async () => {
    await child.stdin.close().catch(() => {});
    await child.stdout.cancel();
    await child.status;
  };
  const kill = () => {
    child.kill("SIGKILL");
    return end();
  };
  return { pid: child.pid, kill, [Symbol.asyncDispose]: end };
}

/** Fills a journal that the system lets grow to a number of blocks of 1 KiB; returns what the process prints. */
export async function fillInOtherProcess(blocks: number, journal: string): Promise<readonly string[]> {
  // The signal that would end the process is ignored, so that the write fails.
  const script = `trap '' XFSZ; ulimit -f ${blocks}; exec "$@"`;
  const program = [
    Deno.execPath(),
    "run",
    "--config",
    CONFIG,
    "--allow-read",
    "--allow-write",
    PROGRAM,
    "fill",
    journal,
  ];
  const args = ["-c", script, "bash", ...program];
  const { stdout } = await new Deno.Command("bash", { args, stderr: "inherit" }).output();
  return new TextDecoder().decode(stdout).trim().split("\n");
}

/** What reading, opening and creating a journal say in a process with these permissions. */
export async function tryInOtherProcess(flags: readonly string[], journal: string): Promise<readonly string[]> {
  const { stdout } = await programCommand(flags, ["try", journal], "null").output();
  return new TextDecoder().decode(stdout).trim().split("\n");
}

function programCommand(flags: readonly string[], args: readonly string[], stdin: "piped" | "null"): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--config", CONFIG, ...flags, PROGRAM, ...args],
    stdin,
    stdout: "piped",
    stderr: "inherit",
  });
}
