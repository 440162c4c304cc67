import { denoCommand, type DenoOptions, type ProcessEnd } from "./run_deno.ts";

const PROGRAM = import.meta.resolve("./programs/cli_program.ts");

/**
 * The command line in another process, with permissions and a folder of its own, that takes one call after another: for
 * tests of many calls of which none is about the start or the end of a process, nor about a step module that changes
 * between two of them. It lives until the block that declared it with `await using` ends.
 */
export class CliProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #out: Output;
  readonly #error: Output;
  #last: Promise<unknown> = Promise.resolve();

  /** Starts the process. */
  constructor(options: Omit<DenoOptions, "stdin"> = {}) {
    this.#child = denoCommand(PROGRAM, [], { ...options, stdin: "piped" }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#out = new Output(this.#child.stdout);
    this.#error = new Output(this.#child.stderr);
  }

  /** Calls the command line, when it has answered the calls before. */
  run(words: readonly string[]): Promise<ProcessEnd> {
    const end = this.#last.then(() => this.#call(words));
    this.#last = end.catch(() => {});
    return end;
  }

  async #call(words: readonly string[]): Promise<ProcessEnd> {
    await this.#input.write(new TextEncoder().encode(`${JSON.stringify(words)}\n`));
    const stderr = await this.#error.readUntil("\0");
    const stdout = await this.#out.readUntil("\0");
    return { code: Number(await this.#out.readUntil("\n")), stdout, stderr };
  }

  /** Ends the process. */
  async [Symbol.asyncDispose](): Promise<void> {
    // A process that has failed has closed it already.
    await this.#input.close().catch(() => {});
    await Promise.all([this.#out.close(), this.#error.close(), this.#child.status]);
  }
}

/** A stream of a process, as texts. */
class Output {
  readonly #reader: ReadableStreamDefaultReader<string>;
  #unread = "";

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.#reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Reads what comes before a mark. */
  async readUntil(mark: string): Promise<string> {
    for (;;) {
      const at = this.#unread.indexOf(mark);
      if (at !== -1) {
        const text = this.#unread.slice(0, at);
        this.#unread = this.#unread.slice(at + mark.length);
        return text;
      }
      const { value, done } = await this.#reader.read();
      if (done) throw new Error(`The process ended in the middle of a call: ${this.#unread}`);
      this.#unread += value;
    }
  }

  async close(): Promise<void> {
    await this.#reader.cancel();
  }
}
