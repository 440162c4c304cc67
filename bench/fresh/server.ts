import type { OwnProcesses } from "./own_processes.ts";

/** The only address on which the servers can be reached. */
export const LOOPBACK = "127.0.0.1";
const ASK_EVERY_MS = 50;
const LONGEST_MS = 60_000;

/** A server, and how it is started. */
export interface Server {
  /** Its program. */
  readonly command: string;
  /** How it is started. */
  readonly options: Deno.CommandOptions;
  /** Whether it answers, given everything that it wrote. It is asked again if this throws. */
  readonly isReady: (output: string) => Promise<boolean> | boolean;
}

/** Finds a port of the loopback address that no other process uses. */
export function findFreePort(): number {
  using listener = Deno.listen({ hostname: LOOPBACK, port: 0 });
  return listener.addr.port;
}

/**
 * Starts a server and waits until it answers. It ends with the other processes of the benchmarks.
 *
 * @throws {Error} It ended, or it did not answer in time.
 */
export async function startServer(
  processes: OwnProcesses,
  { command, options, isReady }: Server,
): Promise<void> {
  const child = processes.spawn(command, { ...options, stdin: "null", stdout: "piped", stderr: "piped" });
  let output = "";
  const collect = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) output += text;
  };
  let hasEnded = false;
  Promise.all([collect(child.stdout), collect(child.stderr), child.status]).finally(() => hasEnded = true);
  for (const end = Date.now() + LONGEST_MS; !hasEnded && Date.now() < end;) {
    try {
      if (await isReady(output)) return;
    } catch {
      // It does not listen yet.
    }
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
  await processes.stop(child);
  throw new Error(`Cannot start ${command}: ${output.trim() || "it does not answer"}`);
}
