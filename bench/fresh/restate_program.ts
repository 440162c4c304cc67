/**
 * The program of restate: the service, and the client that calls it through the server.
 *
 * @module
 */
import { readTask, runAtOnce, type Task, work } from "./task.ts";

/** As much of `@restatedev/restate-sdk/fetch` as is used here. */
interface Library {
  service(definition: {
    readonly name: string;
    readonly handlers: { readonly run: (context: Context) => Promise<void> };
  }): Service;
  createEndpointHandler(
    options: { readonly services: readonly Service[]; readonly bidirectional: boolean },
  ): (request: Request) => Promise<Response>;
}

/** A service, which is only passed on. */
interface Service {
  readonly name: string;
}

/** What a handler is called with. */
interface Context {
  run<T>(name: string, body: () => T): Promise<T>;
}

/** As much of `@restatedev/restate-sdk-clients` as is used here. */
interface Client {
  connect(options: { readonly url: string }): {
    serviceClient(service: Service): { run(options?: unknown): Promise<void> };
  };
  readonly Opts: { from(options: { readonly idempotencyKey: string }): unknown };
}

const NAMES = { library: "@restatedev/restate-sdk/fetch", client: "@restatedev/restate-sdk-clients" };

/** The address that the server calls. */
async function register({ places }: Task): Promise<void> {
  const answer = await fetch(`${places["admin"]}/deployments`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ uri: places["endpoint"] }),
  });
  if (!answer.ok) throw new Error(`Cannot register the service: ${await answer.text()}`);
  await answer.body?.cancel();
}

const task = readTask();
const { service, createEndpointHandler }: Library = await import(NAMES.library);
const { connect, Opts }: Client = await import(NAMES.client);
const { hostname, port } = new URL(task.places["endpoint"] ?? "");
const bench = service({
  name: "bench",
  handlers: {
    run: async (context) => {
      for (let index = 1; index <= task.steps; index += 1) {
        await context.run(String(index), () => work(task, index));
      }
    },
  },
});
const handler = createEndpointHandler({ services: [bench], bidirectional: true });
Deno.serve({ hostname, port: Number(port), onListen() {} }, handler);
if (task.kind === "prepare") await register(task);

const client = connect({ url: task.places["ingress"] ?? "" }).serviceClient(bench);
// The same key again waits for the end of the same call.
const isKnown = task.kind === "die" || task.kind === "resume";
await runAtOnce(task, () => client.run(...(isKnown ? [Opts.from({ idempotencyKey: task.folder })] : [])));
Deno.exit();
