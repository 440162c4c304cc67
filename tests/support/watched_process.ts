import { type ProcessEnd, toProcessEnd } from "./run_deno.ts";

/** A process, and what it writes to one of its outputs. */
export class Watched {
  readonly pid: number;
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #end: Promise<ProcessEnd>;
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = "";

  constructor(command: Deno.Command, output: "stdout" | "stderr" = "stdout") {
    const child = command.spawn();
    this.pid = child.pid;
    this.#child = child;
    this.#input = child.stdin.getWriter();
    const [watched, rest] = child[output].tee();
    const other = child[output === "stdout" ? "stderr" : "stdout"];
    this.#reader = watched.pipeThrough(new TextDecoderStream()).getReader();
    this.#end = (async () => {
      const [own, others, { code }] = await Promise.all([
        new Response(rest).bytes(),
        new Response(other).bytes(),
        child.status,
      ]);
      const [stdout, stderr] = output === "stdout" ? [own, others] : [others, own];
      return toProcessEnd({ code, stdout, stderr });
    })();
  }

  /** Waits until the process has written a word, and returns what it has written so far. */
  async written(word: string): Promise<string> {
    while (!this.#text.includes(word)) {
      const { value, done } = await this.#reader.read();
      if (done) throw new Error(`The process ended without having written ${JSON.stringify(word)}: ${this.#text}`);
      this.#text += value;
    }
    return this.#text;
  }

  signal(name: Deno.Signal): void {
    this.#child.kill(name);
  }

  async writeLine(): Promise<void> {
    await this.#input.write(new TextEncoder().encode("\n"));
  }

  async end(): Promise<ProcessEnd> {
    await this.#reader.cancel();
    await this.#input.close().catch(() => {});
    return await this.#end;
  }
}
