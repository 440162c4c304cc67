/**
 * Two sequences side by side. Each server is stopped, updated and started in this order, whatever the other one does.
 *
 * ```sh
 * deno run -A examples/11_branches.ts      # the lines of the two servers alternate; then: web 2.0 talks to mail 2.0
 * ```
 *
 * @module
 */
import { type Planner, type Ref, Transaction } from "jsr:@x/resumable-tx";

export function stop(server: string): void {
  console.log(`${server} stops`);
}

export function update(server: string): string {
  console.log(`${server} is updated`);
  return `${server} 2.0`;
}

export function start(version: string): string {
  console.log(`${version} starts`);
  return version;
}

export function connect(servers: readonly string[]): void {
  console.log(servers.join(" talks to "));
}

/** You can write a part of a plan as an ordinary function. */
function renew(t: Planner, server: string): Ref<string> {
  t.do(stop, server);
  return t.do(start, t.do(update, server));
}

if (import.meta.main) {
  await Transaction.run(import.meta, (t) => {
    t.do(connect, t.parallel((p) => ["web", "mail"].map((server) => p.sequence((s) => renew(s, server)))));
  });
}
