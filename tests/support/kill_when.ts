import { type ProcessEnd, toProcessEnd } from "./run_deno.ts";

/** What happens between the word and the end. */
export interface KillOptions {
  /** Called while the process still runs. */
  readonly meanwhile?: () => Promise<void>;
  /**
   * What ends the process.
   *
   * @default "SIGKILL"
   */
  readonly signal?: Deno.Signal;
}

/** Starts a process, waits until it has written a word to standard output, and sends it a signal. */
export async function killWhen(command: Deno.Command, word: string, options: KillOptions = {}): Promise<ProcessEnd> {
  const child = command.spawn();
  const [forWord, forResult] = child.stdout.tee();
  const output = Promise.all([new Response(forResult).bytes(), new Response(child.stderr).bytes(), child.status]);
  try {
    await waitForWord(forWord, word);
    await options.meanwhile?.();
  } finally {
    child.kill(options.signal ?? "SIGKILL");
  }
  const [stdout, stderr, { code }] = await output;
  return toProcessEnd({ code, stdout, stderr });
}

/** Reads a stream until it contains a word, and keeps reading afterwards so that the writer is not blocked. */
async function waitForWord(stream: ReadableStream<Uint8Array>, word: string): Promise<void> {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes(word)) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`The process ended without having written ${JSON.stringify(word)}: ${text}`);
    text += value;
  }
  await reader.cancel();
}
