import type { ProcessEnd } from "../run_deno.ts";

/** A process that has not written a text by then never will, however slow the machine is. */
const PATIENCE_MS = 300_000;

/** A process with which a test talks, answering to what it has written and never to the clock. */
export class Conversation implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #errors: Promise<string>;
  readonly #reader: ReadableStreamDefaultReader<string>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array> | undefined;
  #written = "";
  #heard = 0;
  #hasEnded = false;

  /** Starts the process. With `stdin: "piped"` the test can type. */
  constructor(command: Deno.Command, options: { readonly types?: boolean } = {}) {
    this.#child = command.spawn();
    this.#errors = new Response(this.#child.stderr).text();
    this.#reader = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    if (options.types === true) this.#input = this.#child.stdin.getWriter();
  }

  /** Waits until the process has written a text, after the last one that was waited for. */
  async hear(text: string): Promise<void> {
    // A process that waits for an answer to another question would never end.
    const timer = setTimeout(() => this.send("SIGKILL"), PATIENCE_MS);
    try {
      await this.#hear(text);
    } finally {
      clearTimeout(timer);
    }
  }

  async #hear(text: string): Promise<void> {
    for (;;) {
      const at = this.#written.indexOf(text, this.#heard);
      if (at !== -1) {
        this.#heard = at + text.length;
        return;
      }
      const { value, done } = await this.#reader.read();
      if (done) throw new Error(`The process ended without ${JSON.stringify(text)}: ${this.#written}`);
      this.#written += value;
    }
  }

  /** Sends a signal. */
  send(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Types a text. */
  async type(text: string): Promise<void> {
    if (this.#input === undefined) throw new TypeError("This process has no input");
    await this.#input.write(new TextEncoder().encode(text));
  }

  /** Waits for the end of the process. */
  async end(): Promise<ProcessEnd> {
    for (;;) {
      const { value, done } = await this.#reader.read();
      if (done) break;
      this.#written += value;
    }
    const { code } = await this.#child.status;
    this.#hasEnded = true;
    // The process may have gone first.
    await this.#input?.close().catch(() => {});
    return { code, stdout: this.#written, stderr: await this.#errors };
  }

  /** Ends a process that a failed test has left. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#hasEnded) return;
    this.#child.kill("SIGKILL");
    await this.end();
  }
}
