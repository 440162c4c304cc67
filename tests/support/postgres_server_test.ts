import { assertEquals, assertRejects } from "@std/assert";
import { postgresTests } from "./postgres_test.ts";

const postgresTest = postgresTests();

/** Whether the server accepts connections on its port. */
async function connect(url: string): Promise<void> {
  const { hostname, port } = new URL(url);
  using _connection = await Deno.connect({ hostname, port: Number(port) });
}

const name = "PostgresServer starts, stops, crashes and starts again on the same port";
postgresTest(name, async ({ server }) => {
  await connect(server.url);
  await server.stop();
  await assertRejects(() => connect(server.url), Deno.errors.ConnectionRefused);
  await server.start();
  await connect(server.url);
  await server.kill();
  await assertRejects(() => connect(server.url), Deno.errors.ConnectionRefused);
  await server.start();
  await connect(server.url);
}, { restarts: true });

const schemas = new Set<string>();
for (const place of ["one test", "another"]) {
  postgresTest(`postgresTests() gives ${place} a schema of its own`, ({ server, locator }) => {
    assertEquals([locator.startsWith(`${server.url}?schema=`), schemas.has(locator)], [true, false]);
    schemas.add(locator);
    return Promise.resolve();
  });
}
