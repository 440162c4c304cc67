/**
 * Steps from a remote module, which this example serves itself. At first, the folder that they write to is missing:
 *
 * ```sh
 * deno run -A examples/03_remote_steps.ts      # fails, and continues to serve the module. In a second terminal:
 * deno run -A jsr:@x/resumable-tx/cli inspect transaction-….json
 * mkdir outbox
 * deno run -A jsr:@x/resumable-tx/cli resume transaction-….json      # loads the remote module, prints the names
 * ```
 *
 * @module
 */
import { steps, Transaction, TransactionAborted } from "jsr:@x/resumable-tx";

const SOURCE = new URL("./steps/outbox.ts", import.meta.url);

if (import.meta.main) {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async () => {
    const headers = { "content-type": "application/typescript" };
    return new Response(await Deno.readTextFile(SOURCE), { headers });
  });
  // Only the type is imported. Your own module would be at "https://…", or "jsr:" with an exact version.
  const outbox = steps<typeof import("./steps/outbox.ts")>(`http://127.0.0.1:${server.addr.port}/outbox.ts`);
  try {
    await Transaction.run(import.meta, (t) => {
      const folder = `${Deno.cwd()}/outbox`;
      t.do(outbox.write, folder, "ana", "Welcome!");
      t.do(outbox.write, folder, "ben", "Welcome too!");
      t.do(outbox.print, t.do(outbox.list, folder));
    });
    await server.shutdown();
  } catch (error) {
    if (!(error instanceof TransactionAborted)) throw error;
    console.log(error.message);
    console.log("Serving the steps until Ctrl-C");
  }
}
