import { fromFileUrl } from "@std/path/from-file-url";

const PROGRAM = fromFileUrl(new URL("./programs/sqlite_program.ts", import.meta.url));
const CONFIG = fromFileUrl(new URL("../../deno.json", import.meta.url));

interface SqliteProcessOptions {
  /** Of its lease; the usual one if it is left out. */
  readonly leaseMs?: number;
  /** What comes before the command, such as a shell. */
  readonly wrapper?: readonly string[];
}

/** A process that owns a journal in an SQLite database. */
export interface SqliteProcess extends AsyncDisposable {
  readonly pid: number;
  /** The next line that it prints; nothing after the last. */
  readonly nextLine: () => Promise<string | undefined>;
  readonly signal: (signal: Deno.Signal) => void;
  /** Lets it end by itself. */
  readonly finish: () => Promise<void>;
  /** Lets it append a record. */
  readonly poke: () => Promise<void>;
}

/** Starts one, which owns the journal when the promise resolves. It is killed when the block ends. */
export async function startSqliteProcess(
  command: "hold" | "write" | "fill",
  path: string,
  name: string,
  { leaseMs, wrapper = [] }: SqliteProcessOptions = {},
): Promise<SqliteProcess> {
  const [own = "", ...args] = [
    ...wrapper,
    Deno.execPath(),
    ...["run", "--no-prompt", "--config", CONFIG, "--allow-read", "--allow-write", PROGRAM, command, path, name],
    ...(leaseMs === undefined ? [] : [String(leaseMs)]),
  ];
  const child = new Deno.Command(own, { args, stdin: "piped", stdout: "piped", stderr: "inherit" }).spawn();
  const lines = readLines(child.stdout);
  const nextLine = async () => (await lines.next()).value;
  const writer = child.stdin.getWriter();
  const end = async () => {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
    await writer.close().catch(() => {});
    await lines.return(undefined);
    await child.status;
  };
  const first = await nextLine();
  if (first !== "owns") {
    await end();
    throw new Error(`The process says ${JSON.stringify(first)}`);
  }
  return {
    pid: child.pid,
    nextLine,
    finish: async () => {
      await writer.close();
      await child.status;
    },
    signal: (signal) => child.kill(signal),
    poke: () => writer.write(new TextEncoder().encode("\n")),
    [Symbol.asyncDispose]: end,
  };
}

async function* readLines(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string, undefined> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  return undefined;
}
