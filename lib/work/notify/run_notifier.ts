import type { Clock } from "../../run/session/clock.ts";
import { cutText, safeText } from "../../text/escape.ts";
import { attempt } from "../../values/shape.ts";
import type { NotifierCommand } from "./notify_options.ts";

export interface NotifierLimits {
  /** How long it may take, in milliseconds. */
  readonly timeMs: number;
  /** How long after SIGTERM it is killed. */
  readonly graceMs: number;
  /** Of what it prints. One that prints more is ended. */
  readonly bytes: number;
}

export const NOTIFIER_LIMITS: NotifierLimits = { timeMs: 30_000, graceMs: 5000, bytes: 16 * 1024 * 1024 };

/** As much of what it prints on standard error is told when it fails. */
const KEPT_BYTES = 2000;
const MAX_REASON = 500;
/** What it has printed arrives about as soon as its end. Processes that it has left behind may keep standard error open. */
const LAST_OUTPUT_MS = 100;
/** A process that cannot be killed must not keep the worker. */
const KILLED_MS = 1000;

/** Runs a notifier with a text on its standard input. Returns why it failed, as the end of a sentence; nothing if it did not. */
export async function runNotifier(
  command: NotifierCommand,
  input: string,
  { clock, limits = NOTIFIER_LIMITS }: { readonly clock: Clock; readonly limits?: NotifierLimits },
): Promise<string | undefined> {
  try {
    return await new NotifierRun(start(command), clock, limits).run(input);
  } catch (error) {
    return `it cannot be started: ${safeText(error, MAX_REASON)}`;
  }
}

/** In a group of its own, so that what it starts can be ended with it. */
function start({ executable, args }: NotifierCommand): Deno.ChildProcess {
  return new Deno.Command(executable, {
    args: [...args],
    stdin: "piped",
    // What a notifier prints there, nobody reads: a full pipe would stop it.
    stdout: "null",
    stderr: "piped",
    detached: Deno.build.os !== "windows",
  }).spawn();
}

type NotifierEnd = Deno.CommandStatus | "late" | "too much";

class NotifierRun {
  readonly #child: Deno.ChildProcess;
  readonly #clock: Clock;
  readonly #limits: NotifierLimits;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #printed = "";

  constructor(child: Deno.ChildProcess, clock: Clock, limits: NotifierLimits) {
    this.#child = child;
    this.#clock = clock;
    this.#limits = limits;
    this.#reader = child.stderr.getReader();
  }

  async run(input: string): Promise<string | undefined> {
    const { status } = this.#child;
    const over = new AbortController();
    const output = this.#read();
    const writing = this.#write(input);
    try {
      const late = this.#clock.delay(this.#limits.timeMs, over.signal).then((): NotifierEnd => "late");
      const flood = output.then((isTooMuch): NotifierEnd | Promise<NotifierEnd> => isTooMuch ? "too much" : status);
      const end = await Promise.race<NotifierEnd>([status, late, flood]);
      if (typeof end !== "object") {
        await this.#kill();
        return this.#explainKill(end);
      }
      await Promise.race([output, this.#clock.delay(LAST_OUTPUT_MS, over.signal)]);
      return end.success ? undefined : this.#explain(end);
    } finally {
      over.abort();
      await this.#reader.cancel().catch(() => {});
      await output;
      await Promise.race([writing, this.#child.status]);
    }
  }

  /** One that reads nothing, or ends early, has its reasons. */
  async #write(input: string): Promise<void> {
    const writer = this.#child.stdin.getWriter();
    try {
      await writer.write(new TextEncoder().encode(input));
      await writer.close();
    } catch {
      await writer.abort().catch(() => {});
    }
  }

  /** Keeps the beginning, and forgets the rest. Returns whether it was too much. */
  async #read(): Promise<boolean> {
    const decoder = new TextDecoder();
    let bytes = 0;
    try {
      for (;;) {
        const { value, done } = await this.#reader.read();
        if (done) return false;
        if (bytes < KEPT_BYTES) {
          this.#printed += decoder.decode(value.subarray(0, KEPT_BYTES - bytes), { stream: true });
        }
        bytes += value.length;
        if (bytes > this.#limits.bytes) return true;
      }
    } catch {
      return false;
    }
  }

  async #kill(): Promise<void> {
    const ended = new AbortController();
    const gone = this.#child.status.finally(() => ended.abort());
    this.#signal("SIGTERM");
    await this.#clock.delay(this.#limits.graceMs, ended.signal);
    // Also what it has started, if it has ended itself.
    this.#signal("SIGKILL");
    await Promise.race([gone, this.#clock.delay(KILLED_MS, ended.signal)]);
  }

  #signal(signal: "SIGTERM" | "SIGKILL"): void {
    const { pid } = this.#child;
    // Without the permission for all programs, only the notifier itself can be ended.
    if (Deno.build.os !== "windows" && attempt(() => (Deno.kill(-pid, signal), true)) === true) return;
    attempt(() => this.#child.kill(signal));
  }

  #explainKill(end: "late" | "too much"): string {
    const { timeMs, bytes } = this.#limits;
    return end === "late"
      ? `it had not ended after ${timeMs / 1000} s, and was ended`
      : `it printed more than ${bytes} bytes, and was ended`;
  }

  #explain({ code, signal }: Deno.CommandStatus): string {
    const how = signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`;
    const printed = this.#printed.trim();
    return printed === "" ? how : cutText(`${how}: ${printed}`, MAX_REASON);
  }
}
