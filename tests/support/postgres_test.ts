import { missingPgBouncer } from "./pgbouncer.ts";
import { missingPostgres, type PostgresServer, startPostgres } from "./postgres_server.ts";
import { makeTempFolder, type TempFolder } from "./temp_folder.ts";

/** A server is another process, with a folder, a user and a port of its own. */
const PERMISSIONS = ["read", "write", "run", "env", "net", "sys"] as const;

/** What a test gets. */
export interface PostgresTest {
  /** The server, which all tests of a process share. */
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

/** The server of this process: the gate runs many test files in one. */
const shared: {
  started?: { readonly folder: TempFolder; readonly server: PostgresServer };
  isPlanned: boolean;
  tests: number;
} = {
  isPlanned: false,
  tests: 0,
};

/**
 * Gives all test files of a process one PostgreSQL server, which ends after the last test. Where there can be none, or a
 * permission is missing, the tests are reported as ignored, with the reason in their names.
 */
export function postgresTests({ pgBouncer = false } = {}): RegisterPostgresTest {
  const reason = missing() ?? (pgBouncer ? missingPgBouncer() : undefined);
  if (reason !== undefined) {
    return (name) => Deno.test({ name: `${name} [ignored: ${reason}]`, ignore: true, fn: () => {} });
  }
  planServer();
  return (name, body, { restarts = false } = {}) => {
    const fn = async () => {
      if (shared.started === undefined) throw new Error("The server was not started");
      const { server } = shared.started;
      shared.tests += 1;
      await body({ server, locator: `${server.url}?schema=test_${shared.tests}` });
    };
    Deno.test({ name, fn, sanitizeOps: !restarts, sanitizeResources: !restarts });
  };
}

/** Between tests, so that none of them is held responsible for its process. */
function planServer(): void {
  if (shared.isPlanned) return;
  shared.isPlanned = true;
  Deno.test.beforeAll(async () => {
    const folder = await makeTempFolder();
    shared.started = { folder, server: await startPostgres(folder.path) };
  });
  Deno.test.afterAll(async () => {
    await shared.started?.server.stop();
    await shared.started?.folder[Symbol.asyncDispose]();
  });
}

function missing(): string | undefined {
  const permission = PERMISSIONS.find((wanted) => Deno.permissions.querySync({ name: wanted }).state !== "granted");
  return permission === undefined ? missingPostgres() : `needs --allow-${permission}`;
}
