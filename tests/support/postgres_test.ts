import { missingPgBouncer } from "./pgbouncer.ts";
import { missingPostgres, type PostgresServer, startPostgres } from "./postgres_server.ts";
import { makeTempFolder, type TempFolder } from "./temp_folder.ts";

/** A server is another process, with a folder, a user and a port of its own. */
const PERMISSIONS = ["read", "write", "run", "env", "net", "sys"] as const;

/** What a test gets. */
export interface PostgresTest {
  /** The server, which the tests of a file share. */
  readonly server: PostgresServer;
  /** Locator of a schema that only this test uses and that does not exist yet. */
  readonly locator: string;
}

/** Registers a test that needs a server. One that starts the server again has another process at its end, and says so. */
export type RegisterPostgresTest = (
  name: string,
  body: (test: PostgresTest) => Promise<void>,
  options?: { readonly restarts?: boolean },
) => void;

/**
 * Gives the tests of a file one PostgreSQL server, which starts when the first of them runs and ends after the last. Where
 * there can be none, or a permission is missing, the tests are reported as ignored, with the reason in their names.
 */
export function postgresTests({ pgBouncer = false } = {}): RegisterPostgresTest {
  const reason = missing() ?? (pgBouncer ? missingPgBouncer() : undefined);
  if (reason !== undefined) {
    return (name) => Deno.test({ name: `${name} [ignored: ${reason}]`, ignore: true, fn: () => {} });
  }
  let started: { readonly folder: TempFolder; readonly server: PostgresServer } | undefined;
  let count = 0;
  Deno.test.beforeAll(async () => {
    const folder = await makeTempFolder();
    started = { folder, server: await startPostgres(folder.path) };
  });
  Deno.test.afterAll(async () => {
    await started?.server.stop();
    await started?.folder[Symbol.asyncDispose]();
  });
  return (name, body, { restarts = false } = {}) => {
    const fn = async () => {
      if (started === undefined) throw new Error("The server was not started");
      count += 1;
      await body({ server: started.server, locator: `${started.server.url}?schema=test_${count}` });
    };
    Deno.test({ name, fn, sanitizeOps: !restarts, sanitizeResources: !restarts });
  };
}

function missing(): string | undefined {
  const permission = PERMISSIONS.find((wanted) => Deno.permissions.querySync({ name: wanted }).state !== "granted");
  return permission === undefined ? missingPostgres() : `needs --allow-${permission}`;
}
