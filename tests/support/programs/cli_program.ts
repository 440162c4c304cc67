/**
 * The command line in a process that takes one call after another: a line of standard input has the words of one, as
 * JSON. NUL ends what a call writes; on standard output its exit code and a newline follow.
 */
import { processIo } from "../../../lib/cli/frame/process_io.ts";
import { main } from "../../../lib/cli/main.ts";

if (import.meta.main) {
  const encoder = new TextEncoder();
  let unread = "";
  for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (unread + text).split("\n");
    unread = lines.pop() ?? "";
    for (const line of lines) {
      const code = await main(JSON.parse(line), processIo());
      Deno.stderr.writeSync(encoder.encode("\0"));
      Deno.stdout.writeSync(encoder.encode(`\0${code}\n`));
    }
  }
}
