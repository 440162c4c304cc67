import { SumRing } from "./sum_ring.ts";

/** Where the other thread begins, and what it is called. */
export const SUM_WORKER: { readonly module: URL; readonly name: string } = {
  module: new URL(import.meta.url),
  name: "resumable-tx checksums",
};

const PAUSE_MS = 1;

// Everybody who reads journals imports this, so that it is there when it is needed. Only in its own thread it does something.
if ("name" in globalThis && globalThis.name === SUM_WORKER.name) addEventListener("message", serve);

function serve(message: Event): void {
  if (!(message instanceof MessageEvent) || !(message.data instanceof SharedArrayBuffer)) return;
  const ring = new SumRing(message.data);
  // Whoever ends this thread from outside is kept from ending by it: Deno waits for what goes on.
  while (!ring.isClosed) if (!ring.verify()) ring.waitForMore(PAUSE_MS);
  close();
}
